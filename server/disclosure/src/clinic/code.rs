//! Codes (符号) of organisations: one organisation and one person, one code, which no two organisations can join.
//!
//! `AES_K(M)` with K from HKDF over the organisation's number and a generation. It is a permutation, so two people never
//! share one; a UNIQUE index stands behind the mathematics. A retired code stays in the table for good: that is what
//! makes it dead, and the next generation is another key.

use crate::identified_person::IdentifiedPerson;
use techo_custody::{Custody, Internal, Result};
use techo_model::{RecordCode, UnixMillis, treatment::CodeDomain};
use techo_store::{Tx, records::treatment::OrganisationCodeRow};
use uuid::Uuid;

/// A code as its organisation gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssuedCode {
    /// The code.
    pub code: Uuid,
    /// Until when records can be read with it; none while the window is shut.
    pub window_ends_at: Option<UnixMillis>,
}

/// How long a code is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeLife {
    /// Until the person opts out.
    Lasting,
    /// For an emergency of somebody who has not opted in.
    Until(UnixMillis),
}

impl CodeLife {
    fn end(self) -> Option<UnixMillis> {
        match self {
            Self::Lasting => None,
            Self::Until(end) => Some(end),
        }
    }
}

/// Tries when somebody else makes the same code at the same time.
const TRIES: usize = 3;

/// The code of an organisation for a person: the one there is, or a new one of the next generation.
///
/// Whether the person has opted in is the caller's question, or whether an emergency runs.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn issue_clinic_code(
    custody: &Custody,
    tx: &mut Tx,
    person: &IdentifiedPerson,
    organisation: &techo_model::organisation::Organisation,
    life: CodeLife,
) -> Result<Uuid> {
    let records = &custody.stores.records;
    let now = custody.environment.now();
    for _ in 0..TRIES {
        let newest = records.newest_code(tx, person.record(), &organisation.id).await?;
        if let Some(row) = newest.as_ref().filter(|row| row.is_live(now)) {
            // What an emergency made lasts longer once the person opts in, or another emergency runs; never shorter.
            if row.ends_at.is_some_and(|end| life.end().is_none_or(|wanted| wanted > end)) {
                records.set_code_end(tx, row, life.end()).await?;
            }
            return Ok(row.code);
        }
        if let Some(over) = &newest {
            records.retire_code(tx, over, now).await?;
        }
        let generation = newest.map_or(1, |row| row.generation + 1);
        let row = OrganisationCodeRow {
            record_code: person.record(),
            organisation: organisation.id.clone(),
            generation,
            domain: CodeDomain::of(organisation.kind),
            code: custody.keys.current().organisation_code(person.person(), &organisation.id, generation),
            made_at: now,
            ends_at: life.end(),
            retired_at: None,
        };
        if records.insert_code(tx, &row).await? {
            return Ok(row.code);
        }
    }
    Err(Internal::Unexpected("a code could not be made").into())
}

/// Retires every code of a person in a domain, for good, and shuts every window: sharing was turned off. Answers how
/// many codes there were.
///
/// # Errors
/// The database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn retire_codes(
    custody: &Custody,
    tx: &mut Tx,
    record: RecordCode,
    kind: CodeDomain,
) -> Result<u64> {
    let (records, now) = (&custody.stores.records, custody.environment.now());
    let retired = records.retire_codes(tx, record, kind, now).await?;
    if kind == CodeDomain::Clinics {
        records.shut_windows(tx, record, now).await?;
    }
    Ok(retired)
}
