//! Checkup files: a ministry package (ZIP), or one document as it is.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
    ops::ControlFlow,
    path::Path,
};
use techo_domain::import::{Document, ImportError, Take};
use techo_exchange::{
    archive::{Package, looks_like_package},
    cda::Limits,
};

/// Gives its documents one by one.
pub(super) type Source = Box<dyn FnOnce(Take<'_>) + Send>;

/// Opens a file and tells how to read its documents one by one.
pub(super) fn documents(path: &Path) -> Result<Source, ImportError> {
    let unreadable = |error: io::Error| ImportError::File(format!("ファイルを読めません（{error}）"));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut head = Vec::with_capacity(4);
    file.by_ref().take(4).read_to_end(&mut head).map_err(unreadable)?;
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    if !looks_like_package(&head) {
        let name = path.display().to_string();
        return Ok(Box::new(move |take| {
            // Nothing follows a single document, so it does not matter whether more is wanted.
            let _ = take(Ok(single(file, name)));
        }));
    }
    let package = Package::open(file).map_err(|error| ImportError::File(error.to_string()))?;
    Ok(Box::new(move |take| walk(package, take)))
}

fn walk(mut package: Package<File>, take: Take<'_>) {
    let documents = match package.documents() {
        Ok(documents) => documents,
        Err(error) => {
            let _ = take(Err(io::Error::other(error.to_string())));
            return;
        }
    };
    for entry in documents {
        let document = match entry {
            Ok(entry) => Document { path: entry.path, content: Ok(entry.bytes) },
            Err(problem) => Document { path: problem.path.clone(), content: Err(problem.to_string()) },
        };
        if take(Ok(document)) == ControlFlow::Break(()) {
            return;
        }
    }
}

/// One byte more than allowed is enough for the reader of documents to say that it is too large.
fn single(file: File, path: String) -> Document {
    let mut bytes = Vec::new();
    let limit = u64::try_from(Limits::default().bytes).unwrap_or(u64::MAX).saturating_add(1);
    let content = match file.take(limit).read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(format!("読めません（{error}）")),
    };
    Document { path, content }
}
