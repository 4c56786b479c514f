//! Files that other commands than `new` read: results, the back-test, sealed files; and maps.

use std::collections::BTreeMap;
use std::fs;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::disclosure::Outcome;
use fairdraw::district::{DistrictOptions, load_districts};
use fairdraw::workspace::deeds::results::take_results;
use fairdraw::workspace::store::results::load_results;

use super::super::super::command_line::{fairdraw, text, words};
use super::super::super::project::at;
use super::super::super::results::january;
use super::super::support::write_csv;
use super::path;

/// The rows of `22-results`, each for a check of this project; by what stands in a column, what came of the row.
#[test]
fn days_and_words_of_the_public_platforms_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _, checks) = january(folder.path());
    let checks: Vec<_> = checks.iter().filter(|check| check.inspectors.len() == 2).collect();
    let mut taken_rows = 0;
    let mut outcomes: BTreeMap<String, Option<Outcome>> = BTreeMap::new();
    let mut days: BTreeMap<String, Option<String>> = BTreeMap::new();
    for name in ["检查结果_词.csv", "检查结果_日期.csv"] {
        let mut reader = csv::Reader::from_path(path("dirty/22-results/input").join(name)).unwrap();
        let mut rows = vec![
            reader.headers().unwrap().iter().map(|h| h.trim_start_matches('\u{feff}').to_owned()).collect::<Vec<_>>(),
        ];
        for record in reader.records() {
            let mut row: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
            let check = checks[taken_rows];
            taken_rows += 1;
            (row[0], row[1]) = (check.plan_code.clone(), check.unit_id.to_string());
            rows.push(row);
        }
        let file = folder.path().join(name);
        write_csv(&file, &rows);
        take_results(&project, &file, &at("2027-03-20T09:00:00")).unwrap();
        let results = load_results(&project).unwrap();
        for row in rows.iter().skip(1) {
            let result = results.iter().find(|result| result.plan_code == row[0]);
            if name == "检查结果_词.csv" {
                outcomes.insert(row[4].clone(), result.map(|result| result.outcome));
            } else {
                days.insert(row[3].clone(), result.and_then(|r| r.completed_on.map(|day| day.to_string())));
            }
        }
    }
    let unread: Vec<&str> = outcomes.iter().filter(|(_, o)| o.is_none()).map(|(word, _)| word.as_str()).collect();
    assert_eq!(unread, ["1", "—", "√", "停产整治", "基本符合", "无"]);
    for (word, outcome) in [
        ("未发现问题", Outcome::Clear),
        ("合格", Outcome::Clear),
        ("不合格", Outcome::Pending),
        ("发现问题经责令已改正", Outcome::Ordered),
        ("未发现开展本次抽查涉及的经营活动", Outcome::Stopped),
        ("通过登记的住所（经营场所）无法联系", Outcome::Gone),
        ("未按规定公示应当公示的信息", Outcome::Pending),
        ("正在整改", Outcome::Ordered),
        ("已拆除", Outcome::Gone),
    ] {
        assert_eq!(outcomes[word], Some(outcome), "{word}");
    }
    let refused: Vec<&str> = days.iter().filter(|(_, day)| day.is_none()).map(|(text, _)| text.as_str()).collect();
    assert_eq!(refused, ["03/10/2027", "10/3/2027", "2027-03", "2027-13-01", "3月10日"]);
    for (written, day) in [
        ("2027.3.5-3.8", "2027-03-08"),
        ("2027年3月5日至3月8日", "2027-03-08"),
        ("2027-03-09T16:00:00.000Z", "2027-03-10"),
        ("2027-03-09 23:59:17", "2027-03-10"),
        ("二〇二七年三月五日", "2027-03-05"),
        ("46451.0", "2027-03-05"),
        ("20270310", "2027-03-10"),
    ] {
        assert_eq!(days[written].as_deref(), Some(day), "{written}");
    }
}

/// The order by time of every spelling, by command: M/D/Y, single digits, serial days, numbers, other headings.
#[test]
fn the_back_test_reads_its_times_or_refuses_them() {
    // The report on a file lies beside it.
    let folder = tempfile::tempdir().unwrap();
    let first = |name: &str, columns: [&str; 3]| {
        let file = folder.path().join(name);
        fs::copy(path("dirty/47-backtest/input").join(name), &file).unwrap();
        let [score, outcome, time] = columns;
        let told = fairdraw(&[
            "backtest",
            text(&file),
            "--score",
            score,
            "--outcome",
            outcome,
            "--time",
            time,
            "--budget",
            "20",
        ]);
        let said = words(&told);
        let line = said.lines().find_map(|line| line.strip_prefix("按业务次序（时间在前）：")).map(str::to_owned);
        (told.status.code(), line, said)
    };
    let columns = ["score", "crit", "date"];
    // What each finds among the first twenty by time.
    for (name, found) in [
        ("a_base.csv", "3"),
        ("d_TRUE.csv", "3"),
        ("f_shifou.csv", "3"),
        ("g_mdy.csv", "3"),
        ("l_bom.csv", "3"),
        ("m_percent.csv", "3"),
        ("o_counts.csv", "9"),
        ("p_iso.csv", "12"),
        ("q_mdy.csv", "12"),
        ("q2_mdy_two_years.csv", "12"),
        ("r_unpadded.csv", "12"),
        ("s_slash.csv", "12"),
        ("t_cjk.csv", "12"),
        ("u_serial.csv", "12"),
        ("v_dmy.csv", "12"),
        ("w_seq.csv", "12"),
        ("x_dots.csv", "12"),
        ("y_time.csv", "12"),
    ] {
        let (code, line, said) = first(name, columns);
        assert_eq!((code, line.as_deref()), (Some(0), Some(found)), "{name}: {said}");
    }
    let (code, line, said) = first("k_gbk.csv", ["评分", "问题", "时间"]);
    assert_eq!((code, line.as_deref()), (Some(0), Some("3")), "{said}");
    for (name, words) in [
        ("b_scoreNA.csv", "BCK-005"),
        ("c_outcomeNA.csv", "BCK-005"),
        ("e_pass.csv", "BCK-005"),
        ("i_negative.csv", "BCK-001"),
        ("n_datemissing.csv", "1900-01-01"),
    ] {
        let (code, line, said) = first(name, columns);
        assert!(code == Some(2) && line.is_none() && said.contains(words), "{name}: {said}");
    }
}

/// Maps in metres of every kind lie in their city.
#[test]
fn maps_in_metres_lie_in_their_city() {
    for name in [
        "a-zone40-prefix",
        "b-cm120",
        "c-noprj-cm120",
        "d-noprj-zone40",
        "e-zone-mismatch",
        "f-cm123",
        "g-xian80",
        "h-bj54",
        "i-axis-swapped",
        "j-shanghai-local",
    ] {
        let path = path("dirty/10-gauss-kruger/input").join(name).join("区县.shp");
        let set =
            load_districts(&path, &DistrictOptions::default(), &mut Diagnostics::new(), &Progress::none()).unwrap();
        let bounds = set.bounds().unwrap();
        assert!(bounds.west > 120.5 && bounds.east < 122.6 && bounds.south > 30.4 && bounds.north < 32.0, "{name}");
    }
}
