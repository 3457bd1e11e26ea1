-- Which history a revision is of: drawn anew with each revision, by a trigger, so that no write can forget it. A database
-- that was put back to an earlier state, and has been written to since, has the same revisions with other marks.
ALTER TABLE catalogue ADD COLUMN mark TEXT NOT NULL DEFAULT '';
CREATE TABLE catalogue_marks (
    revision BIGINT PRIMARY KEY,
    mark TEXT NOT NULL
);
UPDATE catalogue SET mark = gen_random_uuid()::text;

CREATE FUNCTION mark_catalogue() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    NEW.mark := gen_random_uuid()::text;
    INSERT INTO catalogue_marks (revision, mark) VALUES (OLD.revision, OLD.mark), (NEW.revision, NEW.mark)
    ON CONFLICT (revision) DO UPDATE SET mark = EXCLUDED.mark;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_revision BEFORE UPDATE OF revision ON catalogue
FOR EACH ROW WHEN (OLD.revision <> NEW.revision) EXECUTE FUNCTION mark_catalogue();
