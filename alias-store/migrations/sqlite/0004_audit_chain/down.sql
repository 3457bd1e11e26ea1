DROP TRIGGER audit_log_is_not_changed;
DROP TRIGGER audit_log_is_not_deleted;
DELETE FROM audit_log WHERE revision IS NULL;
DROP INDEX audit_log_at;
ALTER TABLE audit_log RENAME TO audit_log_chained;
CREATE TABLE audit_log (
    id TEXT NOT NULL PRIMARY KEY,
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
INSERT INTO audit_log SELECT id, revision, at, actor, address, request_id, reason, action, object, name, diff FROM audit_log_chained;
DROP TABLE audit_log_chained;
CREATE INDEX audit_log_at ON audit_log (at);
DROP TABLE audit_head;
