//! Slots that a change in the middle of the year cuts anew, and what a simulated year comes to.

use fairdraw::diagnostic::Progress;
use fairdraw::plan::compute_annual_plan;
use fairdraw::plan::replan::{LEAST_CHANGE, settle};
use fairdraw::plan::simulate::simulate;
use fairdraw::policy::Milli;
use fairdraw::workspace::inputs::month_frame::draw_rules;

use super::City;

/// Sites other than those penalised that a replanning would touch: by any change of λ, and by what counts.
/// What there is, is taken as `capacity` of the city's.
fn touched_with(city: &City, penalties: usize, capacity: f64) -> (usize, usize) {
    let mut inputs = city.analysis.population.inputs.clone();
    // more is wanted than the floors ask for
    let mut policy = city.policy.clone();
    policy.tiers.iter_mut().for_each(|tier| tier.base_frequency = Milli(tier.base_frequency.0 * 3));
    // where means are short a factor of each body presses all its frequencies
    inputs.capacity.limits.iter_mut().flatten().flatten().flatten().for_each(|limit| *limit *= capacity);
    let before = compute_annual_plan(&policy, &inputs).unwrap().frequencies.lambda;
    let mut sites = (*inputs.sites).clone();
    let all: Vec<usize> = (0..sites.len()).filter(|i| before[*i] > 0.0).collect();
    let punished: Vec<usize> = (0..penalties).map(|k| all[k * all.len() / penalties]).collect();
    for site in &punished {
        sites.aggravated[*site] |= 1;
    }
    inputs.sites = sites.into();
    let mut after = compute_annual_plan(&policy, &inputs).unwrap().frequencies;
    let others = |changed: &dyn Fn(usize) -> bool| {
        (0..before.len()).filter(|i| punished.binary_search(i).is_err() && changed(*i)).count()
    };
    let any = others(&|i| (before[i] - after.lambda[i]).abs() > 1e-9);
    settle(&before, &mut after);
    let counted = others(&|i| (before[i] - after.lambda[i]).abs() > 1e-9);
    for (i, old) in before.iter().enumerate() {
        let change = (after.lambda[i] - old).abs();
        assert!(change <= 1e-9 || change >= LEAST_CHANGE * old || after.floor[i] > old + 1e-9);
    }
    (any, counted)
}

/// With the means that make the most sites give way.
fn touched(city: &City, penalties: usize) -> (usize, usize) {
    let tenths = (1..=10).map(|tenths| touched_with(city, penalties, f64::from(tenths) / 10.0));
    tenths.max_by_key(|(any, _)| *any).unwrap()
}

#[test]
fn a_few_penalties_leave_the_others_their_slots() {
    let (any, counted) = touched(super::small(), 20);
    assert!(any > 20 && counted * 4 < any, "{any} {counted}");
}

#[test]
#[ignore = "prints a row of the table in tests/README.md"]
fn slots_of_the_whole_city() {
    let city = super::whole();
    let (any, counted) = touched(city, 80);
    println!("80 项处罚后重排时段的其他单位：{any} → {counted}");
    let inputs = &city.analysis.population.inputs;
    let report =
        simulate(&city.policy, inputs, &city.analysis.plan, draw_rules(), 40, 2027, &Progress::none()).unwrap();
    let off: Vec<String> = report.tiers.iter().map(|tier| format!("{:+.2}%", tier.off_percent())).collect();
    println!(
        "模拟 40 年：各等级实抽与应抽相差 {}，违反规则 {} 次，力量超出 {:.2} 个取整单位",
        off.join("、"),
        report.broken(),
        report.worst_overshoot_units
    );
    assert_eq!(report.broken() + report.whole_missed, 0);
    assert!(report.tiers.iter().all(|tier| tier.off_percent().abs() < 1.0));
}
