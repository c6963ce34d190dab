-- Wrong tries of all organisations together within a quarter of an hour: many who try a little each find as little as one
-- who tries much.
CREATE TABLE wrong_try_total (
    kind     TEXT PRIMARY KEY CHECK (kind IN ('share-code', 'demographics')),
    tries    BIGINT NOT NULL,
    began_at BIGINT NOT NULL
);
