-- Since when a version of a checkup held, as `changed_at` of the checkup said it; none for a document that came when a newer one
-- was held, which nobody ever saw. Of those from before it is what is known.
ALTER TABLE checkup_version ADD COLUMN held_since BIGINT;
UPDATE checkup_version SET held_since = received_at WHERE replaced_at > received_at;

-- Names of the places as they stood beside these versions; unknown for those from before.
ALTER TABLE checkup_version ADD COLUMN facility_name TEXT;
ALTER TABLE laboratory_version ADD COLUMN sender_name TEXT;
