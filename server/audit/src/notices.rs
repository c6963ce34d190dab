//! お知らせ: what a person should come to know without asking. Kinds, ids and official numbers; no medical data, no names.
//!
//! Most notices write themselves: whatever goes onto the access log passes [`crate::log::announcement`], in the same transaction, so that a
//! first look cannot happen without being told. What the log does not show by itself is put with [`put_in`].
//! To add a kind: a variant of [`NoticeKind`] with its word, its words in `app/texts/*/notices.ftl`, and either a line in
//! [`crate::log::announcement`] or a call of [`put_in`].

use techo_custody::environment::Environment;
use techo_model::{ChainId, EventId, NoticeId, notice::NoticeKind};
use techo_store::{Records, StoreError, Tx, records::notices::NewNoticeRow};

/// A notice to be put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// What it is about.
    pub kind: NoticeKind,
    /// Official number of the organisation that it speaks of.
    pub organisation: Option<String>,
    /// The line of the access log that it speaks of.
    pub event: Option<EventId>,
}

/// Puts a notice into the portal of a person, inside the caller's transaction of the record store.
pub async fn put_in(
    records: &Records,
    environment: &Environment,
    tx: &mut Tx,
    chain: ChainId,
    notice: NewNotice,
) -> Result<(), StoreError> {
    let row = NewNoticeRow {
        chain_id: chain,
        notice_id: NoticeId(environment.new_id()),
        kind: notice.kind,
        organisation: notice.organisation,
        event_id: notice.event,
        created_at: environment.now(),
    };
    records.put_notices(tx, &[row]).await
}
