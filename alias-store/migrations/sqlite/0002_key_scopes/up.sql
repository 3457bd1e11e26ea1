-- What a key is limited to: null, or false, does not limit. `endpoints` and `networks` are JSON lists of texts.
ALTER TABLE team_keys ADD COLUMN limits_models BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE team_keys ADD COLUMN endpoints TEXT;
ALTER TABLE team_keys ADD COLUMN networks TEXT;

-- The models of keys with `limits_models`.
CREATE TABLE key_models (
    key_id TEXT NOT NULL REFERENCES team_keys (key_id) ON DELETE CASCADE,
    alias_id TEXT NOT NULL REFERENCES model_aliases (id),
    PRIMARY KEY (key_id, alias_id)
);
CREATE INDEX key_models_alias ON key_models (alias_id);

-- When a key was last used. Raised with the books, and apart from the keys, so that neither waits for the other.
CREATE TABLE key_use (
    key_id TEXT NOT NULL PRIMARY KEY,
    last_used_at TIMESTAMP NOT NULL
);
