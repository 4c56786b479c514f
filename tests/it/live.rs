//! What the window shows while a slider is dragged is what a computation from the beginning gives.

use fairdraw::diagnostic::Progress;
use fairdraw::policy::{FactorRule, Milli, Policy};
use fairdraw::workspace::inputs::analysis::{compute_analysis, is_light_change, recompute_analysis};

use super::project::demo_project;

type Change = fn(&mut Policy);

#[test]
fn a_light_recomputation_equals_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry) = demo_project(folder.path(), 3_000);
    let month = project.months()[0];
    let base = compute_analysis(&project, &registry, month, &Progress::none()).unwrap();
    let light: [Change; 6] = [
        |p| p.tiers[0].min_score = Milli(p.tiers[0].min_score.0 + 7_000),
        |p| p.tiers[1].base_frequency = Milli(p.tiers[1].base_frequency.0 + 300),
        |p| p.aggravators.violations = Milli(p.aggravators.violations.0 - 100),
        |p| p.factors[0].cap = Milli(p.factors[0].cap.0 / 2),
        |p| {
            for factor in &mut p.factors {
                if let FactorRule::Events { points, .. } = &mut factor.rule {
                    *points = Milli(points.0 * 3 / 2);
                }
            }
        },
        |p| p.categories[1].factor = Milli(p.categories[1].factor.0 + 50),
    ];
    let mut moved = 0;
    for (i, change) in light.into_iter().enumerate() {
        let mut changed = project.clone();
        change(&mut changed.policy);
        assert!(is_light_change(&base, &project.policy, &changed.policy), "change {i}");
        let quick = recompute_analysis(&changed, &base).unwrap();
        let whole = compute_analysis(&changed, &registry, month, &Progress::none()).unwrap();
        assert!(quick.risk.frame.equals_missing(&whole.risk.frame), "scores differ after change {i}");
        assert_eq!(quick.plan, whole.plan, "change {i}");
        moved += usize::from(quick.plan != base.plan);
    }
    assert!(moved >= 5, "the changes must be felt in the plan: {moved}");
    let heavy: [Change; 3] = [
        |p| p.capacity.default_days_per_month = Milli(p.capacity.default_days_per_month.0 + 1000),
        |p| p.cap.visits += 1,
        |p| p.special.case_months += 1,
    ];
    for change in heavy {
        let mut policy = project.policy.clone();
        change(&mut policy);
        assert!(!is_light_change(&base, &project.policy, &policy));
    }
}
