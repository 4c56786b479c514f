//! Causes of the year's movement that are told apart, and what earlier programs kept of them.

use std::fs;

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use fairdraw::diagnostic::Progress;
use fairdraw::domain::Period;
use fairdraw::registry::Registry;
use fairdraw::registry::schema::{past_checks, sources};
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::reports::movement::{MovementKind, PlanMovement, compute_plan_movement};

use super::{Kind, World, draw_next, month, world};

/// Checks of a tenth of the register in January, made outside of the draws.
fn made_in_january(registry: &Registry) -> DataFrame {
    let units = sources::UNIT_ID.of(&registry.sources).unwrap();
    let units: Vec<&str> = units.iter().flatten().step_by(10).collect();
    let height = units.len();
    let mut rows = registry.past_checks.head(Some(height));
    let day = (NaiveDate::from_ymd_opt(2027, 1, 12).unwrap() - NaiveDate::default()).num_days() as i32;
    for column in [
        past_checks::UNIT_ID.column(units.into_iter().map(Some).collect()),
        past_checks::DEPARTMENT.column(vec![Some(""); height].into_iter().collect()),
        past_checks::KIND.column(vec![Some("routine"); height].into_iter().collect()),
        past_checks::DATE.column(vec![Some(day); height].into_iter().collect()),
        past_checks::DONE.column(vec![Some(true); height].into_iter().collect()),
        past_checks::PENDING.column(vec![Some(false); height].into_iter().collect()),
    ] {
        rows.with_column(column).unwrap();
    }
    rows
}

#[test]
fn what_the_bodies_have_and_what_was_checked_elsewhere_are_causes_of_their_own() {
    let mut world = world(Kind { sources: 900, seed: 3, policy: "shanghai-154" });
    draw_next(&mut world, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00", "2026-12-30T09:00:00");
    let february = month("2027-02");
    let movement = |registry: &Registry| {
        let analysis = compute_analysis(&world.project, registry, february, &Progress::none()).unwrap();
        compute_plan_movement(&world.project, registry, &analysis).unwrap().unwrap()
    };
    let of = |movement: &PlanMovement, kind| movement.causes.iter().find(|c| c.kind == kind).cloned();
    let drawn_only = movement(&world.registry);
    assert_eq!(of(&drawn_only, MovementKind::Imported), None, "{}", drawn_only.sentence);
    // the history tells of checks in January that no draw of ours listed: they are not chance
    let made = made_in_january(&world.registry);
    world.registry.past_checks.vstack_mut(&made).unwrap();
    let as_it_was = movement(&world.registry);
    let imported = of(&as_it_was, MovementKind::Imported).unwrap();
    assert!(imported.visits < -0.05 && imported.sites > 0, "{}", as_it_was.sentence);
    assert!(imported.sentence.contains("抽取之外的检查"), "{}", imported.sentence);
    // a few certificates end by the month
    let ended = of(&as_it_was, MovementKind::Force).map_or(0.0, |cause| cause.visits);
    assert!(ended.abs() < 5.0, "{}", as_it_was.sentence);

    // most of the people are lost
    let mut fewer = world.registry.clone();
    fewer.inspectors = fewer.inspectors.head(Some(fewer.inspectors.height() / 20));
    let lost = movement(&fewer);
    let force = of(&lost, MovementKind::Force).unwrap();
    assert!(force.visits < ended - 5.0 && force.sentence.contains("执法人员"), "{}", lost.sentence);
    assert!((lost.before - as_it_was.before).abs() < 1e-9);
    for cause in as_it_was.causes.into_iter().filter(|cause| cause.kind != MovementKind::Force) {
        let same = of(&lost, cause.kind).unwrap();
        assert!((same.visits - cause.visits).abs() < 1e-6, "only the force differs: {same:?} {cause:?}");
    }
}

#[test]
fn a_month_sealed_by_an_earlier_program_tells_its_movement_still() {
    let mut world = world(Kind { sources: 900, seed: 4, policy: "shanghai-154" });
    draw_next(&mut world, "2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00", "2026-12-30T09:00:00");
    let told = |world: &World| {
        let analysis = compute_analysis(&world.project, &world.registry, month("2027-02"), &Progress::none()).unwrap();
        compute_plan_movement(&world.project, &world.registry, &analysis).unwrap()
    };
    let now = told(&world).unwrap();
    // it kept the plan and what that was made from in two files
    let folder = world.project.draw_folder(Period::Month(month("2027-01")), 1);
    assert!(!folder.join("ahead.json").exists(), "one file tells the plan before a draw");
    let mut plan: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("plan.json")).unwrap()).unwrap();
    let basis = plan.as_object_mut().unwrap().remove("basis").unwrap();
    fs::write(folder.join("plan.json"), plan.to_string()).unwrap();
    assert!(told(&world).is_none(), "without that nothing is told");
    let total = basis["year"].as_f64().unwrap();
    let old = serde_json::json!({
        "drawn": [total - 3.0], "mandatory": [3.0], "ahead": basis["ahead"], "edits": basis["edits"],
    });
    fs::write(folder.join("ahead.json"), old.to_string()).unwrap();
    let then = told(&world).unwrap();
    assert!((then.before - now.before).abs() < 1e-9);
    let of = |movement: &PlanMovement, kind| movement.causes.iter().find(|c| c.kind == kind).map(|c| c.visits);
    assert_eq!(of(&then, MovementKind::Imported), of(&now, MovementKind::Imported));
    assert_eq!(of(&then, MovementKind::Force), None, "what the bodies had was not kept then");
}
