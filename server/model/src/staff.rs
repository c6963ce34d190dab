//! Those who work at the console.

use crate::words;

words! {
    /// What somebody at the console is there for. One role a person: whoever treats people does not review themselves.
    StaffRole {
        /// Staff of a clinic, hospital, dentist or pharmacy without software of its own.
        Clinic "clinic";
        /// Reviews declared emergencies.
        Auditor "auditor";
    }
}

words! {
    /// Whether somebody at the console is let in.
    StaffState {
        /// Not yet: there is an invitation, and no passkey.
        Invited "invited";
        /// Yes.
        Active "active";
        /// No longer.
        Suspended "suspended";
    }
}

impl StaffRole {
    /// Whether the role needs an organisation. An auditor may have one: then those of that place are not theirs to judge.
    pub fn is_of_organisation(self) -> bool {
        self == Self::Clinic
    }
}
