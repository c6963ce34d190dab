//! What a citizen reads about themselves: one file per page, each with the shape of its view and the query that fills it.
//!
//! Views carry facts (dates, codes, closed enums), never sentences: `app` puts them into words in two languages.
//! To add a page: a file here with its view and its function on `Portal`, a page in `app`, a route in the server.

pub mod checkups;
pub mod coverage;
pub mod home;
pub mod records;
pub mod vaccinations;
