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
SELECT s.id, d.days, s.sunset_at - make_interval(days => d.days), s.sunset_at
FROM (
    SELECT a.id, (v.spec::jsonb #>> '{deprecation,sunset_at}')::timestamptz AT TIME ZONE 'UTC' AS sunset_at
    FROM model_aliases a
    JOIN alias_versions v ON v.alias_id = a.id AND v.version = a.version
    WHERE a.deprecated
) s
CROSS JOIN (VALUES (30), (7), (1)) AS d (days)
WHERE s.sunset_at IS NOT NULL
    AND s.sunset_at - make_interval(days => d.days) > now() AT TIME ZONE 'UTC';
