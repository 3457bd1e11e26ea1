-- Jobs: calls that belong together. `credit` says what became of the one that the job reserved on the lease 'jobs' of
-- its team's account. Jobs outlive their teams, as accounts do. Ids sort by age.
CREATE TABLE jobs (
    job_id TEXT NOT NULL PRIMARY KEY,
    team_uid TEXT NOT NULL,
    team_id TEXT NOT NULL,
    job_type TEXT NOT NULL,
    user_id TEXT,
    status TEXT NOT NULL,
    metadata TEXT NOT NULL,
    error_message TEXT,
    credit TEXT NOT NULL CHECK (credit IN ('none', 'reserved', 'charged', 'released')),
    paid_successes BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    active_at TIMESTAMP NOT NULL,
    completed_at TIMESTAMP,
    CHECK ((status IN ('pending', 'in_progress')) = (completed_at IS NULL)),
    CHECK (completed_at IS NULL OR credit <> 'reserved')
);
CREATE INDEX jobs_team ON jobs (team_uid, job_id);
CREATE INDEX jobs_open ON jobs (active_at) WHERE completed_at IS NULL;

-- What is about to be sent as part of a job, with what the client said of it; how it went is in usage_events.
CREATE TABLE job_calls (
    call_id TEXT NOT NULL PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    purpose TEXT,
    metadata TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL
);
CREATE INDEX job_calls_job ON job_calls (job_id, call_id);
