//! Readings of a city's monitors: hours, and a daily mean a day, with all that such a feed has of gaps and words.

use std::fmt::Write as _;
use std::path::Path;

use polars::prelude::*;

use fairdraw::registry::frame_to_bytes;
use fairdraw::registry::schema::sources;

/// Rows a unit and day: 24 hours and the mean.
pub const A_DAY: usize = 25;

/// One reading, as the feed's columns have it.
pub struct Reading {
    pub unit: String,
    pub name: Option<String>,
    /// Seconds since 1970 on the wall's clock.
    pub time: Option<i64>,
    pub kind: Option<&'static str>,
    pub outlet: Option<String>,
    pub pollutant: &'static str,
    pub value: Option<f64>,
    pub limit: Option<f64>,
    pub multiple: Option<f64>,
    pub mark: Option<&'static str>,
}

fn mixed(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ x >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ x >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ x >> 31
}

/// The first day of the feed: 2026-11-01.
const FIRST: i64 = 20_758 * 86_400;

/// The reading of a number; numbers of one unit and day differ by their hour.
pub fn reading(at: usize, units: &[(String, Option<String>)]) -> Reading {
    let (unit, of_unit) = (at % units.len(), at / units.len());
    let (day, slot) = (of_unit / A_DAY, of_unit % A_DAY);
    let h = mixed(at as u64);
    let (number, name) = &units[unit];
    let is_mean = slot == 24;
    let unit_text = match h % 97 {
        0 => format!("OLD{}", unit % 3000 + unit / 3000 * 10_000),
        1 => format!("不在名录{unit}"),
        _ => number.clone(),
    };
    let hour = if is_mean { 0 } else { slot as i64 };
    let kind = match (is_mean, h / 97 % 9) {
        (true, 0..=4) => Some("日均值"),
        (true, _) => Some("日"),
        (false, 0..=3) => Some("小时"),
        (false, 4..=6) => Some("小时值"),
        // no word: an hour by its time, but at midnight
        (false, _) if slot > 0 => [None, Some("分钟")][(h % 2) as usize],
        (false, _) => Some("小时"),
    };
    // a bad unit has bad days: whole days lie above the limit
    let bad = mixed((unit * 31 + day) as u64).is_multiple_of(11);
    let limit = 50.0 + (unit % 7) as f64 * 10.0;
    let thousandths = (h / 1_000) % 90_000;
    let value = if bad { limit + thousandths as f64 / 1000.0 } else { limit * 0.3 + thousandths as f64 / 2500.0 };
    let value = (value * 1000.0).round() / 1000.0;
    let multiple = match h / 7 % 10 {
        0 => Some(((value / limit - 1.0) * 100.0).round() / 100.0),
        // contradicts its own numbers
        1 => Some(0.9),
        _ => None,
    };
    Reading {
        unit: unit_text,
        name: name.clone().filter(|_| !h.is_multiple_of(5)),
        time: (!h.is_multiple_of(5003)).then_some(FIRST + day as i64 * 86_400 + hour * 3600),
        kind,
        outlet: (!h.is_multiple_of(41)).then(|| format!("D{}00{}", ["W", "A"][unit % 2], 1 + unit % 3)),
        pollutant: ["化学需氧量", "氨氮", "二氧化硫", "氮氧化物", "颗粒物"][unit % 5],
        value: match h {
            h if h.is_multiple_of(53) => None,
            h if h.is_multiple_of(10_007) => Some(f64::NAN),
            _ => Some(value),
        },
        limit: if h.is_multiple_of(59) {
            None
        } else if h.is_multiple_of(61) {
            Some(0.0)
        } else {
            Some(limit)
        },
        multiple,
        mark: match h / 3 % 40 {
            0 => Some("停产"),
            1 => Some("校准期间"),
            2 => Some("D（故障）"),
            3..=9 => Some("正常"),
            _ => None,
        },
    }
}

/// Numbers and names of a register's units.
pub fn units_of(register: &DataFrame) -> Vec<(String, Option<String>)> {
    let (numbers, names) = (sources::UNIT_ID.of(register).unwrap(), sources::NAME.of(register).unwrap());
    numbers
        .iter()
        .zip(names.iter())
        .map(|(number, name)| (number.unwrap().to_owned(), name.map(str::to_owned)))
        .collect()
}

fn frame(rows: std::ops::Range<usize>, units: &[(String, Option<String>)]) -> DataFrame {
    let readings: Vec<Reading> = rows.map(|at| reading(at, units)).collect();
    let text = |name: &str, of: &dyn Fn(&Reading) -> Option<String>| -> Column {
        let cells: Vec<Option<String>> = readings.iter().map(of).collect();
        Column::new(name.into(), cells)
    };
    let number = |name: &str, of: &dyn Fn(&Reading) -> Option<f64>| -> Column {
        let cells: Vec<Option<f64>> = readings.iter().map(of).collect();
        Column::new(name.into(), cells)
    };
    let times: Vec<Option<i64>> = readings.iter().map(|r| r.time.map(|time| time * 1_000_000)).collect();
    let times = Column::new("监测时间".into(), times).cast(&DataType::Datetime(TimeUnit::Microseconds, None)).unwrap();
    let columns = vec![
        text("排污许可证编号", &|r| Some(r.unit.clone())),
        text("单位名称", &|r| r.name.clone()),
        times,
        text("数据类型", &|r| r.kind.map(str::to_owned)),
        text("排口编号", &|r| r.outlet.clone()),
        text("污染因子", &|r| Some(r.pollutant.to_owned())),
        number("监测值", &|r| r.value),
        number("标准限值", &|r| r.limit),
        number("超标倍数", &|r| r.multiple),
        text("数据标记", &|r| r.mark.map(str::to_owned)),
    ];
    DataFrame::new(readings.len(), columns).unwrap()
}

/// Writes so many readings as Parquet files of a folder.
pub fn write_parquet(folder: &Path, rows: usize, parts: usize, units: &[(String, Option<String>)]) {
    std::fs::create_dir_all(folder).unwrap();
    let size = rows.div_ceil(parts);
    for part in 0..parts {
        let range = part * size..((part + 1) * size).min(rows);
        std::fs::write(folder.join(format!("自动监控{part}.parquet")), frame_to_bytes(&frame(range, units)).unwrap())
            .unwrap();
    }
}

/// Puts so many readings into a table of a database.
pub fn load(client: &mut postgres::Client, table: &str, rows: usize, units: &[(String, Option<String>)]) {
    use std::io::Write as _;
    client
        .batch_execute(&format!(
            "CREATE TABLE {table} (\"排污许可证编号\" text, \"单位名称\" text, \"监测时间\" timestamp, \"数据类型\" text, \
             \"排口编号\" text, \"污染因子\" text, \"监测值\" double precision, \"标准限值\" double precision, \
             \"超标倍数\" double precision, \"数据标记\" text)"
        ))
        .unwrap();
    let mut copy = client.copy_in(&format!("COPY {table} FROM STDIN")).unwrap();
    let null = || "\\N".to_owned();
    let mut lines = String::new();
    for at in 0..rows {
        let r = reading(at, units);
        let number = |value: Option<f64>| value.map_or_else(null, |value| value.to_string());
        let time = r.time.map_or_else(null, |time| {
            chrono::DateTime::from_timestamp(time, 0).unwrap().format("%Y-%m-%d %H:%M:%S").to_string()
        });
        let _ = writeln!(
            lines,
            "{}\t{}\t{time}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
            r.unit,
            r.name.unwrap_or_else(null),
            r.kind.map_or_else(null, str::to_owned),
            r.outlet.unwrap_or_else(null),
            r.pollutant,
            number(r.value),
            number(r.limit),
            number(r.multiple),
            r.mark.map_or_else(null, str::to_owned),
        );
        if lines.len() > 1 << 20 {
            copy.write_all(lines.as_bytes()).unwrap();
            lines.clear();
        }
    }
    copy.write_all(lines.as_bytes()).unwrap();
    copy.finish().unwrap();
}
