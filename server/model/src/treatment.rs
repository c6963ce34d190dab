//! What an organisation that treats somebody is given: codes of the person, and a window to read through.

use crate::{organisation::OrganisationKind, words};

words! {
    /// What an opt-in is about: each has its own codes.
    CodeDomain {
        /// Those who treat me.
        Clinics "clinics";
        /// Research.
        Research "research";
    }
}

impl CodeDomain {
    /// To which domain an organisation belongs.
    pub fn of(kind: OrganisationKind) -> Self {
        if kind == OrganisationKind::Research { Self::Research } else { Self::Clinics }
    }
}

words! {
    /// How the person showed that they are there.
    WindowOpening {
        /// With a share code.
        ShareCode "share-code";
        /// With their card.
        Card "card";
    }
}
