//! Registers and the tables of people, capacity and events.

use fairdraw::registry::TableKind;

use super::super::support::{cell, found, rows_of, told};
use super::{case, files};

#[test]
fn days_near_midnight_are_the_day_meant() {
    let registry = case("dirty/02-43-seconds");
    assert_eq!(registry.sources.height(), 14);
    let days: Vec<String> = (0..14).map(|row| cell(&registry, TableKind::Sources, "issued", row)).collect();
    // Seconds since 1970 (ten digits) may be a date with a two-digit year: refused.
    let read = days.iter().filter(|day| *day == "2024-03-01").count();
    assert_eq!((read, found(&registry, "IMP-013").len()), (13, 1), "{days:?}\n{}", told(&registry));
    // Those that were moved are said.
    assert!(!found(&registry, "IMP-119").is_empty());
}

#[test]
fn codes_have_the_zeros_that_are_shown() {
    let registry = case("dirty/03-leading-zeros");
    let mut held: Vec<String> = (0..registry.inspectors.height())
        .map(|row| cell(&registry, TableKind::Inspectors, "certificate", row))
        .collect();
    held.sort();
    assert!(held.iter().all(|code| code.starts_with('0')), "{held:?}\n{}", told(&registry));
    // The recusal meets its inspector.
    assert!(found(&registry, "IMP-074").is_empty(), "{}", told(&registry));
    assert_eq!(registry.recusals.height(), 1);
    // A format that shows words before the number makes them part of the code; such a certificate is refused by name.
    let refused: Vec<&str> = found(&registry, "IMP-072").iter().filter_map(|f| f.value.as_deref()).collect();
    assert!(refused.iter().all(|code| code.starts_with("沪环执0")), "{refused:?}");
}

#[test]
fn a_number_in_scientific_notation_is_no_unit() {
    let registry = case("dirty/08-scientific");
    assert_eq!(rows_of(&registry, "IMP-110").len(), 6, "{}", told(&registry));
    assert!(found(&registry, "IMP-028").is_empty() && found(&registry, "IMP-027").is_empty(), "{}", told(&registry));
    assert_eq!(registry.sources.height(), 4, "{}", told(&registry));
    let hint = found(&registry, "IMP-110")[0].hint.clone().unwrap();
    assert!(hint.contains("文本") && hint.contains("重新导出"), "{hint}");
}

#[test]
fn places_in_metres_become_degrees() {
    for name in ["污染源名录_投影坐标.csv", "污染源名录_测量坐标.csv"] {
        let registry = files(&[&format!("dirty/10-gauss-kruger/input/{name}")]);
        assert_eq!((registry.sources.height(), found(&registry, "IMP-098").len()), (6, 1), "{}", told(&registry));
        for row in 0..6 {
            let of = |column: &str| cell(&registry, TableKind::Sources, column, row).parse::<f64>().unwrap();
            assert!((121.0..122.0).contains(&of("lon")) && (30.9..31.6).contains(&of("lat")), "{name} {row}");
        }
        // Each lies in the district that its row states.
        assert!(
            found(&registry, "IMP-031").is_empty() && found(&registry, "IMP-033").is_empty(),
            "{}",
            told(&registry)
        );
    }
}

#[test]
fn a_month_written_as_a_decimal_is_told_by_its_neighbours() {
    let registry = case("dirty/32-month-decimal");
    let months: Vec<String> =
        (0..registry.capacity.height()).map(|row| cell(&registry, TableKind::Capacity, "month", row)).collect();
    let pudong: Vec<&String> = months.iter().take(12).collect();
    assert_eq!(pudong, (1..=12).map(|m| format!("2027-{m:02}")).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    // The second file has the first body's months once more.
    assert_eq!((months.len(), registry.summary(TableKind::Capacity).unwrap().merged), (24, 12), "{}", told(&registry));
    assert!(found(&registry, "IMP-014").is_empty(), "{}", told(&registry));
}

#[test]
fn events_that_came_twice_count_once() {
    let registry = case("dirty/34-events-twice");
    let heights: Vec<usize> = [
        TableKind::Credit,
        TableKind::Violations,
        TableKind::Complaints,
        TableKind::Monitoring,
        TableKind::PastChecks,
        TableKind::Capacity,
    ]
    .map(|kind| registry.frame(kind).height())
    .to_vec();
    assert_eq!(heights, [1, 2, 3, 1, 1, 1], "{}", told(&registry));
    assert!(!found(&registry, "IMP-027").is_empty());
}

#[test]
fn the_headings_of_the_publicity_template_are_known() {
    let registry = case("dirty/36-code-headings");
    // Nineteen files of the same penalty: one event, with the code under whichever heading.
    let summary = registry.summary(TableKind::Violations).unwrap();
    assert_eq!((summary.rows_read, summary.kept, summary.merged), (19, 1, 18), "{}", told(&registry));
    assert_eq!(cell(&registry, TableKind::Violations, "uscc", 0), "91310113MA1K00015N");
    assert_eq!(cell(&registry, TableKind::Violations, "enterprise", 0), "91310113MA1K00015N");
    // Each alone too.
    for n in 0..19 {
        let one = files(&[
            "dirty/36-code-headings/input/污染源名录.csv",
            &format!("dirty/36-code-headings/input/行政处罚_{n:02}.csv"),
        ]);
        assert_eq!(cell(&one, TableKind::Violations, "enterprise", 0), "91310113MA1K00015N", "{n} {}", told(&one));
    }
}

#[test]
fn leaves_are_read_and_two_of_one_name_stay_two() {
    let registry = case("dirty/40-same-name");
    assert_eq!(found(&registry, "IMP-122").len(), 1, "{}", told(&registry));
    assert_eq!(cell(&registry, TableKind::Inspectors, "leave", 5), "2027-01-01/2027-06-30");
    for row in [0, 1, 2, 4] {
        let leave = cell(&registry, TableKind::Inspectors, "leave", row);
        assert_eq!(leave, "2027-03-01/2027-03-05", "{row} {}", told(&registry));
    }
    assert_eq!(registry.inspectors.height(), 6);
}

#[test]
fn two_districts_in_a_cell_are_an_error() {
    let registry = case("dirty/43-two-districts");
    assert_eq!(registry.sources.height(), 1, "{}", told(&registry));
    assert_eq!(cell(&registry, TableKind::Sources, "name", 0), "上海虚构癸19材料有限公司");
}

#[test]
fn words_of_results_are_read_or_listed() {
    let registry = case("dirty/35-result-words");
    let open: Vec<&str> = found(&registry, "IMP-124").iter().filter_map(|finding| finding.value.as_deref()).collect();
    assert_eq!(open, ["基本合格", "基本符合", "√"], "{}", told(&registry));
}
