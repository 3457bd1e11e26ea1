-- What was left of a team's credits when it was last given some: little is a fifth of that.
ALTER TABLE credit_accounts ADD COLUMN full_at BIGINT NOT NULL DEFAULT 0;
UPDATE credit_accounts SET full_at = allocated WHERE budget_id IS NULL;
