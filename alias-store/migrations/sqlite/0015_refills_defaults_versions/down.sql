ALTER TABLE provider_models DROP COLUMN version;
ALTER TABLE teams DROP COLUMN default_model;
DROP TABLE credit_refills;
