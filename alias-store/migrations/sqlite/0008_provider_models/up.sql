-- Models of providers: what aliases point to. `folded` is the reference in lower case.
CREATE TABLE provider_models (
    folded TEXT NOT NULL PRIMARY KEY,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    mode TEXT,
    price_id BIGINT,
    max_input_tokens BIGINT,
    max_output_tokens BIGINT,
    capabilities TEXT NOT NULL,
    deprecation_date TEXT,
    source TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX provider_models_provider ON provider_models (provider);

-- Every price that a model ever had: append-only, for calls name the one that they were charged by. `prices` is null
-- where the price became unknown.
CREATE TABLE model_prices (
    id BIGINT NOT NULL PRIMARY KEY,
    folded TEXT NOT NULL,
    prices TEXT,
    source TEXT NOT NULL,
    valid_from TIMESTAMP NOT NULL
);
CREATE INDEX model_prices_model ON model_prices (folded, id);
