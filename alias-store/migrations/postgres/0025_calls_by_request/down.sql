DROP INDEX usage_events_request;
