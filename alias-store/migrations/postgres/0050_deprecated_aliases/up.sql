-- Whether an alias is on its way out: what lists filter by. What is said of its end stands in its versions.
ALTER TABLE model_aliases ADD COLUMN deprecated BOOLEAN NOT NULL DEFAULT FALSE;
