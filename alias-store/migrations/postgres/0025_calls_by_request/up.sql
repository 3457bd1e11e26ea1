-- Explanations of past requests: a call is found by the id that its answer carried.
CREATE INDEX usage_events_request ON usage_events (request_id);
