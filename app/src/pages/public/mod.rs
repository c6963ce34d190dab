//! What everybody may see.

mod errors;
mod landing;
mod privacy;

pub use errors::error;
pub use landing::landing;
pub use privacy::privacy;
