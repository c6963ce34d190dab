//! Kinds of households.

/// Kinds of households.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Parents around 50, two children, a grandmother of 78: the household that a demo shows first.
    Showcase,
    /// Somebody whose 75th birthday was some days ago.
    JustSeventyFive,
    YoungAlone,
    MiddleAlone,
    OlderAlone,
    YoungCouple,
    MiddleCouple,
    OlderCouple,
    Family,
    SingleParent,
    ThreeGenerations,
}

impl Shape {
    /// How common each is.
    pub(super) const WEIGHTS: [(Self, u32); 9] = [
        (Self::YoungAlone, 12),
        (Self::MiddleAlone, 9),
        (Self::OlderAlone, 14),
        (Self::YoungCouple, 5),
        (Self::MiddleCouple, 12),
        (Self::OlderCouple, 15),
        (Self::Family, 22),
        (Self::SingleParent, 5),
        (Self::ThreeGenerations, 6),
    ];
}
