//! Codes (符号): one invisible number per person, and from it one per domain, without duplicates by construction.
//!
//! The person code `M` is made once, from the resident-record code. My Number never becomes a code: its alias leads to
//! the resident and stays in the vault. Every conversion is a permutation of 128-bit blocks, so that two people never
//! meet, and can be inverted by the key alone, so that a new key version can take over (see [`crate::rotate`]).

use crate::keys::set::{CipherBlock, KeySet, LookupPurpose, invert, permute};
use std::fmt;
use techo_model::{
    RecordCode,
    coverage::InsuredId,
    number::{MyNumber, ResidentRecordCode},
};
use uuid::Uuid;
use zeroize::Zeroize;

const LAYOUT: u8 = 0x01;
const KIND_RESIDENT: u8 = 0x01;
const KIND_MY_NUMBER: u8 = 0x02;

/// The person code `M`. Lives in memory and sealed in the vault, nowhere else.
#[derive(Clone, PartialEq, Eq, Zeroize)]
#[zeroize(drop)]
pub struct PersonCode(CipherBlock);

impl PersonCode {
    /// From the bytes that were sealed in the vault.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes to be sealed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for PersonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonCode(…)")
    }
}

/// A block whose padding is not what the conversion writes: made with another key, or damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code does not belong to this key")]
pub struct ForeignCode;

impl KeySet {
    /// Person code → the code of one organisation in one generation.
    pub fn organisation_code(&self, person: &PersonCode, organisation: &str, generation: i64) -> Uuid {
        let block = person.as_bytes().try_into().expect("a person code has 16 bytes");
        Uuid::from_bytes(self.permute_for_organisation(organisation, generation, block))
    }

    /// 住民票コード → person code.
    pub fn person_code(&self, number: &ResidentRecordCode) -> PersonCode {
        PersonCode(permute(self.root(), block(KIND_RESIDENT, number.expose())))
    }

    /// How the vault finds a person code.
    pub fn person_lookup(&self, person: &PersonCode) -> [u8; 32] {
        self.lookup(LookupPurpose::Person, &[&person.0])
    }

    /// Person code → record code, the key of the record store.
    pub fn record_code(&self, person: &PersonCode) -> RecordCode {
        RecordCode(Uuid::from_bytes(permute(self.record(), person.0)))
    }

    /// Record code → person code; for the mailer and for rotation.
    pub fn person_of(&self, code: RecordCode) -> PersonCode {
        PersonCode(invert(self.record(), code.0.into_bytes()))
    }

    /// Person code → the code under which a guardian is stated. A guardian need not be a resident here.
    pub fn guardian_code(&self, person: &PersonCode) -> Uuid {
        Uuid::from_bytes(permute(self.guardian(), person.0))
    }

    /// How the vault finds a card: key identifier of its CA, and serial number.
    pub fn card_lookup(&self, ca_key_id: &[u8], serial: &[u8]) -> [u8; 32] {
        self.lookup(LookupPurpose::Card, &[ca_key_id, serial])
    }

    /// 個人番号 → alias.
    pub fn my_number_alias(&self, number: &MyNumber) -> Uuid {
        Uuid::from_bytes(permute(self.my_number(), block(KIND_MY_NUMBER, number.expose())))
    }

    /// 保険者番号・記号・番号(・枝番) → aliases: the person's when there is a branch number, and the family's.
    pub fn insured_aliases(&self, insured: &InsuredId) -> InsuredAliases {
        let alias = |text: String| self.lookup(LookupPurpose::Insured, &[text.as_bytes()]);
        InsuredAliases { person: insured.with_branch().map(alias), family: alias(insured.without_branch()) }
    }

    /// The same person under the keys of another version.
    pub fn rekey_person(&self, person: &PersonCode, to: &Self) -> Result<PersonCode, ForeignCode> {
        let plain = invert(self.root(), person.0);
        check(plain, KIND_RESIDENT)?;
        Ok(PersonCode(permute(to.root(), plain)))
    }

    /// Whether a record code was made with these keys.
    pub fn made_record(&self, code: RecordCode) -> bool {
        check(invert(self.root(), self.person_of(code).0), KIND_RESIDENT).is_ok()
    }

    /// The same record code under the keys of another version.
    pub fn rekey_record(&self, code: RecordCode, to: &Self) -> Result<RecordCode, ForeignCode> {
        Ok(to.record_code(&self.rekey_person(&self.person_of(code), to)?))
    }

    /// The same guardian under the keys of another version.
    pub fn rekey_guardian(&self, code: Uuid, to: &Self) -> Result<Uuid, ForeignCode> {
        let person = PersonCode(invert(self.guardian(), code.into_bytes()));
        Ok(to.guardian_code(&self.rekey_person(&person, to)?))
    }

    /// The same alias of a My Number under the keys of another version.
    pub fn rekey_my_number(&self, alias: Uuid, to: &Self) -> Result<Uuid, ForeignCode> {
        let plain = invert(self.my_number(), alias.into_bytes());
        check(plain, KIND_MY_NUMBER)?;
        Ok(Uuid::from_bytes(permute(to.my_number(), plain)))
    }
}

/// Keyed aliases of an insured id.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InsuredAliases {
    /// With 枝番; none when there is no branch number.
    pub person: Option<[u8; 32]>,
    /// Without 枝番: shared by a family.
    pub family: [u8; 32],
}

fn block(kind: u8, number: u64) -> CipherBlock {
    let mut block = [0; 16];
    block[0] = LAYOUT;
    block[1] = kind;
    block[8..].copy_from_slice(&number.to_be_bytes());
    block
}

fn check(plain: CipherBlock, kind: u8) -> Result<(), ForeignCode> {
    let expected = block(kind, 0);
    if plain[..8] == expected[..8] { Ok(()) } else { Err(ForeignCode) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::set::MasterKey;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn keys(version: i64, byte: u8) -> KeySet {
        KeySet::derive(version, &MasterKey::new([byte; 32]))
    }

    #[test]
    fn two_hundred_thousand_people_have_two_hundred_thousand_codes() {
        let keys = keys(1, 7);
        let codes: HashSet<_> = (0..200_000)
            .map(|body| keys.record_code(&keys.person_code(&ResidentRecordCode::with_check_digit(body))))
            .collect();
        assert_eq!(codes.len(), 200_000);
    }

    #[test]
    fn a_code_of_another_key_is_recognised_as_foreign() {
        let (old, new, stranger) = (keys(1, 1), keys(2, 2), keys(3, 3));
        let person = old.person_code(&ResidentRecordCode::with_check_digit(1_234_567_890));
        assert!(old.rekey_person(&person, &new).is_ok());
        assert_eq!(stranger.rekey_person(&person, &new), Err(ForeignCode));
    }

    #[test]
    fn my_number_and_resident_record_code_never_share_a_block() {
        let keys = keys(1, 7);
        let alias = keys.my_number_alias(&MyNumber::with_check_digit(12_345_678_901));
        let person = keys.person_code(&ResidentRecordCode::with_check_digit(1_234_567_890));
        assert_ne!(alias.into_bytes(), *person.as_bytes());
        assert_eq!(
            keys.rekey_my_number(Uuid::from_bytes(person.as_bytes().try_into().unwrap()), &keys),
            Err(ForeignCode)
        );
    }

    proptest! {
        #[test]
        fn a_new_key_version_takes_every_code_over(body in 0u64..10_000_000_000) {
            let (old, new) = (keys(1, 1), keys(2, 2));
            let number = ResidentRecordCode::with_check_digit(body);
            let carried = old.rekey_record(old.record_code(&old.person_code(&number)), &new).unwrap();
            prop_assert_eq!(carried, new.record_code(&new.person_code(&number)));
            prop_assert!(new.made_record(carried) && !old.made_record(carried));
        }

        #[test]
        fn a_new_key_version_takes_guardians_over_who_are_known_by_their_code_only(body in 0u64..10_000_000_000) {
            let (old, new, stranger) = (keys(1, 1), keys(2, 2), keys(3, 3));
            let number = ResidentRecordCode::with_check_digit(body);
            let code = old.guardian_code(&old.person_code(&number));
            prop_assert_eq!(old.rekey_guardian(code, &new), Ok(new.guardian_code(&new.person_code(&number))));
            prop_assert_eq!(stranger.rekey_guardian(code, &new), Err(ForeignCode));
        }

        #[test]
        fn the_record_code_leads_back_to_the_person(body in 0u64..10_000_000_000) {
            let keys = keys(1, 1);
            let person = keys.person_code(&ResidentRecordCode::with_check_digit(body));
            prop_assert_eq!(keys.person_of(keys.record_code(&person)), person);
        }
    }
}
