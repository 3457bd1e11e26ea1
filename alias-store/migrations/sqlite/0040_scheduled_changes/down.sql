UPDATE schema_compatibility SET oldest = '0031';
DROP TABLE scheduled_changes;
