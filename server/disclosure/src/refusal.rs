//! Why something is not allowed, for the audit alone. Whoever asked gets one answer.

use techo_custody::refusals;

refusals! {
    /// Of an organisation that asks.
    pub(crate) enum InquiryRefusal {
        /// Its token is for another purpose.
        Purpose = "purpose",
        /// Its token names nobody on whose behalf it asks.
        NoSubject = "no-subject",
        /// Whoever it asks for declares no emergencies.
        EmergencyRole = "emergency-role",
    }
}

refusals! {
    /// Of somebody who reviews emergencies.
    pub(crate) enum ReviewRefusal {
        /// They have to do with it themselves.
        OwnEmergency = "own-emergency",
    }
}
