-- 枝番 tells the members of a family apart, so a period says whether its 枝番 was stated, is absent, or is not known: the
-- former version kept '00' like none. What is not known is asked for again with the insurer's next file.
ALTER TABLE insured_alias ADD COLUMN branch_state TEXT NOT NULL DEFAULT 'unknown';
UPDATE insured_alias SET branch_state = 'stated' WHERE reach = 'person' OR EXISTS (
    SELECT 1 FROM insured_alias AS person WHERE person.resident_id = insured_alias.resident_id
    AND person.insurer = insured_alias.insurer AND person.valid_from = insured_alias.valid_from AND person.reach = 'person');

-- The order in which rows arrived, whatever the clock said.
ALTER TABLE waiting_coverage ADD COLUMN arrival BIGINT NOT NULL DEFAULT 0;
UPDATE waiting_coverage SET arrival = placed.place FROM (
    SELECT waiting_id AS id, ROW_NUMBER() OVER (ORDER BY received_at, waiting_id) AS place FROM waiting_coverage) AS placed
    WHERE waiting_id = placed.id;
CREATE INDEX waiting_coverage_by_arrival ON waiting_coverage (arrival, waiting_id);
