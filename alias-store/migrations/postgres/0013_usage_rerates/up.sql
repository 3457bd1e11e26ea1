-- What calls came to by a price that the catalogue had only later. `usage_events` says what was known then, and stays.
CREATE TABLE usage_rerates (
    instance_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    price_id BIGINT NOT NULL,
    provider_cost BIGINT NOT NULL,
    charge BIGINT NOT NULL,
    at TIMESTAMP NOT NULL,
    PRIMARY KEY (instance_id, seq)
);

-- Few calls are of unknown price, and these are looked for.
CREATE INDEX usage_events_unpriced ON usage_events (started_at, instance_id, seq)
    WHERE provider_cost IS NULL AND charge IS NULL;
