//! One answer to what is sealed, opened and changed: what is shown before a sealing is what is sealed, a lost secret
//! comes from its envelope, caps and closed units are told, an exported folder is held against its manifest.

mod anchored;
mod closing;
mod proved;
mod rederived;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::{Period, PlanMonth, SubstituteCase, TriggerKind, UnitId};
use fairdraw::registry::Registry;
use fairdraw::registry::schema::sources;
use fairdraw::sampling::{EntropyFormat, RegisterEvent, SealRegister};
use fairdraw::workspace::deeds::change::{TriggeredRequest, add_triggered_check, substitute_unit};
use fairdraw::workspace::deeds::open::{Opened, TypedOpening, open_period};
use fairdraw::workspace::deeds::seal::{Pledge, Sealed, seal_month, seal_year};
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::reports::preview::{MonthPreview, ReasonCount, compute_month_preview};
use fairdraw::workspace::store::changes::DrawChange;
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::{CommandContext, Project, bundled_calendar};
use fairdraw::workspace::store::register::load_register;
use polars::prelude::{Column, DataType, NamedFrom, Series};

use crate::project::{drawn_by_chance, proved};

const DICE: &str = "4162253614235516";
const AVAILABLE: &str = "2026-12-29T20:00:00";

fn at(time: &str) -> CommandContext {
    CommandContext {
        operator: "测试员".to_owned(),
        now: Moment::parse(&format!("{time}+08:00")).unwrap(),
        progress: Progress::none(),
    }
}

fn january() -> PlanMonth {
    "2027-01".parse().unwrap()
}

fn pledge(available_at: &str) -> Pledge {
    Pledge {
        format: EntropyFormat::Dice,
        entropy_source: "区公证处掷骰".to_owned(),
        reference: "第1次".to_owned(),
        available_at: format!("{available_at}+08:00"),
        again: None,
        demonstration: false,
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// A copy of a small city's project, its year's seed open.
fn project(folder: &Path) -> (Project, Registry) {
    static CITY: OnceLock<tempfile::TempDir> = OnceLock::new();
    let city = CITY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("输入");
        let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
        let options = DemoOptions { sources: 2_000, ..DemoOptions::default() };
        write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
        let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
        let made = create_project(&folder.path().join("项目"), &new, &at("2026-12-20T09:00:00")).unwrap();
        seal_year(&made.project, &made.registry, &pledge("2026-12-22T20:00:00"), &at("2026-12-21T09:00:00")).unwrap();
        open_period(&made.project, Period::Year(2027), DICE, &at("2026-12-23T09:00:00")).unwrap();
        drop(made);
        folder
    });
    let root = folder.join("项目");
    copy_folder(&city.path().join("项目"), &root);
    let project = Project::open(&root, Some("测试员")).unwrap();
    let (registry, _) = load_project_data(&project).unwrap();
    (project, registry)
}

fn seal(project: &Project, registry: &Registry) -> Sealed {
    seal_month(project, registry, january(), &pledge(AVAILABLE), &at("2026-12-28T09:00:00")).unwrap()
}

fn open(project: &Project, typed: impl Into<TypedOpening>) -> fairdraw::diagnostic::AppResult<Opened> {
    open_period(project, Period::Month(january()), typed, &at("2026-12-30T09:00:00"))
}

/// A project with January drawn.
fn drawn() -> (tempfile::TempDir, Project, Registry, StoredDraw) {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let sealed = seal(&project, &registry);
    open(&project, DICE).unwrap();
    let draw = StoredDraw::load(&project, sealed.period, 1).unwrap();
    (folder, project, registry, draw)
}

fn preview(project: &Project, registry: &Registry) -> MonthPreview {
    let analysis = compute_analysis(project, registry, january(), &Progress::none()).unwrap();
    compute_month_preview(project, registry, &analysis).unwrap()
}

/// What was shown is what lies in the sealed folder.
fn assert_sealed_as_shown(project: &Project, shown: &MonthPreview, sealed: &Sealed) {
    let draw = StoredDraw::load(project, sealed.period, sealed.sequence).unwrap();
    assert_eq!((shown.frame, shown.draw as u64), (sealed.frame_size, sealed.draw));
    assert_eq!(shown.frame, draw.frame.len());
    let strata: BTreeMap<&str, (u64, u64)> =
        draw.seal.strata.iter().filter(|s| s.size > 0).map(|s| (s.id.as_str(), (s.size, s.draw))).collect();
    let previewed: BTreeMap<&str, (u64, u64)> =
        shown.strata.iter().map(|s| (s.id.as_str(), ((s.free + s.certain) as u64, s.draw as u64))).collect();
    assert_eq!(previewed, strata);
    assert_eq!(shown.strata.len(), draw.seal.strata_with_chance());
    let (mut certain, mut excluded) = (BTreeMap::new(), BTreeMap::new());
    for row in draw.frame.rows() {
        match row.pi_ppb {
            0 => *excluded.entry(row.reason.to_owned()).or_insert(0) += 1,
            1_000_000_000 => *certain.entry(row.reason.to_owned()).or_insert(0) += 1,
            _ => {}
        }
    }
    let by_reason =
        |list: &[ReasonCount]| list.iter().map(|r| (r.reason.clone(), r.units)).collect::<BTreeMap<String, usize>>();
    assert_eq!(by_reason(&shown.certain_by), certain);
    assert_eq!(by_reason(&shown.excluded_by), excluded);
    assert_eq!(shown.certain, certain.values().sum::<usize>());
    for reason in shown.certain_by.iter().chain(&shown.excluded_by) {
        assert!(!reason.label.is_ascii(), "said in Chinese: {reason:?}");
    }
}

/// The registry with a rectification to be checked from January on for some sources that had none: every thirtieth.
fn with_rectifications(registry: &Registry) -> Registry {
    let mut registry = registry.clone();
    let epoch = chrono::NaiveDate::default();
    let mended = chrono::NaiveDate::from_ymd_opt(2026, 12, 15).unwrap();
    let days: Vec<Option<i32>> = sources::RECTIFY_BY
        .of(&registry.sources)
        .unwrap()
        .into_iter()
        .enumerate()
        .map(|(row, day)| day.or((row % 30 == 0).then_some(mended)))
        .map(|day| day.map(|day| (day - epoch).num_days() as i32))
        .collect();
    let column = Column::from(Series::new("rectify_by".into(), days)).cast(&DataType::Date).unwrap();
    registry.sources.with_column(column).unwrap();
    registry
}

#[test]
fn what_is_shown_before_the_sealing_is_what_is_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let shown = preview(&project, &registry);
    assert!(shown.draw > 20 && !shown.second && shown.blocking.is_empty(), "{shown:?}");
    assert!(shown.excluded_by.iter().any(|r| r.reason == "no_quota"), "a quota rounded to nothing is said");
    assert_eq!(preview(&project, &registry), shown, "no key of chance is in it");
    let sealed = seal(&project, &registry);
    assert_sealed_as_shown(&project, &shown, &sealed);
    open(&project, DICE).unwrap();
    let draw = StoredDraw::load(&project, sealed.period, sealed.sequence).unwrap();
    let order = draw.order().unwrap();
    // the strata that the draw shows are those that were frozen and sealed
    assert_eq!(order.strata.iter().filter(|s| !s.units.is_empty()).count(), shown.strata.len());
    assert_eq!(order.strata.iter().map(|s| s.selected().len()).sum::<usize>(), shown.draw);

    // a second draw of the month takes what must be checked and nothing else
    let more = with_rectifications(&registry);
    let second = preview(&project, &more);
    assert!(second.second && second.draw > 0 && second.draw == second.certain, "{second:?}");
    let again = Pledge { again: Some("新增整改到期".to_owned()), ..pledge("2027-01-05T20:00:00") };
    let sealed = seal_month(&project, &more, january(), &again, &at("2027-01-04T09:00:00")).unwrap();
    assert_eq!(sealed.sequence, 2);
    assert_sealed_as_shown(&project, &second, &sealed);
}

#[test]
fn the_register_says_when_a_real_draw_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    seal(&project, &registry);
    open(&project, DICE).unwrap();
    let register = load_register(&project).unwrap();
    assert_eq!(register.opened().count(), 2, "the year and January");
    assert!(register.is_opened(Period::Year(2027)) && !register.is_opened("2027-02".parse().unwrap()));
    assert_eq!(register.last_opened_of(Period::Month(january())), Some(1));
    let line = register.lines().last().unwrap();
    assert_eq!((line.event, line.at.as_str()), (RegisterEvent::Opened, "2026-12-30T09:00:00+08:00"));
    let (journal, _) = project.journal().check().unwrap();
    assert_eq!(journal.last().unwrap().at, line.at.as_str());
    let draw = StoredDraw::load(&project, Period::Month(january()), 1).unwrap();
    assert_eq!(draw.opened_at.as_deref(), Some(line.at.as_str()));
    // what the seal says is nowhere said a second time
    let notes = fs::read_to_string(draw.folder.join("notes.json")).unwrap();
    assert!(!notes.contains("demonstration"), "{notes}");
}

#[test]
fn a_register_with_a_bad_period_is_told_with_its_row() {
    let header = "event,at,agency,period,sequence,commitment,previous,available_at,reason\n";
    for period in ["2027-13", "2027-3", "27-03", "2027-03 ", ""] {
        let line = format!(
            "sealed,2026-12-21T09:00:00+08:00,310000,{period},1,{},,2026-12-22T20:00:00+08:00,\n",
            "ab".repeat(32)
        );
        let error = SealRegister::parse_csv(format!("{header}{line}").as_bytes()).unwrap_err();
        assert_eq!(error.code(), "SEL-020", "{period}: {error}");
        assert!(error.to_string().contains("期间写法不对") && error.to_string().contains("第 2 行"), "{error}");
    }
}

#[test]
fn a_lost_secret_is_typed_from_its_envelope_and_held_against_the_seal() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let sealed = seal(&project, &registry);
    let path = project.draw_folder(sealed.period, 1).join("secret.json");
    let whole = fs::read(&path).unwrap();
    let typed = |secret: &str| TypedOpening {
        entropy: DICE.to_owned(),
        secret: Some(secret.to_owned()),
        ..TypedOpening::default()
    };
    let refused = |typed: TypedOpening| {
        let error = open(&project, typed).unwrap_err();
        assert!(load_register(&project).unwrap().pending().is_some(), "nothing is opened by {error}");
        (error.code(), error.to_string())
    };
    // a wrong secret is never passed over, be the file whole
    let other = "1234abcd ".repeat(8);
    assert_eq!(refused(typed(&other)).0, "SEL-050");
    fs::remove_file(&path).unwrap();
    let (code, words) = refused(DICE.into());
    assert!(code == "DRW-003" && words.contains("信封") && words.contains("--secret"), "{words}");
    assert_eq!(refused(typed(&other)).0, "SEL-050");
    assert_eq!(refused(typed("1234")).0, "SEL-002");
    fs::write(&path, "{}").unwrap();
    assert_eq!(refused(DICE.into()).0, "SEL-003");
    let text = String::from_utf8(whole).unwrap();
    let digits = sealed.envelope.replace(' ', "");
    fs::write(&path, text.replace(&digits, &other.replace(' ', ""))).unwrap();
    assert_eq!(refused(DICE.into()).0, "VER-014");
    let opened = open(&project, typed(&sealed.envelope)).unwrap();
    assert!(opened.secret_lost.as_deref().unwrap().contains("VER-014"), "{opened:?}");
    let (journal, _) = project.journal().check().unwrap();
    let line = journal.last().unwrap();
    assert!(line.command == "open" && line.detail["secret_lost"].is_string(), "{line:?}");
}

#[test]
fn reserves_come_in_order_and_those_passed_over_stay_so() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let sealed = seal(&project, &registry);
    open(&project, DICE).unwrap();
    let load = || StoredDraw::load(&project, sealed.period, 1).unwrap();
    let draw = load();
    let order = draw.order().unwrap();
    let dead = drawn_by_chance(&draw, 0, 4).swap_remove(0);
    let stratum = draw.frame.to_row(draw.frame.position(dead.as_str()).unwrap()).unwrap().stratum;
    let list = &draw.reserves(&order)[stratum.as_str()];
    let context = at("2027-01-04T09:00:00");
    // the second reserve is on the list already by a triggered check
    let request = TriggeredRequest {
        unit: list[0].clone(),
        kind: TriggerKind::Report,
        reason: "2027-01-04 举报".into(),
        although_closed: None,
    };
    add_triggered_check(&project, &registry, january(), &request, &context).unwrap();
    let by = |unit: &UnitId, reason: &str| {
        substitute_unit(&project, &registry, january(), unit, (SubstituteCase::Closed, proved(reason)), &context)
            .unwrap()
            .by
    };
    let first = by(&dead, "2027-01-04 关闭");
    let place = list.iter().position(|unit| *unit == first).unwrap();
    assert!(place >= 1, "the triggered unit is passed over");
    let second = by(&first, "2027-01-04 搬迁");
    assert!(list.iter().position(|unit| *unit == second).unwrap() > place, "never one that was passed over");
    assert_eq!(load().changes.len(), 3);
}

#[test]
fn a_triggered_check_past_the_cap_is_recorded_and_a_closed_unit_asks_for_grounds() {
    let (_folder, project, registry, draw) = drawn();
    let order = draw.order().unwrap();
    let context = at("2027-01-04T09:00:00");
    let listed: Vec<UnitId> = draw.selected(&order).into_values().flatten().collect();
    let (units, enterprise) =
        (sources::UNIT_ID.of(&registry.sources).unwrap(), sources::ENTERPRISE.of(&registry.sources).unwrap());
    let status: BTreeMap<String, String> =
        draw.frame.rows().map(|row| (row.unit_id.to_owned(), row.reason.to_owned())).collect();
    let of_enterprise: BTreeMap<&str, &str> =
        units.iter().zip(enterprise.iter()).map(|(u, e)| (u.unwrap(), e.unwrap())).collect();
    let drawn: Vec<&str> = listed.iter().filter_map(|unit| of_enterprise.get(unit.as_str()).copied()).collect();
    let dead = |unit: &str| matches!(status[unit].as_str(), "closed" | "moved" | "merged");
    let sister = of_enterprise
        .iter()
        .find(|(unit, e)| drawn.contains(e) && !dead(unit) && listed.iter().all(|l| l.as_str() != **unit))
        .map(|(unit, _)| UnitId::new(*unit).unwrap())
        .unwrap();
    // one visit a year: the one that was drawn
    let mut strict = project.clone();
    strict.policy.cap.visits = 1;
    let request = |unit: &UnitId| TriggeredRequest {
        kind: TriggerKind::Monitoring,
        unit: unit.clone(),
        reason: "2027-01-04 举报".into(),
        although_closed: None,
    };
    let added = add_triggered_check(&strict, &registry, january(), &request(&sister), &context).unwrap();
    let past = added.past_cap.unwrap();
    assert!(past.cap == 1 && past.visits >= 2, "{past:?}");
    assert!(past.to_string().contains("已用完"), "{past}");
    let free = listed.iter().find(|unit| of_enterprise.contains_key(unit.as_str())).unwrap();
    assert_eq!(
        add_triggered_check(&project, &registry, january(), &request(free), &context).unwrap_err().code(),
        "SEL-042"
    );

    let closed = UnitId::new(status.keys().find(|unit| dead(unit)).unwrap()).unwrap();
    let error = add_triggered_check(&project, &registry, january(), &request(&closed), &context).unwrap_err();
    assert_eq!(error.code(), "PLN-015");
    assert!(error.to_string().contains(closed.as_str()), "{error}");
    let grounds =
        TriggeredRequest { although_closed: Some("群众反映夜间仍在生产".into()), ..request(&closed) };
    add_triggered_check(&project, &registry, january(), &grounds, &context).unwrap();
    let changes = StoredDraw::load(&project, draw.period, 1).unwrap().changes;
    assert!(matches!(&changes[0], DrawChange::Add { past_cap: Some(p), although_closed: None, .. } if *p == past));
    assert!(matches!(&changes[1], DrawChange::Add { although_closed: Some(why), .. } if why.contains("夜间")));
    let (journal, _) = project.journal().check().unwrap();
    let words: Vec<String> = journal.iter().map(|line| line.detail.to_string()).collect();
    assert!(words.iter().any(|w| w.contains("past_cap")) && words.iter().any(|w| w.contains("although_closed")));
}

fn fairdraw(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_fairdraw")).args(arguments).output().unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

#[test]
fn an_exported_folder_is_held_against_its_manifests() {
    use fairdraw::disclosure::Audience;
    use fairdraw::export::{ExportFile, ExportInfo, write_export};
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("导出");
    let info = ExportInfo {
        agency: "某市生态环境局".into(),
        program: "测试".into(),
        created: chrono::NaiveDate::from_ymd_opt(2027, 1, 4).unwrap().and_hms_opt(9, 0, 0).unwrap(),
        audience: Audience::Internal,
        data_mark: None,
        masked: None,
    };
    for (within, name) in [("内部", "任务.csv"), ("内部/证据", "frame.csv")] {
        let file = ExportFile { name: name.into(), bytes: b"1,2\n".to_vec(), audience: Audience::Internal };
        write_export(&root.join(within), &[file], &info, None).unwrap();
    }
    let check = || fairdraw(&["check-manifest", root.to_str().unwrap()]);
    let (code, words) = check();
    assert!(code == Some(0) && words.contains("2 份清单所列 2 个文件"), "{words}");
    fs::write(root.join("内部/证据/frame.csv"), b"1,3\n").unwrap();
    fs::write(root.join("内部/另.csv"), b"x").unwrap();
    let (code, words) = check();
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("EXP-038") && words.contains("内部/证据/frame.csv"), "{words}");
    assert!(words.contains("EXP-044") && words.contains("内部/另.csv"), "{words}");
    // what was put into an exported folder in a folder of its own is found too
    for within in ["夹带", "夹带/深", "夹带/深/更深/最深"] {
        fs::create_dir_all(root.join("内部").join(within)).unwrap();
    }
    fs::write(root.join("内部/夹带/名单.csv"), b"x").unwrap();
    let (_, words) = check();
    assert!(words.contains("内部/夹带/名单.csv") && words.contains("内部/夹带/深/更深"), "{words}");
    fs::remove_dir_all(root.join("内部/夹带")).unwrap();
    fs::remove_file(root.join("内部/任务.csv")).unwrap();
    assert!(check().1.contains("EXP-037"));
    // what is no plain file was not written by an export; the check goes on
    fs::create_dir(root.join("内部/任务.csv")).unwrap();
    let (code, words) = check();
    assert!(code == Some(1) && words.contains("不是普通文件") && words.contains("内部/另.csv"), "{words}");
    // a manifest that leads out of its folder is not followed
    let manifest = root.join("内部/manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("任务.csv", "../../secret.txt")).unwrap();
    assert!(check().1.contains("EXP-045"));
    let (code, words) = fairdraw(&["check-manifest", folder.path().join("项目").to_str().unwrap()]);
    assert_eq!(code, Some(2), "{words}");
    fs::create_dir(folder.path().join("空")).unwrap();
    let (code, words) = fairdraw(&["check-manifest", folder.path().join("空").to_str().unwrap()]);
    assert!(code == Some(2) && words.contains("EXP-043"), "{words}");
    assert!(fairdraw(&["--help"]).1.contains("check-manifest"));
}

#[test]
fn a_stopped_unit_is_out_for_a_visits_window_and_then_drawn_again() {
    let (_folder, project, registry, draw) = drawn();
    let units = drawn_by_chance(&draw, 1, 2);
    let (stopped, moved) = (units[0].clone(), units[1].clone());
    let context = at("2027-01-04T09:00:00");
    for (unit, case) in [(&stopped, SubstituteCase::Stopped), (&moved, SubstituteCase::Moved)] {
        substitute_unit(&project, &registry, january(), unit, (case, proved("2027-01-04 现场核实")), &context).unwrap();
    }
    // written with its case, and read again
    let changes = StoredDraw::load(&project, draw.period, 1).unwrap().changes;
    assert!(matches!(&changes[0], DrawChange::Substitute { case: SubstituteCase::Stopped, .. }), "{changes:?}");
    let reason = |month: &str, unit: &UnitId| {
        let month: PlanMonth = month.parse().unwrap();
        let analysis = compute_analysis(&project, &registry, month, &Progress::none()).unwrap();
        let site = analysis.population.index.row(unit.as_str()).unwrap();
        analysis.population.inputs.sites.exclusion[site as usize].id().to_owned()
    };
    // the window of the rules: 60 days, two months
    assert_eq!(project.policy.window.days, 60);
    assert_eq!(["2027-02", "2027-03", "2027-04"].map(|month| reason(month, &stopped)), ["stopped", "stopped", ""]);
    assert_eq!(["2027-02", "2027-04"].map(|month| reason(month, &moved)), ["moved", "moved"]);
}

#[test]
fn changes_of_earlier_versions_are_read() {
    let old = r#"[{"kind":"substitute","unit":"A1","by":"A2","reason":"x","at":"2027-01-04T09:00:00+08:00","operator":"o"},
        {"kind":"add","need":{"unit_id":"A3","body":"310101","skill":null},"reason":"x","at":"t","operator":"o"}]"#;
    let changes: Vec<DrawChange> = serde_json::from_str(old).unwrap();
    assert!(matches!(&changes[0], DrawChange::Substitute { case: SubstituteCase::Closed, .. }));
    assert!(matches!(&changes[1], DrawChange::Add { trigger: None, .. }));
    assert!(!serde_json::to_string(&changes).unwrap().contains("closed"), "nothing is added to what was written");
}
