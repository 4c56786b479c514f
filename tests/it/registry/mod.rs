//! The registry: every check met, joins, headings, mappings, and that no row is ever lost.

mod checks;
mod columns;
mod covered;
mod files;
mod headings;
mod properties;
mod values;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;
use fairdraw::diagnostic::{Progress, Severity};
use fairdraw::registry::codes;
use fairdraw::registry::{
    Apart, BodyName, CoordinateSystem, DistrictLookup, IndustryTable, InputFile, InputTable, LastingIds, Mapping,
    NamedId, NoMap, Registry, RegistryOptions, TableKind, check_tables, frame_from_bytes, frame_to_bytes,
    load_registry, render_report, render_set_aside_csv, render_summary, report_csv,
};
use fairdraw::tabular::RawTable;
use polars::prelude::*;

/// Two districts side by side, the border at 121.5 degrees east: west 徐汇区, east 浦东新区.
struct TwoDistricts;

impl DistrictLookup for TwoDistricts {
    fn by_name(&self, name: &str) -> Option<u32> {
        match name {
            "浦东新区" => Some(310_115),
            "徐汇区" => Some(310_104),
            _ => None,
        }
    }
    fn by_code(&self, code: u32) -> Option<u32> {
        [310_104, 310_115].contains(&code).then_some(code)
    }
    fn locate_many(&self, lon: &[f64], lat: &[f64]) -> Vec<Option<u32>> {
        lon.iter()
            .zip(lat)
            .map(|(lon, lat)| {
                ((121.0..122.0).contains(lon) && (30.8..31.5).contains(lat)).then_some(if *lon < 121.5 {
                    310_104
                } else {
                    310_115
                })
            })
            .collect()
    }
    fn apart(&self, lon: f64, _lat: f64, _stated: u32) -> Option<Apart> {
        let metres = (lon - 121.5).abs() * 95_000.0;
        Some(Apart { metres, near: metres <= 1500.0 })
    }
    fn name_of(&self, code: u32) -> Option<String> {
        Some(if code == 310_115 { "浦东新区" } else { "徐汇区" }.to_owned())
    }
    fn bounds(&self) -> Option<[f64; 4]> {
        Some([121.0, 30.8, 122.0, 31.5])
    }
    fn to_wgs84(&self, system: CoordinateSystem, lon: f64, lat: f64) -> (f64, f64) {
        match system {
            CoordinateSystem::Wgs84 => (lon, lat),
            _ => (lon - 0.0045, lat + 0.002),
        }
    }
}

const USCC_A: &str = "91130200699229617X";
const USCC_B: &str = "91110000802100433B";
const USCC_C: &str = "91350100M000100Y43";
const UNIT_A: &str = "91130200699229617X001P";
const UNIT_B: &str = "91110000802100433B001V";

fn raw_at(file: &str, sheet: Option<&str>, first_row: u32, rows: &[Vec<&str>]) -> RawTable {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let columns = (0..width)
        .map(|c| {
            let cells: StringChunked =
                rows.iter().map(|row| row.get(c).copied().filter(|text| !text.is_empty())).collect();
            cells.with_name(format!("c{c}").as_str().into()).into_column()
        })
        .collect();
    RawTable {
        file: file.to_owned(),
        path: PathBuf::from(file),
        sheet: sheet.map(str::to_owned),
        encoding: None,
        delimiter: None,
        rows: (0..rows.len() as u32).map(|i| first_row + i).collect(),
        cells: DataFrame::new(rows.len(), columns).unwrap(),
        named: false,
        facts: fairdraw::tabular::Facts::default(),
    }
}

fn raw(file: &str, rows: &[Vec<&str>]) -> RawTable {
    raw_at(file, None, 1, rows)
}

fn input(raw: RawTable) -> InputTable {
    InputTable { raw, table: None, mapping: None }
}

fn mapped(raw: RawTable, ron: &str) -> InputTable {
    let mapping = Mapping::from_ron(ron, "m.ron").unwrap();
    InputTable { raw, table: None, mapping: mapping.files.into_iter().next() }
}

fn options() -> RegistryOptions {
    let mut options = RegistryOptions::new(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()).unwrap();
    let classes = "level,code,parent,name\nclass,2511,251,原油加工及石油制品制造\nclass,3360,336,金属表面处理及热处理加工\nclass,2612,261,甲\nclass,2613,261,乙\n";
    options.industry = Arc::new(IndustryTable::from_csv(classes, "a,b\n2519,2511\n2614,2612\n2614,2613\n").unwrap());
    options.credit_scale = ["很好", "好", "一般", "差", "很差"]
        .iter()
        .enumerate()
        .map(|(i, name)| (i as u8, vec![(*name).to_owned()]))
        .collect();
    let body = |id: &str, names: &[&str], district| BodyName {
        id: id.parse().unwrap(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        district,
    };
    options.bodies = vec![
        body("310104", &["徐汇区生态环境局"], Some(310_104)),
        body("310115", &["浦东新区综合执法局"], Some(310_115)),
        body("sh_brigade", &["市生态环境局执法总队"], None),
    ];
    options.skills = vec![
        NamedId { id: "air".to_owned(), names: vec!["大气".to_owned()] },
        NamedId { id: "monitoring".to_owned(), names: vec!["监测".to_owned()] },
    ];
    options
}

fn check(tables: Vec<InputTable>) -> Registry {
    check_with(tables, &options())
}

fn check_with(tables: Vec<InputTable>, options: &RegistryOptions) -> Registry {
    let registry = check_tables(&Registry::empty(), tables, options, &TwoDistricts, &Progress::none()).unwrap();
    nothing_is_lost(&registry);
    registry
}

fn nothing_is_lost(registry: &Registry) {
    for summary in &registry.summaries {
        assert_eq!(summary.rows_read, summary.kept + summary.set_aside + summary.merged, "{summary:?}");
        assert_eq!(summary.kept, registry.frame(summary.kind).height() as u64);
        for column in summary.kind.frame_columns() {
            assert!(registry.frame(summary.kind).column(column.name).is_ok(), "{}", column.name);
        }
    }
    let aside: u64 = registry.summaries.iter().map(|summary| summary.set_aside).sum();
    assert_eq!(aside, registry.set_aside.height() as u64);
}

fn texts(frame: &DataFrame, column: &str) -> Vec<Option<String>> {
    frame.column(column).unwrap().str().unwrap().iter().map(|text| text.map(str::to_owned)).collect()
}

fn text(frame: &DataFrame, column: &str, row: usize) -> String {
    texts(frame, column)[row].clone().unwrap_or_else(|| "∅".to_owned())
}

fn date(frame: &DataFrame, column: &str, row: usize) -> String {
    frame.column(column).unwrap().get(row).unwrap().to_string()
}

fn has(registry: &Registry, code: &codes::Code) -> bool {
    registry.diagnostics.count_code(code.id) > 0
}

fn messages(registry: &Registry) -> String {
    registry.diagnostics.findings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

const HEAD: [&str; 5] = ["排污许可证编号", "单位名称", "统一社会信用代码", "行政区", "管理类别"];

fn sources(rows: &[[&str; 5]]) -> RawTable {
    let mut all = vec![HEAD.to_vec()];
    all.extend(rows.iter().map(|row| row.to_vec()));
    raw("污染源名录.csv", &all)
}

/// A register of two units with one more column.
fn sources_with(heading: &str, cells: [&str; 2]) -> RawTable {
    let mut head = HEAD.to_vec();
    head.push(heading);
    raw(
        "污染源名录.csv",
        &[
            head,
            vec![UNIT_A, "上海甲化工有限公司", USCC_A, "浦东新区", "重点管理", cells[0]],
            vec![UNIT_B, "上海乙电镀有限公司", USCC_B, "徐汇区", "简化", cells[1]],
        ],
    )
}

fn two_sources() -> RawTable {
    sources(&[
        [UNIT_A, "上海甲化工有限公司", USCC_A, "浦东新区", "重点管理"],
        [UNIT_B, "上海乙电镀有限公司", USCC_B, "徐汇区", "简化"],
    ])
}

fn text_of(registry: &Registry, column: &str) -> String {
    text(&registry.sources, column, 0)
}
