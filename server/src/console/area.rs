//! What a part of the console is: where it stands, what the menu calls it, what it asks for, and its routes. A new role also needs a
//! variant of [`ConsoleAccess`].

use super::ConsoleState;
use techo_model::staff::StaffRole;
use techo_web::route_table::RouteTable;

/// Routes of the console.
pub(super) type ConsoleRoutes = RouteTable<ConsoleState, ConsoleAccess>;

/// What a route asks of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleAccess {
    /// Nothing; the step itself decides.
    None,
    /// `ClinicStaff`.
    ClinicStaff,
    /// `ReviewStaff`.
    Reviewer,
}

impl ConsoleAccess {
    /// The role that can give this proof; none when nobody has to.
    pub const fn role(self) -> Option<StaffRole> {
        match self {
            Self::None => None,
            Self::ClinicStaff => Some(StaffRole::Clinic),
            Self::Reviewer => Some(StaffRole::Auditor),
        }
    }
}

/// One part of the console.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleArea {
    /// Where it begins.
    pub path: &'static str,
    /// Key of its text in the menu; none for what stands in no menu.
    pub menu: Option<&'static str>,
    /// What its routes ask for.
    pub proof: ConsoleAccess,
    pub(super) routes: fn() -> ConsoleRoutes,
}
