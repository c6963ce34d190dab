//! Which known name a misspelt one is nearest to.

/// More changes than this, and something else was meant.
const FARTHEST: usize = 4;

/// The known name that takes the fewest changes of letters, unless even that one is far.
pub(super) fn nearest(written: &str, known: impl IntoIterator<Item = String>) -> Option<String> {
    let written = written.to_ascii_uppercase().replace('-', "_");
    let measured = known.into_iter().map(|name| (changes(&written, &name.to_ascii_uppercase()), name));
    measured.filter(|(changes, _)| *changes <= FARTHEST).min().map(|(_, name)| name)
}

/// How many letters must be put in, taken out or replaced to make one word of the other.
fn changes(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for j in 0..other.len() {
            let replaced = diagonal + usize::from(letter != other[j]);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_changes_of_letters_are_counted() {
        for (one, other, expected) in
            [("", "abc", 3), ("kitten", "sitting", 3), ("data_dri", "data_dir", 2), ("x", "x", 0)]
        {
            assert_eq!(changes(one, other), expected, "{one} {other}");
            assert_eq!(changes(other, one), expected, "{other} {one}");
        }
    }

    #[test]
    fn what_is_far_from_everything_is_near_to_nothing() {
        let known = || ["PORTAL_ADDR", "KEYS"].map(str::to_owned);
        assert_eq!(nearest("portal-adr", known()).as_deref(), Some("PORTAL_ADDR"));
        assert_eq!(nearest("SMTP_SERVER", known()), None);
    }
}
