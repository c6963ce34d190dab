//! Where the vault is held while the record store is written: always in this order, and never for longer than a bound.
use crate::{
    api::{opt_out::as_far_as_it_comes, records::fill},
    fixtures::systems::{SystemsApi, each_systems_api, share_code},
};
use futures::future::{join_all, maybe_done};
use std::{pin::pin, time::Duration};
use techo_citizen::consent::{ConfirmedWords, NewDraft, VersionOrigin};
use techo_custody::{Failure, Internal, page_watch};
use techo_identity::{access::testing::verified, session::held::RECORDS_LIMIT};
use techo_model::{
    consent::{ConsentState, Mark, Switch},
    record::RecordKind,
};
use techo_testkit::{
    city, coverage_file, documents::own_insurer, identity::common_failure, vaccinations_file,
};
use tokio::time::{Instant, timeout};

/// Beyond the bound: what comes before and after it, on a machine that has other things to do.
const SLACK: Duration = Duration::from_secs(3);

fn is_away<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Internal(Internal::Store(error))) if error.is_away())
}

fn words(about: ConsentState) -> ConfirmedWords {
    ConfirmedWords { language: "ja".into(), sentences: vec!["見せます。".into()], about }
}

/// Somebody saves a choice while the record store does not answer: the next who needs the vault waits for the bound alone.
async fn choices_beside_silence(api: &SystemsApi) {
    let (custody, reading) = (&api.app.installation.custody, &api.app.state.reading);
    let (records, scope) = (&custody.stores.records, api.citizen(1).await);
    let mut state = ConsentState::default();
    state.settings.clinics = Switch::On;
    let verified = verified(custody, &scope).await;
    let draft = NewDraft { state: state.clone(), origin: VersionOrigin::Page, base: 0 };
    reading.draft_consent(verified.present(), draft).await.unwrap();
    let mut silent = records.begin().await.unwrap();
    records.locked_consent(&mut silent, scope.whose()).await.unwrap();
    let mut saving = pin!(maybe_done(reading.save_consent(&verified, words(state.clone()))));
    let begun = Instant::now();
    as_far_as_it_comes(saving.as_mut()).await;
    let (next, ()) = tokio::join!(timeout(RECORDS_LIMIT + SLACK, share_code(api, 1)), saving.as_mut());
    let (saved, took) = (saving.take_output().unwrap().map_err(common_failure), begun.elapsed());
    assert!(is_away(&saved), "{}: {saved:?}", api.engine());
    assert!(next.is_ok() && took < RECORDS_LIMIT + SLACK, "{}: {took:?}", api.engine());
    silent.rollback().await.unwrap();
    assert_eq!(reading.consent(&scope).await.unwrap().version, 0, "{}: nothing was saved", api.engine());
    let again = reading.save_consent(&verified, words(state)).await;
    assert_eq!(again.ok(), Some(1), "{}: the draft is still there", api.engine());
}

#[tokio::test]
async fn a_record_store_that_does_not_answer_keeps_the_vault_for_no_longer_than_a_bound() {
    join_all(each_systems_api().await.iter().map(choices_beside_silence)).await;
}

/// The same with an import, which waits for its turn in the record store.
async fn a_sweep_beside_silence(api: &SystemsApi) {
    let custody = &api.app.installation.custody;
    api.citizen(1).await;
    let silent = custody.stores.records.begin_in_turn().await.unwrap();
    let mut watch = page_watch::go_on;
    let mut sweep = pin!(maybe_done(techo_intake::retry_waiting(custody, &mut watch)));
    let begun = Instant::now();
    as_far_as_it_comes(sweep.as_mut()).await;
    let (next, ()) = tokio::join!(timeout(RECORDS_LIMIT + SLACK, share_code(api, 1)), sweep.as_mut());
    let (swept, took) = (sweep.take_output().unwrap(), begun.elapsed());
    assert!(is_away(&swept), "{}: {swept:?}", api.engine());
    assert!(next.is_ok() && took < RECORDS_LIMIT + SLACK, "{}: {took:?}", api.engine());
    silent.rollback().await.unwrap();
    assert!(techo_intake::retry_waiting(custody, &mut page_watch::go_on).await.is_ok(), "{}", api.engine());
}

#[tokio::test]
async fn an_import_that_waits_for_the_record_store_keeps_the_vault_for_no_longer_than_a_bound() {
    join_all(each_systems_api().await.iter().map(a_sweep_beside_silence)).await;
}

/// Everything that holds both databases, all at once: whoever took them the other way round would wait for another who waits
/// for them.
async fn everything_at_once(api: &SystemsApi, round: u32) {
    let (custody, reading, installation) =
        (&api.app.installation.custody, &api.app.state.reading, &api.app.installation);
    let scope = api.citizen(1).await;
    let held = reading.records(&scope).await.unwrap();
    let first = |kind| held.sources.iter().find(|one| one.kind == kind).unwrap().records[0].id;
    let (dose, checkup) = (first(RecordKind::Vaccination), first(RecordKind::Checkup));
    let insurer = own_insurer();
    let marks = async {
        let mark = if round.is_multiple_of(2) { Some(Mark::Withheld) } else { None };
        let verified = verified(custody, &scope).await;
        reading.mark_record(&verified, RecordKind::Vaccination, dose, mark).await.unwrap();
    };
    let reports = async {
        let verified = verified(custody, &scope).await;
        reading.report_not_mine(&verified, RecordKind::Checkup, checkup).await.unwrap();
    };
    let insured = format!("2026-02-{:02} 09:00", round + 1);
    let period = [(1, "345", "01", "2020-04-01", "", insured.as_str())];
    let doses = [(1, "2025-11-01", "インフルエンザ", 1, "AB12", "")];
    let (period, doses) = (coverage_file(&insurer, &period), vaccinations_file(&city(), &doses));
    let city = city();
    tokio::join!(
        marks,
        reports,
        api.choose(1, Switch::On, 24),
        installation.coverage(&insurer, period),
        installation.vaccinations(&city, doses),
        installation.settle(),
        share_code(api, 1),
    );
}

#[tokio::test]
async fn whatever_holds_both_databases_takes_them_in_one_order_so_that_nobody_waits_crosswise() {
    for api in each_systems_api().await {
        fill(&api).await;
        for round in 0..4 {
            let done = timeout(RECORDS_LIMIT * 6, everything_at_once(&api, round)).await;
            assert!(done.is_ok(), "{}: somebody waits for somebody who waits", api.engine());
        }
    }
}
