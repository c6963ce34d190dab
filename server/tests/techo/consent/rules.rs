//! Rules about single places, and what is said of a form that cannot be read.

use super::{dentist, follow, register};
use crate::fixtures::each_app;
use techo_model::organisation::{Organisation, OrganisationKind};

#[tokio::test]
async fn a_regular_place_that_was_not_chosen_is_a_mistake_with_a_link_to_the_list() {
    for app in each_app().await {
        let (mut browser, _) = app.enrolled(1).await;
        register(&app, &dentist().organisation).await;
        let wrong = browser.post_form("/consent/preset", &[("base", "0"), ("preset", "regular")]).await;
        wrong.assert_refused("preset-place");
        assert!(!wrong.text.contains("banner-done"));
    }
}

#[tokio::test]
async fn a_rule_about_one_place_that_cannot_be_read_comes_back_with_what_was_typed() {
    for app in each_app().await {
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
    for app in each_app().await {
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
    for app in each_app().await {
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
    for app in each_app().await {
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
