//! Risk at the size of a city and of a nation: counting, scoring, rescoring after a changed weight.

use std::time::Instant;

use chrono::NaiveDate;
use fairdraw::policy::{FactorRule, load_preset};
use fairdraw::risk::{RiskFeatures, RiskInputs, compare_risk, score_risk};
use polars::prelude::*;

/// A small generator of its own: the bench needs spread, not quality, and the same rows everywhere.
struct Mixer(u64);

impl Mixer {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below as u64) as usize
    }
}

struct Registry {
    sources: DataFrame,
    credit: DataFrame,
    violations: DataFrame,
    complaints: DataFrame,
    monitoring: DataFrame,
    past_checks: DataFrame,
}

fn ids(name: &str, prefix: char, numbers: impl Iterator<Item = Option<usize>>) -> Column {
    let texts: Vec<Option<String>> = numbers.map(|n| n.map(|n| format!("{prefix}{n:021}"))).collect();
    Column::new(name.into(), texts)
}

fn days(name: &str, values: Vec<i32>) -> Column {
    Column::new(name.into(), values).cast(&DataType::Date).expect("days are dates")
}

/// 2027-01-01 in days since 1970.
const TODAY: i32 = 20_819;

fn registry(sites: usize) -> Registry {
    let mut mixer = Mixer(20_270_101);
    let enterprises = sites * 9 / 10;
    let of: Vec<usize> = (0..sites).map(|i| i % enterprises).collect();
    let pick = |mixer: &mut Mixer, values: &[(&'static str, usize)]| {
        let mut at = mixer.next(1000);
        for (value, share) in values {
            if at < *share {
                return Some(*value);
            }
            at -= share;
        }
        None
    };
    let mut column = |name: &str, values: &[(&'static str, usize)]| {
        let texts: Vec<Option<&str>> = (0..sites).map(|_| pick(&mut mixer, values)).collect();
        Column::new(name.into(), texts)
    };
    let texts = vec![
        column("body", &[("310115", 300), ("310117", 300), ("310151", 400)]),
        column("management", &[("key", 53), ("simplified", 95), ("registration", 852)]),
        column("supervision", &[("key", 50), ("general", 90)]),
        column("key_unit", &[("water", 20), ("air;soil", 20)]),
        column("env_risk", &[("major", 5), ("larger", 30), ("general", 100)]),
        column("industry", &[("3360", 40), ("2641", 10), ("7724", 5), ("3311", 500)]),
        column("permit_event", &[("renewal", 100)]),
    ];
    let mut columns = vec![ids("unit_id", 'U', (0..sites).map(Some)), ids("enterprise", 'E', of.into_iter().map(Some))];
    columns.extend(texts);
    columns.push(days("permit_event_date", (0..sites).map(|_| TODAY - mixer.next(1500) as i32).collect()));
    columns.push(days("expires", (0..sites).map(|_| TODAY + 1500 - mixer.next(1600) as i32).collect()));
    for name in ["supervised", "reports_overdue", "self_monitoring_overdue"] {
        columns.push(Column::new(name.into(), (0..sites).map(|_| mixer.next(100) == 0).collect::<Vec<_>>()));
    }
    let sources = DataFrame::new(sites, columns).expect("columns of one height");
    // As many events as the demo city has, in proportion.
    let mut events = |rows: usize, years: usize| {
        let unit: Vec<Option<usize>> = (0..rows).map(|_| (mixer.next(10) < 7).then(|| mixer.next(sites))).collect();
        let enterprise: Vec<Option<usize>> = (0..rows).map(|_| Some(mixer.next(enterprises))).collect();
        let dates = (0..rows).map(|_| TODAY - mixer.next(365 * years) as i32).collect();
        let columns = vec![
            ids("unit_id", 'U', unit.into_iter()),
            ids("enterprise", 'E', enterprise.into_iter()),
            days("date", dates),
        ];
        DataFrame::new(rows, columns).expect("columns of one height")
    };
    let with = |mut frame: DataFrame, columns: Vec<Column>| {
        for column in columns {
            frame.with_column(column).expect("columns of one height");
        }
        frame
    };
    let flags = |name: &str, rows: usize, every: usize| {
        Column::new(name.into(), (0..rows).map(|i| i % every == 0).collect::<Vec<_>>())
    };
    let per = |rows: usize| rows * sites / 38_000;
    let (rows, problems) = (per(20_000), per(25_000));
    let violations = events(rows, 5);
    let violations = with(violations, vec![Column::new("kind".into(), vec!["超标排放"; rows])]);
    let rows = per(30_000);
    let complaints = with(events(rows, 2), vec![flags("substantiated", rows, 3)]);
    let rows = per(150_000);
    let outlets: Vec<&str> = (0..rows).map(|i| ["DA001", "DW001"][i % 2]).collect();
    let monitoring = with(
        events(rows, 1),
        vec![flags("hourly", rows, 2), flags("valid", rows, 1), Column::new("outlet".into(), outlets)],
    );
    let past_checks = with(events(problems, 5), vec![flags("done", problems, 1), flags("problem", problems, 4)]);
    let graded = enterprises / 2;
    let credit = DataFrame::new(
        graded,
        vec![
            ids("enterprise", 'E', (0..graded).map(Some)),
            Column::new("year".into(), (0..graded).map(|i| 2024 + (i % 3) as i32).collect::<Vec<_>>()),
            Column::new("grade_index".into(), (0..graded).map(|i| (i % 37 / 8) as u32).collect::<Vec<_>>())
                .cast(&DataType::UInt8)
                .expect("grades are small"),
        ],
    )
    .expect("columns of one height");
    Registry { sources, credit, violations, complaints, monitoring, past_checks }
}

/// Prints times for a city of 38 000 sites, 100 000, and a nation of 4 000 000.
pub fn run() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let as_of = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap_or_default();
    for sites in [38_000, 100_000, 4_000_000] {
        let registry = registry(sites);
        let inputs = RiskInputs {
            sources: &registry.sources,
            credit: &registry.credit,
            violations: &registry.violations,
            complaints: &registry.complaints,
            monitoring: &registry.monitoring,
            past_checks: &registry.past_checks,
        };
        let mut policy = load_preset("shanghai-154").expect("the preset loads");
        let start = Instant::now();
        let features = RiskFeatures::compute(&inputs, &policy, as_of).expect("features");
        let counted = start.elapsed();
        let start = Instant::now();
        let before = score_risk(&features, &policy).expect("scores");
        let scored = start.elapsed();
        let mut rescored = Vec::new();
        let mut last = None;
        for step in 1..=5 {
            for factor in &mut policy.factors {
                if let FactorRule::Events { points, .. } = &mut factor.rule {
                    points.0 += 100 * step;
                }
            }
            let start = Instant::now();
            last = Some(score_risk(&features, &policy).expect("scores"));
            rescored.push(start.elapsed());
        }
        rescored.sort();
        let start = Instant::now();
        let moves = last.map(|after| compare_risk(&before, &after, |_| true).expect("moves"));
        let compared = start.elapsed();
        let by_tier = before.tiers().expect("tiers").iter().fold([0_u64; 8], |mut counts, tier| {
            counts[usize::from(*tier).min(7)] += 1;
            counts
        });
        println!(
            "risk: {sites} sites, {cores} cores: count {counted:?}, score {scored:?}, rescore median {:?} best {:?}, compare {compared:?}, raised {}, tiers {:?}",
            rescored[2],
            rescored[0],
            moves.map_or(0, |moves| moves.raised()),
            &by_tier[..4],
        );
    }
}
