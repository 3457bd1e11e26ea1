ALTER TABLE model_aliases DROP COLUMN deprecated;
