//! The passkeys of an account: their list, their names, removing one, confirming one after a recovery.

use super::{AddPasskeyError, MAX_PASSKEYS, NICKNAME_MAX, PasskeyCeremonies, RenamePasskeyError};
use crate::{
    access::{OwnerCheck, hold_card_shown},
    refusal::PasskeyRefusal,
    session::{self, SignedIn, held::HeldAccount},
};
use techo_audit::outbox::{self, OutboxEntry};
use techo_custody::{Failure, Result};
use techo_model::{
    PasskeyId, UnixMillis,
    account::{AccountEvent, PasskeyState},
    free_text::holds_personal_number,
    text::{is_one_line, normalise},
};
use techo_store::vault::passkeys::PasskeyRecord;

/// A passkey, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyLine {
    /// Id for the forms.
    pub id: PasskeyId,
    /// Name that its owner gave; browser and system at first.
    pub nickname: String,
    /// Where it lives.
    pub storage: PasskeyStorage,
    /// Whether it signs in.
    pub state: PasskeyState,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was used last.
    pub last_used_at: Option<UnixMillis>,
}

/// Where a passkey lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyStorage {
    /// 同期型: on all devices of one vendor account.
    Synced,
    /// 端末固定: on one device or security key.
    DeviceBound,
}

impl PasskeyCeremonies {
    /// Passkeys of the person, oldest first.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn passkeys(&self, who: &SignedIn) -> Result<Vec<PasskeyLine>> {
        let found = self.custody.stores.vault.passkeys_of(who.account).await?;
        Ok(found.into_iter().map(line).collect())
    }

    /// Whether removing this passkey would leave none that signs in, so that the card must be shown first.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn is_last_passkey(&self, who: &SignedIn, id: PasskeyId) -> Result<bool> {
        Ok(is_last(&self.custody.stores.vault.passkeys_of(who.account).await?, id))
    }

    /// Gives a passkey a name.
    ///
    /// # Errors
    /// [`RenamePasskeyError`] says what is wrong with the name; [`Failure::NotFound`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn rename_passkey(
        &self,
        who: &SignedIn,
        id: PasskeyId,
        nickname: &str,
    ) -> Result<(), RenamePasskeyError> {
        let nickname = nickname_of(nickname)?;
        let HeldAccount { mut tx, .. } = session::hold_account(&self.custody, who).await?;
        if !self.custody.stores.vault.rename_passkey(&mut tx, who.account, id, &nickname).await? {
            return Err(Failure::NotFound.into());
        }
        Ok(tx.commit().await?)
    }

    /// Removes a passkey and ends all other sessions, and this one as well when it stands on that passkey. The last one
    /// that signs in goes only for whoever showed the card.
    ///
    /// # Errors
    /// [`Failure::Refused`] when the last check is too long ago, and for the last one without the card;
    /// [`Failure::NotFound`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn remove_passkey<'a>(&self, check: impl Into<OwnerCheck<'a>>, id: PasskeyId) -> Result<()> {
        let check = check.into();
        let (vault, who) = (&self.custody.stores.vault, check.verified().signed_in());
        let HeldAccount { mut tx, now } = match check {
            OwnerCheck::Verified(_) => session::hold_verified_account(&self.custody, who).await?,
            OwnerCheck::CardShown(shown) => hold_card_shown(&self.custody, shown).await?,
        };
        self.custody.environment.pause_point("removal.held").await;
        let passkeys = vault.passkeys_of_in(&mut tx, who.account).await?;
        if is_last(&passkeys, id) && matches!(check, OwnerCheck::Verified(_)) {
            return Err(PasskeyRefusal::Last.into());
        }
        if !vault.remove_passkey(&mut tx, who.account, id).await? {
            return Err(Failure::NotFound);
        }
        let ended = if who.passkey == id {
            session::end_all_sessions(&self.custody, &mut tx, who.account, now).await?
        } else {
            session::end_other_sessions(&self.custody, &mut tx, who, now).await?
        };
        let entry = OutboxEntry::new(AccountEvent::PasskeyRemoved).id("passkey", id).count("sessions", ended);
        outbox::note_account_event(&self.custody, &mut tx, who.account, entry).await?;
        Ok(tx.commit().await?)
    }

    /// Lets a passkey that a recovery suspended work again.
    ///
    /// # Errors
    /// [`AddPasskeyError::TooMany`]; [`Failure::Refused`] when the last check is too long ago, [`Failure::NotFound`] when it
    /// is not suspended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn confirm_passkey(&self, who: &SignedIn, id: PasskeyId) -> Result<(), AddPasskeyError> {
        let HeldAccount { mut tx, .. } = session::hold_verified_account(&self.custody, who).await?;
        let vault = &self.custody.stores.vault;
        let passkeys = vault.passkeys_of_in(&mut tx, who.account).await?;
        if passkeys.iter().filter(|it| is_active(it)).count() >= MAX_PASSKEYS {
            return Err(AddPasskeyError::TooMany);
        }
        if !vault.confirm_passkey(&mut tx, who.account, id).await? {
            return Err(Failure::NotFound.into());
        }
        outbox::note_account_event(
            &self.custody,
            &mut tx,
            who.account,
            OutboxEntry::new(AccountEvent::PasskeyConfirmed).id("passkey", id),
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

/// A name as it is kept.
fn nickname_of(typed: &str) -> Result<String, RenamePasskeyError> {
    let nickname = normalise(typed);
    if nickname.is_empty() {
        return Err(RenamePasskeyError::Empty);
    }
    if nickname.chars().count() > NICKNAME_MAX {
        return Err(RenamePasskeyError::TooLong);
    }
    if holds_personal_number(&nickname) {
        return Err(RenamePasskeyError::PersonalNumber);
    }
    if !is_one_line(&nickname) {
        return Err(RenamePasskeyError::NotOneLine);
    }
    Ok(nickname)
}

pub(super) fn is_active(passkey: &PasskeyRecord) -> bool {
    passkey.state == PasskeyState::Active
}

fn is_last(passkeys: &[PasskeyRecord], id: PasskeyId) -> bool {
    let mut active = passkeys.iter().filter(|passkey| is_active(passkey));
    active.next().is_some_and(|first| first.passkey_id == id) && active.next().is_none()
}

fn line(record: PasskeyRecord) -> PasskeyLine {
    PasskeyLine {
        state: record.state,
        id: record.passkey_id,
        nickname: record.nickname,
        storage: if record.backup_eligible { PasskeyStorage::Synced } else { PasskeyStorage::DeviceBound },
        created_at: record.created_at,
        last_used_at: record.last_used_at,
    }
}
