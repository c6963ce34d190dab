-- Instants of laboratory reports as their sender wrote them, with the offset: they are given back like that. Unknown for
-- reports from before.

ALTER TABLE laboratory ADD COLUMN examined_stated TEXT;
ALTER TABLE laboratory ADD COLUMN issued_stated TEXT;
ALTER TABLE laboratory_version ADD COLUMN examined_stated TEXT;
ALTER TABLE laboratory_version ADD COLUMN issued_stated TEXT;
