-- Programs that do not know of guardrails could not read the versions of aliases that have them.
UPDATE schema_compatibility SET oldest = '0060';
