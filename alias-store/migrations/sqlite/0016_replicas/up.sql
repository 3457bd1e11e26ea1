-- The servers that run, as each says of itself about once a second. Times are the database's own, so that they can be
-- compared.
CREATE TABLE replicas (
    replica_id TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL,
    version TEXT NOT NULL,
    revision BIGINT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
