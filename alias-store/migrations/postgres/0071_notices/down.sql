DROP TABLE notice_organizations;
DROP TABLE notice_teams;
DROP TABLE notices;
