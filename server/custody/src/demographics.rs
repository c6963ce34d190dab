//! Finding somebody who brings neither card nor code, in an emergency: by kana name and birth date, kept as a keyed look-up.

use crate::{
    Custody, Failure, Internal, Result,
    keys::set::{KeySet, LookupPurpose},
    page_watch::PageWatch,
    parking::unreadable_reason,
    resident_record::PlainResident,
};
use techo_model::{CalendarDate, ResidentId, resident::Sex, text};
use techo_store::{CorruptCell, DatabaseName, vault::residents::ResidentRecord};
use uuid::Uuid;

/// Residents of one page that are made findable.
const PAGE: i64 = 200;
/// More people than this with one name and birth date are not looked through.
const NAMESAKES: i64 = 50;
/// When to try again while people are still made findable.
const INDEXING_SECONDS: u64 = 60;

/// What is known of somebody who cannot say who they are. Has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Demographics {
    /// 氏名カナ, however it is written.
    pub kana: String,
    /// 生年月日.
    pub birth_date: CalendarDate,
    /// 性別, where it helps.
    pub sex: Option<Sex>,
    /// 郵便番号, where it helps.
    pub postal_code: Option<String>,
}

impl KeySet {
    /// The look-up of a kana name and a birth date (`YYYY-MM-DD`).
    pub(crate) fn demographics(&self, kana: &str, birth_date: &str) -> [u8; 32] {
        self.lookup(LookupPurpose::Demographics, &[comparable(kana).as_bytes(), birth_date.as_bytes()])
    }
}

/// Kana as one compares it: full width, no spaces, hiragana as katakana.
fn comparable(kana: &str) -> String {
    let katakana = |letter| match letter {
        'ぁ'..='ゖ' => char::from_u32(u32::from(letter) + 0x60).unwrap_or(letter),
        other => other,
    };
    let letters = text::normalise(kana);
    letters.chars().filter(|letter| !letter.is_whitespace() && *letter != '・').map(katakana).collect()
}

/// Whom a search found, and whom it looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemographicMatch {
    /// The one living resident who fits; none when nobody does, or more than one.
    pub found: Option<ResidentId>,
    /// Whoever was found, or a stand-in: with either the caller does the same, so that its time tells nothing. None when
    /// nobody lives here at all.
    pub looked_at: Option<ResidentId>,
}

/// What became of looking at some residents.
#[derive(Default)]
struct Candidates {
    /// Those who fit.
    fitting: Vec<ResidentId>,
    /// The first one who can be read.
    readable: Option<ResidentId>,
    /// Whether one of them cannot be read and may be alive: what is not known fits everybody.
    is_doubtful: bool,
}

impl Custody {
    /// The one living resident who fits. Whether there is one cannot be told by the work that this takes.
    ///
    /// # Errors
    /// [`Failure::Limited`] until everybody can be found by name, which is so some time after an update.
    pub async fn find_by_demographics(&self, sought: &Demographics) -> Result<DemographicMatch> {
        let vault = &self.stores.vault;
        // Somebody who cannot be found yet could be the second one who fits.
        if !vault.residents_without_demographics(ResidentId(Uuid::nil()), 1).await?.is_empty() {
            return Err(Failure::Limited { retry_after: INDEXING_SECONDS });
        }
        let lookup = self.keys.current().demographics(&sought.kana, &sought.birth_date.to_string());
        let stand_in = vault.any_resident().await?;
        let namesakes = vault.residents_with_demographics(&lookup, NAMESAKES + 1).await?;
        let is_searched = i64::try_from(namesakes.len()).is_ok_and(|count| 0 < count && count <= NAMESAKES);
        let candidates = if is_searched { namesakes } else { stand_in.into_iter().collect() };
        let seen = self.look_through(&candidates, sought).await?;
        let found = match seen.fitting.as_slice() {
            [only] if is_searched && !seen.is_doubtful => Some(*only),
            _ => None,
        };
        let mut looked_at = found.or(seen.readable);
        // Nobody of them can be read: somebody else stands in. Who cannot either is parked and not taken again.
        while looked_at.is_none() {
            let Some(other) = vault.any_resident().await? else { break };
            looked_at = self.look_through(&[other], sought).await?.readable;
        }
        Ok(DemographicMatch { found, looked_at })
    }

    /// Opens residents and sees whom the rest of what is sought fits. Who cannot be read is parked.
    async fn look_through(&self, residents: &[ResidentId], sought: &Demographics) -> Result<Candidates> {
        let mut seen = Candidates::default();
        for id in residents {
            let row = self.stores.vault.resident(*id).await?;
            let row = row.ok_or(Internal::Unexpected("a resident is gone"))?;
            if let Some((_, failure)) = PlainResident::unreadable_column(&self.keys, &row) {
                self.park_resident(&row, failure).await?;
                seen.is_doubtful |= row.died_on.is_none();
                continue;
            }
            seen.readable = seen.readable.or(Some(*id));
            if PlainResident::open(&self.keys, &row)?.fits(sought.sex, sought.postal_code.as_deref()) {
                seen.fitting.push(*id);
            }
        }
        Ok(seen)
    }

    /// Parks a resident who cannot be read.
    async fn park_resident(&self, row: &ResidentRecord, failure: Failure) -> Result<()> {
        let Some(reason) = unreadable_reason(&failure) else { return Err(failure) };
        let column = PlainResident::unreadable_column(&self.keys, row)
            .map_or("key_version".into(), |(column, _)| column);
        let cell = CorruptCell::new("resident", column, row.resident_id.0);
        self.park_alone(DatabaseName::Identity, cell, reason).await
    }

    /// Makes residents findable who were imported before this could be done. Answers how many there were. Who cannot be read is
    /// parked. For a job, which is told after each page.
    ///
    /// # Errors
    /// The database.
    pub async fn index_demographics(&self, watch: PageWatch<'_>) -> Result<u64> {
        let (vault, mut done, mut after) = (&self.stores.vault, 0, ResidentId(Uuid::nil()));
        loop {
            let page = vault.residents_without_demographics(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(done) };
            after = *last;
            let mut found = Vec::with_capacity(page.len());
            for id in page {
                let Some(row) = vault.resident(id).await? else { continue };
                match self.demographics_of(&row) {
                    Ok(lookup) => found.push((id, row.key_version, lookup)),
                    Err(failure) => self.park_resident(&row, failure).await?,
                }
            }
            let mut tx = vault.begin().await?;
            for (id, version, lookup) in found {
                vault.set_demographics(&mut tx, id, version, &lookup).await?;
                done += 1;
            }
            tx.commit().await?;
            if watch(done).is_break() {
                return Ok(done);
            }
        }
    }

    fn demographics_of(&self, row: &ResidentRecord) -> Result<[u8; 32]> {
        let keys = self.keys.version(row.key_version)?;
        Ok(PlainResident::open(&self.keys, row)?.demographics(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::comparable;

    #[test]
    fn one_name_is_found_however_its_kana_are_written() {
        for written in ["ヤマダ　ハナコ", "ﾔﾏﾀﾞ ﾊﾅｺ", "やまだ・はなこ", "ヤマダハナコ "]
        {
            assert_eq!(comparable(written), "ヤマダハナコ");
        }
    }
}
