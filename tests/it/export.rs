//! Exports: workbooks read back cell by cell, csv, the template's way back, manifests, the gate on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDateTime;
use fairdraw::diagnostic::Diagnostics;
use fairdraw::disclosure::{
    Audience, CheckOrigin, CheckResult, DueCheck, IntakeContext, Manner, Masker, Outcome, PublicScan, ResultColumns,
    TextTable, WithholdingGround, check_results, compute_result_list,
};
use fairdraw::domain::{BodyId, InspectorId, PlanMonth, UnitId};
use fairdraw::export::{
    BookHeader, BookMeta, Cell, CellKind, CellMark, ColumnCatalogue, CsvStyle, DistrictRow, Emphasis, ExportFile,
    ExportInfo, InspectorRef, MANIFEST_FILE, MatrixRow, MonthFigures, MonthSheet, MonthState, PlanBook, PublicHeader,
    QuotaRow, RecordRow, RecordTable, SheetColumn, SheetKind, SheetSpec, TargetDraw, TargetPlace, TargetRole,
    TargetRow, TargetStaff, TargetUnit, TaskBook, UnconfirmedNumber, check_manifest, render_csv, render_plan_book,
    render_result_list, render_results_template, render_task_book, render_workbook, render_year_plan, scan_public_file,
    write_export,
};

use super::disclosure::{calendar, day, due, list_input, result, uscc, year_plan};

pub(crate) mod documents;
mod field;
mod public;
mod sheets;
#[cfg(feature = "charts")]
mod slides;
pub(crate) mod web;

use public::{public_files, public_header};

fn created() -> NaiveDateTime {
    day("2026-03-02").and_hms_opt(9, 30, 0).unwrap()
}

/// The book of the first of [`BODIES`].
fn first_body(book: PlanBook) -> PlanBook {
    let own = book.into_bodies().remove(0);
    assert_eq!(own.header.body, Some((BodyId::new(BODIES[0].0).unwrap(), BODIES[0].1.to_owned())));
    own
}

/// The city's workbook, then each body's.
fn plan_books(book: &PlanBook) -> Vec<ExportFile> {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    std::iter::once(book.clone())
        .chain(book.clone().into_bodies())
        .map(|book| render_plan_book(&book, &catalogue).unwrap())
        .collect()
}

const BODIES: [(&str, &str); 2] = [("310115", "浦东新区综合执法局"), ("310151", "崇明区生态环境局")];

fn target(n: u32) -> TargetRow {
    let (body, body_name) = BODIES[(n % 2) as usize];
    let code = uscc("91310115", n);
    let inspector = |k: u32| InspectorRef { certificate: format!("{body}{k:02}"), name: format!("执法{k}员") };
    TargetRow {
        unit: TargetUnit {
            unit_id: UnitId::new(format!("{code}001P")).unwrap(),
            name: format!("上海试验第{n}号化工新材料科技发展有限公司"),
            uscc: code.clone(),
            permit: format!("{code}001P"),
            industry: "2641 涂料制造".into(),
            management: "重点管理".into(),
            supervision: "重点".into(),
            special: n.is_multiple_of(3),
            tier: "A 高".into(),
            score: Some(i64::from(n) * 1234 - 500),
            last_visit: Some(day("2025-11-03")),
            visits: Some(1),
            cap_left: Some(1),
            focus: "废气收集与处理设施运行；危险废物贮存".into(),
            checklist: "涂料行业检查单".into(),
        },
        place: TargetPlace {
            district: if body == "310115" { "浦东新区" } else { "崇明区" }.into(),
            address: "上海市浦东新区某某镇某某工业园区某某路 100 弄 8 号".into(),
            lon: Some(121.6),
            lat: Some(31.2),
        },
        draw: TargetDraw {
            month: PlanMonth::new(2026, 3).unwrap(),
            role: match n % 7 {
                5 => TargetRole::Reserve(n / 7 + 1),
                6 if n % 14 == 6 => TargetRole::Withdrawn { reason: "已搬迁".into() },
                _ => TargetRole::Selected,
            },
            plan_code: format!("202603-{body}-{n:04}"),
            origin: CheckOrigin::Drawn,
            reasons: "近一年有行政处罚；属实信访 3 件；环境风险较大".into(),
            pi_ppb: Some(83_333_333 + u64::from(n)),
            basis: "《排污许可管理条例》第二十五条".into(),
            complete_by: Some(day("2026-03-31")),
            status: "待检查".into(),
            order: Some(n),
        },
        staff: TargetStaff {
            body: BodyId::new(body).unwrap(),
            body_name: body_name.into(),
            lead: Some(inspector(1)),
            second: Some(inspector(2)),
            skill: "危险废物".into(),
            recusal: String::new(),
            manner: Manner::OnSite,
            monitoring: true,
            visit: None,
        },
    }
}

fn book(targets: u32) -> PlanBook {
    let figures = |scale: f64| {
        let mut months = [MonthFigures::default(); 12];
        for (at, month) in months.iter_mut().enumerate() {
            month.expected = Some(scale + at as f64 / 3.0);
            month.capacity = Some(scale + 2.0);
            if at < 3 {
                month.drawn = Some(40 + at as u32);
                month.done = Some(38);
            }
        }
        months
    };
    let no_capacity = |mut months: [MonthFigures; 12]| {
        for m in &mut months {
            m.capacity = None;
        }
        months
    };
    PlanBook {
        notes: vec!["黄浦区生态环境局非现场检查：名单内 3 家，全年 3 次".into()],
        own_notes: [(BodyId::new(BODIES[1].0).unwrap(), vec!["崇明区力量不足".to_owned()])].into(),
        header: BookHeader {
            agency: "上海市生态环境局".into(),
            body: None,
            year: 2026,
            version: 1,
            policy_name: "上海市固定污染源执法（沪环执法〔2023〕154号）".into(),
            policy_sha256: "0a".repeat(32),
            inputs_sha256: "1b".repeat(32),
            cap_rule_set: "随机抽取与必查计入上限，触发式检查不计入".into(),
            cap_visits: 2,
            cap_confirmed: false,
            year_commitment: Some("2c".repeat(32)),
            data_mark: Some("模拟数据".into()),
            unconfirmed: vec![UnconfirmedNumber {
                label: "年度检查频次上限".into(),
                value: "2 次".into(),
                note: "参照外省；本市数值未公布".into(),
            }],
            notes: vec!["名录数据截至 2026-02-28。".into()],
            program: "fairdraw 0.1.0".into(),
            operator: "=张三".into(),
            created: created(),
        },
        matrix: BODIES
            .map(|(id, name)| MatrixRow {
                body: BodyId::new(id).unwrap(),
                body_name: name.into(),
                months: figures(41.25),
            })
            .to_vec(),
        districts: [("浦东新区", 0), ("浦东新区", 1), ("崇明区", 1)]
            .map(|(name, at)| DistrictRow {
                district: name.into(),
                body: BodyId::new(BODIES[at].0).unwrap(),
                months: no_capacity(figures(20.5)),
            })
            .to_vec(),
        record: RecordTable {
            notes: vec!["2026 年：批准计划（第 1 版）120.0 次，滚动计划 123.0 次".into()],
            rows: std::iter::once((None, "全市"))
                .chain(BODIES.map(|(id, name)| (Some(BodyId::new(id).unwrap()), name)))
                .map(|(body, name)| RecordRow {
                    body,
                    name: name.into(),
                    months: std::array::from_fn(|m| {
                        [Some(10.0), Some(10.25), (m < 3).then_some(11.0), (m < 3).then_some(9.0)]
                    }),
                })
                .collect(),
        },
        quotas: BODIES
            .map(|(id, name)| QuotaRow {
                month: PlanMonth::new(2026, 3).unwrap(),
                body: BodyId::new(id).unwrap(),
                body_name: name.into(),
                category: "重点监管对象".into(),
                population: 480,
                expected: 40.0,
                mandatory: 3,
                quota: Some(40),
                reserves: Some(8),
                drawn: Some(40),
                done: None,
                basis: "环办〔2015〕88号".into(),
            })
            .to_vec(),
        months: PlanMonth::of_year(2026)
            .into_iter()
            .map(|month| MonthSheet {
                month,
                state: if month.month() == 3 {
                    MonthState::Drawn {
                        commitments: vec![("上海市生态环境局 第1次".to_owned(), "ab".repeat(32))],
                        demonstration: true,
                    }
                } else {
                    MonthState::Planned
                },
                expected: Some(82.5),
                targets: if month.month() == 3 { (1..=targets).map(target).collect() } else { Vec::new() },
            })
            .collect(),
    }
}

fn open(bytes: &[u8]) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(bytes.to_vec())).unwrap()
}

/// All rows of a sheet with their physical number.
fn rows(bytes: &[u8], sheet: &str) -> Vec<(u64, Vec<Data>)> {
    let range = open(bytes).worksheet_range(sheet).unwrap();
    let first = u64::from(range.start().map_or(0, |s| s.0));
    range.rows().enumerate().map(|(at, row)| (at as u64 + first + 1, row.to_vec())).collect()
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::DateTime(date) => date.as_datetime().unwrap().format("%Y-%m-%d").to_string(),
        other => other.to_string(),
    }
}

#[test]
fn the_plan_book_holds_what_it_was_given() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let book = book(60);
    let file = render_plan_book(&book, &catalogue).unwrap();
    assert_eq!(file.name, "上海市生态环境局_年度计划_2026_第1版_内部_模拟数据.xlsx");
    let names = open(&file.bytes).sheet_names();
    let wanted: Vec<String> = ["说明", "年度计划", "计划对照", "分区汇总", "月度配额"]
        .into_iter()
        .map(str::to_owned)
        .chain((1..=12).map(|m| format!("{m}月")))
        .collect();
    assert_eq!(names, wanted);
    // Every target stands in its month once, with its texts unchanged and its numbers as numbers.
    let read = rows(&file.bytes, "3月");
    let header = read.iter().position(|(_, r)| text(&r[0]) == "序号").unwrap();
    let columns = catalogue.columns(SheetKind::Targets);
    let at = |id: &str| columns.iter().position(|c| c.id == id).unwrap();
    assert_eq!(
        read[header].1.iter().map(text).collect::<Vec<_>>(),
        columns.iter().map(|c| c.heading.clone()).collect::<Vec<_>>()
    );
    let by_unit: BTreeMap<String, &Vec<Data>> =
        read[header + 1..].iter().map(|(_, r)| (text(&r[at("unit_id")]), r)).collect();
    assert_eq!((by_unit.len(), read.len() - header - 1), (60, 60));
    for row in &book.months[2].targets {
        let cells = by_unit[row.unit.unit_id.as_str()];
        let cell = |id: &str| &cells[at(id)];
        assert_eq!(cell("name"), &Data::String(row.unit.name.clone()));
        assert_eq!(cell("uscc"), &Data::String(row.unit.uscc.clone()));
        assert_eq!(cell("role"), &Data::String(row.draw.role.label()));
        assert_eq!(cell("score"), &Data::Float(row.unit.score.unwrap() as f64 / 1000.0));
        assert_eq!(cell("probability"), &Data::Float(row.draw.pi_ppb.unwrap() as f64 / 1e9));
        assert_eq!(cell("draw_order"), &Data::Float(f64::from(row.draw.order.unwrap())));
        assert_eq!(cell("lead_certificate"), &Data::String(row.staff.lead.clone().unwrap().certificate));
        assert_eq!(cell("reasons"), &Data::String(row.draw.reasons.clone()));
    }
    // Sums: the matrix's last line is the sum of the bodies', the districts' sum is that of its rows.
    let matrix = rows(&file.bytes, "年度计划");
    let number = |row: &[Data], at: usize| if let Data::Float(n) = row[at] { n } else { panic!("{:?}", row[at]) };
    let expected: Vec<&Vec<Data>> = matrix.iter().map(|(_, r)| r).filter(|r| text(&r[1]) == "预计检查（次）").collect();
    assert_eq!(expected.len(), 3);
    for month in 2..=14 {
        assert!((number(expected[0], month) + number(expected[1], month) - number(expected[2], month)).abs() < 1e-9);
    }
    assert!((number(expected[0], 2) - 41.25).abs() < 1e-12);
    let districts = rows(&file.bytes, "分区汇总");
    let pudong = districts.iter().map(|(_, r)| r).find(|r| text(&r[0]) == "浦东新区").unwrap();
    assert!((number(pudong, 2) - 41.0).abs() < 1e-12);
    // The four columns: twelve months and the year of the city and of each body.
    let record = rows(&file.bytes, "计划对照");
    let head = record.iter().position(|(_, r)| text(&r[0]) == "执法主体").unwrap();
    let wanted = ["执法主体", "月份", "批准计划", "滚动计划", "已抽取", "已完成", "滚动减批准"];
    assert_eq!(record[head].1.iter().map(text).collect::<Vec<_>>(), wanted);
    assert_eq!(record.len() - head - 1, 3 * 13);
    assert!(record[..head].iter().any(|(_, r)| text(&r[0]).contains("批准计划（第 1 版）120.0 次")));
    let city = &record[head + 13].1;
    assert_eq!((text(&city[0]), text(&city[1])), ("全市".to_owned(), "全年".to_owned()));
    let year: Vec<f64> = (2..7).map(|at| number(city, at)).collect();
    assert_eq!(year, [120.0, 123.0, 33.0, 27.0, 3.0]);
    assert_eq!(record[head + 5].1[4], Data::Empty, "not drawn yet is no zero");
    let own = rows(&plan_books(&book)[1].bytes, "计划对照");
    assert!(own.iter().all(|(_, r)| text(&r[0]) != "全市" && text(&r[0]) != BODIES[1].1), "a body's own only");
    // What has to be said is said.
    let told: String =
        rows(&file.bytes, "说明").iter().flat_map(|(_, r)| r.iter().map(text).collect::<Vec<_>>()).collect();
    for part in [
        "模拟数据",
        "0a0a",
        "2c2c",
        "触发式检查不计入",
        "待本单位确认",
        "演示抽取",
        "abab",
        "参照外省",
        "名单内 3 家",
        "沪环执法〔2023〕154号",
    ] {
        assert!(told.contains(part), "{part}");
    }
}

#[test]
fn a_bodys_book_holds_its_own_targets_only() {
    let book = book(60);
    let files = plan_books(&book);
    assert_eq!(files.len(), 3);
    for (at, (body, name)) in BODIES.iter().enumerate() {
        let file = files.iter().find(|f| f.name.starts_with(name)).unwrap();
        let (own, other): (Vec<&TargetRow>, Vec<&TargetRow>) =
            book.months[2].targets.iter().partition(|t| t.staff.body.as_str() == *body);
        let others: Vec<DueCheck> = other
            .iter()
            .map(|t| DueCheck {
                unit_id: t.unit.unit_id.clone(),
                name: t.unit.name.clone(),
                uscc: Some(t.unit.uscc.clone()),
                number: t.unit.permit.clone(),
                ..due(1)
            })
            .collect();
        assert!(scan_public_file("x", &file.bytes, &PublicScan::new(&others, &[])).unwrap());
        let mine = DueCheck { unit_id: own[0].unit.unit_id.clone(), name: own[0].unit.name.clone(), ..due(1) };
        assert!(
            scan_public_file("x", &file.bytes, &PublicScan::new(&[mine], &[])).is_err(),
            "the scan must see into the file"
        );
        let told: String =
            rows(&file.bytes, "说明").iter().flat_map(|(_, r)| r.iter().map(text).collect::<Vec<_>>()).collect();
        assert!(told.contains("名录数据截至") && told.contains("abab"), "one draw serves all bodies: {told}");
        assert_eq!((told.contains("力量不足"), told.contains("名单内 3 家")), (at == 1, false), "{told}");
        let other_name = BODIES[1 - at].1;
        for sheet in open(&file.bytes).sheet_names() {
            assert!(
                rows(&file.bytes, &sheet).iter().all(|(_, r)| r.iter().all(|c| !text(c).contains(other_name))),
                "{sheet}"
            );
        }
    }
}

#[test]
fn an_override_changes_headings_and_order() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let text_of = r#"(format: 1, sheets: {"targets": [
        (id: "unit_id", heading: "污染源编码", width: 24), (id: "name", heading: "企业全称", width: 28), (id: "body_id", heading: "机构代码", width: 8)]})"#;
    let catalogue = catalogue.with_override(text_of, "columns.ron").unwrap();
    let file = render_plan_book(&book(5), &catalogue).unwrap();
    let read = rows(&file.bytes, "3月");
    let header = read.iter().position(|(_, r)| text(&r[0]) == "污染源编码").unwrap();
    assert_eq!(read[header].1.iter().map(text).collect::<Vec<_>>(), ["污染源编码", "企业全称", "机构代码"]);
    assert_eq!(read[header + 1].1.len(), 3);
}

fn task_book() -> TaskBook {
    let plan = first_body(book(40));
    TaskBook {
        header: plan.header,
        month: PlanMonth::new(2026, 3).unwrap(),
        // All of the city's on purpose: the task book itself must leave other bodies' out.
        targets: book(40).months[2].targets.clone(),
        matters: "排污许可证执行情况".into(),
    }
}

fn checks_of(book: &TaskBook) -> Vec<DueCheck> {
    book.targets
        .iter()
        .map(|t| DueCheck {
            plan_code: t.draw.plan_code.clone(),
            unit_id: t.unit.unit_id.clone(),
            name: t.unit.name.clone(),
            uscc: Some(t.unit.uscc.clone()),
            number: t.unit.permit.clone(),
            inspectors: [&t.staff.lead, &t.staff.second]
                .map(|i| InspectorId::new(i.as_ref().unwrap().certificate.clone()).unwrap())
                .to_vec(),
            ..due(1)
        })
        .collect()
}

#[test]
fn tasks_are_the_bodys_own_and_no_reserves() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let tasks = task_book();
    let file = render_task_book(&tasks, &catalogue).unwrap();
    assert_eq!(file.audience, Audience::Internal);
    let wanted: BTreeSet<String> = tasks
        .targets
        .iter()
        .filter(|t| t.staff.body.as_str() == "310115" && t.draw.role == TargetRole::Selected)
        .map(|t| t.unit.unit_id.to_string())
        .collect();
    let at = catalogue.columns(SheetKind::Tasks).iter().position(|c| c.id == "unit_id").unwrap();
    let read = rows(&file.bytes, "检查任务");
    let header = read.iter().position(|(_, r)| text(&r[0]) == "序号").unwrap();
    let got: BTreeSet<String> = read[header + 1..].iter().map(|(_, r)| text(&r[at])).collect();
    assert!(!wanted.is_empty());
    assert_eq!(got, wanted);
    assert_eq!(tasks.sheets(), wanted.len(), "as many are printed");
}

#[test]
fn the_template_filled_in_comes_back_as_results() {
    // With headings of the office's own, which the intake learns from the same catalogue.
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let names: Vec<String> = catalogue
        .columns(SheetKind::ResultsTemplate)
        .iter()
        .map(|c| {
            let heading = if c.id == "outcome" { "抽检结论" } else { &c.heading };
            format!(r#"(id: "{}", heading: "{heading}", width: 12)"#, c.id)
        })
        .collect();
    let own = format!(r#"(format: 1, sheets: {{"results_template": [{}]}})"#, names.join(","));
    let catalogue = catalogue.with_override(&own, "x").unwrap();
    let book = task_book();
    let file = render_results_template(&book, &catalogue).unwrap();
    let columns = ResultColumns::default().with_headings(catalogue.template_headings());
    let at = |id: &str| catalogue.columns(SheetKind::ResultsTemplate).iter().position(|c| c.id == id).unwrap();
    let cells: Vec<(u64, Vec<String>)> =
        rows(&file.bytes, "检查结果").into_iter().map(|(n, r)| (n, r.iter().map(text).collect())).collect();
    let mut table = TextTable::with_header_found("结果.xlsx", Some("检查结果"), cells, &columns);
    assert_eq!(table.headings[at("outcome")], "抽检结论");
    let checks = checks_of(&book);
    let known = checks.iter().map(|c| c.unit_id.clone()).collect();
    let inspector_names = BTreeMap::new();
    let take = |table: &TextTable| {
        let context = IntakeContext {
            checks: &checks,
            known_units: &known,
            roster: None,
            inspector_names: &inspector_names,
            existing: &[],
            as_of: day("2026-04-20"),
            default_matters: "",
        };
        let mut found = Diagnostics::new();
        let intake = check_results(table, &columns, &context, &mut found).unwrap();
        (intake, found)
    };
    let tasks = table.rows.iter().filter(|(_, r)| !r[at("plan_code")].is_empty()).count() as u64;
    let (intake, found) = take(&table);
    assert_eq!((intake.blank, intake.records.len(), found.is_empty()), (tasks, 0, true), "{:?}", found.findings());
    for (n, row) in table.rows.iter_mut().filter(|(_, r)| !r[at("plan_code")].is_empty()) {
        row[at("inspected_on")] = "2026-03-10".into();
        row[at("completed_on")] = "2026-03-11".into();
        row[at("outcome")] = Outcome::ALL[(*n % 2) as usize * 4].label().into();
    }
    let (intake, found) = take(&table);
    assert_eq!((intake.records.len() as u64, found.is_empty()), (tasks, true), "{:?}", found.findings());
    assert!(intake.records.iter().all(|r| r.inspectors.len() == 2 && r.matters == "排污许可证执行情况"));
}

/// Writes the workbooks to the folder of the environment variable `FAIRDRAW_SHOW_EXPORTS`, to be looked at.
#[test]
fn the_workbooks_can_be_looked_at() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let mut files = plan_books(&book(200));
    files.push(render_task_book(&task_book(), &catalogue).unwrap());
    files.push(render_results_template(&task_book(), &catalogue).unwrap());
    files.extend(public_files().0);
    files.extend(render_year_plan(&year_plan(), &public_header(), &catalogue).unwrap());
    assert!(files.iter().all(|f| f.bytes.len() > 100));
    if let Some(folder) = std::env::var_os("FAIRDRAW_SHOW_EXPORTS") {
        for file in &files {
            std::fs::write(std::path::Path::new(&folder).join(&file.name), &file.bytes).unwrap();
        }
    }
}
