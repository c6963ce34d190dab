//! Parts that several pages share. One file per part; its styles stand in `style/` under a similar name.

pub(crate) mod banners;
pub(crate) mod cells;
pub(crate) mod consent_words;
pub(crate) mod facts;
pub(crate) mod footer;
pub(crate) mod forms;
pub(crate) mod header;
pub(crate) mod icons;
pub(crate) mod island_texts;
pub(crate) mod judgements;
pub(crate) mod kinds;
pub(crate) mod letters;
pub(crate) mod log_words;
pub(crate) mod passkeys;
pub(crate) mod progress;
pub(crate) mod results;
pub(crate) mod scroll;
pub(crate) mod standing;
pub(crate) mod status;
pub(crate) mod trend;
