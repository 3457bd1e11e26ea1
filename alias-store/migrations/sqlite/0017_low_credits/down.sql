ALTER TABLE credit_accounts DROP COLUMN full_at;
