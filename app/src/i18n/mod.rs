//! Texts in Japanese and English, from the Fluent files in `app/texts`.
//!
//! To add a text: a message with the same key and the same variables in `texts/ja` and `texts/en`, then `t(lang, KEY)`
//! here. Keys are written out in the code, never put together from parts, so that a test can find those that are
//! missing or not used any more.

mod dates;

pub use dates::{date, date_and_time, date_tag, date_time_tag, year_of_era};
pub use techo_model::Lang;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::{borrow::Cow, sync::LazyLock};

type Bundle = FluentBundle<FluentResource>;

macro_rules! texts {
    ($($name:literal),* $(,)?) => {
        const JA: &[&str] = &[$(include_str!(concat!("../../texts/ja/", $name, ".ftl"))),*];
        const EN: &[&str] = &[$(include_str!(concat!("../../texts/en/", $name, ".ftl"))),*];
    };
}

texts!(
    "access-log",
    "checkups",
    "common",
    "consent",
    "console",
    "coverage",
    "demo",
    "emergency",
    "enrol",
    "errors",
    "home",
    "islands",
    "laboratory",
    "landing",
    "letters",
    "notices",
    "privacy",
    "records",
    "settings",
    "share",
    "sign-in",
    "vaccinations",
);

static JAPANESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Ja, JA));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En, EN));

/// The text with this key.
pub fn t(lang: Lang, key: &str) -> Cow<'static, str> {
    let bundle = bundle_of(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return Cow::Owned(format!("⟦{key}⟧"));
    };
    bundle.format_pattern(pattern, None, &mut Vec::new())
}

/// The text with this key and its variables filled in.
pub fn t_with<const N: usize>(
    lang: Lang,
    key: &str,
    values: [(&'static str, TextValue); N],
) -> Cow<'static, str> {
    let arguments: FluentArgs = values.into_iter().map(|(name, value)| (name, value.0)).collect();
    let bundle = bundle_of(lang);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return Cow::Owned(format!("⟦{key}⟧"));
    };
    // A variable that was not given shows as its name: the tests look for that, a citizen still reads the rest.
    Cow::Owned(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
}

/// What stands in a variable of a text.
pub struct TextValue(FluentValue<'static>);

impl From<&str> for TextValue {
    fn from(text: &str) -> Self {
        Self(FluentValue::String(text.to_owned().into()))
    }
}

impl From<String> for TextValue {
    fn from(text: String) -> Self {
        Self(FluentValue::String(text.into()))
    }
}

impl From<Cow<'static, str>> for TextValue {
    fn from(text: Cow<'static, str>) -> Self {
        Self(FluentValue::String(text))
    }
}

impl From<i64> for TextValue {
    fn from(number: i64) -> Self {
        Self(FluentValue::from(number))
    }
}

impl From<usize> for TextValue {
    fn from(number: usize) -> Self {
        Self(FluentValue::from(number))
    }
}

fn bundle_of(lang: Lang) -> &'static Bundle {
    match lang {
        Lang::Ja => &JAPANESE,
        Lang::En => &ENGLISH,
    }
}

fn bundle(lang: Lang, files: &[&str]) -> Bundle {
    let id = lang.code().parse().expect("both language codes are well formed");
    let mut bundle = Bundle::new_concurrent(vec![id]);
    bundle.set_use_isolating(false);
    for file in files {
        let resource = FluentResource::try_new((*file).to_owned())
            .unwrap_or_else(|(_, errors)| panic!("a text file of {} is broken: {errors:?}", lang.code()));
        bundle.add_resource(resource).unwrap_or_else(|errors| panic!("a text is there twice: {errors:?}"));
    }
    bundle
}
