-- Ends of sessions and what may begin beside them.

-- The SHA-256 of the cookie that a session had before: signing out with it ends the session, whatever cookie it has now.
ALTER TABLE session ADD COLUMN former_key BYTEA;
CREATE INDEX session_by_former_key ON session (former_key) WHERE former_key IS NOT NULL;

-- The passkey that opened a session of the console: with it the session ends. Those from before have none, and end now.
ALTER TABLE staff_session ADD COLUMN passkey_id UUID;

-- The session that made a share code: when it is ended for its owner, so is the code.
ALTER TABLE share_code ADD COLUMN session_id UUID;

-- A keyed hash over account and resident, so that nobody who can only write here points an account at somebody else. Rows
-- from before get theirs at the first start.
ALTER TABLE account ADD COLUMN owner_mac BYTEA;
