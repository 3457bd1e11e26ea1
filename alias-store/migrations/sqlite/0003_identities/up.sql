-- Who administers. An identity that belongs to an organization goes with it.
CREATE TABLE admin_tokens (
    token_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    organization_uid TEXT REFERENCES organizations (uid) ON DELETE CASCADE,
    digest BLOB NOT NULL UNIQUE,
    masked TEXT NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    last_used_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX admin_tokens_organization ON admin_tokens (organization_uid);

-- Each signs in by a password, or through an OpenID provider.
CREATE TABLE accounts (
    user_id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    organization_uid TEXT REFERENCES organizations (uid) ON DELETE CASCADE,
    active BOOLEAN NOT NULL,
    password_hash TEXT,
    issuer TEXT,
    subject TEXT,
    last_sign_in_at TIMESTAMP,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    UNIQUE (issuer, subject),
    CHECK ((password_hash IS NULL) <> (issuer IS NULL)),
    CHECK ((issuer IS NULL) = (subject IS NULL))
);
CREATE INDEX accounts_organization ON accounts (organization_uid);

CREATE TABLE sessions (
    digest BLOB NOT NULL PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES accounts (user_id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_created ON sessions (created_at);
