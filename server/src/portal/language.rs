//! `POST /language`: remembers the choice and comes back to the page.

use axum::{
    Extension, Form,
    http::header::SET_COOKIE,
    response::{IntoResponse, Redirect},
};
use serde::Deserialize;
use techo_app::Lang;
use techo_web::layers::language::LanguageCookie;

/// The form of the language switch.
#[derive(Deserialize)]
pub struct LanguageChoice {
    to: String,
    back: String,
}

/// Remembers the language. An unknown one changes nothing.
pub async fn choose(
    Extension(cookie): Extension<LanguageCookie>,
    Form(choice): Form<LanguageChoice>,
) -> impl IntoResponse {
    let code = Lang::from_code(&choice.to).unwrap_or_default().code();
    let cookie = format!("{}={code}; {}", cookie.name(), cookie.attributes());
    ([(SET_COOKIE, cookie)], Redirect::to(own_path(&choice.back)))
}

/// A path on this site; anything that a browser could take for another site leads home.
pub fn own_path(path: &str) -> &str {
    let plain = path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if path.starts_with('/') && !path.starts_with("//") && plain { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn the_way_back_never_leads_to_another_site() {
        assert_eq!(own_path("/checkups?year=2025"), "/checkups?year=2025");
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "/\r\nSet-Cookie: x",
            "/\t/evil",
        ] {
            assert_eq!(own_path(evil), "/", "{evil:?}");
        }
    }
}
