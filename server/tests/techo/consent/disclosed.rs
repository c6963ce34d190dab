//! What a dentist gets of what was chosen, and what the person hears of it.

use super::{dentist, fill, follow, owner, register, save};
use crate::fixtures::{TestApp, each_app};
use techo::api::ApiState;
use techo_audit::log;
use techo_citizen::consent::PreviewAs;
use techo_custody::Failure;
use techo_disclosure::{
    clinic::{self, CodeUse, PresentedIdentity},
    disclose::{self, DisclosedRecords},
    inquiry::AskerKey,
    systems::TokenKey,
};
use techo_identity::access::testing::verified;
use techo_model::{consent::Category, organisation::OrganisationKind};

/// What a dentist gets of the first person, who shows a share code. The look is logged first.
async fn dentist_sees(app: &TestApp) -> DisclosedRecords {
    let (custody, asking) = (&app.state.custody, dentist());
    register(app, &asking.organisation).await;
    let shown = verified(custody, &owner(app, 1).await).await;
    let code = clinic::make_share_code(custody, &shown).await.unwrap().digits;
    let key = AskerKey::of_system(&TokenKey::of("of the dentist"));
    let presented = PresentedIdentity::ShareCode { digits: &code, key };
    let visit = ApiState::new(&app.services)
        .clinic_access
        .identify(&asking, presented, CodeUse::Records(log::Category::Checkup))
        .await;
    let person = visit.unwrap().person;
    let give = disclose::disclose_records(
        custody,
        &app.state.log,
        &person,
        &asking,
        log::Category::Checkup,
        |seen| {
            let records = seen
                .checkups
                .iter()
                .map(|one| (log::Category::Checkup, Some(one.row.checkup_id.0)))
                .collect();
            Ok((seen.clone(), records))
        },
    );
    match give.await {
        Err(Failure::NotFound) => DisclosedRecords::default(),
        given => given.unwrap(),
    }
}

#[tokio::test]
async fn a_dentist_gets_exactly_what_the_preview_showed_and_a_change_holds_from_the_next_request_on() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        fill(&app).await;
        let nothing = dentist_sees(&app).await;
        assert!(nothing.checkups.is_empty() && nothing.doses.is_empty(), "{}", app.engine());

        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        assert!(dentist_sees(&app).await.checkups.is_empty(), "a draft changes nothing");
        let who = owner(&app, 1).await;
        let eyes = PreviewAs::Class(OrganisationKind::Dentist);
        let shown = app.state.reading.consent_preview(&who, eyes).await.unwrap().seen_then;
        save(&mut browser).await;
        let seen = dentist_sees(&app).await;
        let previewed: Vec<_> = shown.checkups.iter().map(|one| (one.id, one.categories.clone())).collect();
        let given: Vec<_> =
            seen.checkups.iter().map(|one| (one.row.checkup_id, one.categories.clone())).collect();
        assert_eq!(given, previewed, "{}", app.engine());
        assert!(!given[0].1.is_empty() && !given[0].1.contains(&Category::CheckupLaboratory));
        assert_eq!((seen.doses.len(), shown.doses.len()), (1, 1));

        let dose = seen.doses[0].vaccination_id.to_string();
        let hide = [("kind", "vaccination"), ("id", dose.as_str()), ("mark", "withheld")];
        follow(&mut browser, "/consent/mark", &hide).await;
        assert!(dentist_sees(&app).await.doses.is_empty());
        follow(&mut browser, "/consent/preset", &[("base", "1"), ("preset", "nobody")]).await;
        save(&mut browser).await;
        assert!(dentist_sees(&app).await.checkups.is_empty());
    }
}

#[tokio::test]
async fn every_look_stands_on_the_log_of_the_person_with_who_looked_and_how_much() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        fill(&app).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        save(&mut browser).await;
        dentist_sees(&app).await;
        let chain = owner(&app, 1).await.chain();
        let lines = app.installation.custody.stores.records.access_entries(chain, 0, 1_000).await.unwrap();
        let lines = lines.iter().filter_map(|line| line.body.as_deref());
        let lines: Vec<serde_json::Value> = lines.map(|body| serde_json::from_str(body).unwrap()).collect();
        let line = lines.iter().find(|line| line["actor"]["id"] == "1330000001").expect("the look");
        assert_eq!((&line["action"], &line["count"]), (&"read".into(), &1.into()), "{}", app.engine());
        assert_eq!((&line["purpose"], &line["initiative"]), (&"TREAT".into(), &"automatic".into()));
    }
}

#[tokio::test]
async fn a_change_stands_on_the_access_log_page_whatever_was_chosen_for_emergencies() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        for (base, emergency) in [("0", "never"), ("1", "also-sealed"), ("2", "normal")] {
            follow(&mut browser, "/consent/draft", &[("base", base), ("emergency", emergency)]).await;
            save(&mut browser).await;
        }
        let log = browser.get("/access-log").await;
        assert_eq!(log.status, 200, "{}", app.engine());
        assert_eq!(log.text.matches("同意設定を変え").count(), 3, "{}", log.text);
    }
}
