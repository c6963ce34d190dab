//! A code is typed: counted first, compared second.

use super::{ActivationCode, secret_lookup, selector_lookup};
use crate::{legal_age, refusal::LetterRefusal};
use subtle::ConstantTimeEq as _;
use techo_custody::{Custody, Result};
use techo_model::{LetterId, ResidentId};

/// A letter whose code was right. It is used up by whoever acts on it, in their own transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenedLetter {
    /// The letter.
    pub id: LetterId,
    /// To whom it was sent.
    pub resident: ResidentId,
}

/// Finds the letter of a code, counts the try, and compares.
pub(crate) async fn open_letter(custody: &Custody, typed: &str) -> Result<OpenedLetter> {
    let code = ActivationCode::parse(typed).ok_or(LetterRefusal::CodeForm)?;
    let (vault, now) = (&custody.stores.vault, custody.environment.now());
    for keys in custody.keys.readers() {
        let Some(letter) = vault.try_letter(&selector_lookup(keys, &code), now).await? else { continue };
        let right = letter.secret_lookup.ct_eq(&secret_lookup(keys, &code));
        if !bool::from(right) {
            return Err(LetterRefusal::CodeWrong.into());
        }
        let resident = vault.resident(letter.resident_id).await?;
        let alive = resident.filter(|resident| resident.died_on.is_none());
        let resident = alive.ok_or(LetterRefusal::NotAlive)?;
        legal_age::require_enrol_age(custody, resident.resident_id, &resident.birth_sealed)?;
        return Ok(OpenedLetter { id: letter.letter_id, resident: letter.resident_id });
    }
    Err(LetterRefusal::CodeUnknown.into())
}
