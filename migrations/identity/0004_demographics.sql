-- A keyed look-up of kana name and birth date: in an emergency somebody without card or code is found by it. None until it
-- is made, for rows from before; the server makes it by itself.
ALTER TABLE resident ADD COLUMN demographics_lookup BYTEA;
CREATE INDEX resident_by_demographics ON resident (demographics_lookup) WHERE demographics_lookup IS NOT NULL;
CREATE INDEX resident_without_demographics ON resident (resident_id) WHERE demographics_lookup IS NULL;

-- People who were not found, by organisation, and until when it may not look for others: nobody tries out who lives where.
CREATE TABLE wrong_demographics (
    organisation_id TEXT PRIMARY KEY REFERENCES organisation (organisation_id),
    tries           BIGINT NOT NULL,
    last_at         BIGINT NOT NULL,
    locked_until    BIGINT NOT NULL
);
