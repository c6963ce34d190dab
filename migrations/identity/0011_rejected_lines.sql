-- Lines of a file that were rejected when the file was taken in. When the very same file comes again, these may still go
-- in: whatever kept them out then may be cured by now. A file with very many of them is not remembered at all.
CREATE TABLE rejected_line (
    content_sha256 BYTEA  NOT NULL,
    kind           TEXT   NOT NULL,
    sent_by        TEXT   NOT NULL,
    line           BIGINT NOT NULL,
    PRIMARY KEY (content_sha256, kind, sent_by, line)
);
