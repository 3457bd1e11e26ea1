-- Until when a key that was replaced goes on working; its own end stays beside it, for the key that replaces it.
ALTER TABLE team_keys ADD COLUMN grace_ends_at TIMESTAMP;
