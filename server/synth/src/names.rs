//! Names from lists of common ones. The lists stand under `data/`; to add a name, add a line.

use crate::dice::Dice;
use std::sync::LazyLock;
use techo_model::resident::Sex;

/// A written name with its reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) kanji: &'static str,
    pub(crate) kana: &'static str,
}

/// A person's whole name, the parts divided by an ideographic space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FullName {
    pub(crate) kanji: String,
    pub(crate) kana: String,
}

static SURNAMES: LazyLock<Vec<(Written, u32)>> = LazyLock::new(|| {
    let read = |cells: &[&'static str]| match cells {
        [kanji, kana, weight] => Some((Written { kanji, kana }, weight.parse().ok()?)),
        _ => None,
    };
    lines(include_str!("../data/surnames.tsv"), read)
});

/// Given names by sex and era (1 to 4).
static GIVEN: LazyLock<Vec<(&'static str, i16, Written)>> = LazyLock::new(|| {
    let read = |cells: &[&'static str]| match cells {
        [sex, era, kanji, kana] => Some((*sex, era.parse().ok()?, Written { kanji, kana })),
        _ => None,
    };
    lines(include_str!("../data/given_names.tsv"), read)
});

static OTHERS: LazyLock<Vec<(&'static str, Written)>> = LazyLock::new(|| {
    let read = |cells: &[&'static str]| match cells {
        [sex, kanji, kana] => Some((*sex, Written { kanji, kana })),
        _ => None,
    };
    lines(include_str!("../data/other_names.tsv"), read)
});

fn lines<T>(data: &'static str, read: impl Fn(&[&'static str]) -> Option<T>) -> Vec<T> {
    let cells = |line: &'static str| line.split('\t').collect::<Vec<_>>();
    data.lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| read(&cells(line)).unwrap_or_else(|| unreachable!("the lists are compiled in: {line}")))
        .collect()
}

/// A family's name.
pub(crate) fn surname(dice: &mut Dice) -> Written {
    *dice.weighted(&SURNAMES)
}

/// A surname that old systems lose: it holds a character outside of JIS X 0208.
pub(crate) fn rare_surname(dice: &mut Dice) -> Written {
    let rare: Vec<Written> = SURNAMES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| name.kanji.contains(['𠮷', '髙', '﨑']))
        .collect();
    *dice.pick(&rare)
}

/// A name for a person of this sex born in this year.
pub(crate) fn full_name(dice: &mut Dice, surname: Written, sex: Sex, birth_year: i16) -> FullName {
    let era = match birth_year {
        ..1955 => 1,
        1955..1985 => 2,
        1985..2005 => 3,
        _ => 4,
    };
    let letter = letter(sex);
    let fitting: Vec<Written> =
        GIVEN.iter().filter(|(s, e, _)| *s == letter && *e == era).map(|(_, _, name)| *name).collect();
    let given = dice.pick(&fitting);
    FullName {
        kanji: format!("{}　{}", surname.kanji, given.kanji),
        kana: format!("{}　{}", surname.kana, given.kana),
    }
}

/// The name of a resident from abroad.
pub(crate) fn name_from_abroad(dice: &mut Dice, sex: Sex) -> FullName {
    let fitting: Vec<Written> =
        OTHERS.iter().filter(|(s, _)| *s == letter(sex)).map(|(_, name)| *name).collect();
    let name = dice.pick(&fitting);
    FullName { kanji: name.kanji.to_owned(), kana: name.kana.to_owned() }
}

fn letter(sex: Sex) -> &'static str {
    if sex == Sex::Female { "f" } else { "m" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Purpose;

    #[test]
    fn every_sex_and_era_has_names() {
        let mut dice = Dice::new(1, Purpose::Household, 1);
        for year in [1930, 1960, 1990, 2020] {
            for sex in [Sex::Male, Sex::Female] {
                let family = surname(&mut dice);
                assert!(full_name(&mut dice, family, sex, year).kana.starts_with(family.kana));
            }
        }
        assert!(rare_surname(&mut dice).kanji.contains(['𠮷', '髙', '﨑']));
    }
}
