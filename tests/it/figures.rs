//! One plan, one number: the same figures read from the command line, the workbook, the public plan and what the
//! window paints, for five projects at five moments of the year; and why the year's total moved in between.

#![allow(clippy::cmp_owned, reason = "plain comparisons read best in a test")]

mod certain;
mod chance;
mod movement;
mod pressed;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Reader, Xlsx};
use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::{Period, PlanMonth, SubstituteCase};
use fairdraw::plan::PlanCell;
use fairdraw::plan::model::{QuotaPlace, VisitKind};
use fairdraw::registry::Registry;
use fairdraw::workspace::deeds::change::substitute_unit;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::results::take_results;
use fairdraw::workspace::deeds::seal::{seal_month, seal_year};
use fairdraw::workspace::deeds::settings::{Settings, save_settings};
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::inputs::analysis::{Analysis, compute_analysis};
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::reports::export::{ExportRequest, export_project};
use fairdraw::workspace::reports::movement::{MovementKind, compute_plan_movement};
use fairdraw::workspace::reports::plan_record::{FourColumns, PlanRecord, load_plan_files};
use fairdraw::workspace::reports::preview::compute_month_preview;
use fairdraw::workspace::reports::project_data::{AnalysisView, ProjectData};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::{Project, bundled_calendar};
use fairdraw::workspace::store::register::{load_opened_draws, load_register, next_month};

use super::project::{DICE, at, drawn, drawn_by_chance, month, pledge, proved, save_edits, saved};

/// A project of the five.
#[derive(Clone, Copy)]
struct Kind {
    sources: usize,
    seed: u64,
    policy: &'static str,
}

struct World {
    folder: tempfile::TempDir,
    project: Project,
    registry: Registry,
    /// The year's total told last, where a month was drawn since.
    before: f64,
}

/// A project as an import leaves it.
fn imported(kind: Kind) -> World {
    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("输入");
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let options = DemoOptions { sources: kind.sources, seed: kind.seed, ..DemoOptions::default() };
    write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
    let new =
        NewProject { from: input, year: Some(2027), policy: Some(kind.policy.to_owned()), ..NewProject::default() };
    let imported = create_project(&folder.path().join("项目"), &new, &at("2026-12-20T09:00:00")).unwrap();
    World { folder, project: imported.project, registry: imported.registry, before: 0.0 }
}

/// The same with the year's seed opened.
fn world(kind: Kind) -> World {
    let world = imported(kind);
    let World { project, registry, .. } = &world;
    seal_year(project, registry, &pledge("2026-12-22T20:00:00", "区公证处掷骰"), &at("2026-12-21T09:00:00")).unwrap();
    open_period(project, Period::Year(2027), DICE, &at("2026-12-23T09:00:00")).unwrap();
    world
}

fn cli(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// `[预计, 抽查, 必查]`, by month and in the year, by name.
type Table = BTreeMap<String, [Vec<f64>; 3]>;

fn sheet(path: &Path, name: &str) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = calamine::open_workbook(path).unwrap();
    book.worksheet_range(name).unwrap().rows().map(<[Data]>::to_vec).collect()
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(n) => *n,
        Data::Int(n) => *n as f64,
        Data::Empty => 0.0,
        other => panic!("{other:?}"),
    }
}

/// Rows `name, measure, twelve months, year` of a sheet.
fn table(rows: &[Vec<Data>], measures: [&str; 3]) -> Table {
    let mut table = Table::new();
    for row in rows {
        let Some(measure) = measures.iter().position(|m| row[1].to_string() == *m) else { continue };
        table.entry(row[0].to_string()).or_default()[measure] = row[2..15].iter().map(number).collect();
    }
    table
}

fn cells_of(cells: &[PlanCell]) -> [Vec<f64>; 3] {
    [PlanCell::expected, PlanCell::drawn_visits, PlanCell::mandatory_visits].map(|figure| {
        let months: Vec<f64> = cells.iter().map(figure).collect();
        let year = months.iter().sum();
        months.into_iter().chain([year]).collect()
    })
}

fn plan_of(analysis: &Analysis) -> Table {
    let bodies = analysis.population.inputs.bodies.iter().zip(&analysis.plan.matrix);
    let mut table: Table = bodies.map(|(body, cells)| (body.name.clone(), cells_of(cells))).collect();
    table.insert("合计".into(), cells_of(&analysis.plan.city_cells()));
    table.retain(|_, of| of[0][12] > 0.0);
    table
}

fn assert_same(what: &str, read: &Table, plan: &Table, within: f64) {
    assert_eq!(read.keys().collect::<Vec<_>>(), plan.keys().collect::<Vec<_>>(), "{what}");
    for (name, of) in plan {
        for (k, kind) in ["预计", "抽查", "必查"].iter().enumerate() {
            assert_eq!(read[name][k].len(), 13, "{what}: {name} {kind}");
            for (m, (a, b)) in read[name][k].iter().zip(&of[k]).enumerate() {
                assert!((a - b).abs() <= within, "{what}: {name} {kind}, {m}: {a} and {b}");
            }
        }
    }
}

/// What `plan` prints: every body's months, its year and kinds.
fn assert_command_line(project: &Project, plan: &Table, verdict: &str) {
    let words = cli(&["plan", project.root().to_str().unwrap()]);
    let city = &plan["合计"];
    let head = format!("预计检查 {:.1} 次（抽查 {:.1}，必查 {:.1}）", city[0][12], city[1][12], city[2][12]);
    assert!(words.contains(&head), "{head}\n{words}");
    assert!(words.contains(verdict), "{verdict}\n{words}");
    for (name, of) in plan {
        let line = words.lines().find(|line| line.starts_with(&format!("{name},"))).unwrap();
        let shown: Vec<&str> = line.split(',').skip(1).collect();
        let figures: Vec<f64> = of[0].iter().chain([&of[1][12], &of[2][12]]).copied().collect();
        assert_eq!(shown.len(), figures.len(), "{name}");
        for (shown, figure) in shown.iter().zip(figures) {
            let read: f64 = shown.parse().unwrap();
            // one decimal; a half may fall either way by the order of a sum
            assert!((read - figure).abs() < 0.05 + 1e-6, "{name}: {line} against {figure}");
        }
    }
    let words = cli(&["status", project.root().to_str().unwrap(), "--today", "2027-01-04"]);
    assert!(words.contains(&head) && words.contains(verdict), "{head}\n{words}");
}

fn exported(world: &World, name: &str) -> (PathBuf, PathBuf) {
    let to = world.folder.path().join(name);
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let request = ExportRequest { month: None, only: vec!["xlsx".into()] };
    let context = at("2027-03-01T09:00:00");
    export_project(&world.project, &world.registry, &districts, &to, &request, &context).unwrap();
    let find = |folder: &str, word: &str| -> PathBuf {
        let mut found: Vec<PathBuf> = fs::read_dir(to.join(folder)).unwrap().map(|e| e.unwrap().path()).collect();
        let agency = &world.project.policy.agency_name;
        found.retain(|path| {
            let name = path.file_name().unwrap().to_string_lossy().to_string();
            name.starts_with(&format!("{agency}{word}"))
        });
        assert_eq!(found.len(), 1, "{word}: {found:?}");
        found.remove(0)
    };
    (find("内部", "_年度计划_"), find("公开", "_年度检查计划_"))
}

fn assert_public(path: &Path, plan: &Table, listed: u16) {
    let read = table(&sheet(path, "分月数量"), ["合计", "抽查", "必查"]);
    for (name, of) in &read {
        let own = &plan[name];
        for m in 0..13 {
            assert!((of[0][m] - of[1][m] - of[2][m]).abs() < 1e-9, "{name}, {m}");
            assert!((of[2][m] - own[2][m]).abs() < 1e-6, "必查 {name}, {m}: {} {}", of[2][m], own[2][m]);
            let whole = m < 12 && listed >> m & 1 == 1;
            // a body's three categories are rounded each, a month drawn not at all, the city's cumulated sums once
            let within = if whole {
                1e-6
            } else if name == "合计" {
                1.0
            } else {
                3.0
            };
            assert!((of[1][m] - own[1][m]).abs() <= within, "抽查 {name}, {m}: {} {}", of[1][m], own[1][m]);
        }
    }
    assert!((read["合计"][0][12] - plan["合计"][0][12].round()).abs() < 1e-6, "the year's total, rounded");
    assert_eq!(read.len(), plan.len());
    let rows = sheet(path, "年度检查计划");
    let head = rows.iter().position(|row| row[0].to_string() == "序号").unwrap();
    let column = |heading: &str| rows[head].iter().position(|c| c.to_string() == heading).unwrap();
    let (all, drawn, mandatory) = (column("检查数量（次）"), column("其中抽查（次）"), column("其中必查（次）"));
    let sums = rows[head + 1..].iter().fold([0.0; 3], |sum, row| {
        [sum[0] + number(&row[all]), sum[1] + number(&row[drawn]), sum[2] + number(&row[mandatory])]
    });
    assert_eq!(sums.to_vec(), (0..3).map(|k| read["合计"][k][12]).collect::<Vec<_>>(), "lines and months");
    let notes: String = rows[..head].iter().flatten().map(ToString::to_string).collect();
    assert!(notes.contains("抽查与必查之和") && notes.contains("不含触发式检查"), "{notes}");
    assert_eq!(notes.contains("已抽取"), listed > 0, "{notes}");
}

/// 计划对照 of the workbook holds the record's four columns.
fn assert_record(world: &World, analysis: &Analysis, rows: &[Vec<Data>], moment: &str) {
    let files = load_plan_files(&world.project).unwrap();
    let record = PlanRecord::compute(analysis, &files, None).unwrap();
    let head = rows.iter().position(|row| row[0].to_string() == "执法主体").unwrap();
    let notes: String = rows[..head].iter().flatten().map(ToString::to_string).collect();
    assert!(notes.contains(&record.summary()), "{moment}: {notes}");
    let city = [("全市", record.city())];
    let bodies = record.bodies.iter().map(|body| (body.name.as_str(), body.months));
    let mut lines = rows[head + 1..].iter();
    for (name, months) in city.into_iter().chain(bodies) {
        for cell in months.into_iter().chain([FourColumns::sum(months.into_iter())]) {
            let line = lines.next().unwrap();
            assert_eq!(line[0].to_string(), name, "{moment}");
            for (read, wanted) in line[2..6].iter().zip(cell.figures()) {
                let same = match wanted {
                    Some(wanted) => (number(read) - wanted).abs() < 1e-6,
                    None => *read == Data::Empty,
                };
                assert!(same, "{moment}, {name} {}: {read} {wanted:?}", line[1]);
            }
        }
    }
    assert!(lines.next().is_none(), "{moment}");
}

/// Every reader of the plan says the same; returns the analysis as it stands.
fn assert_one_number(world: &mut World, moment: &str) -> Analysis {
    let months = world.project.months();
    let next = next_month(&load_register(&world.project).unwrap(), &months).unwrap();
    let analysis = compute_analysis(&world.project, &world.registry, next, &Progress::none()).unwrap();
    let plan = plan_of(&analysis);
    let verdict = analysis.plan.verdict_text(&analysis.population.inputs.bodies);
    assert_command_line(&world.project, &plan, &verdict);

    let (book, public) = exported(world, moment);
    let read = table(&sheet(&book, "年度计划"), ["预计检查（次）", "其中抽查（次）", "其中必查（次）"]);
    assert_same(&format!("{moment}, workbook"), &read, &plan, 1e-6);
    assert_record(world, &analysis, &sheet(&book, "计划对照"), &format!("{moment}, workbook"));
    let notes: String = sheet(&book, "说明").iter().flatten().map(ToString::to_string).collect();
    assert!(notes.contains(&verdict), "{verdict}");
    assert_public(&public, &plan, analysis.population.inputs.history.drawn_months());

    // what the window's overview, map and matrix paint
    let (registry, _) = load_project_data(&world.project).unwrap();
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let data = ProjectData::new(registry, districts, Diagnostics::new(), &world.project.policy).unwrap();
    let shared = std::sync::Arc::new(analysis);
    let view = AnalysisView::new(&world.project, &data, std::sync::Arc::clone(&shared)).unwrap();
    for (m, visits) in view.areas.city.expected.iter().enumerate() {
        assert!((visits - plan["合计"][0][m]).abs() < 1e-6, "{moment}, window, month {m}");
    }
    for (body, area) in shared.population.inputs.bodies.iter().zip(&view.areas.bodies) {
        let year = plan.get(&body.name).map_or(0.0, |of| of[0][12]);
        assert!((area.expected_year() - year).abs() < 1e-6, "{moment}, window, {}", body.name);
    }
    drop(view);
    let analysis = std::sync::Arc::into_inner(shared).unwrap();

    // the next month's cell is what its frame will offer
    let preview = compute_month_preview(&world.project, &world.registry, &analysis).unwrap();
    let m = next.index_in(2027).unwrap();
    assert!(
        (preview.expected - plan["合计"][0][m]).abs() < 1e-4,
        "{moment}: {} {}",
        preview.expected,
        plan["合计"][0][m]
    );
    assert_moved(world, &analysis, moment);
    analysis
}

/// The causes of the movement add up, and start from what was told before the month was drawn.
fn assert_moved(world: &World, analysis: &Analysis, moment: &str) {
    let movement = compute_plan_movement(&world.project, &world.registry, analysis).unwrap();
    let Some(movement) = movement else {
        assert_eq!(analysis.population.inputs.history.drawn_months(), 0, "{moment}");
        return;
    };
    let sum: f64 = movement.causes.iter().map(|cause| cause.visits).sum();
    assert!((movement.before + sum - movement.after).abs() < 1e-6, "{moment}: {movement:?}");
    assert!((movement.before - world.before).abs() < 1e-6, "{moment}: {} {}", movement.before, world.before);
    assert!((movement.after - analysis.plan.expected_visits()).abs() < 1e-6);
    println!("{moment}: {}", movement.sentence);
    // the printed numbers add up as well, to the last digit
    let printed = |text: &str| -> f64 {
        let last = text.trim_end_matches(" 次").rsplit([' ', '，']).next().unwrap();
        last.replace('−', "-").replace('±', "").parse().unwrap()
    };
    let head = movement.sentence.split('）').next().unwrap().split('（').nth(1).unwrap();
    let sum: f64 = movement.causes.iter().map(|cause| printed(&cause.sentence)).sum();
    assert!((sum - printed(head)).abs() < 1e-9, "{sum}: {}", movement.sentence);
    for cause in &movement.causes {
        assert!((cause.shown - printed(&cause.sentence)).abs() < 1e-9, "the table says what the words say: {cause:?}");
    }
    for cause in movement.causes.iter().filter(|cause| cause.kind != MovementKind::Chance) {
        assert!((printed(&cause.sentence) - cause.visits).abs() < 0.05 + 1e-9, "{cause:?}");
    }
    let chance = movement.causes.iter().find(|c| c.kind == MovementKind::Chance).unwrap();
    assert!(chance.visits.abs() < 0.02 * movement.before + 3.0, "{moment}: {}", movement.sentence);
}

/// Seals and opens the month that comes next; every step of the ceremony counts alike.
fn draw_next(world: &mut World, text: &str, sealed: &str, available: &str, opened: &str) -> Vec<String> {
    let period: Period = text.parse().unwrap();
    let analysis = compute_analysis(&world.project, &world.registry, month(text), &Progress::none()).unwrap();
    world.before = analysis.plan.expected_visits();
    let preview = compute_month_preview(&world.project, &world.registry, &analysis).unwrap();
    let told =
        seal_month(&world.project, &world.registry, month(text), &pledge(available, "区公证处掷骰"), &at(sealed))
            .unwrap();
    assert_eq!(told.draw, preview.draw as u64);
    let bodies = analysis.population.inputs.bodies.len() as f64;
    assert!((preview.expected - preview.draw as f64).abs() <= bodies, "each body's sum is rounded once");
    open_period(&world.project, period, DICE, &at(opened)).unwrap();
    let draw = load_opened_draws(&world.project, |m| m == month(text)).unwrap().pop().unwrap();
    let order = draw.order().unwrap();
    let strata = order.strata.iter().filter(|s| !s.units.is_empty()).count();
    assert_eq!((preview.strata.len(), draw.seal.strata_with_chance()), (strata, strata), "strata at every step");
    let free: usize = preview.strata.iter().map(|s| s.free + s.certain).sum();
    assert_eq!(free, order.strata.iter().map(|s| s.units.len()).sum::<usize>());
    let listed = drawn(&draw.folder);
    assert_eq!(listed.len(), preview.draw);
    listed
}

fn enter_results(world: &World, text: &str, listed: &[String]) {
    let folder = world.project.draw_folder(text.parse().unwrap(), 1);
    let assignment = fs::read_to_string(folder.join("assignment.csv")).unwrap();
    let mut csv = String::from("单位标识,检查日期,办结日期,检查结果,处理情况,执法人员\n");
    for (i, unit) in listed.iter().enumerate().filter(|(i, _)| i % 3 != 0) {
        let row: Vec<&str> =
            assignment.lines().find(|l| l.starts_with(&format!("{unit},"))).unwrap().split(',').collect();
        let outcome = if i % 7 == 1 { "发现问题已责令改正" } else { "未发现问题" };
        writeln!(csv, "{unit},{text}-12,{text}-13,{outcome},,{}、{}", row[2], row[3]).unwrap();
    }
    let path = world.folder.path().join("结果.csv");
    fs::write(&path, csv).unwrap();
    let taken = take_results(&world.project, &path, &at(&format!("{text}-20T09:00:00"))).unwrap();
    assert_eq!(taken.set_aside, 0, "{:?}", taken.diagnostics.findings());
}

/// The busiest unlocked cell of a month that is still to come.
fn lock(world: &mut World, analysis: &Analysis, at_month: PlanMonth, visits: f64) -> QuotaPlace {
    let m = at_month.index_in(2027).unwrap();
    let (body, category, _) = (0..analysis.plan.matrix.len())
        .flat_map(|b| (0..world.project.policy.categories.len()).map(move |c| (b, c)))
        .map(|(b, c)| (b, c, analysis.plan.matrix[b][m].drawn[c]))
        .max_by(|a, b| a.2.total_cmp(&b.2))
        .unwrap();
    let place = QuotaPlace {
        body: analysis.population.inputs.bodies[body].id.clone(),
        category: world.project.policy.categories[category].id.clone(),
        month: at_month,
    };
    let edits = world.project.file.edits.with_quota(&place, visits, "专项");
    save_edits(&mut world.project, edits, "2027-02-01T09:00:00");
    place
}

fn a_year_of(kind: Kind) {
    let mut world = world(kind);
    assert_one_number(&mut world, "before any draw");

    let january = draw_next(&mut world, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00", "2026-12-30T09:00:00");
    let analysis = assert_one_number(&mut world, "after January");
    let cell = &analysis.plan.city_cells()[0];
    assert!((cell.expected() - january.len() as f64).abs() < 1e-9);

    enter_results(&world, "2027-01", &january);
    draw_next(&mut world, "2027-02", "2027-01-25T09:00:00", "2027-01-26T20:00:00", "2027-01-27T09:00:00");
    assert_one_number(&mut world, "after February, with results");

    // a change of policy, and a number that nobody can draw
    let mut policy = world.project.policy.clone();
    policy.tiers[1].base_frequency.0 += 30;
    let settings = Settings { policy: policy.into(), ..saved(&world.project) };
    save_settings(&mut world.project, &settings, &at("2027-02-01T09:00:00")).unwrap();
    let before = assert_one_number(&mut world, "after a change of policy");
    let place = lock(&mut world, &before, month("2027-05"), 9_000.0);
    let locked = assert_one_number(&mut world, "after an impossible number");
    let told = locked.plan.locked.iter().find(|l| l.month == 4).unwrap();
    assert!(told.capped && told.text.contains("家可抽") && told.text.contains("9000"), "{}", told.text);
    let body = locked.population.inputs.body_index(&place.body).unwrap();
    let cell = &locked.plan.matrix[body][4];
    assert!((cell.drawn[usize::from(told.category)] - told.possible).abs() < 1e-6, "capped at who can be drawn");
    let sites = &locked.population.inputs.sites;
    let there = (0..sites.len()).filter(|i| usize::from(sites.body[*i]) == body && sites.category[*i] == told.category);
    assert!(told.possible <= there.count() as f64 + 1e-9);
    let edits = world.project.file.edits.without_quota(&place);
    save_edits(&mut world.project, edits, "2027-02-01T09:00:00");

    // a unit of February's list turns out to be closed
    let draw = load_opened_draws(&world.project, |m| m == month("2027-02")).unwrap().pop().unwrap();
    let unit = drawn_by_chance(&draw, 0, 0).swap_remove(0);
    let reason = "2027-02-03 现场核实已关闭";
    substitute_unit(
        &world.project,
        &world.registry,
        month("2027-02"),
        &unit,
        (SubstituteCase::Closed, proved(reason)),
        &at("2027-02-04T09:00:00"),
    )
    .unwrap();
    let after = assert_one_number(&mut world, "after a substitution");
    let listed = after.population.inputs.history.listed.iter().filter(|v| v.month == 1);
    assert_eq!(listed.filter(|v| v.kind != VisitKind::Triggered).count(), draw.seal.total_draw() as usize);
}

#[test]
fn one_number_everywhere_in_a_small_city() {
    a_year_of(Kind { sources: 900, seed: 1, policy: "shanghai-154" });
}

#[test]
fn one_number_everywhere_in_a_larger_city() {
    a_year_of(Kind { sources: 2_000, seed: 20_270_101, policy: "shanghai-154" });
}

#[test]
fn one_number_everywhere_by_the_national_rules() {
    a_year_of(Kind { sources: 1_200, seed: 5, policy: "national-88" });
}

#[test]
fn one_number_everywhere_by_the_generic_rules() {
    a_year_of(Kind { sources: 1_000, seed: 8, policy: "generic" });
}

#[test]
fn one_number_everywhere_with_another_seed() {
    a_year_of(Kind { sources: 1_400, seed: 77, policy: "shanghai-154" });
}

#[test]
fn what_was_drawn_stays_when_the_register_loses_units() {
    let mut world = world(Kind { sources: 900, seed: 3, policy: "shanghai-154" });
    let listed = draw_next(&mut world, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00", "2026-12-30T09:00:00");
    let february = month("2027-02");
    let before = compute_analysis(&world.project, &world.registry, february, &Progress::none()).unwrap();
    let mut smaller = world.registry.clone();
    let (gone, kept): (Vec<usize>, Vec<usize>) = (0..smaller.sources.height()).partition(|row| row % 10 == 0);
    let ids = |rows: &[usize]| rows.iter().map(|row| *row as u32).collect::<Vec<u32>>();
    let kept = polars::prelude::IdxCa::from_vec("row".into(), ids(&kept));
    smaller.sources = smaller.sources.take(&kept).unwrap();
    let after = compute_analysis(&world.project, &smaller, february, &Progress::none()).unwrap();
    for (a, b) in before.plan.matrix.iter().zip(&after.plan.matrix) {
        assert_eq!((&a[0].drawn, &a[0].mandatory), (&b[0].drawn, &b[0].mandatory), "January is what was drawn");
    }
    let districts: f64 = after.plan.districts.values().map(|row| row[0]).sum();
    assert!((districts - listed.len() as f64).abs() < 1e-9);
    let movement = compute_plan_movement(&world.project, &smaller, &after).unwrap().unwrap();
    let register = movement.causes.iter().find(|c| c.kind == MovementKind::Register).unwrap();
    assert!(register.visits < 0.0 && register.sentence.contains("退出"), "{}", movement.sentence);
    let share = (before.plan.expected_visits() - listed.len() as f64) * gone.len() as f64 / 900.0;
    assert!((register.visits + share).abs() < 0.5 * share, "{} of {share}", register.visits);
    let sum: f64 = movement.causes.iter().map(|cause| cause.visits).sum();
    assert!((movement.before + sum - movement.after).abs() < 1e-6);
}
