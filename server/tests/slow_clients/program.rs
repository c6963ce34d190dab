//! `techo serve` as an operator starts it, in a folder of its own, with limits that make a test short.

use crate::wire::{Reply, Wire};
use std::{
    fs::{self, File},
    net::{IpAddr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};
use techo_cardlab::CardLab;
use techo_custody::environment::Environment;
use tempfile::TempDir;

/// What a big file holds: more than all buffers between two programs.
pub const LARGE: usize = 24 * 1_024 * 1_024;

/// Short times; everything else as it is by default.
const SETTINGS: [(&str, &str); 4] =
    [("HEAD_SECONDS", "2"), ("BODY_SECONDS", "6"), ("STALL_SECONDS", "2"), ("STOP_SECONDS", "2")];

/// A running program.
pub struct Program {
    child: Child,
    ports: [u16; 4],
    folder: TempDir,
}

/// Its doors, in the order of their ports.
#[derive(Clone, Copy, Debug)]
pub enum Listener {
    Portal,
    Console,
    Api,
    Ops,
}

pub const LISTENERS: [Listener; 4] = [Listener::Portal, Listener::Console, Listener::Api, Listener::Ops];

impl Program {
    /// Starts it and waits until it is ready.
    pub async fn start(settings: &[(&str, &str)]) -> Self {
        Self::start_within("", settings).await
    }

    /// The same, after a line of shell such as `ulimit -n 200`.
    pub async fn start_within(shell: &str, settings: &[(&str, &str)]) -> Self {
        let folder = prepare();
        let ports = free_ports();
        let child = command(folder.path(), ports, shell, settings).spawn().unwrap();
        let mut program = Self { child, ports, folder };
        for _ in 0..600 {
            if program.readyz().await.is_some_and(|reply| reply.status == 200) {
                return program;
            }
            assert!(program.child.try_wait().unwrap().is_none(), "it runs: {}", program.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("not ready in time: {}", program.log());
    }

    /// What a start says that cannot be.
    pub fn refused(shell: &str) -> (ExitStatus, String) {
        let folder = prepare();
        let status = command(folder.path(), free_ports(), shell, &[]).spawn().unwrap().wait().unwrap();
        (status, fs::read_to_string(folder.path().join("log")).unwrap())
    }

    pub fn at(&self, door: Listener) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.ports[door as usize]))
    }

    /// A connection from this machine.
    pub async fn connect(&self, door: Listener) -> Wire {
        Wire::connect(self.at(door), None).await
    }

    /// A connection from another of the addresses that this machine has for itself.
    pub async fn connect_from(&self, door: Listener, last: u8) -> Wire {
        Wire::connect(self.at(door), Some(IpAddr::from([127, 0, 0, last]))).await
    }

    /// An ordinary look, by somebody who is in no hurry.
    pub async fn get(&self, door: Listener, path: &str) -> Reply {
        let mut wire = self.connect(door).await;
        wire.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")).await;
        wire.reply().await.expect("an answer")
    }

    async fn readyz(&self) -> Option<Reply> {
        let mut wire = Wire::try_connect(self.at(Listener::Ops), None).await.ok()?;
        wire.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        wire.reply().await
    }

    /// A figure of `/metrics`.
    pub async fn figure(&self, name: &str) -> u64 {
        let text = self.get(Listener::Ops, "/metrics").await.text();
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {text}"));
        line.trim().parse().unwrap()
    }

    /// Waits until a figure is what it should be.
    pub async fn until(&self, name: &str, wanted: impl Fn(u64) -> bool) {
        let mut last = 0;
        for _ in 0..100 {
            last = self.figure(name).await;
            if wanted(last) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{name} stays {last}: {}", self.log());
    }

    /// What it wrote to standard error.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Nothing that came from outside is an error of ours.
    pub fn assert_no_error_line(&self) {
        let log = self.log();
        assert!(!log.contains("\"ERROR\"") && !log.contains("panicked"), "{log}");
    }

    /// Tells it to stop; how it ended and how long that took.
    pub async fn stop(&mut self) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, began.elapsed());
            }
            assert!(began.elapsed() < Duration::from_secs(60), "it does not stop: {}", self.log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Keys, a card authority and built pages: what a start needs.
fn prepare() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let keys = Command::new(env!("CARGO_BIN_EXE_techo"))
        .args(["keys", "init", "--set", &format!("DATA_DIR={}", path.display())])
        .stdout(Stdio::null())
        .status();
    assert!(keys.unwrap().success());
    CardLab::create(&path.join("lab"), [5; 32], Environment::system().now()).unwrap();
    fs::create_dir_all(path.join("site/pkg")).unwrap();
    let names = r#"{"css":"/pkg/app.css","js":"/pkg/app.js","wasm":"/pkg/app.wasm"}"#;
    fs::write(path.join("site/assets.json"), names).unwrap();
    fs::write(path.join("site/pkg/app.css"), "body{}").unwrap();
    File::create(path.join("site/pkg/large.bin")).unwrap().set_len(LARGE as u64).unwrap();
    folder
}

fn command(folder: &Path, ports: [u16; 4], shell: &str, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("{shell}\nexec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_techo"), "serve"]);
    let lab = CardLab::open(&folder.join("lab")).unwrap();
    let mut all = vec![
        format!("DATA_DIR={}", folder.display()),
        format!("SITE={}", folder.join("site").display()),
        format!("CARD_CA={}", lab.ca_folder().display()),
        format!("CARD_CRL={}", lab.crl_folder().display()),
    ];
    let names = ["PORTAL_ADDR", "CONSOLE_ADDR", "API_ADDR", "OPS_ADDR"];
    all.extend(names.iter().zip(ports).map(|(name, port)| format!("{name}=127.0.0.1:{port}")));
    all.extend(SETTINGS.iter().chain(settings).map(|(name, value)| format!("{name}={value}")));
    for setting in all {
        command.args(["--set", &setting]);
    }
    let log = File::create(folder.join("log")).unwrap();
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command
}

/// Ports that nobody listens on at this moment.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
