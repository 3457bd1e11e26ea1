UPDATE schema_compatibility SET oldest = '0040';
ALTER TABLE model_aliases DROP COLUMN deprecated;
