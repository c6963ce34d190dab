//! A PostgreSQL of a test's own, which may be stopped, restarted and made read-only without harm to other tests.

use super::{TestPlace, TestStores, open};
use crate::DbUrl;
use sqlx::{Connection as _, PgConnection};
use std::{
    net::TcpListener,
    path::PathBuf,
    process::{Command, Stdio},
};
use tempfile::TempDir;

/// A running cluster, gone when dropped.
pub struct PostgresCluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    owner: Option<Owner>,
}

/// Whom the cluster belongs to when the test is run by root, whom PostgreSQL does not serve.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl PostgresCluster {
    /// Makes and starts a cluster; none when PostgreSQL's programs are not installed.
    ///
    /// # Panics
    /// When it cannot be made, or when `CI` is set and the programs are missing.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(
                std::env::var_os("CI").is_none(),
                "PostgreSQL's programs are missing in CI; run `make tools`"
            );
            eprintln!("skipped on PostgreSQL: its programs are not installed (`make tools` installs them)");
            return None;
        };
        let folder = TempDir::new().expect("a temporary folder can be made");
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|free| free.local_addr())
            .expect("a port is free")
            .port();
        let cluster = Self { programs, folder, port, owner: owner() };
        if let Some(Owner { user, group }) = cluster.owner {
            std::os::unix::fs::chown(cluster.folder.path(), Some(user), Some(group))
                .expect("root may give away");
        }
        let data = cluster.folder.path().join("data");
        let data = data.to_str().expect("temporary folders have plain names");
        cluster.run("initdb", &["-D", data, "-U", "techo", "--auth=trust", "--encoding=UTF8", "--no-sync"]);
        cluster.go_on();
        Some(cluster)
    }

    /// Starts it again after [`PostgresCluster::stop`].
    ///
    /// # Panics
    /// When it does not start.
    pub fn go_on(&self) {
        let options = format!(
            "-p {} -h 127.0.0.1 -k {} -c fsync=off -c max_connections=100",
            self.port,
            self.folder.path().display()
        );
        self.pg_ctl(&["-w", "-o", &options, "start"]);
    }

    /// Stops it as a power cut does.
    ///
    /// # Panics
    /// When it was not running.
    pub fn stop(&self) {
        self.pg_ctl(&["-w", "-m", "immediate", "stop"]);
    }

    /// From now on the server takes no writes, as one that another took over from; or takes them again.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn take_writes(&self, how: WriteMode) {
        let words = match how {
            WriteMode::Refused => "ALTER SYSTEM SET default_transaction_read_only = on",
            WriteMode::Taken => "ALTER SYSTEM RESET default_transaction_read_only",
        };
        self.say(words).await;
        self.say("SELECT pg_reload_conf()").await;
    }

    /// Ends every other connection, whatever it is doing.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn end_connections(&self) {
        self.say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
            .await;
    }

    /// Says something to the server as its administrator.
    ///
    /// # Panics
    /// When the server does not answer or does not do it.
    pub async fn say(&self, words: &'static str) {
        let mut connection = PgConnection::connect(&self.url("postgres")).await.expect("the cluster answers");
        sqlx::raw_sql(words).execute(&mut connection).await.expect("the server does it");
        connection.close().await.expect("the connection closes");
    }

    /// A pair of fresh databases, with further options for every connection, for example `-cstatement_timeout%3D200`.
    ///
    /// # Panics
    /// When they cannot be made.
    pub async fn stores(&self, name: &str, options: &str) -> TestStores {
        let mut connection = PgConnection::connect(&self.url("postgres")).await.expect("the cluster answers");
        let names = ["identity", "records"].map(|which| format!("{name}_{which}"));
        for database in &names {
            let mut words = sqlx::QueryBuilder::<sqlx::Postgres>::new("CREATE DATABASE ");
            let made = words.push(database).build().execute(&mut connection).await;
            made.expect("a database can be made");
        }
        let urls = names.map(|name| DbUrl::Postgres(format!("{}?options={options}", self.url(&name))));
        open(TestPlace { engine: "postgres", urls, _folder: None, _pair: None }).await
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://techo@127.0.0.1:{}/{database}", self.port)
    }

    fn pg_ctl(&self, arguments: &[&str]) {
        let (data, log) = (self.folder.path().join("data"), self.folder.path().join("log"));
        let [data, log] =
            [&data, &log].map(|path| path.to_str().expect("temporary folders have plain names"));
        self.run("pg_ctl", &[&["-D", data, "-l", log], arguments].concat());
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let done = self.command(program).args(arguments).status();
        assert!(
            done.is_ok_and(|status| status.success()),
            "{program} {arguments:?} in {:?}",
            self.folder.path()
        );
    }

    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = match self.owner {
            None => Command::new(path),
            Some(Owner { user, group }) => {
                let mut command = Command::new("setpriv");
                command.args([
                    &format!("--reuid={user}"),
                    &format!("--regid={group}"),
                    "--clear-groups",
                    "--",
                ]);
                command.arg(path);
                command
            }
        };
        command.current_dir(self.folder.path()).env("LC_ALL", "C");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }
}

/// Whether a server takes writes.
#[derive(Clone, Copy, Debug)]
pub enum WriteMode {
    /// It does.
    Taken,
    /// It does not.
    Refused,
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let _ = self.command("pg_ctl").arg("-D").arg(data).args(["-m", "immediate", "stop"]).status();
    }
}

/// Where `initdb` and `pg_ctl` are: Debian keeps them apart, by version.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian =
        versions.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").is_file()).max();
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.or_else(|| std::env::split_paths(&path).find(|bin| bin.join("initdb").is_file()))
}

/// The account `postgres` when root asks, or `nobody` when there is none.
fn owner() -> Option<Owner> {
    let id = |arguments: &[&str]| {
        let asked = Command::new("id").args(arguments).stderr(Stdio::null()).output().ok()?;
        String::from_utf8(asked.stdout).ok()?.trim().parse::<u32>().ok()
    };
    if id(&["-u"]) != Some(0) {
        return None;
    }
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some(Owner { user: id(&["-u", name])?, group: id(&["-g", name])? }))
}
