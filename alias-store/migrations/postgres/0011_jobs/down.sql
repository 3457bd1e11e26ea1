DROP TABLE job_calls;
DROP TABLE jobs;
