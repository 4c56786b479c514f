//! Scripts for a data centre that lets nobody in: round by round, and what comes back is what an open engine gives.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fairdraw::registry::frame_from_bytes;

use super::cluster::Cluster;
use super::readings::{load, write_parquet};
use crate::command_line::{text, words};
use crate::database::server::{PASSWORD, Server, fairdraw};

fn sql(folder: &Path, table: &str, dialect: &str) -> (Output, Vec<PathBuf>) {
    let done = fairdraw(&["engine", "sql", text(folder), "--table", table, "--dialect", dialect], None);
    assert!(done.status.success(), "{}", words(&done));
    let files = String::from_utf8_lossy(&done.stdout).lines().map(PathBuf::from).collect();
    (done, files)
}

/// Runs rounds of scripts until nothing more is asked.
fn rounds(folder: &Path, table: &str, dialect: &str, run: &dyn Fn(&Path)) -> Vec<usize> {
    let mut asked = Vec::new();
    loop {
        let (done, files) = sql(folder, table, dialect);
        if words(&done).contains("已全部取回") {
            return asked;
        }
        assert!(asked.len() < 4, "{}", words(&done));
        asked.push(files.len());
        for file in &files {
            run(file);
        }
    }
}

/// A project of a small register and what is counted on an engine; the rows that came back.
fn taken(root: &Path, register: &Path, engine: &str, table: &str) -> polars::prelude::DataFrame {
    let monitoring = format!("monitoring={table}");
    let own =
        ["new", text(root), "--from", text(register), "--year", "2027", "--engine", engine, "--table", &monitoring];
    let done = fairdraw(&own, Some(PASSWORD));
    assert!(matches!(done.status.code(), Some(0 | 1)), "{}", words(&done));
    let kept = std::fs::read_dir(root.join("inputs")).unwrap().next().unwrap().unwrap().path();
    frame_from_bytes(std::fs::read(kept).unwrap(), "").unwrap()
}

fn register(folder: &Path) -> PathBuf {
    let path = folder.join("名录");
    std::fs::create_dir_all(&path).unwrap();
    let mut csv = "排污许可证编号,单位名称,行政区,管理类别\n".to_owned();
    for n in 0..200 {
        csv += &format!("U{n:05},第{n}厂,浦东新区,重点管理\n");
    }
    std::fs::write(path.join("污染源名录.csv"), csv).unwrap();
    path
}

fn units() -> Vec<(String, Option<String>)> {
    (0..200).map(|n| (format!("U{n:05}"), Some(format!("第{n}厂")))).collect()
}

#[test]
#[ignore = "needs PostgreSQL"]
fn database_scripts_give_what_an_open_server_gives() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&[]);
    load(&mut server.client(), "readings", 30_000, &units());
    let scripts = folder.path().join("脚本");
    let psql = |file: &Path| {
        let address = format!("postgresql://fairdraw@127.0.0.1:{}/postgres", server.port);
        let mut command = Command::new("psql");
        command.args(["-v", "ON_ERROR_STOP=1", "-q", &address, "-f"]).arg(file).current_dir(&scripts);
        let done = command.env("PGPASSWORD", PASSWORD).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    assert_eq!(rounds(&scripts, "readings", "postgresql", &psql), [1, 2, 2]);
    let register = register(folder.path());
    let by_scripts = taken(&folder.path().join("甲"), &register, text(&scripts), "readings");
    let open = taken(&folder.path().join("乙"), &register, &server.address_text(), "readings");
    assert_eq!(by_scripts.height(), open.height());
    assert!(open.height() > 50);
    for column in ["排污许可证编号", "排口编号", "污染因子"] {
        let of = |frame: &polars::prelude::DataFrame| {
            let mut cells: Vec<Option<String>> =
                frame.column(column).unwrap().str().unwrap().iter().map(|cell| cell.map(str::to_owned)).collect();
            cells.sort();
            cells
        };
        assert_eq!(of(&by_scripts), of(&open), "{column}");
    }
    // an answer of another table is no answer
    let other = fairdraw(&["engine", "sql", text(&scripts), "--table", "other", "--dialect", "postgresql"], None);
    assert_eq!(other.status.code(), Some(2));
    assert!(words(&other).contains("ENG-024"), "{}", words(&other));
    std::fs::remove_file(scripts.join("04-rows.csv")).unwrap();
    let third = folder.path().join("丙");
    let own = ["new", text(&third), "--from", text(&register), "--engine", text(&scripts)];
    let missing = fairdraw(&[&own[..], &["--table", "monitoring=readings"]].concat(), None);
    assert!(missing.status.code() == Some(2) && words(&missing).contains("ENG-023"), "{}", words(&missing));
}

#[test]
#[ignore = "needs Java and pyspark"]
fn cluster_scripts_give_what_an_open_cluster_gives() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start();
    let feed = folder.path().join("feed");
    write_parquet(&feed, 30_000, 2, &units());
    let table = format!("select * from parquet.`{}`", feed.display());
    let scripts = folder.path().join("脚本");
    let spark = |file: &Path| {
        let home = std::env::var("FAIRDRAW_SPARK_HOME").unwrap();
        let mut command = Command::new(format!("{home}/bin/spark-sql"));
        command.args(["--master", "local[1]", "--conf", "spark.ui.enabled=false", "-f"]).arg(file);
        let done = command.env("SPARK_LOCAL_IP", "127.0.0.1").current_dir(&scripts).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    assert_eq!(rounds(&scripts, &table, "spark", &spark), [1, 2, 2]);
    let register = register(folder.path());
    let by_scripts = taken(&folder.path().join("甲"), &register, text(&scripts), &table);
    let open = taken(&folder.path().join("乙"), &register, &cluster.address(), &table);
    assert!(by_scripts.equals_missing(&open) && open.height() > 50, "{by_scripts:?} {open:?}");
}
