-- Whether the 枝番 of a period was stated, is absent, or is not known: the former version kept '00' like none.
ALTER TABLE coverage ADD COLUMN branch_state TEXT NOT NULL DEFAULT 'unknown';
UPDATE coverage SET branch_state = 'stated' WHERE branch_sealed IS NOT NULL;

-- What proves that a checkup is this person's: 'branch', 'family', 'no-branch-stated', 'code'; of those from before nobody knows.
ALTER TABLE checkup ADD COLUMN matched_by TEXT NOT NULL DEFAULT 'unknown';

-- The order in which rows and documents arrived, whatever the clock said, and when the sweep looked for their person last.
ALTER TABLE waiting_record ADD COLUMN arrival BIGINT NOT NULL DEFAULT 0;
ALTER TABLE waiting_record ADD COLUMN tried_at BIGINT;
UPDATE waiting_record SET arrival = placed.place FROM (
    SELECT waiting_id AS id, ROW_NUMBER() OVER (ORDER BY received_at, waiting_id) AS place FROM waiting_record) AS placed
    WHERE waiting_id = placed.id;
CREATE INDEX waiting_record_by_arrival ON waiting_record (arrival, waiting_id);
CREATE INDEX waiting_record_untried ON waiting_record (arrival, waiting_id) WHERE tried_at IS NULL;
