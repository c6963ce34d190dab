//! What a person whose rows are rekeyed has chosen about sharing.

use techo_citizen::{
    CitizenServices,
    consent::{ConfirmedWords, NewDraft, VersionOrigin},
    records::RecordsView,
    testing::verified_at,
};
use techo_identity::access::PatientScope;
use techo_model::{
    consent::{ConsentState, Mark},
    record::RecordKind,
};
use uuid::Uuid;

/// The first checkup of a person.
pub fn checkup_of(held: &RecordsView) -> Uuid {
    held.sources.iter().find(|source| source.kind == RecordKind::Checkup).unwrap().records[0].id
}

/// A choice, a draft of another one, and a mark.
pub async fn consider(portal: &CitizenServices, who: &PatientScope, checkup: Uuid) {
    let verified = verified_at(portal, who).await;
    let draft = |base| NewDraft { state: ConsentState::default(), origin: VersionOrigin::Page, base };
    portal.draft_consent(verified.present(), draft(0)).await.unwrap();
    let words = ConfirmedWords {
        language: "ja".into(),
        sentences: vec!["だれも見ません。".into()],
        about: ConsentState::default(),
    };
    portal.save_consent(&verified, words).await.unwrap();
    portal.draft_consent(verified.present(), draft(1)).await.unwrap();
    portal.mark_record(&verified, RecordKind::Checkup, checkup, Some(Mark::Sealed)).await.unwrap();
}
