//! The two languages and how a browser asks for one.

/// A language of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// Japanese, for everybody who asks for nothing else.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// Both, Japanese first.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// The code in `lang` attributes, in the cookie and in the field `to` of the switch.
    pub fn code(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }

    /// The language with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.code() == code)
    }

    /// The one that the switch offers.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Ja => Self::En,
            Self::En => Self::Ja,
        }
    }

    /// The best of both for an `Accept-Language` header; Japanese when it names neither.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (0, Self::default());
        for part in header.split(',') {
            let mut fields = part.split(';');
            let tag = fields.next().unwrap_or("").trim().to_ascii_lowercase();
            let weight =
                fields.find_map(|field| field.trim().strip_prefix("q=").map(thousandths)).unwrap_or(1000);
            let lang = Self::from_code(tag.split('-').next().unwrap_or(""));
            if let Some(lang) = lang.filter(|_| weight > best.0) {
                best = (weight, lang);
            }
        }
        best.1
    }
}

/// `0.8` as 800; what cannot be read weighs nothing.
fn thousandths(weight: &str) -> u32 {
    let parsed: Option<f32> = weight.trim().parse().ok();
    parsed.filter(|w| (0.0..=1.0).contains(w)).map_or(0, |w| (w * 1000.0).round() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_gets_the_language_that_it_weighs_most() {
        assert_eq!(Lang::from_accept_language("en-US,en;q=0.9,ja;q=0.8"), Lang::En);
        assert_eq!(Lang::from_accept_language("en;q=0.5, ja;q=0.7"), Lang::Ja);
        assert_eq!(Lang::from_accept_language("fr, de;q=0.5"), Lang::Ja);
        assert_eq!(Lang::from_accept_language("fr, en;q=0.1"), Lang::En);
        assert_eq!(Lang::from_accept_language(""), Lang::Ja);
        assert_eq!(Lang::from_accept_language("en;q=oops,ja;q=0.1"), Lang::Ja);
    }
}
