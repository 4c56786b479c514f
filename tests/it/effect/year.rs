//! A project through months with results, by its own deeds: what the report says of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::domain::Period;
use fairdraw::registry::Registry;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::results::take_results;
use fairdraw::workspace::demo::{City, DEFAULT_SEED, identity};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::inputs::due::load_opened;
use fairdraw::workspace::reports::effect::{
    Effect, FirmKind, GroupKind, Standing, compute_effect, effect_sentences, effect_sheets, render_effect,
};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::results::load_results;

use crate::project::{DICE, at, month, project, seal};

/// A number that looks random, the same for the same text.
fn noise(text: &str, salt: u64) -> f64 {
    let hash = text.bytes().fold(salt ^ 0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3).rotate_left(17)
    });
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) as f64 / 9_007_199_254_740_992.0
}

/// What a check finds at each unit of the demo city: its hidden truth, fixed for the year.
fn truth() -> BTreeMap<String, &'static str> {
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let city = City::new(2_000, DEFAULT_SEED, 2027, &districts);
    let found = |site: &fairdraw::workspace::demo::Site, number: &str| {
        if site.dead {
            "搬迁或关闭"
        } else if noise(number, 1) < site.problem_probability() {
            "发现问题已责令改正"
        } else {
            "未发现问题"
        }
    };
    city.sites
        .iter()
        .map(|site| {
            let (_, _, number) = identity(&city, site);
            let found = found(site, &number);
            (number, found)
        })
        .collect()
}

/// Draws months and takes in the results of all but the last's second half; every fourth check has its answers.
fn months_of_results(folder: &Path, months: u32) -> (Project, Registry) {
    let (project, registry) = project(folder);
    let truth = truth();
    for m in 1..=months {
        let name = format!("2027-{m:02}");
        let (year, before) = if m == 1 { (2026, 12) } else { (2027, m - 1) };
        let of = |day: &str| format!("{year}-{before:02}-{day}");
        seal(&project, &registry, &name, &of("25T09:00:00"), &of("26T20:00:00"));
        open_period(&project, Period::Month(month(&name)), DICE, &at(&of("27T09:00:00"))).unwrap();
        let checks =
            load_opened(&project, &registry).unwrap().into_iter().find(|o| o.month == month(&name)).unwrap().checks;
        let mut csv = String::from("计划编码,检查日期,办结日期,检查结果,处理情况,存在问题,检查表答复\n");
        for (i, check) in checks.iter().enumerate() {
            if m == months && i % 2 == 1 {
                continue;
            }
            let found = truth.get(check.unit_id.as_str()).copied().unwrap_or("未发现问题");
            let (handling, problem) =
                if found.starts_with('发') { ("责令改正", "台账缺失") } else { ("", "") };
            let answers = match (i % 4, found) {
                (0, "发现问题已责令改正") => "不符合：L01、P01；其余符合",
                (0, "未发现问题") => "其余符合",
                _ => "",
            };
            writeln!(csv, "{},{name}-12,{name}-13,{found},{handling},{problem},{answers}", check.plan_code).unwrap();
        }
        let path = folder.join(format!("结果{m}.csv"));
        fs::write(&path, csv).unwrap();
        let taken = take_results(&project, &path, &at(&format!("{name}-20T09:00:00"))).unwrap();
        assert_eq!(taken.set_aside, 0, "{:?}", taken.diagnostics.findings());
    }
    (project, registry)
}

fn report(project: &Project, next: &str) -> Effect {
    let (registry, districts) = load_project_data(project).unwrap();
    let analysis = compute_analysis(project, &registry, month(next), &Progress::none()).unwrap();
    compute_effect(project, &registry, &districts, &analysis, &Progress::none()).unwrap()
}

#[test]
fn what_three_months_say_of_the_city() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = months_of_results(folder.path(), 3);
    let effect = report(&project, "2027-04");
    assert_eq!(effect.span(), "2027-01 至 2027-03");
    let truth = truth();
    let alive: Vec<&str> = truth.values().copied().filter(|found| *found != "搬迁或关闭").collect();
    let rate = alive.iter().filter(|found| **found == "未发现问题").count() as f64 / alive.len() as f64;
    let city = effect.city().unwrap();
    // The secret, and so the draw, differs from run to run. Over 120 runs the estimate had a standard deviation of 0.04 and
    // half the interval lay between 0.03 and 0.10: these bounds are five of that. How often intervals hold the truth is
    // counted by `coverage`, with draws that repeat themselves.
    let half = (city.interval.1 - city.interval.0) / 2.0;
    assert!((rate - city.compliance).abs() < 0.2, "{rate} is far from {}", city.compliance);
    assert!((0.005..0.25).contains(&half), "{:?}", city.interval);
    assert!(effect.missing > 5 && effect.sampled > effect.missing + 60, "{} {}", effect.sampled, effect.missing);
    // every figure says what it stands for
    for rate in &effect.rates {
        assert!(rate.standing == Standing::Whole || rate.interval.1 - rate.interval.0 > 0.01, "{rate:?}");
        assert!((rate.interval.0..=rate.interval.1).contains(&rate.compliance), "{rate:?}");
        assert!(rate.standing != Standing::Sound || rate.effective >= 15.0, "{rate:?}");
        assert!(rate.cover.covered <= rate.cover.sources && rate.cover.sources > 0, "{rate:?}");
    }
    let sum = |kind: GroupKind| effect.of_kind(kind).map(|rate| rate.observed).sum::<usize>();
    for kind in GroupKind::ALL {
        assert_eq!(sum(kind), city.observed, "{kind:?}");
    }
    assert_eq!(
        effect.of_kind(GroupKind::Industry).filter(|rate| rate.merged > 1).count(),
        1,
        "small industries are put together"
    );
    // who can't be drawn is said, with the reason
    let unreached: usize = effect.uncovered.iter().map(|of| of.sources).sum();
    assert_eq!(unreached, effect.cover.sources - effect.cover.covered);
    // dead records, found on the spot
    let dead = &effect.dead[0];
    assert!(dead.dead > 3 && dead.rate > 0.02 && dead.interval.0 < dead.rate, "{dead:?}");
    // the price: both orders by what was drawn, within what chance allows (the draws differ from run to run)
    let price = effect.randomness.as_ref().unwrap();
    assert!(price.by_risk.interval.1 > price.random.found && price.by_risk.interval.0 > 0.0, "{price:?}");
    assert!((price.curve[0].found - price.by_risk.found).abs() < price.by_risk.found, "{price:?}");
    assert!((price.curve.last().unwrap().found - price.random.found).abs() < 1e-6);
    // people by number, never by rank
    let people: Vec<&str> = effect.inspectors.people.iter().map(|p| p.certificate.as_str()).collect();
    assert!(people.len() > 10 && people.is_sorted());
    let years: Vec<i32> = effect.years.iter().map(|year| year.year).collect();
    assert!(years.contains(&2027) && years.len() > 1, "{years:?}");
    assert_eq!(effect.years.iter().filter(|year| year.estimate.is_some()).count(), 1);
    for kind in [FirmKind::Repeat, FirmKind::Rising, FirmKind::Silent] {
        assert!(effect.firms.count(kind) > 0, "{kind:?}");
    }
    // the answers came back with the results
    let general = effect.lists.last().unwrap();
    assert!(general.answered > 10 && general.with_list == general.answered, "{general:?}");
    let item = |id: &str| effect.items.iter().find(|item| item.id == id).unwrap();
    assert_eq!(item("L01").not_met, item("P01").not_met);
    assert!(item("L01").not_met > 0 && effect.items[0].not_met == item("L01").not_met);
    assert!(item("M02").met > 10 && item("M02").not_met == 0);
    // sheets, sentences and the workbook say the same
    let rates = &effect_sheets(&effect)[0].sheet;
    assert_eq!(rates.rows.len(), effect.rates.len());
    assert!(effect_sentences(&effect)[0].contains(&format!("全市合规率 {:.1}%", city.compliance * 100.0)));
    assert!(!render_effect(&project, &effect, &at("2027-03-21T09:00:00")).unwrap().is_empty());
    drop(registry);
}

#[test]
fn without_results_nothing_is_estimated() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _) = project(folder.path());
    let effect = report(&project, "2027-01");
    assert!(effect.city().is_none() && effect.randomness.is_none() && effect.sampled == 0);
    assert_eq!(effect_sentences(&effect).len(), 1);
}

/// Faulty answers are set aside with their place, and the record of a name alone stays as it was.
#[test]
fn answers_follow_the_rules_of_a_result() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _, checks) = crate::results::january(folder.path());
    let take = |rows: &str| {
        let path = folder.path().join("答复.csv");
        fs::write(&path, format!("计划编码,检查日期,办结日期,检查结果,检查表,检查表答复\n{rows}")).unwrap();
        take_results(&project, &path, &at("2027-01-20T09:00:00")).unwrap()
    };
    let row = |at: usize, answers: &str| {
        format!("{},2027-01-12,2027-01-13,未发现问题,通用,{answers}\n", checks[at].plan_code)
    };
    for (answers, code) in [("P03", "DIS-047"), ("符合：P03；不符合：P03", "DIS-048"), ("符合：Z99", "DIS-049")]
    {
        let taken = take(&row(0, answers));
        let codes: Vec<&str> = taken.diagnostics.findings().iter().map(|finding| finding.code).collect();
        assert!(taken.set_aside == 1 && codes.contains(&code), "{answers}: {codes:?}");
    }
    // not met, and yet nothing found: told, and taken
    let taken = take(&row(0, "不符合：P03"));
    assert_eq!((taken.added, taken.set_aside), (1, 0));
    assert!(taken.diagnostics.findings().iter().any(|finding| finding.code == "DIS-066"));
    // a name alone first, its answers later; other answers than those on record are refused
    assert_eq!(take(&row(1, "")).added, 1);
    let stored = fs::read_to_string(project.root().join("results/results.json")).unwrap();
    assert!(stored.contains("\"checklist\": \"通用\""), "as version 0.1 wrote it");
    let taken = take(&row(1, "其余符合"));
    assert_eq!((taken.updated, taken.set_aside), (1, 0));
    assert_eq!(take(&row(1, "不符合：P01；其余符合")).set_aside, 1);
    let results = load_results(&project).unwrap();
    let record = results.iter().find(|r| r.plan_code == checks[1].plan_code).unwrap().checklist.clone().unwrap();
    assert!(record.name == "通用" && record.answers.len() > 15, "{record:?}");
}
