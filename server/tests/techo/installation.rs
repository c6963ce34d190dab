//! The program itself, installed in a folder of its own and asked over its sockets.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use techo_app::views::PRIVACY_VERSION;
use tempfile::TempDir;

const START_LIMIT: Duration = Duration::from_secs(60);

/// A data folder with keys, a card authority and an empty bundle.
pub struct Installation {
    folder: TempDir,
    /// The data folder, which may lie elsewhere.
    pub data: PathBuf,
    /// Where the databases are, when not in the data folder.
    pub databases: Option<[String; 2]>,
}

/// `techo serve`, killed when dropped.
pub struct Server {
    pub child: Child,
    pub portal: u16,
    pub api: u16,
    pub ops: u16,
    errors: PathBuf,
}

/// An answer over a socket.
pub struct Reply {
    pub status: u16,
    pub text: String,
}

impl Installation {
    /// With the data in a folder of its own.
    pub fn new() -> Self {
        Self::at(None)
    }

    /// With the data in this folder.
    pub fn at(data: Option<&Path>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = data.map_or_else(|| folder.path().join("data"), |data| data.join("data"));
        let site = folder.path().join("site");
        fs::create_dir_all(site.join("pkg")).unwrap();
        let assets = r#"{"css":"/pkg/app.css","js":"/pkg/app.js","wasm":"/pkg/app.wasm"}"#;
        fs::write(site.join("assets.json"), assets).unwrap();
        let installation = Self { folder, data, databases: None };
        for arguments in [&["migrate"][..], &["keys", "init"], &["card", "init"]] {
            let done = installation.run(arguments);
            assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        }
        installation
    }

    /// The program with settings for this folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.through(Command::new(env!("CARGO_BIN_EXE_techo")), arguments)
    }

    /// Another program that ends in ours, with the same arguments.
    pub fn through(&self, mut command: Command, arguments: &[&str]) -> Command {
        let cards = self.data.join("cards");
        let mut settings = vec![
            format!("DATA_DIR={}", self.data.display()),
            format!("SITE={}", self.folder.path().join("site").display()),
            format!("CARD_CA={}", cards.join("ca").display()),
            format!("CARD_CRL={}", cards.join("crl").display()),
        ];
        if let Some([identity, records]) = &self.databases {
            settings.extend([format!("IDENTITY_DB={identity}"), format!("RECORDS_DB={records}")]);
        }
        command.args(arguments);
        settings.iter().for_each(|setting| {
            command.args(["--set", setting]);
        });
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts the server and waits until it answers.
    pub fn serve(&self) -> Server {
        self.serve_through(Command::new(env!("CARGO_BIN_EXE_techo")))
    }

    /// The same through another program that ends in ours.
    pub fn serve_through(&self, command: Command) -> Server {
        self.serve_parts(command, &["serve"])
    }

    /// Only some parts of the program; the operators' door among them.
    pub fn serve_only(&self, parts: &str) -> Server {
        self.serve_parts(Command::new(env!("CARGO_BIN_EXE_techo")), &["serve", "--only", parts])
    }

    fn serve_parts(&self, command: Command, arguments: &[&str]) -> Server {
        let ports = free_ports();
        let names = ["PORTAL_ADDR", "CONSOLE_ADDR", "API_ADDR", "OPS_ADDR"];
        let mut command = self.through(command, arguments);
        for (name, port) in names.iter().zip(&ports) {
            command.arg("--set").arg(format!("{name}=127.0.0.1:{port}"));
        }
        let errors = self.folder.path().join(format!("errors.{}", ports[0]));
        command.stdout(Stdio::null()).stderr(fs::File::create(&errors).unwrap());
        let child = command.spawn().unwrap();
        let mut server = Server { child, portal: ports[0], api: ports[2], ops: ports[3], errors };
        let until = Instant::now() + START_LIMIT;
        while TcpStream::connect(("127.0.0.1", server.ops)).is_err() {
            assert!(server.child.try_wait().unwrap().is_none(), "{}", server.errors());
            assert!(Instant::now() < until, "the server does not start: {}", server.errors());
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

impl Server {
    /// What it said on standard error.
    pub fn errors(&self) -> String {
        fs::read_to_string(&self.errors).unwrap()
    }

    /// Asks the operators' door.
    pub fn ready(&self) -> Reply {
        ask(self.ops, "GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    }

    /// What the operators' door counts.
    pub fn metrics(&self) -> Reply {
        ask(self.ops, "GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
    }

    /// Looks at a page of the portal.
    pub fn get(&self, path: &str) -> Reply {
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\n\r\n", self.portal);
        ask(self.portal, &head)
    }

    /// Agrees to the privacy page, which begins a session: the vault is written.
    pub fn write(&self) -> Reply {
        let body = format!("agree=yes&version={PRIVACY_VERSION}");
        let origin = format!("http://localhost:{}", self.portal);
        ask(
            self.portal,
            &format!(
                "POST /enrol/agree HTTP/1.1\r\nhost: localhost:{}\r\norigin: {origin}\r\nsec-fetch-site: same-origin\r\n\
                 content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                self.portal,
                body.len()
            ),
        )
    }

    /// Tells it to stop, as a service manager does, and waits.
    pub fn stop(mut self) -> (Option<i32>, String) {
        let told = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(told.unwrap().success());
        let status = self.child.wait().unwrap();
        (status.code(), self.errors())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Four ports that nobody listened on a moment ago; all are held until all are known, so that they differ.
fn free_ports() -> Vec<u16> {
    let held: Vec<TcpListener> = (0..4).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    held.iter().map(|port| port.local_addr().unwrap().port()).collect()
}

fn ask(port: u16, request: &str) -> Reply {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(40))).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    Reply { status: status.unwrap_or_else(|| panic!("no answer: {text}")), text }
}
