-- Whether answers to calls with the key say which provider's model served them.
ALTER TABLE team_keys ADD COLUMN upstream_identity BOOLEAN NOT NULL DEFAULT FALSE;
