//! Choosing who may see what, as requests.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod support;

use std::time::Duration;
use support::{
    App, Browser, apps,
    town::{
        city, coverage_file,
        documents::{bytes, document, own_insurer},
        record_code, vaccinations_file,
    },
};
use techo::api::ApiState;
use techo_audit::log;
use techo_citizen::consent::PreviewAs;
use techo_custody::Failure;
use techo_disclosure::{
    clinic::{self, CodeUse, Presented},
    disclose::{self, Disclosed},
    inquiry::{AskerKey, Asking},
    systems::TokenKey,
};
use techo_identity::access::{self, PatientScope, testing::verified};
use techo_model::{
    consent::{Category, Label, Mark, Marking, Purpose},
    organisation::{Organisation, OrganisationKind},
    record::RecordKind,
};
use uuid::Uuid;

/// A checkup and a dose.
async fn fill(app: &App) {
    let insurer = own_insurer();
    let period = [(1, "345", "01", "2020-04-01", "", "2026-01-01 09:00")];
    app.town.coverage(&insurer, coverage_file(&insurer, &period)).await;
    assert_eq!(app.town.checkups(&insurer, vec![bytes(&document())]).await.counts.inserted, 1);
    let doses = [(1, "2025-11-01", "インフルエンザ", 1, "AB12", "")];
    app.town.vaccinations(&city(), vaccinations_file(&city(), &doses)).await;
}

async fn register(app: &App, organisation: &Organisation) {
    let vault = &app.town.custody.stores.vault;
    let mut tx = vault.begin().await.unwrap();
    vault.put_organisation(&mut tx, organisation, app.town.custody.environment.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Goes where a form leads.
async fn follow(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post_form(path, fields).await;
    assert_eq!(answer.status, 303, "{path}: {}", answer.text);
    answer.header("location").to_owned()
}

/// Which draft the preview shows.
async fn draft_name(browser: &mut Browser) -> String {
    let preview = browser.get("/consent/preview").await.text;
    let name = preview.split("name=\"draft\" value=\"").nth(1).expect("it can be saved");
    name.split('"').next().unwrap().to_owned()
}

/// Saves what the preview shows.
async fn save(browser: &mut Browser) -> String {
    let name = draft_name(browser).await;
    follow(browser, "/consent/save", &[("draft", &name)]).await
}

/// Ids of records on `/records` of one kind, from the links to their marks.
async fn record_id(browser: &mut Browser, kind: RecordKind) -> Uuid {
    let text = browser.get("/records").await.text;
    let begins = format!("/consent/mark?kind={}&amp;id=", kind.as_str());
    let rest = text.split(&begins).nth(1).expect("a link to hide it");
    rest[..36].parse().expect("an id")
}

#[tokio::test]
async fn until_somebody_chooses_the_page_says_that_nobody_sees_anything() {
    for app in apps().await {
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
    for app in apps().await {
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
async fn the_fresh_check_is_the_last_step_after_which_what_was_shown_is_saved() {
    for app in apps().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        app.town.custody.environment.advance(Duration::from_mins(6));
        assert_eq!(save(&mut browser).await, "/settings/verify?for=consent");
        let asked = browser.get("/settings/verify?for=consent").await.text;
        assert!(asked.contains("まだ保存していません"), "{asked}");
        assert!(browser.get("/consent").await.text.contains("まだ何も決めていません"), "{}", app.engine());
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/consent/receipts/1", "{}: {}", app.engine(), checked.text);
        let receipt = browser.get("/consent/receipts/1").await;
        assert!(receipt.text.contains("設定を保存しました"), "{}", receipt.text);
        assert!(browser.get("/consent/preview").await.header("location") == "/consent", "the draft is gone");
        app.town.custody.environment.advance(Duration::from_mins(6));
        let again = app.check(&mut browser, &mut person).await;
        assert_eq!(again.json()["next"], "/settings/passkeys", "it is carried out once");
        assert!(browser.get("/settings/passkeys").await.text.contains("続きの手続きは残っていない"));
    }
}

#[tokio::test]
async fn a_file_of_choices_needs_a_fresh_check_after_which_it_is_asked_for_again() {
    for app in apps().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        save(&mut browser).await;
        for (file, page) in
            [("/consent/fhir.json", "/consent"), ("/consent/receipts/1/file", "/consent/receipts/1")]
        {
            app.town.custody.environment.advance(Duration::from_mins(6));
            assert_eq!(browser.get(file).await.header("location"), "/settings/verify?for=download");
            let checked = app.check(&mut browser, &mut person).await;
            assert_eq!(checked.json()["next"], page, "{}", app.engine());
            let back = browser.get(page).await.text;
            assert!(back.contains("もう一度、同じボタンを押してください"), "{back}");
            assert!(browser.get(file).await.header("content-disposition").contains("attachment"));
        }
    }
}

#[tokio::test]
async fn a_check_that_took_longer_than_a_quarter_of_an_hour_saves_nothing_and_says_so() {
    for app in apps().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        app.town.custody.environment.advance(Duration::from_mins(6));
        save(&mut browser).await;
        for _ in 0..2 {
            app.town.custody.environment.advance(Duration::from_mins(8));
            browser.get("/settings/verify?for=consent").await;
        }
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/consent/preview", "{}", app.engine());
        let preview = browser.get("/consent/preview").await.text;
        assert!(preview.contains("もう一度、同じボタンを押してください"), "{preview}");
        assert_eq!(browser.get("/consent/receipts/1").await.status, 404);
    }
}

#[tokio::test]
async fn a_draft_that_another_device_made_during_the_check_is_shown_and_not_saved() {
    for app in apps().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "nobody")]).await;
        app.town.custody.environment.advance(Duration::from_mins(6));
        save(&mut browser).await;
        let mut other = app.browser();
        app.sign_in(&mut other, &mut person).await;
        follow(&mut other, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/consent/preview", "{}", app.engine());
        let preview = browser.get("/consent/preview").await.text;
        assert!(preview.contains("保存していません") && preview.contains("banner-attention"), "{preview}");
        assert!(!preview.contains("banner-done"), "what was not done is not green");
        assert_eq!(browser.get("/consent/receipts/1").await.status, 404, "nothing was saved unseen");
    }
}

#[tokio::test]
async fn a_mark_is_put_by_the_check_that_interrupted_it_and_says_nothing_in_the_vault() {
    for app in apps().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        fill(&app).await;
        let id = record_id(&mut browser, RecordKind::Checkup).await.to_string();
        app.town.custody.environment.advance(Duration::from_mins(6));
        let fields = [("kind", "checkup"), ("id", &*id), ("mark", "withheld"), ("own.mental-health", "on")];
        assert_eq!(follow(&mut browser, "/consent/mark", &fields).await, "/settings/verify?for=mark");
        let who = owner(&app, 1).await;
        let standing = || async {
            let kind = RecordKind::Checkup;
            app.state.reading.record_mark(&who, kind, id.parse().unwrap()).await.unwrap().marking
        };
        assert_eq!(standing().await, Marking::default(), "not yet");
        let kept = app.session_data(&browser).await;
        assert!(kept.contains(&id) && !kept.contains("mental") && !kept.contains("withheld"), "{kept}");
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/records", "{}: {}", app.engine(), checked.text);
        assert!(browser.get("/records").await.text.contains("見せ方を変えました"));
        let expected = Marking { mark: Some(Mark::Withheld), labels: [Label::MentalHealth].into() };
        assert_eq!(standing().await, expected, "{}", app.engine());
    }
}

#[tokio::test]
async fn a_mark_that_another_device_put_during_the_check_stays_and_the_page_says_so() {
    for app in apps().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        fill(&app).await;
        let id = record_id(&mut browser, RecordKind::Checkup).await;
        app.town.custody.environment.advance(Duration::from_mins(6));
        let text = id.to_string();
        let fields = [("kind", "checkup"), ("id", text.as_str()), ("mark", "none"), ("own.genetic", "on")];
        follow(&mut browser, "/consent/mark", &fields).await;
        let (who, sealed) = (owner(&app, 1).await, Some(Mark::Sealed));
        let verified = verified(&app.town.custody, &who).await;
        app.state.reading.mark_record(&verified, RecordKind::Checkup, id, sealed).await.unwrap();
        let next = app.check(&mut browser, &mut person).await.json()["next"].as_str().unwrap().to_owned();
        // What would take the seal off needs the card now.
        assert_eq!(next, "/settings/verify/card", "{}", app.engine());
        let shown = app.show_card(&mut browser, "step-up", &person.card, None).await;
        let next = shown.json()["next"].as_str().unwrap().to_owned();
        assert!(browser.get(&next).await.text.contains("先に変わったため、保存していません"), "{next}");
        let standing = app.state.reading.record_mark(&who, RecordKind::Checkup, id).await.unwrap().marking;
        assert_eq!(standing.mark, sealed, "{}", app.engine());
    }
}

/// Where each passkey of the page is removed.
async fn removals(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/settings/passkeys").await.text;
    let ids = page.split("href=\"/settings/passkeys/").skip(1);
    let ids = ids.filter_map(|rest| rest.split('"').next()?.strip_suffix("/remove"));
    ids.map(|id| format!("/settings/passkeys/{id}/remove")).collect()
}

#[tokio::test]
async fn a_passkey_is_removed_or_used_again_by_the_check_that_interrupted_it() {
    for app in apps().await {
        let (mut browser, mut person) = app.enrolled(1).await;
        let own = removals(&mut browser).await;
        let mut second = app.person(1);
        app.register(&mut browser, &mut second).await;
        // The one that does the check ends its own session when it goes: the other one is to be removed.
        let mut paths = removals(&mut browser).await;
        paths.retain(|path| !own.contains(path));
        assert_eq!((own.len(), paths.len()), (1, 1), "{}", app.engine());
        app.town.custody.environment.advance(Duration::from_mins(6));
        let detour = follow(&mut browser, &paths[0], &[]).await;
        assert_eq!(detour, "/settings/verify?for=remove-passkey", "{}", app.engine());
        let checked = app.check(&mut browser, &mut person).await;
        assert_eq!(checked.json()["next"], "/settings/passkeys", "{}", checked.text);
        let page = browser.get("/settings/passkeys").await.text;
        assert!(page.contains("パスキーを削除しました"), "{page}");
        assert_eq!(page.matches("/remove\"").count(), 1, "{}", app.engine());
    }
}

#[tokio::test]
async fn a_regular_place_that_was_not_chosen_is_a_mistake_with_a_link_to_the_list() {
    for app in apps().await {
        let (mut browser, _) = app.enrolled(1).await;
        register(&app, &dentist().organisation).await;
        let wrong = browser.post_form("/consent/preset", &[("base", "0"), ("preset", "regular")]).await;
        wrong.assert_refused("preset-place");
        assert!(!wrong.text.contains("banner-done"));
    }
}

#[tokio::test]
async fn giving_up_a_draft_gives_up_only_the_one_that_was_shown() {
    for app in apps().await {
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
async fn a_rule_about_one_place_that_cannot_be_read_comes_back_with_what_was_typed() {
    for app in apps().await {
        let (mut browser, _) = app.enrolled(1).await;
        let clinic = Organisation {
            id: "1319999999".into(),
            kind: OrganisationKind::Clinic,
            name: "架空クリニック".into(),
        };
        register(&app, &clinic).await;
        let mut fields = vec![
            ("base", "0"),
            ("clinics", "on"),
            ("place-number", "1319999999"),
            ("place-effect", "deny"),
            ("place-until", "あした"),
        ];
        let wrong = browser.post_form("/consent/draft", &fields).await;
        wrong.assert_refused("place-until");
        assert!(wrong.text.contains("value=\"あした\"") && wrong.text.contains("エラー："), "{}", wrong.text);
        assert!(wrong.text.contains("ひとつ以上選んでください"));
        fields[4] = ("place-until", "令和9年3月31日");
        fields.push(("place.vaccination", "yes"));
        follow(&mut browser, "/consent/draft", &fields).await;
        let preview = browser.get("/consent/preview?as=1319999999").await.text;
        assert!(preview.contains("架空クリニックには、予防接種を見せません。2027年3月31日"), "{preview}");
        fields.push(("place.label.genetic", "yes"));
        fields.extend([("place-data-from", "2020-01-01"), ("place-data-to", "2019-12-31")]);
        let reversed = browser.post_form("/consent/draft", &fields).await;
        assert!(reversed.text.contains("日付を入れ替えて"), "{}", reversed.text);
        fields.pop();
        fields.push(("place-data-to", "2020-12-31"));
        follow(&mut browser, "/consent/draft", &fields).await;
        let preview = browser.get("/consent/preview?as=1319999999").await.text;
        assert!(preview.contains("予防接種、遺伝のことを見せません"), "{preview}");
        assert!(preview.contains("2020年12月31日"), "{preview}");
    }
}

#[tokio::test]
async fn a_rule_about_one_place_that_names_none_is_a_mistake_and_nothing_typed_is_lost() {
    for app in apps().await {
        let (mut browser, _) = app.enrolled(1).await;
        register(&app, &dentist().organisation).await;
        let untouched = [("base", "0"), ("clinics", "on"), ("place-effect", "permit"), ("place-until", " ")];
        assert_eq!(follow(&mut browser, "/consent/draft", &untouched).await, "/consent/preview");
        let filled = [
            ("place-effect", "deny"),
            ("place.vaccination", "yes"),
            ("place.label.genetic", "yes"),
            ("place-until", "2099-03-31"),
            ("place-data-from", "2020-01-01"),
            ("place-number", "0000000000"),
        ];
        for field in filled {
            let fields = [("base", "0"), ("clinics", "on"), field];
            let wrong = browser.post_form("/consent/draft", &fields).await;
            assert_eq!(wrong.status, 422, "{} {field:?}", app.engine());
            assert!(wrong.text.contains("href=\"#place-number\""), "{field:?}: {}", wrong.text);
            let fold = fold(&wrong.text, "ひとつの所について決める");
            assert!(fold.starts_with("<details open"), "{field:?}: {fold}");
            assert!(fold.contains("aria-invalid=\"true\"") && fold.contains("一覧から選んでください"));
            let kept = match field {
                ("place-effect", _) => input(fold, "value=\"deny\"").contains(" checked"),
                ("place-number", _) => true,
                (name, "yes") => input(fold, &format!("name=\"{name}\"")).contains(" checked"),
                (name, typed) => input(fold, &format!("name=\"{name}\"")).contains(typed),
            };
            assert!(kept, "{} {field:?}: {fold}", app.engine());
        }
    }
}

/// The fold with this title.
fn fold<'a>(page: &'a str, title: &str) -> &'a str {
    let named = |part: &&str| part.split("</summary>").next().is_some_and(|head| head.contains(title));
    let at = page.match_indices("<details").map(|(at, _)| &page[at..]).find(named).expect("the fold");
    at.split("</details>").next().unwrap()
}

/// The field with this attribute.
fn input<'a>(fold: &'a str, attribute: &str) -> &'a str {
    let mut fields = fold.split("<input").filter_map(|rest| rest.split('>').next());
    fields.find(|field| field.contains(attribute)).expect("the field")
}

#[tokio::test]
async fn a_mistake_in_a_care_team_stands_in_a_fold_that_is_open() {
    for app in apps().await {
        let (mut browser, _) = app.enrolled(1).await;
        register(&app, &dentist().organisation).await;
        let id = "1319999999".into();
        let other = Organisation { id, kind: OrganisationKind::Clinic, name: "架空クリニック".into() };
        register(&app, &other).await;
        for field in
            [("team-until", "あした"), ("team.label.genetic", "yes"), ("team.see.vaccination", "yes")]
        {
            let wrong = browser.post_form("/consent/draft", &[("base", "0"), ("clinics", "on"), field]).await;
            assert_eq!(wrong.status, 422, "{} {field:?}", app.engine());
            let fold = fold(&wrong.text, "ケアチームを作る");
            assert!(fold.starts_with("<details open"), "{field:?}: {fold}");
            assert!(fold.contains("field-error"), "{field:?}");
        }
    }
}

#[tokio::test]
async fn whoever_hides_values_by_a_rule_is_told_that_sentences_may_speak_of_them() {
    for app in apps().await {
        let (mut browser, _) = app.enrolled(1).await;
        register(&app, &dentist().organisation).await;
        let number = dentist().organisation.id;
        let mut fields =
            vec![("base", "0"), ("clinics", "on"), ("place-number", &number), ("place-effect", "deny")];
        fields.push(("place.checkup-laboratory", "yes"));
        fields.push(("place.checkup-questionnaire", "yes"));
        let told = "検査のことが書かれている場合があります。";
        follow(&mut browser, "/consent/draft", &fields).await;
        let preview = browser.get("/consent/preview").await.text;
        assert!(
            preview.contains(&format!("を見せません。判定・診察や質問票の文章には、{told}")),
            "{preview}"
        );
        fields.push(("place.checkup-findings", "yes"));
        follow(&mut browser, "/consent/draft", &fields).await;
        let preview = browser.get("/consent/preview").await.text;
        assert!(!preview.contains(told), "{}: all of it is hidden: {preview}", app.engine());
    }
}

#[tokio::test]
async fn the_page_of_a_mark_says_what_it_means_with_what_was_chosen_for_emergencies() {
    for app in apps().await {
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
async fn state_version(browser: &mut Browser) -> String {
    let page = browser.get("/consent").await.text;
    page.split("name=\"base\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

#[tokio::test]
async fn research_sees_what_is_sensitive_only_by_name() {
    for app in apps().await {
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
    for app in apps().await {
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
    for app in apps().await {
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
    for app in apps().await {
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
    for app in apps().await {
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

fn dentist() -> Asking {
    let organisation =
        Organisation {
            id: "1330000001".into(), kind: OrganisationKind::Dentist, name: "架空歯科".into()
        };
    Asking { organisation, subject: None, purpose: Purpose::Treatment, emergency: None }
}

async fn owner(app: &App, n: u64) -> PatientScope {
    let (vault, keys) = (&app.town.custody.stores.vault, app.town.custody.keys.current());
    let lookup = keys.person_lookup(&keys.person_code(&record_code(n)));
    let resident = vault.resident_with(&lookup).await.unwrap().unwrap();
    let mut tx = vault.begin().await.unwrap();
    let account = vault.account_of(&mut tx, resident).await.unwrap().unwrap().account_id;
    tx.rollback().await.unwrap();
    access::owner_scope(&app.town.custody, account).await.unwrap()
}

/// What a dentist gets of the first person, who shows a share code. The look is logged first.
async fn dentist_sees(app: &App) -> Disclosed {
    let (custody, asking) = (&app.state.custody, dentist());
    register(app, &asking.organisation).await;
    let shown = verified(custody, &owner(app, 1).await).await;
    let code = clinic::make_share_code(custody, &shown).await.unwrap().digits;
    let key = AskerKey::of_system(&TokenKey::of("of the dentist"));
    let presented = Presented::ShareCode { digits: &code, key };
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
        Err(Failure::NotFound) => Disclosed::default(),
        given => given.unwrap(),
    }
}

#[tokio::test]
async fn a_dentist_gets_exactly_what_the_preview_showed_and_a_change_holds_from_the_next_request_on() {
    for app in apps().await {
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
    for app in apps().await {
        let (mut browser, _) = app.enrolled(1).await;
        fill(&app).await;
        follow(&mut browser, "/consent/preset", &[("base", "0"), ("preset", "treating")]).await;
        save(&mut browser).await;
        dentist_sees(&app).await;
        let chain = owner(&app, 1).await.chain();
        let lines = app.town.custody.stores.records.access_entries(chain, 0, 1_000).await.unwrap();
        let lines = lines.iter().filter_map(|line| line.body.as_deref());
        let lines: Vec<serde_json::Value> = lines.map(|body| serde_json::from_str(body).unwrap()).collect();
        let line = lines.iter().find(|line| line["actor"]["id"] == "1330000001").expect("the look");
        assert_eq!((&line["action"], &line["count"]), (&"read".into(), &1.into()), "{}", app.engine());
        assert_eq!((&line["purpose"], &line["initiative"]), (&"TREAT".into(), &"automatic".into()));
    }
}

#[tokio::test]
async fn a_change_stands_on_the_access_log_page_whatever_was_chosen_for_emergencies() {
    for app in apps().await {
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
