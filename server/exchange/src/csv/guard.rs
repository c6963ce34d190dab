//! Cells that a spreadsheet program would run as a formula, in files that people open in one.
//!
//! Such a cell is written with an apostrophe in front, which makes it text there. Reading takes that apostrophe away again,
//! so that a row comes back as it was. A cell that has one already gets another: what is read is always what was meant.

use std::borrow::Cow;

/// What begins a formula, in half and full width.
const FORMULAS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What hides one from the eye.
const HIDING: [char; 3] = ['\t', '\r', '\n'];

/// The cell as it is written into a file that people open.
pub(super) fn guarded(cell: &str) -> Cow<'_, str> {
    if begins_a_formula(cell.trim_start_matches('\'')) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// How many bytes at the start of a cell are a guard that [`guarded`] put there.
pub(super) fn guard_length(cell: &str) -> usize {
    match cell.strip_prefix('\'') {
        Some(rest) if begins_a_formula(rest.trim_start_matches('\'')) => 1,
        _ => 0,
    }
}

fn begins_a_formula(cell: &str) -> bool {
    cell.starts_with(HIDING) || cell.trim_start().starts_with(FORMULAS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_would_run_is_guarded() {
        for cell in ["=1+1", "+81", "-5", "@SUM", "\t=1", "＝A1", "'=1", "  =1", "　＝1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "'", "O'Neil", "'t Hooft", "3-4", "a=b", "ー"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn what_was_guarded_is_read_back_and_nothing_else_is_touched(cell in "('{0,3} ?[=+@＝-]?)?\\PC{0,6}") {
            let written = guarded(&cell);
            prop_assert_eq!(&written[guard_length(&written)..], cell.as_str());
            prop_assert!(!begins_a_formula(&written));
        }
    }
}
