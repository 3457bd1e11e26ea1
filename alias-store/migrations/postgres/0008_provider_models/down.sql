DROP TABLE model_prices;
DROP TABLE provider_models;
