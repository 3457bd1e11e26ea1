ALTER TABLE team_keys DROP COLUMN grace_ends_at;
