//! A small project at several stages of its year, and the deeds that are broken off there.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fairdraw::anchor::keys::{KeyAlgorithm, SigningKey};
use fairdraw::diagnostic::{AppResult, Diagnostics, Progress};
use fairdraw::disclosure::{DueCheck, Outcome, PlanDatesEntry};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::{Period, SubstituteCase, TriggerKind, UnitId};
use fairdraw::plan::{Mend, MendAction};
use fairdraw::registry::confirmed::keys_of;
use fairdraw::registry::schema::sources;
use fairdraw::workspace::deeds::batch::{ClearDays, key_of};
use fairdraw::workspace::deeds::change::TriggeredRequest;
use fairdraw::workspace::deeds::confirm::Confirmation;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::follow_up::{FollowUpEntry, Interference};
use fairdraw::workspace::deeds::publish::{Publication, PublicationCorrection};
use fairdraw::workspace::deeds::settings::Settings;
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::inputs::due::load_opened;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::perform::{Frames, perform_deed};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::{Project, bundled_calendar};
use fairdraw::workspace::store::quality::load_report;

use crate::disclosure::day;
use crate::project::{DICE, at, month, pledge, proved, saved};
use crate::results::good;

type MakeDeed = Box<dyn Fn(&World, &Project, &Path) -> Deed>;

/// A deed at a stage; a stage without a name is an empty folder, where a project is made.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) stage: &'static str,
    /// Cheap enough for the suite.
    pub(crate) is_quick: bool,
    now: &'static str,
    deed: Option<MakeDeed>,
}

impl Case {
    /// Does it on the project at `root`; `arm` is called just before.
    pub(crate) fn run(&self, world: &World, root: &Path, arm: &dyn Fn()) -> AppResult<()> {
        let context = at(self.now);
        let Some(deed) = &self.deed else {
            let new =
                NewProject { from: world.folder.path().join("输入"), year: Some(2027), ..NewProject::default() };
            arm();
            return create_project(root, &new, &context).map(|_| ());
        };
        let mut project = Project::open(root, Some("测试员")).unwrap();
        let deed = deed(world, &project, root.parent().unwrap());
        let frames = Frames::on_disk();
        arm();
        perform_deed(&mut project, &frames, deed, &context).map(|_| ())
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}

pub(crate) struct World {
    folder: tempfile::TempDir,
    pub(crate) checks: Vec<DueCheck>,
    pub(crate) stranger: UnitId,
    /// A drawn unit that has a reserve.
    pub(crate) replaceable: UnitId,
}

impl World {
    pub(crate) fn stage(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.folder.path().join("无") } else { self.folder.path().join("阶段").join(name) }
    }

    /// The office's files.
    pub(crate) fn input(&self) -> PathBuf {
        self.folder.path().join("输入")
    }

    /// The one world of all tests.
    pub(crate) fn shared() -> &'static Self {
        static WORLD: std::sync::OnceLock<World> = std::sync::OnceLock::new();
        WORLD.get_or_init(Self::small)
    }

    /// The office's files, and the project after each deed that others follow.
    fn small() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (input, root) = (folder.path().join("输入"), folder.path().join("项目"));
        let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
        let options = DemoOptions { sources: 400, ..DemoOptions::default() };
        write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
        let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
        drop(create_project(&root, &new, &at("2026-12-20T09:00:00")).unwrap());
        let mut world = Self {
            folder,
            checks: Vec::new(),
            stranger: UnitId::new("X").unwrap(),
            replaceable: UnitId::new("X").unwrap(),
        };
        let keep = |name: &str| copy(&root, &world.folder.path().join("阶段").join(name));
        let act = |deed: Deed, now: &str| {
            let mut project = Project::open(&root, Some("测试员")).unwrap();
            perform_deed(&mut project, &Frames::on_disk(), deed, &at(now)).unwrap_or_else(|error| panic!("{error}"));
        };
        keep("新");
        act(Deed::SealYear(pledge("2026-12-22T20:00:00", "区公证处掷骰")), "2026-12-21T09:00:00");
        keep("年封");
        act(Deed::Open(Period::Year(2027), DICE.into()), "2026-12-23T09:00:00");
        keep("年开");
        act(Deed::SealMonth(month("2027-01"), pledge("2026-12-29T20:00:00", "区公证处掷骰")), "2026-12-28T09:00:00");
        keep("月封");
        act(Deed::Open(Period::Month(month("2027-01")), DICE.into()), "2026-12-30T09:00:00");
        keep("月开");
        let project = Project::open(&root, None).unwrap();
        let (registry, _) = load_project_data(&project).unwrap();
        let checks = load_opened(&project, &registry).unwrap().remove(0).checks;
        let listed = |unit: &str| checks.iter().any(|check| check.unit_id.as_str() == unit);
        let units = sources::UNIT_ID.of(&registry.sources).unwrap();
        let stranger = units.iter().flatten().find(|unit| !listed(unit)).unwrap().to_owned();
        let paired: Vec<DueCheck> = checks.into_iter().filter(|check| check.inspectors.len() == 2).collect();
        let mut result = good(&paired[0]);
        result.outcome = Outcome::Ordered;
        result.problem = "台账不全".into();
        result.handling = "责令改正".into();
        result.rectify_by = Some(day("2027-02-01"));
        act(Deed::RecordResult(Box::new(result), "".into()), "2027-01-15T09:00:00");
        keep("结果");
        let publication = Publication { codes: vec![paired[0].plan_code.clone()], on: None };
        act(Deed::Publish(publication), "2027-01-16T09:00:00");
        keep("公开");
        let input = world.folder.path().join("输入");
        act(Deed::Refresh { from: input, mapping: None, looked_at: None }, "2027-01-17T09:00:00");
        keep("更新");
        (world.checks, world.stranger) = (paired, UnitId::new(&stranger).unwrap());
        world.replaceable = world.find_replaceable();
        world
    }

    fn find_replaceable(&self) -> UnitId {
        let place = tempfile::tempdir().unwrap();
        let units = self.checks.iter().map(|check| check.unit_id.clone());
        let can = |unit: &UnitId| {
            let root = place.path().join(unit.as_str());
            copy(&self.stage("月开"), &root);
            let mut project = Project::open(&root, Some("测试员")).unwrap();
            perform_deed(&mut project, &Frames::on_disk(), gone(unit), &at("2027-01-05T09:00:00")).is_ok()
        };
        units.rev().find(can).unwrap()
    }

    /// Every deed.
    pub(crate) fn cases() -> Vec<Case> {
        let mut list =
            List(vec![Case { name: "new", stage: "", is_quick: false, now: "2026-12-20T09:00:00", deed: None }]);
        draws(&mut list);
        changes(&mut list);
        results(&mut list);
        settings(&mut list);
        files(&mut list);
        list.0
    }
}

struct List(Vec<Case>);

impl List {
    /// `quick`: cheap enough for the suite.
    fn add(&mut self, name: &'static str, (stage, is_quick): (&'static str, bool), now: &'static str, deed: MakeDeed) {
        self.0.push(Case { name, stage, is_quick, now, deed: Some(deed) });
    }
}

fn draws(list: &mut List) {
    let dice = || pledge("2026-12-22T20:00:00", "区公证处掷骰");
    list.add("seal year", ("新", false), "2026-12-21T09:00:00", Box::new(move |_, _, _| Deed::SealYear(dice())));
    list.add(
        "open year",
        ("年封", true),
        "2026-12-23T09:00:00",
        Box::new(|_, _, _| Deed::Open(Period::Year(2027), DICE.into())),
    );
    list.add(
        "seal month",
        ("年开", false),
        "2026-12-28T09:00:00",
        Box::new(|_, _, _| Deed::SealMonth(month("2027-01"), pledge("2026-12-29T20:00:00", "区公证处掷骰"))),
    );
    list.add(
        "open month",
        ("月封", true),
        "2026-12-30T09:00:00",
        Box::new(|_, _, _| Deed::Open(Period::Month(month("2027-01")), DICE.into())),
    );
    list.add(
        "void",
        ("月封", true),
        "2026-12-28T10:00:00",
        Box::new(|_, _, _| Deed::Void(Period::Month(month("2027-01")), "骰子丢失".to_owned())),
    );
    list.add(
        "sign",
        ("月开", true),
        "2026-12-31T09:00:00",
        Box::new(|_, _, _| {
            let key = SigningKey::of_secret("市局", KeyAlgorithm::Ed25519, [7; 32]).unwrap();
            Deed::SignDraw(Period::Month(month("2027-01")), Box::new(key))
        }),
    );
}

fn changes(list: &mut List) {
    list.add("substitute", ("月开", false), "2027-01-05T09:00:00", Box::new(|world, _, _| gone(&world.replaceable)));
    list.add(
        "replace-inspector",
        ("月开", true),
        "2027-01-05T09:00:00",
        Box::new(|world, _, _| Deed::ReplaceInspector {
            month: month("2027-01"),
            unit: world.checks[1].unit_id.clone(),
            certificate: world.checks[1].inspectors[1].clone(),
            reason: proved("住院"),
        }),
    );
    list.add(
        "add-check",
        ("月开", false),
        "2027-01-05T09:00:00",
        Box::new(|world, _, _| {
            Deed::AddCheck(
                month("2027-01"),
                TriggeredRequest {
                    unit: world.stranger.clone(),
                    kind: TriggerKind::Report,
                    reason: "群众举报".into(),
                    although_closed: Some("举报称仍在生产".to_owned()),
                },
            )
        }),
    );
    list.add(
        "export",
        ("结果", false),
        "2027-01-20T09:00:00",
        Box::new(|_, _, beside| Deed::Export {
            to: beside.join("导出"),
            month: Some(month("2027-01")),
            only: vec!["抽取存证".to_owned()],
        }),
    );
    list.add(
        "write list",
        ("月开", true),
        "2027-01-20T09:00:00",
        Box::new(|_, _, beside| Deed::WriteList {
            to: beside.join("名单.csv"),
            list: "本月检查对象".to_owned(),
            rows: 12,
            bytes: Arc::new(b"x".to_vec()),
        }),
    );
}

fn results(list: &mut List) {
    list.add(
        "results",
        ("月开", true),
        "2027-01-20T09:00:00",
        Box::new(|world, _, beside| {
            let check = &world.checks[3];
            let people: Vec<&str> = check.inspectors.iter().map(fairdraw::domain::InspectorId::as_str).collect();
            let file = beside.join("结果.csv");
            let head = "计划编码,检查日期,办结日期,主办执法证号,协办执法证号,检查结果\n";
            let row = format!("{},2027-01-12,2027-01-13,{},未发现问题\n", check.plan_code, people.join(","));
            fs::write(&file, head.to_owned() + &row).unwrap();
            Deed::TakeResults(file)
        }),
    );
    list.add(
        "record-result",
        ("月开", true),
        "2027-01-20T09:00:00",
        Box::new(|world, _, _| Deed::RecordResult(Box::new(good(&world.checks[4])), "".into())),
    );
    list.add(
        "correct-result",
        ("结果", true),
        "2027-01-20T09:00:00",
        Box::new(|world, _, _| Deed::RecordResult(Box::new(good(&world.checks[0])), "误录".into())),
    );
    list.add(
        "record-results",
        ("月开", true),
        "2027-01-20T09:00:00",
        Box::new(|world, _, _| {
            let days = ClearDays { inspected_on: day("2027-01-12"), completed_on: Some(day("2027-01-13")) };
            Deed::RecordClear(world.checks[..5].iter().map(key_of).collect(), days)
        }),
    );
    list.add(
        "publish",
        ("结果", true),
        "2027-01-20T09:00:00",
        Box::new(|world, _, _| Deed::Publish(Publication { codes: vec![world.checks[0].plan_code.clone()], on: None })),
    );
    list.add(
        "correct-publication",
        ("公开", true),
        "2027-01-25T09:00:00",
        Box::new(|world, _, _| {
            Deed::CorrectPublication(PublicationCorrection {
                codes: vec![world.checks[0].plan_code.clone()],
                on: Some(day("2027-01-18")),
                reason: "日期录错".to_owned(),
            })
        }),
    );
    list.add(
        "follow-up",
        ("结果", true),
        "2027-02-05T09:00:00",
        Box::new(|world, _, _| {
            let mut entry = FollowUpEntry {
                codes: vec![world.checks[0].plan_code.clone()],
                closed_on: Some(day("2027-02-01")),
                ..FollowUpEntry::default()
            };
            entry.follow_up.evidence = "整改报告".into();
            Deed::FollowUp(Box::new(entry))
        }),
    );
    list.add(
        "interference",
        ("月开", true),
        "2027-02-05T09:00:00",
        Box::new(|_, _, _| {
            Deed::Interference(Interference {
                who: "某局某人".into(),
                how: "电话要求不查".into(),
                handled: "拒绝并记录".into(),
                ..Interference::default()
            })
        }),
    );
}

fn settings(list: &mut List) {
    list.add(
        "plan approval",
        ("新", false),
        "2026-12-22T09:00:00",
        Box::new(|_, _, _| {
            Deed::PlanDates(PlanDatesEntry { approved_on: Some(day("2026-12-21")), ..PlanDatesEntry::default() })
        }),
    );
    list.add(
        "settings",
        ("新", true),
        "2026-12-22T09:00:00",
        Box::new(|_, project, _| {
            let mut policy = project.policy.clone();
            policy.tiers[1].base_frequency.0 += 30;
            let review_number = "沪S(2027)001号".to_owned();
            Deed::Settings(Box::new(Settings { policy: Arc::new(policy), review_number, ..saved(project) }))
        }),
    );
    list.add(
        "mend",
        ("新", true),
        "2026-12-22T09:00:00",
        Box::new(|_, _, _| {
            let mend =
                Mend { action: MendAction::RaiseCap { visits: 9 }, text: "提高频次上限".to_owned(), cost: 1.0 };
            Deed::Mend(Box::new(mend), "局务会纪要".to_owned())
        }),
    );
    list.add(
        "page-address",
        ("新", true),
        "2026-12-22T09:00:00",
        Box::new(|_, _, _| Deed::PageAddress("https://a.gov.cn/ssj/".to_owned())),
    );
    list.add(
        "confirm findings",
        ("新", true),
        "2026-12-22T09:00:00",
        Box::new(|_, project, _| {
            let key = keys_of(&load_report(project.root()).unwrap()).unwrap().into_iter().flatten().next().unwrap();
            Deed::ConfirmFindings(Confirmation { keys: vec![key], same_as: None, reason: proved("已电话核实") })
        }),
    );
}

fn files(list: &mut List) {
    list.add(
        "refresh",
        ("公开", false),
        "2027-01-18T09:00:00",
        Box::new(|world, _, _| Deed::Refresh {
            from: world.folder.path().join("输入"),
            mapping: None,
            looked_at: None,
        }),
    );
    list.add("refresh back", ("更新", false), "2027-01-19T09:00:00", Box::new(|_, _, _| Deed::RefreshBack(None)));
    list.add(
        "forget kept",
        ("更新", true),
        "2027-01-19T09:00:00",
        Box::new(|_, _, _| Deed::ForgetKept("2027-01-17-1".to_owned())),
    );
    list.add(
        "map",
        ("新", false),
        "2026-12-22T09:00:00",
        Box::new(|world, _, _| Deed::LoadDistricts(world.folder.path().join("输入").join("上海市区县（示意）.shp"))),
    );
    list.add(
        "calendar",
        ("新", true),
        "2026-12-22T09:00:00",
        Box::new(|_, _, beside| {
            let file = beside.join("放假安排.csv");
            fs::write(&file, "date,type,holiday\n2027-01-01,holiday,元旦\n").unwrap();
            Deed::LoadCalendar(file)
        }),
    );
}

fn gone(unit: &UnitId) -> Deed {
    Deed::Substitute {
        month: month("2027-01"),
        unit: unit.clone(),
        case: SubstituteCase::Closed,
        reason: proved("2027年1月4日现场核实已关闭"),
    }
}
