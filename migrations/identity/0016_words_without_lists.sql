-- Which words a column may hold is said once, by the vocabulary of the program that reads and writes it. The lists of words in
-- CHECKs said it a second time, and no engine changes a CHECK in a way that the other one knows: each new word made a table anew.
-- So the tables are made anew once more, without lists. Whatever refers to one of them has to be made anew with it.

-- Nobody writes into a table between its copy and its end: on PostgreSQL another process may still serve, and a new column waits for whoever
-- writes and keeps out whoever comes. The column goes with the table.
ALTER TABLE organisation ADD COLUMN kept_out BIGINT;
ALTER TABLE used_assertion ADD COLUMN kept_out BIGINT;
ALTER TABLE access_token ADD COLUMN kept_out BIGINT;
ALTER TABLE system_challenge ADD COLUMN kept_out BIGINT;
ALTER TABLE wrong_share_code ADD COLUMN kept_out BIGINT;
ALTER TABLE wrong_demographics ADD COLUMN kept_out BIGINT;
ALTER TABLE wrong_try_total ADD COLUMN kept_out BIGINT;
ALTER TABLE insured_alias ADD COLUMN kept_out BIGINT;
ALTER TABLE account ADD COLUMN kept_out BIGINT;
ALTER TABLE card_binding ADD COLUMN kept_out BIGINT;
ALTER TABLE card_challenge ADD COLUMN kept_out BIGINT;
ALTER TABLE enrol_ticket ADD COLUMN kept_out BIGINT;
ALTER TABLE activation_letter ADD COLUMN kept_out BIGINT;
ALTER TABLE passkey ADD COLUMN kept_out BIGINT;
ALTER TABLE passkey_ceremony ADD COLUMN kept_out BIGINT;
ALTER TABLE session ADD COLUMN kept_out BIGINT;
ALTER TABLE staff ADD COLUMN kept_out BIGINT;
ALTER TABLE staff_invitation ADD COLUMN kept_out BIGINT;
ALTER TABLE staff_passkey ADD COLUMN kept_out BIGINT;
ALTER TABLE staff_session ADD COLUMN kept_out BIGINT;

CREATE TABLE organisation_new (
    organisation_id TEXT PRIMARY KEY,
    kind            TEXT NOT NULL,
    name            TEXT NOT NULL,
    registered_at   BIGINT NOT NULL,
    state           TEXT NOT NULL DEFAULT 'active',
    keys            TEXT NOT NULL DEFAULT '[]',
    origin          TEXT,
    class           TEXT
);
INSERT INTO organisation_new (organisation_id, kind, name, registered_at, state, keys, origin, class)
    SELECT organisation_id, kind, name, registered_at, state, keys, origin, class FROM organisation;

CREATE TABLE used_assertion_new (
    organisation_id TEXT NOT NULL REFERENCES organisation_new (organisation_id),
    assertion_hash  BYTEA NOT NULL,
    expires_at      BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, assertion_hash)
);
INSERT INTO used_assertion_new (organisation_id, assertion_hash, expires_at)
    SELECT organisation_id, assertion_hash, expires_at FROM used_assertion;

CREATE TABLE access_token_new (
    token_hash      BYTEA PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation_new (organisation_id),
    scopes          TEXT NOT NULL,
    context         TEXT NOT NULL,
    expires_at      BIGINT NOT NULL
);
INSERT INTO access_token_new (token_hash, organisation_id, scopes, context, expires_at)
    SELECT token_hash, organisation_id, scopes, context, expires_at FROM access_token;

CREATE TABLE system_challenge_new (
    token_hash  BYTEA PRIMARY KEY REFERENCES access_token_new (token_hash) ON DELETE CASCADE,
    nonce       TEXT NOT NULL,
    expires_at  BIGINT NOT NULL,
    consumed_at BIGINT
);
INSERT INTO system_challenge_new (token_hash, nonce, expires_at, consumed_at)
    SELECT token_hash, nonce, expires_at, consumed_at FROM system_challenge;

CREATE TABLE wrong_share_code_new (
    organisation_id TEXT PRIMARY KEY REFERENCES organisation_new (organisation_id),
    tries           BIGINT NOT NULL,
    last_at         BIGINT NOT NULL,
    locked_until    BIGINT NOT NULL
);
INSERT INTO wrong_share_code_new (organisation_id, tries, last_at, locked_until)
    SELECT organisation_id, tries, last_at, locked_until FROM wrong_share_code;

CREATE TABLE wrong_demographics_new (
    organisation_id TEXT PRIMARY KEY REFERENCES organisation_new (organisation_id),
    tries           BIGINT NOT NULL,
    last_at         BIGINT NOT NULL,
    locked_until    BIGINT NOT NULL
);
INSERT INTO wrong_demographics_new (organisation_id, tries, last_at, locked_until)
    SELECT organisation_id, tries, last_at, locked_until FROM wrong_demographics;

CREATE TABLE wrong_try_total_new (
    kind     TEXT PRIMARY KEY,
    tries    BIGINT NOT NULL,
    began_at BIGINT NOT NULL
);
INSERT INTO wrong_try_total_new (kind, tries, began_at)
    SELECT kind, tries, began_at FROM wrong_try_total;

CREATE TABLE insured_alias_new (
    alias        BYTEA NOT NULL,
    resident_id  UUID NOT NULL REFERENCES resident (resident_id) ON DELETE CASCADE,
    insurer      TEXT NOT NULL,
    valid_from   TEXT NOT NULL,
    valid_to     TEXT,
    reach        TEXT NOT NULL,
    branch_state TEXT NOT NULL DEFAULT 'unknown',
    PRIMARY KEY (alias, resident_id, insurer, valid_from)
);
INSERT INTO insured_alias_new (alias, resident_id, insurer, valid_from, valid_to, reach, branch_state)
    SELECT alias, resident_id, insurer, valid_from, valid_to, reach, branch_state FROM insured_alias;

CREATE TABLE account_new (
    account_id           UUID PRIMARY KEY,
    resident_id          UUID NOT NULL UNIQUE REFERENCES resident (resident_id),
    user_handle          UUID NOT NULL UNIQUE,
    state                TEXT NOT NULL,
    agreed_version       TEXT,
    agreed_at            BIGINT,
    language             TEXT,
    exports_locked_until BIGINT,
    signed_out_at        BIGINT,
    created_at           BIGINT NOT NULL,
    changed_at           BIGINT NOT NULL,
    owner_mac            BYTEA
);
INSERT INTO account_new (account_id, resident_id, user_handle, state, agreed_version, agreed_at, language,
    exports_locked_until, signed_out_at, created_at, changed_at, owner_mac)
    SELECT account_id, resident_id, user_handle, state, agreed_version, agreed_at, language, exports_locked_until,
    signed_out_at, created_at, changed_at, owner_mac FROM account;

CREATE TABLE card_binding_new (
    binding_id    UUID PRIMARY KEY,
    account_id    UUID NOT NULL REFERENCES account_new (account_id) ON DELETE CASCADE,
    ca_key_id     BYTEA NOT NULL,
    serial_lookup BYTEA NOT NULL,
    serial_sealed BYTEA NOT NULL,
    not_after     BIGINT NOT NULL,
    state         TEXT NOT NULL,
    last_good_at  BIGINT NOT NULL,
    bound_at      BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    key_version   BIGINT NOT NULL,
    UNIQUE (ca_key_id, serial_lookup)
);
INSERT INTO card_binding_new (binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state,
    last_good_at, bound_at, changed_at, key_version)
    SELECT binding_id, account_id, ca_key_id, serial_lookup, serial_sealed, not_after, state, last_good_at, bound_at,
    changed_at, key_version FROM card_binding;

CREATE TABLE card_challenge_new (
    session_key BYTEA PRIMARY KEY,
    purpose     TEXT NOT NULL,
    nonce       TEXT NOT NULL,
    expires_at  BIGINT NOT NULL,
    consumed_at BIGINT
);
INSERT INTO card_challenge_new (session_key, purpose, nonce, expires_at, consumed_at)
    SELECT session_key, purpose, nonce, expires_at, consumed_at FROM card_challenge;

CREATE TABLE enrol_ticket_new (
    session_key BYTEA PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account_new (account_id) ON DELETE CASCADE,
    binding_id  UUID NOT NULL REFERENCES card_binding_new (binding_id) ON DELETE CASCADE,
    purpose     TEXT NOT NULL,
    shown_at    BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
INSERT INTO enrol_ticket_new (session_key, account_id, binding_id, purpose, shown_at, expires_at)
    SELECT session_key, account_id, binding_id, purpose, shown_at, expires_at FROM enrol_ticket;

CREATE TABLE activation_letter_new (
    letter_id       UUID PRIMARY KEY,
    resident_id     UUID NOT NULL REFERENCES resident (resident_id) ON DELETE CASCADE,
    selector_lookup BYTEA NOT NULL UNIQUE,
    secret_lookup   BYTEA NOT NULL,
    state           TEXT NOT NULL,
    tries           BIGINT NOT NULL,
    issued_at       BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
INSERT INTO activation_letter_new (letter_id, resident_id, selector_lookup, secret_lookup, state, tries, issued_at,
    expires_at)
    SELECT letter_id, resident_id, selector_lookup, secret_lookup, state, tries, issued_at, expires_at FROM activation_letter;

CREATE TABLE passkey_new (
    passkey_id      UUID PRIMARY KEY,
    account_id      UUID NOT NULL REFERENCES account_new (account_id) ON DELETE CASCADE,
    derived_from    UUID NOT NULL REFERENCES card_binding_new (binding_id),
    credential_id   BYTEA NOT NULL UNIQUE,
    credential      TEXT NOT NULL,
    nickname        TEXT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backup_state    BOOLEAN NOT NULL,
    state           TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    last_used_at    BIGINT
);
INSERT INTO passkey_new (passkey_id, account_id, derived_from, credential_id, credential, nickname, backup_eligible,
    backup_state, state, created_at, last_used_at)
    SELECT passkey_id, account_id, derived_from, credential_id, credential, nickname, backup_eligible, backup_state,
    state, created_at, last_used_at FROM passkey;

CREATE TABLE passkey_ceremony_new (
    session_key BYTEA NOT NULL,
    purpose     TEXT NOT NULL,
    account_id  UUID REFERENCES account_new (account_id) ON DELETE CASCADE,
    state       TEXT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (session_key, purpose)
);
INSERT INTO passkey_ceremony_new (session_key, purpose, account_id, state, expires_at)
    SELECT session_key, purpose, account_id, state, expires_at FROM passkey_ceremony;

CREATE TABLE session_new (
    session_key      BYTEA PRIMARY KEY,
    session_id       UUID NOT NULL UNIQUE,
    door             TEXT NOT NULL,
    data             TEXT NOT NULL,
    account_id       UUID REFERENCES account_new (account_id) ON DELETE CASCADE,
    passkey_id       UUID,
    signed_in_at     BIGINT,
    verified_at      BIGINT,
    card_verified_at BIGINT,
    agent            TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    last_seen_at     BIGINT NOT NULL,
    revoked_at       BIGINT
);
INSERT INTO session_new (session_key, session_id, door, data, account_id, passkey_id, signed_in_at, verified_at,
    card_verified_at, agent, created_at, last_seen_at, revoked_at)
    SELECT session_key, session_id, door, data, account_id, passkey_id, signed_in_at, verified_at, card_verified_at,
    agent, created_at, last_seen_at, revoked_at FROM session;

CREATE TABLE staff_new (
    staff_id        UUID PRIMARY KEY,
    organisation_id TEXT REFERENCES organisation_new (organisation_id),
    role            TEXT NOT NULL,
    name            TEXT NOT NULL,
    user_handle     UUID NOT NULL UNIQUE,
    state           TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    changed_at      BIGINT NOT NULL
);
INSERT INTO staff_new (staff_id, organisation_id, role, name, user_handle, state, created_at, changed_at)
    SELECT staff_id, organisation_id, role, name, user_handle, state, created_at, changed_at FROM staff;

CREATE TABLE staff_invitation_new (
    staff_id    UUID PRIMARY KEY REFERENCES staff_new (staff_id) ON DELETE CASCADE,
    code_lookup BYTEA NOT NULL UNIQUE,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
INSERT INTO staff_invitation_new (staff_id, code_lookup, made_at, expires_at)
    SELECT staff_id, code_lookup, made_at, expires_at FROM staff_invitation;

CREATE TABLE staff_passkey_new (
    passkey_id    UUID PRIMARY KEY,
    staff_id      UUID NOT NULL REFERENCES staff_new (staff_id) ON DELETE CASCADE,
    credential_id BYTEA NOT NULL UNIQUE,
    credential    TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT
);
INSERT INTO staff_passkey_new (passkey_id, staff_id, credential_id, credential, created_at, last_used_at)
    SELECT passkey_id, staff_id, credential_id, credential, created_at, last_used_at FROM staff_passkey;

CREATE TABLE staff_session_new (
    session_key  BYTEA PRIMARY KEY REFERENCES session_new (session_key) ON DELETE CASCADE,
    staff_id     UUID NOT NULL REFERENCES staff_new (staff_id) ON DELETE CASCADE,
    signed_in_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    passkey_id   UUID
);
INSERT INTO staff_session_new (session_key, staff_id, signed_in_at, last_seen_at, passkey_id)
    SELECT session_key, staff_id, signed_in_at, last_seen_at, passkey_id FROM staff_session;

DROP TABLE staff_session;
DROP TABLE staff_passkey;
DROP TABLE staff_invitation;
DROP TABLE staff;
DROP TABLE session;
DROP TABLE passkey_ceremony;
DROP TABLE passkey;
DROP TABLE activation_letter;
DROP TABLE enrol_ticket;
DROP TABLE card_challenge;
DROP TABLE card_binding;
DROP TABLE account;
DROP TABLE insured_alias;
DROP TABLE wrong_try_total;
DROP TABLE wrong_demographics;
DROP TABLE wrong_share_code;
DROP TABLE system_challenge;
DROP TABLE access_token;
DROP TABLE used_assertion;
DROP TABLE organisation;

ALTER TABLE organisation_new RENAME TO organisation;
ALTER TABLE used_assertion_new RENAME TO used_assertion;
ALTER TABLE access_token_new RENAME TO access_token;
ALTER TABLE system_challenge_new RENAME TO system_challenge;
ALTER TABLE wrong_share_code_new RENAME TO wrong_share_code;
ALTER TABLE wrong_demographics_new RENAME TO wrong_demographics;
ALTER TABLE wrong_try_total_new RENAME TO wrong_try_total;
ALTER TABLE insured_alias_new RENAME TO insured_alias;
ALTER TABLE account_new RENAME TO account;
ALTER TABLE card_binding_new RENAME TO card_binding;
ALTER TABLE card_challenge_new RENAME TO card_challenge;
ALTER TABLE enrol_ticket_new RENAME TO enrol_ticket;
ALTER TABLE activation_letter_new RENAME TO activation_letter;
ALTER TABLE passkey_new RENAME TO passkey;
ALTER TABLE passkey_ceremony_new RENAME TO passkey_ceremony;
ALTER TABLE session_new RENAME TO session;
ALTER TABLE staff_new RENAME TO staff;
ALTER TABLE staff_invitation_new RENAME TO staff_invitation;
ALTER TABLE staff_passkey_new RENAME TO staff_passkey;
ALTER TABLE staff_session_new RENAME TO staff_session;

CREATE INDEX used_assertion_by_end ON used_assertion (expires_at);
CREATE INDEX access_token_by_end ON access_token (expires_at);
CREATE INDEX insured_alias_by_resident ON insured_alias (resident_id, insurer, valid_from);
-- Whatever its state, one card of an account is the current one until another takes its place.
CREATE UNIQUE INDEX card_binding_current ON card_binding (account_id) WHERE state <> 'superseded';
CREATE INDEX card_binding_watched ON card_binding (state, binding_id);
CREATE INDEX card_binding_by_key_version ON card_binding (key_version, binding_id);
CREATE UNIQUE INDEX activation_letter_open ON activation_letter (resident_id) WHERE state = 'open';
CREATE INDEX passkey_by_account ON passkey (account_id, passkey_id);
CREATE INDEX session_by_account ON session (account_id, signed_in_at);
CREATE INDEX session_by_last_seen ON session (last_seen_at);
CREATE INDEX staff_by_organisation ON staff (organisation_id, created_at);
CREATE INDEX staff_passkey_by_staff ON staff_passkey (staff_id, created_at);
CREATE INDEX staff_session_by_staff ON staff_session (staff_id);
