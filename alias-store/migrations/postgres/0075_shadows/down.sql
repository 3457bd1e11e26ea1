UPDATE schema_compatibility SET oldest = '0072';
