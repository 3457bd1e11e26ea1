-- Whether an alias is on its way out: what lists filter by. What is said of its end stands in its versions.
ALTER TABLE model_aliases ADD COLUMN deprecated BOOLEAN NOT NULL DEFAULT FALSE;

-- Programs that do not know of these would serve calls after the end of an alias, and send names of aliases on as models.
UPDATE schema_compatibility SET oldest = '0050';
