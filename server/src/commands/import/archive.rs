//! Checkup files: a ministry package (ZIP), or one document as it is.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::ControlFlow,
};
use techo_exchange::{
    archive::{CheckupPackage, OpenError, looks_like_package},
    cda::{DocumentLimits, looks_like_xml},
};
use techo_intake::{ArchiveDocument, DocumentTaker, ImportError};

/// Gives its documents one by one.
pub(super) type Source = Box<dyn FnOnce(DocumentTaker<'_>) + Send>;

const NEITHER: &str = "ZIPファイルでもXMLファイルでもありません。健診のファイルか確かめてください";
/// As much as is needed to tell a package from a document.
const HEAD: u64 = 64;

/// Tells how to read the documents of an open file one by one. `name` is how a single document is called.
pub(super) fn documents(mut file: File, name: String) -> Result<Source, ImportError> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head).map_err(ImportError::Reading)?;
    file.seek(SeekFrom::Start(0)).map_err(ImportError::Reading)?;
    if !head.is_empty() && !looks_like_package(&head) && looks_like_xml(&head) {
        return Ok(Box::new(move |take| {
            // Nothing follows a single document, so it does not matter whether more is wanted.
            let _ = take(Ok(single(file, name)));
        }));
    }
    let package = CheckupPackage::open(file).map_err(|error| match error {
        OpenError::NotAZip if !looks_like_package(&head) => ImportError::File(NEITHER.to_owned()),
        OpenError::Io(error) => ImportError::Reading(error),
        other => ImportError::File(other.to_string()),
    })?;
    Ok(Box::new(move |take| walk(package, take)))
}

fn walk(mut package: CheckupPackage<File>, take: DocumentTaker<'_>) {
    for entry in package.documents() {
        let document = match entry {
            Ok(entry) => ArchiveDocument { path: entry.path, content: Ok(entry.bytes) },
            Err(problem) => ArchiveDocument { path: problem.path.clone(), content: Err(problem.to_string()) },
        };
        if take(Ok(document)) == ControlFlow::Break(()) {
            return;
        }
    }
}

/// One byte more than allowed is enough for the reader of documents to say that it is too large.
fn single(file: File, path: String) -> ArchiveDocument {
    let mut bytes = Vec::new();
    let limit = u64::try_from(DocumentLimits::default().bytes).unwrap_or(u64::MAX).saturating_add(1);
    let content = match file.take(limit).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(reading(&error)),
    };
    ArchiveDocument { path, content }
}

fn reading(error: &io::Error) -> String {
    format!("読めません（{error}）")
}
