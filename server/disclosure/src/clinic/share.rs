//! Share codes: eight digits that a citizen makes and shows at a counter, for five minutes and for one use.

use super::{ClinicAccess, IdentifyError};
use crate::inquiry::{AskerKey, InquiringParty};
use std::time::Duration;
use techo_custody::{
    Custody, Failure, Internal, Result,
    keys::set::{KeySet, LookupPurpose},
};
use techo_identity::{
    access::{PatientScope, VerifiedOwner},
    session::{self, held::HeldAccount},
};
use techo_model::{ResidentId, UnixMillis};
use techo_store::{
    StoreError,
    vault::{
        share_codes::{CodeHolder, ShareCodeRow},
        wrong_tries::TryKind,
    },
};

/// How long a share code may be used.
pub const SHARE_CODE_LIFE: Duration = Duration::from_mins(5);
/// How long its maker is told what became of it.
pub const SHARE_CODE_MEMORY: Duration = Duration::from_hours(24);
/// There are this many codes.
const CODES: u32 = 100_000_000;
/// Tries when somebody else has the same digits right now.
const TRIES: usize = 8;

/// A code that was just made. Nobody can read it later.
#[derive(Clone, PartialEq, Eq)]
pub struct ShareCode {
    /// Eight digits.
    pub digits: String,
    /// First instant at which it is worth nothing.
    pub expires_at: UnixMillis,
}

/// What became of the last code of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareCodeState {
    /// There is none.
    None,
    /// It can be used.
    Open {
        /// First instant at which it is worth nothing.
        expires_at: UnixMillis,
    },
    /// It ended without being used.
    Expired,
    /// Somebody began to use it, and nobody else can; they may try again when their answer broke off.
    Held {
        /// First instant at which it is worth nothing.
        expires_at: UnixMillis,
        /// Name of the organisation.
        by: String,
    },
    /// It ended after somebody began to use it, whose answer may have broken off on its way.
    Begun {
        /// When it ended.
        ended_at: UnixMillis,
        /// Name of the organisation.
        by: String,
    },
    /// It was used.
    Used {
        /// When.
        at: UnixMillis,
        /// Name of the organisation.
        by: String,
    },
}

fn share_code_lookup(keys: &KeySet, digits: &str) -> [u8; 32] {
    keys.lookup(LookupPurpose::ShareCode, &[digits.as_bytes()])
}

/// Makes a share code. The one before is void, and so is this one when the session that made it is ended for its
/// owner.
///
/// # Errors
/// [`Failure::Refused`] when the session has ended meanwhile; the database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn make_share_code(custody: &Custody, verified: &VerifiedOwner) -> Result<ShareCode> {
    let (who, whose) = (verified.signed_in(), verified.scope().resident());
    custody.environment.pause_point("share-code.verified").await;
    for _ in 0..TRIES {
        let digits = eight_digits(custody);
        let lookup = share_code_lookup(custody.keys.current(), &digits);
        let HeldAccount { mut tx, now } = session::hold_verified_account(custody, who).await?;
        let expires_at = now.plus(SHARE_CODE_LIFE);
        let row = ShareCodeRow { made_at: now, expires_at, used_at: None, used_by: None, held_by: None };
        match custody.stores.vault.put_share_code(&mut tx, (whose, who.session), &lookup, &row).await {
            Ok(()) => {
                tx.commit().await?;
                return Ok(ShareCode { digits, expires_at: row.expires_at });
            }
            Err(StoreError::Conflict) => tx.rollback().await?,
            Err(other) => return Err(other.into()),
        }
    }
    Err(Internal::Unexpected("no share code was free").into())
}

/// What became of the last share code of a person.
///
/// # Errors
/// The database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn share_code_state(custody: &Custody, scope: &PatientScope) -> Result<ShareCodeState> {
    let Some(row) = custody.stores.vault.share_code(scope.resident()).await? else {
        return Ok(ShareCodeState::None);
    };
    Ok(match row {
        ShareCodeRow { used_at: Some(at), used_by: Some(number), .. } => {
            ShareCodeState::Used { at, by: name_of(custody, number).await? }
        }
        ShareCodeRow { expires_at, held_by: Some(number), .. } => {
            let by = name_of(custody, number).await?;
            if expires_at > custody.environment.now() {
                ShareCodeState::Held { expires_at, by }
            } else {
                ShareCodeState::Begun { ended_at: expires_at, by }
            }
        }
        ShareCodeRow { expires_at, .. } if expires_at > custody.environment.now() => {
            ShareCodeState::Open { expires_at }
        }
        ShareCodeRow { .. } => ShareCodeState::Expired,
    })
}

async fn name_of(custody: &Custody, number: String) -> Result<String> {
    let organisation = custody.stores.vault.organisation(&number).await?;
    Ok(organisation.map_or(number, |organisation| organisation.name))
}

/// Forgets share codes of which their makers are told nothing any more.
///
/// # Errors
/// The database.
#[tracing::instrument(level = "debug", skip_all)]
pub async fn purge_share_codes(custody: &Custody) -> Result<()> {
    let vault = &custody.stores.vault;
    let mut tx = vault.begin().await?;
    vault.purge_share_codes(&mut tx, custody.environment.now().minus(SHARE_CODE_MEMORY)).await?;
    Ok(tx.commit().await?)
}

fn eight_digits(custody: &Custody) -> String {
    // The rest of the range would make some codes likelier than others.
    let fair = u32::MAX - u32::MAX % CODES;
    loop {
        let number = u32::from_be_bytes(custody.environment.bytes());
        if number < fair {
            return format!("{:08}", number % CODES);
        }
    }
}

/// A share code that somebody began to use. It is used up once what they asked for is there: a failure in between leaves it to
/// them, until its end, and to nobody else.
#[derive(Clone, Debug)]
pub struct ReservedCode {
    resident: ResidentId,
    lookup: [u8; 32],
    key: AskerKey,
}

impl ReservedCode {
    /// Whose it is.
    pub(super) fn resident(&self) -> ResidentId {
        self.resident
    }
}

impl ClinicAccess {
    /// Reserves a share code for whoever asks; [`ClinicAccess::use_share_code`] uses it up.
    ///
    /// # Errors
    /// [`IdentifyError::ShareCode`] for anything but eight digits, [`Failure::NotFound`] for a wrong code,
    /// [`Failure::Limited`] after five of them.
    pub(super) async fn reserve_share_code(
        &self,
        asking: &InquiringParty,
        (typed, key): (&str, AskerKey),
    ) -> Result<ReservedCode, IdentifyError> {
        let digits = digits(typed).ok_or(IdentifyError::ShareCode)?;
        let (vault, now) = (&self.custody.stores.vault, self.custody.environment.now());
        let organisation = &asking.organisation.id;
        let lookups: Vec<_> =
            self.custody.keys.readers().map(|keys| share_code_lookup(keys, &digits)).collect();
        let mut tx = vault.begin().await?;
        let wrong = self.may_try(&mut tx, TryKind::ShareCode, asking).await?;
        let holder = CodeHolder { organisation, key: key.as_bytes() };
        if let Some((resident, lookup)) = vault.reserve_share_code(&mut tx, &lookups, holder, now).await? {
            tx.commit().await?;
            return Ok(ReservedCode { resident, lookup, key });
        }
        // A page that is loaded again sends the same code again; that is no guess.
        if vault.holds_share_code(&mut tx, &lookups, organisation, now).await? {
            tx.rollback().await?;
            return Err(Failure::NotFound.into());
        }
        self.note_wrong_try(&mut tx, TryKind::ShareCode, asking, wrong).await?;
        tx.commit().await?;
        Err(Failure::NotFound.into())
    }

    /// Uses up the share code that was shown, if it was one: the last step before an answer is given away. Of several
    /// requests of one asker that came at once the first gets there.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when it was used or is void meanwhile; the database, after which the same asker may try again.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn use_share_code(&self, asking: &InquiringParty, shown: Option<&ReservedCode>) -> Result<()> {
        let Some(ReservedCode { resident, lookup, key }) = shown else { return Ok(()) };
        self.custody.environment.pause_point("share-code.use").await;
        let vault = &self.custody.stores.vault;
        let holder = CodeHolder { organisation: &asking.organisation.id, key: key.as_bytes() };
        let mut tx = vault.begin().await?;
        let now = self.custody.environment.now();
        let is_first = vault.use_share_code(&mut tx, (*resident, lookup), holder, now).await?;
        tx.commit().await?;
        if is_first { Ok(()) } else { Err(Failure::NotFound) }
    }
}

/// Eight digits as typed: full width, in groups, whatever.
fn digits(typed: &str) -> Option<String> {
    let plain: String =
        techo_model::text::normalise_hyphens(typed).chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    (plain.len() == 8 && plain.bytes().all(|byte| byte.is_ascii_digit())).then_some(plain)
}
