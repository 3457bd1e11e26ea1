ALTER TABLE instances DROP COLUMN timed_seq;
ALTER TABLE instances DROP COLUMN timed_from;
DROP TABLE usage_times;
