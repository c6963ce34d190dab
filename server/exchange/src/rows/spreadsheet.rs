//! What a spreadsheet program makes of a cell when a file is opened in it and saved: numbers in scientific notation, days
//! where hyphens stood, words for errors. Such a cell has lost what it said, so nobody may take it for a value.

use techo_model::text::normalise;

const ERRORS: [&str; 11] = [
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#GETTING_DATA",
];
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whether no cell of any column says this by itself: `1.23E+08`, `#N/A`, `####`.
pub(super) fn is_ruined(cell: &str) -> bool {
    // Most cells have neither sign in them.
    if !cell.contains(['+', '-', '＋', '－', '−', '#', '＃']) {
        return false;
    }
    let text = normalise(cell).replace('\u{2212}', "-");
    ERRORS.contains(&text.to_ascii_uppercase().as_str())
        || (text.len() >= 2 && text.bytes().all(|b| b == b'#'))
        || is_scientific(&text)
}

/// `1.23E+08`, as numbers with more than eleven digits are shown.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    exponent.strip_prefix(['+', '-']).is_some_and(|power| (1..=3).contains(&power.len()) && digits(power))
        && whole.len() == 1
        && digits(whole)
        && digits(fraction)
}

/// Whether a text that is no day looks like one: `3月4日` for 3-4, `4-Mar`, `2001/2/3` for 1-2-3.
pub(super) fn is_made_a_day(text: &str) -> bool {
    let text = normalise(text);
    let short = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let month = |part: &str| MONTHS.contains(&part.to_ascii_lowercase().as_str());
    if let Some((first, second)) = text.strip_suffix('日').and_then(|rest| rest.split_once('月')) {
        return short(first) && short(second);
    }
    if let Some((first, second)) = text.split_once('-')
        && ((short(first) && month(second)) || (month(first) && short(second)))
    {
        return true;
    }
    let parts: Vec<&str> = text.split('/').collect();
    matches!(parts[..], [year, month, day] if year.len() == 4
        && year.bytes().all(|b| b.is_ascii_digit()) && short(month) && short(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_office_writes_is_known_by_its_look() {
        for ruined in ["1.23E+08", "1.20E+35", "1E-05", "#N/A", "＃Ｎ／Ａ", "#REF!", "########", "-1.5e+10"]
        {
            assert!(is_ruined(ruined), "{ruined}");
        }
        for fine in
            ["12E3", "E+1", "1-2", "#1", "AB-12E", "1.23E", "+81-3-1234-5678", "#", "12.3E+08", "A1E+05"]
        {
            assert!(!is_ruined(fine), "{fine}");
        }
        for made in ["3月4日", "４-Mar", "Mar-04", "2001/2/3"] {
            assert!(is_made_a_day(made), "{made}");
        }
        for fine in ["3-4", "月日", "12/3", "東京3月", "A-Mar-1", "2001-2-3", "1/2/3/4"] {
            assert!(!is_made_a_day(fine), "{fine}");
        }
    }
}
