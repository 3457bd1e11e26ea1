DROP TABLE sessions;
DROP TABLE accounts;
DROP TABLE admin_tokens;
