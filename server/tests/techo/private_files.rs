//! What the program keeps is readable for its own account alone.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn databases_keys_and_their_folder_are_readable_for_their_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    for command in [["keys", "init"], ["org", "list"]] {
        let setting = format!("DATA_DIR={}", data.display());
        let done = Command::new(env!("CARGO_BIN_EXE_techo"))
            .args(command)
            .args(["--set", &setting])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    assert_eq!(mode(&data), 0o700);
    let files: Vec<_> = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).collect();
    for name in ["identity.db", "records.db", "keys.json"] {
        assert!(files.contains(&data.join(name)), "{name}");
    }
    for file in files.iter().filter(|file| !file.ends_with("lock")) {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
}
