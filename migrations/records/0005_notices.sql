-- お知らせ: what a person should come to know, and their questions about lines of their access log. Rows carry the random
-- number of the person's chain, never a code: no row of this store joins the two, and key rotation leaves these alone.
-- Closed words, official numbers and ids only; the sentences are in the program.

CREATE TABLE notice (
    chain_id     UUID NOT NULL,
    notice_id    UUID NOT NULL,
    kind         TEXT NOT NULL,
    organisation TEXT,
    event_id     UUID,
    created_at   BIGINT NOT NULL,
    read_at      BIGINT,
    PRIMARY KEY (chain_id, notice_id)
);
-- An organisation looks for the first time once.
CREATE UNIQUE INDEX notice_first_look ON notice (chain_id, organisation) WHERE kind = 'first-look';
CREATE INDEX notice_unread ON notice (chain_id) WHERE read_at IS NULL;

CREATE TABLE log_question (
    chain_id     UUID NOT NULL,
    event_id     UUID NOT NULL,
    question_id  UUID NOT NULL,
    topic        TEXT NOT NULL,
    organisation TEXT,
    asked_at     BIGINT NOT NULL,
    answered_at  BIGINT,
    PRIMARY KEY (chain_id, event_id)
);
CREATE INDEX log_question_open ON log_question (asked_at) WHERE answered_at IS NULL;
