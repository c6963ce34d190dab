//! The pages: one file each, one function each from the data shown to a [`crate::Page`].

mod home;
mod landing;

pub use home::home;
pub use landing::landing;
