//! What every door has in common, and what knows nobody: how connections are taken, which layers a request passes, how it is read and
//! refused, what is counted of it, and forms that come back.
//!
//! A door is a [`RouteTable`](route_table::RouteTable) between [`layers::stack::bounded`] and [`layers::stack::finished`], taken to the net by
//! [`listener::serve_listener`]. What differs between doors comes in as a policy ([`layers::stack::RequestPolicy`],
//! [`layers::headers::HeaderPolicy`], [`listener::ListenerPolicy`]); what needs to know who somebody is comes in as a trait
//! ([`layers::changes::SessionLookup`]), and the words of a refusal ([`problem::HttpError`]) are each door's own. Clock, randomness and the three
//! kinds of failure are custody's.
//!
//! To add a layer: a file in `layers` with a function `layer`, and its place in [`layers::stack`].

pub mod caller;
pub mod form;
pub mod layers;
pub mod limits;
pub mod listener;
pub mod metrics;
pub mod path_id;
pub mod problem;
pub mod route_table;
pub mod strict_json;
