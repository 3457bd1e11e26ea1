DROP TABLE usage_times;
ALTER TABLE usage_rollups DROP COLUMN timed;
