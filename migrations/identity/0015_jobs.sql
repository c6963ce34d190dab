-- Work that is done by itself: one row for each scheduled job, and one for each piece of work that was asked for. Whoever holds the
-- lease does it. `asks` grows each time it is asked for, so that whoever ends it sees that it was asked for again meanwhile.
CREATE TABLE job (
    job_id          UUID PRIMARY KEY,
    kind            TEXT NOT NULL,
    dedup_key       TEXT UNIQUE,
    payload         TEXT NOT NULL,
    asks            BIGINT NOT NULL,
    enqueued_at     BIGINT NOT NULL,
    due_at          BIGINT NOT NULL,
    lease_id        UUID,
    leased_until    BIGINT,
    failures        BIGINT NOT NULL,
    failure         TEXT,
    last_success_at BIGINT,
    last_failure_at BIGINT,
    progress_done   BIGINT,
    progress_total  BIGINT,
    parked_at       BIGINT
);
CREATE INDEX job_by_due ON job (due_at);

-- Rows of other tables that cannot be read: they stay where they are, and are passed over until somebody asks for them again.
CREATE TABLE parked_row (
    table_name  TEXT NOT NULL,
    row_id      UUID NOT NULL,
    column_name TEXT NOT NULL,
    reason      TEXT NOT NULL,
    parked_at   BIGINT NOT NULL,
    PRIMARY KEY (table_name, row_id)
);
