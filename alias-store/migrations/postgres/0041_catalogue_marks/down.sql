DROP TRIGGER mark_revision ON catalogue;
DROP FUNCTION mark_catalogue();
DROP TABLE catalogue_marks;
ALTER TABLE catalogue DROP COLUMN mark;
