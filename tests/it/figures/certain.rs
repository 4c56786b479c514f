//! Who is certain to be drawn, told alike before and after the draw; numbers and hours as people write them.

use fairdraw::diagnostic::Progress;
use fairdraw::disclosure::CheckOrigin;
use fairdraw::domain::Period;
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::seal::seal_month;
use fairdraw::workspace::inputs::analysis::compute_analysis;
use fairdraw::workspace::inputs::due::load_opened;
use fairdraw::workspace::reports::month_list::{ListEntry, ResultsByCheck, list_entries};
use fairdraw::workspace::reports::preview::compute_month_preview;
use fairdraw::workspace::store::register::load_opened_draws;

use super::{DICE, Kind, at, draw_next, month, pledge, world};

#[test]
fn a_unit_that_the_rounded_quota_makes_certain_is_said_to_be_and_stays_so_on_the_list() {
    let mut world = world(Kind { sources: 300, seed: 42, policy: "shanghai-154" });
    let dates = [
        ("2027-01", "2026-12-28T09:00:00", "2026-12-29T20:00:00", "2026-12-30T09:00:00"),
        ("2027-02", "2027-01-28T09:00:00", "2027-01-29T20:00:00", "2027-01-30T09:00:00"),
        ("2027-03", "2027-02-22T09:00:00", "2027-02-23T20:00:00", "2027-02-24T09:00:00"),
        ("2027-04", "2027-03-28T09:00:00", "2027-03-29T20:00:00", "2027-03-30T09:00:00"),
    ];
    let mut met = 0;
    for (text, sealed, available, opened) in dates {
        let analysis = compute_analysis(&world.project, &world.registry, month(text), &Progress::none()).unwrap();
        let preview = compute_month_preview(&world.project, &world.registry, &analysis).unwrap();
        let rounded: usize = preview.strata.iter().map(|stratum| stratum.rounded).sum();
        let by: usize = preview.certain_by.iter().map(|reason| reason.units).sum();
        assert_eq!(by, preview.certain, "{:?}", preview.certain_by);
        let told = preview.certain_by.iter().find(|reason| reason.label.contains("取整")).map_or(0, |of| of.units);
        assert_eq!(told, rounded, "{:?}", preview.certain_by);
        for stratum in &preview.strata {
            assert!(stratum.rounded <= stratum.certain);
            // a stratum of certain ones alone that expects less than one says why
            if stratum.free == 0 && stratum.certain > 0 && stratum.expected < 0.5 {
                assert!(stratum.rounded > 0, "{stratum:?}");
            }
            met += usize::from(stratum.rounded > 0);
        }
        draw_next(&mut world, text, sealed, available, opened);
        let draws = load_opened(&world.project, &world.registry).unwrap();
        let entries: Vec<ListEntry> =
            list_entries(draws.last().unwrap(), &world.project.policy, &ResultsByCheck::new());
        let certain = |of: fn(&ListEntry) -> bool| entries.iter().filter(|e| e.certain && of(e)).count();
        assert_eq!(certain(|_| true), preview.certain, "the list says of as many that they were certain");
        assert!(certain(|e| e.origin == CheckOrigin::Drawn) >= rounded);
    }
    assert!(met > 0, "a small city has such strata");
}

#[test]
fn dice_may_be_grouped_and_an_hour_may_be_told_in_another_zone() {
    let world = world(Kind { sources: 300, seed: 42, policy: "shanghai-154" });
    let january = month("2027-01");
    let mut told = pledge("2026-12-29T20:00:00", "区公证处掷骰");
    told.available_at = "昨天".into();
    let refused = seal_month(&world.project, &world.registry, january, &told, &at("2026-12-28T09:00:00")).unwrap_err();
    assert!(refused.code() == "SEL-030" && refused.to_string().contains("+00:00"), "{refused}");
    told.available_at = "2026-12-29T12:00:00+00:00".into();
    seal_month(&world.project, &world.registry, january, &told, &at("2026-12-28T09:00:00")).unwrap();
    let register = super::load_register(&world.project).unwrap();
    assert_eq!(register.pending().unwrap().available_at.to_string(), "2026-12-29T20:00:00+08:00");
    let grouped: Vec<&str> = DICE.as_bytes().chunks(4).map(|four| std::str::from_utf8(four).unwrap()).collect();
    open_period(&world.project, Period::Month(january), grouped.join(" "), &at("2026-12-30T09:00:00")).unwrap();
    let draw = load_opened_draws(&world.project, |m| m == january).unwrap().pop().unwrap();
    assert_eq!(draw.opening.unwrap().entropy_value, DICE, "what is kept has one spelling");
}
