//! Pieces of the operator's work, by clicks and typing alone.

use std::path::Path;

use chrono::NaiveDate;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use fairdraw::disclosure::{Audience, CheckOrigin, CheckResult, DueCheck, FollowUp, Manner, Outcome, PlanDatesEntry};
use fairdraw::domain::{Period, PlanMonth, SubstituteCase, TriggerKind, UnitId};
use fairdraw::export::{ExportFile, ExportInfo, write_export};
use fairdraw::sampling::EntropyFormat;
use fairdraw::workspace::deeds::batch::{ClearDays, key_of};
use fairdraw::workspace::deeds::change::TriggeredRequest;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::publish::{Publication, PublicationCorrection};
use fairdraw::workspace::deeds::seal::Pledge;
use fairdraw::workspace::session::ViewCommand;

use super::support::{Window, proved};

/// Number of dice throws typed as the public number.
pub const DICE: &str = "4162253614235516";

/// Says who works here, in the dialog of the status bar.
pub fn name_operator(window: &mut Window, name: &str) {
    window.click("操作人未填写");
    window.harness.get_by_role_and_label(Role::TextInput, "操作人").focus();
    window.harness.run_steps(2);
    window.ime(name);
    window.click("确定");
    assert!(window.shows(&format!("操作人 {name}")));
}

/// Chooses the month above the screens.
pub fn choose_month(window: &mut Window, month: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, "月份").click();
    window.harness.run_steps(3);
    let entry = window.harness.get_all_by_role_and_label(Role::Button, month).last().unwrap();
    entry.click();
    window.harness.run_steps(3);
    assert_eq!(window.app().session.month(), Some(month.parse().unwrap()));
}

/// What is looked at after each step of the work.
pub type Look<'a> = &'a mut dyn FnMut(&mut Window, &str);

/// Freeze, seal, publish, type the public number, open; with a look at every step.
pub fn ceremony_with(window: &mut Window, open: &str, look: Look<'_>) {
    window.until("the freeze", |w| w.enabled("核对无误，选定公开数"));
    look(window, "freeze");
    window.click("核对无误，选定公开数");
    window.until("the pledge", |w| w.enabled("冻结并封存"));
    look(window, "pledge");
    window.click("冻结并封存");
    window.until("the question", |w| w.enabled("确认封存"));
    look(window, "question");
    window.click("确认封存");
    window.until("the commitment", |w| w.enabled("承诺值已公布，录入公开数"));
    look(window, "sealed");
    window.click("承诺值已公布，录入公开数");
    window.until("the field", |w| w.shows("再录一遍"));
    look(window, "number");
    if window.shows("填入演示数") {
        window.click("填入演示数");
    } else {
        window.harness.get_by_label("公开数").focus();
        window.text(DICE);
    }
    window.until("its spelling", |w| w.shows("写法正确"));
    window.click("两名见证人已核对");
    window.until("the opening", |w| w.enabled(open));
    look(window, "opening");
    window.click(open);
}

/// The year's seed; ends before the first month's sealing.
pub fn seal_year(window: &mut Window) -> PlanMonth {
    seal_year_with(window, &mut |_, _| {})
}

fn seal_year_with(window: &mut Window, look: Look<'_>) -> PlanMonth {
    window.click("月度抽取");
    ceremony_with(window, "开封取种子", &mut |w, step| look(w, &format!("year {step}")));
    window.until("the year's seed", |w| {
        w.app().session.project().and_then(|p| p.books.value().map(|b| b.year_opened)).unwrap_or(false)
    });
    let month = window.app().session.month().unwrap();
    let label = Period::Month(month).label();
    window.until("the month", |w| w.enabled(&format!("开始 {label} 抽取")));
    look(window, "year opened");
    window.click(&format!("开始 {label} 抽取"));
    month
}

/// The year's seed, then the month's draw and its pairs; ends on the month's list.
pub fn draw_month(window: &mut Window) -> PlanMonth {
    draw_month_with(window, &mut |_, _| {})
}

/// The same with a look at every step of the month, and of the year before it.
pub fn draw_month_with(window: &mut Window, look: Look<'_>) -> PlanMonth {
    let month = seal_year_with(window, look);
    ceremony_with(window, "开封并抽取", look);
    window.until("the draw", |w| {
        w.app().session.project().and_then(|p| p.books.value().map(|b| !b.draws.is_empty())).unwrap_or(false)
    });
    window.until("the reveal", |w| w.enabled("进入配对"));
    look(window, "reveal");
    window.click("进入配对");
    window.until("the pairs", |w| w.enabled("进入本月清单"));
    look(window, "pairs");
    window.click("进入本月清单");
    window.until("the list", |w| w.enabled("导出任务单"));
    look(window, "list");
    month
}

/// A deed carried out, to its end.
#[track_caller]
fn done(window: &mut Window, deed: Deed) {
    let (before, what) = (window.app().session.last_done().0, format!("{deed:?}"));
    window.send(deed);
    window.until(&what, |w| w.app().session.last_done().0 > before);
    window.settle();
}

/// January drawn by clicks, and then everything that a month can have: results of all kinds, publications and one
/// taken back, a substitution, another inspector, a triggered check, a seal given up, a plan on record, findings.
pub fn rich_month(window: &mut Window, look: Look<'_>) -> PlanMonth {
    let month = draw_month_with(window, look);
    window.settle();
    window.at("2027-01-20T09:00:00");
    let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
    let (checks, other) = {
        let open = window.app().session.project().unwrap();
        let checks = open.books.value().unwrap().draws[0].checks.clone();
        let exclusion = &open.view().unwrap().analysis.population.inputs.sites.exclusion;
        let listed: Vec<&str> = checks.iter().map(|check| check.unit_id.as_str()).collect();
        let other = (0..open.data.len() as u32)
            .filter(|row| !exclusion[*row as usize].is_dead())
            .filter_map(|row| UnitId::new(open.data.unit_id(row)?).ok())
            .find(|unit| !listed.contains(&unit.as_str()))
            .unwrap();
        (checks, other)
    };
    let paired: Vec<&DueCheck> = checks.iter().filter(|check| check.inspectors.len() == 2).collect();
    let result = |check: &DueCheck, outcome: Outcome| CheckResult {
        plan_code: check.plan_code.clone(),
        unit_id: check.unit_id.clone(),
        month: check.month,
        sequence: check.sequence,
        inspected_on: day("2027-01-12"),
        completed_on: Some(day("2027-01-13")),
        manner: Manner::OnSite,
        matters: "排污许可证后监管".to_owned(),
        outcome,
        handling: "责令改正".to_owned(),
        problem: "台账不全".to_owned(),
        rectify_by: Some(day("2027-02-20")),
        closed_on: None,
        inspectors: check.inspectors.clone(),
        checklist: None,
        recheck: false,
        disclosed_on: None,
        withheld: None,
        penalties: Vec::new(),
        follow_up: FollowUp::default(),
    };
    let found = result(paired[0], Outcome::Ordered);
    done(window, Deed::RecordResult(Box::new(found.clone()), "".into()));
    let corrected = CheckResult { problem: "台账不全，危废间无标识".to_owned(), ..found };
    done(window, Deed::RecordResult(Box::new(corrected), "漏记一项".into()));
    let keys = paired[1..7].iter().map(|check| key_of(check)).collect();
    let days = ClearDays { inspected_on: day("2027-01-12"), completed_on: Some(day("2027-01-13")) };
    done(window, Deed::RecordClear(keys, days));
    let codes: Vec<String> = paired[1..4].iter().map(|check| check.plan_code.clone()).collect();
    done(window, Deed::Publish(Publication { codes: codes.clone(), on: Some(day("2027-01-15")) }));
    let back = PublicationCorrection { codes: codes[..1].to_vec(), on: None, reason: "网站退回".to_owned() };
    done(window, Deed::CorrectPublication(back));
    let approved = PlanDatesEntry { approved_on: Some(day("2027-01-05")), ..PlanDatesEntry::default() };
    done(window, Deed::PlanDates(approved));
    let drawn: Vec<&&DueCheck> = paired[8..].iter().filter(|check| check.origin == CheckOrigin::Drawn).collect();
    let gone = drawn.first().unwrap().unit_id.clone();
    let reason = "厂房已拆除".to_owned();
    done(window, Deed::Substitute { month, unit: gone.clone(), case: SubstituteCase::Closed, reason: proved(&reason) });
    let kept = paired[8..].iter().find(|check| check.unit_id != gone).unwrap();
    let (unit, certificate) = (kept.unit_id.clone(), kept.inspectors[0].clone());
    done(window, Deed::ReplaceInspector { month, unit, certificate, reason: proved("出差") });
    let reason = "夜间异味举报".to_owned();
    let request =
        TriggeredRequest { unit: other, kind: TriggerKind::Report, reason: reason.into(), although_closed: None };
    done(window, Deed::AddCheck(month, request));
    let pledge = Pledge {
        format: EntropyFormat::Dice,
        entropy_source: "区公证处掷骰".into(),
        reference: "第2次".into(),
        available_at: "2027-01-21T20:00:00+08:00".into(),
        again: None,
        demonstration: false,
    };
    window.send(ViewCommand::SetMonth(month.plus(1)));
    window.settle();
    done(window, Deed::SealMonth(month.plus(1), pledge));
    done(window, Deed::Void(Period::Month(month.plus(1)), "骰子丢失".to_owned()));
    window.send(ViewCommand::SetMonth(month));
    window.settle();
    month
}

/// An exported folder of small internal files, with their manifest.
pub fn write_exported(folder: &Path, names: &[&str]) {
    let info = ExportInfo {
        agency: "某市生态环境局".into(),
        program: "测试".into(),
        created: chrono::NaiveDate::from_ymd_opt(2027, 1, 4).unwrap().and_hms_opt(9, 0, 0).unwrap(),
        audience: Audience::Internal,
        data_mark: None,
        masked: None,
    };
    let file =
        |name: &&str| ExportFile { name: (*name).into(), bytes: b"1,2\n".to_vec(), audience: Audience::Internal };
    let files: Vec<ExportFile> = names.iter().map(file).collect();
    write_export(folder, &files, &info, None).unwrap();
}
