//! The choices of a person that are no rules, and the whole of both.

use super::ConsentRule;
use crate::words;
use serde::{Deserialize, Serialize};

words! {
    /// Off until the person turns it on.
    Switch {
        /// Off.
        Off "off";
        /// On.
        On "on";
    }
}

words! {
    /// What a doctor sees in an emergency.
    EmergencyChoice {
        /// Everything but what is sealed.
        Normal "normal";
        /// Everything, sealed records too.
        AlsoSealed "also-sealed";
        /// Nothing.
        Never "never";
    }
}

words! {
    /// How a version of what a person chose came.
    ConsentOrigin {
        /// From the page.
        Page "page";
        /// By going back to a former version.
        Restore "restore";
        /// From a file.
        Import "import";
    }
}

/// Choices that are no rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentSettings {
    /// Sharing with those who treat me (利用を希望する). While off, no rule for them counts and no code of theirs exists.
    pub clinics: Switch,
    /// Sharing with research.
    pub research: Switch,
    /// What a doctor sees in an emergency.
    pub emergency: EmergencyChoice,
    /// Whether a new insurer may take checkups over from the former one.
    pub insurer_transfer: Switch,
    /// How long a clinic may go on reading after the person was there, in hours: 1 to 720.
    pub treatment_window_hours: u16,
}

impl Default for ConsentSettings {
    /// What holds until the person says anything: nothing is shared, an emergency is helped, a transfer asks first.
    fn default() -> Self {
        Self {
            clinics: Switch::Off,
            research: Switch::Off,
            emergency: EmergencyChoice::Normal,
            insurer_transfer: Switch::Off,
            treatment_window_hours: 24,
        }
    }
}

/// Everything that a person has chosen, as of one version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentState {
    /// Choices.
    pub settings: ConsentSettings,
    /// Rules. Their order never matters.
    pub rules: Vec<ConsentRule>,
}
