-- Whoever changes what a person chose about sharing, and whoever makes something by what they chose, holds the person's row here
-- until its transaction ends. Versions cannot serve: the newest one is another after each change, and at first there is none.
CREATE TABLE consent_turn (
    chain_id UUID PRIMARY KEY
);
