//! 救急: how somebody was found, and what a review can find.

use crate::words::words;

words! {
    /// How the person of an emergency was found.
    FoundBy {
        /// Their card lay in a reader.
        Card "card";
        /// They showed a share code.
        ShareCode "share-code";
        /// The organisation knows them by its code.
        ClinicCode "clinic-code";
        /// By kana name and birth date.
        Demographics "demographics";
    }
}

words! {
    /// What the review of an emergency found.
    Finding {
        /// It was an emergency, and what was opened was needed.
        Justified "justified";
        /// It was none, or more was opened than needed.
        NotJustified "not-justified";
        /// It could not be found out.
        Unclear "unclear";
    }
}
