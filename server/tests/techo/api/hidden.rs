//! A deny wins over the author, too: what a place made is hidden from it like from anybody, and can be corrected all the same.

use crate::{
    api::sending::Sent,
    fixtures::systems::{SystemsApi, each_systems_api},
};
use serde_json::json;
use techo_model::{
    RuleId, UnixMillis,
    consent::{
        Category, ConsentRule, DataPeriod, Effect, Grantee, Mark, OrganisationNumber, Purpose, RuleScope,
        RuleValidity,
    },
    record::RecordKind,
};
use uuid::Uuid;

/// The one laboratory report of the first person.
async fn report_of(api: &SystemsApi) -> Uuid {
    let scope = api.citizen(1).await;
    let held = api.app.state.reading.records(&scope).await.unwrap();
    let source = held.sources.iter().find(|source| source.kind == RecordKind::Laboratory).unwrap();
    source.records[0].id
}

pub async fn mark(api: &SystemsApi, mark: Option<Mark>) {
    let (shown, id) = (api.card_shown(1).await, report_of(api).await);
    api.app.state.reading.mark_record(&shown, RecordKind::Laboratory, id, mark).await.unwrap();
}

#[tokio::test]
async fn a_hidden_report_is_hidden_from_its_sender_too_and_can_be_corrected_without_reading_it() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        assert_eq!(sent.send(&sent.report()).await.status, 201);
        assert!(
            !sent.found_by(&sent.hospital, "Observation").await.is_empty(),
            "without a mark it sees its own"
        );
        for hidden in [Mark::Withheld, Mark::Sealed] {
            mark(&api, Some(hidden)).await;
            for kind in ["Observation", "DiagnosticReport"] {
                let found = sent.found_by(&sent.hospital, kind).await;
                assert!(found.is_empty(), "{} {hidden}: {found:?}", api.engine());
            }
        }
        let mut corrected = sent.report();
        corrected["result"] = json!([{ "reference": "#up" }]);
        corrected["contained"] = json!([corrected["contained"][1]]);
        let name = corrected["contained"][0]["code"]["text"].as_str().unwrap().to_owned();
        let answer = sent.send(&corrected).await;
        assert_eq!(answer.status, 200, "{}: {}", api.engine(), answer.text);
        assert_eq!(
            answer.json()["result"].as_array().unwrap().len(),
            1,
            "what was sent just now: {}",
            answer.text
        );
        for what in ["8.4", "カリウム"] {
            assert!(!answer.text.contains(what), "nothing that was sent before: {}", answer.text);
        }
        assert!(sent.found_by(&sent.hospital, "Observation").await.is_empty(), "a correction opens nothing");
        mark(&api, None).await;
        let found = sent.found_by(&sent.hospital, "Observation").await;
        assert_eq!(found.len(), 1, "{}", api.engine());
        assert_eq!(found[0]["code"]["text"], name);
    }
}

#[tokio::test]
async fn a_rule_against_the_place_that_made_a_record_hides_it_there() {
    for api in each_systems_api().await {
        let sent = Sent::new(&api).await;
        assert_eq!(sent.send(&sent.report()).await.status, 201);
        let scope = api.citizen(1).await;
        let view = api.app.state.reading.consent(&scope).await.unwrap();
        let mut state = view.state;
        state.rules.push(ConsentRule {
            id: RuleId(api.app.installation.custody.environment.new_id()),
            effect: Effect::Deny,
            grantee: Grantee::Organisation {
                organisation: OrganisationNumber(sent.hospital.organisation.id.clone()),
            },
            scope: RuleScope { categories: [Category::Laboratory].into(), ..RuleScope::default() },
            purpose: Purpose::Treatment,
            validity: RuleValidity { from: UnixMillis(0), until: None },
            data: DataPeriod::default(),
        });
        api.save(&scope, state, view.version).await;
        assert!(sent.found_by(&sent.hospital, "Observation").await.is_empty(), "{}", api.engine());
        let clinic = api.clinic().await;
        assert!(!sent.found_by(&clinic, "Observation").await.is_empty(), "others as before");
        assert_eq!(sent.send(&sent.report()).await.status, 200, "the same again is no news");
    }
}
