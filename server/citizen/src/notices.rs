//! `/notices` and `/notices/{id}`. Notices say nothing about health, so looking at them leaves no line on the log.

use super::CitizenServices;
use std::collections::HashMap;
use techo_custody::{Failure, Result};
use techo_identity::access::{self, PatientScope, PresentOwner};
use techo_model::{EventId, NoticeId, UnixMillis, notice::NoticeKind};
use techo_store::records::notices::NoticeRow;

/// As many notices are listed.
const LISTED: i64 = 200;

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeView {
    /// Id for its page.
    pub id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// Official number of the organisation that it speaks of.
    pub organisation: Option<String>,
    /// Its name, when registered.
    pub organisation_name: Option<String>,
    /// The line of the access log that it speaks of.
    pub event: Option<EventId>,
    /// When it happened.
    pub at: UnixMillis,
    /// Whether its reader opened it before.
    pub read_at: Option<UnixMillis>,
}

/// `/notices`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticesView {
    /// Newest first.
    pub notices: Vec<NoticeView>,
    /// How many are unread.
    pub unread: i64,
}

impl CitizenServices {
    /// How many notices were not opened yet; the header of every page says it.
    ///
    /// # Errors
    /// A database.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn unread_notices(&self, scope: &PatientScope) -> Result<i64> {
        Ok(self.custody.stores.records.unread_notices(scope.chain()).await?)
    }

    /// `/notices`.
    ///
    /// # Errors
    /// A database.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn notices(&self, scope: &PatientScope) -> Result<NoticesView> {
        let rows = self.custody.stores.records.notices(scope.chain(), LISTED).await?;
        let unread = self.unread_notices(scope).await?;
        Ok(NoticesView { notices: self.with_names(rows).await?, unread })
    }

    /// `/notices/{id}`: a notice, which is opened with this.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when this person has no such notice.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn notice(&self, scope: &PatientScope, id: NoticeId) -> Result<NoticeView> {
        let (store, now) = (&self.custody.stores.records, self.custody.environment.now());
        let row = store.notice(scope.chain(), id).await?.ok_or(Failure::NotFound)?;
        if row.read_at.is_none() {
            let mut tx = store.begin().await?;
            store.notice_read(&mut tx, scope.chain(), id, now).await?;
            tx.commit().await?;
        }
        self.with_names(vec![row]).await?.pop().ok_or(Failure::NotFound)
    }

    /// Everything that came until now counts as opened.
    ///
    /// # Errors
    /// [`Failure::Refused`] when the session has ended.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn all_notices_read(&self, by: PresentOwner<'_>) -> Result<()> {
        let (store, now) = (&self.custody.stores.records, self.custody.environment.now());
        access::confirm_present(&self.custody, by).await?;
        let mut tx = store.begin().await?;
        store.all_notices_read(&mut tx, by.scope.chain(), now, now).await?;
        Ok(tx.commit().await?)
    }

    async fn with_names(&self, rows: Vec<NoticeRow>) -> Result<Vec<NoticeView>> {
        let mut numbers: Vec<_> = rows.iter().filter_map(|row| row.organisation.as_deref()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let names = self.custody.stores.vault.organisation_names(&numbers).await?;
        Ok(rows.iter().map(|row| view(row, &names)).collect())
    }
}

fn view(row: &NoticeRow, names: &HashMap<String, String>) -> NoticeView {
    NoticeView {
        id: row.notice_id,
        kind: row.kind,
        organisation: row.organisation.clone(),
        organisation_name: row.organisation.as_ref().and_then(|number| names.get(number).cloned()),
        event: row.event_id,
        at: row.created_at,
        read_at: row.read_at,
    }
}
