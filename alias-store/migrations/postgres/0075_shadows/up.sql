-- Programs that do not know of shadows would write the versions of aliases without them.
UPDATE schema_compatibility SET oldest = '0075';
