//! A PostgreSQL server of a test's own: loopback only, its own port, data and sockets in a folder that goes with it.

use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use fairdraw::diagnostic::{AppResult, Progress};
use fairdraw::engine::database::{Address, DatabaseSource, Password, Snapshot, read_tables};
use fairdraw::registry::{DatabaseTable, TableKind};
use postgres::{Client, Config, NoTls};

pub const PASSWORD: &str = "测试口令 ':\\ 42";

/// Who runs the server: nobody's account where the test runs as root, which PostgreSQL refuses.
#[derive(Clone, Copy)]
struct Account {
    uid: u32,
    gid: u32,
}

fn account() -> Option<Account> {
    let of = |file: &str, name: &str, at: usize| -> Option<u32> {
        let text = std::fs::read_to_string(file).ok()?;
        text.lines().find(|line| line.starts_with(&format!("{name}:")))?.split(':').nth(at)?.parse().ok()
    };
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let uid: u32 = status.lines().find(|line| line.starts_with("Uid:"))?.split_whitespace().nth(2)?.parse().ok()?;
    (uid == 0).then(|| {
        let uid = of("/etc/passwd", "postgres", 2).or_else(|| of("/etc/passwd", "nobody", 2)).unwrap_or(65_534);
        let gid = of("/etc/passwd", "postgres", 3).or_else(|| of("/etc/passwd", "nobody", 3)).unwrap_or(65_534);
        Account { uid, gid }
    })
}

/// Where PostgreSQL's programs are: the newest of Debian's folders, or the search path.
fn program(name: &str) -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin").join(name)))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| PathBuf::from(name))
}

/// A running server; stopped when it goes.
pub struct Server {
    folder: tempfile::TempDir,
    pub port: u16,
    account: Option<Account>,
}

impl Server {
    /// Starts one; `settings` are lines of its configuration.
    pub fn start(settings: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let account = account();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port, account };
        server.hand_over(server.folder.path());
        let secret = server.file("口令", PASSWORD);
        let data = server.data();
        let data = data.to_str().unwrap();
        let secret = secret.to_str().unwrap();
        server.run(
            "initdb",
            &[
                "-D",
                data,
                "-U",
                "fairdraw",
                "-A",
                "scram-sha-256",
                "--pwfile",
                secret,
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
        );
        let sockets = server.folder.path().to_str().unwrap().to_owned();
        let own = [
            format!("port = {port}"),
            "listen_addresses = '127.0.0.1'".to_owned(),
            format!("unix_socket_directories = '{sockets}'"),
            "fsync = off".to_owned(),
            "shared_buffers = 32MB".to_owned(),
            "max_connections = 20".to_owned(),
        ];
        let lines: Vec<String> = own.into_iter().chain(settings.iter().map(|line| (*line).to_owned())).collect();
        let path = server.data().join("postgresql.auto.conf");
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
        server.hand_over(&path);
        server.run("pg_ctl", &["-D", data, "-w", "-s", "-l", &format!("{sockets}/log"), "start"]);
        server
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file that the server may read, and only it.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        self.hand_over(&path);
        path
    }

    fn hand_over(&self, path: &Path) {
        if let Some(account) = self.account {
            chown(path, Some(account.uid), Some(account.gid)).unwrap();
        }
    }

    fn run(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new(program(name));
        command.args(arguments).current_dir(self.folder.path()).env("LC_ALL", "C.UTF-8");
        if let Some(account) = self.account {
            command.uid(account.uid).gid(account.gid);
        }
        // pg_ctl's child keeps what it inherits: nothing is waited for
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let log = self.folder.path().join("stderr");
        command.stderr(std::fs::File::create(&log).unwrap());
        let status = command.status().unwrap_or_else(|cause| panic!("{name}: {cause}"));
        assert!(status.success(), "{name}: {}", std::fs::read_to_string(&log).unwrap_or_default());
    }

    pub fn reload(&self) {
        let data = self.data();
        self.run("pg_ctl", &["-D", data.to_str().unwrap(), "-s", "reload"]);
        std::thread::sleep(std::time::Duration::from_millis(300));
    }

    /// A connection of the test's own.
    pub fn client(&self) -> Client {
        self.client_of("postgres")
    }

    pub fn client_of(&self, database: &str) -> Client {
        let mut config = Config::new();
        config.host("127.0.0.1").port(self.port).user("fairdraw").password(PASSWORD).dbname(database);
        config.connect(NoTls).unwrap()
    }

    pub fn sql(&self, sql: &str) {
        self.client().batch_execute(sql).unwrap();
    }

    pub fn address_text(&self) -> String {
        format!("postgresql://fairdraw@127.0.0.1:{}/postgres", self.port)
    }

    pub fn source(&self, tables: &[(TableKind, &str)]) -> DatabaseSource {
        source_at(&self.address_text(), tables)
    }

    pub fn read(&self, from: &str) -> AppResult<Snapshot> {
        self.read_watched(from, &Progress::none())
    }

    pub fn read_watched(&self, from: &str, progress: &Progress) -> AppResult<Snapshot> {
        let source = self.source(&[(TableKind::Sources, from)]);
        read_tables(&source, progress).map(|mut snapshots| snapshots.pop().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut command = Command::new(program("pg_ctl"));
        let data = self.data();
        command.args(["-D", data.to_str().unwrap_or_default(), "-s", "-m", "immediate", "stop"]);
        if let Some(account) = self.account {
            command.uid(account.uid).gid(account.gid);
        }
        let _ = command.current_dir("/").status();
    }
}

pub fn source_at(address: &str, tables: &[(TableKind, &str)]) -> DatabaseSource {
    DatabaseSource {
        address: Address::parse(address).unwrap(),
        tables: tables.iter().map(|(table, from)| DatabaseTable { table: *table, from: (*from).to_owned() }).collect(),
        password: Password::new(PASSWORD.to_owned()),
        ask: None,
    }
}

/// The program with these arguments; it knows no password, and nobody is there to be asked for one.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = alone(env!("CARGO_BIN_EXE_fairdraw"));
    command.args(arguments);
    command
}

/// A program outside the repository that is told no password of this machine's and asks for none.
pub fn alone(program: &str) -> Command {
    let mut command = Command::new(program);
    // a report without a folder of inputs goes where the program stands: not into the repository
    command.current_dir(std::env::temp_dir()).stdin(Stdio::null());
    command.env_remove("PGPASSWORD").env_remove("FAIRDRAW_DB_PASSWORD").env("PGPASSFILE", "/nonexistent");
    command
}

/// What the program says to these arguments, with a password in the environment or none.
pub fn fairdraw(arguments: &[&str], password: Option<&str>) -> Output {
    let mut command = command(arguments);
    command.envs(password.map(|password| ("FAIRDRAW_DB_PASSWORD", password)));
    command.output().unwrap()
}

/// What an error shows of itself, everywhere.
pub fn shown(error: &fairdraw::diagnostic::AppError) -> String {
    format!("{error} {error:?}")
}
