//! Runs of digits, and what joins each to the one before it.

/// Digits without anything between them.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) digits: String,
    pub(super) before: Joint,
    /// Whether `+` and a country's code begin it: a telephone number abroad.
    pub(super) is_abroad: bool,
}

/// What stands between two runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Joint {
    /// Words, commas, arrows: what parts the members of a list or of a sentence. Also before the first run.
    Apart,
    /// One point and nothing else, as in a decimal.
    Decimal,
    /// Blanks of any width.
    Blank,
    /// A new line, with or without blanks.
    Line,
    /// Signs, whatever blanks are around them, each counted once however often it is repeated.
    Signs(String),
}

/// Reads the runs of a text, without those of UUIDs, which are no person's.
pub(super) fn read(letters: &[char]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let (mut gap, mut i) = (String::new(), 0);
    while i < letters.len() {
        if let Some(length) = uuid_at(letters, i) {
            gap.push('x');
            i += length;
            continue;
        }
        let digits: String = letters[i..].iter().take_while(|letter| letter.is_ascii_digit()).collect();
        if digits.is_empty() {
            gap.push(letters[i]);
            i += 1;
            continue;
        }
        i += digits.len();
        let is_abroad = gap.ends_with('+') && digits.starts_with("81");
        let before = if runs.is_empty() { Joint::Apart } else { joint(&gap) };
        runs.push(Run { digits, before, is_abroad });
        gap.clear();
    }
    runs
}

/// Two runs and more that are joined in one way.
pub(super) struct Chain<'a> {
    pub(super) runs: &'a [Run],
    /// Whether a sign ties the first to a run before it: it is the end of another word.
    pub(super) follows: bool,
    /// Whether a sign ties the last to a run behind it.
    pub(super) leads: bool,
}

impl Chain<'_> {
    /// Whether blanks join it, which part words, too.
    pub(super) fn is_blank(&self) -> bool {
        matches!(self.runs[1].before, Joint::Blank | Joint::Line)
    }
}

/// All chains. A run may end one and begin the next.
pub(super) fn chains(runs: &[Run]) -> impl Iterator<Item = Chain<'_>> {
    let kinds: Vec<Joint> = runs.iter().map(kind).collect();
    let is_sign = |joint: Option<&Joint>| matches!(joint, Some(Joint::Signs(_)));
    let starts = 1..runs.len();
    starts.filter_map(move |start| {
        let own = &kinds[start];
        if *own == Joint::Apart || *own == kinds[start - 1] {
            return None;
        }
        let end = (start..runs.len()).find(|i| kinds[*i] != *own).unwrap_or(runs.len());
        let (follows, leads) = (is_sign(kinds.get(start - 1)), is_sign(kinds.get(end)));
        Some(Chain { runs: &runs[start - 1..end], follows, leads })
    })
}

/// A point between groups is a sign like any other.
fn kind(run: &Run) -> Joint {
    match &run.before {
        Joint::Decimal => Joint::Signs(".".to_owned()),
        other => other.clone(),
    }
}

fn joint(gap: &str) -> Joint {
    if gap == "." {
        return Joint::Decimal;
    }
    // Between digits, the kanji for one is read as a dash.
    let is_word = |letter: char| letter.is_alphanumeric() && letter != '一';
    let is_list =
        |letter: char| matches!(letter, ',' | '、' | ';' | '~' | '〜' | '→' | '⇒' | '←' | '↑' | '↓');
    if gap.chars().any(|letter| is_word(letter) || is_list(letter)) {
        return Joint::Apart;
    }
    let mut signs: Vec<char> = gap.chars().filter(|letter| !letter.is_whitespace()).collect();
    signs.iter_mut().filter(|letter| **letter == '一').for_each(|letter| *letter = '-');
    signs.dedup();
    match (signs.is_empty(), gap.contains(['\n', '\r'])) {
        (false, _) => Joint::Signs(signs.into_iter().collect()),
        (true, true) => Joint::Line,
        (true, false) => Joint::Blank,
    }
}

/// The length of a UUID that begins here.
fn uuid_at(letters: &[char], at: usize) -> Option<usize> {
    const LENGTH: usize = 36;
    let all = letters.get(at..at + LENGTH)?;
    let is_within = |letter: Option<&char>| letter.is_some_and(char::is_ascii_alphanumeric);
    let fits = all.iter().enumerate().all(|(i, letter)| match i {
        8 | 13 | 18 | 23 => *letter == '-',
        _ => letter.is_ascii_hexdigit(),
    });
    let before = at.checked_sub(1).and_then(|before| letters.get(before));
    (fits && !is_within(before) && !is_within(letters.get(at + LENGTH))).then_some(LENGTH)
}
