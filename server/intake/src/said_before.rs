//! What the rows of a file have said so far, so that one that contradicts an earlier one is refused by the line of that.
//!
//! The table grows with the file and forgets nothing until it has its full size, which it keeps however long the file is: it
//! remembers at least the last few hundred thousand rows.

use std::hash::{BuildHasher as _, Hash, RandomState};

/// Sets of the table at first and at its full size, and rows that one set remembers.
const FIRST_SETS: usize = 1 << 8;
const SETS: usize = 1 << 16;
const ROWS: usize = 8;

/// One remembered row: what it is about, where it stands, and what it says.
#[derive(Clone, Copy, Default)]
struct Said {
    about: u64,
    line: u32,
    content: u32,
}

/// What was said.
pub(super) struct SaidBefore {
    keys: RandomState,
    table: Vec<[Said; ROWS]>,
}

impl SaidBefore {
    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self { keys: RandomState::new(), table: vec![[Said::default(); ROWS]; FIRST_SETS] }
    }

    /// The line of an earlier row about the same that says something else.
    pub(super) fn contradicted(&mut self, line: u64, about: impl Hash, content: impl Hash) -> Option<u64> {
        let about = self.keys.hash_one(about);
        // Half of a hash tells two contents of one row apart well enough.
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
        let content = self.keys.hash_one(content) as u32;
        let new = Said { about, line: u32::try_from(line).unwrap_or(u32::MAX), content };
        if let Some(said) = set_of(&mut self.table, about).iter().find(|said| said.is_about(about)) {
            return (said.content != content).then_some(u64::from(said.line));
        }
        while self.table.len() < SETS && set_of(&mut self.table, about)[ROWS - 1].line > 0 {
            self.grow();
        }
        put(&mut self.table, new);
        None
    }

    /// Doubles the table: what one set remembered stands in two, in the same order.
    fn grow(&mut self) {
        let mut larger = vec![[Said::default(); ROWS]; self.table.len() * 2];
        for said in self.table.iter().flat_map(|set| set.iter().rev()).filter(|said| said.line > 0) {
            put(&mut larger, *said);
        }
        self.table = larger;
    }
}

impl Said {
    fn is_about(self, about: u64) -> bool {
        self.line > 0 && self.about == about
    }
}

/// Where a row is remembered.
fn set_of(table: &mut [[Said; ROWS]], about: u64) -> &mut [Said; ROWS] {
    #[expect(clippy::cast_possible_truncation, reason = "the lower bits are meant")]
    let place = about as usize % table.len();
    &mut table[place]
}

/// The newest row stands first, and the oldest of its set is forgotten.
fn put(table: &mut [[Said; ROWS]], said: Said) {
    let set = set_of(table, said.about);
    set.rotate_right(1);
    set[0] = said;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_says_something_else_is_known_by_the_line_of_the_first() {
        let mut said = SaidBefore::nothing();
        assert_eq!(said.contradicted(2, "a", "lot 1"), None);
        assert_eq!(said.contradicted(3, "b", "lot 2"), None);
        assert_eq!(said.contradicted(4, "a", "lot 1"), None);
        assert_eq!(said.contradicted(5, "a", "lot 2"), Some(2));
    }

    #[test]
    fn a_hundred_thousand_rows_are_remembered() {
        let mut said = SaidBefore::nothing();
        for n in 0..100_000u64 {
            assert_eq!(said.contradicted(n + 2, n, n), None);
        }
        let known = (0..100_000u64).filter(|n| said.contradicted(200_000, *n, n + 1) == Some(n + 2));
        assert!(known.count() > 99_000);
    }

    #[test]
    fn nothing_is_forgotten_before_the_table_has_its_full_size() {
        let mut said = SaidBefore::nothing();
        for n in 0..10_000u64 {
            assert_eq!(said.contradicted(n + 2, n, n), None);
        }
        assert!(said.table.len() < SETS, "a small file has a small table");
        assert!((0..10_000u64).all(|n| said.contradicted(200_000, n, n + 1) == Some(n + 2)));
    }
}
