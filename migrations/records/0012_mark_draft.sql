-- A mark that was chosen and waits for the fresh check: one a person, gone when it is put. It changes nothing.
CREATE TABLE mark_draft (
    record_code UUID PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('checkup', 'laboratory', 'vaccination', 'coverage')),
    record_id   UUID NOT NULL,
    mark        TEXT NOT NULL CHECK (mark IN ('none', 'withheld', 'sealed')),
    labels      TEXT NOT NULL,
    base        BIGINT NOT NULL,
    drafted_at  BIGINT NOT NULL
);
