//! The language of a request: what the person chose, else what their browser prefers, else Japanese.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap,
        header::{ACCEPT_LANGUAGE, COOKIE},
    },
    middleware::Next,
    response::Response,
};
use techo_model::Lang;

/// The cookie that remembers the choice. It holds `ja` or `en` and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LanguageCookie {
    /// Without https, where browsers refuse anything better.
    Plain,
    /// Over https: of this host alone, and never sent in the open.
    HostOnly,
}

impl LanguageCookie {
    /// The cookie of a door at this address.
    pub fn at(https: bool) -> Self {
        if https { Self::HostOnly } else { Self::Plain }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "lang",
            Self::HostOnly => "__Host-lang",
        }
    }

    /// What `Set-Cookie` says beside name and value.
    pub fn attributes(self) -> &'static str {
        match self {
            Self::Plain => "Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly",
            Self::HostOnly => "Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure",
        }
    }
}

/// Puts the language on the request, and the cookie that remembers another choice.
pub async fn layer(State(cookie): State<LanguageCookie>, mut request: Request, next: Next) -> Response {
    let lang = of(request.headers(), cookie);
    request.extensions_mut().insert(lang);
    request.extensions_mut().insert(cookie);
    next.run(request).await
}

/// The language that these headers ask for.
pub fn of(headers: &HeaderMap, cookie: LanguageCookie) -> Lang {
    chosen(headers, cookie).or_else(|| preferred(headers)).unwrap_or_default()
}

fn chosen(headers: &HeaderMap, cookie: LanguageCookie) -> Option<Lang> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        if name == cookie.name() { from_code(value) } else { None }
    })
}

/// What a browser weighs most of what we speak; of equals the first, and nothing that it does not want.
fn preferred(headers: &HeaderMap) -> Option<Lang> {
    let text = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(u32, Lang)> = None;
    for wish in text.split(',') {
        let mut fields = wish.split(';');
        let tag = fields.next().unwrap_or_default().trim();
        let weight =
            fields.find_map(|field| field.trim().strip_prefix("q=").map(thousandths)).unwrap_or(1000);
        let lang = from_code(tag.split('-').next().unwrap_or_default());
        if let Some(lang) = lang.filter(|_| weight > best.map_or(0, |(most, _)| most)) {
            best = Some((weight, lang));
        }
    }
    best.map(|(_, lang)| lang)
}

/// `0.8` as 800; what cannot be read weighs nothing.
fn thousandths(weight: &str) -> u32 {
    let parsed: Option<f32> = weight.trim().parse().ok();
    parsed.filter(|w| (0.0..=1.0).contains(w)).map_or(0, |w| (w * 1000.0).round() as u32)
}

fn from_code(code: &str) -> Option<Lang> {
    Lang::ALL.into_iter().find(|lang| code.eq_ignore_ascii_case(lang.code()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_choice_beats_the_browser_and_japanese_beats_silence() {
        let chosen = |headers: &HeaderMap| of(headers, LanguageCookie::Plain);
        let mut headers = HeaderMap::new();
        assert_eq!(chosen(&headers), Lang::Ja);
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("fr, en-GB;q=0.9, ja;q=0.5"));
        assert_eq!(chosen(&headers), Lang::En);
        headers.insert(COOKIE, HeaderValue::from_static("x=1; lang=ja"));
        assert_eq!(chosen(&headers), Lang::Ja);
    }

    #[test]
    fn the_browser_gets_the_language_that_it_weighs_most() {
        for (header, lang) in [
            ("en-US,en;q=0.9,ja;q=0.8", Lang::En),
            ("en;q=0.5, ja;q=0.7", Lang::Ja),
            ("ja, en", Lang::Ja),
            ("EN, ja", Lang::En),
            ("fr, de;q=0.5", Lang::Ja),
            ("fr, en;q=0.1", Lang::En),
            ("fr, en;q=0", Lang::Ja),
            ("", Lang::Ja),
            ("en;q=oops,ja;q=0.1", Lang::Ja),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(header));
            assert_eq!(of(&headers, LanguageCookie::Plain), lang, "{header}");
        }
    }

    #[test]
    fn over_https_only_the_cookie_of_this_host_counts() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("lang=en"));
        assert_eq!(of(&headers, LanguageCookie::HostOnly), Lang::Ja);
        headers.insert(COOKIE, HeaderValue::from_static("lang=ja; __Host-lang=en"));
        assert_eq!(of(&headers, LanguageCookie::HostOnly), Lang::En);
        assert!(LanguageCookie::HostOnly.attributes().contains("; Secure"));
    }
}
