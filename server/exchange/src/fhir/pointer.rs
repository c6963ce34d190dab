//! How a request points at somebody: by an identifier whose system says what it is.

/// Eight digits that the person has just made.
pub const SHARE_CODE: &str = "urn:techo:share-code";
/// The organisation's own code.
pub const CLINIC_CODE: &str = "urn:techo:clinic-code";
/// A card's answer, as base64 of its JSON.
pub const CARD: &str = "urn:techo:card";

/// How somebody is pointed at. The value is a secret or leads to a person, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonPointer {
    /// Which kind.
    pub kind: PointerKind,
    /// The value.
    pub value: String,
}

impl std::fmt::Debug for PersonPointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}(…)", self.kind)
    }
}

/// Kinds of identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointerKind {
    /// [`SHARE_CODE`].
    ShareCode,
    /// [`CLINIC_CODE`].
    ClinicCode,
    /// [`CARD`].
    Card,
}

impl PointerKind {
    /// The kind with this system.
    pub fn of_system(system: &str) -> Option<Self> {
        match system {
            SHARE_CODE => Some(Self::ShareCode),
            CLINIC_CODE => Some(Self::ClinicCode),
            CARD => Some(Self::Card),
            _ => None,
        }
    }
}
