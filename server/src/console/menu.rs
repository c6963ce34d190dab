//! The menu of the console: in which parts each role works. It is made from the list of the areas and given to the state, so that pages
//! know the menu and not the areas.

use std::sync::Arc;
use techo_model::staff::StaffRole;

/// A part of the console as the menu has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MenuEntry {
    /// Where it begins.
    pub path: &'static str,
    /// Key of its text; none for what stands in no menu.
    pub text: Option<&'static str>,
    /// Who works there; none for what everybody reaches.
    pub role: Option<StaffRole>,
}

/// Every part, in order; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleMenu(Arc<[MenuEntry]>);

impl ConsoleMenu {
    /// The parts in which somebody of this role works.
    pub fn entries_of(&self, role: StaffRole) -> impl Iterator<Item = &MenuEntry> {
        self.0.iter().filter(move |entry| entry.role == Some(role))
    }
}

impl FromIterator<MenuEntry> for ConsoleMenu {
    fn from_iter<I: IntoIterator<Item = MenuEntry>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}
