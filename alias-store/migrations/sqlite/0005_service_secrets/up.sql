-- What the service draws for itself, once for all replicas.
CREATE TABLE service_secrets (
    name TEXT NOT NULL PRIMARY KEY,
    secret BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL
);
