ALTER TABLE instances DROP COLUMN repeated;
DROP TABLE usage_teams;
ALTER TABLE usage_rollups DROP COLUMN estimated;
ALTER TABLE usage_rollups DROP COLUMN charged;
ALTER TABLE usage_rollups DROP COLUMN credits;
ALTER TABLE usage_rollups DROP COLUMN reasoning_tokens;
ALTER TABLE usage_rollups DROP COLUMN cached_tokens;
