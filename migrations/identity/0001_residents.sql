-- The identity vault: who people are. Never holds a medical value. Every *_sealed column is AEAD over table, column and row.

CREATE TABLE vault_setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE organisation (
    organisation_id TEXT PRIMARY KEY,
    kind            TEXT NOT NULL CHECK (kind IN ('municipality', 'insurer', 'clinic', 'hospital', 'dentist', 'pharmacy', 'research')),
    name            TEXT NOT NULL,
    registered_at   BIGINT NOT NULL
);

CREATE TABLE resident (
    resident_id        UUID PRIMARY KEY,
    person_lookup      BYTEA NOT NULL UNIQUE,
    person_code_sealed BYTEA NOT NULL,
    chain_sealed       BYTEA NOT NULL,
    name_sealed        BYTEA NOT NULL,
    kana_sealed        BYTEA NOT NULL,
    birth_sealed       BYTEA NOT NULL,
    sex_sealed         BYTEA NOT NULL,
    postal_code_sealed BYTEA,
    address_sealed     BYTEA,
    mail_sealed        BYTEA,
    phone_sealed       BYTEA,
    municipality       TEXT NOT NULL,
    moved_in_on        TEXT,
    moved_out_on       TEXT,
    died_on            TEXT,
    is_protected       BOOLEAN NOT NULL,
    digest             BYTEA NOT NULL,
    received_at        BIGINT NOT NULL,
    changed_at         BIGINT NOT NULL,
    key_version        BIGINT NOT NULL
);
CREATE INDEX resident_by_municipality ON resident (municipality, resident_id);
CREATE INDEX resident_by_key_version ON resident (key_version, resident_id);

-- A guardian need not be a resident here, so there may be nothing else to make the code from when keys change: it is a
-- permutation, which a new key takes over.
CREATE TABLE guardian_statement (
    resident_id   UUID NOT NULL REFERENCES resident (resident_id) ON DELETE CASCADE,
    guardian_code UUID NOT NULL,
    PRIMARY KEY (resident_id, guardian_code)
);
CREATE INDEX guardian_statement_by_guardian ON guardian_statement (guardian_code);

-- This table counts as 個人番号 (番号法2条8項): only municipal and insurer imports may reach it.
CREATE TABLE my_number_alias (
    alias       UUID PRIMARY KEY,
    resident_id UUID NOT NULL UNIQUE REFERENCES resident (resident_id) ON DELETE CASCADE,
    key_version BIGINT NOT NULL
);
CREATE INDEX my_number_alias_by_key_version ON my_number_alias (key_version, resident_id);

CREATE TABLE insured_alias (
    alias       BYTEA NOT NULL,
    resident_id UUID NOT NULL REFERENCES resident (resident_id) ON DELETE CASCADE,
    insurer     TEXT NOT NULL,
    valid_from  TEXT NOT NULL,
    valid_to    TEXT,
    reach       TEXT NOT NULL CHECK (reach IN ('person', 'family')),
    PRIMARY KEY (alias, resident_id, insurer, valid_from)
);
CREATE INDEX insured_alias_by_resident ON insured_alias (resident_id, insurer, valid_from);

CREATE TABLE waiting_coverage (
    waiting_id      UUID PRIMARY KEY,
    my_number_alias UUID NOT NULL,
    content_digest  BYTEA NOT NULL UNIQUE,
    row_sealed      BYTEA NOT NULL,
    sent_by         TEXT NOT NULL,
    received_at     BIGINT NOT NULL,
    key_version     BIGINT NOT NULL
);
CREATE INDEX waiting_coverage_by_alias ON waiting_coverage (my_number_alias);

-- Files that were taken in whole: sending one again changes nothing, even after a later file changed the same rows.
CREATE TABLE imported_file (
    content_sha256 BYTEA NOT NULL,
    kind           TEXT NOT NULL,
    sent_by        TEXT NOT NULL,
    imported_at    BIGINT NOT NULL,
    PRIMARY KEY (content_sha256, kind, sent_by)
);
