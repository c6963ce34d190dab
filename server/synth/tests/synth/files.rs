//! The files as files: repeatable, readable, valid, complete.

use crate::run::Run;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::Read as _,
    path::PathBuf,
    process::{Command, Stdio},
};
use techo_exchange::items::{self, ItemDuty, ItemKind};
use techo_model::checkup::{CheckupDocument, DocumentRequest, ItemResult, ItemValue, Phase};
use techo_synth::{FileKind, SynthManifest};

/// Every file with its bytes, the manifest among them.
fn contents(run: &Run) -> Vec<(String, Vec<u8>)> {
    let paths = run.manifest.files.iter().map(|file| file.path.clone()).chain(["manifest.json".to_owned()]);
    paths.map(|path| (path.clone(), fs::read(run.folder.path().join(path)).unwrap())).collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_does_not() {
    let first = contents(&Run::new(80, 11));
    assert!(first == contents(&Run::new(80, 11)), "a second run differs");
    assert!(first != contents(&Run::new(80, 12)), "another seed makes no difference");
}

#[test]
fn more_residents_leave_the_first_ones_as_they_were() {
    let few: Vec<_> = Run::new(40, 3).residents().iter().map(|row| row.record_code.digits()).collect();
    let many: BTreeSet<_> = Run::new(90, 3).residents().iter().map(|row| row.record_code.digits()).collect();
    assert!(few.iter().all(|code| many.contains(code)));
}

#[test]
fn the_manifest_lists_senders_and_every_file_in_the_order_of_import() {
    let run = Run::new(120, 1);
    let text = fs::read_to_string(run.folder.path().join("manifest.json")).unwrap();
    assert_eq!(serde_json::from_str::<SynthManifest>(&text).unwrap(), run.manifest);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(json["organisations"][0]["id"].is_string() && json["files"][0]["as"].is_string());
    let kinds: Vec<FileKind> = run.manifest.files.iter().map(|file| file.kind).collect();
    let mut sorted = kinds.clone();
    sorted.sort_by_key(|kind| kind_order(*kind));
    assert_eq!(kinds, sorted);
    for file in &run.manifest.files {
        let organisation = run.manifest.organisations.iter().find(|known| known.id == file.sender).unwrap();
        organisation.check().unwrap();
        assert!(run.folder.path().join(&file.path).is_file());
    }
}

fn kind_order(kind: FileKind) -> usize {
    match kind {
        FileKind::Residents => 0,
        FileKind::Coverage => 1,
        FileKind::Checkups => 2,
        FileKind::Vaccinations => 3,
    }
}

#[test]
fn every_row_and_document_is_read_back_without_a_problem_and_comes_from_its_sender() {
    let run = Run::new(300, 2026);
    let people: BTreeSet<_> = run.residents().iter().map(|row| row.record_code.digits()).collect();
    assert_eq!(people.len(), 300);
    assert!(run.coverage().len() > 300 && run.vaccinations().len() > 1000);
    let documents = run.documents();
    assert!(documents.len() > 250, "{}", documents.len());
    for read in &documents {
        assert_eq!(read.document.insured.insurer.as_str(), read.sender);
    }
    for (file, path) in run.files(FileKind::Vaccinations) {
        let rows = fs::read_to_string(path).unwrap();
        assert!(rows.lines().skip(1).all(|row| row.contains(&format!(",{},", file.sender))));
    }
}

#[test]
fn a_package_has_the_ministrys_layout() {
    let run = Run::new(60, 5);
    for (file, path) in run.files(FileKind::Checkups) {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let parts: Vec<&str> = stem.split('_').collect();
        assert!(
            matches!(parts[..], [from, to, day, "1"] if from == file.sender && to.len() == 8 && day.len() == 9)
        );
        let mut zip = zip::ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert!(names.iter().all(|name| name.starts_with(&format!("{stem}/"))));
        let documents = names.iter().filter(|name| name.contains("/DATA/h")).count();
        let mut index = String::new();
        zip.by_name(&format!("{stem}/ix08_V08.xml")).unwrap().read_to_string(&mut index).unwrap();
        assert!(index.contains(&format!("totalRecordCount value=\"{documents}\"")), "{index}");
        assert!(names.contains(&format!("{stem}/su08_V08.xml")));
    }
}

#[test]
fn items_stand_in_the_table_of_their_phase_and_values_have_the_form_of_the_table() {
    for read in Run::new(200, 9).documents() {
        let facts = &read.document.facts;
        assert_eq!(facts.phase, Phase::on(facts.examined_on));
        for result in &facts.results {
            check(result, facts.phase);
        }
        let codes: BTreeSet<_> = facts.results.iter().map(|result| &result.item).collect();
        assert_eq!(codes.len(), facts.results.len(), "an item stands twice");
    }
}

fn check(result: &ItemResult, phase: Phase) {
    let item = items::item(&result.item).unwrap_or_else(|| panic!("{} is unknown", result.item));
    assert!(item.exists_in(phase), "{} {phase:?}", item.code);
    match &result.value {
        ItemValue::Quantity { text, unit, .. } => {
            assert_eq!(unit, item.ucum.unwrap_or("1"));
            let (before, after) = item.digits().unwrap();
            let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
            assert!(whole.len() <= before && fraction.len() == after, "{} {text}", item.code);
        }
        ItemValue::Coded(answer) => {
            assert_eq!(item.answer_list(phase), Some(answer.list.as_str()), "{}", item.code);
            assert!(
                items::answer_label(&answer.list, &answer.code).is_some(),
                "{} {}",
                item.code,
                answer.code
            );
        }
        ItemValue::Text { text } => {
            assert_eq!(item.kind, ItemKind::Text);
            let bytes: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            assert!(bytes <= usize::from(item.max_bytes), "{} {text}", item.code);
        }
        ItemValue::Absent { reason } => panic!("{} is absent: {reason}", item.code),
    }
}

#[test]
fn every_document_has_what_a_specific_health_checkup_must_have() {
    for read in
        Run::new(200, 4).documents().iter().filter(|read| read.document.request == DocumentRequest::Keep)
    {
        let has = |duty: ItemDuty| has(&read.document, duty);
        let required = items::all().iter().filter(|item| item.duty == ItemDuty::Required);
        for item in required {
            assert!(
                read.document.facts.results.iter().any(|result| result.item.0 == item.code),
                "{}",
                item.code
            );
        }
        for letter in "ABCDEFGHJKL".chars() {
            assert!(has(ItemDuty::OneOf(letter)), "none of group {letter}");
        }
        assert!(
            has(ItemDuty::OneOf('b')) || has(ItemDuty::OneOf('c')) || has(ItemDuty::OneOf('d')),
            "no blood sugar"
        );
    }
}

fn has(document: &CheckupDocument, duty: ItemDuty) -> bool {
    document
        .facts
        .results
        .iter()
        .any(|result| items::item(&result.item).is_some_and(|item| item.duty == duty))
}

#[test]
fn every_document_index_and_summary_is_valid_against_the_ministrys_schemas() {
    let Some(schemas) = schemas() else { return };
    let run = Run::new(60, 2026);
    let unpacked = tempfile::TempDir::new().unwrap();
    for (_, path) in run.files(FileKind::Checkups) {
        zip::ZipArchive::new(File::open(path).unwrap()).unwrap().extract(unpacked.path()).unwrap();
    }
    let (mut documents, mut indices, mut summaries) = (Vec::new(), Vec::new(), Vec::new());
    for package in fs::read_dir(unpacked.path()).unwrap().map(|entry| entry.unwrap().path()) {
        documents.extend(fs::read_dir(package.join("DATA")).unwrap().map(|entry| entry.unwrap().path()));
        indices.push(package.join("ix08_V08.xml"));
        summaries.push(package.join("su08_V08.xml"));
    }
    assert!(documents.len() > 40, "{}", documents.len());
    for (schema, files) in
        [("hc08_V08.xsd", documents), ("ix08_V08.xsd", indices), ("su08_V08.xsd", summaries)]
    {
        let output = Command::new("xmllint")
            .args(["--noout", "--nonet", "--schema"])
            .arg(schemas.join(schema))
            .args(files)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// The folder of the schemas; none, with a printed line, where a stranger has neither it nor xmllint.
fn schemas() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("TECHO_TEST_DATA") else {
        eprintln!("skipped: TECHO_TEST_DATA is not set");
        return None;
    };
    let xmllint = Command::new("xmllint").arg("--version").stderr(Stdio::null()).status();
    if xmllint.is_err() && std::env::var_os("CI").is_none() {
        eprintln!("skipped: xmllint is not installed");
        return None;
    }
    // The variable is relative to the project's root, tests run in the crate's folder.
    Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder).join("tokutei/xsd"))
}
