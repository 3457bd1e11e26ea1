-- The oldest migration that a program must know to use this database, whatever newer ones were run on it. A migration
-- that takes something away from older programs, or that they would misread, raises it to its own number.
CREATE TABLE schema_compatibility (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    oldest TEXT NOT NULL
);
INSERT INTO schema_compatibility (one, oldest) VALUES (1, '0031');
