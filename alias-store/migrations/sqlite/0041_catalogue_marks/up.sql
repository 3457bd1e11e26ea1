-- Which history a revision is of: drawn anew with each revision, by a trigger, so that no write can forget it. A database
-- that was put back to an earlier state, and has been written to since, has the same revisions with other marks.
ALTER TABLE catalogue ADD COLUMN mark TEXT NOT NULL DEFAULT '';
CREATE TABLE catalogue_marks (
    revision BIGINT NOT NULL PRIMARY KEY,
    mark TEXT NOT NULL
);
UPDATE catalogue SET mark = lower(hex(randomblob(16)));

CREATE TRIGGER mark_revision AFTER UPDATE OF revision ON catalogue WHEN OLD.revision <> NEW.revision BEGIN
    UPDATE catalogue SET mark = lower(hex(randomblob(16))) WHERE id = NEW.id;
    INSERT OR REPLACE INTO catalogue_marks (revision, mark) VALUES (OLD.revision, OLD.mark);
    INSERT OR REPLACE INTO catalogue_marks (revision, mark) SELECT revision, mark FROM catalogue WHERE id = NEW.id;
END;
