-- How long the completed calls of a day, an alias and a team took: how many fell into each span of time, packed. Of each
-- instance the calls from `timed_from` up to `timed_seq` are counted there: those of before are not, later ones not yet.
CREATE TABLE usage_times (
    day DATE NOT NULL,
    alias_id TEXT NOT NULL,
    team_uid TEXT NOT NULL,
    durations BLOB NOT NULL,
    first_tokens BLOB NOT NULL,
    PRIMARY KEY (day, alias_id, team_uid)
);
ALTER TABLE instances ADD COLUMN timed_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE instances ADD COLUMN timed_seq BIGINT NOT NULL DEFAULT 0;
UPDATE instances SET timed_from = shipped_seq, timed_seq = shipped_seq;
