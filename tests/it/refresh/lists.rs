//! Lists of past months after another register: what was drawn stays drawn.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::domain::Period;
use fairdraw::plan::PlanCell;
use fairdraw::plan::ledger::compute_cap_meter;
use fairdraw::registry::schema::sources;
use fairdraw::ui::veil::Secrets;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::results::take_results;
use fairdraw::workspace::demo::MARKER;
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::inputs::due::{KnownInspectors, load_opened};
use fairdraw::workspace::perform::{DeedOutcome, Frames, perform_deed};
use fairdraw::workspace::reports::export::{ExportRequest, TASKS, export_project};
use fairdraw::workspace::reports::project_data::ProjectData;
use fairdraw::workspace::reports::public_list::PublicLists;
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::results::load_results;

use super::super::project::{DICE, at, drawn, month, project, seal};

/// Drawn and mandatory of January by body as the plan shows them.
fn january(project: &Project) -> Vec<(u32, u32, String)> {
    let (registry, _) = load_project_data(project).unwrap();
    let analysis = compute_analysis(project, &registry, month("2027-02"), &Progress::none()).unwrap();
    analysis
        .plan
        .matrix
        .iter()
        .map(|row| (row[0].past_drawn, row[0].past_mandatory, format!("{:?}", (&row[0].drawn, &row[0].mandatory))))
        .collect()
}

/// The demo's register as csv, less some units; `closer` become 重点管理.
fn register_without(project: &Project, gone: &[String], keyed: &[String]) -> String {
    let (registry, districts) = load_project_data(project).unwrap();
    let frame = &registry.sources;
    let text =
        |name: &str, row: usize| frame.column(name).unwrap().str().unwrap().get(row).unwrap_or_default().to_owned();
    let mut csv = String::from("排污许可证编号,单位名称,统一社会信用代码,行政区,管理类别,行业类别\n");
    for row in 0..frame.height() {
        let unit = text("unit_id", row);
        if gone.contains(&unit) {
            continue;
        }
        let code = frame.column("district").unwrap().u32().unwrap().get(row).unwrap_or(0);
        let district = districts.districts().iter().find(|d| d.code.0 == code).map_or("", |d| d.name.as_str());
        let management = match text("management", row).as_str() {
            _ if keyed.contains(&unit) => "重点管理",
            "key" => "重点管理",
            "simplified" => "简化管理",
            _ => "登记管理",
        };
        writeln!(
            csv,
            "{unit},{},{},{district},{management},{}",
            text("name", row),
            text("uscc", row),
            text("industry", row)
        )
        .unwrap();
    }
    csv
}

#[test]
fn months_drawn_keep_what_was_drawn_when_units_leave_the_register() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let draw = seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    let listed = drawn(&draw);
    // results of the first four, published later
    let assignment = fs::read_to_string(draw.join("assignment.csv")).unwrap();
    let mut csv = String::from("单位标识,检查日期,办结日期,检查结果,处理情况,执法人员\n");
    for unit in &listed[..4] {
        let row: Vec<&str> =
            assignment.lines().find(|l| l.starts_with(&format!("{unit},"))).unwrap().split(',').collect();
        writeln!(csv, "{unit},2027-01-12,2027-01-13,未发现问题,,{}、{}", row[2], row[3]).unwrap();
    }
    let path = folder.path().join("结果.csv");
    fs::write(&path, csv).unwrap();
    take_results(&project, &path, &at("2027-01-20T09:00:00")).unwrap();

    let before = january(&project);
    assert!(before.iter().map(|(drawn, must, _)| drawn + must).sum::<u32>() as usize == listed.len());
    let names_of = |project: &Project| -> BTreeMap<String, (String, String, String)> {
        let (registry, _) = load_project_data(project).unwrap();
        let opened = load_opened(project, &registry).unwrap();
        let checks = opened.iter().flat_map(|o| o.checks.iter().zip(&o.places));
        checks
            .map(|(c, p)| (c.unit_id.to_string(), (c.name.clone(), c.plan_code.clone(), format!("{} {p:?}", c.body))))
            .collect()
    };
    let names = names_of(&project);
    assert!(names.values().all(|(name, ..)| !name.is_empty()));

    // two with a result and two without leave, some others become key units
    let gone = [&listed[0], &listed[1], &listed[10], &listed[11]].map(Clone::clone);
    let keyed: Vec<String> = listed[4..9].to_vec();
    let from = folder.path().join("二月名录");
    fs::create_dir(&from).unwrap();
    fs::write(from.join("污染源名录.csv"), register_without(&project, &gone, &keyed)).unwrap();
    fs::write(from.join(MARKER), "x").unwrap();
    let deed = Deed::Refresh { from, mapping: None, looked_at: None };
    let done = perform_deed(&mut project.clone(), &Frames::on_disk(), deed, &at("2027-01-22T09:00:00")).unwrap();
    let DeedOutcome::Refreshed(refreshed) = done else { panic!("{done:?}") };
    assert_eq!(refreshed.changes.count(fairdraw::workspace::reports::refresh::UnitChangeKind::Gone), 4);
    let project = project.reopen().unwrap();

    assert_eq!(january(&project), before, "drawn and mandatory, by body and category");
    assert_eq!(names_of(&project), names, "every unit is still named, with its plan code and place");
    let (registry, districts) = load_project_data(&project).unwrap();
    let opened = load_opened(&project, &registry).unwrap();
    assert_eq!(opened[0].checks.len(), listed.len());
    let results = load_results(&project).unwrap();
    let lists = PublicLists::new(&project, &registry, &opened, &results, at("2027-01-25T09:00:00").now.date()).unwrap();
    let shown = lists.shown(month("2027-01")).unwrap();
    let cells: String = shown.texts.rows.iter().flatten().map(|cell| format!("{cell:?} ")).collect();
    for unit in &gone[..2] {
        assert!(cells.contains(&names[unit].0), "{} is on the public list", names[unit].0);
    }
    // the task sheets name them too, and only task sheets are written where only these are asked for
    let to = folder.path().join("导出");
    let request = ExportRequest { month: Some(month("2027-01")), only: vec![TASKS.to_owned()] };
    let exported = export_project(&project, &registry, &districts, &to, &request, &at("2027-01-25T09:00:00")).unwrap();
    assert!(!exported.files.is_empty());
    for file in &exported.files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(name.contains("任务单") || name.contains("任务书"), "{}", file.display());
    }
    // a folder for each body with checks; what is printed is for visits, and the draw may leave a body off-site checks alone
    let bodies = january(&project).iter().filter(|(drawn, must, _)| drawn + must > 0).count();
    let folders: BTreeSet<_> = exported.files.iter().filter_map(|file| file.parent()).collect();
    assert!(folders.len() >= bodies, "{folders:?}");
    let visiting: BTreeSet<&str> = opened[0].checks.iter().map(|check| check.body_name.as_str()).collect();
    for (folder, end) in folders.iter().flat_map(|folder| ["xlsx", "pdf", "docx"].map(|end| (folder, end))) {
        let visits = visiting.contains(folder.file_name().unwrap().to_str().unwrap());
        let own = exported.files.iter().filter(|file| file.parent() == Some(folder));
        let count = own.filter(|file| file.extension().is_some_and(|own| own == end)).count();
        assert_eq!(count, usize::from(visits || end == "xlsx"), "{end} in {}", folder.display());
    }

    // February is sealed from the new register; January's cells stay; then there is no way back
    seal(&project, &registry, "2027-02", "2027-01-26T09:00:00", "2027-01-27T20:00:00");
    let refused = |deed: Deed| {
        perform_deed(&mut project.clone(), &Frames::on_disk(), deed, &at("2027-01-28T09:00:00")).unwrap_err().code()
    };
    assert_eq!(refused(Deed::RefreshBack(None)), "PRJ-012");
    open_period(&project, Period::Month(month("2027-02")), DICE, &at("2027-01-28T09:00:00")).unwrap();
    assert_eq!(refused(Deed::RefreshBack(None)), "PRJ-044");
    let analysis = compute_analysis(&project, &registry, month("2027-03"), &Progress::none()).unwrap();
    let city = PlanCell::sum(analysis.plan.matrix.iter().map(|row| &row[0]));
    assert_eq!(city.past_listed() as usize, listed.len());
}

/// A unit that left the register was visited all the same: what its firm's other sites may still get is less by that.
#[test]
fn the_visit_of_a_unit_that_left_counts_towards_its_firms_cap() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let draw = seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    let gone = drawn(&draw).remove(0);
    let row = fairdraw::registry::row_of_unit(&registry.sources, &gone).unwrap() as usize;
    let code = sources::USCC.of(&registry.sources).unwrap().get(row).unwrap().to_owned();
    let firm = sources::ENTERPRISE.of(&registry.sources).unwrap().get(row).unwrap().to_owned();
    // its permit is no more; the firm has another site now
    let mut text = register_without(&project, std::slice::from_ref(&gone), &[]);
    writeln!(text, "{code}008P,改设的分厂,{code},黄浦区,重点管理,2511").unwrap();
    let from = folder.path().join("二月名录");
    fs::create_dir(&from).unwrap();
    fs::write(from.join("污染源名录.csv"), text).unwrap();
    fs::write(from.join(MARKER), "x").unwrap();
    let deed = Deed::Refresh { from, mapping: None, looked_at: None };
    perform_deed(&mut project.clone(), &Frames::on_disk(), deed, &at("2027-01-22T09:00:00")).unwrap();
    let project = project.reopen().unwrap();
    let (registry, _) = load_project_data(&project).unwrap();
    let analysis = compute_analysis(&project, &registry, month("2027-02"), &Progress::none()).unwrap();
    assert!(analysis.population.index.row(&gone).is_none());
    let enterprise = analysis.population.index.enterprise(&firm).unwrap() as usize;
    let reading = compute_cap_meter(&project.policy, &analysis.population.inputs, 1)[enterprise];
    assert_eq!(reading.counted, 1, "{reading:?}");
}

/// Who left the roster made checks of months past: they keep their names, and are hidden with the others.
#[test]
fn inspectors_who_left_keep_their_names_and_stay_veiled() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    let opened = load_opened(&project, &registry).unwrap();
    let pair = opened[0].assignment.as_ref().unwrap().get(&opened[0].checks[0].unit_id).unwrap();
    let lead = pair.lead.to_string();
    let name = registry.inspector_names().unwrap()[lead.as_str()].to_owned();
    let text = |column: &str, row: usize| {
        registry.inspectors.column(column).unwrap().str().unwrap().get(row).map(str::to_owned)
    };
    let mut roster = String::from("执法证号,姓名,所属单位,主办资格,每月可用天数\n");
    for row in 0..registry.inspectors.height() {
        let [certificate, name, body] = ["certificate", "name", "body"].map(|c| text(c, row).unwrap_or_default());
        if certificate != lead {
            let body = project.policy.bodies.iter().find(|b| b.id.as_str() == body).unwrap();
            writeln!(roster, "{certificate},{name},{},是,8", body.name).unwrap();
        }
    }
    let from = folder.path().join("新名册");
    fs::create_dir(&from).unwrap();
    fs::write(from.join("执法人员名录.csv"), roster).unwrap();
    fs::write(from.join(MARKER), "x").unwrap();
    let deed = Deed::Refresh { from, mapping: None, looked_at: None };
    let done = perform_deed(&mut project.clone(), &Frames::on_disk(), deed, &at("2027-01-22T09:00:00")).unwrap();
    let DeedOutcome::Refreshed(refreshed) = done else { panic!("{done:?}") };
    assert!(!refreshed.changes.is_nothing());
    let project = project.reopen().unwrap();
    let (registry, districts) = load_project_data(&project).unwrap();
    assert_eq!(registry.former_inspectors.height(), 1);
    assert_eq!(registry.inspector_names().unwrap().get(lead.as_str()), Some(&name.as_str()));
    // the list's workbooks, the journal and the form of results know the person still
    let known = KnownInspectors::of(&registry).unwrap();
    assert!(known.roster.unwrap().iter().any(|id| id.as_str() == lead));
    let data = ProjectData::new(registry, districts, Diagnostics::new(), &project.policy).unwrap();
    let secrets = Secrets::of(&data, &Progress::none()).unwrap();
    for shown in [format!("主办 {lead}"), format!("主办 {name} {lead}")] {
        let hidden = secrets.hide(&shown).unwrap_or_else(|| panic!("{shown} is not hidden"));
        assert!(!hidden.contains(&lead), "{hidden}");
    }
    // who is back is no former one
    let back = Deed::RefreshBack(None);
    perform_deed(&mut project.clone(), &Frames::on_disk(), back, &at("2027-01-23T09:00:00")).unwrap();
    let (registry, _) = load_project_data(&project.reopen().unwrap()).unwrap();
    assert_eq!(registry.former_inspectors.height(), 0);
}
