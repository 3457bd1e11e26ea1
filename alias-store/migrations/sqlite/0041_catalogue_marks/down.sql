DROP TRIGGER mark_revision;
DROP TABLE catalogue_marks;
ALTER TABLE catalogue DROP COLUMN mark;
