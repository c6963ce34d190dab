//! Documents and their people: whom a document means, and what is written when that is known.

use super::{
    BatchTransactions, RowOutcome, checkups,
    life_span::LifeSpans,
    matching::{Candidates, MatchFailure},
};
use techo_custody::{Custody, Result};
use techo_model::{
    UnixMillis,
    checkup::{CheckupDocument, DocumentRequest},
};

const OUTSIDE_LIFE: &str = "健診実施日が、住民の記録にある生年月日より前か、死亡日より後です。";

/// A document with its bytes, which are what waits when its person is not found.
#[derive(Clone, Copy)]
pub(super) struct Incoming<'a> {
    pub(super) document: &'a CheckupDocument,
    pub(super) bytes: &'a [u8],
    pub(super) sent_by: &'a str,
    /// Since when it waited, when it did.
    pub(super) waited_since: Option<UnixMillis>,
}

impl Incoming<'_> {
    /// Whether the document states a checkup; what only takes one back may be about any day.
    fn is_kept(&self) -> bool {
        self.document.request == DocumentRequest::Keep
    }
}

/// Writes documents whose person is found; says why the others are to wait.
pub(super) async fn match_and_write(
    custody: &Custody,
    txs: &mut BatchTransactions,
    incoming: &[Incoming<'_>],
) -> Result<Vec<Result<RowOutcome, MatchFailure>>> {
    let keys = custody.keys.current();
    let ids: Vec<_> = incoming.iter().map(|one| keys.insured_aliases(&one.document.insured)).collect();
    let candidates = Candidates::load(custody, &mut txs.vault, &ids).await?;
    let matched: Vec<_> =
        incoming.iter().zip(&ids).map(|(one, id)| candidates.find(one.document, id)).collect();
    let codes = matched.iter().filter_map(|found| found.as_ref().ok()).map(|(code, _)| *code);
    let lives = LifeSpans::load(custody, txs, codes).await?;
    let mut outcomes = Vec::with_capacity(incoming.len());
    let (mut found, mut places) = (Vec::new(), Vec::new());
    for (i, (one, matched)) in incoming.iter().zip(matched).enumerate() {
        if matched
            .is_ok_and(|(code, _)| one.is_kept() && !lives.include(code, one.document.facts.examined_on))
        {
            outcomes.push(Ok(RowOutcome::Rejected(OUTSIDE_LIFE)));
            continue;
        }
        outcomes.push(matched.map(|_| RowOutcome::Unchanged));
        if let Ok((code, proof)) = matched {
            let Incoming { document, sent_by, waited_since, .. } = *one;
            found.push(checkups::Item { code, document, sent_by, proof, waited_since });
            places.push(i);
        }
    }
    for (outcome, i) in checkups::apply_known(custody, txs, &found).await?.into_iter().zip(places) {
        outcomes[i] = Ok(outcome);
    }
    Ok(outcomes)
}
