-- The record store: what is known about health, under a pseudonym. Never holds a name, address, birth date or number in clear.

CREATE TABLE store_setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE checkup (
    record_code   UUID NOT NULL,
    checkup_id    UUID NOT NULL,
    facility      TEXT NOT NULL,
    facility_name TEXT NOT NULL,
    examined_on   TEXT NOT NULL,
    document_date TEXT NOT NULL,
    report_class  TEXT NOT NULL,
    programme     TEXT NOT NULL,
    phase         BIGINT NOT NULL CHECK (phase IN (3, 4)),
    insurer       TEXT NOT NULL,
    results       TEXT NOT NULL,
    digest        BYTEA NOT NULL,
    sent_by       TEXT NOT NULL,
    received_at   BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    frozen_at     BIGINT,
    key_version   BIGINT NOT NULL,
    PRIMARY KEY (record_code, checkup_id),
    UNIQUE (record_code, facility, examined_on)
);
CREATE INDEX checkup_by_key_version ON checkup (key_version, record_code);

-- What a correction replaced.
CREATE TABLE checkup_version (
    record_code   UUID NOT NULL,
    checkup_id    UUID NOT NULL,
    document_date TEXT NOT NULL,
    results       TEXT NOT NULL,
    digest        BYTEA NOT NULL,
    sent_by       TEXT NOT NULL,
    received_at   BIGINT NOT NULL,
    replaced_at   BIGINT NOT NULL,
    PRIMARY KEY (record_code, checkup_id, digest, document_date)
);

-- A deletion (報告区分 19) is remembered, so that an older document sent again does not bring the checkup back.
CREATE TABLE checkup_deletion (
    record_code   UUID NOT NULL,
    facility      TEXT NOT NULL,
    examined_on   TEXT NOT NULL,
    document_date TEXT NOT NULL,
    sent_by       TEXT NOT NULL,
    deleted_at    BIGINT NOT NULL,
    PRIMARY KEY (record_code, facility, examined_on)
);

CREATE TABLE vaccination (
    record_code        UUID NOT NULL,
    vaccination_id     UUID NOT NULL,
    given_on           TEXT NOT NULL,
    vaccine            TEXT NOT NULL,
    dose_number        BIGINT NOT NULL,
    municipality       TEXT NOT NULL,
    product_name       TEXT,
    product_system     TEXT,
    product_code       TEXT,
    programme          TEXT NOT NULL,
    lot                TEXT,
    amount_microlitres BIGINT,
    facility           TEXT,
    sent_by            TEXT NOT NULL,
    received_at        BIGINT NOT NULL,
    changed_at         BIGINT NOT NULL,
    cancelled_at       BIGINT,
    frozen_at          BIGINT,
    key_version        BIGINT NOT NULL,
    PRIMARY KEY (record_code, vaccination_id),
    UNIQUE (record_code, given_on, vaccine, dose_number, municipality)
);
CREATE INDEX vaccination_by_key_version ON vaccination (key_version, record_code);

CREATE TABLE coverage (
    record_code    UUID NOT NULL,
    coverage_id    UUID NOT NULL,
    insurer        TEXT NOT NULL,
    insurer_name   TEXT NOT NULL,
    symbol_sealed  BYTEA,
    number_sealed  BYTEA NOT NULL,
    branch_sealed  BYTEA,
    relation       TEXT NOT NULL CHECK (relation IN ('insured', 'dependant')),
    acquired_on    TEXT NOT NULL,
    lost_on        TEXT,
    loss_reason    TEXT,
    burden_percent BIGINT NOT NULL CHECK (burden_percent IN (10, 20, 30)),
    stated_at      BIGINT NOT NULL,
    digest         BYTEA NOT NULL,
    sent_by        TEXT NOT NULL,
    received_at    BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL,
    frozen_at      BIGINT,
    key_version    BIGINT NOT NULL,
    PRIMARY KEY (record_code, coverage_id),
    UNIQUE (record_code, insurer, acquired_on)
);
CREATE INDEX coverage_by_key_version ON coverage (key_version, record_code);

-- Documents and rows that wait for their person, sealed whole, found again by alias.
CREATE TABLE waiting_record (
    waiting_id     UUID PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('checkup', 'vaccination')),
    alias          BYTEA NOT NULL,
    family_alias   BYTEA,
    reason         TEXT NOT NULL,
    content_digest BYTEA NOT NULL UNIQUE,
    content_sealed BYTEA NOT NULL,
    sent_by        TEXT NOT NULL,
    received_at    BIGINT NOT NULL,
    key_version    BIGINT NOT NULL
);
CREATE INDEX waiting_record_by_alias ON waiting_record (alias);
CREATE INDEX waiting_record_by_family_alias ON waiting_record (family_alias);

-- "This is not mine": open reports for support. References only, no values.
CREATE TABLE report (
    record_code UUID NOT NULL,
    report_id   UUID NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('checkup', 'vaccination', 'coverage')),
    record_id   UUID NOT NULL,
    sent_by     TEXT NOT NULL,
    opened_at   BIGINT NOT NULL,
    closed_at   BIGINT,
    finding     TEXT,
    PRIMARY KEY (record_code, report_id)
);
CREATE UNIQUE INDEX report_open_once ON report (record_code, kind, record_id) WHERE closed_at IS NULL;
CREATE INDEX report_open ON report (opened_at) WHERE closed_at IS NULL;
