//! The spellings met, and what is refused.

use super::*;
use chrono::NaiveDate;

fn iso(text: &str) -> String {
    match parse_date(text) {
        Ok(Some(DateTime { day, minute: None, .. })) => render_day(day),
        Ok(Some(DateTime { day, minute: Some(m), .. })) => format!("{} {:02}:{:02}", render_day(day), m / 60, m % 60),
        Ok(None) => "none".to_owned(),
        Err(fault) => format!("{fault:?}"),
    }
}

#[test]
fn every_spelling_of_a_date() {
    for text in [
        "2026-03-01",
        "2026-3-1",
        "2026/03/01",
        "2026/3/1",
        "2026.3.1",
        "2026.03.01",
        "2026年3月1日",
        "2026年03月01日",
        "2026年3月1号",
        "20260301",
        "２０２６年３月１日",
        "２０２６－０３－０１",
        " 2026-03-01 ",
        "46082",
        "二〇二六年三月一日",
        "2026 年 3 月 1 日",
    ] {
        assert_eq!(iso(text), "2026-03-01", "{text}");
    }
    assert_eq!(iso("二○二五年十二月三十一日"), "2025-12-31");
    assert_eq!(iso("二〇二五年十月二十日"), "2025-10-20");
    for text in [
        "2026-03-01 12:30:00",
        "2026-03-01T12:30:00+08:00",
        "2026/3/1 12:30",
        "2026年3月1日12时30分",
        "46082.52083333333",
        "20260301123000",
        "202603011230",
        "2026-03-01 12:30:00.000",
    ] {
        assert_eq!(iso(text), "2026-03-01 12:30", "{text}");
    }
    for text in ["", "/", "—", "无", "长期", "9999-12-31", "NULL"] {
        assert_eq!(iso(text), "none", "{text}");
    }
}

#[test]
fn what_is_refused_and_why() {
    for (text, fault) in [
        ("26年3月1日", DateFault::ShortYear),
        ("6年3月1日", DateFault::ShortYear),
        ("1/3/2026", DateFault::ShortYear),
        ("2026年3月", DateFault::Incomplete),
        ("2026", DateFault::Incomplete),
        ("202603", DateFault::Incomplete),
        ("2026-02-30", DateFault::Impossible),
        ("2026年13月1日", DateFault::Impossible),
        ("20260230", DateFault::Impossible),
        ("1026-03-01", DateFault::Impossible),
        ("12345", DateFault::Impossible),
        ("三月一日", DateFault::NoYear),
        ("3月10日", DateFault::NoYear),
        ("1900-01-01", DateFault::Placeholder),
        ("1970-01-01", DateFault::Placeholder),
        ("10/3/2027", DateFault::ShortYear),
        ("2027-03-10（作废）", DateFault::Form),
        ("01-Mar-24", DateFault::ShortYear),
        ("2024-03-01 12:30 明天", DateFault::Form),
        ("1709222400", DateFault::Form),
        ("去年", DateFault::Form),
        ("2026-03-01至2027-03-01", DateFault::Form),
    ] {
        assert_eq!(parse_date(text), Err(fault), "{text}");
    }
}

#[test]
fn a_typed_serial_is_a_slip_a_serial_in_a_cell_a_day() {
    let day = NaiveDate::from_ymd_opt(2026, 3, 1);
    for text in ["2026-03-01", "２０２６年３月１日", "20260301", "2026.3.1 "] {
        assert_eq!(parse_day(text, Accept::Typed), Ok(day), "{text}");
        assert_eq!(parse_day(text, Accept::Cell), Ok(day), "{text}");
    }
    assert_eq!(parse_day("46082", Accept::Cell), Ok(day));
    assert_eq!(parse_day("46082", Accept::Typed), Err(DateFault::Form));
    assert_eq!(parse_day("46082.5", Accept::Typed), Err(DateFault::Form));
    assert_eq!(parse_day(" ", Accept::Typed), Ok(None));
}

#[test]
fn ranges() {
    for text in [
        "2024-09-10至2029-09-09",
        "2024-09-10 至 2029-09-09",
        "2024年9月10日至2029年9月9日",
        "2024.9.10-2029.9.9",
        "2024-09-10~2029-09-09",
        "2024-09-10—2029-09-09",
        "2024-09-10 - 2029-09-09",
        "2024-09-10--2029-09-09",
        "自2024-09-10起至2029-09-09止",
        "2024/09/10-2029/09/09",
        "2024-09-10到2029-09-09",
        "20240910-20290909",
        "2024-09-10-2029-09-09",
        "2024-09-10～2029-09-09",
        "2024-09-10/2029-09-09",
    ] {
        let range = parse_range(text).unwrap().map(|(a, b)| (a.map(render_day), b.map(render_day)));
        assert_eq!(range, Some((Some("2024-09-10".into()), Some("2029-09-09".into()))), "{text}");
    }
    assert_eq!(parse_range("至2029-09-09").unwrap().unwrap().0, None);
    assert!(parse_range("五年").is_err());
    assert_eq!(
        parse_ranges("2027-03-01至2027-03-05；2027-04-01").unwrap().unwrap(),
        "2027-03-01/2027-03-05;2027-04-01/2027-04-01"
    );
    assert!(parse_ranges("2027-03-05至2027-03-01").is_err());
}

#[test]
fn months() {
    for text in
        ["2027-03", "2027-3", "2027年3月", "2027年3月份", "202703", "2027/3", "2027.03", "2027-03-01", "２０２７年３月"]
    {
        assert_eq!(parse_month(text), Some((2027, 3)), "{text}");
    }
    for text in ["3月", "2027-13", "27-3", ""] {
        assert_eq!(parse_month(text), None, "{text}");
    }
}

#[test]
fn a_zone_leads_to_beijing_and_what_is_short_of_midnight_is_that_midnight() {
    for text in [
        "2024-02-29 23:59:17",
        "2024-02-29T16:00:00.000Z",
        "2024-02-29T16:00:00Z",
        "2024-02-29 16:00:00+00:00",
        "2024-02-29 16:00:00 UTC",
        "Thu, 29 Feb 2024 16:00:00 GMT",
        "2024-02-29T11:00:00-0500",
        "20240229T160000Z",
        "1709222400000",
        "45351.99950231481",
        "2024/2/29 23:58:30",
    ] {
        let date = parse_date(text).unwrap().unwrap();
        assert_eq!(render_day(date.day), "2024-03-01", "{text}");
        assert_eq!(date.shift.is_some(), true, "{text}");
    }
    for text in [
        "2024-03-01T00:00:00+08:00",
        "Fri Mar 01 2024 00:00:00 GMT+0800 (中国标准时间)",
        "Fri Mar 01 00:00:00 CST 2024",
        "2024-03-01T00:00:00.000+00:00",
        "2024-03-01 00:00:43",
        "2024-03-01 23:59:59",
        "2024-03-01 23:59",
        "2024-03-01 24:00",
        "2024-03-01（周五）",
        "2024年3月1日 星期五",
        "March 1, 2024",
        "1-Mar-2024",
        "20240301.0",
        "2024.3.1.",
        "2024。3。1",
        "2024-03-01（补）",
        "2024/3/1 下午 3:00",
        "2024-03-01T00:00:00.0000000",
        "2024-03-01T00:00+08:00[Asia/Shanghai]",
        "2024/3/1 3:00:00 PM",
    ] {
        let date = parse_date(text).unwrap_or_else(|why| panic!("{text}: {why:?}")).unwrap();
        assert_eq!((render_day(date.day).as_str(), date.shift), ("2024-03-01", None), "{text}");
    }
    let time = |text: &str| parse_time(text).unwrap().map(|date| (render_day(date.day), date.minute)).unwrap();
    assert_eq!(time("2024-02-29 23:59:17"), ("2024-03-01".to_owned(), Some(0)));
    assert_eq!(time("2024-02-29 12:59:17"), ("2024-02-29".to_owned(), Some(13 * 60)));
    assert_eq!(time("2024-02-29 23:58:30"), ("2024-02-29".to_owned(), Some(23 * 60 + 58)));
    assert_eq!(time("2024-02-29 05:00:00Z"), ("2024-02-29".to_owned(), Some(13 * 60)));
}

#[test]
fn the_second_end_may_leave_out_what_it_shares() {
    for text in [
        "2027-03-01至03-05",
        "2027年3月1日至5日",
        "2027.3.1-3.5",
        "2027-03-01 至 2027-03-05（年假）",
        "产假：2027-03-01至2027-03-05",
        "2027-03-01~05",
        "2027/3/1-3/5",
        "2027年3月1日—3月5日",
        "2027-03-01 / 2027-03-05",
        "自2027年3月1日起至3月5日止",
    ] {
        assert_eq!(parse_ranges(text).unwrap().unwrap(), "2027-03-01/2027-03-05", "{text}");
    }
    assert_eq!(
        parse_ranges("2027-03-01、03-05；4.1至4.3").unwrap().unwrap(),
        "2027-03-01/2027-03-01;2027-03-05/2027-03-05;2027-04-01/2027-04-03"
    );
    for text in [
        "3月1日-3月5日",
        "2027-12-30至01-03",
        "2027-03-01起",
        "2027-03-05至2027-03-01",
        "2027-02-28至30",
        "年假",
        "2027-03-01至长期",
    ] {
        assert!(parse_ranges(text).is_err(), "{text}");
    }
    let span = |text: &str| parse_span(text).unwrap().map(|(from, to)| (render_day(from), render_day(to))).unwrap();
    for text in ["2027.3.5-3.8", "2027年3月5日至3月8日", "2027-03-05 / 2027-03-08", "2027-03-05~08", "2027-3-5、3-8"]
    {
        assert_eq!(span(text), ("2027-03-05".to_owned(), "2027-03-08".to_owned()), "{text}");
    }
}

#[test]
fn a_month_as_a_decimal_number_may_be_two() {
    assert_eq!(read_month("2027.1"), Some(Month::FirstOrTenth(2027)));
    assert_eq!(parse_month("2027.1"), None);
    for (text, month) in
        [("2027.10", 10), ("2027.01", 1), ("2027.2", 2), ("2027.1月", 1), ("202710.0", 10), ("2027年10月", 10)]
    {
        assert_eq!(read_month(text), Some(Month::Of(2027, month)), "{text}");
    }
}
