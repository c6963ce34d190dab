-- Who declared an emergency for whom: the row is locked while somebody declares, so that of one reason sent ten times at
-- once one emergency is made.
CREATE TABLE emergency_declarer (
    chain_id     UUID NOT NULL,
    organisation TEXT NOT NULL,
    subject      TEXT NOT NULL,
    tried_at     BIGINT NOT NULL,
    PRIMARY KEY (chain_id, organisation, subject)
);

-- What only somebody with the keys can put on a line of the access log: key version (2 bytes), HMAC-SHA-256. Lines from
-- before there was one have none; a line of the log says how many these are.
ALTER TABLE access_event ADD COLUMN mac BYTEA;

-- Looks that repeat a line of the last minute. They are counted here before anything is shown, and become one line when
-- the minute is over.
CREATE TABLE log_repeat (
    chain_id UUID NOT NULL,
    event_id UUID NOT NULL,
    repeats  BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    PRIMARY KEY (chain_id, event_id)
);
CREATE INDEX log_repeat_by_time ON log_repeat (first_at);
