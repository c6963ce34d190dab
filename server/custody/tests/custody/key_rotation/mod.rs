//! An installation in which everything stands that keys protect, and the question whether all of it is still found.

mod choices;
mod files;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use choices::{checkup_of, consider};
use files::files;
use std::{
    collections::HashSet,
    fs,
    ops::ControlFlow,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};
use techo_audit::log::LogWriter;
use techo_citizen::{CitizenServices, consent::PreviewAs};
use techo_custody::{
    keys::{file, installed, set::KeySet},
    rotate::{self, RotateError, RotationPart, RotationStep, RotationSummary, rotate},
};
use techo_identity::{
    access::{self, testing::verified},
    enrol::{CardPurpose, CeremonyVisitor},
};
use techo_model::{
    RecordCode, ResidentId, VaccinationId,
    coverage::{AliasReach, BranchState},
    record::RecordKind,
    vaccination::StatedProgramme,
    vaccine::Vaccine,
};
use techo_store::{
    Records,
    records::dose_statements::{DoseStatement, KnownDose},
    vault::aliases::InsuredAlias,
};
use techo_testkit::{
    city, coverage_file,
    documents::own_insurer,
    identity::{EnrolledPerson, IdentityPortal, browser, each_identity_portal},
    my_number, noon, record_code, report_counts, residents_file,
};
use tempfile::TempDir;
use uuid::Uuid;

/// Residents: more than a page of a rotation.
pub const PEOPLE: u64 = 205;

/// A child, whose guardians are the first person and somebody who does not live here.
pub const CHILD: u64 = 4;

const GUARDIAN_ELSEWHERE: u64 = 700;

/// Somebody who is awaited by a coverage row and by a dose.
const AWAITED: u64 = 800;

/// An installation with its key file.
pub struct KeyRotation {
    pub identity: IdentityPortal,
    pub key_file: PathBuf,
    folder: TempDir,
}

/// What was true before a rotation.
pub struct Before {
    person: EnrolledPerson,
    letter_code: String,
    views: Vec<String>,
    codes: Vec<RecordCode>,
}

/// The same installation on every engine, not yet filled.
pub async fn each_rotation() -> Vec<KeyRotation> {
    each_identity_portal().await.into_iter().map(KeyRotation::new).collect()
}

/// Lets a rotation run through.
pub fn go_on(_: RotationStep) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Stops at the first step that was not reached before.
pub fn one_further(
    seen: &mut HashSet<(RotationPart, u64)>,
) -> impl FnMut(RotationStep) -> ControlFlow<()> + Send {
    move |step| {
        if seen.insert((step.part, step.done)) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl KeyRotation {
    fn new(identity: IdentityPortal) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("keys.json");
        // The secret with which every installation of these tests begins.
        let master = STANDARD.encode([7; 32]);
        let text = format!(
            r#"{{"about":"","versions":[{{"version":1,"created":"2026-11-23","master":"{master}"}}]}}"#
        );
        fs::write(&key_file, text).unwrap();
        fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600)).unwrap();
        Self { identity, key_file, folder }
    }

    pub fn engine(&self) -> &'static str {
        self.identity.engine()
    }

    /// A copy of the key file as it is now.
    pub fn copy_keys(&self) -> PathBuf {
        let copy = self.folder.path().join("copy.json");
        fs::copy(&self.key_file, &copy).unwrap();
        copy
    }

    /// Rotates, watched.
    pub async fn rotate(
        &self,
        watch: &mut (dyn FnMut(RotationStep) -> ControlFlow<()> + Send),
    ) -> Result<RotationSummary, RotateError> {
        let custody = self.identity.custody();
        rotate(&custody.stores, &self.key_file, &custody.environment, watch).await
    }

    /// Rotates with another key file.
    pub async fn rotate_with(&self, path: &Path) -> Result<RotationSummary, RotateError> {
        let custody = self.identity.custody();
        rotate(&custody.stores, path, &custody.environment, &mut go_on).await
    }

    /// Starts the program again with the key file as it is.
    pub async fn restart(&mut self) {
        let keys = self.adopt(&self.key_file).await.unwrap();
        self.identity.restart(keys).await;
    }

    /// What a start makes of a key file.
    pub async fn adopt(
        &self,
        path: &Path,
    ) -> Result<techo_custody::keys::KeyRing, installed::InstalledError> {
        rotate::adopt_keys(&file::load(path).unwrap(), &self.identity.custody().stores).await
    }

    /// The keys that write now.
    pub fn keys(&self) -> &KeySet {
        self.identity.custody().keys.current()
    }

    /// Record code of the nth person under the keys that write now.
    pub fn code(&self, n: u64) -> RecordCode {
        self.keys().record_code(&self.keys().person_code(&record_code(n)))
    }

    /// Everything that keys protect.
    pub async fn fill(&mut self) -> Before {
        let (installation, files) = (&self.identity.installation, files());
        assert_eq!(
            report_counts(&installation.residents(&city(), files.residents).await)[5],
            0,
            "no rejects"
        );
        assert_eq!(
            report_counts(&installation.coverage(&own_insurer(), files.coverage).await),
            [4, 3, 0, 0, 0, 0, 1]
        );
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), files.doses).await),
            [4, 3, 0, 0, 0, 0, 1]
        );
        assert_eq!(
            report_counts(&installation.checkups(&own_insurer(), files.documents).await),
            [5, 2, 1, 0, 1, 0, 1]
        );
        let person = self.identity.enrolled(1).await;
        let letter_code = self.identity.letter(2).await.code;
        let portal = self.portal();
        let scope = access::owner_scope(self.identity.custody(), person.who.account).await.unwrap();
        let held = portal.records(&scope).await.unwrap();
        let doses = held.sources.iter().find(|source| source.kind == RecordKind::Vaccination).unwrap();
        let checked = verified(self.identity.custody(), &scope).await;
        portal.report_not_mine(&checked, RecordKind::Vaccination, doses.records[0].id).await.unwrap();
        consider(&portal, &scope, checkup_of(&held)).await;
        let views = self.views(&person).await;
        Before { person, letter_code, views, codes: [1, CHILD].map(|n| self.code(n)).to_vec() }
    }

    fn portal(&self) -> CitizenServices {
        let custody = self.identity.custody().clone();
        let log = LogWriter::start(custody.clone());
        CitizenServices::new(custody, log)
    }

    /// Every page of a person.
    async fn views(&self, person: &EnrolledPerson) -> Vec<String> {
        let portal = self.portal();
        let scope = access::owner_scope(self.identity.custody(), person.who.account).await.unwrap();
        let checkups = portal.checkups(&scope).await.unwrap();
        let mut views = vec![format!("{checkups:?}")];
        for column in &checkups.columns {
            views.push(format!("{:?}", portal.checkup(&scope, column.id).await.unwrap()));
        }
        views.push(format!("{:?}", portal.vaccinations(&scope).await.unwrap()));
        views.push(format!("{:?}", portal.coverage(&scope).await.unwrap()));
        views.push(format!("{:?}", portal.records(&scope).await.unwrap()));
        views.push(format!("{:?}", portal.home(&scope).await.unwrap()));
        views.push(format!("{:?}", portal.consent_history(&scope, None).await.unwrap()));
        views.push(format!("{:?}", portal.consent_preview(&scope, PreviewAs::Emergency).await.unwrap()));
        views
    }

    /// After a rotation and a restart: people, records, aliases, cards, letters and what waits, all under the new key.
    pub async fn everything_is_found(&mut self, before: Before) {
        let engine = self.engine();
        let Before { mut person, letter_code, views, codes } = before;
        assert_eq!(self.views(&person).await, views, "{engine}: the pages say what they said");
        let (installation, files) = (&self.identity.installation, files());
        let records = &installation.custody.stores.records;
        self.nothing_is_left(&codes).await;

        let again = report_counts(&installation.residents(&city(), files.residents).await);
        let people = PEOPLE - 2;
        assert_eq!(again, [people, 0, 0, people, 0, 0, 0], "{engine}");
        assert_eq!(
            report_counts(&installation.coverage(&own_insurer(), files.coverage).await),
            [4, 0, 0, 3, 0, 0, 1],
            "{engine}"
        );
        assert_eq!(
            report_counts(&installation.vaccinations(&city(), files.doses).await),
            [4, 0, 0, 3, 0, 0, 1],
            "{engine}"
        );
        let checkups = report_counts(&installation.checkups(&own_insurer(), files.documents).await);
        // What was taken back under the same 作成日 cannot be told from a correction that forgot its own, and is rejected.
        assert_eq!(checkups, [5, 0, 0, 3, 0, 1, 1], "{engine}");
        assert_eq!(records.count_waiting().await.unwrap(), 2, "{engine}: what waits waits once");

        let awaited = [(AWAITED, "待人", "1970-01-01", &[][..])];
        installation.residents(&city(), residents_file(&city(), &awaited)).await;
        assert_eq!(installation.settle().await, 2, "{engine}: coverage and dose of the awaited");
        let found = [(1, "777", "3", "2022-04-01", "", "2026-01-01 09:00")];
        installation.coverage(&own_insurer(), coverage_file(&own_insurer(), &found)).await;
        assert_eq!(installation.settle().await, 1, "{engine}: the document under a new insured id");

        self.identity.sign_in(&browser("after"), &mut person.device).await.unwrap();
        self.identity.wait(std::time::Duration::from_secs(1));
        let session = browser("with card");
        let visitor = CeremonyVisitor::stranger(&session);
        self.identity.show(&visitor, CardPurpose::Recover, &person.card, None).await.unwrap();
        let (session, card) = (browser("with letter"), self.identity.card());
        let visitor = CeremonyVisitor::stranger(&session);
        self.identity.show(&visitor, CardPurpose::Enrol, &card, Some(&letter_code)).await.unwrap();
    }

    /// No row is left under old keys, nor under old codes.
    async fn nothing_is_left(&self, old: &[RecordCode]) {
        let stores = &self.identity.custody().stores;
        assert!(self.all_under(self.keys().version()).await, "{}", self.engine());
        for code in old {
            assert_eq!(held(&stores.records, *code).await, 0, "{}", self.engine());
        }
        assert_eq!(held(&stores.records, self.code(1)).await, 6, "{}", self.engine());
    }

    /// Whether every row stands under one key version.
    pub async fn all_under(&self, version: i64) -> bool {
        let stores = &self.identity.custody().stores;
        let mut strays = stores.vault.count_not_under(version).await.unwrap();
        strays.extend(stores.records.count_not_under(version).await.unwrap());
        strays.iter().all(|stray| stray.total == 0)
    }

    /// The row of the nth resident in the vault.
    pub async fn resident(&self, n: u64) -> ResidentId {
        let vault = &self.identity.custody().stores.vault;
        let lookup = self.keys().person_lookup(&self.keys().person_code(&record_code(n)));
        let mut tx = vault.begin().await.unwrap();
        let found = vault.known_residents(&mut tx, &[lookup]).await.unwrap();
        drop(tx);
        found[0].resident_id
    }

    /// An alias without coverage, as a killed import leaves one.
    pub async fn leave_an_orphan(&self) {
        let vault = &self.identity.custody().stores.vault;
        let orphan = InsuredAlias {
            alias: vec![1; 32],
            resident_id: self.resident(1).await,
            insurer: own_insurer().id,
            valid_from: "2026-10-01".into(),
            valid_to: None,
            reach: AliasReach::Family,
            branch_state: BranchState::Stated,
        };
        let mut tx = vault.begin().await.unwrap();
        vault.insert_insured_aliases(&mut tx, &[orphan]).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A dose under some code, whoever that is.
    pub async fn leave_a_dose(&self, code: RecordCode) {
        let records = &self.identity.custody().stores.records;
        let dose = KnownDose {
            given_on: "2025-06-10".into(),
            vaccine: Vaccine::Influenza.id().into(),
            holding: DoseStatement {
                record_code: code,
                vaccination_id: VaccinationId(Uuid::from_u128(7)),
                sent_by: city().id,
                municipality: city().id,
                dose_number: 1,
                product_name: None,
                product_system: None,
                product_code: None,
                programme: StatedProgramme::Routine,
                lot: None,
                amount_microlitres: None,
                facility: None,
                received_at: noon(),
                changed_at: noon(),
                cancelled_at: None,
            },
        };
        let mut tx = records.begin().await.unwrap();
        records.insert_doses(&mut tx, &[dose], self.keys().version()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How many doses stand under a code.
    pub async fn doses_under(&self, code: RecordCode) -> usize {
        self.identity.custody().stores.records.doses(code).await.unwrap().len()
    }

    /// The owner of a My Number, as an insurer's import finds them.
    pub async fn owner_of_number(&self, n: u64) -> Option<ResidentId> {
        let vault = &self.identity.custody().stores.vault;
        let mut tx = vault.begin().await.unwrap();
        let alias = self.keys().my_number_alias(&my_number(n));
        vault.my_number_owners(&mut tx, &[alias]).await.unwrap().first().map(|owner| owner.resident_id)
    }

    /// Guardians of the child, as the vault states them.
    pub async fn guardians_of_the_child(&self) -> Vec<Uuid> {
        let child = self.resident(CHILD).await;
        let vault = &self.identity.custody().stores.vault;
        let mut codes: Vec<_> =
            vault.guardians_of(&[child]).await.unwrap().into_iter().map(|row| row.guardian_code).collect();
        codes.sort();
        codes
    }

    /// Guardians of the child, as the keys that write now make their codes.
    pub fn expected_guardians(&self) -> Vec<Uuid> {
        let code = |n| self.keys().guardian_code(&self.keys().person_code(&record_code(n)));
        let mut codes = vec![code(1), code(GUARDIAN_ELSEWHERE)];
        codes.sort();
        codes
    }
}

/// Rows of a person: checkups with their versions, coverage, doses.
async fn held(records: &Records, code: RecordCode) -> usize {
    let mut tx = records.begin().await.unwrap();
    let codes = [code];
    records.known_checkups(&mut tx, &codes).await.unwrap().len()
        + records.known_versions(&mut tx, &codes).await.unwrap().len()
        + records.known_coverages(&mut tx, &codes).await.unwrap().len()
        + records.known_doses(&mut tx, &codes).await.unwrap().len()
        + records.known_deletions(&mut tx, &codes).await.unwrap().len()
}
