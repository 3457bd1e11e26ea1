-- What reports say of a day, an alias and a team, besides what statistics do.
ALTER TABLE usage_rollups ADD COLUMN cached_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN reasoning_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN credits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN charged BIGINT NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN estimated BIGINT NOT NULL DEFAULT 0;

UPDATE usage_rollups
    SET cached_tokens = e.cached, reasoning_tokens = e.reasoning, credits = e.credits, charged = e.charged,
        estimated = e.estimated
    FROM (
        SELECT CAST(started_at AS DATE) AS day, alias_id, team_uid,
            CAST(COALESCE(SUM(cache_read_tokens), 0) AS BIGINT) AS cached,
            CAST(COALESCE(SUM(reasoning_tokens), 0) AS BIGINT) AS reasoning,
            CAST(SUM(credits) AS BIGINT) AS credits, CAST(SUM(charged) AS BIGINT) AS charged,
            CAST(SUM(CASE WHEN detail LIKE '%"source":"estimated"%' THEN 1 ELSE 0 END) AS BIGINT) AS estimated
        FROM usage_events GROUP BY 1, 2, 3
    ) AS e
    WHERE usage_rollups.day = e.day AND usage_rollups.alias_id = e.alias_id AND usage_rollups.team_uid = e.team_uid;

-- Whose calls there ever were: what a team was called, and whose it was, outlives it.
CREATE TABLE usage_teams (
    team_uid TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    organization_id TEXT NOT NULL
);
INSERT INTO usage_teams (team_uid, team_id, organization_id)
    SELECT team_uid, MAX(team_id), MAX(organization_id) FROM usage_events GROUP BY team_uid;

-- Calls that an instance sent and that the books had already, from another one: they count once.
ALTER TABLE instances ADD COLUMN repeated BIGINT NOT NULL DEFAULT 0;
UPDATE instances SET repeated = shipped_seq
    - (SELECT COUNT(*) FROM usage_events WHERE usage_events.instance_id = instances.id)
    - (SELECT COUNT(*) FROM usage_quarantine WHERE usage_quarantine.instance_id = instances.id);
