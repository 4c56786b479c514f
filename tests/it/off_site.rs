//! Members of the positive list are not drawn; the year's seed says whose turn it is to be checked without a visit.

use std::collections::BTreeSet;
use std::fs;

use fairdraw::disclosure::{CheckOrigin, Manner, check_all_visited};
use fairdraw::sampling::{OffSitePace, compute_off_site};
use fairdraw::workspace::deeds::open::open_period;
use fairdraw::workspace::deeds::publish::{Publication, record_disclosure};
use fairdraw::workspace::deeds::results::take_results;
use fairdraw::workspace::inputs::due::load_opened;
use fairdraw::workspace::reports::public_list::PublicLists;
use fairdraw::workspace::reports::status::compute_status;
use fairdraw::workspace::store::draws::StoredDraw;
use fairdraw::workspace::store::results::load_results;

use super::disclosure::day;
use super::project::{DICE, at, month, seal};
use super::results::january;

#[test]
fn an_off_site_check_is_listed_recorded_and_disclosed_without_being_a_target() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, _) = january(folder.path());
    let opened = load_opened(&project, &registry).unwrap().remove(0);
    assert!(!opened.off_site.is_empty(), "the demo city has a positive list");
    for turn in &opened.off_site {
        let check = &turn.check;
        let row = opened.draw.frame.position(check.unit_id.as_str()).and_then(|at| opened.draw.frame.row(at)).unwrap();
        assert_eq!((row.pi_ppb, row.reason), (0, "positive_list"), "{}", check.name);
        assert_eq!((check.origin, check.manner, check.sequence), (CheckOrigin::OffSite, Manner::OffSite, 0));
        assert!(check.plan_code.starts_with("FXC202701-") && !check.name.is_empty(), "{check:?}");
    }
    let turns: BTreeSet<_> = opened.off_site.iter().map(|turn| turn.check.unit_id.clone()).collect();
    assert!(opened.targets.iter().all(|target| !turns.contains(&target.unit_id)));

    // what the sealed frame and the year's seed give, computed by whoever wants to
    let year = StoredDraw::load(&project, "2027-00".parse().unwrap(), 1).unwrap().seed().unwrap();
    let listed = opened.draw.frame.rows().filter(|row| row.reason == "positive_list");
    let members: Vec<(&str, &str)> = listed.map(|row| (row.stratum.body(), row.unit_id)).collect();
    let share = u32::try_from(project.policy.positive_list.off_site_share.0).unwrap();
    let again = compute_off_site(&year, &members, &BTreeSet::new(), OffSitePace { share, at: 1, of: 12 });
    assert_eq!(again, opened.off_site.iter().map(|turn| turn.check.unit_id.as_str()).collect::<Vec<_>>());

    // taken by its own number, public with its manner, its publication entered as any other's
    let now = at("2027-01-20T09:00:00");
    let check = &opened.off_site[0].check;
    let csv = format!(
        "计划编码,检查日期,办结日期,检查方式,检查结果\n{},2027-01-12,2027-01-13,非现场检查,未发现问题\n",
        check.plan_code
    );
    let path = folder.path().join("结果.csv");
    fs::write(&path, csv).unwrap();
    let taken = take_results(&project, &path, &now).unwrap();
    assert_eq!((taken.added, taken.set_aside), (1, 0), "{:?}", taken.diagnostics.findings());
    let results = load_results(&project).unwrap();
    let draws = load_opened(&project, &registry).unwrap();
    let lists = PublicLists::new(&project, &registry, &draws, &results, now.now.date()).unwrap();
    let shown = lists.shown(month("2027-01")).unwrap();
    assert_eq!((shown.list.rows.len(), shown.list.off_site()), (1, 1));
    let cells = shown.texts.rows[0].join(" ");
    assert!(cells.contains(&check.name) && cells.contains("非现场检查") && cells.contains("正面清单"), "{cells}");
    // the others of the month are still secret, and it closes no certificate
    let (_, unvisited) = lists.scan();
    assert_eq!(unvisited, draws[0].all_checks().count() - 1);
    assert!(check_all_visited(&draws[0].checks, &results, now.now.date()).is_err());
    let publication = Publication { codes: vec![check.plan_code.clone()], on: Some(day("2027-01-20")) };
    record_disclosure(&project, &publication, &now).unwrap();
    let status = compute_status(&project, day("2027-01-20")).unwrap();
    assert_eq!((status.figures.disclosed.part, status.figures.off_site.part), (1, 1));

    // February goes on where January stopped
    seal(&project, &registry, "2027-02", "2027-01-26T09:00:00", "2027-01-28T20:00:00");
    open_period(&project, "2027-02".parse().unwrap(), DICE, &at("2027-01-29T09:00:00")).unwrap();
    let february = load_opened(&project, &registry).unwrap().remove(1);
    assert!(february.off_site.iter().all(|turn| !turns.contains(&turn.check.unit_id)));
}

#[test]
fn a_month_opened_by_an_earlier_version_has_no_off_site_checks() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    fs::remove_file(project.draw_folder("2027-01".parse().unwrap(), 1).join("off_site.json")).unwrap();
    let opened = load_opened(&project, &registry).unwrap().remove(0);
    assert!(opened.off_site.is_empty() && opened.checks == checks);
}
