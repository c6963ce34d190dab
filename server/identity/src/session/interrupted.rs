//! What a fresh check interrupted, kept in the session so that the check is the last step and not the first.

use super::IDLE;
use serde::{Deserialize, Serialize};
use techo_model::UnixMillis;

/// What was interrupted, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterruptedRequest {
    /// What goes on after the check.
    pub step: InterruptedStep,
    /// When it was interrupted.
    pub at: UnixMillis,
}

/// What goes on after a fresh check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "then", rename_all = "kebab-case")]
pub enum InterruptedStep {
    /// A page is opened.
    Page {
        /// Where.
        path: String,
    },
    /// Something that only the person can ask for again, such as a download: its page is opened and says so.
    AskAgain {
        /// The page.
        path: String,
    },
    /// A form that was sent is carried out. Its fields name records and drafts and never say what is in them: those are
    /// kept in the record store.
    Form(InterruptedForm),
}

/// A form that was sent and not carried out yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterruptedForm {
    /// Where it was sent to.
    pub path: String,
    /// Its fields.
    pub fields: Vec<(String, String)>,
    /// The page that it stood on, for what cannot be carried out.
    pub page: String,
}

impl InterruptedRequest {
    /// What goes on now. A form that was sent too long ago is not carried out any more: its page is opened, and says so.
    pub fn resume_at(self, now: UnixMillis) -> InterruptedStep {
        match self.step {
            InterruptedStep::Form(form) if now > self.at.plus(IDLE) => {
                InterruptedStep::AskAgain { path: form.page }
            }
            step => step,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_form_that_was_sent_long_ago_is_asked_for_again_and_not_carried_out() {
        let form = InterruptedForm { path: "/share".into(), fields: Vec::new(), page: "/share".into() };
        let at = UnixMillis(1_000);
        let interrupted = InterruptedRequest { step: InterruptedStep::Form(form.clone()), at };
        let late = at.plus(IDLE);
        assert_eq!(interrupted.clone().resume_at(late), InterruptedStep::Form(form));
        let later = interrupted.resume_at(late.plus(Duration::from_millis(1)));
        assert_eq!(later, InterruptedStep::AskAgain { path: "/share".into() });
    }
}
