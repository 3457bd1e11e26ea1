DROP INDEX usage_events_unpriced;
DROP TABLE usage_rerates;
