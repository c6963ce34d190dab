-- Choices can come from a file, too. No engine changes a CHECK in a way that the other one knows, so both tables are made
-- anew and take over what they held.

CREATE TABLE consent_version_new (
    record_code UUID NOT NULL,
    version     BIGINT NOT NULL,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('page', 'restore', 'import')),
    based_on    BIGINT,
    language    TEXT NOT NULL,
    shown       TEXT NOT NULL,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (record_code, version)
);

INSERT INTO consent_version_new (record_code, version, state, origin, based_on, language, shown, changed_at)
    SELECT record_code, version, state, origin, based_on, language, shown, changed_at FROM consent_version;

DROP TABLE consent_version;

ALTER TABLE consent_version_new RENAME TO consent_version;

CREATE TABLE consent_draft_new (
    record_code UUID PRIMARY KEY,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL CHECK (origin IN ('page', 'restore', 'import')),
    based_on    BIGINT,
    base        BIGINT NOT NULL,
    drafted_at  BIGINT NOT NULL
);

INSERT INTO consent_draft_new (record_code, state, origin, based_on, base, drafted_at)
    SELECT record_code, state, origin, based_on, base, drafted_at FROM consent_draft;

DROP TABLE consent_draft;

ALTER TABLE consent_draft_new RENAME TO consent_draft;
