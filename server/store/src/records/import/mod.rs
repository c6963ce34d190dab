//! What imports write into the record store: found by record code, compared by digest, written in batches.

pub mod checkups;
pub mod coverages;
pub mod waiting;
