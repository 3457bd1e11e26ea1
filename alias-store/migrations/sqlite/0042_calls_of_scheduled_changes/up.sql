-- Which scheduled change a version came of, and which one a call went by before that was a version: a server tells the
-- number that the version is to get, and another write may have got it meanwhile.
ALTER TABLE alias_versions ADD COLUMN schedule_id TEXT;
CREATE INDEX alias_versions_schedule ON alias_versions (schedule_id) WHERE schedule_id IS NOT NULL;
ALTER TABLE usage_events ADD COLUMN schedule_id TEXT;
