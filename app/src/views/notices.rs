//! `/notices/{id}`: the form with which a person answers.

use techo_web::form_fields;

form_fields! {
    /// The answer to an emergency.
    pub enum ReplyField {
        /// What the person says.
        Reply = "reply",
    }
}
