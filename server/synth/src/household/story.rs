//! What happens to a household. To add a story, add a line to [`Story::scripted`] and a rare chance to [`Story::any`].

use super::shape::Shape;
use crate::dice::Dice;
use techo_model::resident::ResidentProtection;

/// Whether a household moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moving {
    Stayed,
    /// From one municipality of the prefecture to another.
    Within,
    /// Out of the prefecture.
    Away,
}

/// What happened to the insurance of the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InsuranceStory {
    /// Whatever chance brings.
    Any,
    /// One change of employer in July 2024, both insurers up to date.
    Showcase,
    /// Changed this autumn, and the former insurer has not heard of it: its statement is older than the change.
    LateStatement,
    /// Lost by retirement some weeks ago, and nothing new yet.
    CurrentGap,
    /// Some months without insurance between two employers.
    PastGap,
    /// Moved, and the former municipality's 国民健康保険 has not been closed.
    LateAfterMove,
}

/// What goes wrong in the documents of the household's eldest person between 40 and 74.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DocumentStory {
    /// Whatever chance brings.
    Any,
    /// The insured's number belongs to nobody.
    UnknownPerson,
    /// The birth date is another.
    OtherBirthDate,
    /// A newer document corrects the last one.
    Corrected,
    /// 報告区分 19 takes the last one back.
    Deleted,
}

/// How the family is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    Any,
    /// With a character that old systems lose.
    Rare,
    /// From abroad.
    Abroad,
}

/// Whether somebody died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    Nobody,
    /// The eldest, within the last two years.
    Eldest,
}

/// One household's story.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    pub(crate) shape: Shape,
    pub(crate) moving: Moving,
    pub(crate) insurance: InsuranceStory,
    pub(crate) document: DocumentStory,
    pub(crate) naming: Naming,
    pub(crate) protection: ResidentProtection,
    pub(crate) death: Death,
}

impl Story {
    /// The story of the household with this number.
    pub(crate) fn of(household: u64, dice: &mut Dice) -> Self {
        Self::scripted(household).unwrap_or_else(|| Self::any(dice))
    }

    /// Whether this is the household that a demo shows first.
    pub(crate) fn is_showcase(&self) -> bool {
        self.insurance == InsuranceStory::Showcase
    }

    fn plain(shape: Shape) -> Self {
        Self {
            shape,
            moving: Moving::Stayed,
            insurance: InsuranceStory::Any,
            document: DocumentStory::Any,
            naming: Naming::Any,
            protection: ResidentProtection::None,
            death: Death::Nobody,
        }
    }

    fn scripted(household: u64) -> Option<Self> {
        let plain = Self::plain;
        Some(match household {
            0 => Self { insurance: InsuranceStory::Showcase, ..plain(Shape::Showcase) },
            1 => Self {
                insurance: InsuranceStory::LateStatement,
                naming: Naming::Rare,
                ..plain(Shape::MiddleCouple)
            },
            2 => Self { moving: Moving::Within, ..plain(Shape::Family) },
            3 => Self { document: DocumentStory::Corrected, ..plain(Shape::MiddleCouple) },
            4 => Self { protection: ResidentProtection::Protected, ..plain(Shape::SingleParent) },
            5 => Self { insurance: InsuranceStory::CurrentGap, ..plain(Shape::MiddleAlone) },
            6 => Self { death: Death::Eldest, ..plain(Shape::ThreeGenerations) },
            7 => {
                Self { document: DocumentStory::Deleted, naming: Naming::Rare, ..plain(Shape::MiddleCouple) }
            }
            8 => Self { moving: Moving::Away, ..plain(Shape::Family) },
            9 => Self { document: DocumentStory::UnknownPerson, ..plain(Shape::MiddleCouple) },
            10 => Self { document: DocumentStory::OtherBirthDate, ..plain(Shape::MiddleAlone) },
            11 => Self {
                insurance: InsuranceStory::LateAfterMove,
                moving: Moving::Within,
                ..plain(Shape::MiddleCouple)
            },
            12 => Self { naming: Naming::Abroad, ..plain(Shape::Family) },
            13 => Self { insurance: InsuranceStory::PastGap, ..plain(Shape::MiddleAlone) },
            14 => {
                Self { document: DocumentStory::Corrected, naming: Naming::Rare, ..plain(Shape::MiddleAlone) }
            }
            15 => Self { document: DocumentStory::UnknownPerson, ..plain(Shape::MiddleAlone) },
            16 => plain(Shape::JustSeventyFive),
            _ => return None,
        })
    }

    fn any(dice: &mut Dice) -> Self {
        Self {
            shape: *dice.weighted(&Shape::WEIGHTS),
            moving: *dice.weighted(&[(Moving::Stayed, 90), (Moving::Within, 8), (Moving::Away, 2)]),
            insurance: *dice.weighted(&[
                (InsuranceStory::Any, 92),
                (InsuranceStory::LateStatement, 4),
                (InsuranceStory::CurrentGap, 1),
                (InsuranceStory::PastGap, 3),
            ]),
            document: *dice.weighted(&[
                (DocumentStory::Any, 960),
                (DocumentStory::UnknownPerson, 8),
                (DocumentStory::OtherBirthDate, 8),
                (DocumentStory::Corrected, 16),
                (DocumentStory::Deleted, 8),
            ]),
            naming: *dice.weighted(&[(Naming::Any, 97), (Naming::Abroad, 3)]),
            protection: *dice
                .weighted(&[(ResidentProtection::None, 995), (ResidentProtection::Protected, 5)]),
            death: *dice.weighted(&[(Death::Nobody, 975), (Death::Eldest, 25)]),
        }
    }
}
