ALTER TABLE team_keys DROP COLUMN upstream_identity;
