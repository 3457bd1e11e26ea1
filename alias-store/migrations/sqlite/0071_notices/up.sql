-- What operators tell teams.
CREATE TABLE notices (
    notice_id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    alias_id TEXT REFERENCES model_aliases (id) ON DELETE SET NULL,
    alias TEXT,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    audience TEXT NOT NULL,
    expires_at TIMESTAMP,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
CREATE INDEX notices_alias ON notices (alias_id);

-- Whom the notices are for that name their receivers.
CREATE TABLE notice_teams (
    notice_id TEXT NOT NULL REFERENCES notices (notice_id) ON DELETE CASCADE,
    team_uid TEXT NOT NULL REFERENCES teams (uid) ON DELETE CASCADE,
    PRIMARY KEY (notice_id, team_uid)
);
CREATE INDEX notice_teams_team ON notice_teams (team_uid);
CREATE TABLE notice_organizations (
    notice_id TEXT NOT NULL REFERENCES notices (notice_id) ON DELETE CASCADE,
    organization_uid TEXT NOT NULL REFERENCES organizations (uid) ON DELETE CASCADE,
    PRIMARY KEY (notice_id, organization_uid)
);
CREATE INDEX notice_organizations_organization ON notice_organizations (organization_uid);
