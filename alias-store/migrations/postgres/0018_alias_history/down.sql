DROP TABLE deleted_memberships;
DROP INDEX model_aliases_name;
ALTER TABLE alias_versions DROP COLUMN restored_from;
ALTER TABLE alias_versions DROP COLUMN request_id;
ALTER TABLE alias_versions DROP COLUMN actor_name;
ALTER TABLE alias_versions DROP COLUMN actor_id;
ALTER TABLE alias_versions DROP COLUMN kind;
ALTER TABLE alias_versions DROP COLUMN alias;
