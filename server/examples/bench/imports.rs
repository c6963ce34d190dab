//! Imports as a whole process: rows and documents a second, beside reading the same file line by line, and peak memory.

use serde_json::{Value, json};
use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

const RESIDENTS: &str = "5000";

/// Imports a made-up prefecture file by file.
pub fn measure() -> Value {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let files = folder.path().join("files");
    techo(&data, &["synth", "--residents", RESIDENTS, "--out", files.to_str().unwrap()]);
    techo(&data, &["keys", "init"]);
    let manifest: Value = serde_json::from_slice(&fs::read(files.join("manifest.json")).unwrap()).unwrap();
    register(&data, &manifest);
    let mut totals = std::collections::BTreeMap::<String, (u64, f64, f64)>::new();
    let mut peak = 0;
    for file in manifest["files"].as_array().unwrap() {
        let (kind, sender) = (file["kind"].as_str().unwrap(), file["as"].as_str().unwrap());
        let path = files.join(file["path"].as_str().unwrap());
        let lines = read_lines(&path);
        let began = Instant::now();
        let (report, memory) =
            techo(&data, &["import", kind, path.to_str().unwrap(), "--as", sender, "--json"]);
        let seconds = began.elapsed().as_secs_f64();
        let read = report["files"][0]["read"].as_u64().unwrap();
        let total = totals.entry(kind.to_owned()).or_default();
        *total = (total.0 + read, total.1 + seconds, total.2 + lines);
        peak = peak.max(memory);
    }
    let mut report = serde_json::Map::new();
    for (kind, (read, seconds, lines)) in totals {
        let per_second = f64::from(u32::try_from(read).unwrap()) / seconds;
        report.insert(
            kind,
            json!({ "read": read, "per_second": per_second.round(), "times_line_by_line": (seconds / lines).round() }),
        );
    }
    report.insert("peak_memory_kib".into(), json!(peak));
    report.insert("memory".into(), memory(&data, &files, &manifest));
    Value::Object(report)
}

/// One vaccinations file blown up to 10 and to 100 MB: the same rows again and again, so the database stays small.
fn memory(data: &Path, files: &Path, manifest: &Value) -> Value {
    let listed =
        manifest["files"].as_array().unwrap().iter().find(|file| file["kind"] == "vaccinations").unwrap();
    let text = fs::read_to_string(files.join(listed["path"].as_str().unwrap())).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut peaks = Vec::new();
    for megabytes in [10, 100] {
        let path: PathBuf = files.join(format!("{megabytes}.csv"));
        let mut blown = format!("{header}\n");
        while blown.len() < megabytes * 1_000_000 {
            blown.push_str(rows);
        }
        fs::write(&path, blown).unwrap();
        let sender = listed["as"].as_str().unwrap();
        let (_, peak) =
            techo(data, &["import", "vaccinations", path.to_str().unwrap(), "--as", sender, "--json"]);
        peaks.push(peak);
    }
    let kib = |peak: u64| f64::from(u32::try_from(peak).unwrap());
    let ratio = (kib(peaks[1]) / kib(peaks[0]) * 100.0).round() / 100.0;
    json!({ "ten_mb_kib": peaks[0], "hundred_mb_kib": peaks[1], "hundred_to_ten": ratio })
}

fn register(data: &Path, manifest: &Value) {
    for organisation in manifest["organisations"].as_array().unwrap() {
        let text = |key: &str| organisation[key].as_str().unwrap().to_owned();
        techo(data, &["org", "add", &text("id"), "--kind", &text("kind"), "--name", &text("name")]);
    }
}

fn read_lines(path: &Path) -> f64 {
    let began = Instant::now();
    let count = BufReader::new(File::open(path).unwrap()).split(b'\n').count();
    std::hint::black_box(count);
    began.elapsed().as_secs_f64().max(1e-6)
}

/// Runs the program; its JSON (null when it prints none) and its peak memory in KiB.
fn techo(data: &Path, arguments: &[&str]) -> (Value, u64) {
    let program = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("techo");
    let setting = format!("DATA_DIR={}", data.display());
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%M"])
        .arg(program)
        .args(arguments)
        .args(["--set", &setting])
        .output()
        .expect("/usr/bin/time is there (Debian package time)");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code().is_some_and(|code| code < 2), "{arguments:?}: {errors}");
    let memory = errors.lines().rev().find_map(|line| line.trim().parse().ok()).unwrap_or(0);
    (serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), memory)
}
