//! A cluster of Spark's own: a master, two workers, a Connect server, each a process on the loopback interface.

use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running cluster; stopped when it goes.
pub struct Cluster {
    pub folder: tempfile::TempDir,
    home: PathBuf,
    master: u16,
    pub port: u16,
    processes: Vec<(String, Child)>,
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn opens(port: u16, within: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < within {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    false
}

impl Cluster {
    pub fn start() -> Self {
        let home = std::env::var_os("FAIRDRAW_SPARK_HOME").map(PathBuf::from);
        let home = home.expect("FAIRDRAW_SPARK_HOME: the folder of pyspark, with bin/spark-class");
        let mut cluster = Self {
            folder: tempfile::tempdir().unwrap(),
            home,
            master: free_port(),
            port: free_port(),
            processes: Vec::new(),
        };
        let port = cluster.master.to_string();
        let main = "org.apache.spark.deploy.master.Master";
        cluster.spawn(
            "master",
            "384m",
            "spark-class",
            &[main, "--host", "127.0.0.1", "--port", &port, "--webui-port", "0"],
        );
        assert!(opens(cluster.master, Duration::from_mins(2)), "{}", cluster.log("master"));
        cluster.start_worker("worker1");
        cluster.start_worker("worker2");
        cluster.start_server(None);
        cluster
    }

    pub fn address(&self) -> String {
        format!("sc://127.0.0.1:{}", self.port)
    }

    pub fn start_worker(&mut self, name: &str) {
        let main = "org.apache.spark.deploy.worker.Worker";
        let master = format!("spark://127.0.0.1:{}", self.master);
        let own = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1200m"];
        self.spawn(name, "256m", "spark-class", &[&[main][..], &own[..], &[master.as_str()][..]].concat());
    }

    /// Starts the Connect server, with a token where one is given.
    pub fn start_server(&mut self, token: Option<&str>) {
        let (master, port) = (format!("spark://127.0.0.1:{}", self.master), self.port);
        let mut own = vec![
            "--class".to_owned(),
            "org.apache.spark.sql.connect.service.SparkConnectServer".to_owned(),
            "--master".to_owned(),
            master,
            "--executor-memory".to_owned(),
            "900m".to_owned(),
        ];
        let warehouse = self.folder.path().join("warehouse").display().to_string();
        let settings = [
            ("spark.connect.grpc.binding.address", "127.0.0.1".to_owned()),
            ("spark.connect.grpc.binding.port", port.to_string()),
            ("spark.driver.host", "127.0.0.1".to_owned()),
            ("spark.driver.bindAddress", "127.0.0.1".to_owned()),
            ("spark.ui.enabled", "false".to_owned()),
            ("spark.sql.shuffle.partitions", "4".to_owned()),
            ("spark.sql.warehouse.dir", warehouse),
        ];
        let token = token.map(|token| ("spark.connect.authenticate.token", token.to_owned()));
        for (name, value) in settings.into_iter().chain(token) {
            own.extend(["--conf".to_owned(), format!("{name}={value}")]);
        }
        own.push("spark-internal".to_owned());
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        self.spawn("server", "900m", "spark-submit", &own);
        assert!(opens(self.port, Duration::from_mins(4)), "{}", self.log("server"));
    }

    fn spawn(&mut self, name: &str, memory: &str, program: &str, arguments: &[&str]) {
        let folder = self.folder.path();
        let log = std::fs::File::create(folder.join(format!("{name}.log"))).unwrap();
        let mut command = Command::new(self.home.join("bin").join(program));
        command
            .args(arguments)
            .current_dir(folder)
            .env("SPARK_HOME", &self.home)
            .env("SPARK_NO_DAEMONIZE", "1")
            .env("SPARK_LOCAL_IP", "127.0.0.1")
            .env("SPARK_LOCAL_DIRS", folder.join("scratch"))
            .env("SPARK_WORKER_DIR", folder.join(name))
            .env("SPARK_DAEMON_MEMORY", memory)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            // its executors belong to it, and go with it
            .process_group(0);
        self.processes.push((name.to_owned(), command.spawn().unwrap()));
    }

    pub fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default()
    }

    /// Kills a process at once, and what it started.
    pub fn kill(&mut self, name: &str) {
        let at = self.processes.iter().position(|(known, _)| known == name).unwrap();
        let (_, mut child) = self.processes.remove(at);
        kill_group(&mut child);
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

fn kill_group(child: &mut Child) {
    let _ = Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).status();
    let _ = child.wait();
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for (_, child) in self.processes.iter_mut().rev() {
            kill_group(child);
        }
    }
}
