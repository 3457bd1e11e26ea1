DROP TABLE key_use;
DROP TABLE key_models;
ALTER TABLE team_keys DROP COLUMN networks;
ALTER TABLE team_keys DROP COLUMN endpoints;
ALTER TABLE team_keys DROP COLUMN limits_models;
