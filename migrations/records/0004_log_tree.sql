-- The tree over all entries of the access log (RFC 6962), kept as tiles of 256 hashes, and the checkpoints signed over it.

-- Entries that have no place in the tree yet. The order of the key keeps each chain in its own order.
CREATE TABLE log_pending (
    chain_seq BIGINT NOT NULL,
    event_id  UUID NOT NULL,
    entry     BYTEA NOT NULL,
    PRIMARY KEY (chain_seq, event_id)
);
INSERT INTO log_pending (chain_seq, event_id, entry) SELECT chain_seq, event_id, entry FROM access_event;

CREATE TABLE log_leaf (
    leaf_index BIGINT PRIMARY KEY,
    event_id   UUID NOT NULL UNIQUE
);

-- Level 0 holds the leaf hashes; a hash of level n stands over 256 of level n - 1. The last tile of a level grows.
CREATE TABLE log_tile (
    level      BIGINT NOT NULL,
    tile_index BIGINT NOT NULL,
    hashes     BYTEA NOT NULL,
    PRIMARY KEY (level, tile_index)
);

-- One row: whoever changes it is the sequencer until the transaction ends.
CREATE TABLE log_head (
    log_name TEXT PRIMARY KEY,
    size     BIGINT NOT NULL
);
INSERT INTO log_head (log_name, size) VALUES ('access', 0);

CREATE TABLE log_checkpoint (
    size         BIGINT PRIMARY KEY,
    root         BYTEA NOT NULL,
    note         TEXT NOT NULL,
    signed_at    BIGINT NOT NULL,
    delivered_at BIGINT
);
CREATE INDEX log_checkpoint_undelivered ON log_checkpoint (size) WHERE delivered_at IS NULL;
