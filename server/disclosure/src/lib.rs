//! What leaves to others, and by which rule: records through the consent engine, clinics and what they send, the coverage rule,
//! emergencies, and the systems that ask.

pub mod clinic;
pub mod coverage;
pub mod disclose;
pub mod emergency;
pub mod identified_person;
pub mod inquiry;
mod refusal;
pub mod systems;
