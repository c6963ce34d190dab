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
use techo_citizen::CitizenServices;
use techo_testkit::{TestInstallation, coverage_file, insurer};

/// The portal on the databases of an installation.
fn portal(installation: &TestInstallation) -> CitizenServices {
    let log = LogWriter::start(installation.custody.clone());
    CitizenServices::new(installation.custody.clone(), log)
}

/// The first person is insured.
async fn insure(installation: &TestInstallation) {
    let company = insurer("06139999");
    let period = [(1, "1", "", "2020-04-01", "", "2026-01-01 09:00")];
    installation.coverage(&company, coverage_file(&company, &period)).await;
}
