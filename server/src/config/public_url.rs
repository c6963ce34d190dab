//! The origin under which citizens reach the portal.

use super::ConfigError;

/// Scheme, host and port; https unless the host is this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    local: bool,
}

impl PublicUrl {
    /// Reads `https://host[:port]`, or `http://localhost[:port]`.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        Self::parse_as("TECHO_PORTAL_URL", text)
    }

    /// [`PublicUrl::parse`] for another setting of the same form: the address of another door.
    pub fn parse_as(setting: &str, text: &str) -> Result<Self, ConfigError> {
        let wrong = |reason: &str| Err(ConfigError::new(setting, reason));
        let text = text.strip_suffix('/').unwrap_or(text);
        let (secure, authority) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return wrong("https://… または http://localhost… の形で書いてください"),
        };
        let (host, port) =
            authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
        let host_is_plain =
            !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        if !host_is_plain || port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return wrong("ホスト名とポート番号だけを書いてください（パスや@は使えません）");
        }
        let host = host.to_ascii_lowercase();
        let local = host == "localhost" || host.ends_with(".localhost");
        if !secure && !local {
            return wrong("localhost 以外では https が必要です");
        }
        Ok(Self { origin: text.to_ascii_lowercase(), host, local })
    }

    /// The origin as browsers write it, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host: the domain of the passkeys.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether this is a demo or a test on this machine.
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// Whether browsers come by https, so that cookies may demand it.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }
}
