-- 救急: declared emergencies and what became of them. The key is that of the line on the access log, under the random number
-- of the person's chain, never a code. What the clinician, the person and the reviewer wrote is sealed: it may hold names.

CREATE TABLE emergency (
    chain_id      UUID NOT NULL,
    emergency_id  UUID NOT NULL UNIQUE,
    organisation  TEXT NOT NULL,
    subject       TEXT NOT NULL,
    subject_name  TEXT,
    subject_role  TEXT,
    found_by      TEXT NOT NULL CHECK (found_by IN ('card', 'share-code', 'clinic-code', 'demographics')),
    reason_sealed BYTEA NOT NULL,
    declared_at   BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    reply_sealed  BYTEA,
    replied_at    BIGINT,
    finding       TEXT CHECK (finding IN ('justified', 'not-justified', 'unclear')),
    remark_sealed BYTEA,
    reviewed_by   UUID,
    reviewed_at   BIGINT,
    state         TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    key_version   BIGINT NOT NULL,
    PRIMARY KEY (chain_id, emergency_id)
);
CREATE INDEX emergency_by_subject ON emergency (organisation, subject, declared_at);
CREATE INDEX emergency_open ON emergency (declared_at, emergency_id) WHERE state = 'open';
CREATE INDEX emergency_closed ON emergency (reviewed_at, emergency_id) WHERE state = 'closed';
CREATE INDEX emergency_by_key_version ON emergency (key_version, emergency_id);
