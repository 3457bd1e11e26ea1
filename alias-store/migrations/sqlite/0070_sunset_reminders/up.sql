-- When webhooks are reminded of the end of an alias. A row goes when its message is queued, in the same transaction.
CREATE TABLE sunset_reminders (
    alias_id TEXT NOT NULL REFERENCES model_aliases (id) ON DELETE CASCADE,
    days INTEGER NOT NULL CHECK (days >= 1),
    remind_at TIMESTAMP NOT NULL,
    sunset_at TIMESTAMP NOT NULL,
    PRIMARY KEY (alias_id, days)
);
CREATE INDEX sunset_reminders_due ON sunset_reminders (remind_at);

-- Those of aliases that are deprecated already.
INSERT INTO sunset_reminders (alias_id, days, remind_at, sunset_at)
SELECT a.id, d.days, datetime(s.sunset_at, '-' || d.days || ' days'), datetime(s.sunset_at)
FROM model_aliases a
JOIN (SELECT alias_id, version, json_extract(spec, '$.deprecation.sunset_at') AS sunset_at FROM alias_versions) s
    ON s.alias_id = a.id AND s.version = a.version
JOIN (SELECT 30 AS days UNION ALL SELECT 7 UNION ALL SELECT 1) d
WHERE a.deprecated AND s.sunset_at IS NOT NULL
    AND datetime(s.sunset_at, '-' || d.days || ' days') > CURRENT_TIMESTAMP;
