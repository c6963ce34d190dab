//! Residents: a municipality states who lives there.

use super::{
    BatchTransactions, FileHistory, FileImport, RowOutcome,
    batch::RowIntake,
    dose_statements::{self, Homes},
    retry_waiting,
};
use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};
use techo_custody::{
    Custody, Result,
    resident_record::{PlainResident, ResidentCodes, ResidentMeta},
};
use techo_exchange::rows::ResidentsLayout;
use techo_model::{
    ChainId, RecordCode, ResidentId, UnixMillis,
    coverage::AliasReach,
    number::ResidentRecordCode,
    resident::{ResidentProtection, ResidentRow},
};
use techo_store::vault::residents::{KnownResident, ResidentRecord};
use uuid::Uuid;

/// Takes rows of residents files in.
pub struct ResidentsIntake;

const OTHER_MUNICIPALITY: &str = "自治体コードが送信元の自治体と違います。";
const NUMBER_TAKEN: &str =
    "この個人番号は、別の住民票コードの人に登録されています。どちらかの番号を確かめてください。";

impl RowIntake for ResidentsIntake {
    type Format = ResidentsLayout;
    type Key = ResidentRecordCode;

    fn key(row: &ResidentRow) -> ResidentRecordCode {
        row.record_code.clone()
    }

    fn claim(row: &ResidentRow) -> (impl Hash, impl Hash) {
        let guardians: Vec<_> = row.guardians.iter().map(ResidentRecordCode::expose).collect();
        let who = (row.my_number.expose(), &row.name, &row.kana, row.birth_date, row.sex);
        let place = (&row.postal_code, &row.address, &row.municipality, row.moved_in_on, row.moved_out_on);
        let is_protected = row.protection == ResidentProtection::Protected;
        let rest = (row.died_on, is_protected, guardians, &row.mail, &row.phone);
        (row.record_code.expose(), (who, place, rest))
    }

    async fn apply(
        import: &FileImport<'_>,
        txs: &mut BatchTransactions,
        rows: &[&ResidentRow],
    ) -> Result<Vec<RowOutcome>> {
        let people: Vec<_> = rows.iter().map(|row| Stated::of(import, row)).collect();
        let mut batch = Batch::load(import, txs, &people).await?;
        let stated: Vec<_> = rows.iter().copied().zip(&people).collect();
        let news: Vec<_> = (0..stated.len()).filter(|i| batch.is_news(stated[*i].0, stated[*i].1)).collect();
        let taken = batch.numbers_taken(&stated, news.clone());
        let decide = |(i, (row, stated)): (usize, &(&ResidentRow, &Stated))| {
            if row.municipality.as_str() != import.sender.id {
                RowOutcome::Rejected(OTHER_MUNICIPALITY)
            } else if taken.contains(&i) {
                RowOutcome::Deferred(NUMBER_TAKEN)
            } else if news.binary_search(&i).is_ok() {
                batch.take(row, stated)
            } else {
                RowOutcome::Unchanged
            }
        };
        let outcomes = stated.iter().enumerate().map(decide).collect();
        let news = batch.write(txs).await?;
        news.settle(import.custody, txs).await?;
        Ok(outcomes)
    }
}

/// The codes of a row.
struct Stated {
    codes: ResidentCodes,
    record: RecordCode,
    lookup: [u8; 32],
    alias: Uuid,
}

impl Stated {
    fn of(import: &FileImport<'_>, row: &ResidentRow) -> Self {
        let keys = import.custody.keys.current();
        let person = keys.person_code(&row.record_code);
        let alias = keys.my_number_alias(&row.my_number);
        let guardians =
            row.guardians.iter().map(|code| keys.guardian_code(&keys.person_code(code))).collect();
        Self {
            lookup: keys.person_lookup(&person),
            record: keys.record_code(&person),
            codes: ResidentCodes { person, my_number: Some(alias), guardians },
            alias,
        }
    }
}

/// Whom a batch brought, and what it says anew of those who were there: what waits may be theirs.
#[derive(Default)]
struct Arrivals {
    home: String,
    arrived: Vec<RecordCode>,
    moved: Vec<RecordCode>,
    restated: Vec<(ResidentId, RecordCode)>,
    /// Of all of them: coverage may wait for its person, or for other dates of their life.
    aliases: Vec<Uuid>,
}

impl Arrivals {
    async fn settle(self, custody: &Custody, txs: &mut BatchTransactions) -> Result<()> {
        let homes =
            |codes: &[RecordCode]| codes.iter().map(|code| (*code, self.home.clone())).collect::<Homes>();
        if self.arrived.is_empty() && self.restated.is_empty() {
            return Ok(());
        }
        // A person who is there without what waited for them would not be new again.
        txs.records_first();
        retry_waiting::coverage_of(custody, txs, &self.aliases).await?;
        let (residents, restated): (Vec<_>, Vec<_>) = self.restated.iter().copied().unzip();
        // A dose may wait because it was given outside of a life whose dates are corrected now.
        retry_waiting::doses_of(custody, txs, &homes(&[self.arrived.as_slice(), &restated].concat())).await?;
        dose_statements::decide_again(custody, txs, &homes(&self.moved)).await?;
        let insured = custody.stores.vault.insured_aliases_in(&mut txs.vault, &residents).await?;
        let families = insured.iter().filter(|row| row.reach == AliasReach::Family);
        let families: Vec<_> = families.filter_map(|row| row.alias.as_slice().try_into().ok()).collect();
        retry_waiting::checkups_of_families(custody, txs, &families).await
    }
}

/// What is known about the people of a batch, and what is to be written about them.
struct Batch<'a> {
    import: &'a FileImport<'a>,
    known: HashMap<Vec<u8>, KnownResident>,
    owners: HashMap<Uuid, ResidentId>,
    new: Vec<ResidentRecord>,
    new_aliases: Vec<(Uuid, ResidentId)>,
    changed: Vec<ResidentRecord>,
    changed_aliases: Vec<(Uuid, ResidentId)>,
    guardians: Vec<(ResidentId, Vec<Uuid>)>,
    news: Arrivals,
    now: UnixMillis,
}

impl<'a> Batch<'a> {
    async fn load(
        import: &'a FileImport<'a>,
        txs: &mut BatchTransactions,
        people: &[Stated],
    ) -> Result<Self> {
        let vault = &import.custody.stores.vault;
        let lookups: Vec<_> = people.iter().map(|stated| stated.lookup).collect();
        let aliases: Vec<_> = people.iter().map(|stated| stated.alias).collect();
        let known = vault.known_residents(&mut txs.vault, &lookups).await?;
        let owners = vault.my_number_owners(&mut txs.vault, &aliases).await?;
        Ok(Self {
            import,
            known: known.into_iter().map(|resident| (resident.person_lookup.clone(), resident)).collect(),
            owners: owners.into_iter().map(|owner| (owner.alias, owner.resident_id)).collect(),
            new: Vec::new(),
            new_aliases: Vec::new(),
            changed: Vec::new(),
            changed_aliases: Vec::new(),
            guardians: Vec::new(),
            news: Arrivals::default(),
            now: import.custody.environment.now(),
        })
    }

    /// Whether a row says something that is to be written.
    fn is_news(&self, row: &ResidentRow, stated: &Stated) -> bool {
        if row.municipality.as_str() != self.import.sender.id {
            return false;
        }
        let Some(known) = self.known.get(stated.lookup.as_slice()) else { return true };
        let keys = self.import.custody.keys.current();
        self.import.seen == FileHistory::New
            && speaks_for(row, known)
            && known.digest != PlainResident::from(row).digest(keys, &stated.codes)
    }

    /// The rows whose number belongs to somebody else when all other rows are written: two who exchange their numbers, or
    /// one who takes what another gives up, are fine together. Whoever is refused keeps the old number, so others may
    /// have to be refused, too.
    fn numbers_taken(&self, rows: &[(&ResidentRow, &Stated)], mut written: Vec<usize>) -> HashSet<usize> {
        let resident = |i: usize| self.known.get(rows[i].1.lookup.as_slice()).map(|known| known.resident_id);
        let mut taken = HashSet::new();
        loop {
            let givers: HashMap<ResidentId, Uuid> =
                written.iter().filter_map(|i| Some((resident(*i)?, rows[*i].1.alias))).collect();
            let mut claimed = HashSet::new();
            let is_free = |alias: &Uuid, who: Option<ResidentId>| match self.owners.get(alias) {
                Some(owner) => Some(*owner) == who || givers.get(owner).is_some_and(|stated| stated != alias),
                None => true,
            };
            let (free, refused): (Vec<_>, Vec<_>) = written.into_iter().partition(|i| {
                let alias = rows[*i].1.alias;
                is_free(&alias, resident(*i)) && claimed.insert(alias)
            });
            written = free;
            if refused.is_empty() {
                return taken;
            }
            taken.extend(refused);
        }
    }

    /// Notes what a row says anew.
    fn take(&mut self, row: &ResidentRow, stated: &Stated) -> RowOutcome {
        let plain = PlainResident::from(row);
        self.news.aliases.push(stated.alias);
        let Some(known) = self.known.get(stated.lookup.as_slice()).cloned() else {
            let id = ResidentId(self.import.custody.environment.new_id());
            self.new.push(self.record(id, plain, &stated.codes));
            self.new_aliases.push((stated.alias, id));
            self.news.arrived.push(stated.record);
            self.guardians.push((id, stated.codes.guardians.clone()));
            return RowOutcome::Inserted;
        };
        if self.owners.get(&stated.alias) != Some(&known.resident_id) {
            self.changed_aliases.push((stated.alias, known.resident_id));
        }
        if known.municipality != self.import.sender.id {
            self.news.moved.push(stated.record);
        }
        self.news.restated.push((known.resident_id, stated.record));
        self.changed.push(self.record(known.resident_id, plain, &stated.codes));
        self.guardians.push((known.resident_id, stated.codes.guardians.clone()));
        RowOutcome::Updated
    }

    /// The record of a new or changed resident; of a changed one the chain is not written.
    fn record(&self, id: ResidentId, plain: PlainResident, codes: &ResidentCodes) -> ResidentRecord {
        let chain = ChainId(self.import.custody.environment.opaque_id());
        let standing = ResidentMeta { id, chain, received_at: self.now, changed_at: self.now };
        plain.record(self.import.custody, codes, standing)
    }

    async fn write(mut self, txs: &mut BatchTransactions) -> Result<Arrivals> {
        let (vault, tx) = (&self.import.custody.stores.vault, &mut txs.vault);
        let version = self.import.custody.keys.current().version();
        // Everybody gives up before anybody takes.
        let giving: Vec<_> = self.changed_aliases.iter().map(|(_, resident)| *resident).collect();
        vault.release_my_number_aliases(tx, &giving).await?;
        vault.insert_residents(tx, &self.new).await?;
        let mut aliases = std::mem::take(&mut self.new_aliases);
        aliases.append(&mut self.changed_aliases);
        vault.insert_my_number_aliases(tx, &aliases, version).await?;
        for record in &self.changed {
            vault.update_resident(tx, record).await?;
        }
        for (resident, codes) in
            self.guardians.iter().filter(|(id, codes)| !codes.is_empty() || self.is_changed(*id))
        {
            vault.put_guardians(tx, *resident, codes).await?;
        }
        self.news.home.clone_from(&self.import.sender.id);
        Ok(self.news)
    }

    fn is_changed(&self, id: ResidentId) -> bool {
        self.changed.iter().any(|record| record.resident_id == id)
    }
}

/// After a move two municipalities have a file about the same person: the one where they moved in last speaks.
fn speaks_for(row: &ResidentRow, known: &KnownResident) -> bool {
    if row.municipality.as_str() == known.municipality {
        return true;
    }
    let arrived = row.moved_in_on.map(|date| date.to_string());
    row.moved_out_on.is_none() && arrived >= known.moved_in_on
}
