-- 検査: laboratory reports that clinics and hospitals send. One row a report, in its newest version.

CREATE TABLE laboratory (
    record_code   UUID NOT NULL,
    laboratory_id UUID NOT NULL,
    identifier    TEXT NOT NULL,
    version       BIGINT NOT NULL,
    status        TEXT NOT NULL,
    title         TEXT,
    examined_on   TEXT NOT NULL,
    examined_at   BIGINT,
    issued_at     BIGINT,
    results       TEXT NOT NULL,
    labels        TEXT NOT NULL,
    digest        BYTEA NOT NULL,
    sent_by       TEXT NOT NULL,
    sender_name   TEXT NOT NULL,
    sent_for      TEXT,
    received_at   BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    withdrawn_at  BIGINT,
    frozen_at     BIGINT,
    key_version   BIGINT NOT NULL,
    PRIMARY KEY (record_code, laboratory_id),
    UNIQUE (record_code, sent_by, identifier)
);
CREATE INDEX laboratory_by_key_version ON laboratory (key_version, record_code);

-- What a newer version replaced.
CREATE TABLE laboratory_version (
    record_code   UUID NOT NULL,
    laboratory_id UUID NOT NULL,
    version       BIGINT NOT NULL,
    status        TEXT NOT NULL,
    title         TEXT,
    examined_on   TEXT NOT NULL,
    examined_at   BIGINT,
    issued_at     BIGINT,
    results       TEXT NOT NULL,
    labels        TEXT NOT NULL,
    digest        BYTEA NOT NULL,
    sent_for      TEXT,
    received_at   BIGINT NOT NULL,
    replaced_at   BIGINT NOT NULL,
    PRIMARY KEY (record_code, laboratory_id, version)
);

-- Marks and reports speak of laboratory reports, too. No constraint can be changed on both engines, so their tables are
-- made anew.
CREATE TABLE record_mark_with_laboratory (
    record_code UUID NOT NULL,
    number      BIGINT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('checkup', 'laboratory', 'vaccination', 'coverage')),
    record_id   UUID NOT NULL,
    mark        TEXT NOT NULL CHECK (mark IN ('none', 'withheld', 'sealed')),
    marked_at   BIGINT NOT NULL,
    PRIMARY KEY (record_code, number)
);
INSERT INTO record_mark_with_laboratory (record_code, number, kind, record_id, mark, marked_at)
    SELECT record_code, number, kind, record_id, mark, marked_at FROM record_mark;
DROP TABLE record_mark;
ALTER TABLE record_mark_with_laboratory RENAME TO record_mark;

CREATE TABLE report_with_laboratory (
    record_code UUID NOT NULL,
    report_id   UUID NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('checkup', 'laboratory', 'vaccination', 'coverage')),
    record_id   UUID NOT NULL,
    sent_by     TEXT NOT NULL,
    opened_at   BIGINT NOT NULL,
    closed_at   BIGINT,
    finding     TEXT,
    PRIMARY KEY (record_code, report_id)
);
INSERT INTO report_with_laboratory
    (record_code, report_id, kind, record_id, sent_by, opened_at, closed_at, finding)
    SELECT record_code, report_id, kind, record_id, sent_by, opened_at, closed_at, finding FROM report;
DROP TABLE report;
ALTER TABLE report_with_laboratory RENAME TO report;
CREATE UNIQUE INDEX report_open_once ON report (record_code, kind, record_id) WHERE closed_at IS NULL;
CREATE INDEX report_open ON report (opened_at) WHERE closed_at IS NULL;

-- A dose can come from the place that gave it, before or without the ledger of a municipality: then municipality and
-- programme are empty, and it is the sender's own. The key says so; no constraint can be changed on both engines.
CREATE TABLE vaccination_by_sender (
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
    UNIQUE (record_code, given_on, vaccine, dose_number, municipality, sent_by)
);
INSERT INTO vaccination_by_sender (record_code, vaccination_id, given_on, vaccine, dose_number, municipality, product_name,
    product_system, product_code, programme, lot, amount_microlitres, facility, sent_by, received_at, changed_at,
    cancelled_at, frozen_at, key_version)
    SELECT record_code, vaccination_id, given_on, vaccine, dose_number, municipality, product_name, product_system,
    product_code, programme, lot, amount_microlitres, facility, sent_by, received_at, changed_at, cancelled_at, frozen_at,
    key_version FROM vaccination;
DROP TABLE vaccination;
ALTER TABLE vaccination_by_sender RENAME TO vaccination;
CREATE INDEX vaccination_by_key_version ON vaccination (key_version, record_code);
