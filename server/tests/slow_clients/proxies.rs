//! The example configurations of `docs/proxy`, with the program behind them. Only addresses, times and TLS are changed here,
//! each by a line that has to be there.

use crate::{
    program::{Listener, Program, free_ports},
    wire::{Reply, Wire},
};
use std::{
    fs::{self, File},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::AsyncReadExt as _,
    net::TcpListener,
    time::{sleep, timeout},
};

const HOST: &str = "portal.example.jp";
const FORM: &str = "to=en&back=/privacy";

/// A proxy that runs, or why there is none.
struct Proxy {
    child: Child,
    at: SocketAddr,
    folder: TempDir,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Nginx,
    Caddy,
}

impl Kind {
    fn program(self) -> Option<PathBuf> {
        let places = match self {
            Self::Nginx => ["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"],
            Self::Caddy => ["/usr/bin/caddy", "/usr/sbin/caddy", "/usr/local/bin/caddy"],
        };
        places.iter().map(PathBuf::from).find(|path| path.is_file())
    }

    /// The example with addresses of the test, and without TLS.
    fn configuration(self, folder: &Path, port: u16, behind: SocketAddr) -> String {
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/proxy");
        let folder = folder.display();
        match self {
            Self::Nginx => {
                let text = fs::read_to_string(docs.join("nginx.conf")).unwrap();
                let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                    .map(|part| format!("{part}_temp_path {folder}/{part};\n"))
                    .concat();
                let text = changed(&text, "http {\n", &format!("http {{\n{temporary}"));
                let text = changed(&text, "listen 443 ssl http2", &format!("listen 127.0.0.1:{port}"));
                let text = changed(&text, "server 127.0.0.1:3000;", &format!("server {behind};"));
                let text = changed(&text, "_timeout 10s;", "_timeout 2s;");
                let plain = text.lines().filter(|line| !line.trim().starts_with("ssl_"));
                plain.collect::<Vec<_>>().join("\n")
            }
            Self::Caddy => {
                let text = fs::read_to_string(docs.join("Caddyfile")).unwrap();
                let text = changed(&text, "{\n\tservers", "{\n\tadmin off\n\tauto_https off\n\tservers");
                let text = changed(&text, "\nportal.example.jp {", &format!("\nhttp://{HOST}:{port} {{"));
                let text = changed(
                    &text,
                    "\nconsole.example.jp {",
                    &format!("\nhttp://console.example.jp:{port} {{"),
                );
                let text = changed(
                    &text,
                    "\nsystems.example.jp {",
                    &format!("\nhttp://systems.example.jp:{port} {{"),
                );
                let text = changed(&text, "127.0.0.1:3000", &behind.to_string());
                let text = changed(&text, "read_header 10s", "read_header 2s");
                changed(&text, "read_body 30s", "read_body 4s")
            }
        }
    }

    fn command(self, program: &Path, folder: &Path, configuration: &Path) -> Command {
        let mut command = Command::new(program);
        match self {
            Self::Nginx => {
                let pid = folder.join("pid");
                let alone = format!("daemon off; master_process off; pid {};", pid.display());
                command.arg("-e").arg(folder.join("log")).arg("-p").arg(folder).arg("-c").arg(configuration);
                command.args(["-g", &alone]);
            }
            Self::Caddy => {
                command.args(["run", "--adapter", "caddyfile", "--config"]).arg(configuration);
                command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder).env("HOME", folder);
            }
        }
        let said = File::create(folder.join("said")).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said);
        command
    }

    /// Starts the proxy; none when it is not installed.
    async fn start(self, behind: SocketAddr) -> Option<Proxy> {
        let Some(program) = self.program() else {
            println!("{self:?} is not installed: its example configuration was not tried");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let [port] = free_ports();
        let configuration = folder.path().join("configuration");
        fs::write(&configuration, self.configuration(folder.path(), port, behind)).unwrap();
        let child = self.command(&program, folder.path(), &configuration).spawn().unwrap();
        let mut proxy = Proxy { child, at: SocketAddr::from(([127, 0, 0, 1], port)), folder };
        for _ in 0..200 {
            if Wire::try_connect(proxy.at, None).await.is_ok() {
                return Some(proxy);
            }
            assert!(proxy.child.try_wait().unwrap().is_none(), "{self:?} runs: {}", proxy.said());
            sleep(Duration::from_millis(100)).await;
        }
        panic!("{self:?} does not listen: {}", proxy.said());
    }
}

impl Proxy {
    fn said(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
        read("said") + &read("log")
    }

    /// Changes the language, from one of the addresses of this machine.
    async fn change(&self, last: u8, more: &str) -> Reply {
        let mut wire = Wire::connect(self.at, Some([127, 0, 0, last].into())).await;
        wire.send(request(&format!("{more}Content-Length: {}", FORM.len())) + FORM).await;
        wire.reply().await.unwrap_or_else(|| panic!("an answer: {}", self.said()))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the example says {from:?}");
    text.replace(from, to)
}

fn request(more: &str) -> String {
    format!(
        "POST /language HTTP/1.1\r\nHost: {HOST}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n{more}\r\n\r\n"
    )
}

/// Each address has a bucket of its own behind the proxy, and nobody chooses theirs.
async fn addresses_are_told_apart(kind: Kind) {
    let program = Program::start(&[("PROXY_HOPS", "1"), ("ADDRESS_RATE", "1")]).await;
    let Some(proxy) = kind.start(program.at(Listener::Portal)).await else { return };
    let mut first = proxy.change(1, "").await;
    assert_eq!(first.status, 303, "{kind:?}: {} {}", first.head, proxy.said());
    for _ in 0..40 {
        if first.status == 429 {
            break;
        }
        first = proxy.change(1, "").await;
    }
    assert_eq!(first.status, 429, "{kind:?} somebody is slowed down: {}", first.head);
    let invented = proxy.change(1, "X-Forwarded-For: 10.9.9.9\r\nX-Real-IP: 10.9.9.9\r\n").await;
    assert_eq!(invented.status, 429, "{kind:?}: an invented address is not believed");
    assert_eq!(proxy.change(2, "").await.status, 303, "{kind:?}: somebody else is not slowed down");
    program.assert_no_error_line();
}

/// What arrives behind the proxy.
async fn heads_arrive_rightly(kind: Kind) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let Some(proxy) = kind.start(listener.local_addr().unwrap()).await else { return };
    let mut wire = Wire::connect(proxy.at, Some([127, 0, 0, 3].into())).await;
    let lies = "X-Forwarded-For: 10.9.9.9\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-Host: evil.example\r\n";
    wire.send(request(&format!("{lies}Content-Length: 0"))).await;
    let (mut stream, _) = timeout(Duration::from_secs(20), listener.accept()).await.unwrap().unwrap();
    let mut head = vec![0; 8_192];
    let count = stream.read(&mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..count]).to_lowercase();
    let all = |name: &str| -> Vec<&str> {
        let lines = head.lines().filter_map(|line| line.split_once(':')).filter(|(found, _)| *found == name);
        lines.map(|(_, value)| value.trim()).collect()
    };
    assert_eq!(all("x-forwarded-for"), ["127.0.0.3"], "{kind:?}: {head}");
    assert_eq!(all("x-forwarded-proto"), ["http"], "{kind:?}: {head}");
    assert_eq!(all("x-forwarded-host").concat().split(':').next(), Some(HOST), "{kind:?}: {head}");
    assert_eq!(all("host").concat().split(':').next(), Some(HOST), "{kind:?}: {head}");
}

/// Slow heads, slow bodies and large bodies end at the proxy.
async fn bounds_hold(kind: Kind) {
    let program =
        Program::start(&[("PROXY_HOPS", "1"), ("HEAD_SECONDS", "60"), ("BODY_SECONDS", "60")]).await;
    let Some(proxy) = kind.start(program.at(Listener::Portal)).await else { return };
    for slow in ["GET / HTTP/1.1\r\nHost: port".to_owned(), request("Content-Length: 1000") + "t"] {
        let mut wire = Wire::connect(proxy.at, None).await;
        wire.send(&slow).await;
        let after = wire.ended().await;
        assert!(after < Duration::from_secs(15), "{kind:?}: {after:?} for {slow}");
    }
    let mut wire = Wire::connect(proxy.at, None).await;
    wire.send(request("Content-Length: 2000000") + &"x".repeat(100_000)).await;
    let reply = wire.reply().await.expect("an answer");
    assert_eq!(reply.status, 413, "{kind:?}: {}", reply.head);
    assert_eq!(proxy.change(4, "").await.status, 303, "{kind:?}: everybody else is served");
    program.assert_no_error_line();
}

#[tokio::test]
async fn behind_nginx_addresses_arrive_rightly_and_bounds_hold() {
    addresses_are_told_apart(Kind::Nginx).await;
    heads_arrive_rightly(Kind::Nginx).await;
    bounds_hold(Kind::Nginx).await;
}

#[tokio::test]
async fn behind_caddy_addresses_arrive_rightly_and_bounds_hold() {
    addresses_are_told_apart(Kind::Caddy).await;
    heads_arrive_rightly(Kind::Caddy).await;
    bounds_hold(Kind::Caddy).await;
}
