ALTER TABLE teams DROP COLUMN default_model;
DROP TABLE credit_refills;
