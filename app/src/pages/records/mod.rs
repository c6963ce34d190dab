//! What is held about a person: the first page, checkups, laboratory reports, vaccinations, insurance, and where all of it is from.

mod all_records;
mod checkup;
mod checkups;
mod coverage;
mod home;
mod laboratory;
mod report;
mod vaccinations;

pub use all_records::records;
pub use checkup::checkup;
pub use checkups::checkups;
pub use coverage::coverage;
pub use home::home;
pub use laboratory::laboratory;
pub use report::report;
pub use vaccinations::vaccinations;

pub(super) use checkup::results as checkup_results;
pub(super) use laboratory::table as laboratory_table;
