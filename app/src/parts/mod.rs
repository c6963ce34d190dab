//! Parts that several pages share. One file per part; its styles stand in `style/` under the same name.

pub mod banners;
pub mod footer;
pub mod header;
pub mod icons;
pub mod kinds;
pub mod status;
