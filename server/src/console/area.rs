//! The parts of the console, in one list: where each stands, what the menu calls it, what it asks for, and its routes. The router,
//! the menu and the tests that walk every route read this list.
//!
//! To add an area: a module with its `AREA`, a line in [`AREAS`]; a new role also needs a variant of [`Proof`].

use super::{ConsoleState, clinic, entry, reviews};
use techo_model::staff::StaffRole;
use techo_web::route_table::RouteTable;

/// Routes of the console.
pub(super) type ConsoleRoutes = RouteTable<ConsoleState, Proof>;

/// What a route asks of whoever calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Nothing; the step itself decides.
    None,
    /// `ClinicStaff`.
    ClinicStaff,
    /// `Reviewer`.
    Reviewer,
}

impl Proof {
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
pub struct Area {
    /// Where it begins.
    pub path: &'static str,
    /// Key of its text in the menu; none for what stands in no menu.
    pub menu: Option<&'static str>,
    /// What its routes ask for.
    pub proof: Proof,
    pub(super) routes: fn() -> ConsoleRoutes,
}

/// Every part, in the order of the menu.
pub const AREAS: [Area; 3] = [entry::AREA, clinic::AREA, reviews::AREA];

/// The parts in which somebody of this role works.
pub(super) fn areas_of(role: StaffRole) -> impl Iterator<Item = &'static Area> {
    AREAS.iter().filter(move |area| area.proof.role() == Some(role))
}

/// Every route of the console, files apart.
pub fn route_table() -> RouteTable<ConsoleState, Proof> {
    AREAS.iter().fold(RouteTable::new(), |table, area| table.merge((area.routes)()))
}
