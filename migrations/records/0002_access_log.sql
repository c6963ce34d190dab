-- The access log. A row carries the random number of its person's chain, never a code, so that key rotation leaves it
-- alone; erasure drops the body and keeps the commitment. The tree over all entries is built beside it.

CREATE TABLE access_chain (
    chain_id   UUID PRIMARY KEY,
    next_seq   BIGINT NOT NULL,
    last_entry BYTEA
);

CREATE TABLE access_event (
    event_id    UUID PRIMARY KEY,
    chain_id    UUID NOT NULL,
    chain_seq   BIGINT NOT NULL,
    previous    BYTEA,
    entry       BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL,
    UNIQUE (chain_id, chain_seq)
);

CREATE TABLE access_event_body (
    event_id UUID PRIMARY KEY REFERENCES access_event (event_id),
    salt     BYTEA NOT NULL,
    body     TEXT NOT NULL
);
