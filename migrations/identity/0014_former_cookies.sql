-- Every cookie that a session had before, by its SHA-256: signing out with any of them ends the session, whatever cookie it has
-- now and however often that changed.
CREATE TABLE former_cookie (
    session_key BYTEA PRIMARY KEY,
    session_id  UUID NOT NULL,
    left_at     BIGINT NOT NULL
);
CREATE INDEX former_cookie_by_left_at ON former_cookie (left_at);

INSERT INTO former_cookie (session_key, session_id, left_at)
    SELECT former_key, session_id, created_at FROM session WHERE former_key IS NOT NULL
    ON CONFLICT (session_key) DO NOTHING;

DROP INDEX session_by_former_key;
ALTER TABLE session DROP COLUMN former_key;
