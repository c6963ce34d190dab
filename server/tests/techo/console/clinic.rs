//! The clinic page: a share code, the answer that systems get, and the chart closed again.

use crate::fixtures::{
    console::{TestConsole, each_console},
    with_log,
};
use std::{collections::BTreeSet, time::Duration};
use techo::{
    api::ApiState,
    console::{self, ConsoleState},
};
use techo_audit::log::{self, LogWriter};
use techo_citizen::consent::{ConfirmedWords, NewDraft, VersionOrigin};
use techo_custody::Custody;
use techo_disclosure::{
    clinic,
    inquiry::{AskerKey, InquiringParty},
    systems::TokenKey,
};
use techo_exchange::fhir::ResourceKind;
use techo_identity::access::testing::verified;
use techo_model::{
    CalendarDate, RuleId, UnixMillis,
    answer::{ItemCode, ListedAnswer},
    checkup::{ItemResult, ItemValue},
    consent::{
        AskingPerson, Category, ConsentRule, ConsentState, DataPeriod, Effect, Grantee, Purpose, RuleScope,
        RuleValidity, Switch,
    },
    organisation::{Organisation, OrganisationKind},
    staff::StaffRole,
};
use techo_store::{Stores, testing};
use techo_testkit::{
    browser::TestBrowser,
    city, coverage_file,
    documents::{bytes, document, own_insurer},
    results::weight,
    vaccinations_file,
};

impl TestConsole {
    /// A checkup, a dose and a period of insurance of the first citizen.
    pub async fn fill(&self) {
        let installation = &self.app.installation;
        let insurer = own_insurer();
        let period = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
        installation.coverage(&insurer, coverage_file(&insurer, &period)).await;
        assert_eq!(installation.checkups(&insurer, vec![bytes(&document())]).await.counts.inserted, 1);
        let doses = [(1, "2025-11-01", "インフルエンザ", 1, "AB12", "")];
        installation.vaccinations(&city(), vaccinations_file(&city(), &doses)).await;
    }

    /// The first citizen shares these with clinics, or with nobody.
    pub async fn share(&self, clinics: Switch, categories: &[Category]) {
        let scope = self.citizen().await;
        let mut state = ConsentState::default();
        state.settings.clinics = clinics;
        let rule = ConsentRule {
            id: RuleId(self.app.installation.custody.environment.new_id()),
            effect: Effect::Permit,
            grantee: Grantee::Class { class: OrganisationKind::Clinic },
            scope: RuleScope { categories: categories.iter().copied().collect(), labels: BTreeSet::new() },
            purpose: Purpose::Treatment,
            validity: RuleValidity { from: UnixMillis(0), until: None },
            data: DataPeriod::default(),
        };
        // A rule about nothing would be refused.
        state.rules = Some(rule).filter(|_| !categories.is_empty()).into_iter().collect();
        let (reading, about) = (&self.app.state.reading, state.clone());
        let base = reading.consent(&scope).await.unwrap().version;
        let verified = verified(&self.app.installation.custody, &scope).await;
        let draft = NewDraft { state, origin: VersionOrigin::Page, base };
        reading.draft_consent(verified.present(), draft).await.unwrap();
        let words =
            ConfirmedWords { language: "ja".into(), sentences: vec!["見せます。".into()], about };
        reading.save_consent(&verified, words).await.unwrap();
    }

    pub async fn digits(&self) -> String {
        let custody = &self.app.installation.custody;
        clinic::make_share_code(custody, &verified(custody, &self.citizen().await).await)
            .await
            .unwrap()
            .digits
    }
}

const MEASURED: [Category; 2] = [Category::CheckupMeasurements, Category::Vaccination];

#[tokio::test]
async fn a_share_code_opens_what_systems_would_get_and_nothing_else() {
    for console in each_console().await {
        console.fill().await;
        console.share(Switch::On, &MEASURED).await;
        let mut member = console.member(StaffRole::Clinic).await;
        let digits = console.digits().await;
        let opened = member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert_eq!((opened.status, opened.header("location")), (303, "/clinic/chart"), "{}", opened.text);
        let page = member.browser.get("/clinic/chart").await;
        assert_eq!(page.status, 200, "{}", page.text);
        for shown in ["山田花子", "有効", "3割", "インフルエンザ", "一部が非公開"] {
            assert!(page.text.contains(shown), "{shown} on {}", console.engine());
        }
        let organisation = Organisation {
            id: crate::fixtures::console::CLINIC.into(),
            kind: OrganisationKind::Clinic,
            name: "架空医院".into(),
        };
        let subject = Some(AskingPerson { id: "x".into(), name: None, role: None });
        let asking = InquiringParty { organisation, subject, purpose: Purpose::Treatment, emergency: None };
        let digits = console.digits().await;
        let clinic_access = ApiState::new(&console.app.services).clinic_access;
        let key = AskerKey::of_system(&TokenKey::of("of the clinic"));
        let presented = clinic::PresentedIdentity::ShareCode { digits: &digits, key };
        let visit = clinic_access
            .identify(&asking, presented, clinic::CodeUse::Records(log::Category::Checkup))
            .await
            .unwrap();
        let code = visit.code.unwrap().code.to_string();
        let systems = clinic_access
            .read_chart(&asking, &code, ResourceKind::Observation, |chart| (chart.to_vec(), Vec::new()))
            .await
            .unwrap();
        let names: Vec<_> = systems
            .iter()
            .filter(|resource| resource.kind == ResourceKind::Observation)
            .map(|resource| resource.body["code"]["coding"][0]["display"].as_str().unwrap().to_owned())
            .collect();
        assert!(!names.is_empty());
        assert!(names.iter().all(|name| page.text.contains(name.as_str())), "{names:?}");
        let rows = page.text.matches("<th scope=\"row\">").count();
        assert_eq!(rows, names.len() + 1, "the observations and the dose, and no row more");

        let lines = console.log().await;
        let by_name =
            |line: &&serde_json::Value| line["actor"]["name"] == "山本受付" && line["action"] == "read";
        assert!(lines.iter().filter(by_name).count() >= 3, "each look is on the log, by name");
    }
}

#[tokio::test]
async fn a_negative_result_is_never_a_bare_dash_at_the_clinic_either() {
    for console in each_console().await {
        console.fill().await;
        let mut urine = document();
        urine.facts.examined_on = CalendarDate::parse("2025-09-11").unwrap();
        let answer = ListedAnswer { list: "1.2.392.200119.6.2102".into(), code: "1".into() };
        let item = ItemCode("1A020000000191111".into());
        urine.facts.results = vec![ItemResult { item, value: ItemValue::Coded(answer), ..weight("60.0") }];
        let sent = console.app.installation.checkups(&own_insurer(), vec![bytes(&urine)]).await;
        assert_eq!(sent.counts.inserted, 1, "{}", console.engine());
        console.share(Switch::On, &[Category::CheckupLaboratory]).await;
        let mut member = console.member(StaffRole::Clinic).await;
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        let page = member.browser.get("/clinic/chart").await.text;
        assert!(page.contains("<td>－（陰性）</td>") && !page.contains("<td>－</td>"), "{page}");
    }
}

#[tokio::test]
async fn a_share_code_whose_chart_could_not_be_opened_opens_it_in_the_same_session_and_in_no_other() {
    for console in each_console().await {
        console.fill().await;
        console.share(Switch::On, &MEASURED).await;
        let (mut member, mut other) =
            (console.member(StaffRole::Clinic).await, console.member(StaffRole::Clinic).await);
        let (digits, records) =
            (console.digits().await, console.app.installation.custody.stores.records.db());
        testing::tamper(records, "ALTER TABLE treatment_window RENAME TO away_for_a_while", &[]).await;
        let failed = member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert!(failed.status >= 500, "{}: {}", console.engine(), failed.status);
        testing::tamper(records, "ALTER TABLE away_for_a_while RENAME TO treatment_window", &[]).await;
        let refused = other.browser.post_form("/clinic", &[("code", &digits)]).await;
        refused.assert_refused("code");
        let opened = member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert_eq!((opened.status, opened.header("location")), (303, "/clinic/chart"), "{}", opened.text);
        member.browser.post_form("/clinic", &[("code", &digits)]).await.assert_refused("code");
    }
}

#[tokio::test]
async fn a_code_that_stands_in_a_form_twice_opens_nothing_and_still_works() {
    for console in each_console().await {
        let mut member = console.member(StaffRole::Clinic).await;
        let digits = console.digits().await;
        let refused = member.browser.post_form("/clinic", &[("code", "00000000"), ("code", &digits)]).await;
        assert_eq!(refused.status, 400, "{}: {}", console.engine(), refused.text);
        let opened = member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert_eq!(opened.status, 303, "{}: {}", console.engine(), opened.text);
    }
}

#[tokio::test]
async fn whoever_does_not_share_is_checked_for_insurance_alone() {
    for console in each_console().await {
        console.fill().await;
        let mut member = console.member(StaffRole::Clinic).await;
        let digits = console.digits().await;
        let opened = member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert_eq!((opened.status, opened.header("location")), (303, "/clinic/insurance"), "{}", opened.text);
        // Loaded again, it asks nobody for a second code, and is one more line.
        for _ in 0..3 {
            let page = member.browser.get("/clinic/insurance").await;
            assert!(
                page.text.contains("有効") && page.text.contains("見せる設定をしていません"),
                "{}",
                page.text
            );
            assert!(!page.text.contains("インフルエンザ") && !page.text.contains("一部が非公開"));
        }
        let again = member.browser.get("/clinic/chart").await;
        assert_eq!((again.status, again.header("location")), (303, "/clinic"), "no code, no chart");
        console.app.installation.custody.environment.advance(Duration::from_mins(5));
        let over = member.browser.get("/clinic/insurance").await;
        assert_eq!((over.status, over.header("location")), (303, "/clinic"), "{}", console.engine());
        assert!(member.browser.get("/clinic").await.text.contains("新しい受診番号"));
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        member.browser.post_form("/clinic/close", &[]).await;
        let closed = member.browser.get("/clinic/insurance").await;
        assert_eq!((closed.status, closed.header("location")), (303, "/clinic"));
    }
}

#[tokio::test]
async fn a_chart_is_read_anew_each_time_and_closed_for_good() {
    for console in each_console().await {
        console.fill().await;
        console.share(Switch::On, &MEASURED).await;
        let mut member = console.member(StaffRole::Clinic).await;
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        console.share(Switch::On, &[Category::CheckupMeasurements]).await;
        let again = member.browser.get("/clinic/chart").await;
        assert_eq!(again.status, 200);
        assert!(!again.text.contains("インフルエンザ"), "withdrawn, and gone with the next look");
        console.share(Switch::Off, &MEASURED).await;
        let over = member.browser.get("/clinic/chart").await;
        assert_eq!((over.status, over.header("location")), (303, "/clinic"));
        let told = member.browser.get("/clinic").await;
        assert!(told.text.contains("もう見られません"));

        console.share(Switch::On, &MEASURED).await;
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert_eq!(member.browser.post_form("/clinic/close", &[]).await.status, 303);
        let closed = member.browser.get("/clinic").await;
        assert!(closed.text.contains("記録を閉じました") && !closed.text.contains("/clinic/chart"));
    }
}

#[tokio::test]
async fn a_wrong_code_is_told_in_words_and_the_fifth_stops_the_clinic() {
    for console in each_console().await {
        let mut member = console.member(StaffRole::Clinic).await;
        for (typed, told) in [("1234", "8桁の数字"), ("abcdefgh", "8桁の数字"), ("00000000", "新しい番号")]
        {
            let page = member.browser.post_form("/clinic", &[("code", typed)]).await;
            page.assert_refused("code");
            assert!(page.text.contains(told), "{told}: {}", page.text);
            assert!(!page.text.contains(typed), "a code is never given back");
        }
        for _ in 0..4 {
            member.browser.post_form("/clinic", &[("code", "00000000")]).await;
        }
        let digits = console.digits().await;
        let stopped = member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert!(stopped.text.contains("15分"), "{}", stopped.text);
        console.app.installation.custody.environment.advance(Duration::from_mins(15));
        member.sign_in().await;
        let digits = console.digits().await;
        assert_eq!(member.browser.post_form("/clinic", &[("code", &digits)]).await.status, 303);
        for _ in 0..8 {
            let again = member.browser.post_form("/clinic", &[("code", &digits)]).await;
            assert!(
                again.text.contains("新しい番号"),
                "a page that is loaded again is no guess: {}",
                again.text
            );
        }
        let digits = console.digits().await;
        assert_eq!(member.browser.post_form("/clinic", &[("code", &digits)]).await.status, 303);
    }
}

#[tokio::test]
async fn without_the_log_the_console_shows_no_chart_no_insurance_and_no_review() {
    for console in each_console().await {
        console.fill().await;
        let declared = console.emergency().await;
        console.share(Switch::On, &MEASURED).await;
        let mut member = console.member(StaffRole::Clinic).await;
        let auditor = crate::console::reviews::auditor_called(&console, "調査 太郎", None).await;
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        assert!(member.browser.get("/clinic/chart").await.text.contains("山田花子"), "{}", console.engine());

        let elsewhere = testing::sqlite().await;
        let custody = console.app.installation.custody.clone();
        let stores = Stores { records: elsewhere.stores.records.clone(), ..custody.stores.clone() };
        let services = with_log(&console.app.services, LogWriter::start(Custody { stores, ..custody }));
        elsewhere.stores.records.db().close().await;
        let router = console::router(ConsoleState::new(&services, console::console_menu()).await.unwrap());
        let with_cookies = |cookies: &std::collections::BTreeMap<String, String>| {
            let mut browser = TestBrowser::new(router.clone(), crate::fixtures::console::CONSOLE);
            browser.cookies = cookies.clone();
            browser
        };
        let (mut clinic, mut reviewer) =
            (with_cookies(&member.browser.cookies), with_cookies(&auditor.browser.cookies));
        console.share(Switch::Off, &MEASURED).await;
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        let insurance = clinic.get("/clinic/insurance").await;
        console.share(Switch::On, &MEASURED).await;
        let digits = console.digits().await;
        member.browser.post_form("/clinic", &[("code", &digits)]).await;
        let chart = clinic.get("/clinic/chart").await;
        let review = reviewer.get(&format!("/reviews/{}", declared.id)).await;
        for (what, answer) in [("insurance", insurance), ("chart", chart), ("review", review)] {
            assert!(answer.status >= 500, "{} {what}: {}", console.engine(), answer.text);
            for told in ["山田", "インフルエンザ", "意識がなく", "3割"] {
                assert!(!answer.text.contains(told), "{} {what}", console.engine());
            }
        }
    }
}
