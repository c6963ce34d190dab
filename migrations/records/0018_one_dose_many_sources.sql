-- A checkup is known by place, person, day, 報告区分 and プログラム種別: a 特定健診 and a cancer screening of one day are two.
-- No constraint can be changed on both engines, so the table is made anew.
CREATE TABLE checkup_by_programme (
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
    matched_by    TEXT NOT NULL DEFAULT 'unknown',
    PRIMARY KEY (record_code, checkup_id),
    UNIQUE (record_code, facility, examined_on, report_class, programme)
);
INSERT INTO checkup_by_programme (record_code, checkup_id, facility, facility_name, examined_on, document_date, report_class,
    programme, phase, insurer, results, digest, sent_by, received_at, changed_at, frozen_at, key_version, matched_by)
    SELECT record_code, checkup_id, facility, facility_name, examined_on, document_date, report_class, programme, phase,
    insurer, results, digest, sent_by, received_at, changed_at, frozen_at, key_version, matched_by FROM checkup;
DROP TABLE checkup;
ALTER TABLE checkup_by_programme RENAME TO checkup;
CREATE INDEX checkup_by_key_version ON checkup (key_version, record_code);

-- A deletion takes the checkup of its programme. Of those from before nobody knows it: '*' stands for every programme.
CREATE TABLE checkup_deletion_by_programme (
    record_code   UUID NOT NULL,
    facility      TEXT NOT NULL,
    examined_on   TEXT NOT NULL,
    programme     TEXT NOT NULL,
    document_date TEXT NOT NULL,
    sent_by       TEXT NOT NULL,
    deleted_at    BIGINT NOT NULL,
    PRIMARY KEY (record_code, facility, examined_on, programme)
);
INSERT INTO checkup_deletion_by_programme
    (record_code, facility, examined_on, programme, document_date, sent_by, deleted_at)
    SELECT record_code, facility, examined_on, '*', document_date, sent_by, deleted_at FROM checkup_deletion;
DROP TABLE checkup_deletion;
ALTER TABLE checkup_deletion_by_programme RENAME TO checkup_deletion;

-- One dose, whoever states it: `vaccination` has the statement that holds, `vaccination_source` those of its other senders.
CREATE TABLE vaccination_source (
    record_code        UUID NOT NULL,
    vaccination_id     UUID NOT NULL,
    sent_by            TEXT NOT NULL,
    municipality       TEXT NOT NULL,
    dose_number        BIGINT NOT NULL,
    product_name       TEXT,
    product_system     TEXT,
    product_code       TEXT,
    programme          TEXT NOT NULL,
    lot                TEXT,
    amount_microlitres BIGINT,
    facility           TEXT,
    received_at        BIGINT NOT NULL,
    changed_at         BIGINT NOT NULL,
    cancelled_at       BIGINT,
    PRIMARY KEY (record_code, vaccination_id, sent_by)
);

-- Of several rows of one dose that one stays whose statement holds: a municipality's before a giver's, a dose before one
-- taken back, the one that changed last.
CREATE TABLE vaccination_merge (
    record_code    UUID NOT NULL,
    vaccination_id UUID NOT NULL,
    stays_as       UUID NOT NULL,
    frozen_at      BIGINT,
    PRIMARY KEY (record_code, vaccination_id)
);
INSERT INTO vaccination_merge (record_code, vaccination_id, stays_as, frozen_at)
    SELECT record_code, vaccination_id,
    FIRST_VALUE(vaccination_id) OVER one_dose, FIRST_VALUE(frozen_at) OVER one_frozen
    FROM vaccination WINDOW
    one_dose AS (PARTITION BY record_code, given_on, vaccine, dose_number
        ORDER BY CASE WHEN municipality = '' THEN 1 ELSE 0 END, CASE WHEN cancelled_at IS NULL THEN 0 ELSE 1 END,
        changed_at DESC, vaccination_id),
    one_frozen AS (PARTITION BY record_code, given_on, vaccine, dose_number
        ORDER BY CASE WHEN frozen_at IS NULL THEN 1 ELSE 0 END, frozen_at);

INSERT INTO vaccination_source (record_code, vaccination_id, sent_by, municipality, dose_number, product_name, product_system,
    product_code, programme, lot, amount_microlitres, facility, received_at, changed_at, cancelled_at)
    SELECT v.record_code, m.stays_as, v.sent_by, v.municipality, v.dose_number, v.product_name, v.product_system,
    v.product_code, v.programme, v.lot, v.amount_microlitres, v.facility, v.received_at, v.changed_at, v.cancelled_at
    FROM vaccination AS v JOIN vaccination_merge AS m
    ON m.record_code = v.record_code AND m.vaccination_id = v.vaccination_id WHERE m.stays_as <> v.vaccination_id
    ON CONFLICT (record_code, vaccination_id, sent_by) DO NOTHING;

CREATE TABLE vaccination_once (
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
    UNIQUE (record_code, given_on, vaccine, dose_number)
);
INSERT INTO vaccination_once (record_code, vaccination_id, given_on, vaccine, dose_number, municipality, product_name,
    product_system, product_code, programme, lot, amount_microlitres, facility, sent_by, received_at, changed_at,
    cancelled_at, frozen_at, key_version)
    SELECT v.record_code, v.vaccination_id, v.given_on, v.vaccine, v.dose_number, v.municipality, v.product_name,
    v.product_system, v.product_code, v.programme, v.lot, v.amount_microlitres, v.facility, v.sent_by, v.received_at,
    v.changed_at, v.cancelled_at, m.frozen_at, v.key_version
    FROM vaccination AS v JOIN vaccination_merge AS m
    ON m.record_code = v.record_code AND m.vaccination_id = v.vaccination_id WHERE m.stays_as = v.vaccination_id;
DROP TABLE vaccination;
ALTER TABLE vaccination_once RENAME TO vaccination;
CREATE INDEX vaccination_by_key_version ON vaccination (key_version, record_code);

-- What the owner put on a row that became part of another goes on to hold. Where the rows were marked differently, the stricter
-- mark holds: it is put once more, last.
INSERT INTO record_mark (record_code, number, kind, record_id, mark, marked_at, labels)
    SELECT s.record_code, (SELECT MAX(r.number) FROM record_mark AS r WHERE r.record_code = s.record_code)
        + ROW_NUMBER() OVER (PARTITION BY s.record_code ORDER BY s.number),
    'vaccination', s.stays_as, s.mark, s.marked_at, s.labels
    FROM (SELECT k.record_code, k.number, m.stays_as, k.mark, k.marked_at, k.labels,
        ROW_NUMBER() OVER (PARTITION BY m.record_code, m.stays_as
            ORDER BY CASE k.mark WHEN 'sealed' THEN 0 WHEN 'withheld' THEN 1 ELSE 2 END, k.number DESC) AS place,
        COUNT(*) OVER (PARTITION BY m.record_code, m.stays_as) AS marked
        FROM record_mark AS k JOIN vaccination_merge AS m
            ON m.record_code = k.record_code AND m.vaccination_id = k.record_id
        WHERE k.kind = 'vaccination' AND k.number = (SELECT MAX(n.number) FROM record_mark AS n
            WHERE n.record_code = k.record_code AND n.kind = 'vaccination' AND n.record_id = k.record_id)) AS s
    WHERE s.place = 1 AND s.marked > 1;
UPDATE record_mark SET record_id = m.stays_as FROM vaccination_merge AS m
    WHERE record_mark.kind = 'vaccination' AND m.record_code = record_mark.record_code
    AND m.vaccination_id = record_mark.record_id AND m.stays_as <> m.vaccination_id;
-- Several open reports about one dose would be one too many: the first stays open.
UPDATE report SET record_id = m.stays_as FROM vaccination_merge AS m
    WHERE report.kind = 'vaccination' AND report.closed_at IS NOT NULL AND m.record_code = report.record_code
    AND m.vaccination_id = report.record_id AND m.stays_as <> m.vaccination_id;
UPDATE report SET closed_at = opened_at, finding = 'merged' WHERE kind = 'vaccination' AND closed_at IS NULL AND EXISTS (
    SELECT 1 FROM vaccination_merge AS m JOIN vaccination_merge AS o
        ON o.record_code = m.record_code AND o.stays_as = m.stays_as AND o.vaccination_id <> m.vaccination_id
    JOIN report AS other ON other.kind = 'vaccination' AND other.closed_at IS NULL
        AND other.record_code = o.record_code AND other.record_id = o.vaccination_id
    WHERE m.record_code = report.record_code AND m.vaccination_id = report.record_id AND other.report_id < report.report_id);
UPDATE report SET record_id = m.stays_as FROM vaccination_merge AS m
    WHERE report.kind = 'vaccination' AND report.closed_at IS NULL AND m.record_code = report.record_code
    AND m.vaccination_id = report.record_id AND m.stays_as <> m.vaccination_id;
DROP TABLE vaccination_merge;
