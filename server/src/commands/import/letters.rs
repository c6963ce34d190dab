//! Letters that can hardly be shown (外字, ●, 〓): counted, and listed by place so that whoever made the file can repair them.
//! What stands around them is not repeated.

use serde::Serialize;
use std::fmt;
use techo_intake::LetterPlace;

/// Places that are listed by name; more are only counted.
const MOST_LISTED: usize = 1_000;
/// Places in the report for people.
const MOST_SHOWN: usize = 20;

/// Where such letters stand in a file.
#[derive(Debug, Default, Serialize)]
pub(super) struct Letters {
    count: u64,
    places: Vec<LetterSource>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum LetterSource {
    Cell { line: u64, column: String },
    Document { document: String },
}

impl Letters {
    pub(super) fn add(&mut self, place: LetterPlace<'_>) {
        self.count += 1;
        if self.places.len() < MOST_LISTED {
            self.places.push(match place {
                LetterPlace::Cell { line, column } => LetterSource::Cell { line, column: column.to_owned() },
                LetterPlace::Document(path) => LetterSource::Document { document: path.to_owned() },
            });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: Vec<String> = self.places.iter().take(MOST_SHOWN).map(ToString::to_string).collect();
        write!(
            f,
            "表示できない文字（外字・●・〓など）が{}か所あります。もとの記録で正しい文字を確かめてください: {}",
            self.count,
            shown.join("、")
        )?;
        match self.count - shown.len() as u64 {
            0 => Ok(()),
            more => write!(f, "、ほか{more}か所"),
        }
    }
}

impl fmt::Display for LetterSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cell { line, column } => write!(f, "{line}行目「{column}」"),
            Self::Document { document } => f.write_str(document),
        }
    }
}
