//! What a file hides or shows otherwise may be decided by a person, and is not asked again; what is lost may not.

use fairdraw::registry::confirmed::keys_of;
use fairdraw::registry::schema::quality;
use fairdraw::registry::{FindingKey, kinds_of};
use fairdraw::workspace::deeds::confirm::{Confirmation, confirm_findings};
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::perform::{Frames, perform_deed};
use fairdraw::workspace::store::project::Project;
use fairdraw::workspace::store::quality::load_report;

use super::super::project::{at, proved};
use super::support::*;

/// A register with an example, a hidden row, a district merged over some rows, and a name that was destroyed.
fn book(merged_to: usize) -> Vec<u8> {
    let mut table = register();
    for row in &mut table[2..merged_to] {
        row[3] = String::new();
    }
    table.push(["示例", "示例企业有限公司", "", "浦东新区", "登记管理"].map(str::to_owned).to_vec());
    let mut lost = table[1].clone();
    (lost[0], lost[1]) = ("91310115MA1K00509B001P".to_owned(), "上海锟斤拷锟斤拷有限公司".to_owned());
    table.push(lost);
    let rows = sheet_rows(&table).replace("<row r=\"4\">", "<row r=\"4\" hidden=\"1\">");
    let merged = format!("<mergeCells><mergeCell ref=\"D2:D{merged_to}\"/></mergeCells>");
    workbook(&[("名录", "", worksheet("", &rows, &merged))], &[])
}

/// Keys of the findings of a code, and how many of them are confirmed.
fn state(project: &Project, code: &str) -> (Vec<Option<FindingKey>>, usize) {
    let report = load_report(project.root()).unwrap();
    let codes = quality::CODE.of(&report).unwrap();
    let by = quality::CONFIRMED_BY.of(&report).unwrap();
    let keys = keys_of(&report).unwrap();
    let rows: Vec<usize> = (0..report.height()).filter(|row| codes.get(*row) == Some(code)).collect();
    let confirmed = rows.iter().filter(|row| by.get(**row).is_some_and(|by| !by.is_empty())).count();
    (rows.iter().map(|row| keys[*row].clone()).collect(), confirmed)
}

#[test]
fn what_a_file_hides_may_be_confirmed_and_what_is_lost_may_not() {
    let office = Office::new();
    office.file("污染源名录.xlsx", &book(3)).file("备份.rar", b"Rar!");
    let mut project = office.make().0.project;
    let decided = ["IMP-090", "IMP-093", "RAW-037", "PRJ-024"];
    for code in decided {
        let (keys, _) = state(&project, code);
        assert_eq!(keys.iter().filter(|key| key.is_some()).count(), 1, "{code} {keys:?}");
        let asked =
            Confirmation { keys: keys.into_iter().flatten().collect(), same_as: None, reason: proved("已核对") };
        assert_eq!(confirm_findings(&project, &asked, &at("2026-12-21T09:00:00")).unwrap(), 1, "{code}");
    }
    assert!(state(&project, "IMP-094").0.iter().all(Option::is_none));
    let kinds = kinds_of(&load_report(project.root()).unwrap()).unwrap();
    assert!(kinds.iter().all(|kind| kind.standing().is_none() || kind.severity != "错误"), "{kinds:?}");
    // Read again as it was: nothing is asked anew.
    let refresh = |project: &mut Project, now: &str| {
        let deed = Deed::Refresh { from: office.input(), mapping: None, looked_at: None };
        perform_deed(project, &Frames::on_disk(), deed, &at(now)).unwrap();
        *project = project.reopen().unwrap();
    };
    refresh(&mut project, "2026-12-22T09:00:00");
    for code in decided {
        assert_eq!(state(&project, code).1, 1, "{code}");
    }
    // One row more in the merged cell: this one is asked anew, the others are not.
    office.file("污染源名录.xlsx", &book(4));
    refresh(&mut project, "2026-12-23T09:00:00");
    for code in decided {
        assert_eq!(state(&project, code).1, usize::from(code != "IMP-090"), "{code}");
    }
}
