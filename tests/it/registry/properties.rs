//! Whatever the cells and the order of files.

use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Whatever stands in the cells: no panic, no row lost, ids unique and sorted.
    #[test]
    fn nothing_is_lost_whatever_the_cells(rows in prop::collection::vec(
        (
            prop_oneof![
                Just(UNIT_A.to_owned()), Just(UNIT_B.to_owned()), Just("A-1".to_owned()), Just("A1".to_owned()),
                Just(String::new()), "[0-9A-Z]{1,45}", "\\PC{0,8}"
            ],
            prop_oneof![Just("甲公司".to_owned()), Just(String::new()), "\\PC{0,12}"],
            prop_oneof![Just(USCC_A.to_owned()), Just(String::new()), "\\PC{0,20}"],
            prop_oneof![Just("徐汇".to_owned()), Just("310115".to_owned()), Just(String::new()), "\\PC{0,9}"],
            prop_oneof![Just("重点".to_owned()), Just("登记".to_owned()), "\\PC{0,4}"],
            prop_oneof![Just("121.7".to_owned()), Just("2024-09-10至2029-09-09".to_owned()), "\\PC{0,24}", "[-0-9./:年月日至 ]{0,24}"],
        ), 0..30)) {
        let head = vec![HEAD[0], HEAD[1], HEAD[2], HEAD[3], HEAD[4], "经度", "纬度", "有效期限", "发证日期", "经纬度"];
        let mut all = vec![head];
        for (number, name, uscc, district, management, odd) in &rows {
            let odd = odd.as_str();
            all.push(vec![number, name, uscc, district, management, odd, odd, odd, odd, odd]);
        }
        let events = [
            vec!["统一社会信用代码", "排污许可证编号", "当事人名称", "处罚决定日期", "罚款金额", "文号"],
        ].into_iter().chain(rows.iter().map(|row| vec![row.2.as_str(), row.0.as_str(), row.1.as_str(), row.5.as_str(), row.5.as_str(), row.4.as_str()])).collect::<Vec<_>>();
        let registry = check(vec![input(raw("污染源名录.csv", &all)), input(raw("行政处罚.csv", &events))]);
        let ids = texts(&registry.sources, "unit_id");
        prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        for id in ids.iter().flatten() {
            prop_assert!((1..=40).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()));
        }
        let sources = registry.summary(TableKind::Sources).map_or(0, |s| s.rows_read);
        prop_assert_eq!(sources, rows.len() as u64);
    }
}

#[test]
fn the_order_of_files_decides_nothing_but_which_duplicate_stays() {
    let again =
        || BTreeMap::from([("a", two_sources()), ("b", sources(&[["310115000099999", "丙厂", "", "浦东", "登记"]]))]);
    let forward = check(again().into_values().map(input).collect());
    let backward = check(again().into_values().rev().map(input).collect());
    let ids = |registry: &Registry| texts(&registry.sources, "unit_id");
    assert_eq!(ids(&forward), ids(&backward));
}
