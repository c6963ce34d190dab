-- What has ended is swept away every few minutes: it is found by its end, not by a look at every row.
CREATE INDEX card_challenge_by_end ON card_challenge (expires_at);
CREATE INDEX enrol_ticket_by_end ON enrol_ticket (expires_at);
CREATE INDEX passkey_ceremony_by_end ON passkey_ceremony (expires_at);
CREATE INDEX share_code_by_end ON share_code (expires_at);

-- The tokens of a system that is stopped.
CREATE INDEX access_token_by_organisation ON access_token (organisation_id);

-- The outbox is carried over, and its age told, from its oldest row.
CREATE INDEX log_outbox_by_age ON log_outbox (created_at, event_id);
