//! A nation's register: 4 000 000 sources and their events, checked, parsed and joined.
//!
//! Prints rows, cores, seconds per step and the peak of resident memory (Linux only).

use std::hint::black_box;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Instant;

use chrono::NaiveDate;
use fairdraw::diagnostic::Progress;
use fairdraw::domain::Uscc;
use fairdraw::registry::{
    Apart, CoordinateSystem, DistrictLookup, InputTable, Registry, RegistryOptions, TableKind, check_tables,
    frame_from_bytes, frame_to_bytes, render_report, render_summary, report_csv,
};
use fairdraw::tabular::RawTable;
use polars::prelude::*;

/// Rows of the register; `FAIRDRAW_BENCH_SOURCES` makes a smaller one for trying it out.
static SOURCES: LazyLock<usize> = LazyLock::new(|| {
    std::env::var("FAIRDRAW_BENCH_SOURCES").ok().and_then(|rows| rows.parse().ok()).unwrap_or(4_000_000)
});
const EVENTS: usize = 150_000;

/// A grid of degrees: what is timed here is the registry, not the geometry.
struct Grid;

impl DistrictLookup for Grid {
    fn by_name(&self, name: &str) -> Option<u32> {
        let number = name.strip_prefix('第')?.strip_suffix('区')?;
        number.parse::<u32>().ok().map(|number| 310_100 + number)
    }
    fn by_code(&self, code: u32) -> Option<u32> {
        Some(code)
    }
    fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<Option<u32>> {
        lon.iter().zip(lat).map(|(lon, _)| Some(310_101 + ((lon - 100.0) as u32).min(15))).collect()
    }
    fn apart(&self, lon: f64, _lat: f64, _stated: u32) -> Option<Apart> {
        let metres = (lon - lon.round()).abs() * 95_000.0;
        Some(Apart { metres, near: metres <= 1500.0 })
    }
    fn name_of(&self, code: u32) -> Option<String> {
        Some(format!("第{}区", code - 310_100))
    }
    fn bounds(&self) -> Option<[f64; 4]> {
        Some([100.0, 20.0, 116.0, 40.0])
    }
    fn to_wgs84(&self, _system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
        (lon, lat)
    }
}

fn uscc(i: usize) -> String {
    let mut code = format!("91310{:03}{:08}", i % 900, i % 100_000_000);
    code.push(char::from(Uscc::organisation_character(&code.as_bytes()[8..16])));
    code.push(char::from(Uscc::check_character(code.as_bytes())));
    code
}

/// Numbers in no order, as files have them: an odd multiplier permutes the rows.
fn shuffled(i: usize) -> usize {
    (i * 2_654_435_761 + 12_345) % *SOURCES
}

fn table(file: &str, columns: Vec<(&str, StringChunked)>) -> RawTable {
    let height = columns.first().map_or(0, |(_, column)| column.len()) + 1;
    let columns = columns
        .into_iter()
        .enumerate()
        .map(|(c, (heading, column))| {
            let mut whole = StringChunked::full(format!("c{c}").as_str().into(), heading, 1);
            whole.append(&column).expect("text to text");
            whole.rechunk().into_owned().into_column()
        })
        .collect();
    RawTable {
        file: file.to_owned(),
        path: PathBuf::from(file),
        sheet: None,
        encoding: None,
        delimiter: None,
        rows: (1..=height as u32).collect(),
        cells: DataFrame::new(height, columns).expect("equal heights"),
        named: false,
        facts: fairdraw::tabular::Facts::default(),
    }
}

fn column(rows: usize, cell: impl Fn(usize) -> String) -> StringChunked {
    let mut builder = StringChunkedBuilder::new(PlSmallStr::EMPTY, rows);
    for i in 0..rows {
        builder.append_value(cell(i));
    }
    builder.finish()
}

fn sources() -> RawTable {
    let each = |cell: &dyn Fn(usize) -> String| column(*SOURCES, |i| cell(shuffled(i)));
    table(
        "全国污染源名录.csv",
        vec![
            ("排污许可证编号", each(&|i| format!("{}001P", uscc(i)))),
            ("单位名称", each(&|i| format!("上海第{i}号模拟金属制品有限公司"))),
            ("统一社会信用代码", each(&uscc)),
            ("行政区", each(&|i| format!("第{}区", i % 16 + 1))),
            ("生产经营场所地址", each(&|i| format!("第{}区模拟路{}弄{}号", i % 16 + 1, i % 9973, i % 89))),
            ("经度", each(&|i| format!("{}.{:04}", 100 + i % 16, i % 10_000))),
            ("纬度", each(&|i| format!("{}.{:04}", 20 + i % 20, i % 9_999))),
            ("行业类别", each(&|i| format!("{:04}", 1300 + i % 2900))),
            (
                "管理类别",
                each(&|i| {
                    ["登记管理", "简化管理", "重点管理"][usize::from(i % 10 == 0) + usize::from(i % 20 == 0)].to_owned()
                }),
            ),
            ("有效期限", each(&|i| format!("2024-{:02}-10至2029-{:02}-09", i % 12 + 1, i % 12 + 1))),
            ("生产状态", each(&|i| if i % 30 == 0 { "停产" } else { "在产" }.to_owned())),
            ("备注", each(&|i| if i % 100 == 0 { "核实" } else { "无" }.to_owned())),
        ],
    )
}

fn complaints() -> RawTable {
    table(
        "信访投诉.csv",
        vec![
            (
                "被投诉单位",
                column(EVENTS, |i| {
                    format!("第{}号模拟金属制品有限责任公司{}", shuffled(i), if i % 50 == 0 { "厂" } else { "" })
                }),
            ),
            ("投诉日期", column(EVENTS, |i| format!("2026年{}月{}日", i % 10 + 1, i % 28 + 1))),
            ("是否属实", column(EVENTS, |i| if i % 3 == 0 { "属实" } else { "不属实" }.to_owned())),
        ],
    )
}

/// Peak resident memory in MiB, where the system tells.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// Runs the bench.
pub fn run() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let started = Instant::now();
    let input = |raw| InputTable { raw, table: None, mapping: None };
    let tables = [input(sources()), input(complaints())];
    println!("registry: {} sources, {EVENTS} complaints, {cores} cores", *SOURCES);
    println!("  made in {:.1} s, peak {:?} MiB", started.elapsed().as_secs_f64(), peak_mib());
    let mut options = RegistryOptions::new(NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date")).expect("aliases");
    options.industry = std::sync::Arc::default();
    let started = Instant::now();
    let alone =
        check_tables(&Registry::empty(), vec![tables[0].clone()], &options, &Grid, &Progress::none()).expect("sources");
    println!("  sources checked in {:.1} s, peak {:?} MiB", started.elapsed().as_secs_f64(), peak_mib());
    assert_eq!(alone.sources.height(), *SOURCES, "{}", render_summary(&alone));
    drop(alone);
    let started = Instant::now();
    let registry = check_tables(&Registry::empty(), tables.to_vec(), &options, &Grid, &Progress::none()).expect("both");
    println!(
        "  sources checked, complaints joined by name in {:.1} s, peak {:?} MiB",
        started.elapsed().as_secs_f64(),
        peak_mib()
    );
    let matched = registry.complaints.column("enterprise").map_or(0, |column| column.len() - column.null_count());
    println!("  complaints matched: {matched} of {EVENTS}");
    drop(tables);
    let started = Instant::now();
    let bytes = frame_to_bytes(registry.frame(TableKind::Sources)).expect("parquet");
    println!("  parquet written in {:.1} s: {} MiB", started.elapsed().as_secs_f64(), bytes.len() >> 20);
    let started = Instant::now();
    black_box(frame_from_bytes(bytes, "sources").expect("parquet"));
    println!("  parquet read in {:.1} s", started.elapsed().as_secs_f64());
    let started = Instant::now();
    let report = report_csv(&render_report(&registry));
    println!(
        "  report of {} KiB in {:.1} s, peak {:?} MiB",
        report.len() >> 10,
        started.elapsed().as_secs_f64(),
        peak_mib()
    );
}
