//! Small drawings beside words. They never stand alone, so readers of the page aloud skip them.

use leptos::prelude::*;

/// The drawings there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Brand,
    Home,
    Checkup,
    Vaccination,
    Coverage,
    Records,
    Log,
    Done,
    Attention,
    Info,
    Key,
    Card,
    Letter,
    Shield,
}

impl Icon {
    /// Outlines on a grid of 24 by 24.
    fn path(self) -> &'static str {
        match self {
            Self::Brand => {
                "M6 3h11a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H6zM6 3v18M3 7h4M3 12h4M3 17h4M13 8v6M10 11h6"
            }
            Self::Home => "M4 11 12 4l8 7M6 10v10h5v-6h2v6h5V10",
            Self::Checkup => "M9 4h6v3H9zM9 5H6v16h12V5h-3M8.5 14h2l1.5-3 2 5 1-2h1",
            Self::Vaccination => "m14 3 7 7M16 5l-9 9v3h3l9-9M7 17l-4 4M11 10l3 3M18.5 3.5l2 2",
            Self::Coverage => "M3 6h18v12H3zM3 10h18M7 15h4",
            Self::Records => "M4 4h6l2 3h8v13H4zM8 12h8M8 16h5",
            Self::Log => {
                "M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z"
            }
            Self::Done => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM8 12.5l3 3 5-6",
            Self::Attention => "M12 4 2.5 20h19zM12 10v5M12 17.2v.6",
            Self::Info => "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 11v6M12 7.2v.6",
            Self::Key => "M15 4a5 5 0 1 1-4.6 7L4 17.4V20h3v-2h2v-2h2l1.4-1.4M16 8v.5",
            Self::Card => "M3 5h18v14H3zM7 9h4v6H7zM14 10h4M14 14h4",
            Self::Letter => "M3 6h18v12H3zM3 7l9 6 9-6",
            Self::Shield => "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM8.5 12l2.5 2.5 4.5-5",
        }
    }
}

/// A drawing of the size of the text around it, in its colour; the rest of its looks stands in the style sheet.
pub(crate) fn icon(which: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <path d=which.path() />
        </svg>
    }
}
