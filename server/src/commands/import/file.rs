//! One file: seen before or new, opened by its kind, taken in, reported.

use super::{
    Job, archive,
    input::Input,
    letters::Letters,
    progress::{Notes, Progress},
    rejects::{Rejects, Written, rejects_path},
    shown,
};
use crate::commands::CommandError;
use serde::{Serialize, Serializer};
use std::{
    fmt,
    path::{Path, PathBuf},
};
use techo_custody::Custody;
use techo_exchange::{
    csv::OpenError,
    rows::{FileRows, RowFormat},
};
use techo_intake::{
    CoverageIntake, FileHistory, FileImport, ImportCounts, ImportError, ImportKind, ResidentsIntake,
    RowIntake, VaccinationsIntake, import_documents, import_rows, repeat_overtaken,
};
use techo_store::vault::files::FileIdentity;

/// What became of one file.
#[derive(Debug, Serialize)]
pub(crate) struct FileReport {
    #[serde(serialize_with = "as_text")]
    path: PathBuf,
    #[serde(flatten)]
    pub(crate) counts: ImportCounts,
    #[serde(skip)]
    rejects: Option<Written>,
    #[serde(skip_serializing_if = "Letters::is_empty")]
    unshowable_letters: Letters,
}

fn as_text<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&path.to_string_lossy())
}

impl fmt::Display for FileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImportCounts { read, inserted, updated, unchanged, deleted, rejected, quarantined } = self.counts;
        write!(
            f,
            "{}: 読込{read} 追加{inserted} 更新{updated} 変更なし{unchanged} 削除{deleted} 却下{rejected} 本人待ち{quarantined}",
            shown(&self.path)
        )?;
        if let Some(Written { path, left_out }) = &self.rejects {
            write!(f, "\n  却下した行は {} にあります。直して、もう一度取り込めます。", shown(path))?;
            if *left_out > 0 {
                write!(
                    f,
                    "数が多いため、そのうち{left_out}行は書いていません。もとのファイルを直してください。"
                )?;
            }
        }
        if self.unshowable_letters.is_empty() { Ok(()) } else { write!(f, "\n  {}", self.unshowable_letters) }
    }
}

/// Takes one file in.
pub(super) async fn import(custody: &Custody, job: &Job) -> Result<FileReport, CommandError> {
    let wrong = |error| import_error(&job.path, error);
    let input = Input::open(&job.path).map_err(wrong)?;
    let sha256 = input.sha256;
    let (vault, sender) = (&custody.stores.vault, &job.sender);
    let identity = FileIdentity { sha256: &sha256, kind: job.kind.as_str(), sent_by: &sender.id };
    let seen = if vault.file_was_imported(identity).await? { FileHistory::Before } else { FileHistory::New };
    let rejected_before = vault.rejected_lines(identity).await?;
    let import = FileImport { custody, sender, seen, rejected_before: &rejected_before };
    let (counts, notes) = take_in(&import, job, input).await.map_err(wrong)?;
    let never_taken = notes.lines.map(|lines| match seen {
        FileHistory::New => lines,
        FileHistory::Before => {
            lines.into_iter().filter(|line| rejected_before.binary_search(line).is_ok()).collect()
        }
    });
    if let Some(lines) = never_taken {
        mark(custody, identity, &lines).await?;
    }
    Ok(FileReport {
        path: job.path.clone(),
        counts,
        rejects: notes.rejects,
        unshowable_letters: notes.letters,
    })
}

/// Remembers the file, whoever else writes at the moment.
async fn mark(custody: &Custody, file: FileIdentity<'_>, lines: &[i64]) -> Result<(), CommandError> {
    let vault = &custody.stores.vault;
    let marked = repeat_overtaken(async || {
        let mut tx = vault.begin().await?;
        vault.mark_file(&mut tx, file, lines, custody.environment.now()).await?;
        Ok(tx.commit().await?)
    });
    Ok(marked.await?)
}

/// One line for the operator, which names what is to blame: the file, the place of the rejects, or neither.
fn import_error(path: &Path, error: ImportError) -> CommandError {
    CommandError::Other(match error {
        ImportError::Rejects(error) => error.to_string(),
        ImportError::Custody(failure) => {
            format!("{} の取り込みを中断しました。ファイルのせいではありません: {failure}", shown(path))
        }
        other => format!("{}: {other}", shown(path)),
    })
}

async fn take_in(
    import: &FileImport<'_>,
    job: &Job,
    input: Input,
) -> Result<(ImportCounts, Notes), ImportError> {
    match job.kind {
        ImportKind::Residents => rows::<ResidentsIntake>(import, job, input).await,
        ImportKind::Coverage => rows::<CoverageIntake>(import, job, input).await,
        ImportKind::Vaccinations => rows::<VaccinationsIntake>(import, job, input).await,
        ImportKind::Checkups => {
            let (file, watch) = input.jump().map_err(ImportError::Reading)?;
            let documents = archive::documents(file, shown(&job.path))?;
            let rejects = Rejects::for_documents(rejects_path(&job.path));
            let mut sink = Progress::new(rejects, &job.path);
            let counts = import_documents(import, documents, &mut sink).await?;
            watch.check()?;
            Ok((counts, sink.finish().map_err(ImportError::Rejects)?))
        }
    }
}

async fn rows<I: RowIntake>(
    import: &FileImport<'_>,
    job: &Job,
    input: Input,
) -> Result<(ImportCounts, Notes), ImportError> {
    let (file, watch) = input.read().map_err(ImportError::Reading)?;
    let rows: FileRows<_, I::Format> = open_rows(file, import)?;
    let rejects = Rejects::for_rows(rejects_path(&job.path), rows.header());
    let mut sink = Progress::new(rejects, &job.path);
    let counts = import_rows::<I>(import, rows, &mut sink).await?;
    let notes = sink.finish().map_err(ImportError::Rejects)?;
    watch.check()?;
    Ok((counts, notes))
}

fn open_rows<R: std::io::Read, F: RowFormat>(
    file: R,
    import: &FileImport<'_>,
) -> Result<FileRows<R, F>, ImportError> {
    FileRows::open(file, import.custody.environment.today()).map_err(|error| match error {
        OpenError::Io(error) => ImportError::Reading(error),
        OpenError::Header(_) => ImportError::File(format!("見出しを読めません。{error}")),
    })
}
