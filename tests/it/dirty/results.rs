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
