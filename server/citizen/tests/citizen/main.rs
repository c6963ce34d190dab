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
use techo_testkit::TestInstallation;

/// The portal on the databases of an installation.
fn portal(installation: &TestInstallation) -> Portal {
    let log = LogWriter::start(installation.custody.clone());
    Portal::new(installation.custody.clone(), log)
}
