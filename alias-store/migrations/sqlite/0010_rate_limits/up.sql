-- What teams and keys are limited to: null does not limit.
ALTER TABLE teams ADD COLUMN rpm_limit INTEGER CHECK (rpm_limit BETWEEN 1 AND 1000000000);
ALTER TABLE teams ADD COLUMN tpm_limit INTEGER CHECK (tpm_limit BETWEEN 1 AND 1000000000);
ALTER TABLE teams ADD COLUMN max_parallel_requests INTEGER CHECK (max_parallel_requests BETWEEN 1 AND 1000000000);
ALTER TABLE team_keys ADD COLUMN rpm_limit INTEGER CHECK (rpm_limit BETWEEN 1 AND 1000000000);
ALTER TABLE team_keys ADD COLUMN tpm_limit INTEGER CHECK (tpm_limit BETWEEN 1 AND 1000000000);
ALTER TABLE team_keys ADD COLUMN max_parallel_requests INTEGER CHECK (max_parallel_requests BETWEEN 1 AND 1000000000);

-- What was granted of a minute, by team or key. `minute` counts from 1970 and never falls; `recall` counts refusals
-- of slots. Refers to nothing: it outlives what it is about by minutes.
CREATE TABLE limit_accounts (
    subject TEXT NOT NULL PRIMARY KEY,
    minute BIGINT NOT NULL,
    requests BIGINT NOT NULL CHECK (requests >= 0),
    tokens BIGINT NOT NULL CHECK (tokens >= 0),
    recall BIGINT NOT NULL
);

-- Who holds how many of the calls at once.
CREATE TABLE limit_slots (
    subject TEXT NOT NULL,
    instance TEXT NOT NULL,
    held INTEGER NOT NULL CHECK (held > 0),
    PRIMARY KEY (subject, instance)
);
CREATE INDEX limit_slots_instance ON limit_slots (instance);

-- The instances that share the accounts, one row a process life. `beat` rises while it lives.
CREATE TABLE limit_instances (
    instance TEXT NOT NULL PRIMARY KEY,
    beat BIGINT NOT NULL
);
