-- Who is treating whom: the codes (符号) under which organisations know a person, and how long they may go on reading.

-- One code for each organisation and generation. A retired code is dead for good: opting in again is a new generation.
CREATE TABLE organisation_code (
    record_code  UUID NOT NULL,
    organisation TEXT NOT NULL,
    generation   BIGINT NOT NULL,
    domain       TEXT NOT NULL CHECK (domain IN ('clinics', 'research')),
    code         UUID NOT NULL UNIQUE,
    made_at      BIGINT NOT NULL,
    ends_at      BIGINT,
    retired_at   BIGINT,
    PRIMARY KEY (record_code, organisation, generation)
);
CREATE UNIQUE INDEX organisation_code_live ON organisation_code (record_code, organisation) WHERE retired_at IS NULL;

-- The last time that a person was with an organisation, and until when it may go on reading.
CREATE TABLE treatment_window (
    record_code  UUID NOT NULL,
    organisation TEXT NOT NULL,
    opened_by    TEXT NOT NULL CHECK (opened_by IN ('share-code', 'card', 'emergency')),
    opened_at    BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    PRIMARY KEY (record_code, organisation)
);
