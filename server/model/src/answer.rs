//! Items of a checkup and their answers, always together with the list an answer was chosen from.

use serde::{Deserialize, Serialize};
use std::fmt;

/// 項目コード: JLAC10, 17 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ItemCode(pub String);

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An answer as (list, code): 喫煙 code 2 means いいえ in list …6.2003 and 以前は吸っていた in list …6.24060.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListedAnswer {
    /// OID of the answer list.
    pub list: String,
    /// Code within that list.
    pub code: String,
}
