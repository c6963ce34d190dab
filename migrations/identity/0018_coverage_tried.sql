-- When the sweep looked last at a statement that waits: it is looked at again only when something changed that could settle it. What
-- brings its person, or other dates of their life, takes it up by itself; a sender who is resumed and a retry take the note away.
ALTER TABLE waiting_coverage ADD COLUMN tried_at BIGINT;
CREATE INDEX waiting_coverage_untried ON waiting_coverage (arrival, waiting_id) WHERE tried_at IS NULL;
CREATE INDEX waiting_coverage_by_sender ON waiting_coverage (sent_by);
