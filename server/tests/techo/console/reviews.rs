//! The review queue: from a declared emergency to a finding that the person reads and can answer.

use crate::fixtures::console::{StaffMember, TestConsole, each_console};
use std::time::Duration;
use techo::api::ApiState;
use techo_custody::demographics::Demographics;
use techo_disclosure::{
    emergency::{DeclaredEmergency, EmergencyIdentification},
    inquiry::InquiringParty,
};
use techo_exchange::fhir::ResourceKind;
use techo_identity::staff::{self, NewStaff};
use techo_model::{
    CalendarDate,
    consent::{AskingPerson, Purpose},
    organisation::{Organisation, OrganisationKind},
    staff::StaffRole,
};
use techo_testkit::browser::TestBrowser;

const REASON: &str = "意識がなく、既往とアレルギーを確かめる";

fn doctor() -> InquiringParty {
    let organisation = Organisation {
        id: crate::fixtures::console::CLINIC.into(),
        kind: OrganisationKind::Hospital,
        name: "架空医院".into(),
    };
    let subject =
        Some(AskingPerson {
            id: "dr-9".into(), name: Some("救急医師".into()), role: Some("医師".into())
        });
    InquiringParty { organisation, subject, purpose: Purpose::Emergency, emergency: None }
}

impl TestConsole {
    /// An emergency of the first citizen, in which a checkup was read.
    pub async fn emergency(&self) -> DeclaredEmergency {
        let clinic_access = ApiState::new(&self.app.services).clinic_access;
        let sought = Demographics {
            kana: "テスト".into(),
            birth_date: CalendarDate::parse("1975-04-01").unwrap(),
            sex: None,
            postal_code: None,
        };
        let declared = clinic_access
            .declare(&doctor(), EmergencyIdentification::Demographics(&sought), REASON)
            .await
            .unwrap();
        let code = declared.code.code.to_string();
        let reports = |chart: &[techo_exchange::fhir::FhirResource]| {
            let some = chart.iter().filter(|resource| resource.kind == ResourceKind::DiagnosticReport);
            ((), some.cloned().collect())
        };
        clinic_access.read_chart(&doctor(), &code, ResourceKind::DiagnosticReport, reports).await.unwrap();
        declared
    }
}

impl TestConsole {
    /// Another clinician of the same place declares an emergency for the same person, and reads twice.
    async fn colleague_reads(&self) {
        let clinic_access = ApiState::new(&self.app.services).clinic_access;
        let subject = Some(AskingPerson { id: "dr-8".into(), name: None, role: Some("看護師".into()) });
        let asking = InquiringParty { subject, ..doctor() };
        let declared = clinic_access
            .declare(&asking, EmergencyIdentification::Demographics(&sought()), REASON)
            .await
            .unwrap();
        let code = declared.code.code.to_string();
        for kind in [ResourceKind::DiagnosticReport, ResourceKind::Immunization] {
            let all = |chart: &[techo_exchange::fhir::FhirResource]| ((), chart.to_vec());
            clinic_access.read_chart(&asking, &code, kind, all).await.unwrap();
        }
    }
}

fn sought() -> Demographics {
    Demographics {
        kana: "テスト".into(),
        birth_date: CalendarDate::parse("1975-04-01").unwrap(),
        sex: None,
        postal_code: None,
    }
}

/// A finding that says too little comes back with what was typed.
async fn assert_poor_findings_come_back(auditor: &mut StaffMember, path: &str) {
    for (poor, told, field) in [
        ([("finding", ""), ("remark", "短い")], "結果を選んで", "finding"),
        ([("finding", "justified"), ("remark", " ")], "何も書かれていません", "remark"),
        ([("finding", "justified"), ("remark", "123456789018")], "マイナンバー", "remark"),
    ] {
        let refused = auditor.browser.post_form(path, &poor).await;
        refused.assert_refused(field);
        assert!(refused.text.contains(told), "{told}: {}", refused.text);
        let remark = refused.text.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
        assert!(remark.ends_with(poor[1].1), "nothing typed is lost: {remark}");
    }
}

/// The person answers, after two answers that are not taken.
async fn answer_from_home(citizen: &mut TestBrowser, link: &str) {
    let reply = format!("/notices/{link}/reply");
    let refused = citizen.post_form(&reply, &[("reply", "123456789018")]).await;
    refused.assert_refused("reply");
    assert!(refused.text.contains("123456789018"), "nothing typed is lost");
    let hostile = [("reply", "</textarea><script>123456789018")];
    let refused = citizen.post_form(&reply, &hostile).await;
    assert!(!refused.text.contains("<script>1") && refused.text.contains("&lt;script>1"), "{}", refused.text);
    assert_eq!(citizen.post_form(&reply, &[("reply", "その日は家にいました。")]).await.status, 303);
    let sent = citizen.get(&format!("/notices/{link}")).await.text;
    assert!(sent.contains("<span class=\"quoted\">その日は家にいました。</span>"), "{sent}");
}

/// The look of the reviewer and both ends of the emergency stand on the log of the person.
async fn assert_on_the_log(console: &TestConsole) {
    let lines = console.log().await;
    let has = |action: &str, stage: &str| {
        lines
            .iter()
            .any(|line| line["action"] == action && (stage.is_empty() || line["detail"]["stage"] == stage))
    };
    assert!(has("staff-view", "") && has("emergency", "declared") && has("emergency", "reviewed"));
}

/// An answer opens the review again, and only whoever heard it closes that.
async fn assert_the_review_is_open_again(auditor: &mut StaffMember, path: &str) {
    auditor.sign_in().await;
    let queue = auditor.browser.get("/reviews").await;
    assert!(queue.text.contains("ご本人の考えが届いています"), "an answer opens the review again");
    let reopened = auditor.browser.get(path).await;
    assert!(reopened.text.contains("その日は家にいました。"));
    let stale = [("finding", "not-justified"), ("remark", "人違いでした。"), ("heard", "")];
    let unheard = auditor.browser.post_form(path, &stale).await;
    assert!(unheard.text.contains("新しい考えが届きました"), "an answer that nobody read is not closed away");
    let heard = reopened.text.split("name=\"heard\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("finding", "not-justified"), ("remark", "人違いでした。おわびします。"), ("heard", heard)];
    assert_eq!(auditor.browser.post_form(path, &form).await.status, 303);
}

#[tokio::test]
async fn an_emergency_waits_until_it_is_over_and_is_closed_with_a_finding_that_the_person_reads() {
    for console in each_console().await {
        console.fill().await;
        let (mut citizen, mut person) = console.app.enrolled(1).await;
        let declared = console.emergency().await;
        console.colleague_reads().await;
        let mut auditor = console.member(StaffRole::Auditor).await;
        let path = format!("/reviews/{}", declared.id);
        let running = auditor.browser.get(&path).await;
        assert!(running.text.contains(REASON) && running.text.contains("まだ続いている"), "{}", running.text);
        assert!(running.text.contains("救急医師") && running.text.contains("90日で1件"));
        assert!(!running.text.contains("山田"), "a reviewer never learns whose it was");
        let form = [("finding", "justified"), ("remark", "救急車で運ばれたことを確かめました。")];
        assert_eq!(auditor.browser.post_form(&path, &form).await.status, 422, "not while it runs");

        console.app.installation.custody.environment.advance(Duration::from_mins(60));
        auditor.sign_in().await;
        assert!(auditor.browser.get("/reviews").await.text.contains(&path));
        assert_poor_findings_come_back(&mut auditor, &path).await;
        let opened = auditor.browser.get(&path).await;
        assert_eq!(
            opened.text.matches("console-day").count(),
            1,
            "what this clinician opened: {}",
            opened.text
        );
        assert_eq!(auditor.browser.post_form(&path, &form).await.status, 303);
        let again = auditor.browser.post_form(&path, &form).await;
        assert!(again.status == 422 && again.text.contains("先に終えた"));

        assert_on_the_log(&console).await;
        console.app.sign_in(&mut citizen, &mut person).await;
        let notices = citizen.get("/notices").await;
        let link =
            notices.text.split("href=\"/notices/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let notice = citizen.get(&format!("/notices/{link}")).await;
        for told in [REASON, "救急医師", "救急として認められました", "救急車で運ばれた"]
        {
            assert!(notice.text.contains(told), "{told}: {}", notice.text);
        }

        console.app.installation.custody.environment.advance(Duration::from_secs(1));
        answer_from_home(&mut citizen, &link).await;
        assert_the_review_is_open_again(&mut auditor, &path).await;
    }
}

#[tokio::test]
async fn nobody_answers_to_the_emergency_of_somebody_else() {
    for console in each_console().await {
        console.fill().await;
        console.emergency().await;
        let scope = console.citizen().await;
        let notice = console.app.state.reading.notices(&scope).await.unwrap().notices.remove(0);
        let (mut other, _) = console.app.enrolled(2).await;
        let path = format!("/notices/{}", notice.id);
        assert_eq!(other.get(&path).await.status, 404);
        let reply = other.post_form(&format!("{path}/reply"), &[("reply", "だれですか。")]).await;
        assert_eq!(reply.status, 404, "{}", console.engine());
    }
}

/// An auditor who was invited under a name, and who works somewhere or does not.
pub async fn auditor_called(console: &TestConsole, name: &str, organisation: Option<&str>) -> StaffMember {
    let new = NewStaff {
        name: name.into(),
        role: StaffRole::Auditor,
        organisation: organisation.map(str::to_owned),
    };
    let invitation = staff::invite_staff(&console.app.installation.custody, &new).await.unwrap();
    console.joined(&invitation).await
}

#[tokio::test]
async fn nobody_reviews_an_emergency_under_the_name_of_whoever_declared_it_nor_where_they_work() {
    for console in each_console().await {
        console.fill().await;
        let declared = console.emergency().await;
        console.app.installation.custody.environment.advance(Duration::from_mins(60));
        let path = format!("/reviews/{}", declared.id);
        let form = [("finding", "justified"), ("remark", "救急車で運ばれたことを確かめました。")];
        let clinic = Some(crate::fixtures::console::CLINIC);
        console.member(StaffRole::Clinic).await;
        for (name, works_at) in [
            ("救急医師", None),
            ("救急　先生", None),
            ("別の人", clinic),
            // Somebody of this name works at the console of that place.
            ("山本 受付", None),
        ] {
            let mut auditor = auditor_called(&console, name, works_at).await;
            for answer in [auditor.browser.get(&path).await, auditor.browser.post_form(&path, &form).await] {
                assert_eq!(answer.status, 403, "{} {name}", console.engine());
                assert!(!answer.text.contains(REASON), "{name}");
            }
        }
        assert!(console.log().await.iter().all(|line| line["detail"]["stage"] != "reviewed"));
        let mut other = auditor_called(&console, "調査 太郎", None).await;
        assert_eq!(other.browser.post_form(&path, &form).await.status, 303, "{}", console.engine());
    }
}
