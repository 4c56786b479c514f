//! Numbers that hold a person's identity number: an id of our own stands in their place wherever ids become public.

use super::*;
use fairdraw::registry::LastingIds;
use fairdraw::registry::schema::{sources, violations};

const NUMBER: &str = "310113197503021234001W";

fn tables() -> Vec<InputTable> {
    let head = vec!["排污许可证编号", "处罚决定日期", "决定书文号", "罚款金额（万元）"];
    let fine = vec![NUMBER, "2026-01-05", "沪环罚〔2026〕1号", "2"];
    vec![
        input(super::sources(&[
            [NUMBER, "张三五金店", "", "徐汇", "登记"],
            ["310113198001015678001X", "李四理发店", "", "徐汇", "登记"],
            ["A2026001", "甲公司", USCC_A, "徐汇", "重点"],
        ])),
        input(raw("行政处罚.csv", &[head, fine])),
    ]
}

#[test]
fn an_identity_number_is_no_id_and_is_still_found() {
    let registry = check(tables());
    let ids: Vec<String> =
        sources::UNIT_ID.of(&registry.sources).unwrap().iter().flatten().map(str::to_owned).collect();
    assert_eq!(ids, ["A2026001", "GT0000001", "GT0000002"], "{}", messages(&registry));
    let numbers = sources::NUMBER.of(&registry.sources).unwrap();
    assert_eq!(numbers.get(1), Some(NUMBER), "the office's own table keeps it");
    let units = violations::UNIT_ID.of(&registry.violations).unwrap();
    assert_eq!(units.get(0), Some("GT0000001"), "files go on naming it by its number");
    // the next register gives the same site the same id, and a new one the next
    let mut lasting = LastingIds::default();
    lasting.add_earlier([(NUMBER, "GT0000002")]);
    assert_eq!(lasting.get(NUMBER), Some("GT0000002"));
}
