-- How much may be spent, in nano-USD, through one thing in a window. `subject` is the uid of an organization, team or
-- alias, the lineage of a key, or a tag in lower case; `time_window` says in JSON over what time is summed. Deleted ones
-- stay, because their accounts do.
CREATE TABLE budgets (
    budget_id TEXT NOT NULL PRIMARY KEY,
    scope TEXT NOT NULL,
    subject TEXT NOT NULL,
    limit_nanos BIGINT NOT NULL CHECK (limit_nanos >= 0),
    limit_mode TEXT NOT NULL,
    time_window TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    organization_uid TEXT,
    deleted_at TIMESTAMP
);
CREATE INDEX budgets_of ON budgets (scope, subject) WHERE deleted_at IS NULL;

-- A key that takes the place of another is of the same lineage: it falls under the same budgets.
ALTER TABLE team_keys ADD COLUMN lineage TEXT NOT NULL DEFAULT '';
UPDATE team_keys SET lineage = key_id;
CREATE INDEX team_keys_lineage ON team_keys (lineage);

-- The accounts of budgets are in nano-USD. Each window of a calendar has its own. Of a rolling window, `expired` is the
-- sum of what had left it at `expired_to`: `allocated` is the limit and that.
ALTER TABLE credit_accounts ADD COLUMN budget_id TEXT;
ALTER TABLE credit_accounts ADD COLUMN expired BIGINT NOT NULL DEFAULT 0;
ALTER TABLE credit_accounts ADD COLUMN expired_to TIMESTAMP;
CREATE INDEX credit_accounts_budget ON credit_accounts (budget_id) WHERE budget_id IS NOT NULL;
CREATE INDEX credit_transactions_spent ON credit_transactions (account_id, created_at) WHERE kind = 'spending';

-- What each call was charged to each budget, and on whose lease.
CREATE TABLE budget_charges (
    account_id TEXT NOT NULL REFERENCES credit_accounts (id),
    call_id TEXT NOT NULL,
    lease TEXT NOT NULL,
    charged BIGINT NOT NULL CHECK (charged >= 0),
    PRIMARY KEY (account_id, call_id)
);
