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
use techo_app::Lang;

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

fn preferred(headers: &HeaderMap) -> Option<Lang> {
    Some(Lang::from_accept_language(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?))
}

fn from_code(code: &str) -> Option<Lang> {
    [Lang::Ja, Lang::En].into_iter().find(|lang| code.eq_ignore_ascii_case(lang.code()))
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
    fn over_https_only_the_cookie_of_this_host_counts() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("lang=en"));
        assert_eq!(of(&headers, LanguageCookie::HostOnly), Lang::Ja);
        headers.insert(COOKIE, HeaderValue::from_static("lang=ja; __Host-lang=en"));
        assert_eq!(of(&headers, LanguageCookie::HostOnly), Lang::En);
        assert!(LanguageCookie::HostOnly.attributes().contains("; Secure"));
    }
}
