-- What the service draws for itself, once for all replicas.
CREATE TABLE service_secrets (
    name TEXT PRIMARY KEY,
    secret BYTEA NOT NULL,
    created_at TIMESTAMP NOT NULL
);
