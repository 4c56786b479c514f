//! The same readings as a file, in PostgreSQL and in Spark: the same features, scores, plan and frame.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use fairdraw::diagnostic::Progress;
use fairdraw::engine::RemoteSource;
use fairdraw::engine::database::Password;
use fairdraw::engine::feed::{FeedPlace, FeedSource};
use fairdraw::registry::frame_from_bytes;
use fairdraw::workspace::intake::feed_unit::{names_of, readings_of};
use fairdraw::workspace::intake::import::{Imported, NewProject, create_project};
use fairdraw::workspace::store::project::CommandContext;
use polars::prelude::*;

use super::cluster::Cluster;
use super::readings::{A_DAY, load, reading, units_of, write_parquet};
use crate::database::reading::{assert_same_plan, at, write_city};
use crate::database::server::{PASSWORD, Server};

type Units = Vec<(String, Option<String>)>;

/// Readings of the test: 5 000 000 where nothing else is said.
fn readings() -> usize {
    std::env::var("FAIRDRAW_FEED_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(5_000_000)
}

pub fn source(place: &str, from: &str, hours: bool) -> FeedSource {
    FeedSource {
        place: FeedPlace::parse(place).unwrap(),
        from: from.to_owned(),
        hours,
        typed: None,
        ask: Some(|_| Password::new(PASSWORD.to_owned())),
        ask_token: None,
    }
}

fn project(root: &Path, from: &Path, feed: Option<FeedSource>, context: &CommandContext) -> Imported {
    let remote = feed.map(|feed| RemoteSource { database: None, feed: Some(feed) });
    let new = NewProject { from: from.to_owned(), remote, year: Some(2027), ..NewProject::default() };
    create_project(root, &new, context).unwrap()
}

/// Hash and frame of what came back of a feed.
fn kept(made: &Imported) -> (String, DataFrame) {
    let input = made.project.file.inputs.iter().find(|input| input.file.ends_with(".parquet")).unwrap();
    let path = made.project.root().join("inputs").join(format!("{}_{}", &input.sha256[..16], input.file));
    (input.sha256.clone(), frame_from_bytes(std::fs::read(path).unwrap(), "").unwrap())
}

/// The days above their limits, by plain loops: unit, outlet, pollutant, day → sums in thousandths and hours.
fn days_by_hand(rows: usize, units: &Units) -> BTreeMap<(String, Option<String>, &'static str, i64), (i64, i64, i64)> {
    let mut hours: BTreeMap<(String, Option<String>, &'static str, i64), BTreeMap<i64, (i64, i64)>> = BTreeMap::new();
    for at in 0..rows {
        let r = reading(at, units);
        let (Some(time), Some(value), Some(limit)) = (r.time, r.value, r.limit) else { continue };
        let counts = !matches!(r.kind, Some("日" | "日均值"))
            && !matches!(r.mark, Some("停产" | "校准期间" | "D（故障）"))
            && value.is_finite()
            && limit > 0.0;
        if counts {
            let of = |number: f64| (number * 1000.0 + 0.5).floor() as i64;
            let day = hours.entry((r.unit, r.outlet, r.pollutant, time.div_euclid(86_400))).or_default();
            let hour = day.entry(time.rem_euclid(86_400) / 3600).or_insert((i64::MIN, i64::MAX));
            *hour = (hour.0.max(of(value)), hour.1.min(of(limit)));
        }
    }
    let day = |hours: BTreeMap<i64, (i64, i64)>| {
        hours.values().fold((0, 0, 0), |(v, l, n), (value, limit)| (v + value, l + limit, n + 1))
    };
    hours
        .into_iter()
        .map(|(key, hours)| (key, day(hours)))
        .filter(|(_, (values, limits, hours))| *hours >= 20 && values > limits)
        .collect()
}

/// What either engine has of a unit is the same, and as much as was put in.
fn same_readings_of_a_unit((spark, database): (&Imported, &Imported), rows: usize, units: &Units) {
    const MOST: usize = 100;
    let row = units.len() / 2;
    let unit = names_of(&spark.registry, row).unwrap();
    let of = |made: &Imported, typed: &str| {
        let mapping = &made.project.file.mapping;
        readings_of(mapping, &unit, MOST, (typed.to_owned(), None), &Progress::none()).unwrap()
    };
    let (there, here) = (of(spark, ""), of(database, PASSWORD));
    let put = (0..rows).map(|at| reading(at, units)).filter(|r| unit.numbers.contains(&r.unit)).count();
    assert!(put > 0, "{unit:?}");
    assert_eq!((there.cells.height(), there.more), (put.min(MOST), put > MOST), "{unit:?}");
    assert!(there.cells.equals_missing(&here.cells), "{} against {}", there.cells, here.cells);
    let times = there.cells.column("date").unwrap().str().unwrap().iter().collect::<Vec<_>>();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
}

#[test]
#[ignore = "needs PostgreSQL, Java and pyspark"]
fn cluster_server_and_files_give_the_same_features_scores_plan_and_frame() {
    let folder = tempfile::tempdir().unwrap();
    let (city, files, feed) = (folder.path().join("其余"), folder.path().join("输入"), folder.path().join("feed"));
    write_city(&city, 20_000);
    for entry in std::fs::read_dir(&city).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().contains("自动监控") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let context = at("2026-12-20T09:00:00");
    let plain = project(&folder.path().join("无监控"), &city, None, &context);
    let units = units_of(&plain.registry.sources);
    assert_eq!(plain.registry.monitoring.height(), 0);
    let rows = readings();
    assert!(rows >= units.len() * A_DAY, "a day of every unit at least");
    write_parquet(&feed, rows, 8, &units);

    let mut cluster = Cluster::start();
    let from = format!("select * from parquet.`{}`", feed.display());
    let spark = project(&folder.path().join("集群"), &city, Some(source(&cluster.address(), &from, false)), &context);

    let server = Server::start(&[]);
    load(&mut server.client(), "readings", rows, &units);
    let address = server.address_text();
    let database = project(&folder.path().join("库"), &city, Some(source(&address, "readings", false)), &context);
    assert_eq!(kept(&spark).0, kept(&database).0, "what came back is the same, byte for byte");
    let stayed = |made: &Imported| made.project.file.mapping.feed.as_ref().unwrap().stayed.clone();
    assert_eq!(stayed(&spark), stayed(&database));

    same_readings_of_a_unit((&spark, &database), rows, &units);

    std::fs::create_dir_all(&files).unwrap();
    for source in [&city, &feed] {
        for entry in std::fs::read_dir(source).unwrap() {
            let path = entry.unwrap().path();
            std::fs::hard_link(&path, files.join(path.file_name().unwrap())).unwrap();
        }
    }
    let embedded = project(&folder.path().join("文件"), &files, None, &context);
    assert!(embedded.registry.monitoring.height() > rows * 9 / 10);
    assert!(spark.registry.monitoring.height() < rows / 20 && spark.registry.monitoring.height() > rows / 1000);
    assert_same_plan((&embedded.project, &embedded.registry), (&spark.project, &spark.registry));
    assert_same_plan((&embedded.project, &embedded.registry), (&database.project, &database.registry));
    drop(embedded);

    // raw hours: a worker dies in the middle, another takes its place
    let by_hand = days_by_hand(rows, &units);
    assert!(by_hand.len() > 100, "{}", by_hand.len());
    let watched = CommandContext { progress: Progress::none(), ..context.clone() };
    let hours = std::thread::scope(|scope| {
        // each row many times: the hours are the same, the cluster is at work for longer
        let times = (10_000_000 / rows).max(2);
        let many = format!("select f.* from parquet.`{}` f cross join range({times})", feed.display());
        let asked = source(&cluster.address(), &many, true);
        let (root, city, watched) = (folder.path().join("小时"), &city, &watched);
        let ask = move || project(&root, city, Some(asked), watched);
        let asked = scope.spawn(ask);
        while !asked.is_finished() && watched.progress.state().label != "计算引擎统计" {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        let in_the_middle = !asked.is_finished();
        cluster.kill("worker1");
        cluster.start_worker("worker3");
        let made = asked.join().unwrap();
        assert!(in_the_middle, "the worker died too late to be missed");
        made
    });
    let same = project(&folder.path().join("库小时"), &city, Some(source(&address, "readings", true)), &context);
    assert_eq!(kept(&hours).0, kept(&same).0);
    let (_, days) = kept(&hours);
    let text = |name: &str| days.column(name).unwrap().str().unwrap().clone();
    let (unit, outlet, pollutant) = (text("排污许可证编号"), text("排口编号"), text("污染因子"));
    let day = days.column("监测时间").unwrap().cast(&DataType::Int32).unwrap();
    let number = |name: &str| days.column(name).unwrap().f64().unwrap().clone();
    let (value, limit) = (number("监测值"), number("标准限值"));
    assert_eq!(days.height(), by_hand.len());
    let mut seen = BTreeSet::new();
    for row in 0..days.height() {
        let words = ["化学需氧量", "氨氮", "二氧化硫", "氮氧化物", "颗粒物"];
        let pollutant = words.into_iter().find(|word| Some(*word) == pollutant.get(row)).unwrap();
        let day = i64::from(day.i32().unwrap().get(row).unwrap());
        let key = (unit.get(row).unwrap().to_owned(), outlet.get(row).map(str::to_owned), pollutant, day);
        let (values, limits, hours) = by_hand[&key];
        let mean = |sum: i64| sum as f64 / (hours * 1000) as f64;
        assert_eq!((value.get(row), limit.get(row)), (Some(mean(values)), Some(mean(limits))), "{key:?}");
        assert!(seen.insert(key));
    }
    println!("{rows} readings, {} of {} units above a day's limit", days.height(), units.len());
}
