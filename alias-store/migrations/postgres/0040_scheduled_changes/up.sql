-- Changes of aliases that count from a moment on which is yet to come. A row goes when its moment has come: the change is
-- a version then.
CREATE TABLE scheduled_changes (
    id TEXT NOT NULL PRIMARY KEY,
    alias_id TEXT NOT NULL REFERENCES model_aliases (id) ON DELETE CASCADE,
    action TEXT NOT NULL,
    effective_at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    actor_id TEXT,
    actor_name TEXT,
    reason TEXT,
    request_id TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX scheduled_changes_alias ON scheduled_changes (alias_id);
CREATE INDEX scheduled_changes_due ON scheduled_changes (effective_at);

CREATE TRIGGER note_scheduled_changes AFTER INSERT OR UPDATE OR DELETE ON scheduled_changes
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('alias', 'alias_id');

-- Programs that do not know of these changes would go on as if nothing were to come, and write over what has come.
UPDATE schema_compatibility SET oldest = '0040';
