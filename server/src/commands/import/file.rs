//! One file: seen before or new, opened by its kind, taken in, reported.

use super::{
    Job, archive,
    progress::Progress,
    rejects::{Rejects, rejects_path},
};
use crate::commands::CommandError;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::{
    fmt,
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};
use techo_domain::{
    Domain,
    import::{
        Counts, CoverageIntake, Import, ImportError, Kind, Mode, ResidentsIntake, Seen, VaccinationsIntake,
        import_documents, import_rows,
    },
};
use techo_exchange::{
    csv::{Header, OpenError},
    rows::{RowFormat, Rows},
};

/// What became of one file.
#[derive(Debug, Serialize)]
pub(crate) struct FileReport {
    #[serde(serialize_with = "as_text")]
    path: PathBuf,
    #[serde(flatten)]
    pub(crate) counts: Counts,
    #[serde(skip)]
    rejects: Option<PathBuf>,
}

fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { read, inserted, updated, unchanged, deleted, rejected, quarantined } = self.counts;
        write!(
            f,
            "{}: 読込{read} 追加{inserted} 更新{updated} 変更なし{unchanged} 削除{deleted} 却下{rejected} 本人待ち{quarantined}",
            self.path.display()
        )?;
        match &self.rejects {
            Some(path) => {
                write!(f, "\n  却下した行は {} にあります。直して、もう一度取り込めます。", path.display())
            }
            None => Ok(()),
        }
    }
}

/// Takes one file in.
pub(super) async fn import(domain: &Domain, job: &Job, mode: Mode) -> Result<FileReport, CommandError> {
    let wrong = |error: ImportError| CommandError::Other(format!("{}: {error}", job.path.display()));
    let sha256 = fingerprint(&job.path).map_err(|error| wrong(reading(error)))?;
    let (vault, kind) = (&domain.stores.vault, job.kind.as_str());
    let seen =
        if vault.file_was_imported(&sha256, kind, &job.sender.id).await? { Seen::Before } else { Seen::New };
    let import = Import { domain, sender: &job.sender, mode, seen };
    let (counts, rejects) = take_in(&import, job).await.map_err(wrong)?;
    if mode == Mode::Real {
        let mut tx = vault.begin().await?;
        vault.mark_file(&mut tx, &sha256, kind, &job.sender.id, domain.world.now()).await?;
        tx.commit().await?;
    }
    Ok(FileReport { path: job.path.clone(), counts, rejects })
}

async fn take_in(import: &Import<'_>, job: &Job) -> Result<(Counts, Option<PathBuf>), ImportError> {
    match job.kind {
        Kind::Residents => rows::<ResidentsIntake>(import, &job.path).await,
        Kind::Coverage => rows::<CoverageIntake>(import, &job.path).await,
        Kind::Vaccinations => rows::<VaccinationsIntake>(import, &job.path).await,
        Kind::Checkups => {
            let documents = archive::documents(&job.path)?;
            let rejects = Rejects::for_documents(rejects_path(&job.path));
            let mut sink = Progress::new(rejects, &job.path);
            let counts = import_documents(import, documents, &mut sink).await?;
            Ok((counts, sink.finish()?))
        }
    }
}

async fn rows<I: techo_domain::import::Intake>(
    import: &Import<'_>,
    path: &Path,
) -> Result<(Counts, Option<PathBuf>), ImportError> {
    let file = File::open(path).map_err(reading)?;
    let rows: Rows<File, I::Format> = open_rows(file, import)?;
    let rejects = Rejects::for_rows(rejects_path(path), rows.header());
    let mut sink = Progress::new(rejects, path);
    let counts = import_rows::<I>(import, rows, &mut sink).await?;
    Ok((counts, sink.finish()?))
}

fn open_rows<F: RowFormat>(file: File, import: &Import<'_>) -> Result<Rows<File, F>, ImportError> {
    Rows::open(file, import.domain.world.today()).map_err(|error| match error {
        OpenError::Io(error) => reading(error),
        OpenError::Header(_) => ImportError::File(format!("見出しを読めません。{error}")),
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err, which gives the error away")]
fn reading(error: io::Error) -> ImportError {
    ImportError::File(format!("ファイルを読めません（{error}）"))
}

fn fingerprint(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// The names of the columns as the file has them, for the rejects file.
pub(super) fn column_names(header: &Header) -> Vec<String> {
    header.names().map(str::to_owned).collect()
}
