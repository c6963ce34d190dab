//! Every page, full and empty, in both languages.

mod promises;

use crate::html::{Tag, tags};
use std::collections::{HashMap, HashSet};
use techo_app::{
    AssetPaths, Lang, PageFrame, render,
    views::frame::{Notice, PageBanner, PageViewer, PortalEdition},
};

struct Rendered {
    name: String,
    lang: Lang,
    html: String,
    tags: Vec<Tag>,
}

fn assets() -> AssetPaths {
    AssetPaths {
        css: "/pkg/app.1.css".to_owned(),
        js: "/pkg/app.2.js".to_owned(),
        wasm: "/pkg/app.3.wasm".to_owned(),
    }
}

fn every_page() -> Vec<Rendered> {
    let assets = assets();
    let pairs = crate::samples::all().into_iter().flat_map(|sample| {
        let sample = std::rc::Rc::new(sample);
        Lang::ALL.map(|lang| (std::rc::Rc::clone(&sample), lang))
    });
    let pages = pairs.map(|(sample, lang)| {
        let frame = PageFrame {
            lang,
            nonce: "n0nce",
            assets: &assets,
            path: sample.path,
            viewer: sample.viewer,
            banners: sample.banners.clone(),
            unread: 0,
            edition: PortalEdition::Demo,
        };
        let html = render(&frame, (sample.page)(lang));
        Rendered { name: format!("{}.{}", sample.name, lang.code()), lang, tags: tags(&html), html }
    });
    pages.collect()
}

fn all<'a>(page: &'a Rendered, name: &'a str) -> impl Iterator<Item = &'a Tag> {
    page.tags.iter().filter(move |tag| tag.name == name)
}

#[test]
fn no_page_needs_an_exception_from_the_content_security_policy() {
    for page in every_page() {
        for tag in &page.tags {
            for (key, value) in &tag.attributes {
                assert!(key != "style" && !key.starts_with("on"), "{}: {tag:?}", page.name);
                assert!(
                    !value.trim_start().to_lowercase().starts_with("javascript:"),
                    "{}: {tag:?}",
                    page.name
                );
                assert!(key == "xmlns" || !value.contains("://"), "{}: foreign address {value}", page.name);
            }
            assert!(tag.name != "style", "{}", page.name);
        }
        for script in all(&page, "script") {
            assert_eq!(script.get("nonce"), Some("n0nce"), "{}", page.name);
            assert!(script.get("src").is_some() && script.text.is_empty(), "{}: inline script", page.name);
        }
        assert!(
            all(&page, "link")
                .all(|link| link.get("nonce").is_none() && link.get("crossorigin") != Some("n0nce"))
        );
    }
}

#[test]
fn a_page_without_islands_loads_no_script() {
    for page in every_page() {
        let islands = all(&page, "leptos-island").count();
        assert_eq!(all(&page, "script").count(), usize::from(islands > 0), "{}", page.name);
    }
}

#[test]
fn every_text_is_there_with_its_variables_filled_in() {
    for page in every_page() {
        for sign in ["⟦", "{$", "{ $", "undefined", "Some("] {
            assert!(!page.html.contains(sign), "{} contains {sign}", page.name);
        }
    }
}

#[test]
fn every_page_names_itself_once() {
    for page in every_page() {
        assert_eq!(all(&page, "html").next().unwrap().get("lang"), Some(page.lang.code()));
        assert_eq!(all(&page, "h1").count(), 1, "{}", page.name);
        assert_eq!(all(&page, "main").count(), 1, "{}", page.name);
        let title = &all(&page, "title")
            .find(|title| title.inside.last().is_some_and(|name| name == "head"))
            .unwrap()
            .text;
        assert!(title.contains("Techo") && title.chars().count() > 8, "{}: {title}", page.name);
    }
}

#[test]
fn a_form_that_comes_back_says_error_first_in_its_title_and_leads_to_the_field() {
    let pages = every_page();
    for (name, prefix) in [
        ("enrol-not-ticked.ja", "エラー："),
        ("passkeys-wrong-name.en", "Error: "),
        ("access-log-wrong.ja", "エラー："),
        ("notice-reply-wrong.en", "Error: "),
        ("consent-import-refused.ja", "エラー："),
    ] {
        let page = pages.iter().find(|page| page.name == name).unwrap();
        let title = &all(page, "title").next().unwrap().text;
        assert!(title.starts_with(prefix), "{title}");
        let summary = page.tags.iter().find(|tag| tag.get("class") == Some("error-summary")).unwrap();
        assert!(summary.get("autofocus").is_some() && summary.get("tabindex") == Some("-1"));
        let wrong = page.tags.iter().find(|tag| tag.get("aria-invalid") == Some("true")).unwrap();
        let target = format!("#{}", wrong.get("id").unwrap());
        assert!(all(page, "a").any(|link| link.get("href") == Some(&target)));
        let described = wrong.get("aria-describedby").unwrap().split(' ').next().unwrap();
        assert!(page.tags.iter().any(|tag| tag.get("id") == Some(described) && !tag.text.is_empty()));
    }
}

#[test]
fn what_was_typed_wrongly_is_kept_in_its_field() {
    let pages = every_page();
    let page = pages.iter().find(|page| page.name == "passkeys-wrong-name.ja").unwrap();
    let wrong = all(page, "input").find(|input| input.get("aria-invalid") == Some("true")).unwrap();
    assert!(wrong.get("value").unwrap().contains("O'Hara"));
    assert!(wrong.inside.iter().any(|name| name == "details"));
    let details: Vec<_> = all(page, "details").filter(|details| details.get("open").is_some()).collect();
    assert_eq!(details.len(), 1);
}

#[test]
fn ids_are_unique_and_whatever_refers_to_one_finds_it() {
    for page in every_page() {
        let mut ids = HashSet::new();
        for id in page.tags.iter().filter_map(|tag| tag.get("id")) {
            assert!(ids.insert(id), "{}: {id} is there twice", page.name);
        }
        for tag in &page.tags {
            for key in ["for", "aria-labelledby", "aria-describedby"] {
                for id in tag.get(key).unwrap_or("").split_whitespace() {
                    assert!(ids.contains(id), "{}: {key}={id} leads nowhere", page.name);
                }
            }
            let place = tag.get("href").and_then(|href| href.strip_prefix('#'));
            assert!(place.is_none_or(|id| ids.contains(id)), "{}: link to {place:?}", page.name);
        }
    }
}

#[test]
fn every_field_has_a_label_and_every_button_says_what_it_is() {
    for page in every_page() {
        let labelled: HashSet<_> = all(&page, "label").filter_map(|label| label.get("for")).collect();
        for input in all(&page, "input").filter(|input| input.get("type") != Some("hidden")) {
            let wrapped = input.inside.iter().any(|name| name == "label");
            let named = input.get("id").is_some_and(|id| labelled.contains(id));
            assert!(wrapped || named, "{}: {input:?}", page.name);
        }
        for button in all(&page, "button") {
            assert!(
                button.get("type").is_some() && !button.text.trim().is_empty(),
                "{}: {button:?}",
                page.name
            );
        }
        for link in all(&page, "a") {
            assert!(!link.text.trim().is_empty() && link.get("href").is_some(), "{}: {link:?}", page.name);
        }
    }
}

/// WCAG 2.5.3: whoever speaks to the page says what they read.
#[test]
fn a_spoken_name_begins_with_the_words_that_are_seen() {
    let mut found = 0;
    for page in every_page() {
        for tag in page.tags.iter().filter(|tag| matches!(tag.name.as_str(), "a" | "button")) {
            let Some(spoken) = tag.get("aria-label") else { continue };
            let seen = tag.text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(spoken.starts_with(&seen), "{}: {spoken:?} for {seen:?}", page.name);
            found += 1;
        }
    }
    assert!(found > 10, "the samples have looks of others and records to act on");
}

#[test]
fn every_table_begins_by_saying_what_it_is() {
    for page in every_page() {
        for (i, _) in page.tags.iter().enumerate().filter(|(_, tag)| tag.name == "table") {
            let caption = page.tags.get(i + 1).filter(|tag| tag.name == "caption");
            assert!(caption.is_some_and(|caption| !caption.text.trim().is_empty()), "{}", page.name);
        }
    }
}

/// A button without a kind looks like one that is switched off.
#[test]
fn every_button_has_a_kind_that_the_style_sheet_knows() {
    let style =
        concat!(include_str!("../../../style/30-buttons.css"), include_str!("../../../style/31-forms.css"));
    for page in every_page() {
        for tag in &page.tags {
            let classes: Vec<_> = tag.get("class").unwrap_or_default().split(' ').collect();
            if !classes.contains(&"button") {
                continue;
            }
            let known = |kind: &&&str| style.contains(&format!(".{kind} {{"));
            let kinds = classes.iter().filter(|class| class.starts_with("button-"));
            assert!(kinds.clone().all(|kind| known(&kind)), "{}: {classes:?}", page.name);
            let kinds: Vec<_> =
                kinds.filter(|kind| !matches!(**kind, "button-small" | "button-large")).collect();
            assert_eq!(kinds.len(), 1, "{}: {classes:?}", page.name);
        }
    }
}

#[test]
fn forms_are_plain_posts_to_paths_of_ours_save_those_that_only_ask() {
    for page in every_page() {
        for form in all(&page, "form").filter(|form| form.get("class") != Some("card-reader")) {
            let asks = form.get("class").is_some_and(|class| class.split(' ').any(|word| word == "asks"));
            assert_eq!(form.get("method"), Some(if asks { "get" } else { "post" }), "{}", page.name);
            assert!(form.get("action").is_some_and(|action| action.starts_with('/')), "{}", page.name);
        }
    }
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    for page in every_page() {
        let mut level = 0;
        for tag in page.tags.iter().filter(|tag| tag.inside.iter().any(|name| name == "main")) {
            let Some(next) = tag.name.strip_prefix('h').and_then(|digit| digit.parse::<u32>().ok()) else {
                continue;
            };
            let summary = level == 0 && next == 2;
            assert!(next <= level + 1 || summary, "{}: h{next} after h{level}", page.name);
            level = next;
        }
    }
}

#[test]
fn drawings_are_either_described_or_skipped() {
    for page in every_page() {
        for drawing in all(&page, "svg") {
            let described = drawing.get("role") == Some("img") && drawing.get("aria-labelledby").is_some();
            assert!(described || drawing.get("aria-hidden") == Some("true"), "{}", page.name);
        }
    }
}

#[test]
fn a_name_that_tries_to_break_out_stays_text() {
    let pages = every_page();
    let mut met = 0;
    for page in &pages {
        assert!(!page.html.contains("<script>"), "{}", page.name);
        assert!(all(page, "b").count() == 0);
        met += usize::from(page.html.contains("&lt;script&gt;alert('𠮷')"));
    }
    assert!(met >= 10, "hostile names were met on {met} pages only");
}

#[test]
fn islands_get_their_properties_as_they_were_meant() {
    for page in every_page() {
        for island in all(&page, "leptos-island") {
            let props = island.get("data-props").expect("every island of ours has properties");
            let plain = props
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&lt;", "<")
                .replace("&amp;", "&");
            let value: HashMap<String, serde_json::Value> = serde_json::from_str(&plain).unwrap();
            assert!(!value.is_empty(), "{}", page.name);
        }
    }
}

#[test]
fn the_largest_page_is_below_sixty_kilobytes_compressed() {
    let mut largest = (0, String::new());
    for page in every_page() {
        let mut packed = Vec::new();
        let quality = brotli::enc::BrotliEncoderParams { quality: 5, ..Default::default() };
        brotli::BrotliCompress(&mut page.html.as_bytes(), &mut packed, &quality).unwrap();
        largest = largest.max((packed.len(), format!("{} ({} plain)", page.name, page.html.len())));
    }
    println!("largest page: {} bytes, {}", largest.0, largest.1);
    assert!(largest.0 < 60_000, "{largest:?}");
}

#[test]
fn every_notice_has_its_words_and_survives_the_way_through_the_session() {
    let assets = assets();
    for &notice in Notice::ALL {
        let name = notice.as_str();
        assert_eq!(Notice::parse(name), Some(notice));
        for lang in Lang::ALL {
            let banners = vec![PageBanner::Notice(notice)];
            let (path, viewer, edition) = ("/", PageViewer::Stranger, PortalEdition::Live);
            let frame =
                PageFrame { lang, nonce: "n", assets: &assets, path, viewer, banners, unread: 0, edition };
            let html = render(&frame, techo_app::pages::landing(lang));
            // What was not done is an alert, what was done a status.
            let is_told = ["status", "alert"].iter().any(|role| html.contains(&format!("role=\"{role}\"")));
            assert!(!html.contains('⟦') && is_told, "{name}");
        }
    }
}

#[test]
fn the_switch_of_languages_never_leads_to_a_path_that_answers_posts_only() {
    for page in every_page() {
        let back = all(&page, "input")
            .find(|input| input.get("name") == Some("back"))
            .unwrap()
            .get("value")
            .unwrap();
        assert!(!back.ends_with("/agree") && !back.ends_with("/name"), "{}: {back}", page.name);
    }
}

#[test]
fn what_was_not_done_is_never_said_in_the_green_box() {
    let assets = assets();
    for &notice in Notice::ALL {
        let name = notice.as_str();
        let frame = PageFrame {
            lang: Lang::Ja,
            nonce: "n0nce",
            assets: &assets,
            path: "/home",
            viewer: PageViewer::Stranger,
            banners: vec![PageBanner::Notice(notice)],
            unread: 0,
            edition: PortalEdition::Live,
        };
        let html = render(&frame, techo_app::pages::settings(Lang::Ja));
        let refuses = ["ません", "ください"].iter().any(|end| {
            let said = html.split("class=\"banner").nth(1).unwrap_or_default();
            said.split("</div>").next().unwrap_or_default().contains(end)
        });
        let green = html.contains("banner-done");
        // What changed nothing on purpose, or asks for something after it was done, is no mistake.
        let fine = ["consent-dropped", "report-filed", "recovered", "welcome"].contains(&name);
        assert!(!(refuses && green) || fine, "{name}");
    }
}
