-- What each revision of the catalogue changed: the kind and the identity of each thing. Triggers note it, so that no
-- write can be forgotten, by whatever version of the server it was made. The oldest revisions are taken away as newer
-- ones come. While the row of the catalogue is not there (a copy is being made), nothing is noted.
CREATE TABLE catalogue_changes (
    revision BIGINT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (revision, kind, id)
);

CREATE TRIGGER note_model_aliases_insert AFTER INSERT ON model_aliases BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'alias', NEW.id FROM catalogue;
END;
CREATE TRIGGER note_model_aliases_update AFTER UPDATE ON model_aliases BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'alias', NEW.id FROM catalogue;
END;
CREATE TRIGGER note_model_aliases_delete AFTER DELETE ON model_aliases BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'alias', OLD.id FROM catalogue;
END;
CREATE TRIGGER note_alias_versions_insert AFTER INSERT ON alias_versions BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'alias', NEW.alias_id FROM catalogue;
END;
CREATE TRIGGER note_alias_versions_update AFTER UPDATE ON alias_versions BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'alias', NEW.alias_id FROM catalogue;
END;
CREATE TRIGGER note_alias_versions_delete AFTER DELETE ON alias_versions BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'alias', OLD.alias_id FROM catalogue;
END;
CREATE TRIGGER note_access_groups_insert AFTER INSERT ON access_groups BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'group', NEW.id FROM catalogue;
END;
CREATE TRIGGER note_access_groups_update AFTER UPDATE ON access_groups BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'group', NEW.id FROM catalogue;
END;
CREATE TRIGGER note_access_groups_delete AFTER DELETE ON access_groups BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'group', OLD.id FROM catalogue;
END;
CREATE TRIGGER note_group_aliases_insert AFTER INSERT ON group_aliases BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'group', NEW.group_id FROM catalogue;
END;
CREATE TRIGGER note_group_aliases_update AFTER UPDATE ON group_aliases BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'group', NEW.group_id FROM catalogue;
END;
CREATE TRIGGER note_group_aliases_delete AFTER DELETE ON group_aliases BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'group', OLD.group_id FROM catalogue;
END;
CREATE TRIGGER note_organizations_insert AFTER INSERT ON organizations BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'organization', NEW.uid FROM catalogue;
END;
CREATE TRIGGER note_organizations_update AFTER UPDATE ON organizations BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'organization', NEW.uid FROM catalogue;
END;
CREATE TRIGGER note_organizations_delete AFTER DELETE ON organizations BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'organization', OLD.uid FROM catalogue;
END;
CREATE TRIGGER note_teams_insert AFTER INSERT ON teams BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'team', NEW.uid FROM catalogue;
END;
CREATE TRIGGER note_teams_update AFTER UPDATE ON teams BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'team', NEW.uid FROM catalogue;
END;
CREATE TRIGGER note_teams_delete AFTER DELETE ON teams BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'team', OLD.uid FROM catalogue;
END;
CREATE TRIGGER note_team_groups_insert AFTER INSERT ON team_groups BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'team', NEW.team_uid FROM catalogue;
END;
CREATE TRIGGER note_team_groups_update AFTER UPDATE ON team_groups BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'team', NEW.team_uid FROM catalogue;
END;
CREATE TRIGGER note_team_groups_delete AFTER DELETE ON team_groups BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'team', OLD.team_uid FROM catalogue;
END;
CREATE TRIGGER note_team_keys_insert AFTER INSERT ON team_keys BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'key', NEW.key_id FROM catalogue;
END;
CREATE TRIGGER note_team_keys_update AFTER UPDATE ON team_keys BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'key', NEW.key_id FROM catalogue;
END;
-- A key is found by its digest: the one that it had is gone.
CREATE TRIGGER note_team_keys_digest AFTER UPDATE OF digest ON team_keys WHEN OLD.digest <> NEW.digest BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'digest', lower(hex(OLD.digest)) FROM catalogue;
END;
CREATE TRIGGER note_team_keys_delete AFTER DELETE ON team_keys BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'key', OLD.key_id FROM catalogue;
END;
CREATE TRIGGER note_key_models_insert AFTER INSERT ON key_models BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'key', NEW.key_id FROM catalogue;
END;
CREATE TRIGGER note_key_models_update AFTER UPDATE ON key_models BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'key', NEW.key_id FROM catalogue;
END;
CREATE TRIGGER note_key_models_delete AFTER DELETE ON key_models BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'key', OLD.key_id FROM catalogue;
END;
CREATE TRIGGER note_budgets_insert AFTER INSERT ON budgets BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'budget', NEW.budget_id FROM catalogue;
END;
CREATE TRIGGER note_budgets_update AFTER UPDATE ON budgets BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'budget', NEW.budget_id FROM catalogue;
END;
CREATE TRIGGER note_budgets_delete AFTER DELETE ON budgets BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'budget', OLD.budget_id FROM catalogue;
END;
CREATE TRIGGER note_provider_models_insert AFTER INSERT ON provider_models BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'models', '' FROM catalogue;
END;
CREATE TRIGGER note_provider_models_update AFTER UPDATE ON provider_models BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'models', '' FROM catalogue;
END;
CREATE TRIGGER note_provider_models_delete AFTER DELETE ON provider_models BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'models', '' FROM catalogue;
END;
CREATE TRIGGER note_model_prices_insert AFTER INSERT ON model_prices BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'models', '' FROM catalogue;
END;
CREATE TRIGGER note_model_prices_update AFTER UPDATE ON model_prices BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'models', '' FROM catalogue;
END;
CREATE TRIGGER note_model_prices_delete AFTER DELETE ON model_prices BEGIN
    INSERT OR IGNORE INTO catalogue_changes SELECT revision, 'models', '' FROM catalogue;
END;
