-- Every record vouches for the one before it; this row for the newest. Taking it is what puts writers in order.
CREATE TABLE audit_head (
    id SMALLINT PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

DROP INDEX audit_log_at;
ALTER TABLE audit_log RENAME TO audit_log_unchained;

-- seq and hash are null in the records from before the chain.
CREATE TABLE audit_log (
    id TEXT PRIMARY KEY,
    seq BIGINT UNIQUE,
    revision BIGINT,
    at TIMESTAMP NOT NULL,
    outcome TEXT NOT NULL,
    actor TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT,
    source TEXT NOT NULL,
    address TEXT,
    request_id TEXT,
    reason TEXT,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    name TEXT NOT NULL,
    diff TEXT NOT NULL,
    count BIGINT NOT NULL CHECK (count >= 1),
    hash TEXT
);
INSERT INTO audit_log
    (id, revision, at, outcome, actor, source, address, request_id, reason, action, object, name, diff, count)
SELECT id, revision, at, 'done', actor, 'api', address, request_id, reason, action, object, name, diff, 1
FROM audit_log_unchained;
DROP TABLE audit_log_unchained;
CREATE INDEX audit_log_at ON audit_log (at);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
