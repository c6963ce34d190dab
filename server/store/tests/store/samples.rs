//! Rows of the record store that several tests begin with.

use crate::people::{NOW, code, uuid};
use techo_model::{
    CheckupId, CoverageId, LaboratoryId, VaccinationId,
    checkup::MatchProof,
    consent::MarkChoice,
    coverage::{BranchState, Relation},
    laboratory::ReportStatus,
    record::RecordKind,
    vaccination::StatedProgramme,
};
use techo_store::records::{
    dose_statements::{DoseStatement, KnownDose},
    import::{checkups::NewCheckup, coverages::NewCoverage},
    laboratory::NewLaboratory,
    marks::MarkRow,
};
use uuid::Uuid;

/// The insurer and the municipality that sent them.
pub const INSURER: &str = "06139999";
pub const CITY: &str = "139998";

/// A checkup of the first person on 2025-05-01, whose document is a month younger.
pub fn checkup(number: u128) -> NewCheckup {
    NewCheckup {
        record_code: code(1),
        checkup_id: CheckupId(uuid(number)),
        facility: "1319999999".into(),
        facility_name: "架空健診センター".into(),
        examined_on: "2025-05-01".into(),
        document_date: "2025-06-01".into(),
        report_class: "10".into(),
        programme: "010".into(),
        phase: 4,
        insurer: INSURER.into(),
        results: "[]".into(),
        digest: number.to_be_bytes().to_vec(),
        sent_by: INSURER.into(),
        matched_by: MatchProof::Branch,
        received_at: NOW,
        at: NOW,
        key_version: 1,
    }
}

/// A period of insurance of the first person that began on this day.
pub fn coverage(number: u128, acquired_on: &str) -> NewCoverage {
    NewCoverage {
        record_code: code(1),
        coverage_id: CoverageId(uuid(number)),
        insurer: INSURER.into(),
        insurer_name: "架空健康保険組合".into(),
        symbol_sealed: None,
        number_sealed: vec![1],
        branch_sealed: None,
        branch_state: BranchState::Absent,
        relation: Relation::Insured,
        acquired_on: acquired_on.into(),
        lost_on: None,
        loss_reason: None,
        burden_percent: 30,
        stated_at: NOW,
        digest: vec![1],
        sent_by: INSURER.into(),
        at: NOW,
        key_version: 1,
    }
}

/// A dose of the first person in the ledger of a municipality.
pub fn dose(number: u128, given_on: &str) -> KnownDose {
    KnownDose {
        given_on: given_on.into(),
        vaccine: "influenza".into(),
        holding: DoseStatement {
            record_code: code(1),
            vaccination_id: VaccinationId(uuid(number)),
            sent_by: CITY.into(),
            municipality: CITY.into(),
            dose_number: 1,
            product_name: None,
            product_system: None,
            product_code: None,
            programme: StatedProgramme::Routine,
            lot: Some("A1".into()),
            amount_microlitres: None,
            facility: None,
            received_at: NOW,
            changed_at: NOW,
            cancelled_at: None,
        },
    }
}

/// A laboratory report of the first person, which its sender calls by its number.
pub fn laboratory(number: u128, examined_on: &str) -> NewLaboratory {
    NewLaboratory {
        record_code: code(1),
        laboratory_id: LaboratoryId(uuid(number)),
        identifier: number.to_string(),
        status: ReportStatus::Final,
        title: None,
        examined_on: examined_on.parse().unwrap(),
        examined_at: None,
        examined_stated: None,
        issued_at: None,
        issued_stated: None,
        results: "[]".into(),
        labels: "[]".into(),
        digest: vec![1],
        sent_by: "1310000002".into(),
        sender_name: "架空病院".into(),
        sent_for: None,
        at: NOW,
        key_version: 1,
    }
}

/// A mark on a checkup.
pub fn mark(number: i64, record_id: Uuid, mark: MarkChoice) -> MarkRow {
    MarkRow { number, kind: RecordKind::Checkup, record_id, mark, labels: "[]".into(), marked_at: NOW }
}
