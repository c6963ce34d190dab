-- The name as it is searched for: one form for letters of every width and case, without blanks. Rows from before get theirs when the
-- program starts.
ALTER TABLE organisation ADD COLUMN search_name TEXT NOT NULL DEFAULT '';
