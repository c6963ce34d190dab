//! The parts of the console, in one list. The router, the menu and the tests that walk every route read it.
//!
//! To add an area: a module with its `AREA`, a line in [`AREAS`].

mod chart;
mod clinic;
mod entry;
mod reviews;

use super::{
    ConsoleState,
    area::{ConsoleAccess, ConsoleArea},
    menu::{ConsoleMenu, MenuEntry},
};
use techo_web::route_table::RouteTable;

/// Every part, in the order of the menu.
pub const AREAS: [ConsoleArea; 3] = [entry::AREA, clinic::AREA, reviews::AREA];

/// The menu that these parts make.
pub fn console_menu() -> ConsoleMenu {
    let entry = |area: &ConsoleArea| MenuEntry { path: area.path, text: area.menu, role: area.proof.role() };
    AREAS.iter().map(entry).collect()
}

/// Every route of the console, files apart.
pub fn route_table() -> RouteTable<ConsoleState, ConsoleAccess> {
    AREAS.iter().fold(RouteTable::new(), |table, area| table.merge((area.routes)()))
}
