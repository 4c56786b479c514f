//! The journal in sentences: names instead of numbers, Chinese instead of codes, on a real project.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use fairdraw::anchor::keys::{KeyAlgorithm, SigningKey};
use fairdraw::disclosure::{CheckOrigin, CheckResult, DueCheck, FollowUp, Outcome, PlanDatesEntry};
use fairdraw::domain::{InspectorId, Period, SubstituteCase, TriggerKind, UnitId};
use fairdraw::plan::{Mend, MendAction};
use fairdraw::registry::confirmed::keys_of;
use fairdraw::registry::schema::sources;
use fairdraw::sampling::StratumOrder;
use fairdraw::workspace::deeds::accept::Acceptance;
use fairdraw::workspace::deeds::batch::{ClearDays, key_of, record_clear_results};
use fairdraw::workspace::deeds::change::{TriggeredRequest, add_triggered_check, replace_inspector, substitute_unit};
use fairdraw::workspace::deeds::confirm::Confirmation;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::follow_up::{FollowUpEntry, Interference, record_follow_up, record_interference};
use fairdraw::workspace::deeds::plan_record::record_year_plan_dates;
use fairdraw::workspace::deeds::publish::{Publication, PublicationCorrection, correct_disclosure, record_disclosure};
use fairdraw::workspace::deeds::results::record_result;
use fairdraw::workspace::deeds::settings::Settings;
use fairdraw::workspace::perform::{Frames, perform_deed};
use fairdraw::workspace::reports::journal_words::{JournalWords, time_text};
use fairdraw::workspace::store::command_id::CommandId;
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::quality::load_report;
use fairdraw::workspace::store::staged::Change;

use super::disclosure::day;
use super::project::{at, month, pledge, proved};
use super::results::{good, january};

/// What is done once a quarter, or when something goes wrong, as the window does it.
fn once_a_quarter(project: &Project, words: &JournalWords<'_>, folder: &Path, paired: &[&DueCheck]) {
    let mut own = project.clone();
    let mut deed = |deed: Deed, time: &str| {
        perform_deed(&mut own, &Frames::on_disk(), deed, &at(time)).unwrap_or_else(|error| panic!("{error}"));
        words.sentence(project.journal().check().unwrap().0.last().unwrap())
    };
    let settings = Settings {
        policy: Arc::new(project.policy.clone()),
        edits: project.file.edits.clone(),
        review_number: "沪S(2027)001号".to_owned(),
        briefing: project.file.briefing.clone(),
        steps: vec!["更改：审图号".to_owned()],
    };
    assert_eq!(deed(Deed::Settings(Box::new(settings)), "2027-01-21T09:00:00"), "更改：审图号");
    let mend = Mend { action: MendAction::RaiseCap { visits: 3 }, text: "提高频次上限".to_owned(), cost: 10.0 };
    let said = deed(Deed::Mend(Box::new(mend), "局务会纪要".to_owned()), "2027-01-21T09:10:00");
    assert_eq!(said, "提高频次上限，企业年度检查频次上限改为 3 次，依据：局务会纪要");
    let result = |check: &DueCheck| {
        let people = check.inspectors.iter().map(InspectorId::as_str).collect::<Vec<_>>().join(",");
        format!("{},2027-01-12,2027-01-13,{people},未发现问题\n", check.plan_code)
    };
    let file = folder.join("结果.csv");
    let rows: String = paired[12..15].iter().map(|check| result(check)).collect();
    let head = "计划编码,检查日期,办结日期,主办执法证号,协办执法证号,检查结果\n";
    std::fs::write(&file, head.to_owned() + &rows).unwrap();
    let said = deed(Deed::TakeResults(file), "2027-01-21T09:20:00");
    assert_eq!(said, "从「结果.csv」导入检查结果，新增 3 项");
    let later = pledge("2027-01-29T20:00:00", "区公证处掷骰");
    let said = deed(Deed::SealMonth(month("2027-02"), later), "2027-01-28T09:00:00");
    assert!(said.starts_with("封存 2027 年 2 月，抽样框 2000 个单元，将抽取 "), "{said}");
    let key = SigningKey::of_secret("市局", KeyAlgorithm::Ed25519, [7; 32]).unwrap();
    let said = deed(Deed::SignDraw(Period::Month(month("2027-02")), Box::new(key)), "2027-01-28T09:05:00");
    assert_eq!(said, "2027 年 2 月 的时间戳与签名：市局对封签的签名");
    let said = deed(Deed::Void(Period::Month(month("2027-02")), "骰子丢失".to_owned()), "2027-01-28T09:10:00");
    assert_eq!(said, "作废 2027 年 2 月 的封签。原因：骰子丢失");
    let office = folder.join("输入");
    let again = Deed::Refresh { from: office.clone(), mapping: None, looked_at: None };
    let said = deed(again, "2027-01-28T09:20:00");
    assert!(said.starts_with("从「输入」更新名录，") && said.contains("此前的名录留存为 2027-01-28-1"), "{said}");
    let said = deed(Deed::RefreshBack(None), "2027-01-28T09:30:00");
    assert!(said.starts_with("返回 2027-01-28-1 保留的名录，污染源 2000 个"), "{said}");
    let said = deed(Deed::ForgetKept("2027-01-28-2".to_owned()), "2027-01-28T09:40:00");
    assert_eq!(said, "删除保留的名录 2027-01-28-2");
    let report = load_report(&folder.join("项目")).unwrap();
    let key = keys_of(&report).unwrap().into_iter().flatten().next().unwrap();
    let asked = Confirmation { keys: vec![key.clone()], same_as: None, reason: proved("已电话核实") };
    let said = deed(Deed::ConfirmFindings(asked), "2027-01-28T09:42:00");
    assert!(
        said.contains(" 1 条：")
            && said.contains(&key.about)
            && (said.ends_with("。原因：已电话核实") || said.contains("。原因：已电话核实。依据：")),
        "{said}"
    );
    let said = deed(Deed::WithdrawFindings(vec![key.clone()]), "2027-01-28T09:44:00");
    assert!(said.contains(" 1 条：") && said.contains(&key.about), "{said}");
    let map = office.join("上海市区县（示意）.shp");
    assert_eq!(deed(Deed::LoadDistricts(map), "2027-01-28T09:50:00"), "区划图「上海市区县（示意）.shp」，16 个区");
    let calendar = folder.join("放假安排.csv");
    std::fs::write(&calendar, "date,type,holiday\n2027-01-01,holiday,元旦\n").unwrap();
    assert_eq!(deed(Deed::LoadCalendar(calendar), "2027-01-28T10:00:00"), "工作日历「放假安排.csv」");
    let to = folder.join("导出");
    let only = vec!["任务单".to_owned()];
    let said = deed(Deed::Export { to, month: Some(month("2027-01")), only }, "2027-01-28T10:10:00");
    assert!(said.starts_with("导出 2027-01 的文件 "), "{said}");
    let list = Deed::WriteList {
        to: folder.join("名单.xlsx"),
        list: "本月检查对象".to_owned(),
        rows: 12,
        bytes: Arc::new(b"x".to_vec()),
    };
    assert_eq!(deed(list, "2027-01-28T10:20:00"), "导出名单「本月检查对象」12 行");
    std::fs::write(folder.join("项目/frames/多出.csv"), "x").unwrap();
    let accepted = Acceptance { second: "李四".to_owned(), reason: "误放".to_owned() };
    let said = deed(Deed::AcceptChanges(accepted), "2027-01-28T10:30:00");
    assert_eq!(said, "frames/多出.csv（与 李四 共同负责）。原因：误放");
    // as a project is put on a server: `database::sharing` does it on one
    let place = serde_json::json!({ "database": "postgresql://10.1.2.3/执法", "schema": "双随机" });
    let shared = Change::begin(project).unwrap().commit(&at("2027-01-28T10:40:00"), CommandId::Share, place).unwrap();
    assert_eq!(words.sentence(&shared), "项目自此由数据库 postgresql://10.1.2.3/执法 共享，模式 双随机");
}

/// One of each kind that the program writes, each in a sentence of its own; a new kind fails here until it is told.
fn every_kind_is_told(project: &Project, words: &JournalWords<'_>) {
    let entries = project.journal().check().unwrap().0;
    let missing: Vec<&str> = CommandId::ALL
        .into_iter()
        .filter(|kind| !entries.iter().any(|entry| entry.command == kind.id()))
        .map(CommandId::label)
        .collect();
    assert!(missing.is_empty(), "no entry of {missing:?}");
    // each as its own sentence, not field by field, and without what a machine needs alone
    for entry in &entries {
        let (kind, said) = (CommandId::from_id(&entry.command).unwrap(), words.sentence(entry));
        assert!(said.chars().count() >= 6, "{kind:?}: {said}");
        assert!(!said.contains('{') && !said.contains('"') && !said.contains("null"), "{kind:?}: {said}");
        assert!(!said.contains("，，") && !said.ends_with('，') && !said.starts_with('，'), "{kind:?}: {said}");
    }

    // no word of the program's own language, no raw name of a field or a value
    let mut faults = Vec::new();
    for entry in project.journal().check().unwrap().0 {
        let mut said = words.sentence(&entry);
        for allowed in ["csv", "xlsx", "shp", "SHA-256", "drand", "ods", "frames/", "postgresql"] {
            said = said.replace(allowed, "");
        }
        let latin = said.split(|c: char| !c.is_ascii_alphabetic() && c != '_').find(|word| {
            word.len() > 2
                && word.bytes().any(|b| b.is_ascii_lowercase())
                && !word.bytes().all(|b| b.is_ascii_hexdigit())
        });
        if said.trim().is_empty() || latin.is_some() {
            faults.push(format!("{}: {latin:?} in 「{}」", entry.command, words.sentence(&entry)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_entry_is_a_sentence_with_names_and_without_codes() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let words = JournalWords::new(&registry, &project.policy);
    let last = || words.sentence(project.journal().check().unwrap().0.last().unwrap());
    let now = at("2027-01-20T09:00:00");
    let paired: Vec<&DueCheck> = checks.iter().filter(|c| c.inspectors.len() == 2).collect();

    record_result(&project, &registry, good(paired[0]), "", &now).unwrap();
    let (name, unit) = (&paired[0].name, &paired[0].unit_id);
    assert_eq!(last(), format!("{name}（{unit}），2027-01-12 现场检查，未发现问题，2027-01-13 办结"));
    let stopped = CheckResult { outcome: Outcome::Stopped, completed_on: None, ..good(paired[0]) };
    record_result(&project, &registry, stopped, "现场停产", &now).unwrap();
    assert_eq!(
        last(),
        format!(
            "{name}（{unit}）：办结日期由「2027-01-13」改为「未办结」，检查结果由「未发现问题」改为「停产」。原因：现场停产"
        )
    );

    let keys: Vec<_> = paired[1..9].iter().map(|check| key_of(check)).collect();
    let days = ClearDays { inspected_on: day("2027-01-12"), completed_on: Some(day("2027-01-13")) };
    record_clear_results(&project, &registry, &keys, days, &now).unwrap();
    let said = last();
    assert!(said.starts_with("8 项检查均为「未发现问题」，检查日期 2027-01-12，办结日期 2027-01-13："), "{said}");
    assert!(said.contains(&paired[1].name) && said.ends_with("等 8 家"), "{said}");

    let codes = vec![paired[1].plan_code.clone()];
    record_disclosure(&project, &Publication { codes: codes.clone(), on: Some(day("2027-01-15")) }, &now).unwrap();
    assert_eq!(last(), format!("登记 1 项结果于 2027-01-15 公开：{}", paired[1].name));
    let back = PublicationCorrection { codes, on: None, reason: "网站退回".to_owned() };
    correct_disclosure(&project, &back, &now).unwrap();
    assert_eq!(last(), format!("撤回 1 项结果的公开登记：{}。原因：网站退回", paired[1].name));

    let found = CheckResult {
        outcome: Outcome::Ordered,
        problem: "台账缺失".to_owned(),
        handling: "责令改正".to_owned(),
        ..good(paired[0])
    };
    record_result(&project, &registry, found, "漏填问题", &now).unwrap();
    let entry = FollowUpEntry {
        codes: vec![paired[0].plan_code.clone()],
        closed_on: Some(day("2027-01-18")),
        follow_up: FollowUp { evidence: "整改报告".to_owned(), ..FollowUp::default() },
        ..FollowUpEntry::default()
    };
    record_follow_up(&project, &registry, &entry, &now).unwrap();
    assert_eq!(
        last(),
        format!("{name}（{unit}）：销号日期由「未销号」改为「2027-01-18」，销号依据由空改为「整改报告」")
    );
    let told = Interference {
        on: Some(day("2027-01-19")),
        who: "某局王某".to_owned(),
        how: "来电要求推迟检查".to_owned(),
        handled: "未予采纳".to_owned(),
        unit: Some(unit.clone()),
    };
    record_interference(&project, &told, &now).unwrap();
    assert_eq!(last(), format!("2027-01-19 某局王某，来电要求推迟检查，涉及 {name}（{unit}），处置：未予采纳"));

    let entered = PlanDatesEntry { approved_on: Some(day("2027-01-05")), ..PlanDatesEntry::default() };
    record_year_plan_dates(&project, &registry, &entered, &now).unwrap();
    assert_eq!(last(), "年度计划批准日期 2027-01-05，第 1 版");

    let january = month("2027-01");
    let draw = StoredDraw::load(&project, Period::Month(january), 1).unwrap();
    let order = draw.order().unwrap();
    let rows = order.strata.iter().filter(|stratum| stratum.reserves().len() > 2).flat_map(StratumOrder::selected);
    let lasting: BTreeSet<&str> = rows.map(|selected| draw.frame.unit_id(selected.row as usize)).collect();
    let mut drawn = paired.iter().skip(15).filter(|check| check.origin == CheckOrigin::Drawn);
    let dead: &UnitId = &drawn.find(|check| lasting.contains(check.unit_id.as_str())).unwrap().unit_id;
    let put = substitute_unit(&project, &registry, january, dead, (SubstituteCase::Closed, proved("厂房已拆除")), &now)
        .unwrap();
    let by = words.unit(put.by.as_str());
    assert!(by.contains('（'), "the reserve has a name: {by}");
    assert_eq!(
        last(),
        format!(
            "2027 年 1 月：{}（关闭）由 {by} 替换。原因：厂房已拆除。依据：检查笔录第7号。共同负责：李四",
            words.unit(dead.as_str())
        )
    );
    let leaving = &paired[11].inspectors[0];
    replace_inspector(&project, january, &paired[11].unit_id, leaving, proved("出差"), &now).unwrap();
    assert!(last().contains(&words.inspector(leaving.as_str())) && last().contains(&paired[11].name), "{}", last());
    let listed: Vec<&UnitId> = checks.iter().map(|c| &c.unit_id).collect();
    let units = sources::UNIT_ID.of(&registry.sources).unwrap();
    let status = sources::STATUS.of(&registry.sources).unwrap();
    let other = (0..units.len())
        .filter(|row| status.get(*row) == Some("active"))
        .filter_map(|row| UnitId::new(units.get(row)?).ok())
        .find(|unit| !listed.contains(&unit))
        .unwrap();
    let request = TriggeredRequest {
        unit: other.clone(),
        kind: TriggerKind::Report,
        reason: "夜间异味举报".into(),
        although_closed: None,
    };
    add_triggered_check(&project, &registry, january, &request, &now).unwrap();
    assert!(last().contains(&words.unit(other.as_str())) && last().contains("夜间异味举报"), "{}", last());

    once_a_quarter(&project, &words, folder.path(), &paired);
    every_kind_is_told(&project, &words);
    assert_eq!(time_text("2026-11-28T13:21:24+08:00"), "2026-11-28 13:21");
}
