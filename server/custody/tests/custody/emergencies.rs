//! A doctor in an emergency, at an installation whose keys are changed.

use techo_audit::log::LogWriter;
use techo_custody::demographics::Demographics;
use techo_disclosure::{
    clinic::ClinicAccess,
    emergency::{DeclareError, DeclaredEmergency, EmergencyIdentification},
    inquiry::InquiringParty,
};
use techo_model::{
    CalendarDate,
    consent::{AskingPerson, Purpose},
    organisation::{Organisation, OrganisationKind},
};
use techo_testkit::identity::IdentityPortal;

/// Somebody of a hospital, in an emergency.
pub fn doctor() -> InquiringParty {
    let id = "1310000002".to_owned();
    InquiringParty {
        organisation: Organisation { id, kind: OrganisationKind::Hospital, name: "架空病院".into() },
        subject: Some(AskingPerson {
            id: "dr-1".into(),
            name: Some("山本医師".into()),
            role: Some("医師".into()),
        }),
        purpose: Purpose::Emergency,
        emergency: None,
    }
}

/// Declares an emergency for the first person, found by name.
pub async fn declare(
    identity: &IdentityPortal,
    asking: &InquiringParty,
    reason: &str,
) -> Result<DeclaredEmergency, DeclareError> {
    let custody = identity.custody().clone();
    let vault = &custody.stores.vault;
    let mut tx = vault.begin().await?;
    vault.put_organisation(&mut tx, &asking.organisation, custody.environment.now()).await?;
    tx.commit().await?;
    let log = LogWriter::start(custody.clone());
    let clinic_access = ClinicAccess::new(custody, log, identity.trust.clone(), identity.status.clone());
    let sought = Demographics {
        kana: "テスト".into(),
        birth_date: CalendarDate::parse("1975-04-01").unwrap(),
        sex: None,
        postal_code: None,
    };
    clinic_access.declare(asking, EmergencyIdentification::Demographics(&sought), reason).await
}
