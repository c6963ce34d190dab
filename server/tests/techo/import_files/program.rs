//! The program on databases of its own, as a script runs it.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use techo_store::{
    DbUrl,
    testing::{TestStores, each_engine},
};
use tempfile::TempDir;

/// The municipality, the insurer and the clinic that send the files.
pub const CITY: &str = "139998";
pub const INSURER: &str = "06139992";
pub const CLINIC: &str = "1399999999";

/// One installation.
pub struct Program {
    folder: TempDir,
    databases: TestStores,
}

/// What an import said.
pub struct Said {
    pub status: i32,
    /// The report, when there was one.
    pub files: Vec<Value>,
    pub stderr: String,
    pub stdout: String,
}

impl Said {
    /// read, inserted, updated, unchanged, deleted, rejected, quarantined of the first file; `read` is the sum of the others.
    pub fn seven(&self) -> [u64; 7] {
        let names = ["read", "inserted", "updated", "unchanged", "deleted", "rejected", "quarantined"];
        let file = self.files.first().unwrap_or_else(|| panic!("a report: {}", self.stderr));
        let counts = names.map(|name| file[name].as_u64().unwrap());
        assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "{file}");
        counts
    }
}

/// A fresh installation on every engine, with its organisations.
pub async fn programs() -> Vec<Program> {
    each_engine().await.into_iter().map(Program::on).collect()
}

impl Program {
    fn on(databases: TestStores) -> Self {
        let program = Self { folder: tempfile::tempdir().unwrap(), databases };
        program.done(&["keys", "init"]);
        for (id, kind, name) in [
            (CITY, "municipality", "架空市"),
            (INSURER, "insurer", "架空健康保険組合"),
            (CLINIC, "clinic", "架空医院"),
        ] {
            program.done(&["org", "add", id, "--kind", kind, "--name", name]);
        }
        program
    }

    pub fn engine(&self) -> &'static str {
        self.databases.engine
    }

    /// Where files may be put.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file there.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// The program with these arguments, ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let url = |url: &DbUrl| match url {
            DbUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DbUrl::Postgres(text) => text.clone(),
        };
        let [identity, records] = &self.databases.urls;
        let mut command = Command::new(env!("CARGO_BIN_EXE_techo"));
        command.args(arguments).stdin(Stdio::null());
        for setting in [
            format!("DATA_DIR={}", self.path("data").display()),
            format!("IDENTITY_DB={}", url(identity)),
            format!("RECORDS_DB={}", url(records)),
        ] {
            command.args(["--set", &setting]);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn done(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// `techo import … --json`. It never panics, whatever it is given.
    pub fn import(&self, kind: &str, path: &Path, sender: &str) -> Said {
        self.import_with(&["import", kind, path.to_str().unwrap(), "--as", sender, "--json"])
    }

    pub fn import_with(&self, arguments: &[&str]) -> Said {
        let output = self.run(arguments);
        let (stdout, stderr) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned());
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
        let report: Option<Value> = serde_json::from_str(&stdout).ok();
        let files = report.and_then(|report| report["files"].as_array().cloned()).unwrap_or_default();
        Said { status: output.status.code().unwrap(), files, stderr, stdout }
    }

    /// How many people are known.
    pub async fn residents(&self) -> i64 {
        self.databases.stores.vault.count_residents().await.unwrap()
    }
}

/// The rejects file of an input: its rows as cells, the header first.
pub fn rejects(path: &Path) -> Vec<Vec<String>> {
    let mut name = path.as_os_str().to_owned();
    name.push(".rejects.csv");
    let text = fs::read_to_string(PathBuf::from(name)).unwrap();
    csv(text.strip_prefix('\u{feff}').expect("the mark that spreadsheets want"))
}

/// Rows of quoted or plain cells, as RFC 4180 has them.
pub fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut letters = text.chars().peekable();
    let mut quoted = false;
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            other => cell.push(other),
        }
    }
    rows
}
