//! Choosing who may see what, as requests.

mod disclosed;
mod fresh_check;
mod rules;

use crate::fixtures::{TestApp, each_app};
use techo_disclosure::inquiry::InquiringParty;
use techo_identity::access::PatientScope;
use techo_model::{
    consent::Purpose,
    organisation::{Organisation, OrganisationKind},
    record::RecordKind,
};
use techo_testkit::{
    browser::TestBrowser,
    city, coverage_file,
    documents::{bytes, document, own_insurer},
    people::owner_of,
    vaccinations_file,
};
use uuid::Uuid;

/// A checkup and a dose.
async fn fill(app: &TestApp) {
    let insurer = own_insurer();
    let period = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
    app.installation.coverage(&insurer, coverage_file(&insurer, &period)).await;
    assert_eq!(app.installation.checkups(&insurer, vec![bytes(&document())]).await.counts.inserted, 1);
    let doses = [(1, "2025-11-01", "インフルエンザ", 1, "AB12", "")];
    app.installation.vaccinations(&city(), vaccinations_file(&city(), &doses)).await;
}

/// The dentist that looks.
fn dentist() -> InquiringParty {
    let organisation =
        Organisation {
            id: "1330000001".into(), kind: OrganisationKind::Dentist, name: "架空歯科".into()
        };
    InquiringParty { organisation, subject: None, purpose: Purpose::Treatment, emergency: None }
}

/// The nth person.
async fn owner(app: &TestApp, n: u64) -> PatientScope {
    owner_of(&app.installation, n).await
}

async fn register(app: &TestApp, organisation: &Organisation) {
    let vault = &app.installation.custody.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, organisation, app.installation.custody.environment.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Goes where a form leads.
async fn follow(browser: &mut TestBrowser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post_form(path, fields).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.text);
    answer.header("location").to_owned()
}

/// Which draft the preview shows.
async fn draft_name(browser: &mut TestBrowser) -> String {
    let preview = browser.get("/consent/preview").await.text;
    let name = preview.split("name=\"draft\" value=\"").nth(1).expect("it can be saved");
    name.split('"').next().unwrap().to_owned()
}

/// Saves what the preview shows.
async fn save(browser: &mut TestBrowser) -> String {
    let name = draft_name(browser).await;
    follow(browser, "/consent/save", &[("draft", &name)]).await
}

/// Ids of records on `/records` of one kind, from the links to their marks.
async fn record_id(browser: &mut TestBrowser, kind: RecordKind) -> Uuid {
    let text = browser.get("/records").await.text;
    let begins = format!("/consent/mark?kind={}&amp;id=", kind.as_str());
    let rest = text.split(&begins).nth(1).expect("a link to hide it");
    rest[..36].parse().expect("an id")
}

#[tokio::test]
async fn until_somebody_chooses_the_page_says_that_nobody_sees_anything() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let page = browser.get("/consent").await;
        assert_eq!(page.status, 200, "{}", app.engine());
        assert!(page.text.contains("治療を受ける所には、だれにも見せません。"));
        assert!(page.text.contains("救急のときは、完全非公開のもののほかを"));
        assert!(browser.get("/home").await.text.contains("記録をだれに見せるかを決めましょう"));
    }
}

#[tokio::test]
async fn dentists_see_no_laboratory_values_from_the_form_to_the_receipt() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        fill(&app).await;
        let fields = [
            ("base", "0"),
            ("clinics", "on"),
            ("see.dentist.checkup-measurements", "yes"),
            ("see.clinic.checkup-measurements", "yes"),
            ("see.clinic.checkup-laboratory", "yes"),
        ];
        assert_eq!(follow(&mut browser, "/consent/draft", &fields).await, "/consent/preview");
        let preview = browser.get("/consent/preview?as=dentist").await.text;
        assert!(preview.contains("歯科に、健診の身体計測・血圧などを見せます。"), "{preview}");
        assert!(preview.contains("60.0"), "the weight can be seen");
        assert!(browser.get("/consent").await.text.contains("決めかけの変更があります"));
        let receipt = save(&mut browser).await;
        assert_eq!(receipt, "/consent/receipts/1");
        let page = browser.get(&receipt).await.text;
        assert!(page.contains("診療所に、健診の身体計測・血圧など、健診の検査の値（血液・尿）を見せます。"));
        let file = browser.get("/consent/receipts/1/file").await;
        assert!(file.header("content-disposition").contains("attachment"));
        assert!(file.text.contains("歯科に、健診の身体計測・血圧などを見せます。"));
        assert!(!browser.get("/home").await.text.contains("記録をだれに見せるかを決めましょう"));
    }
}

#[tokio::test]
async fn giving_up_a_draft_gives_up_only_the_one_that_was_shown() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "nobody")]).await;
        let shown = draft_name(&mut browser).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        assert_eq!(follow(&mut browser, "/consent/drop", &[("draft", &shown)]).await, "/consent/preview");
        let preview = browser.get("/consent/preview").await.text;
        assert!(preview.contains("健診の身体計測"), "{}: the other one is still there", app.engine());
        let shown = draft_name(&mut browser).await;
        assert_eq!(follow(&mut browser, "/consent/drop", &[("draft", &shown)]).await, "/consent");
    }
}

#[tokio::test]
async fn the_page_of_a_mark_says_what_it_means_with_what_was_chosen_for_emergencies() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        fill(&app).await;
        let id = record_id(&mut browser, RecordKind::Vaccination).await;
        let page = format!("/consent/mark?kind=vaccination&id={id}");
        let number = id.to_string();
        let fields = [("kind", "vaccination"), ("id", number.as_str()), ("own.genetic", "on")];
        let refused = browser.post_form("/consent/mark", &fields).await;
        refused.assert_refused("mark");
        let label = refused.text.split("name=\"own.genetic\"").nth(1).unwrap();
        assert!(label.split('>').next().unwrap().contains("checked"), "what was ticked is kept: {label}");
        for (chosen, said) in [
            ("normal", "救急のときだけ、治療や救急にあたる人が見られる"),
            ("also-sealed", "完全非公開の記録も救急のときに見せる"),
            ("never", "（いまの設定では、救急のときにも見せない）"),
        ] {
            let base = state_version(&mut browser).await;
            let fields = [("base", base.as_str()), ("clinics", "off"), ("emergency", chosen)];
            follow(&mut browser, "/consent/draft", &fields).await;
            save(&mut browser).await;
            let text = browser.get(&page).await.text;
            assert!(text.contains(said) && text.contains("台帳"), "{} {chosen}: {text}", app.engine());
        }
    }
}

/// The version that the form was shown with.
async fn state_version(browser: &mut TestBrowser) -> String {
    let page = browser.get("/consent").await.text;
    page.split("name=\"base\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

#[tokio::test]
async fn research_sees_what_is_sensitive_only_by_name() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        let fields = [
            ("base", "0"),
            ("research", "on"),
            ("see.research.vaccination", "yes"),
            ("label.research.genetic", "yes"),
        ];
        follow(&mut browser, "/consent/draft", &fields).await;
        let preview = browser.get("/consent/preview").await.text;
        assert!(preview.contains("予防接種、遺伝"), "{}: {preview}", app.engine());
    }
}

#[tokio::test]
async fn going_back_to_an_earlier_choice_passes_the_preview_and_makes_a_new_version() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        for (base, preset) in [("0", "treating"), ("1", "nobody")] {
            follow(&mut browser, "/consent/preset", &[("base", base), ("preset", preset)]).await;
            save(&mut browser).await;
        }
        let back = [("base", "2"), ("version", "1")];
        assert_eq!(follow(&mut browser, "/consent/restore", &back).await, "/consent/preview");
        assert!(browser.get("/consent/preview").await.text.contains("1番の設定に戻す変更です"));
        assert_eq!(save(&mut browser).await, "/consent/receipts/3");
        let history = browser.get("/consent/history").await.text;
        assert!(history.contains("1番に戻しました"), "{}", app.engine());
        assert_eq!(browser.get("/consent/receipts/9").await.status, 404);
    }
}

#[tokio::test]
async fn a_change_that_was_overtaken_saves_nothing_and_says_so() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        save(&mut browser).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "nobody")]).await;
        let late = follow(&mut browser, "/consent/save", &[("draft", "of-a-page-from-before")]).await;
        assert_eq!(late, "/consent/preview");
        let preview = browser.get("/consent/preview").await.text;
        assert!(
            preview.contains("別の変更が保存されました") && !preview.contains("action=\"/consent/save\"")
        );
        let shown = draft_name(&mut browser).await;
        assert_eq!(follow(&mut browser, "/consent/drop", &[("draft", &shown)]).await, "/consent");
        assert_eq!(browser.get("/consent/preview").await.header("location"), "/consent");
    }
}

#[tokio::test]
async fn a_sealed_record_is_opened_again_only_with_the_card() {
    for app in each_app().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        fill(&app).await;
        let id = record_id(&mut browser, RecordKind::Vaccination).await.to_string();
        let fields = |mark| [("kind", "vaccination"), ("id", id.as_str()), ("mark", mark)];
        assert_eq!(follow(&mut browser, "/consent/mark", &fields("sealed")).await, "/records");
        let path = format!("/consent/mark?kind=vaccination&id={id}");
        assert!(browser.get(&path).await.text.contains("マイナンバーカードが要ります"));
        follow(&mut browser, "/sign-out", &[]).await;
        app.sign_in(&mut browser, &mut person).await;
        assert_eq!(follow(&mut browser, "/consent/mark", &fields("none")).await, "/settings/verify/card");
        let shown = app.show_card(&mut browser, "step-up", &person.card, None).await;
        assert_eq!(
            (shown.status, shown.json()["next"].clone()),
            (200, "/records".into()),
            "{}: it is unsealed by showing the card",
            shown.text
        );
        let page = browser.get(&path).await.text;
        assert!(!page.contains("マイナンバーカードが要ります"), "{page}");
        let (mut stranger, _) = app.enrolled(2).await;
        assert_eq!(stranger.get(&path).await.status, 404);
        assert_eq!(stranger.post_form("/consent/mark", &fields("sealed")).await.status, 404);
    }
}

#[tokio::test]
async fn a_draft_made_on_another_device_is_shown_before_it_can_be_saved() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "nobody")]).await;
        let shown = browser.get("/consent/preview").await.text;
        let name = shown.split("name=\"draft\" value=\"").nth(1).unwrap().split('"').next().unwrap();
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        let path = follow(&mut browser, "/consent/save", &[("draft", name)]).await;
        assert_eq!(path, "/consent/preview", "{}", app.engine());
        assert_eq!(browser.get("/consent/receipts/1").await.status, 404, "nothing was saved unseen");
        assert_eq!(save(&mut browser).await, "/consent/receipts/1");
    }
}
