-- 同意設定: what a person chose, as versions that are only ever added, with the words that were shown when it was chosen.

CREATE TABLE consent_version (
    record_code UUID NOT NULL,
    version     BIGINT NOT NULL,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('page', 'restore')),
    based_on    BIGINT,
    language    TEXT NOT NULL,
    shown       TEXT NOT NULL,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (record_code, version)
);

-- What is being considered: one draft a person, gone when it is saved or given up.
CREATE TABLE consent_draft (
    record_code UUID PRIMARY KEY,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('page', 'restore')),
    based_on    BIGINT,
    base        BIGINT NOT NULL,
    drafted_at  BIGINT NOT NULL
);

-- 非開示 and 完全非公開 of single records, numbered without gaps. The newest row of a record holds; none means neither.
CREATE TABLE record_mark (
    record_code UUID NOT NULL,
    number      BIGINT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('checkup', 'vaccination', 'coverage')),
    record_id   UUID NOT NULL,
    mark        TEXT NOT NULL CHECK (mark IN ('none', 'withheld', 'sealed')),
    marked_at   BIGINT NOT NULL,
    PRIMARY KEY (record_code, number)
);
