//! Where spans are sent to.

use super::{ConfigError, SettingSources};
use http::Uri;

/// The setting.
const NAME: &str = "OTLP_ENDPOINT";
/// Where collectors take spans, when the setting names a host alone.
const TRACES: &str = "/v1/traces";

/// The address of an OpenTelemetry collector that takes spans by HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtlpEndpoint(String);

impl OtlpEndpoint {
    /// `TECHO_OTLP_ENDPOINT`; none when it is not set.
    ///
    /// # Errors
    /// It is no address of the form `http://…` or `https://…`.
    pub fn load(sources: &SettingSources) -> Result<Option<Self>, ConfigError> {
        let Some(text) = sources.get(NAME)? else { return Ok(None) };
        let wrong = || {
            let reason =
                "http://… または https://… で始まる送り先を書いてください（利用者名と ? # は使えません）";
            ConfigError::new(&SettingSources::env_name(NAME), reason)
        };
        Self::parse(&text).map(Some).ok_or_else(wrong)
    }

    fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.parse().ok()?;
        let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
        let host = uri.host().filter(|host| !host.is_empty())?;
        let is_plain = !text.contains(['@', '?', '#']) && !host.contains(char::is_whitespace);
        let path = if uri.path() == "/" { TRACES } else { uri.path() };
        let base = text.strip_suffix(uri.path()).unwrap_or(text);
        (is_http && is_plain).then(|| Self(format!("{base}{path}")))
    }

    /// The whole address.
    pub fn url(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Option<OtlpEndpoint>, ConfigError> {
        OtlpEndpoint::load(&SettingSources::of_pairs(&[(NAME, text)]))
    }

    #[test]
    fn a_host_alone_means_the_usual_path_and_another_path_is_taken_as_it_stands() {
        for (given, url) in [
            ("http://localhost:4318", "http://localhost:4318/v1/traces"),
            ("http://localhost:4318/", "http://localhost:4318/v1/traces"),
            ("https://collector.example.jp/in/traces", "https://collector.example.jp/in/traces"),
        ] {
            assert_eq!(load(given).unwrap().unwrap().url(), url);
        }
        assert_eq!(OtlpEndpoint::load(&SettingSources::default()).unwrap(), None, "off unless it is set");
    }

    #[test]
    fn an_address_that_leads_nowhere_is_refused_with_the_name_of_the_setting() {
        for wrong in [
            "localhost:4318",
            "grpc://x:4317",
            "http://",
            "http:///x",
            "http://a:b@host",
            "http://x/?key=1",
            "x",
        ] {
            let error = load(wrong).unwrap_err();
            assert_eq!(error.name, "TECHO_OTLP_ENDPOINT", "{wrong}");
        }
    }
}
