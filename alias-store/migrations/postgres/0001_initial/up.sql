-- The catalogue: one row that counts its writes. Raising it is the first statement of each of them.
CREATE TABLE catalogue (
    id SMALLINT PRIMARY KEY CHECK (id = 1),
    revision BIGINT NOT NULL
);
INSERT INTO catalogue (id, revision) VALUES (1, 0);

-- What an alias says stands in its current version; the columns beside it are what lists go by.
CREATE TABLE model_aliases (
    id TEXT PRIMARY KEY,
    alias TEXT NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    litellm_model TEXT COLLATE "C" NOT NULL,
    active BOOLEAN NOT NULL,
    tags TEXT NOT NULL,
    search TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP
);
CREATE UNIQUE INDEX model_aliases_live_name ON model_aliases (folded) WHERE deleted_at IS NULL;

CREATE TABLE alias_versions (
    alias_id TEXT NOT NULL REFERENCES model_aliases (id),
    version INTEGER NOT NULL,
    spec TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    effective_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (alias_id, version)
);

CREATE TABLE access_groups (
    id TEXT PRIMARY KEY,
    group_name TEXT NOT NULL,
    folded TEXT COLLATE "C" NOT NULL UNIQUE,
    description TEXT NOT NULL,
    display_name TEXT,
    active BOOLEAN NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    search TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE group_aliases (
    group_id TEXT NOT NULL REFERENCES access_groups (id) ON DELETE CASCADE,
    alias_id TEXT NOT NULL REFERENCES model_aliases (id),
    PRIMARY KEY (group_id, alias_id)
);
CREATE INDEX group_aliases_alias ON group_aliases (alias_id);

CREATE TABLE organizations (
    uid TEXT PRIMARY KEY,
    organization_id TEXT NOT NULL,
    folded TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT NOT NULL,
    metadata TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    pause_until TIMESTAMP,
    version INTEGER NOT NULL CHECK (version >= 1),
    search TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE teams (
    uid TEXT PRIMARY KEY,
    organization_uid TEXT NOT NULL REFERENCES organizations (uid) ON DELETE CASCADE,
    team_id TEXT NOT NULL,
    folded TEXT COLLATE "C" NOT NULL UNIQUE,
    team_alias TEXT NOT NULL,
    credits_allocated BIGINT NOT NULL CHECK (credits_allocated >= 0),
    metadata TEXT NOT NULL,
    status TEXT NOT NULL,
    status_reason TEXT,
    pause_until TIMESTAMP,
    version INTEGER NOT NULL CHECK (version >= 1),
    search TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX teams_organization ON teams (organization_uid);

CREATE TABLE team_groups (
    team_uid TEXT NOT NULL REFERENCES teams (uid) ON DELETE CASCADE,
    group_id TEXT NOT NULL REFERENCES access_groups (id) ON DELETE CASCADE,
    PRIMARY KEY (team_uid, group_id)
);
CREATE INDEX team_groups_group ON team_groups (group_id);

CREATE TABLE team_keys (
    key_id TEXT PRIMARY KEY,
    team_uid TEXT NOT NULL REFERENCES teams (uid) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest BYTEA NOT NULL UNIQUE,
    masked TEXT NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX team_keys_team ON team_keys (team_uid);

CREATE TABLE audit_log (
    id TEXT PRIMARY KEY,
    revision BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    request_id TEXT,
    reason TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    diff TEXT NOT NULL
);
CREATE INDEX audit_log_at ON audit_log (at);

-- shipped_seq: how many of the instance's events are in the books, which is the number of the next one.
CREATE TABLE instances (
    id TEXT PRIMARY KEY,
    boot BIGINT NOT NULL,
    shipped_seq BIGINT NOT NULL CHECK (shipped_seq >= 0),
    created_at TIMESTAMP NOT NULL,
    announced_at TIMESTAMP NOT NULL
);

-- Append-only. Names are those of the time of the call; nothing here refers to the catalogue.
CREATE TABLE usage_events (
    instance_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    call_id TEXT NOT NULL UNIQUE,
    started_at TIMESTAMP NOT NULL,
    endpoint TEXT NOT NULL,
    stream BOOLEAN NOT NULL,
    alias_id TEXT NOT NULL,
    alias TEXT NOT NULL,
    alias_version INTEGER NOT NULL,
    litellm_model TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    team_uid TEXT NOT NULL,
    team_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER NOT NULL,
    error_code TEXT,
    duration_us BIGINT NOT NULL,
    first_byte_us BIGINT,
    input_tokens BIGINT,
    cache_read_tokens BIGINT,
    cache_write_tokens BIGINT,
    output_tokens BIGINT,
    reasoning_tokens BIGINT,
    provider_cost BIGINT,
    charge BIGINT,
    PRIMARY KEY (instance_id, seq)
);
CREATE INDEX usage_events_started ON usage_events (started_at);

-- Sums over usage_events, raised in the transaction that stores these; `denied` is counted by itself.
-- input_tokens and output_tokens are those of all calls, completed_tokens those of completed calls.
CREATE TABLE usage_rollups (
    day DATE NOT NULL,
    alias_id TEXT NOT NULL,
    team_uid TEXT NOT NULL,
    calls BIGINT NOT NULL,
    completed BIGINT NOT NULL,
    denied BIGINT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    completed_tokens BIGINT NOT NULL,
    cost_nano BIGINT NOT NULL,
    billed_nano BIGINT NOT NULL,
    unpriced BIGINT NOT NULL,
    last_used_at TIMESTAMP,
    PRIMARY KEY (day, alias_id, team_uid)
);
CREATE INDEX usage_rollups_alias ON usage_rollups (alias_id);
CREATE INDEX usage_rollups_team ON usage_rollups (team_uid);

-- `status` is null while the request is under way.
CREATE TABLE idempotency (
    scope BYTEA PRIMARY KEY,
    body BYTEA NOT NULL,
    status INTEGER,
    headers TEXT,
    answer TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX idempotency_created ON idempotency (created_at);
