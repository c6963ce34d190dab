//! What a citizen is promised about reading and changing their own record, on both engines.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod checkups;
mod consent;
mod coverage;
mod freezing;
mod home;
mod log;
mod outbox;
mod records;
mod turns;
mod vaccinations;

use techo_audit::log::LogWriter;
use techo_citizen::Portal;
use techo_testkit::Town;

/// The portal on a town's databases.
fn portal(town: &Town) -> Portal {
    let log = LogWriter::start(town.custody.clone());
    Portal::new(town.custody.clone(), log)
}
