-- For whom a share code is reserved that somebody began to use: the organisation, and the SHA-256 of the access token or session
-- with which it came. Used it is when the answer is given; until then the same asker may try again, and nobody else.
ALTER TABLE share_code ADD COLUMN held_by TEXT;
ALTER TABLE share_code ADD COLUMN held_with BYTEA;
