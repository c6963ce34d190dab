-- Which words a column may hold is said once, by the vocabulary of the program that reads and writes it, and so it is with the phases
-- of 特定健診 and the shares that a patient pays. The lists in CHECKs said it a second time, and no engine changes a CHECK in a way that the
-- other one knows: each new word made a table anew. So the tables are made anew once more, without lists.

-- Nobody writes into a table between its copy and its end: on PostgreSQL another process may still serve, and a new column waits for whoever
-- writes and keeps out whoever comes. The column goes with the table.
ALTER TABLE emergency ADD COLUMN kept_out BIGINT;
ALTER TABLE treatment_window ADD COLUMN kept_out BIGINT;
ALTER TABLE organisation_code ADD COLUMN kept_out BIGINT;
ALTER TABLE mark_draft ADD COLUMN kept_out BIGINT;
ALTER TABLE record_mark ADD COLUMN kept_out BIGINT;
ALTER TABLE consent_draft ADD COLUMN kept_out BIGINT;
ALTER TABLE consent_version ADD COLUMN kept_out BIGINT;
ALTER TABLE report ADD COLUMN kept_out BIGINT;
ALTER TABLE waiting_record ADD COLUMN kept_out BIGINT;
ALTER TABLE coverage ADD COLUMN kept_out BIGINT;
ALTER TABLE checkup ADD COLUMN kept_out BIGINT;

CREATE TABLE checkup_new (
    record_code   UUID NOT NULL,
    checkup_id    UUID NOT NULL,
    facility      TEXT NOT NULL,
    facility_name TEXT NOT NULL,
    examined_on   TEXT NOT NULL,
    document_date TEXT NOT NULL,
    report_class  TEXT NOT NULL,
    programme     TEXT NOT NULL,
    phase         BIGINT NOT NULL,
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
INSERT INTO checkup_new (record_code, checkup_id, facility, facility_name, examined_on, document_date, report_class,
    programme, phase, insurer, results, digest, sent_by, received_at, changed_at, frozen_at, key_version, matched_by)
    SELECT record_code, checkup_id, facility, facility_name, examined_on, document_date, report_class, programme,
    phase, insurer, results, digest, sent_by, received_at, changed_at, frozen_at, key_version, matched_by FROM checkup;

CREATE TABLE coverage_new (
    record_code    UUID NOT NULL,
    coverage_id    UUID NOT NULL,
    insurer        TEXT NOT NULL,
    insurer_name   TEXT NOT NULL,
    symbol_sealed  BYTEA,
    number_sealed  BYTEA NOT NULL,
    branch_sealed  BYTEA,
    relation       TEXT NOT NULL,
    acquired_on    TEXT NOT NULL,
    lost_on        TEXT,
    loss_reason    TEXT,
    burden_percent BIGINT NOT NULL,
    stated_at      BIGINT NOT NULL,
    digest         BYTEA NOT NULL,
    sent_by        TEXT NOT NULL,
    received_at    BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL,
    frozen_at      BIGINT,
    key_version    BIGINT NOT NULL,
    branch_state   TEXT NOT NULL DEFAULT 'unknown',
    PRIMARY KEY (record_code, coverage_id),
    UNIQUE (record_code, insurer, acquired_on)
);
INSERT INTO coverage_new (record_code, coverage_id, insurer, insurer_name, symbol_sealed, number_sealed,
    branch_sealed, relation, acquired_on, lost_on, loss_reason, burden_percent, stated_at, digest, sent_by,
    received_at, changed_at, frozen_at, key_version, branch_state)
    SELECT record_code, coverage_id, insurer, insurer_name, symbol_sealed, number_sealed, branch_sealed, relation,
    acquired_on, lost_on, loss_reason, burden_percent, stated_at, digest, sent_by, received_at, changed_at, frozen_at,
    key_version, branch_state FROM coverage;

CREATE TABLE waiting_record_new (
    waiting_id     UUID PRIMARY KEY,
    kind           TEXT NOT NULL,
    alias          BYTEA NOT NULL,
    family_alias   BYTEA,
    reason         TEXT NOT NULL,
    content_digest BYTEA NOT NULL UNIQUE,
    content_sealed BYTEA NOT NULL,
    sent_by        TEXT NOT NULL,
    received_at    BIGINT NOT NULL,
    key_version    BIGINT NOT NULL,
    arrival        BIGINT NOT NULL DEFAULT 0,
    tried_at       BIGINT
);
INSERT INTO waiting_record_new (waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed,
    sent_by, received_at, key_version, arrival, tried_at)
    SELECT waiting_id, kind, alias, family_alias, reason, content_digest, content_sealed, sent_by, received_at,
    key_version, arrival, tried_at FROM waiting_record;

CREATE TABLE report_new (
    record_code UUID NOT NULL,
    report_id   UUID NOT NULL,
    kind        TEXT NOT NULL,
    record_id   UUID NOT NULL,
    sent_by     TEXT NOT NULL,
    opened_at   BIGINT NOT NULL,
    closed_at   BIGINT,
    finding     TEXT,
    PRIMARY KEY (record_code, report_id)
);
INSERT INTO report_new (record_code, report_id, kind, record_id, sent_by, opened_at, closed_at, finding)
    SELECT record_code, report_id, kind, record_id, sent_by, opened_at, closed_at, finding FROM report;

CREATE TABLE consent_version_new (
    record_code UUID NOT NULL,
    version     BIGINT NOT NULL,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL,
    based_on    BIGINT,
    language    TEXT NOT NULL,
    shown       TEXT NOT NULL,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (record_code, version)
);
INSERT INTO consent_version_new (record_code, version, state, origin, based_on, language, shown, changed_at)
    SELECT record_code, version, state, origin, based_on, language, shown, changed_at FROM consent_version;

CREATE TABLE consent_draft_new (
    record_code UUID PRIMARY KEY,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL,
    based_on    BIGINT,
    base        BIGINT NOT NULL,
    drafted_at  BIGINT NOT NULL
);
INSERT INTO consent_draft_new (record_code, state, origin, based_on, base, drafted_at)
    SELECT record_code, state, origin, based_on, base, drafted_at FROM consent_draft;

CREATE TABLE record_mark_new (
    record_code UUID NOT NULL,
    number      BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    record_id   UUID NOT NULL,
    mark        TEXT NOT NULL,
    marked_at   BIGINT NOT NULL,
    labels      TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (record_code, number)
);
INSERT INTO record_mark_new (record_code, number, kind, record_id, mark, marked_at, labels)
    SELECT record_code, number, kind, record_id, mark, marked_at, labels FROM record_mark;

CREATE TABLE mark_draft_new (
    record_code UUID PRIMARY KEY,
    kind        TEXT NOT NULL,
    record_id   UUID NOT NULL,
    mark        TEXT NOT NULL,
    labels      TEXT NOT NULL,
    base        BIGINT NOT NULL,
    drafted_at  BIGINT NOT NULL
);
INSERT INTO mark_draft_new (record_code, kind, record_id, mark, labels, base, drafted_at)
    SELECT record_code, kind, record_id, mark, labels, base, drafted_at FROM mark_draft;

CREATE TABLE organisation_code_new (
    record_code  UUID NOT NULL,
    organisation TEXT NOT NULL,
    generation   BIGINT NOT NULL,
    domain       TEXT NOT NULL,
    code         UUID NOT NULL UNIQUE,
    made_at      BIGINT NOT NULL,
    ends_at      BIGINT,
    retired_at   BIGINT,
    PRIMARY KEY (record_code, organisation, generation)
);
INSERT INTO organisation_code_new (record_code, organisation, generation, domain, code, made_at, ends_at, retired_at)
    SELECT record_code, organisation, generation, domain, code, made_at, ends_at, retired_at FROM organisation_code;

CREATE TABLE treatment_window_new (
    record_code  UUID NOT NULL,
    organisation TEXT NOT NULL,
    opened_by    TEXT NOT NULL,
    opened_at    BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    PRIMARY KEY (record_code, organisation)
);
INSERT INTO treatment_window_new (record_code, organisation, opened_by, opened_at, ends_at)
    SELECT record_code, organisation, opened_by, opened_at, ends_at FROM treatment_window;

CREATE TABLE emergency_new (
    chain_id      UUID NOT NULL,
    emergency_id  UUID NOT NULL UNIQUE,
    organisation  TEXT NOT NULL,
    subject       TEXT NOT NULL,
    subject_name  TEXT,
    subject_role  TEXT,
    found_by      TEXT NOT NULL,
    reason_sealed BYTEA NOT NULL,
    declared_at   BIGINT NOT NULL,
    ends_at       BIGINT NOT NULL,
    reply_sealed  BYTEA,
    replied_at    BIGINT,
    finding       TEXT,
    remark_sealed BYTEA,
    reviewed_by   UUID,
    reviewed_at   BIGINT,
    state         TEXT NOT NULL,
    key_version   BIGINT NOT NULL,
    PRIMARY KEY (chain_id, emergency_id)
);
INSERT INTO emergency_new (chain_id, emergency_id, organisation, subject, subject_name, subject_role, found_by,
    reason_sealed, declared_at, ends_at, reply_sealed, replied_at, finding, remark_sealed, reviewed_by, reviewed_at,
    state, key_version)
    SELECT chain_id, emergency_id, organisation, subject, subject_name, subject_role, found_by, reason_sealed,
    declared_at, ends_at, reply_sealed, replied_at, finding, remark_sealed, reviewed_by, reviewed_at, state,
    key_version FROM emergency;

DROP TABLE checkup;
DROP TABLE coverage;
DROP TABLE waiting_record;
DROP TABLE report;
DROP TABLE consent_version;
DROP TABLE consent_draft;
DROP TABLE record_mark;
DROP TABLE mark_draft;
DROP TABLE organisation_code;
DROP TABLE treatment_window;
DROP TABLE emergency;

ALTER TABLE checkup_new RENAME TO checkup;
ALTER TABLE coverage_new RENAME TO coverage;
ALTER TABLE waiting_record_new RENAME TO waiting_record;
ALTER TABLE report_new RENAME TO report;
ALTER TABLE consent_version_new RENAME TO consent_version;
ALTER TABLE consent_draft_new RENAME TO consent_draft;
ALTER TABLE record_mark_new RENAME TO record_mark;
ALTER TABLE mark_draft_new RENAME TO mark_draft;
ALTER TABLE organisation_code_new RENAME TO organisation_code;
ALTER TABLE treatment_window_new RENAME TO treatment_window;
ALTER TABLE emergency_new RENAME TO emergency;

CREATE INDEX checkup_by_key_version ON checkup (key_version, record_code);
CREATE INDEX coverage_by_key_version ON coverage (key_version, record_code);
CREATE INDEX waiting_record_by_alias ON waiting_record (alias);
CREATE INDEX waiting_record_by_family_alias ON waiting_record (family_alias);
CREATE INDEX waiting_record_by_arrival ON waiting_record (arrival, waiting_id);
CREATE INDEX waiting_record_untried ON waiting_record (arrival, waiting_id) WHERE tried_at IS NULL;
CREATE UNIQUE INDEX report_open_once ON report (record_code, kind, record_id) WHERE closed_at IS NULL;
CREATE INDEX report_open ON report (opened_at) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX organisation_code_live ON organisation_code (record_code, organisation) WHERE retired_at IS NULL;
CREATE INDEX emergency_by_subject ON emergency (organisation, subject, declared_at);
CREATE INDEX emergency_open ON emergency (declared_at, emergency_id) WHERE state = 'open';
CREATE INDEX emergency_closed ON emergency (reviewed_at, emergency_id) WHERE state = 'closed';
CREATE INDEX emergency_by_key_version ON emergency (key_version, emergency_id);
