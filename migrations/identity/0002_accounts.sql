-- How people sign in: accounts, cards, letters, passkeys, sessions, and the outbox of what must go on the access log.

-- One account per person. user_handle is random and all that a passkey knows of its holder.
CREATE TABLE account (
    account_id           UUID PRIMARY KEY,
    resident_id          UUID NOT NULL UNIQUE REFERENCES resident (resident_id),
    user_handle          UUID NOT NULL UNIQUE,
    state                TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
    agreed_version       TEXT,
    agreed_at            BIGINT,
    language             TEXT,
    exports_locked_until BIGINT,
    signed_out_at        BIGINT,
    created_at           BIGINT NOT NULL,
    changed_at           BIGINT NOT NULL
);

-- A card that was shown. The serial number stands here as a keyed look-up and sealed, never readable.
CREATE TABLE card_binding (
    binding_id    UUID PRIMARY KEY,
    account_id    UUID NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    ca_key_id     BYTEA NOT NULL,
    serial_lookup BYTEA NOT NULL,
    serial_sealed BYTEA NOT NULL,
    not_after     BIGINT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('active', 'held', 'revoked', 'superseded', 'expired')),
    last_good_at  BIGINT NOT NULL,
    bound_at      BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    key_version   BIGINT NOT NULL,
    UNIQUE (ca_key_id, serial_lookup)
);
-- Whatever its state, one card of an account is the current one until another takes its place.
CREATE UNIQUE INDEX card_binding_current ON card_binding (account_id) WHERE state <> 'superseded';
CREATE INDEX card_binding_watched ON card_binding (state, binding_id);
CREATE INDEX card_binding_by_key_version ON card_binding (key_version, binding_id);

-- The question that a session has put to a card: one at a time, the newest counts, consumed before anything is verified.
CREATE TABLE card_challenge (
    session_key BYTEA PRIMARY KEY,
    purpose     TEXT NOT NULL CHECK (purpose IN ('enrol', 'recover', 'link', 'step-up')),
    nonce       TEXT NOT NULL,
    expires_at  BIGINT NOT NULL,
    consumed_at BIGINT
);

-- The right to make one passkey, won by showing a card.
CREATE TABLE enrol_ticket (
    session_key BYTEA PRIMARY KEY,
    account_id  UUID NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    binding_id  UUID NOT NULL REFERENCES card_binding (binding_id) ON DELETE CASCADE,
    purpose     TEXT NOT NULL CHECK (purpose IN ('enrol', 'recover')),
    shown_at    BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);

-- An activation letter. Its code is not here: selector and secret are keyed hashes of its two halves.
CREATE TABLE activation_letter (
    letter_id       UUID PRIMARY KEY,
    resident_id     UUID NOT NULL REFERENCES resident (resident_id) ON DELETE CASCADE,
    selector_lookup BYTEA NOT NULL UNIQUE,
    secret_lookup   BYTEA NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('open', 'used', 'retired')),
    tries           BIGINT NOT NULL,
    issued_at       BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX activation_letter_open ON activation_letter (resident_id) WHERE state = 'open';

CREATE TABLE passkey (
    passkey_id      UUID PRIMARY KEY,
    account_id      UUID NOT NULL REFERENCES account (account_id) ON DELETE CASCADE,
    derived_from    UUID NOT NULL REFERENCES card_binding (binding_id),
    credential_id   BYTEA NOT NULL UNIQUE,
    credential      TEXT NOT NULL,
    nickname        TEXT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,
    backup_state    BOOLEAN NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('active', 'suspended')),
    created_at      BIGINT NOT NULL,
    last_used_at    BIGINT
);
CREATE INDEX passkey_by_account ON passkey (account_id, passkey_id);

-- A passkey ceremony that has begun: its secret half, kept here and taken by one statement.
CREATE TABLE passkey_ceremony (
    session_key BYTEA NOT NULL,
    purpose     TEXT NOT NULL CHECK (purpose IN ('register', 'sign-in', 'verify')),
    account_id  UUID REFERENCES account (account_id) ON DELETE CASCADE,
    state       TEXT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (session_key, purpose)
);

-- A browser session of one door, under the SHA-256 of its cookie. What decides about rights are columns; data is for
-- what may be lost. A revoked row stays for a while so that nothing brings it back.
CREATE TABLE session (
    session_key      BYTEA PRIMARY KEY,
    session_id       UUID NOT NULL UNIQUE,
    door             TEXT NOT NULL CHECK (door IN ('portal', 'console')),
    data             TEXT NOT NULL,
    account_id       UUID REFERENCES account (account_id) ON DELETE CASCADE,
    passkey_id       UUID,
    signed_in_at     BIGINT,
    verified_at      BIGINT,
    card_verified_at BIGINT,
    agent            TEXT NOT NULL,
    created_at       BIGINT NOT NULL,
    last_seen_at     BIGINT NOT NULL,
    revoked_at       BIGINT
);
CREATE INDEX session_by_account ON session (account_id, signed_in_at);
CREATE INDEX session_by_last_seen ON session (last_seen_at);

-- What was done here and must go on the access log, which stands in the other database. A row leaves when it is there.
CREATE TABLE log_outbox (
    event_id    UUID PRIMARY KEY,
    resident_id UUID NOT NULL,
    kind        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    created_at  BIGINT NOT NULL
);
