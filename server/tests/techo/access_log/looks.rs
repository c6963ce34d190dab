use crate::{
    access_log::{CLINIC, CLINIC_NAME, look, refusal, register_clinic, scope},
    fixtures::{TestApp, each_app},
};
use std::time::Duration;
use techo_audit::log::{self, Action, Category, LogActor, LogEvent, Purpose, Reason};
use techo_model::EventId;
use techo_testkit::browser::TestBrowser;

/// Fields of a form, by name.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// Somebody at whom a clinic looked and a stranger tried to.
async fn looked_at(app: &TestApp) -> (TestBrowser, EventId, EventId) {
    register_clinic(app).await;
    let (browser, _) = app.enrolled(1).await;
    let whose = scope(app, 1).await;
    let (look, refusal) = (look(app, &whose), refusal(app, &whose));
    let ids = (look.id, refusal.id);
    for event in [look, refusal] {
        app.state.log.append(event).await.unwrap();
    }
    (browser, ids.0, ids.1)
}

#[tokio::test]
async fn every_look_and_refusal_stands_there_in_plain_words_with_whoever_it_was() {
    for app in each_app().await {
        let (mut browser, look, refusal) = looked_at(&app).await;
        browser.get("/checkups").await;
        let page = browser.get("/access-log").await;
        assert_eq!(page.status, 200, "{}", app.engine());
        for words in [
            "さくら内科クリニックの医師 一郎さん（医師）",
            "健診の結果を見ました（2件）",
            "登録のない機関（番号 1310000009）",
            "システムが自動で照会しました（1件）",
            "そのうち 1件は断りました",
            "診療",
            "令和8年",
        ] {
            assert!(page.text.contains(words), "{words}");
        }
        let own = page.text.split("<details class=\"log-own\"").nth(1).expect("own looks are folded away");
        assert!(own.contains("健診の結果を見ました"));
        assert!(page.text.contains(&look.to_string()) && !page.text.contains(&refusal.to_string()));
        let each = browser.post_form("/access-log", &[("whose", "systems")]).await;
        assert!(each.text.contains(&refusal.to_string()), "{}", app.engine());
        for words in ["検査の結果を見ようとしましたが、手帳が断りました", "同意設定で許されていません"]
        {
            assert!(each.text.contains(words), "{words}");
        }
    }
}

#[tokio::test]
async fn a_part_is_found_by_who_what_when_and_the_name_of_the_organisation() {
    for app in each_app().await {
        let (mut browser, look, refusal) = looked_at(&app).await;
        browser.get("/home").await;
        let name = "%E3%81%95%E3%81%8F%E3%82%89";
        let cases: [(Fields<'_>, bool, bool); 10] = [
            // What programs did is folded, until it is asked for.
            (&[("whose", "others")], true, false),
            (&[("whose", "systems")], false, true),
            (&[("whose", "own")], false, false),
            (&[("kind", "look")], true, false),
            (&[("kind", "refusal")], false, false),
            (&[("q", name)], true, false),
            (&[("q", CLINIC)], true, false),
            (&[("from", "2026-11-23"), ("to", "2026-11-23")], true, false),
            (&[("to", "2026-11-22")], false, false),
            (&[("from", "2026-11-24")], false, false),
        ];
        for (fields, has_look, has_refusal) in cases {
            let page = browser.post_form("/access-log", fields).await;
            assert_eq!(page.status, 200, "{fields:?}");
            let found = |id: EventId| page.text.contains(&format!("/access-log/{id}"));
            assert_eq!((found(look), found(refusal)), (has_look, has_refusal), "{} {fields:?}", app.engine());
        }
        for fields in [[("kind", "nonsense")], [("before", "x")]] {
            assert_eq!(browser.post_form("/access-log", &fields).await.status, 400, "{fields:?}");
        }
    }
}

#[tokio::test]
async fn a_line_leads_to_choices_that_are_ready_to_shut_its_organisation_out() {
    for app in each_app().await {
        let (mut browser, ..) = looked_at(&app).await;
        let block = format!("/consent?block={CLINIC}");
        assert!(browser.get("/access-log").await.text.contains(&block), "{}", app.engine());
        let page = browser.get(&block).await;
        assert!(page.text.contains(&format!("value=\"{CLINIC}\" selected")), "{}", app.engine());
    }
}

#[tokio::test]
async fn a_long_log_is_turned_page_by_page_and_no_line_is_lost_or_shown_twice() {
    for app in each_app().await {
        register_clinic(&app).await;
        let (mut browser, _) = app.enrolled(1).await;
        let whose = scope(&app, 1).await;
        let mut wanted = std::collections::BTreeSet::new();
        for _ in 0..120 {
            let event = look(&app, &whose);
            wanted.insert(event.id);
            app.state.log.append(event).await.unwrap();
        }
        let mut page = browser.get("/access-log").await;
        let mut seen = Vec::new();
        loop {
            let links = page.text.split("href=\"/access-log/").skip(1);
            let ids = links.filter(|link| link.contains("くわしく見る（")).filter_map(|link| link.get(..36));
            seen.extend(ids.filter_map(|id| id.parse::<EventId>().ok()).filter(|id| wanted.contains(id)));
            let Some(rest) = page.text.split("name=\"before\" value=\"").nth(1) else { break };
            let before = rest.split('"').next().unwrap().to_owned();
            page = browser.post_form("/access-log", &[("before", &before)]).await;
        }
        assert_eq!(seen.len(), 120, "{}", app.engine());
        assert_eq!(seen.into_iter().collect::<std::collections::BTreeSet<_>>(), wanted);
    }
}

#[tokio::test]
async fn looking_around_in_the_log_is_one_line_for_half_an_hour_and_downloads_are_one_a_minute() {
    for app in each_app().await {
        let (mut browser, look, _) = looked_at(&app).await;
        let whose = scope(&app, 1).await;
        let count = async || {
            let lines = app
                .installation
                .custody
                .stores
                .records
                .access_entries(whose.chain(), 0, 1_000)
                .await
                .unwrap();
            lines.iter().filter(|line| line.body.as_ref().unwrap().contains("\"access-log\"")).count()
        };
        for _ in 0..3 {
            browser.get("/access-log").await;
            browser.get(&format!("/access-log/{look}")).await;
        }
        assert_eq!(count().await, 1, "{}", app.engine());
        app.installation.custody.environment.advance(Duration::from_mins(4));
        assert_eq!(browser.get("/access-log/download.csv").await.status, 200);
        assert_eq!(browser.get("/access-log/download.jsonl").await.status, 200);
        assert_eq!(count().await, 2, "{}: the second is counted with the first", app.engine());
        app.installation.custody.environment.advance(Duration::from_mins(1));
        assert_eq!(browser.get("/access-log/download.csv").await.status, 200);
        assert_eq!(count().await, 3, "{}", app.engine());
    }
}

#[tokio::test]
async fn a_question_is_kept_with_its_line_once_and_its_state_is_shown() {
    for app in each_app().await {
        let (mut browser, look, _) = looked_at(&app).await;
        let path = format!("/access-log/{look}");
        assert!(browser.get(&path).await.text.contains("この閲覧について質問する"));
        browser.post_form(&format!("{path}/ask"), &[]).await.assert_refused("topic");
        for topic in ["unknown", "why"] {
            let asked = browser.post_form(&format!("{path}/ask"), &[("topic", topic)]).await;
            assert_eq!((asked.status, asked.header("location")), (303, path.as_str()), "{}", app.engine());
        }
        let page = browser.get(&path).await;
        assert!(page.text.contains("この機関に覚えがありません"), "the first question stays");
        assert!(page.text.contains("回答を待っています"));
        assert!(browser.get("/access-log").await.text.contains("質問しました（回答待ち）"));
        let wrong = browser.post_form(&format!("{path}/ask"), &[("topic", "%3Cscript%3E")]).await;
        assert_eq!(wrong.status, 400);
    }
}

#[tokio::test]
async fn nobody_sees_asks_about_or_proves_a_line_of_somebody_else_nor_asks_about_their_own() {
    for app in each_app().await {
        let (mut owner, look, _) = looked_at(&app).await;
        let (mut other, _) = app.enrolled(2).await;
        let path = format!("/access-log/{look}");
        for path in [path.clone(), format!("{path}/proof")] {
            assert_eq!(other.get(&path).await.status, 404, "{} {path}", app.engine());
        }
        let asked = other.post_form(&format!("{path}/ask"), &[("topic", "why")]).await;
        assert_eq!(asked.status, 404);
        assert!(!other.get("/access-log").await.text.contains(CLINIC_NAME));
        let whose = scope(&app, 1).await;
        let own = LogEvent::by_owner(
            &app.installation.custody.environment,
            whose.chain(),
            Action::Read,
            Category::Home,
        );
        let own_path = format!("/access-log/{}/ask", own.id);
        app.state.log.append(own).await.unwrap();
        assert_eq!(owner.post_form(&own_path, &[("topic", "why")]).await.status, 404);
    }
}

#[tokio::test]
async fn the_spreadsheet_runs_no_formula_that_an_organisation_put_into_a_name() {
    for app in each_app().await {
        let (mut browser, ..) = looked_at(&app).await;
        let whose = scope(&app, 1).await;
        let mut event = look(&app, &whose);
        let LogActor::Professional { organisation, subject } = &mut event.actor else {
            panic!("a doctor looked")
        };
        *organisation = "=1+1".into();
        subject.name = None;
        app.state.log.append(event).await.unwrap();
        let file = browser.get("/access-log/download.csv").await;
        assert!(file.header("content-disposition").contains("techo-access-log.csv"));
        assert!(file.text.contains("\"'=1+1\"") && !file.text.contains("\"=1+1\""), "{}", file.text);
        assert!(file.text.contains(CLINIC_NAME));
    }
}

#[tokio::test]
async fn the_one_doctor_stands_on_the_first_page_however_often_programs_looked() {
    for app in each_app().await {
        let (mut browser, look, _) = looked_at(&app).await;
        let (whose, environment) = (scope(&app, 1).await, &app.installation.custody.environment);
        let mut last = None;
        for n in 0..180 {
            let event = LogEvent::by_organisation(environment, whose.chain(), CLINIC, None)
                .doing(Action::Read, Category::Checkup, Purpose::Treatment)
                .about([environment.new_id()]);
            let event = if n % 90 == 0 {
                LogEvent { action: Action::Refuse, ..event }.because(Reason::NoTreatment)
            } else {
                event
            };
            last = Some(event.id);
            app.state.log.append(event).await.unwrap();
        }
        let page = browser.get("/access-log").await;
        assert!(page.text.contains(&format!("/access-log/{look}")), "{}: the doctor", app.engine());
        assert!(page.text.contains("システムが自動で照会しました（180件）"), "{}", app.engine());
        assert!(page.text.contains("そのうち 2件は断りました"), "{}", app.engine());
        let doctor = page.text.find(&look.to_string()).unwrap();
        assert!(doctor < page.text.find("180件").unwrap(), "{}: people first", app.engine());
        let last = last.unwrap();
        assert!(!page.text.contains(&last.to_string()), "programs are folded");

        let each = [("whose", "systems"), ("q", CLINIC), ("from", "2026-11-23"), ("to", "2026-11-23")];
        let each = browser.post_form("/access-log", &each).await;
        assert!(each.text.contains(&format!("/access-log/{last}")), "{}: each has its line", app.engine());
        assert!(!each.text.contains(&look.to_string()));
        assert_eq!(browser.get(&format!("/access-log/{last}")).await.status, 200);
    }
}

#[tokio::test]
async fn a_look_that_was_repeated_says_how_often_on_the_page_and_in_the_file() {
    for app in each_app().await {
        let (mut browser, ..) = looked_at(&app).await;
        let (whose, environment) = (scope(&app, 1).await, &app.installation.custody.environment);
        for _ in 0..8 {
            let event = LogEvent::by_organisation(environment, whose.chain(), CLINIC, None).doing(
                Action::Read,
                Category::Coverage,
                Purpose::Payment,
            );
            app.state.log.append(event).await.unwrap();
        }
        environment.advance(Duration::from_secs(65));
        log::write_due_repeats(&app.installation.custody).await.unwrap();
        let page = browser.get("/access-log").await;
        assert!(page.text.contains("システムが自動で照会しました（8件）"), "{}", app.engine());
        let file = browser.get("/access-log/download.csv").await;
        assert!(file.text.contains("同じことを、続けてさらに 7回"), "{}: {}", app.engine(), file.text);
    }
}
