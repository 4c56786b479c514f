//! The results' file: one reader of days, the words of the public platforms.

use std::path::Path;

use fairdraw::disclosure::Outcome;
use fairdraw::workspace::deeds::results::take_results;
use fairdraw::workspace::store::results::load_results;

use super::super::project::at;
use super::super::results::january;
use super::support::{write_csv, write_xlsx};

const HEADINGS: [&str; 6] = ["计划编码", "检查日期", "完成日期", "检查结果", "处理情况", "存在问题"];

#[test]
fn days_and_words_of_a_results_file() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _, checks) = january(folder.path());
    let days = [
        ("2027.1.12-1.15", Some("2027-01-15")),
        ("2027年1月12日至1月15日", Some("2027-01-15")),
        ("2027-01-12 / 2027-01-15", Some("2027-01-15")),
        ("2027-01-12~15", Some("2027-01-15")),
        ("2027-1-12、1-15", Some("2027-01-15")),
        ("2027-01-14T16:00:00.000Z", Some("2027-01-15")),
        ("2027-01-14 23:59:17", Some("2027-01-15")),
        ("#yyyy/m/d#46401.9995", Some("2027-01-15")),
        ("46402.0", Some("2027-01-15")),
        ("2027-01-15（补）", Some("2027-01-15")),
        ("2027。1。15", Some("2027-01-15")),
        ("1月15日", None),
        ("2027-01", None),
        ("15/1/2027", None),
        ("2027-13-01", None),
        ("长期", None),
    ];
    let words = [
        ("未发现违法违规行为；", Some(Outcome::Clear)),
        ("符合", Some(Outcome::Clear)),
        ("不合格", Some(Outcome::Pending)),
        ("发现问题经责令已改正", Some(Outcome::Ordered)),
        ("未发现开展本次抽查涉及的经营活动", Some(Outcome::Stopped)),
        ("通过登记的住所（经营场所）无法联系", Some(Outcome::Gone)),
        ("已关闭停业或正在组织清算", Some(Outcome::Gone)),
        ("未按规定公示应当公示的信息", Some(Outcome::Pending)),
        ("发现问题已责令改正；立案查处", Some(Outcome::Pending)),
        ("责令限期改正", Some(Outcome::Ordered)),
        ("移送公安机关", Some(Outcome::Pending)),
        ("整改完成", Some(Outcome::Ordered)),
        ("人去楼空", Some(Outcome::Gone)),
        ("季节性停产", Some(Outcome::Stopped)),
        ("基本符合", None),
        ("√", None),
        ("1", None),
        ("停产整治", None),
        ("未发现问题，已停产", None),
    ];
    let needed = days.len() + words.len();
    let checks: Vec<_> = checks.iter().filter(|check| check.inspectors.len() == 2).take(needed).collect();
    assert_eq!(checks.len(), needed);
    let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
    for (i, check) in checks.iter().enumerate() {
        let (day, word) = match days.get(i) {
            Some((day, _)) => (*day, "未发现问题"),
            None => ("2027-01-15", words[i - days.len()].0),
        };
        let handling = if i < days.len() { "" } else { "责令改正" };
        rows.push([check.plan_code.as_str(), "2027-01-12", day, word, handling, "台账"].map(str::to_owned).to_vec());
    }
    for ending in ["csv", "xlsx"] {
        let path = folder.path().join(format!("结果.{ending}"));
        if ending == "csv" {
            write_csv(&path, &rows);
        } else {
            write_xlsx(&path, &rows);
        }
        let taken = take_results(&project, Path::new(&path), &at("2027-01-20T09:00:00")).unwrap();
        let told: String = taken.diagnostics.findings().iter().map(|finding| format!("{finding}\n")).collect();
        let results = load_results(&project).unwrap();
        for (i, check) in checks.iter().enumerate() {
            let result = results.iter().find(|result| result.plan_code == check.plan_code);
            let row = i as u64 + 2;
            let refused = taken
                .diagnostics
                .findings()
                .iter()
                .any(|f| f.row == Some(row) && matches!(f.code, "DIS-014" | "DIS-019"));
            let usable = days.get(i).map_or_else(|| words[i - days.len()].1.is_some(), |(_, day)| day.is_some());
            if !usable {
                assert!(refused && result.is_none(), "{:?}\n{told}", rows[i + 1]);
                continue;
            }
            let result = result.unwrap_or_else(|| panic!("{:?}\n{told}", rows[i + 1]));
            match days.get(i) {
                Some((text, day)) => {
                    assert_eq!(result.completed_on.map(|day| day.to_string()).as_deref(), *day, "{text}");
                }
                None => assert_eq!(Some(result.outcome), words[i - days.len()].1, "{:?}", rows[i + 1]),
            }
        }
        let moved = taken.diagnostics.findings().iter().filter(|finding| finding.code == "DIS-033").count();
        assert_eq!(moved, 8, "{told}");
    }
}

/// One day, one result, one handling for several checks, in cells merged over their rows.
#[test]
fn values_of_merged_cells_hold_for_their_checks() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _, checks) = january(folder.path());
    let checks: Vec<_> = checks.iter().filter(|check| check.inspectors.len() == 2).take(12).collect();
    // Columns merged over rows 2 to 4, 5 to 6 and 7 to 13; which of them are named.
    for (run, columns) in [vec![1], vec![2], vec![3], vec![4], vec![5], vec![1, 2, 3, 4, 5]].iter().enumerate() {
        let path = folder.path().join(format!("结果{run}.xlsx"));
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let plain = rust_xlsxwriter::Format::new();
        for (c, heading) in HEADINGS.iter().enumerate() {
            sheet.write_string(0, c as u16, *heading).unwrap();
        }
        let cells = ["2027-01-12", "2027-01-15", "发现问题已责令改正", "责令改正", "台账不全"];
        for (i, check) in checks.iter().enumerate() {
            sheet.write_string(i as u32 + 1, 0, &check.plan_code).unwrap();
            for (c, cell) in (1..).zip(cells) {
                if !columns.contains(&c) {
                    sheet.write_string(i as u32 + 1, c as u16, cell).unwrap();
                }
            }
        }
        for (from, to) in [(1, 3), (4, 5), (6, 12)] {
            for column in columns {
                sheet.merge_range(from, *column as u16, to, *column as u16, cells[*column - 1], &plain).unwrap();
            }
        }
        book.save(&path).unwrap();
        let taken = take_results(&project, &path, &at("2027-01-20T09:00:00")).unwrap();
        let told: String = taken.diagnostics.findings().iter().map(|finding| format!("{finding}\n")).collect();
        assert_eq!(taken.set_aside, 0, "{columns:?}\n{told}");
        let held: Vec<_> = taken.diagnostics.findings().iter().filter(|f| f.code == "DIS-034").collect();
        assert_eq!(held.len(), columns.len(), "{columns:?}\n{told}");
        assert!(held.iter().all(|f| f.value.as_deref() == Some("9 行")), "{told}");
        let results = load_results(&project).unwrap();
        for check in &checks {
            let result = results.iter().find(|result| result.plan_code == check.plan_code).unwrap();
            assert_eq!((result.outcome, result.handling.as_str()), (Outcome::Ordered, "责令改正"), "{columns:?}");
            assert_eq!(result.inspected_on.to_string(), "2027-01-12");
        }
    }
}

/// A word that leaves the result open is refused with why, and with what is known.
#[test]
fn what_a_word_leaves_open_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _, checks) = january(folder.path());
    let words = [
        ("√", "勾、叉"),
        ("×", "勾、叉"),
        ("1", "数字没有说明"),
        ("2.0", "数字没有说明"),
        ("无", "看不出是否查过"),
        ("—", "看不出是否查过"),
        ("基本符合", "说不清有没有问题"),
        ("基本合格", "说不清有没有问题"),
        ("停产整治", "请分清"),
        ("停产整改中", "请分清"),
    ];
    for ending in ["csv", "xlsx"] {
        let mut rows = vec![HEADINGS.map(str::to_owned).to_vec()];
        for ((word, _), check) in words.iter().zip(&checks) {
            rows.push([check.plan_code.as_str(), "2027-01-12", "2027-01-15", word, "", ""].map(str::to_owned).to_vec());
        }
        let path = folder.path().join(format!("结果.{ending}"));
        if ending == "csv" {
            write_csv(&path, &rows);
        } else {
            write_xlsx(&path, &rows);
        }
        let taken = take_results(&project, &path, &at("2027-01-20T09:00:00")).unwrap();
        assert_eq!(taken.added + taken.updated, 0);
        for (i, (word, why)) in words.iter().enumerate() {
            let finding =
                taken.diagnostics.findings().iter().find(|f| f.code == "DIS-019" && f.row == Some(i as u64 + 2));
            let finding = finding.unwrap_or_else(|| panic!("{word}"));
            assert!(finding.hint.as_deref().is_some_and(|hint| hint.contains(why)), "{finding}");
            assert!(finding.expected.as_deref().unwrap().contains("未发现问题"), "{finding}");
        }
    }
}
