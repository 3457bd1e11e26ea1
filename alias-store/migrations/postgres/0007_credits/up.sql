-- How a team's calls are counted in credits: micro-credits for one USD, tokens for one credit, markup in millionths.
ALTER TABLE teams ADD COLUMN budget_mode TEXT NOT NULL DEFAULT 'job_based';
ALTER TABLE teams ADD COLUMN limit_mode TEXT NOT NULL DEFAULT 'hard_limit';
ALTER TABLE teams ADD COLUMN credits_per_dollar BIGINT NOT NULL DEFAULT 10000000 CHECK (credits_per_dollar >= 1);
ALTER TABLE teams ADD COLUMN tokens_per_credit BIGINT NOT NULL DEFAULT 10000 CHECK (tokens_per_credit >= 1);
ALTER TABLE teams ADD COLUMN markup BIGINT NOT NULL DEFAULT 0 CHECK (markup >= 0);

-- Micro-credits. `granted` is what the instances hold or have charged: the sum over the account's leases of
-- granted - returned. `charged` is the sum over its leases of charged. What can still be leased is allocated - granted.
-- `recalls` counts how often an instance ran dry while others held some. Accounts outlive their teams.
CREATE TABLE credit_accounts (
    id TEXT NOT NULL PRIMARY KEY,
    team_uid TEXT UNIQUE,
    allocated BIGINT NOT NULL,
    granted BIGINT NOT NULL DEFAULT 0 CHECK (granted >= 0),
    charged BIGINT NOT NULL DEFAULT 0 CHECK (charged >= 0),
    recalls BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    CHECK (charged <= granted)
);
CREATE INDEX credit_accounts_recalled ON credit_accounts (id) WHERE recalls > 0;

-- What one instance holds of an account: absolute numbers that only grow. `answered` is how many recalls it heard.
-- The instance 'outright' is charged where nothing is held.
CREATE TABLE credit_leases (
    account_id TEXT NOT NULL REFERENCES credit_accounts (id),
    instance_id TEXT NOT NULL,
    granted BIGINT NOT NULL DEFAULT 0,
    returned BIGINT NOT NULL DEFAULT 0 CHECK (returned >= 0),
    charged BIGINT NOT NULL DEFAULT 0 CHECK (charged >= 0),
    answered BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (account_id, instance_id),
    CHECK (charged + returned <= granted)
);
CREATE INDEX credit_leases_instance ON credit_leases (instance_id);
CREATE INDEX credit_leases_held ON credit_leases (instance_id) WHERE granted - returned - charged > 0;

-- The ledger: append-only. Amounts are signed micro-credits; the sum of an account's amounts is its balance.
CREATE TABLE credit_transactions (
    id TEXT NOT NULL PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES credit_accounts (id),
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    balance_after BIGINT NOT NULL,
    description TEXT,
    job_id TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX credit_transactions_account ON credit_transactions (account_id, id);

INSERT INTO credit_accounts (id, team_uid, allocated, created_at)
    SELECT 'acc_' || SUBSTR(uid, 5), uid, credits_allocated, created_at FROM teams;
INSERT INTO credit_transactions (id, account_id, kind, amount, balance_after, description, created_at)
    SELECT 'txn_' || SUBSTR(uid, 5), 'acc_' || SUBSTR(uid, 5), 'allocation', credits_allocated, credits_allocated, 'Initial allocation', created_at
    FROM teams WHERE credits_allocated > 0;
ALTER TABLE teams DROP COLUMN credits_allocated;

-- beat: raised while the instance lives and reaches the database. A closed instance holds nothing, for ever.
ALTER TABLE instances ADD COLUMN closed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE instances ADD COLUMN beat BIGINT NOT NULL DEFAULT 0;

-- What a call burned in micro-credits (credits), and the part of it that its team's account was charged; the house
-- bears the rest. `detail` says by which price and from which lease.
ALTER TABLE usage_events ADD COLUMN job_id TEXT;
ALTER TABLE usage_events ADD COLUMN credits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_events ADD COLUMN charged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_events ADD COLUMN detail TEXT NOT NULL DEFAULT '{}';
CREATE INDEX usage_events_job ON usage_events (job_id) WHERE job_id IS NOT NULL;

-- What cannot be entered in the books is kept as it came, so that it stops nothing else.
CREATE TABLE usage_quarantine (
    instance_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    event TEXT NOT NULL,
    why TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (instance_id, seq)
);
