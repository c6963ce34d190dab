//! What the rows of a file have said so far, so that one that contradicts an earlier one is refused by the line of that.
//!
//! The table has a fixed size, however long the file is: it remembers at least the last few hundred thousand rows.

use std::hash::{BuildHasher as _, Hash, RandomState};

/// Sets of the table, and rows that one set remembers.
const SETS: usize = 1 << 17;
const ROWS: usize = 4;

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
        Self { keys: RandomState::new(), table: vec![[Said::default(); ROWS]; SETS] }
    }

    /// The line of an earlier row about the same that says something else.
    pub(super) fn contradicted(&mut self, line: u64, about: impl Hash, content: impl Hash) -> Option<u64> {
        let about = self.keys.hash_one(about);
        // Half of a hash tells two contents of one row apart well enough.
        #[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
        let content = self.keys.hash_one(content) as u32;
        #[expect(clippy::cast_possible_truncation, reason = "the lower bits are meant")]
        let set = &mut self.table[about as usize % SETS];
        let new = Said { about, line: u32::try_from(line).unwrap_or(u32::MAX), content };
        match set.iter().find(|said| said.line > 0 && said.about == about) {
            Some(said) => (said.content != content).then_some(u64::from(said.line)),
            None => {
                set.rotate_right(1);
                set[0] = new;
                None
            }
        }
    }
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
}
