-- What each revision of the catalogue changed: the kind and the identity of each thing. Triggers note it, so that no
-- write can be forgotten, by whatever version of the server it was made. The oldest revisions are taken away as newer
-- ones come. While the row of the catalogue is not there (a copy is being made), nothing is noted.
CREATE TABLE catalogue_changes (
    revision BIGINT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (revision, kind, id)
);

CREATE FUNCTION note_catalogue_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    INSERT INTO catalogue_changes (revision, kind, id)
    SELECT revision, TG_ARGV[0], COALESCE(to_jsonb(COALESCE(NEW, OLD)) ->> TG_ARGV[1], '') FROM catalogue
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- A key is found by its digest: the one that it had is gone.
CREATE FUNCTION note_digest_that_is_gone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
    INSERT INTO catalogue_changes (revision, kind, id)
    SELECT revision, 'digest', encode(OLD.digest, 'hex') FROM catalogue
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER note_model_aliases AFTER INSERT OR UPDATE OR DELETE ON model_aliases
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('alias', 'id');
CREATE TRIGGER note_alias_versions AFTER INSERT OR UPDATE OR DELETE ON alias_versions
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('alias', 'alias_id');
CREATE TRIGGER note_access_groups AFTER INSERT OR UPDATE OR DELETE ON access_groups
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('group', 'id');
CREATE TRIGGER note_group_aliases AFTER INSERT OR UPDATE OR DELETE ON group_aliases
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('group', 'group_id');
CREATE TRIGGER note_organizations AFTER INSERT OR UPDATE OR DELETE ON organizations
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('organization', 'uid');
CREATE TRIGGER note_teams AFTER INSERT OR UPDATE OR DELETE ON teams
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('team', 'uid');
CREATE TRIGGER note_team_groups AFTER INSERT OR UPDATE OR DELETE ON team_groups
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('team', 'team_uid');
CREATE TRIGGER note_team_keys AFTER INSERT OR UPDATE OR DELETE ON team_keys
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('key', 'key_id');
CREATE TRIGGER note_digests AFTER UPDATE OF digest ON team_keys
FOR EACH ROW WHEN (OLD.digest <> NEW.digest) EXECUTE FUNCTION note_digest_that_is_gone();
CREATE TRIGGER note_key_models AFTER INSERT OR UPDATE OR DELETE ON key_models
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('key', 'key_id');
CREATE TRIGGER note_budgets AFTER INSERT OR UPDATE OR DELETE ON budgets
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('budget', 'budget_id');
CREATE TRIGGER note_provider_models AFTER INSERT OR UPDATE OR DELETE ON provider_models
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('models', '');
CREATE TRIGGER note_model_prices AFTER INSERT OR UPDATE OR DELETE ON model_prices
FOR EACH ROW EXECUTE FUNCTION note_catalogue_change('models', '');
