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
    QuotaRow, SheetColumn, SheetKind, SheetSpec, TargetRole, TargetRow, TaskBook, UnconfirmedNumber, check_manifest,
    render_csv, render_plan_book, render_plan_books, render_result_list, render_results_template, render_task_book,
    render_workbook, render_year_plan, scan_public_file, write_export,
};

use super::disclosure::{calendar, day, due, list_input, result, uscc, year_plan};

fn created() -> NaiveDateTime {
    day("2026-03-02").and_hms_opt(9, 30, 0).unwrap()
}

const BODIES: [(&str, &str); 2] = [("310115", "浦东新区综合执法局"), ("310151", "崇明区生态环境局")];

fn target(n: u32) -> TargetRow {
    let (body, body_name) = BODIES[(n % 2) as usize];
    let code = uscc("91310115", n);
    let inspector = |k: u32| InspectorRef { certificate: format!("{body}{k:02}"), name: format!("执法{k}员") };
    TargetRow {
        role: match n % 7 {
            5 => TargetRole::Reserve(n / 7 + 1),
            6 if n % 14 == 6 => TargetRole::Withdrawn { reason: "已搬迁".into() },
            _ => TargetRole::Selected,
        },
        plan_code: format!("202603-{body}-{n:04}"),
        month: PlanMonth::new(2026, 3).unwrap(),
        unit_id: UnitId::new(format!("{code}001P")).unwrap(),
        name: format!("上海试验第{n}号化工新材料科技发展有限公司"),
        uscc: code.clone(),
        permit: format!("{code}001P"),
        body: BodyId::new(body).unwrap(),
        body_name: body_name.into(),
        district: if body == "310115" { "浦东新区" } else { "崇明区" }.into(),
        address: "上海市浦东新区某某镇某某工业园区某某路 100 弄 8 号".into(),
        industry: "2641 涂料制造".into(),
        management: "重点管理".into(),
        supervision: "重点".into(),
        special: n.is_multiple_of(3),
        tier: "A 高".into(),
        score: Some(i64::from(n) * 1234 - 500),
        reasons: "近一年有行政处罚；属实信访 3 件；环境风险较大".into(),
        origin: CheckOrigin::Drawn,
        pi_ppb: Some(83_333_333 + u64::from(n)),
        draw_order: Some(n),
        lead: Some(inspector(1)),
        second: Some(inspector(2)),
        skill: "危险废物".into(),
        recusal: String::new(),
        manner: Manner::OnSite,
        monitoring: true,
        joint_with: "水务局".into(),
        checklist: "涂料行业检查单".into(),
        focus: "废气收集与处理设施运行；危险废物贮存".into(),
        basis: "《排污许可管理条例》第二十五条".into(),
        last_visit: Some(day("2025-11-03")),
        visits: Some(1),
        cap_left: Some(1),
        complete_by: Some(day("2026-03-31")),
        lon: Some(121.6),
        lat: Some(31.2),
        scan_code: "已申领".into(),
        status: "待检查".into(),
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
        quotas: BODIES
            .map(|(id, name)| QuotaRow {
                month: PlanMonth::new(2026, 3).unwrap(),
                body: BodyId::new(id).unwrap(),
                body_name: name.into(),
                category: "重点监管对象".into(),
                population: 480,
                expected: 40.0,
                certain: 3,
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
                        commitments: BODIES.map(|(_, name)| (name.to_owned(), "ab".repeat(32))).to_vec(),
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

fn sample() -> SheetSpec {
    let column = |id: &str, kind: CellKind| SheetColumn {
        id: id.into(),
        heading: format!("列{id}"),
        width: 10.0,
        kind,
        choices: Vec::new(),
        input: false,
    };
    let id = "911302307808371268";
    SheetSpec {
        name: "样表".into(),
        title: "标题".into(),
        notes: vec!["注".into()],
        columns: vec![
            column("t", CellKind::Text),
            column("i", CellKind::Id),
            column("n", CellKind::Integer),
            column("d", CellKind::Decimal(2)),
            column("p", CellKind::Percent(1)),
            column("e", CellKind::Date),
        ],
        rows: vec![
            vec![
                Cell::text("上海"),
                Cell::text(id),
                Cell::Integer(-1234),
                Cell::Number(0.1),
                Cell::Number(0.25),
                Cell::Date(day("2026-03-01")),
            ],
            vec![
                Cell::text("=1+1"),
                Cell::text("000123"),
                Cell::Integer(0),
                Cell::Number(f64::NAN),
                Cell::Empty,
                Cell::Date(day("1899-12-31")),
            ],
            vec![
                Cell::text("a\"b,c\nd"),
                Cell::text("@x"),
                Cell::Empty,
                Cell::Number(-12_345.678),
                Cell::Number(1.0),
                Cell::Empty,
            ],
        ],
        marks: vec![CellMark { row: 0, column: Some(2), emphasis: Emphasis::Alert }],
        frozen_columns: 1,
        filter: true,
        spare_rows: 0,
    }
}

fn meta() -> BookMeta {
    BookMeta {
        title: "题".into(),
        agency: "机构".into(),
        program: "fairdraw".into(),
        created: created(),
        audience: Audience::Internal,
        data_mark: None,
    }
}

#[test]
fn every_cell_comes_back() {
    let sheet = sample();
    let bytes = render_workbook(std::slice::from_ref(&sheet), &meta()).unwrap();
    let read = rows(&bytes, "样表");
    assert_eq!(read[2].1.iter().map(text).collect::<Vec<_>>(), ["列t", "列i", "列n", "列d", "列p", "列e"]);
    for (row, (_, cells)) in sheet.rows.iter().zip(&read[3..]) {
        for (wanted, got) in row.iter().zip(cells) {
            match wanted {
                Cell::Empty => assert_eq!(got, &Data::Empty),
                Cell::Number(n) if n.is_nan() => assert_eq!(got, &Data::Empty),
                Cell::Text(text) => assert_eq!(got, &Data::String(text.clone())),
                Cell::Integer(n) => assert_eq!(got, &Data::Float(*n as f64)),
                Cell::Number(n) => assert_eq!(got, &Data::Float(*n)),
                Cell::Date(date) => assert_eq!(text(got), date.to_string()),
            }
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let one = render_plan_book(&book(60), &catalogue).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let mut shuffled = book(60);
    shuffled.months[2].targets.reverse();
    let two = render_plan_book(&shuffled, &catalogue).unwrap();
    assert_eq!(one, two, "neither the clock nor the order of the targets may show");
    let mut later = book(60);
    later.header.created += chrono::Duration::days(1);
    assert_ne!(one.bytes, render_plan_book(&later, &catalogue).unwrap().bytes);
}

#[test]
fn faulty_sheets_are_refused_with_their_code() {
    let code = |sheet: SheetSpec| render_workbook(&[sheet], &meta()).unwrap_err().code();
    assert_eq!(render_workbook(&[], &meta()).unwrap_err().code(), "EXP-023");
    assert_eq!(code(SheetSpec { columns: Vec::new(), rows: Vec::new(), ..sample() }), "EXP-023");
    let mut short = sample();
    short.rows[1].pop();
    assert_eq!(code(short), "EXP-022");
    let mut long = sample();
    long.rows[1][0] = Cell::text("污".repeat(32_768));
    assert_eq!(code(long), "EXP-021");
    let mut fits = sample();
    fits.rows[1][0] = Cell::text("污".repeat(32_767));
    assert!(render_workbook(&[fits], &meta()).is_ok());
    assert_eq!(code(SheetSpec { spare_rows: 1_048_576, ..sample() }), "EXP-020");
}

#[test]
fn csv_for_people_and_for_programs() {
    let office = String::from_utf8(render_csv(&sample(), CsvStyle::Office).unwrap()).unwrap();
    assert_eq!(
        office,
        "\u{feff}列t,列i,列n,列d,列p,列e\r\n上海,911302307808371268,-1234,0.10,25.0%,2026-03-01\r\n'=1+1,000123,0,,,1899-12-31\r\n\"a\"\"b,c\nd\",'@x,,-12345.68,100.0%,\r\n"
    );
    let strict = String::from_utf8(render_csv(&sample(), CsvStyle::Strict).unwrap()).unwrap();
    assert!(strict.starts_with("列t,") && strict.contains("\n=1+1,000123,") && !strict.contains('\r'));
    let mut reader = csv::Reader::from_reader(office.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(reader.records().map(|r| r.unwrap().len()).collect::<Vec<_>>(), [6, 6, 6]);
}

#[test]
fn the_plan_book_holds_what_it_was_given() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let book = book(60);
    let file = render_plan_book(&book, &catalogue).unwrap();
    assert_eq!(file.name, "上海市生态环境局_年度计划_2026_第1版_内部_模拟数据.xlsx");
    let names = open(&file.bytes).sheet_names();
    let wanted: Vec<String> = ["说明", "年度计划", "分区汇总", "月度配额"]
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
        let cells = by_unit[row.unit_id.as_str()];
        let cell = |id: &str| &cells[at(id)];
        assert_eq!(cell("name"), &Data::String(row.name.clone()));
        assert_eq!(cell("uscc"), &Data::String(row.uscc.clone()));
        assert_eq!(cell("role"), &Data::String(row.role.label()));
        assert_eq!(cell("score"), &Data::Float(row.score.unwrap() as f64 / 1000.0));
        assert_eq!(cell("probability"), &Data::Float(row.pi_ppb.unwrap() as f64 / 1e9));
        assert_eq!(cell("draw_order"), &Data::Float(f64::from(row.draw_order.unwrap())));
        assert_eq!(cell("lead_certificate"), &Data::String(row.lead.clone().unwrap().certificate));
        assert_eq!(cell("reasons"), &Data::String(row.reasons.clone()));
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
        "沪环执法〔2023〕154号",
    ] {
        assert!(told.contains(part), "{part}");
    }
}

#[test]
fn a_bodys_book_holds_its_own_targets_only() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let book = book(60);
    let files = render_plan_books(&book, &catalogue).unwrap();
    assert_eq!(files.len(), 3);
    for (at, (body, name)) in BODIES.iter().enumerate() {
        let file = files.iter().find(|f| f.name.starts_with(name)).unwrap();
        let (own, other): (Vec<&TargetRow>, Vec<&TargetRow>) =
            book.months[2].targets.iter().partition(|t| t.body.as_str() == *body);
        let others: Vec<DueCheck> = other
            .iter()
            .map(|t| DueCheck {
                unit_id: t.unit_id.clone(),
                name: t.name.clone(),
                uscc: Some(t.uscc.clone()),
                number: t.permit.clone(),
                ..due(1)
            })
            .collect();
        assert!(scan_public_file("x", &file.bytes, &PublicScan::new(&others, &[])).unwrap());
        let mine = DueCheck { unit_id: own[0].unit_id.clone(), name: own[0].name.clone(), ..due(1) };
        assert!(
            scan_public_file("x", &file.bytes, &PublicScan::new(&[mine], &[])).is_err(),
            "the scan must see into the file"
        );
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
    let plan = book(40).of_body(&BodyId::new(BODIES[0].0).unwrap(), BODIES[0].1);
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
            plan_code: t.plan_code.clone(),
            unit_id: t.unit_id.clone(),
            name: t.name.clone(),
            uscc: Some(t.uscc.clone()),
            number: t.permit.clone(),
            inspectors: [&t.lead, &t.second]
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
        .filter(|t| t.body.as_str() == "310115" && t.role == TargetRole::Selected)
        .map(|t| t.unit_id.to_string())
        .collect();
    let at = catalogue.columns(SheetKind::Tasks).iter().position(|c| c.id == "unit_id").unwrap();
    let read = rows(&file.bytes, "检查任务");
    let header = read.iter().position(|(_, r)| text(&r[0]) == "序号").unwrap();
    let got: BTreeSet<String> = read[header + 1..].iter().map(|(_, r)| text(&r[at])).collect();
    assert!(!wanted.is_empty());
    assert_eq!(got, wanted);
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

fn public_header() -> PublicHeader {
    PublicHeader {
        agency: "上海市生态环境局".into(),
        version: 1,
        program: "fairdraw 0.1.0".into(),
        created: created(),
        data_mark: Some("模拟数据".into()),
    }
}

/// Ten checks, the first five visited (one of them withheld, one an individual's), and their public list.
fn public_files() -> (Vec<ExportFile>, Vec<DueCheck>, Vec<DueCheck>) {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let mut checks: Vec<DueCheck> = (1..=10).map(due).collect();
    checks[2].name = "张三五金加工店".into();
    checks[2].uscc = Some(uscc("92310115", 3));
    checks[2].number = format!("{}001W", uscc("92310115", 3));
    let mut results: Vec<CheckResult> =
        checks[..5].iter().map(|c| result(c, "2026-03-10", Some("2026-03-12"), Outcome::Ordered)).collect();
    results[3].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    let (calendar, masker) = (calendar(), Masker::default());
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-03-31")).unwrap();
    let files = render_result_list(&list, &public_header(), &catalogue).unwrap();
    let visited = [&checks[..3], &checks[4..5]].concat();
    let secret = [&checks[3..4], &checks[5..]].concat();
    (files, visited, secret)
}

#[test]
fn a_public_list_holds_no_secret_and_no_person() {
    let (files, visited, secret) = public_files();
    assert_eq!(
        files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
        [
            "上海市生态环境局_检查结果公开表_2026-03_第1版_公开_模拟数据.xlsx",
            "上海市生态环境局_检查结果公开表_2026-03_第1版_公开_模拟数据.csv",
            "上海市生态环境局_不予公开清单_2026-03_第1版_公开_模拟数据.csv",
        ]
    );
    let scan = PublicScan::new(&secret, &visited);
    for file in &files {
        assert!(scan_public_file(&file.name, &file.bytes, &scan).unwrap());
    }
    let csv = String::from_utf8(files[1].bytes.clone()).unwrap();
    assert!(csv.contains(&visited[0].name) && csv.contains("**五金加工店") && !csv.contains("张三"));
    assert!(!csv.contains("台账缺失"), "the problem in the office's words is internal");
    assert!(csv.lines().skip(1).all(|line| line.contains("模拟数据")));
    let read = rows(&files[0].bytes, "检查结果");
    assert_eq!(read.iter().filter(|(_, r)| matches!(r[0], Data::Float(_))).count(), 4);
    assert_eq!(rows(&files[0].bytes, "不予公开").iter().filter(|(_, r)| matches!(r[0], Data::Float(_))).count(), 1);
}

#[test]
fn the_yearly_plan_is_public_and_whole() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let files = render_year_plan(&year_plan(), &public_header(), &catalogue).unwrap();
    let read = rows(&files[0].bytes, "年度检查计划");
    let header = read.iter().position(|(_, r)| text(&r[0]) == "序号").unwrap();
    for heading in ["检查主体", "检查对象范围", "检查方式", "检查项目", "检查比例"] {
        assert!(read[header].1.iter().any(|c| text(c) == heading), "{heading}");
    }
    assert!(read[header + 1].1.contains(&Data::Float(1.0)) && read[header + 2].1.contains(&Data::Float(0.075)));
    let months = rows(&files[0].bytes, "分月数量");
    let total = months.last().unwrap();
    assert_eq!((text(&total.1[0]), total.1[13].clone()), ("合计".to_owned(), Data::Float(576.0)));
    assert!(String::from_utf8(files[1].bytes.clone()).unwrap().contains("7.50%"));
}

fn info(audience: Audience) -> ExportInfo {
    ExportInfo {
        agency: "机构".into(),
        program: "fairdraw 0.1.0".into(),
        created: created(),
        audience,
        data_mark: None,
    }
}

#[test]
fn exports_carry_a_manifest_and_the_gate_stands_before_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("公开").join("2026-03");
    let (files, visited, secret) = public_files();
    let scan = PublicScan::new(&secret, &visited);
    let code = |files: &[ExportFile], audience: Audience, scan: Option<&PublicScan>| {
        write_export(&to, files, &info(audience), scan).unwrap_err().code()
    };
    let mut leak = files.clone();
    leak[1].bytes.extend_from_slice(secret[0].name.as_bytes());
    assert_eq!(code(&leak, Audience::Public, Some(&scan)), "DIS-044");
    let mut escaped = files.clone();
    escaped[1].bytes = secret[0].name.chars().flat_map(|c| format!("&#{};", c as u32).into_bytes()).collect();
    assert_eq!(code(&escaped, Audience::Public, Some(&scan)), "DIS-044");
    let mut named = files.clone();
    named[1].name = format!("{}.csv", secret[0].unit_id);
    assert_eq!(code(&named, Audience::Public, Some(&scan)), "DIS-044");
    assert_eq!(code(&files, Audience::Public, None), "EXP-032");
    assert_eq!(code(&files, Audience::Internal, None), "EXP-031");
    assert_eq!(code(&[files[0].clone(), files[0].clone()], Audience::Public, Some(&scan)), "EXP-030");
    let up = ExportFile { name: "../x.csv".into(), ..files[1].clone() };
    assert_eq!(code(&[up], Audience::Public, Some(&scan)), "EXP-034");
    assert!(!to.exists(), "nothing is written before all checks have passed");

    let outcome = write_export(&to, &files, &info(Audience::Public), Some(&scan)).unwrap();
    assert_eq!((outcome.manifest.files.len(), outcome.unsearched.len()), (3, 0));
    assert!(check_manifest(&to).unwrap().findings.is_empty());
    // A second export keeps the first one's entries; the other family is refused.
    let more = ExportFile { name: "图.png".into(), bytes: b"\x89PNG".to_vec(), audience: Audience::Public };
    let outcome = write_export(&to, &[more], &info(Audience::Public), Some(&scan)).unwrap();
    assert_eq!((outcome.manifest.files.len(), outcome.unsearched), (4, vec!["图.png".to_owned()]));
    let inside = ExportFile { name: "内部.csv".into(), bytes: vec![1], audience: Audience::Internal };
    assert_eq!(code(&[inside], Audience::Internal, None), "EXP-031");
    // Changed and missing files are told.
    std::fs::write(to.join(&files[1].name), b"changed").unwrap();
    std::fs::remove_file(to.join(&files[2].name)).unwrap();
    let found = check_manifest(&to).unwrap().findings;
    assert_eq!(found.iter().map(|f| f.code).collect::<BTreeSet<_>>(), BTreeSet::from(["EXP-037", "EXP-038"]));
    std::fs::write(to.join(MANIFEST_FILE), b"{}").unwrap();
    assert_eq!(check_manifest(&to).unwrap_err().code(), "EXP-036");
}

/// Writes the workbooks to the folder of the environment variable `FAIRDRAW_SHOW_EXPORTS`, to be looked at.
#[test]
fn the_workbooks_can_be_looked_at() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let mut files = render_plan_books(&book(200), &catalogue).unwrap();
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
