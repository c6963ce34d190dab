-- Sensitive labels that an owner puts on a single record, beside the mark: both hold with the newest row of the record.
ALTER TABLE record_mark ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';
