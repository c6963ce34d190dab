//! From which age somebody opens their notebook by themself.
//!
//! The age is asked of the birth date at each step instead of being kept as a state: a birth date that a municipality corrects
//! counts from the next request on, and an account that waited opens by itself on the day its owner turns 15.

use techo_custody::{Custody, Failure, Result, resident_record};
use techo_model::ResidentId;

/// Whoever is this old decides by themself (as in law about consent to medical records of minors); below it a guardian does.
pub const ENROL_AGE: i16 = 15;

/// Stops whoever is too young to act by themself today.
///
/// # Errors
/// [`Failure::BelowAge`] for somebody below [`ENROL_AGE`].
pub(crate) fn require_enrol_age(custody: &Custody, resident: ResidentId, birth_sealed: &[u8]) -> Result<()> {
    if is_of_enrol_age(custody, resident, birth_sealed)? { Ok(()) } else { Err(Failure::BelowAge) }
}

/// Whether somebody may act by themself today.
pub(crate) fn is_of_enrol_age(custody: &Custody, resident: ResidentId, birth_sealed: &[u8]) -> Result<bool> {
    let birth = resident_record::open_birth(&custody.keys, resident, birth_sealed)?;
    Ok(custody.environment.today().legal_age_since(birth) >= ENROL_AGE)
}
