-- What must reach a person outside the portal, because inside it only whoever took the account would read it: a linked
-- card, a recovery, a new passkey, a refused sign-in with a right signature. Written in the transaction of what it tells
-- about; the municipality's next batch of letters takes it.

CREATE TABLE outside_event (
    event_id    UUID PRIMARY KEY,
    resident_id UUID NOT NULL REFERENCES resident (resident_id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    times       BIGINT NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    told_at     BIGINT
);
CREATE INDEX outside_event_untold ON outside_event (resident_id, event_id) WHERE told_at IS NULL;
CREATE INDEX outside_event_told ON outside_event (told_at) WHERE told_at IS NOT NULL;
-- Whoever tries again and again makes one line with a count, not a letter of a thousand pages.
CREATE UNIQUE INDEX outside_event_refused ON outside_event (resident_id) WHERE told_at IS NULL AND kind = 'session.refused';
