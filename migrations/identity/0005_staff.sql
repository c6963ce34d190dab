-- Those who work at the console: clinic staff, reviewers and, later, others. Apart from citizens in every table: neither a
-- passkey nor a session of one door is worth anything at the other.

-- name is the professional's own. Citizens read it on their access log.
CREATE TABLE staff (
    staff_id        UUID PRIMARY KEY,
    organisation_id TEXT REFERENCES organisation (organisation_id),
    role            TEXT NOT NULL CHECK (role IN ('clinic', 'auditor', 'municipality', 'support', 'operator', 'research')),
    name            TEXT NOT NULL,
    user_handle     UUID NOT NULL UNIQUE,
    state           TEXT NOT NULL CHECK (state IN ('invited', 'active', 'suspended')),
    created_at      BIGINT NOT NULL,
    changed_at      BIGINT NOT NULL
);
CREATE INDEX staff_by_organisation ON staff (organisation_id, created_at);

-- An invitation to make the first passkey, one at a time. Its code is here as a keyed hash only.
CREATE TABLE staff_invitation (
    staff_id    UUID PRIMARY KEY REFERENCES staff (staff_id) ON DELETE CASCADE,
    code_lookup BYTEA NOT NULL UNIQUE,
    made_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);

CREATE TABLE staff_passkey (
    passkey_id    UUID PRIMARY KEY,
    staff_id      UUID NOT NULL REFERENCES staff (staff_id) ON DELETE CASCADE,
    credential_id BYTEA NOT NULL UNIQUE,
    credential    TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT
);
CREATE INDEX staff_passkey_by_staff ON staff_passkey (staff_id, created_at);

-- Who is signed in by a session of the console; the session itself stands in its own table, and this goes with it.
CREATE TABLE staff_session (
    session_key  BYTEA PRIMARY KEY REFERENCES session (session_key) ON DELETE CASCADE,
    staff_id     UUID NOT NULL REFERENCES staff (staff_id) ON DELETE CASCADE,
    signed_in_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL
);
CREATE INDEX staff_session_by_staff ON staff_session (staff_id);
