//! Mandatory checks of the demo city: levelled, told by month, and what is still to come.

use fairdraw::diagnostic::Progress;
use fairdraw::domain::Period;
use fairdraw::plan::mandatory::term_of;
use fairdraw::plan::model::MandatoryMove;
use fairdraw::plan::{Exclusion, MandatoryVisit, PlanEdits};
use fairdraw::policy::MandatoryTrigger;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::settings::{Settings, save_settings};
use fairdraw::workspace::demo::unpack_demo;
use fairdraw::workspace::inputs::analysis::{compute_analysis, recompute_analysis};
use fairdraw::workspace::reports::coming::compute_coming;
use fairdraw::workspace::reports::mandatory::{compute_capacity_use, compute_mandatory_months, month_sentences};
use fairdraw::workspace::store::frames::load_project_data;
use fairdraw::workspace::store::project::Project;

use super::project::{DICE, at, month, project, save_edits, seal};

#[test]
fn the_backlog_of_january_is_spread_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let analysis = compute_analysis(&project, &registry, month("2027-01"), &Progress::none()).unwrap();
    let inputs = &analysis.population.inputs;
    let months = compute_mandatory_months(&project.policy, inputs);
    let counts: Vec<u32> = months.iter().map(|m| m.checks).collect();
    assert_eq!(counts.iter().sum::<u32>() as usize, inputs.mandatory.len());
    assert!(inputs.mandatory.iter().all(|v| !v.is_late()), "there is capacity for all terms");
    // All of it used to come in January; now no month has more than two fifths of the half-year's: re-checks of
    // what was found in December wait for the window's end.
    let half: u32 = counts[..6].iter().sum();
    assert!(half > 20, "{counts:?}");
    assert!(counts[..6].iter().all(|n| n * 5 <= half * 2), "{counts:?}");
    // The sentence has the numbers of the month, kind by kind.
    let kinds: u32 = months[0].kinds.iter().map(|(_, n)| n).sum();
    assert_eq!(kinds, counts[0]);
    let lines = month_sentences(&project.policy, &analysis);
    let said = format!("1 月含必查 {} 次（", counts[0]);
    assert!(lines.iter().any(|line| line.starts_with(&said) && line.contains("其中积压")), "{lines:?}");
    let used = compute_capacity_use(&project.policy, &analysis.plan).unwrap();
    let need: f64 = analysis.plan.city_cells().iter().map(|cell| cell.need[0]).sum();
    assert!((used.plan - need).abs() < 1e-9 && (used.reserve / used.all - 0.2).abs() < 1e-9);
    // A light change of the policy dates the checks the same way as the whole computation.
    let again = recompute_analysis(&project, &analysis).unwrap();
    assert_eq!(again.population.inputs.mandatory, inputs.mandatory);
}

#[test]
fn checks_to_come_stand_beside_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = project(folder.path());
    let analysis = compute_analysis(&project, &registry, month("2027-04"), &Progress::none()).unwrap();
    let coming = compute_coming(&project.policy, &registry, &analysis).unwrap();
    assert!(coming.year() > 1.0, "{coming:?}");
    // Nothing in months past, and no more of a kind than its causes.
    assert!(coming.by_month()[..3].iter().all(|n| *n == 0.0));
    let renewed =
        coming.kinds.iter().find(|kind| project.policy.mandatory[kind.rule].trigger == MandatoryTrigger::RenewedPermit);
    let rule = project.policy.mandatory.iter().find(|r| r.trigger == MandatoryTrigger::RenewedPermit).unwrap();
    let mut expected = 0.0;
    for (site, day) in analysis.facts.expires.iter().enumerate() {
        let Some(day) = day.filter(|d| (month("2027-04").first_day()..=month("2027-12").last_day()).contains(d)) else {
            continue;
        };
        let excluded = analysis.population.inputs.sites.exclusion[site];
        if !rule.management.contains(&analysis.facts.management[site])
            || !matches!(excluded, Exclusion::None | Exclusion::PositiveList)
        {
            continue;
        }
        let term = term_of(rule, day, 2027).unwrap();
        expected += f64::from(term.to.min(11) - term.from + 1).max(0.0) / f64::from(term.to - term.from + 1);
    }
    let told = renewed.map_or(0.0, fairdraw::workspace::reports::coming::ComingKind::year);
    assert!((told - expected).abs() < 1e-6, "{told} {expected}");
    // Its own figure: the plan's number has nothing of it.
    let planned = analysis.plan.expected_visits();
    let cells: f64 = analysis.plan.city_cells().iter().map(fairdraw::plan::PlanCell::expected).sum();
    assert!((planned - cells).abs() < 1e-6);
    assert!(coming.sentence().contains("未计入计划") && !coming.details().is_empty());
    assert!(coming.room_sentence().starts_with("照此新增"));
}

#[test]
fn the_demo_city_has_no_spike_in_january() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("演示");
    unpack_demo(&root, &at("2026-11-26T09:00:00")).unwrap();
    let project = Project::open(&root, Some("演示")).unwrap();
    let (registry, _) = load_project_data(&project).unwrap();
    let analysis = compute_analysis(&project, &registry, month("2027-01"), &Progress::none()).unwrap();
    let cells = analysis.plan.city_cells();
    let mandatory: Vec<u32> = cells.iter().map(|cell| cell.mandatory.iter().sum()).collect();
    let totals: Vec<f64> = cells.iter().map(fairdraw::plan::PlanCell::expected).collect();
    // January had 808 of 1,408; the backlog is as large as it was, and spread over the half-year.
    assert!(mandatory.iter().sum::<u32>() > 900, "{mandatory:?}");
    assert!(mandatory[0] < 220, "{mandatory:?}");
    let mean = totals.iter().sum::<f64>() / 12.0;
    assert!(totals.iter().all(|n| *n < mean * 1.25), "{totals:?}");
    let load = |m: usize| cells[m].need[0] / cells[m].have[0].unwrap();
    assert!((0..12).all(|m| load(m) < 0.25), "team-days of {:?}", (0..12).map(load).collect::<Vec<_>>());
}

#[test]
fn checks_moved_by_hand_stay_there_when_their_month_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let (mut project, registry) = project(folder.path());
    let january = compute_analysis(&project, &registry, month("2027-01"), &Progress::none()).unwrap();
    let inputs = &january.population.inputs;
    let of_body = |v: &MandatoryVisit| inputs.sites.body[v.site as usize] as usize;
    let body = (0..inputs.bodies.len())
        .find(|b| inputs.mandatory.iter().filter(|v| v.month == 0 && of_body(v) == *b).count() == 1)
        .expect("a body with one check in January: the move asks for more than there are");
    let moved =
        MandatoryMove { body: inputs.bodies[body].id.clone(), from: month("2027-01"), to: month("2027-04"), checks: 2 };
    let mut edits = project.file.edits.clone();
    edits.mandatory_moves.push(moved.clone());
    save_edits(&mut project, edits, "2026-12-24T09:00:00");
    let planned = compute_analysis(&project, &registry, month("2027-01"), &Progress::none()).unwrap();
    let with_dates = planned.population.inputs.mandatory_with_dates();
    let gone: Vec<u32> =
        with_dates.iter().filter(|(v, dated)| v.month == 3 && *dated == 0).map(|(v, _)| v.site).collect();
    assert_eq!(gone.len(), 1);

    seal(&project, &registry, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00");
    open_period(&project, Period::Month(month("2027-01")), DICE, &at("2026-12-30T09:00:00")).unwrap();
    let after = compute_analysis(&project, &registry, month("2027-02"), &Progress::none()).unwrap();
    for site in gone {
        let dated: Vec<u8> =
            after.population.inputs.mandatory_in_effect().iter().filter(|v| v.site == site).map(|v| v.month).collect();
        assert_eq!(dated, [3], "moved to April, and there it stays");
    }

    // January's list is made: nothing more goes out of it, nothing comes back
    let settings = |moves: Vec<MandatoryMove>| Settings {
        policy: project.policy.clone().into(),
        edits: PlanEdits { mandatory_moves: moves, ..project.file.edits.clone() },
        review_number: project.file.review_number.clone(),
        briefing: project.file.briefing.clone(),
        steps: Vec::new(),
    };
    let another = MandatoryMove { to: month("2027-05"), ..moved.clone() };
    let between = MandatoryMove { from: month("2027-03"), to: month("2027-05"), ..moved.clone() };
    let tries = [settings(vec![moved.clone(), another]), settings(Vec::new()), settings(vec![moved, between])];
    for (at_try, settings) in tries.iter().enumerate() {
        let saved = save_settings(&mut project.clone(), settings, &at("2027-01-04T09:00:00"));
        if at_try < 2 {
            let refused = saved.unwrap_err();
            assert_eq!(refused.code(), "PLN-022");
            assert!(refused.to_string().contains("2027-01 已抽取"), "{refused}");
        } else {
            saved.unwrap();
        }
    }
}
