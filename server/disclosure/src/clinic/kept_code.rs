//! The digits of a share code for the session that made it, until the code is used or over: somebody who looks again, or loads the
//! page anew, still has the number that the clerk is typing.
//!
//! They stand sealed in the session of their maker alone; the table of share codes keeps a look-up, from which nobody reads them.

use super::{ShareCode, ShareCodeState};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use techo_custody::{Custody, seal::SealLocation};
use techo_identity::access::PatientScope;
use techo_model::UnixMillis;

fn place<'a>(resident: &'a [u8; 16]) -> SealLocation<'a> {
    SealLocation { table: "session", column: "share_code", row: resident }
}

/// A code for the session that made it, sealed.
pub fn seal_share_code(custody: &Custody, scope: &PatientScope, code: &ShareCode) -> String {
    let text = format!("{} {}", code.digits, code.expires_at.0);
    let sealed =
        custody.keys.seal(&custody.environment, place(scope.resident().0.as_bytes()), text.as_bytes());
    STANDARD.encode(sealed)
}

/// The code that a session kept, while it is still the one that can be used.
pub fn open_sealed_share_code(
    custody: &Custody,
    scope: &PatientScope,
    kept: &str,
    state: &ShareCodeState,
) -> Option<ShareCode> {
    let ShareCodeState::Open { expires_at } = state else { return None };
    let sealed = STANDARD.decode(kept).ok()?;
    let text = custody.keys.open_text(place(scope.resident().0.as_bytes()), &sealed).ok()?;
    let (digits, until) = text.split_once(' ')?;
    let until = UnixMillis(until.parse().ok()?);
    // Another device made a newer one meanwhile: this one is void.
    (until == *expires_at).then(|| ShareCode { digits: digits.to_owned(), expires_at: until })
}
