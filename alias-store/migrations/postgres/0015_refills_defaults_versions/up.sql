-- Refills: what a team's account is given by itself. `next_at` is when it comes next, and moves on in the transaction
-- that enters it: so it is entered once. It is null where the team is refilled no more; `last_at` stays, so that no
-- later policy refills what was refilled. It goes with its team; the account outlives both.
CREATE TABLE credit_refills (
    account_id TEXT NOT NULL PRIMARY KEY REFERENCES credit_accounts (id),
    team_uid TEXT NOT NULL UNIQUE REFERENCES teams (uid) ON DELETE CASCADE,
    amount BIGINT NOT NULL CHECK (amount > 0),
    period TEXT NOT NULL CHECK (period IN ('daily', 'weekly', 'monthly')),
    time_zone TEXT NOT NULL,
    unused TEXT NOT NULL CHECK (unused IN ('keep', 'expire')),
    next_at TIMESTAMP,
    last_at TIMESTAMP
);
CREATE INDEX credit_refills_due ON credit_refills (next_at) WHERE next_at IS NOT NULL;

-- The alias that a team's calls go to which name none. It stays where the alias is deleted, and counts for nothing then.
ALTER TABLE teams ADD COLUMN default_model TEXT REFERENCES model_aliases (id);

-- Counts the changes of a model from 1: what its ETag says.
ALTER TABLE provider_models ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
