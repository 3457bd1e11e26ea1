-- How long the completed calls of a day, an alias and a team took: how many fell into each span of time, packed. `timed`
-- is how many of them are counted there: none of before, and none that a program of before enters.
ALTER TABLE usage_rollups ADD COLUMN timed BIGINT NOT NULL DEFAULT 0;
CREATE TABLE usage_times (
    day DATE NOT NULL,
    alias_id TEXT NOT NULL,
    team_uid TEXT NOT NULL,
    durations BYTEA NOT NULL,
    first_tokens BYTEA NOT NULL,
    PRIMARY KEY (day, alias_id, team_uid)
);
