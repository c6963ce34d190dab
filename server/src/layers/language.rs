//! The language of a request: what the person chose, else what their browser prefers, else Japanese.

use axum::{
    extract::Request,
    http::{
        HeaderMap,
        header::{ACCEPT_LANGUAGE, COOKIE},
    },
    middleware::Next,
    response::Response,
};
use techo_app::Lang;

/// Name of the cookie that remembers the choice. It holds `ja` or `en` and nothing else.
pub const COOKIE_NAME: &str = "lang";

/// Puts the language on the request.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let lang = of(request.headers());
    request.extensions_mut().insert(lang);
    next.run(request).await
}

/// The language that these headers ask for.
pub fn of(headers: &HeaderMap) -> Lang {
    chosen(headers).or_else(|| preferred(headers)).unwrap_or(Lang::Ja)
}

fn chosen(headers: &HeaderMap) -> Option<Lang> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|text| text.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        if name == COOKIE_NAME { from_code(value) } else { None }
    })
}

fn preferred(headers: &HeaderMap) -> Option<Lang> {
    let text = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut wishes: Vec<(f32, Lang)> = text
        .split(',')
        .filter_map(|wish| {
            let (tag, parameters) = wish.trim().split_once(';').unwrap_or((wish.trim(), ""));
            let weight = parameters.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(1.0);
            Some((weight, from_code(tag.split('-').next()?)?))
        })
        .collect();
    // A stable sort keeps the order in which a browser lists equals.
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes.first().map(|(_, lang)| *lang)
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
        let mut headers = HeaderMap::new();
        assert_eq!(of(&headers), Lang::Ja);
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("fr, en-GB;q=0.9, ja;q=0.5"));
        assert_eq!(of(&headers), Lang::En);
        headers.insert(COOKIE, HeaderValue::from_static("x=1; lang=ja"));
        assert_eq!(of(&headers), Lang::Ja);
    }
}
