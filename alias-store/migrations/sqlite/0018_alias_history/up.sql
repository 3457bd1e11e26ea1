-- What the alias was called then, what made the version, who, in which request, and which version it brought back.
-- A deletion is a version, too, and so is a restoration: the versions tell at every time what was served.
ALTER TABLE alias_versions ADD COLUMN alias TEXT NOT NULL DEFAULT '';
ALTER TABLE alias_versions ADD COLUMN kind TEXT NOT NULL DEFAULT 'update';
ALTER TABLE alias_versions ADD COLUMN actor_id TEXT;
ALTER TABLE alias_versions ADD COLUMN actor_name TEXT;
ALTER TABLE alias_versions ADD COLUMN request_id TEXT;
ALTER TABLE alias_versions ADD COLUMN restored_from INTEGER;
UPDATE alias_versions SET
    alias = (SELECT a.alias FROM model_aliases a WHERE a.id = alias_versions.alias_id),
    kind = CASE WHEN version = 1 THEN 'create' ELSE 'update' END;
CREATE INDEX model_aliases_name ON model_aliases (folded);

-- The groups that held a deleted alias: a restoration puts it back into those that are still there.
CREATE TABLE deleted_memberships (
    alias_id TEXT NOT NULL REFERENCES model_aliases (id),
    group_id TEXT NOT NULL REFERENCES access_groups (id) ON DELETE CASCADE,
    PRIMARY KEY (alias_id, group_id)
);
CREATE INDEX deleted_memberships_group ON deleted_memberships (group_id);
