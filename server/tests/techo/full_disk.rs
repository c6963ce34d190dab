//! A disk that is full for a while, under the running program: people are put off, operators are told, and everything goes on by
//! itself when there is space again. Two ways to be full: a small disk, where root may mount one, and a limit that the system puts
//! on every file, which nobody needs rights for.

use crate::installation::{Installation, Server};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

/// More requests than fit into what is left of the last pages.
const ENOUGH: usize = 100;

/// Fills, sees what people and operators are told, frees, and goes on.
fn survives(server: Server, fill: impl FnOnce(&Server), free: impl FnOnce(&Server)) {
    assert_eq!(server.write().status, 303);
    assert_eq!(server.ready().status, 200);
    fill(&server);
    let refused = (0..ENOUGH).map(|_| server.write()).find(|reply| reply.status != 303);
    let refused = refused.expect("the disk is full").text;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.to_ascii_lowercase().contains("\r\nretry-after: "), "{refused}");
    for _ in 0..5 {
        let status = server.write().status;
        assert!([303, 503].contains(&status), "{status}");
    }
    // A good check is believed for ten seconds, and the last free bytes may take a few more.
    let mut looks = (0..6).map(|_| {
        std::thread::sleep(std::time::Duration::from_secs(11));
        server.write();
        server.ready()
    });
    let down = looks.find(|look| look.status == 503).expect("operators are told");
    assert!(down.text.contains("down: takes no writes"), "{}", down.text);

    free(&server);
    let written = server.write();
    assert_eq!(written.status, 303, "without a restart: {}", written.text);
    let good = server.ready();
    assert!(good.status == 200 && good.text.contains("records: ok"), "{}", good.text);
    let (status, errors) = server.stop();
    assert_eq!(status, Some(0), "{errors}");
    assert!(!errors.contains("panicked") && !errors.contains("non-zero transaction depth"), "{errors}");
}

/// Every file of the program ends here from now on; or nowhere.
fn limit(server: &Server, bytes: &str) {
    let set = Command::new("prlimit")
        .arg(format!("--pid={}", server.child.id()))
        .arg(format!("--fsize={bytes}:"))
        .stdout(Stdio::null())
        .status();
    assert!(set.unwrap().success(), "prlimit is there");
}

#[test]
fn the_server_goes_on_after_its_files_could_not_grow() {
    let installation = Installation::new();
    // Without this, the system would end the program instead of refusing the write.
    let mut deaf = Command::new("bash");
    deaf.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_techo")]);
    let server = installation.serve_through(deaf);
    survives(server, |server| limit(server, "1024"), |server| limit(server, "unlimited"));
}

/// A file system of a few megabytes.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(folder))
    }

    fn filler(&self) -> std::path::PathBuf {
        self.0.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

fn fill(path: &Path) {
    assert!(fs::write(path, vec![0; 8 << 20]).is_err(), "more than the disk has");
}

#[test]
fn the_server_goes_on_after_its_disk_was_full() {
    // Who may not mount has the other test, which is full in the same places.
    let Some(disk) = SmallDisk::mount() else { return };
    let installation = Installation::at(Some(disk.0.path()));
    let server = installation.serve();
    survives(server, |_| fill(&disk.filler()), |_| fs::remove_file(disk.filler()).unwrap());
}
