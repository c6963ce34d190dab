-- Which of the two databases this is, so that one is never taken for the other, and when it was last found to take writes.
CREATE TABLE database_kind (
    kind TEXT NOT NULL PRIMARY KEY,
    written_at BIGINT NOT NULL
);

INSERT INTO database_kind (kind, written_at) VALUES ('records', 0);
