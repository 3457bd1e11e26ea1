DROP TABLE limit_instances;
DROP TABLE limit_slots;
DROP TABLE limit_accounts;
ALTER TABLE team_keys DROP COLUMN max_parallel_requests;
ALTER TABLE team_keys DROP COLUMN tpm_limit;
ALTER TABLE team_keys DROP COLUMN rpm_limit;
ALTER TABLE teams DROP COLUMN max_parallel_requests;
ALTER TABLE teams DROP COLUMN tpm_limit;
ALTER TABLE teams DROP COLUMN rpm_limit;
