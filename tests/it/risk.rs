//! Risk: points by hand for every factor, months at their borders, strata, special sites, and what may never fall.

mod city;
mod explain;
mod properties;

use city::*;
use fairdraw::domain::BodyId;
use fairdraw::policy::{Milli, StratumMerge, load_preset};
use fairdraw::risk::{EventReason, RiskFeatures, RiskInputs, compare_risk, compute_histogram, score_risk};
use polars::prelude::*;

#[test]
fn a_quiet_registration_has_only_the_points_of_what_it_is() {
    let table = one(Site::new("A")).risk(&shanghai(), "2027-01-15");
    // registration 2, no grade 3, never visited 6.
    assert_eq!((table.scores().unwrap(), table.tiers().unwrap()), (vec![11_000], vec![3]));
    assert_eq!((special(&table), bits(&table)), (vec![false], vec![0]));
    assert_eq!(strings(&table, "stratum"), ["simple"]);
    assert_eq!(strings(&table, "special_reasons"), [""]);
    let names: Vec<&str> = table.frame.get_column_names().iter().map(|n| n.as_str()).collect();
    assert_eq!(names[..7], ["unit_id", "score", "tier", "special", "aggravated", "stratum", "f_management"]);
    assert_eq!(*names.last().unwrap(), "special_reasons");
    assert_eq!(table.frame.column("score").unwrap().dtype(), &DataType::Int64);
    assert_eq!(table.frame.column("tier").unwrap().dtype(), &DataType::UInt8);
}

#[test]
fn points_of_the_sites_own_rows() {
    let mut site = Site::new("A");
    site.management = "key";
    site.key_unit = Some("water;air;water");
    site.env_risk = Some("larger");
    site.industry = Some("3360");
    site.flags = [true, true, true];
    site.rectify_by = Some("2027-01-15");
    site.permit_event = Some(("renewal", "2026-01-31"));
    site.expires = Some("2027-01-14");
    let table = one(site.clone()).risk(&shanghai(), "2027-01-15");
    for (factor, expected) in [
        ("management", 15_000),
        ("key_unit", 8_000), // two entries; the third is the first again
        ("env_risk", 8_000),
        ("industry", 6_000),
        ("supervised", 10_000),
        ("reports_overdue", 4_000),
        ("self_monitoring", 4_000),
        ("rectification", 5_000), // due today is not past
        ("permit_event", 3_000),  // twelve months old
        ("expired", 6_000),
    ] {
        assert_eq!(points(&table, factor), [expected], "{factor}");
    }
    // A day or a month on the other side of each border.
    site.key_unit = Some("water;air;soil;noise;risk");
    site.rectify_by = Some("2027-01-14");
    site.permit_event = Some(("renewal", "2025-12-31"));
    site.expires = Some("2027-01-15");
    site.industry = Some("3351");
    let table = one(site.clone()).risk(&shanghai(), "2027-01-15");
    assert_eq!(points(&table, "key_unit"), [12_000]); // five entries are 20, capped
    for factor in ["rectification", "permit_event", "expired", "industry"] {
        assert_eq!(points(&table, factor), [0], "{factor}");
    }
    site.permit_event = Some(("renewal", "2027-01-16"));
    assert_eq!(points(&one(site).risk(&shanghai(), "2027-01-15"), "permit_event"), [0]);
}

#[test]
fn decay_goes_by_months_and_not_by_days() {
    let violation = |date| {
        let mut city = one(Site::new("A"));
        city.violations.push((some("A"), None, Some(date), "超标排放", None));
        city
    };
    let cases = [
        // as of, event, points: 1 to 6 months, 0.8 to 12, 0.5 to 24, 0.25 to 36, 0.1 to 60.
        ("2027-01-31", "2026-07-01", 10_000),
        ("2027-01-01", "2026-07-31", 10_000),
        ("2027-01-31", "2026-06-30", 8_000),
        ("2027-01-01", "2026-06-30", 8_000),
        ("2027-01-31", "2026-01-01", 8_000),
        ("2027-01-01", "2025-12-31", 5_000),
        ("2027-02-28", "2025-01-31", 2_500),
        ("2027-03-01", "2024-03-01", 2_500),
        ("2027-03-01", "2024-02-29", 1_000),
        ("2027-01-01", "2022-01-31", 1_000),
        ("2027-01-01", "2021-12-31", 0),
        ("2027-01-15", "2027-01-15", 10_000),
        ("2027-01-15", "2027-01-16", 0), // after the day of reckoning
    ];
    for (as_of, date, expected) in cases {
        let table = violation(date).risk(&shanghai(), as_of);
        assert_eq!(points(&table, "violations"), [expected], "{date} as of {as_of}");
    }
}

#[test]
fn penalties_minor_repaired_and_capped() {
    let policy = shanghai();
    let mut city = City { sites: ["A", "B", "C", "D"].map(Site::new).to_vec(), ..City::default() };
    city.violations.push((some("A"), None, Some("2026-12-01"), "轻微违法，首违不罚", None)); // 10 × 0.3
    city.violations.push((some("B"), None, Some("2026-12-01"), "超标", Some("2027-01-15"))); // repaired by then
    city.violations.push((some("B"), None, Some("2026-12-01"), "超标", Some("2027-01-16"))); // not yet
    for _ in 0..3 {
        city.violations.push((some("C"), None, Some("2026-12-01"), "超标", None)); // 30, capped at 25
    }
    city.violations.push((some("D"), None, None, "超标", None)); // no date
    let table = city.risk(&policy, "2027-01-15");
    assert_eq!(points(&table, "violations"), [3_000, 10_000, 25_000, 0]);
    assert_eq!(bits(&table), [1, 1, 1, 0]);
    assert_eq!(strings(&table, "special_reasons"), ["case", "case", "case", ""]);
    let ignored: Vec<(EventReason, u64)> = table.ignored().iter().map(|i| (i.reason, i.rows)).collect();
    assert_eq!(ignored, [(EventReason::NoDate, 1), (EventReason::Repaired, 1)]);
}

#[test]
fn only_substantiated_complaints_count() {
    let mut city = City { sites: ["A", "B", "C"].map(Site::new).to_vec(), ..City::default() };
    for (unit, truth, times) in [("A", Some(true), 1), ("B", Some(false), 5), ("B", None, 5), ("C", Some(true), 3)] {
        for _ in 0..times {
            city.complaints.push((some(unit), None, Some("2026-12-31"), truth));
        }
    }
    let table = city.risk(&shanghai(), "2027-01-15");
    assert_eq!(points(&table, "complaints"), [4_000, 0, 12_000]);
    assert_eq!(bits(&table), [0, 0, 2]); // two are needed
    assert_eq!(strings(&table, "special_reasons"), ["", "", "complaints"]); // three are needed
    assert_eq!(table.ignored().iter().map(|i| i.rows).sum::<u64>(), 10);
    // Thirteen months later the year is over: decayed (12 to 24 months: 0.1) and no longer special.
    let table = city.risk(&shanghai(), "2028-01-01");
    assert_eq!(points(&table, "complaints"), [400, 0, 1_200]);
    assert_eq!((bits(&table), special(&table)), (vec![0, 0, 0], vec![false; 3]));
}

#[test]
fn exceedances_count_by_day_and_outlet() {
    let mut city = City { sites: ["A", "B"].map(Site::new).to_vec(), ..City::default() };
    let base = reading("A", "2026-12-30", "DA001");
    city.monitoring = vec![
        base.clone(),
        base.clone(), // another pollutant: the same day and outlet
        reading("A", "2026-12-30", "DA002"),
        reading("A", "2026-12-31", "DA001"),
        Reading { outlet: None, ..base.clone() },
        Reading { hourly: true, ..reading("A", "2026-11-01", "DA001") },
        Reading { valid: false, ..reading("A", "2026-11-02", "DA001") },
        Reading { numbers: (None, None, Some(0.0)), ..reading("A", "2026-11-03", "DA001") },
        Reading { numbers: (Some(9.0), Some(10.0), None), ..reading("A", "2026-11-04", "DA001") },
        Reading { numbers: (Some(10.5), Some(10.0), None), ..reading("A", "2026-11-05", "DA001") },
        Reading { numbers: (None, None, None), ..reading("A", "2026-11-06", "DA001") },
        reading("Z", "2026-11-06", "DA001"), // no such site
    ];
    let table = city.risk(&shanghai(), "2027-01-15");
    assert_eq!(points(&table, "monitoring"), [6 * 600, 0]);
    let ignored: Vec<(EventReason, u64)> = table.ignored().iter().map(|i| (i.reason, i.rows)).collect();
    let expected = [
        (EventReason::Unmatched, 1),
        (EventReason::Hourly, 1),
        (EventReason::Invalid, 1),
        (EventReason::WithinLimit, 2),
    ];
    assert_eq!(ignored, expected);
}

#[test]
fn past_checks_find_problems_and_tell_the_last_visit() {
    let mut city = City { sites: ["A", "B", "C", "D"].map(Site::new).to_vec(), ..City::default() };
    let (yes, no) = (Some(true), Some(false));
    city.checks.push((some("A"), None, Some("2026-12-31"), yes, yes, "发现问题已责令改正")); // 5 points, 1 month
    city.checks.push((some("A"), None, Some("2026-01-01"), yes, no, "未发现问题"));
    city.checks.push((some("B"), None, Some("2026-03-31"), None, None, "未发现问题")); // 10 months
    city.checks.push((some("C"), None, Some("2026-12-31"), no, no, "")); // never done
    city.checks.push((some("D"), None, Some("2026-12-31"), yes, yes, "轻微问题，首违不罚")); // half
    let table = city.risk(&shanghai(), "2027-01-15");
    assert_eq!(points(&table, "problems"), [5_000, 0, 0, 2_500]);
    assert_eq!(points(&table, "unvisited"), [150, 1_500, 6_000, 150]);
    // Forty months: 6 points at most.
    assert_eq!(points(&city.risk(&shanghai(), "2030-01-15"), "unvisited"), [5_550, 6_000, 6_000, 5_550]);
}

#[test]
fn the_worst_grade_of_the_latest_year_counts() {
    let mut city = City { sites: ["A", "B", "C", "D", "E"].map(Site::new).to_vec(), ..City::default() };
    city.credit = vec![
        ("EA", 2024, Some(4), None), // older
        ("EA", 2025, Some(0), None),
        ("EA", 2025, Some(2), None),
        ("EB", 2025, Some(3), None),
        ("EB", 2026, None, None),                  // a grade nobody knows
        ("EC", 2026, Some(4), Some("2027-01-16")), // published tomorrow
        ("EC", 2025, Some(1), Some("2026-06-01")),
        ("ED", 2028, Some(4), None),
        ("EE", 2026, Some(4), None),
    ];
    let table = city.risk(&shanghai(), "2027-01-15");
    assert_eq!(points(&table, "credit"), [6_000, 14_000, 2_000, 3_000, 20_000]);
    assert_eq!(bits(&table), [0, 8, 0, 0, 8]);
    assert_eq!(strings(&table, "special_reasons"), ["", "credit", "", "", "credit"]);
}

#[test]
fn an_enterprises_event_counts_at_every_site_of_it() {
    let mut sites = ["A", "B", "C"].map(Site::new);
    sites[0].enterprise = "E".to_owned();
    sites[1].enterprise = "E".to_owned();
    let mut city = City { sites: sites.to_vec(), ..City::default() };
    city.violations = vec![
        (None, some("E"), Some("2026-12-01"), "超标", None),
        (some("A"), some("E"), Some("2026-12-01"), "超标", None), // the site's alone
        (some("GONE"), some("E"), Some("2026-12-01"), "轻微", None), // a site no longer there: the enterprise's
        (None, some("NOBODY"), Some("2026-12-01"), "超标", None),
        (None, None, Some("2026-12-01"), "超标", None),
    ];
    let table = city.risk(&shanghai(), "2027-01-15");
    assert_eq!(points(&table, "violations"), [23_000, 13_000, 0]);
    assert_eq!(table.ignored().iter().map(|i| (i.reason, i.rows)).collect::<Vec<_>>(), [(EventReason::Unmatched, 2)]);
}

#[test]
fn strata_by_supervision_then_management_then_merge() {
    let site = |unit: &str, supervision, management, key_unit, body| Site {
        body,
        management,
        supervision,
        key_unit,
        ..Site::new(unit)
    };
    let city = City {
        sites: vec![
            site("A", Some("general"), "key", Some("water"), "310115"), // its own class goes first
            site("B", None, "key", None, "310115"),
            site("C", None, "registration", Some("soil"), "310115"),
            site("D", None, "simplified", None, "310115"),
            site("E", None, "registration", None, "310115"),
            site("F", Some("key"), "registration", None, "310115"),
            site("G", None, "simplified", None, "chem_park"),
            site("H", None, "registration", Some(" ; "), "chem_park"),
        ],
        ..City::default()
    };
    let mut policy = shanghai();
    policy.merges.push(StratumMerge {
        body: BodyId::new("chem_park").unwrap(),
        from: "simple".to_owned(),
        into: "general".to_owned(),
    });
    let table = city.risk(&policy, "2027-01-15");
    assert_eq!(strings(&table, "stratum"), ["general", "key", "key", "general", "simple", "key", "general", "general"]);
}

#[test]
fn all_reasons_and_bits_together() {
    let mut site = Site::new("A");
    site.env_risk = Some("major");
    site.flags[0] = true;
    let mut city = one(site);
    city.credit.push(("EA", 2026, Some(3), None));
    city.violations.push((some("A"), None, Some("2026-12-01"), "超标", None));
    for _ in 0..3 {
        city.complaints.push((some("A"), None, Some("2026-12-01"), Some(true)));
    }
    let table = city.risk(&shanghai(), "2027-01-15");
    assert_eq!(strings(&table, "special_reasons"), ["case;supervised;credit;major_risk;complaints"]);
    assert_eq!(bits(&table), [15]);
    // 2 + 14 + 15 + 10 + 12 + 10 + 6
    assert_eq!((table.scores().unwrap(), table.tiers().unwrap()), (vec![69_000], vec![0]));
    let mut policy = shanghai();
    policy.special.case_months = 0;
    policy.special.supervised = false;
    policy.special.lowest_grades = 0;
    policy.special.major_risk = false;
    policy.special.complaints = 0;
    assert_eq!(special(&city.risk(&policy, "2027-01-15")), [false]);
}

#[test]
fn thresholds_belong_to_the_upper_tier() {
    let mut policy = shanghai();
    // A quiet registration has 11 points.
    for (threshold, tier) in [(11_000, 2), (11_001, 3), (10_999, 2)] {
        policy.tiers[2].min_score = Milli(threshold);
        assert_eq!(one(Site::new("A")).risk(&policy, "2027-01-15").tiers().unwrap(), [tier]);
    }
}

#[test]
fn explanations_add_up_and_quote_the_article_of_the_day() {
    let mut city = one(Site::new("A"));
    city.violations.push((some("A"), None, Some("2026-12-01"), "超标", None));
    city.violations.push((some("A"), None, Some("2026-12-02"), "超标", None));
    city.violations.push((some("A"), None, Some("2026-12-03"), "超标", None));
    let policy = shanghai();
    let table = city.risk(&policy, "2027-01-15");
    let parts = table.explain(0, &policy).unwrap();
    assert_eq!(parts.len(), policy.factors.len());
    assert_eq!(parts.iter().map(|p| p.points.0).sum::<i64>(), table.scores().unwrap()[0]);
    let violations = parts.iter().find(|p| p.factor == "violations").unwrap();
    assert_eq!((violations.points, violations.cap, violations.at_cap), (Milli(25_000), Milli(25_000), true));
    assert_eq!(violations.name, "行政处罚");
    assert_eq!(violations.articles[0].article, "第13项");
    let credit = parts.iter().find(|p| p.factor == "credit").unwrap();
    assert!(credit.articles.iter().any(|a| a.document.contains("2025年修正")));
    assert_eq!(table.explain(1, &policy).unwrap_err().code(), "RSK-005");
    assert_eq!(table.explain(0, &load_preset("generic").unwrap()).unwrap().len(), 5);
    let mut other = policy;
    other.factors[0].id = "renamed".to_owned();
    assert_eq!(table.explain(0, &other).unwrap_err().code(), "RSK-004");
}

#[test]
fn rescoring_equals_computing_afresh() {
    let mut city = City { sites: ["A", "B"].map(Site::new).to_vec(), ..City::default() };
    city.violations.push((some("A"), None, Some("2026-12-01"), "超标", None));
    city.complaints.push((some("B"), None, Some("2026-12-01"), Some(true)));
    let frames = city.frames();
    let mut policy = shanghai();
    let features = RiskFeatures::compute(&frames.inputs(), &policy, day("2027-01-15")).unwrap();
    let scored = score_risk(&features, &policy).unwrap();
    assert_eq!((scored.len(), scored.is_empty(), scored.as_of()), (2, false, day("2027-01-15")));
    for factor in &mut policy.factors {
        factor.cap.0 *= 2;
        if let fairdraw::policy::FactorRule::Events { points, .. } = &mut factor.rule {
            points.0 += 1_500;
        }
    }
    policy.tiers[2].min_score = Milli(12_000);
    assert!(features.fits(&policy));
    let again = score_risk(&features, &policy).unwrap();
    let fresh = compute_risk(&frames.inputs(), &policy, day("2027-01-15")).unwrap();
    assert!(again.frame.equals_missing(&fresh.frame));
    // Another window needs another count, and says so.
    policy.aggravators.months = 6;
    assert!(!features.fits(&policy));
    assert_eq!(score_risk(&features, &policy).unwrap_err().code(), "RSK-004");
    policy.aggravators.months = 0;
    assert_eq!(score_risk(&features, &policy).unwrap_err().code(), "RSK-003");
}

#[test]
fn moves_and_distribution() {
    let policy = shanghai();
    let before = City { sites: ["A", "B", "C"].map(Site::new).to_vec(), ..City::default() };
    let mut after = City { sites: ["B", "C", "D"].map(Site::new).to_vec(), ..City::default() };
    after.violations.push((some("B"), None, Some("2026-12-01"), "超标", None));
    let (old, new) = (before.risk(&policy, "2027-01-15"), after.risk(&policy, "2027-01-15"));
    let moves = compare_risk(&old, &new, |_| true).unwrap();
    assert_eq!((moves.moves[3][2], moves.moves[3][3]), (1, 1)); // B has 21 points now
    assert_eq!((moves.appeared[3], moves.vanished[3]), (1, 1));
    assert_eq!((moves.raised(), stayed(&moves), moves.lowered()), (1, 1, 0));
    let mover = moves.movers[0];
    assert_eq!((moves.movers.len(), mover.row, mover.from, mover.to, mover.after), (1, 0, 3, 2, 21_000));
    // of a part of the sites only
    let others = compare_risk(&old, &new, |row| row != 0).unwrap();
    assert_eq!((others.raised(), stayed(&others), others.movers.len()), (0, 1, 0));
    assert_eq!(others.vanished, moves.vanished);
    assert_eq!(
        compute_histogram(&new, Milli(5_000), |row| row == 1)
            .unwrap()
            .iter()
            .map(fairdraw::risk::HistogramBin::total)
            .sum::<u64>(),
        1
    );
    let still = compare_risk(&new, &new, |_| true).unwrap();
    assert_eq!((stayed(&still), still.raised() + still.lowered()), (3, 0));
    let bins = compute_histogram(&new, Milli(5_000), |_| true).unwrap();
    let shown: Vec<(i64, u64)> = bins.iter().map(|b| (b.from.0, b.total())).collect();
    assert_eq!(shown, [(0, 0), (5_000, 0), (10_000, 2), (15_000, 0), (20_000, 1)]);
    assert_eq!(bins[4].by_tier, [0, 0, 1, 0]);
    assert_eq!(compute_histogram(&new, Milli(0), |_| true).unwrap_err().code(), "RSK-006");
    assert_eq!(compute_histogram(&new, Milli(1), |_| true).unwrap_err().code(), "RSK-006");
}

#[test]
fn empty_frames_and_missing_columns() {
    let nothing = DataFrame::empty();
    let inputs = RiskInputs {
        sources: &nothing,
        credit: &nothing,
        violations: &nothing,
        complaints: &nothing,
        monitoring: &nothing,
        past_checks: &nothing,
    };
    let policy = shanghai();
    let table = compute_risk(&inputs, &policy, day("2027-01-15")).unwrap();
    assert!(table.is_empty() && compute_histogram(&table, Milli(1_000), |_| true).unwrap().is_empty());
    // A site with nothing but its id is the quietest there is: no category, no grade, never visited.
    let bare = frame(1, vec![texts("unit_id", [Some("A")].into_iter())]);
    let table = compute_risk(&RiskInputs { sources: &bare, ..inputs }, &policy, day("2027-01-15")).unwrap();
    assert_eq!((table.scores().unwrap(), strings(&table, "stratum")), (vec![9_000], vec!["simple".to_owned()]));
    let wrong = frame(1, vec![texts("unit_id", [Some("A")].into_iter()), texts("expires", [Some("2027")].into_iter())]);
    let error = compute_risk(&RiskInputs { sources: &wrong, ..inputs }, &policy, day("2027-01-15")).unwrap_err();
    assert_eq!(error.code(), "RSK-001");
    assert!(error.to_string().contains("污染源名录") && error.to_string().contains("expires"), "{error}");
}

#[test]
fn the_order_of_rows_changes_nothing_but_the_order() {
    let mut city = City { sites: ["A", "B", "C", "D"].map(Site::new).to_vec(), ..City::default() };
    for (i, unit) in ["A", "B", "C", "A", "D", "A"].iter().enumerate() {
        let dates = ["2026-12-01", "2026-05-01", "2025-03-01"];
        city.violations.push((some(unit), None, Some(dates[i % 3]), "超标", None));
        city.complaints.push((None, some(&format!("E{unit}")), Some(dates[(i + 1) % 3]), Some(true)));
    }
    let table = city.risk(&shanghai(), "2027-01-15");
    let mut turned = city.clone();
    turned.sites.reverse();
    turned.violations.reverse();
    turned.complaints.reverse();
    let mut scores = turned.risk(&shanghai(), "2027-01-15").scores().unwrap();
    scores.reverse();
    assert_eq!(scores, table.scores().unwrap());
}
