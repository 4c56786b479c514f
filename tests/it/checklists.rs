//! The checklists that ship: every industry group of the decree has its list, and each cites the law of the day.

use fairdraw::checklist::{SECTIONS, check_checklists, load_checklists};
use fairdraw::domain::Category;

use super::disclosure::day;

#[test]
fn each_of_the_five_groups_has_a_list_beside_the_general_one() {
    let lists = load_checklists().unwrap();
    for (industry, name) in [
        ("2511", "原油加工及石油制品制造检查表"),
        ("2641", "涂料、油墨、颜料及类似产品制造检查表"),
        ("C2646", "涂料、油墨、颜料及类似产品制造检查表"),
        ("3110", "炼铁检查表"),
        ("3360", "金属表面处理及热处理加工检查表"),
        ("7724", "危险废物治理检查表"),
    ] {
        let list = lists.of_industry(industry).unwrap();
        assert_eq!(list.name, name);
        let (names, note) = lists.names(industry);
        assert_eq!((names, note), (vec!["通用检查表", name], "待专家审定"));
        let rows = lists.rows(industry, Some(Category::Key), day("2027-03-01"));
        let own = list.sections.iter().map(|section| section.items.len()).sum::<usize>();
        assert!(own >= 7 && rows.len() >= 25 + own, "{name}: {} rows", rows.len());
        // kinds of matters in their order, each once
        let order: Vec<usize> = rows.iter().map(|r| SECTIONS.iter().position(|s| *s == r.section).unwrap()).collect();
        assert!(order.is_sorted());
    }
    assert!(lists.of_industry("1310").is_none());
    let plain = lists.rows("1310", Some(Category::Registration), day("2027-03-01"));
    let all = lists.rows("1310", None, day("2027-03-01"));
    assert!(!plain.is_empty() && plain.len() < all.len(), "a registered source is asked less");
}

#[test]
fn the_law_of_the_day_of_the_check_is_cited() {
    let lists = load_checklists().unwrap();
    let basis = |on: &str| {
        let rows = lists.rows("7724", Some(Category::Key), day(on));
        assert!(rows.iter().all(|row| !row.basis.is_empty()), "every item has its basis on {on}");
        rows.into_iter().map(|row| row.basis).collect::<Vec<_>>().join("\n")
    };
    let (before, after) = (basis("2026-08-14"), basis("2026-08-15"));
    assert!(before.contains("《中华人民共和国环境保护法》") && !before.contains("生态环境法典"));
    assert!(after.contains("《中华人民共和国生态环境法典》") && !after.contains("《中华人民共和国环境保护法》"));
    assert!(before.contains("《排污许可管理条例》第十八条") && after.contains("《排污许可管理条例》第十八条"));
}

#[test]
fn a_faulty_list_is_told_with_its_code() {
    const SOURCES: &str =
        "(format: 1, sources: [(id: \"a\", document: \"《甲》\", valid_from: \"2020-01-01\", valid_to: None)])";
    let list = |industries: &str, section: &str, id: &str, basis: &str| {
        format!(
            "(format: 1, id: \"x\", name: \"表\", industries: [{industries}], note: \"\", sections: [(name: \"{section}\", \
             items: [(id: \"{id}\", item: \"项\", look: \"看\", manner: both, applies: [key], basis: [(\"{basis}\", \"第一条\")])])])"
        )
    };
    let good = list("", "持证与变更", "G1", "a");
    let code = |sources: &str, lists: &[&str]| {
        let named: Vec<(&str, &str)> = lists.iter().map(|text| ("x.ron", *text)).collect();
        check_checklists(("s.ron", sources), &named).err().map_or("", |error| error.code())
    };
    assert_eq!(code(SOURCES, &[&good]), "");
    assert_eq!(code(SOURCES, &[&good.replace("sections", "section")]), "CKL-001");
    assert_eq!(code(SOURCES, &[&good, &list("\"25\"", "持证与变更", "G1", "a")]), "CKL-002");
    assert_eq!(code(SOURCES, &[&good, &list("\"C25\"", "持证与变更", "G2", "a")]), "CKL-003");
    assert_eq!(code(SOURCES, &[&list("", "其他", "G1", "a")]), "CKL-004");
    assert_eq!(code(SOURCES, &[&list("", "持证与变更", "G1", "b")]), "CKL-005");
    assert_eq!(code(&SOURCES.replace("None", "Some(\"2025-12-31\")"), &[&good]), "CKL-005");
    assert_eq!(code(SOURCES, &[]), "CKL-006");
    assert_eq!(code(&SOURCES.replace("None", "Some(\"2019-12-31\")"), &[&good]), "CKL-008");
    assert_eq!(code(SOURCES, &[&good.replace("format: 1", "format: 2")]), "CKL-009");
    assert_eq!(code(SOURCES, &[&good.replace("\"看\"", "\" \"")]), "CKL-007");
}
