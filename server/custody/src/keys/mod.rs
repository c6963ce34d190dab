//! The key ring: versions of one master secret each, and every key that is derived from them.
//!
//! A version's master secret never encrypts anything itself; each purpose has its own key by HKDF-SHA-256 with its own
//! label. To add a purpose: a label and a field in [`set`], and what rotation must do with it in [`crate::rotate`].

pub mod file;
pub mod installed;
pub mod set;

use set::KeySet;
use std::{collections::BTreeMap, fmt, sync::Arc};

/// All versions of the keys, and which of them writes.
#[derive(Clone)]
pub struct KeyRing {
    current: i64,
    /// Every request that is answered copies the ring a few times.
    sets: Arc<BTreeMap<i64, Arc<KeySet>>>,
}

/// A key of a version that the key file does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("鍵ファイルに第{0}版の鍵がありません。その版を含む鍵ファイルを使ってください。")]
pub struct UnknownKeyVersion(pub i64);

impl KeyRing {
    /// A ring whose highest version writes. None when there is no version at all.
    pub fn new(sets: impl IntoIterator<Item = KeySet>) -> Option<Self> {
        let sets: BTreeMap<_, _> = sets.into_iter().map(|set| (set.version(), Arc::new(set))).collect();
        let current = *sets.keys().next_back()?;
        Some(Self { current, sets: Arc::new(sets) })
    }

    /// The version that writes.
    pub fn current(&self) -> &KeySet {
        self.sets.get(&self.current).expect("the ring holds its current version")
    }

    /// A version that reads.
    pub fn version(&self, version: i64) -> Result<&KeySet, UnknownKeyVersion> {
        self.sets.get(&version).map(AsRef::as_ref).ok_or(UnknownKeyVersion(version))
    }

    /// The highest version.
    pub fn newest(&self) -> &KeySet {
        self.sets.values().next_back().expect("a ring is never empty")
    }

    /// The same keys, of which another version writes.
    pub fn writing(&self, version: i64) -> Result<Self, UnknownKeyVersion> {
        self.version(version)?;
        Ok(Self { current: version, sets: self.sets.clone() })
    }

    /// The same keys and one more version, which does not write yet.
    #[must_use]
    pub fn with(&self, set: KeySet) -> Self {
        let mut sets = BTreeMap::clone(&self.sets);
        sets.insert(set.version(), Arc::new(set));
        Self { current: self.current, sets: Arc::new(sets) }
    }

    /// Every version for finding what cannot be remade when keys change (activation letters): the one that writes
    /// first, then the others, newest first.
    pub fn readers(&self) -> impl Iterator<Item = &KeySet> {
        let others = self.sets.values().rev().filter(|set| set.version() != self.current);
        std::iter::once(self.current()).chain(others.map(AsRef::as_ref))
    }

    /// All versions, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = i64> {
        self.sets.keys().copied()
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing(current {}, {} versions)", self.current, self.sets.len())
    }
}
