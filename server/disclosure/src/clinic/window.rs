//! Treatment windows: an organisation goes on reading for a while after the person was there.

use super::{ClinicAccess, IssuedCode, code::CodeLife, identify::PersonThere};
use crate::{
    clinic::issue_clinic_code, disclose, identified_person::IdentifiedPerson, inquiry::InquiringParty,
};
use std::time::Duration;
use techo_custody::{Custody, Result};
use techo_model::{
    UnixMillis,
    consent::{ConsentSettings, Switch},
    organisation::Organisation,
    treatment::WindowOpening,
};
use techo_store::{Tx, records::treatment::TreatmentWindowRow};

/// Until when an organisation may read about a person; none while the window is shut.
///
/// # Errors
/// The database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn treatment_window(
    custody: &Custody,
    person: &IdentifiedPerson,
    organisation: &Organisation,
) -> Result<Option<UnixMillis>> {
    let row = custody.stores.records.treatment_window(person.record(), &organisation.id).await?;
    Ok(row.map(|row| row.ends_at).filter(|end| *end > custody.environment.now()))
}

/// What the person chose about sharing.
pub(crate) async fn list_sharing(custody: &Custody, person: &IdentifiedPerson) -> Result<ConsentSettings> {
    Ok(disclose::consent_state(custody, person.record()).await?.1.settings)
}

/// Opens a window, or makes it longer. Inside the caller's transaction.
pub(crate) async fn open_window(
    custody: &Custody,
    tx: &mut Tx,
    person: &IdentifiedPerson,
    organisation: &Organisation,
    by: WindowOpening,
    ends_at: UnixMillis,
) -> Result<()> {
    let row = TreatmentWindowRow {
        record_code: person.record(),
        organisation: organisation.id.clone(),
        opened_by: by,
        opened_at: custody.environment.now(),
        ends_at,
    };
    Ok(custody.stores.records.open_window(tx, &row).await?)
}

/// The code of a running emergency: it holds until that ends, whether the person has opted in or not. No window is
/// opened: nobody but the clinician who declared it reads by it, and for no other purpose.
///
/// # Errors
/// The database.
pub(crate) async fn open_for_emergency(
    custody: &Custody,
    tx: &mut Tx,
    person: &IdentifiedPerson,
    organisation: &Organisation,
    ends_at: UnixMillis,
) -> Result<IssuedCode> {
    let code = issue_clinic_code(custody, tx, person, organisation, CodeLife::Until(ends_at)).await?;
    Ok(IssuedCode { code, window_ends_at: Some(ends_at) })
}

impl ClinicAccess {
    /// The person is there: when they have opted in, the organisation gets its code and a window.
    pub(super) async fn receive(
        &self,
        asking: &InquiringParty,
        there: &PersonThere,
    ) -> Result<Option<IssuedCode>> {
        let person = there.person();
        self.custody.environment.pause_point("clinic.receive").await;
        let mut tx = self.custody.stores.records.begin().await?;
        let settings = disclose::locked_consent(&self.custody, &mut tx, person.whose()).await?.settings;
        if settings.clinics == Switch::Off {
            tx.rollback().await?;
            return Ok(None);
        }
        self.custody.environment.pause_point("clinic.receive.locked").await;
        let hours = Duration::from_hours(u64::from(settings.treatment_window_hours));
        let ends_at = self.custody.environment.now().plus(hours);
        let code = issue_clinic_code(&self.custody, &mut tx, person, &asking.organisation, CodeLife::Lasting)
            .await?;
        open_window(&self.custody, &mut tx, person, &asking.organisation, there.by(), ends_at).await?;
        tx.commit().await?;
        Ok(Some(IssuedCode { code, window_ends_at: Some(ends_at) }))
    }
}
