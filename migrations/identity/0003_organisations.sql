-- Organisations whose systems ask at the interface for systems: their public keys, what they prove with them, and the code
-- with which a citizen says to one of them who stands at the counter.

-- keys is a JWK Set (RFC 7517) of public keys only. origin is where the organisation's card readers stand.
ALTER TABLE organisation ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended'));
ALTER TABLE organisation ADD COLUMN keys TEXT NOT NULL DEFAULT '[]';
ALTER TABLE organisation ADD COLUMN origin TEXT;

-- A client assertion that was used. It is worth one token, so its id stays until it would have expired anyway.
CREATE TABLE used_assertion (
    organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    assertion_hash  BYTEA NOT NULL,
    expires_at      BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, assertion_hash)
);
CREATE INDEX used_assertion_by_end ON used_assertion (expires_at);

-- An access token of a system, under its SHA-256: what it may ask for, and on whose behalf and why it asks.
CREATE TABLE access_token (
    token_hash      BYTEA PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisation (organisation_id),
    scopes          TEXT NOT NULL,
    context         TEXT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE INDEX access_token_by_end ON access_token (expires_at);

-- The question that a system has put to a card: one at a time for each token, consumed before anything is verified.
CREATE TABLE system_challenge (
    token_hash  BYTEA PRIMARY KEY REFERENCES access_token (token_hash) ON DELETE CASCADE,
    nonce       TEXT NOT NULL,
    expires_at  BIGINT NOT NULL,
    consumed_at BIGINT
);

-- The eight digits that a citizen shows at a counter: one at a time for each person, never readable here.
CREATE TABLE share_code (
    resident_id UUID PRIMARY KEY REFERENCES resident (resident_id) ON DELETE CASCADE,
    code_lookup BYTEA NOT NULL UNIQUE,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    used_at     BIGINT,
    used_by     TEXT
);

-- Wrong share codes of an organisation, and until when it may not try another one.
CREATE TABLE wrong_share_code (
    organisation_id TEXT PRIMARY KEY REFERENCES organisation (organisation_id),
    tries           BIGINT NOT NULL,
    last_at         BIGINT NOT NULL,
    locked_until    BIGINT NOT NULL
);
