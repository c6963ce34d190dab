//! The insured ids under which the vault finds a person, period by period.

use super::{BatchTransactions, owners::KnownStatement};
use std::collections::{HashMap, HashSet};
use techo_custody::{Custody, Result, coverage_record};
use techo_model::{ResidentId, coverage::AliasReach};
use techo_store::{records::proofs::DoubtedPeriod, vault::aliases::InsuredAlias};

/// Whose period it is, of which insurer, since when.
type Period = (ResidentId, String, String);

/// The aliases of the people of a batch before it.
pub(super) struct PeriodAliases(HashMap<Period, Vec<InsuredAlias>>);

impl PeriodAliases {
    /// Fetches them.
    pub(super) async fn load(
        custody: &Custody,
        txs: &mut BatchTransactions,
        items: &[KnownStatement<'_>],
    ) -> Result<Self> {
        let residents: HashSet<_> = items.iter().map(|item| item.owner.resident).collect();
        let residents: Vec<_> = residents.into_iter().collect();
        let mut periods: HashMap<Period, Vec<InsuredAlias>> = HashMap::new();
        for row in custody.stores.vault.insured_aliases_in(&mut txs.vault, &residents).await? {
            let period = (row.resident_id, row.insurer.clone(), row.valid_from.clone());
            periods.entry(period).or_default().push(row);
        }
        Ok(Self(periods))
    }

    /// Whether the insured id of a statement leads to its person for exactly its period.
    pub(super) fn are_those_of(&self, custody: &Custody, item: &KnownStatement<'_>) -> bool {
        let (there, stated) = (self.of(item), aliases(custody, item));
        let leads = |row: &InsuredAlias| {
            let is_same =
                |known: &InsuredAlias| (&known.alias, &known.valid_to) == (&row.alias, &row.valid_to);
            there.iter().any(is_same)
        };
        there.len() == stated.len() && stated.iter().all(leads)
    }

    /// Puts those of a statement in the place of the period's. When the person was found under another 枝番 before, what was
    /// matched by it may be somebody else's: that is noted on their checkups.
    pub(super) async fn put(
        &self,
        custody: &Custody,
        txs: &mut BatchTransactions,
        item: &KnownStatement<'_>,
    ) -> Result<()> {
        let (vault, facts, stated) = (&custody.stores.vault, item.facts, aliases(custody, item));
        let (insurer, valid_from) = (facts.insured.insurer.as_str(), facts.acquired_on.to_string());
        let is_stated = |former: &&InsuredAlias| stated.iter().any(|row| row.alias == former.alias);
        let mut gone = self.of(item).iter().filter(|row| row.reach == AliasReach::Person && !is_stated(row));
        if let Some(former) = gone.next() {
            // A repetition would not see the former 枝番 any more, but it finds the aliases missing.
            txs.records_first();
            let period = DoubtedPeriod { insurer, from: &valid_from, to: former.valid_to.as_deref() };
            custody.stores.records.doubt_branch_matches(&mut txs.records, item.owner.record, &period).await?;
        }
        vault.forget_insured_aliases(&mut txs.vault, item.owner.resident, insurer, &valid_from).await?;
        Ok(vault.insert_insured_aliases(&mut txs.vault, &stated).await?)
    }

    fn of(&self, item: &KnownStatement<'_>) -> &[InsuredAlias] {
        let insurer = item.facts.insured.insurer.as_str().to_owned();
        let period = (item.owner.resident, insurer, item.facts.acquired_on.to_string());
        self.0.get(&period).map_or(&[], Vec::as_slice)
    }
}

fn aliases(custody: &Custody, item: &KnownStatement<'_>) -> Vec<InsuredAlias> {
    coverage_record::insured_aliases(custody.keys.current(), item.owner.resident, (item.facts, item.branch))
}
