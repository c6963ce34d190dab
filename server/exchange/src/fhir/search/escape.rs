//! R4's escapes in values of searches: `\,` `\|` `\$` `\\` stand for themselves and part nothing.

use super::SearchProblem;

/// The values of a parameter, parted by commas, each parted by `|`.
///
/// # Errors
/// A backslash before anything else, or at the end.
pub(super) fn values(name: &str, text: &str) -> Result<Vec<Vec<String>>, SearchProblem> {
    let wrong =
        || SearchProblem::invalid(name, "a backslash stands before a comma, |, $ or another backslash alone");
    let (mut values, mut parts, mut part) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(escaped @ (',' | '|' | '$' | '\\')) => part.push(escaped),
                _ => return Err(wrong()),
            },
            '|' => parts.push(std::mem::take(&mut part)),
            ',' => {
                parts.push(std::mem::take(&mut part));
                values.push(std::mem::take(&mut parts));
            }
            plain => part.push(plain),
        }
    }
    parts.push(part);
    values.push(parts);
    Ok(values)
}
