ALTER TABLE usage_events DROP COLUMN schedule_id;
DROP INDEX alias_versions_schedule;
ALTER TABLE alias_versions DROP COLUMN schedule_id;
