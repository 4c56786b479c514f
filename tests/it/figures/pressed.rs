//! What presses a frequency is named: in the table, on the card, by `explain`, and for the plan as a whole.

use fairdraw::diagnostic::Progress;
use fairdraw::plan::Exclusion;
use fairdraw::registry::schema::sources;
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::reports::frequency::{FrequencyLimit, frequency_limit, frequency_notes, limit_words};

use super::{Kind, cli, month, world};

#[test]
fn a_frequency_pressed_by_its_firms_cap_says_so_everywhere() {
    let mut world = world(Kind { sources: 900, seed: 3, policy: "shanghai-154" });
    world.project.policy.cap.visits = 1;
    // so that a firm's mandatory checks leave nothing for the draw
    world.project.policy.mandatory.iter_mut().for_each(|rule| rule.counts_as_slot = false);
    let analysis = compute_analysis(&world.project, &world.registry, month("2027-01"), &Progress::none()).unwrap();
    let (plan, inputs) = (&analysis.plan, &analysis.population.inputs);
    let words = limit_words(plan, inputs);
    let mut none = 0;
    for (site, lambda) in plan.frequencies.lambda.iter().enumerate() {
        let limit = frequency_limit(plan, inputs, site);
        assert_eq!(words[site], limit.map(FrequencyLimit::word), "{site}");
        let notes = frequency_notes(&world.project.policy, &analysis, site);
        match limit {
            Some(FrequencyLimit::Out(exclusion)) => assert_ne!(exclusion, Exclusion::None),
            Some(FrequencyLimit::Cap(scaled)) => {
                assert!(notes[0].starts_with("企业年度频次上限 1 次"), "{notes:?}");
                if *lambda == 0.0 {
                    none += 1;
                    assert!(notes[0].contains("已占满") && scaled.cap == 0.0, "{notes:?}");
                    assert!(notes.iter().any(|note| note.contains("上限 1 次，抽查还可 0 次")), "{notes:?}");
                }
            }
            Some(FrequencyLimit::Shrunk(_)) => assert!(notes[0].contains("力量不足"), "{notes:?}"),
            None => assert!(*lambda > 0.0 || !notes.is_empty(), "{site}: a frequency of none without a word"),
        }
    }
    assert!(none > 0, "some firms' caps are taken by mandatory checks");
    let told = plan.pressed_texts();
    assert!(told[0].contains(&format!("压缩了 {} 家企业", plan.frequencies.scaled.len())), "{told:?}");
}

#[test]
fn explain_tells_the_frequency_and_what_presses_it() {
    let world = world(Kind { sources: 300, seed: 42, policy: "shanghai-154" });
    let analysis = compute_analysis(&world.project, &world.registry, month("2027-01"), &Progress::none()).unwrap();
    let units = sources::UNIT_ID.of(&world.registry.sources).unwrap();
    let unit = units.get(0).unwrap();
    let root = world.project.root().to_str().unwrap();
    let said = cli(&["explain", root, unit]);
    let lambda = fairdraw::text::figure::per_year(analysis.plan.frequencies.lambda[0]);
    assert!(said.contains(&format!("λ = {lambda} 次/年")), "{said}");
    let value: serde_json::Value = serde_json::from_str(&cli(&["--json", "explain", root, unit])).unwrap();
    assert!((value["frequency"]["per_year"].as_f64().unwrap() - analysis.plan.frequencies.lambda[0]).abs() < 1e-9);
}
