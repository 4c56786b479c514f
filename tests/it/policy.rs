//! Policies: presets, canonical bytes, messages with their places, migration, dated articles.

mod command;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use fairdraw::diagnostic::{Diagnostics, Finding, Severity};
use fairdraw::domain::{BodyId, DistrictCode};
use fairdraw::policy::{
    BodyLevel, Confidence, FloorOverride, POLICY_FORMAT, Policy, StratumMerge, check_policy, check_policy_text,
    derive_bodies, load_policy, load_preset, migrate_policy, parse_policy, presets, write_policy,
};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn preset_text(id: &str) -> &'static str {
    presets().iter().find(|(known, _, _)| *known == id).unwrap().2
}

#[test]
fn presets_load_without_findings_and_round_trip() {
    assert_eq!(presets().len(), 3);
    for (id, name, text) in presets() {
        let policy = load_policy(text, id).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(policy.id, *id);
        assert!(!name.is_empty());
        let findings = check_policy_text(&policy, text, id);
        assert!(findings.is_empty(), "{id}: {:?}", findings.findings());
        let bytes = write_policy(&policy).unwrap();
        let written = std::str::from_utf8(&bytes).unwrap();
        assert!(!written.contains('\r') && written.ends_with(")\n"));
        let again = load_policy(written, "policy.ron").unwrap_or_else(|e| panic!("{e}\n{written}"));
        assert_eq!(again, policy);
        assert_eq!(write_policy(&again).unwrap(), bytes);
        // What is not confirmed is said, in the note and item by item.
        assert!(policy.note.contains("待本单位确认"));
        assert!(policy.unconfirmed(day("2027-01-01")).iter().any(|item| item.path == "cap"));
    }
    assert_eq!(load_preset("nowhere").unwrap_err().code(), "POL-008");
}

#[test]
fn shanghai_has_its_bodies_strata_and_grades() {
    let policy = load_preset("shanghai-154").unwrap();
    assert_eq!(policy.bodies.len(), 20);
    assert_eq!(policy.bodies.iter().filter(|b| b.district.is_some()).count(), 16);
    let pudong = policy.body_of_district(DistrictCode(310_115)).unwrap();
    assert_eq!((pudong.id.as_str(), pudong.name.as_str()), ("310115", "浦东新区综合执法局"));
    assert_eq!(policy.body(&BodyId::new("sh_brigade").unwrap()).unwrap().level, BodyLevel::City);
    for id in ["lingang", "bonded_zone", "chem_park"] {
        assert!(policy.body(&BodyId::new(id).unwrap()).is_some());
    }
    let strata: Vec<&str> = policy.categories.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(strata, ["key", "general", "simple"]);
    let grades: Vec<&str> = policy.credit.grades.iter().map(|g| g.name.as_str()).collect();
    assert_eq!(grades, ["很好", "好", "一般", "差", "很差"]);
    for (spelling, index) in [("A", 0), ("E", 4), ("绿", 0), ("红", 4), ("D", 3)] {
        assert!(policy.credit.grades[index].aliases.iter().any(|alias| alias == spelling), "{spelling}");
    }
    assert_eq!(
        (policy.cap.visits, policy.cap.confirmed, policy.window.days, policy.window.months()),
        (2, false, 60, 2)
    );
    // Nobody's floor is above the cap: the decree preset can be met.
    for category in &policy.categories {
        for floor in [&category.floor_city, &category.floor_county] {
            assert!(floor.yearly_milli().max(floor.per_inspector_max.0) <= i64::from(policy.cap.visits) * 1000);
        }
    }
    assert!(policy.special.yearly_milli() <= i64::from(policy.cap.visits) * 1000);
    // The decree's ratio: every key site of a district once a year.
    assert_eq!(policy.categories[0].floor_county.yearly_milli(), 1000);
}

#[test]
fn the_citation_follows_the_date_of_the_check() {
    let policy = load_preset("shanghai-154").unwrap();
    let cited = |date: &str| policy.article_on("onsite", day(date)).unwrap().document.clone();
    assert_eq!(cited("2026-08-14"), "《中华人民共和国环境保护法》");
    assert_eq!(cited("2026-08-15"), "《中华人民共和国生态环境法典》");
    assert!(policy.article_on("onsite", day("2014-12-31")).is_none());
    assert!(policy.article_on("nothing", day("2026-08-15")).is_none());
    // The credit regulation ends with 2029.
    assert!(policy.article_on("sh_credit", day("2030-01-01")).is_none());
    let basis = vec!["d154_13".to_owned(), "onsite".to_owned()];
    assert_eq!(
        policy.cite(&basis, day("2027-03-01")),
        "沪环执法〔2023〕154号第13项；《中华人民共和国生态环境法典》第五十一条"
    );
    assert_eq!(policy.confidence_of(&basis, day("2027-03-01")), Confidence::Read);
    let basis = vec!["d154_13".to_owned(), "office".to_owned()];
    assert_eq!(policy.confidence_of(&basis, day("2027-03-01")), Confidence::Unconfirmed);
    assert_eq!(policy.confidence_of(&[], day("2027-03-01")), Confidence::Unconfirmed);
}

/// The text with one piece replaced, and the line on which that piece stands.
fn edited(text: &str, from: &str, to: &str) -> (String, u64) {
    assert_eq!(text.matches(from).count(), 1, "「{from}」 stands {} times", text.matches(from).count());
    let at = text.find(from).unwrap();
    let line = text[..at].matches('\n').count() as u64 + 1;
    (text.replacen(from, to, 1), line)
}

fn findings_of(text: &str) -> Diagnostics {
    let policy = parse_policy(text, "policy.ron").unwrap_or_else(|e| panic!("{e}"));
    check_policy_text(&policy, text, "policy.ron")
}

/// Each row: code, piece of the Shanghai preset, its replacement. One fault, one finding of the code, on its line.
const FAULTS: &[(&str, &str, &str)] = &[
    ("POL-010", r#"id: "shanghai-154""#, r#"id: "上海""#),
    ("POL-010", r#"id: "sampling""#, r#"id: "Sampling""#),
    ("POL-010", r#"reason: "recheck""#, r#"reason: "recheck2""#),
    ("POL-010", r#"id: "d154_5""#, r#"id: "d154.5""#),
    ("POL-011", r#"agency: "310000""#, r#"agency: "31-0000""#),
    ("POL-012", r#"agency_name: "上海市生态环境局""#, r#"agency_name: " ""#),
    ("POL-012", r#"name: "简易监管对象""#, r#"name: """#),
    ("POL-013", r#"(id: "310104", name"#, r#"(id: "310101", name"#),
    ("POL-013", r#"id: "chemical""#, r#"id: "plating""#),
    ("POL-013", r#"("2642", "油墨"#, r#"("2641", "油墨"#),
    ("POL-014", r#""化工区管委会""#, r#""化工区""#),
    ("POL-014", r#""环保良好企业""#, r#""A""#),
    ("POL-014", r#""现场采样""#, r#""危废""#),
    (
        "POL-015",
        r#"window: (days: 60, basis: ["gb54", "office"])"#,
        r#"window: (days: 60, basis: ["gb54", "nowhere"])"#,
    ),
    (
        "POL-016",
        r#"pacing: (cumulative: (0.35, 0.7, 1), basis: ["pace"])"#,
        "pacing: (cumulative: (0.35, 0.7, 1), basis: [])",
    ),
    ("POL-017", r#"industries: ["264"]"#, r#"industries: ["26A"]"#),
    ("POL-018", "district: 310104", "district: 31010"),
    ("POL-019", "district: 310104", "district: 310101"),
    ("POL-020", r#"valid_to: "2029-12-31""#, r#"valid_to: "2024-12-31""#),
    ("POL-021", r#"valid_from: "2018-01-01", valid_to: "2024-12-31""#, r#"valid_from: "2018-01-01", valid_to: None"#),
    ("POL-022", r#"text: "按信用差异化监管；正面清单减少现场检查。""#, r#"text: """#),
    ("POL-031", "any_of: [],", "any_of: [(key_unit: true)],"),
    ("POL-032", r#"any_of: [(supervision: ["general"]), (management: [simplified])],"#, "any_of: [],"),
    ("POL-033", r#"any_of: [(supervision: ["general"])"#, r#"any_of: [(supervision: ["normal"])"#),
    ("POL-034", r#"any_of: [(supervision: ["general"])"#, "any_of: [()"),
    (
        "POL-034",
        "(key_unit: true), (management: [key])]",
        r#"(key_unit: true, supervision: ["key"]), (management: [key])]"#,
    ),
    ("POL-035", "factor: 0.45,", "factor: 0,"),
    ("POL-036", "quarter_ratio: (0.25, 0.25, 0.25, 0.25)", "quarter_ratio: (0.25, 0.25, 0.25, 1.25)"),
    ("POL-037", "per_inspector: 2, per_inspector_max: 1,", "per_inspector: -2, per_inspector_max: 1,"),
    ("POL-038", "cost: (team_days: 0.6,", "cost: (team_days: 0,"),
    ("POL-038", "budget_wan: 0.06", "budget_wan: -1"),
    ("POL-039", "quarter_ratio: (0.4, 0.4, 0.4, 0.4)", "quarter_ratio: (1, 1, 0.4, 0.4)"),
    ("POL-051", "poor_from: 3", "poor_from: 5"),
    ("POL-061", "cap: 12, basis", "cap: 0, basis"),
    ("POL-062", "rule: KeyUnit(4)", "rule: KeyUnit(-4)"),
    ("POL-063", "Management({key: 15, simplified: 8, registration: 2})", "Management({key: 15, simplified: 8})"),
    ("POL-064", "points: [0, 2, 6, 14, 20]", "points: [0, 2, 6, 14]"),
    ("POL-065", "points: [0, 2, 6, 14, 20]", "points: [0, 2, 6, 14, 13]"),
    ("POL-065", "EnvRisk(major: 15, larger: 8", "EnvRisk(major: 7, larger: 8"),
    ("POL-066", "(months: 60, share: 0.1)", "(months: 36, share: 0.1)"),
    ("POL-066", "(months: 60, share: 0.1)", "(months: 60, share: 0.3)"),
    ("POL-066", "(months: 60, share: 0.1)", "(months: 600, share: 0.1)"),
    ("POL-067", "minor: 0.5", "minor: 1.5"),
    (
        "POL-068",
        r#"codes: ["2511", "2641", "2642", "2643", "2644", "2645", "2646", "3110", "3360", "7724"]"#,
        "codes: []",
    ),
    ("POL-071", "min_score: 32", "min_score: 50"),
    ("POL-072", "min_score: 0", "min_score: 1"),
    ("POL-073", "base_frequency: 0.8", "base_frequency: 0"),
    ("POL-074", "base_frequency: 0.8", "base_frequency: 1.5"),
    ("POL-075", "max_ratio: 10", "max_ratio: 0.5"),
    ("POL-076", "base_frequency: 2,", "base_frequency: 2.1,"),
    ("POL-080", "high_risk: 1.2", "high_risk: 0.9"),
    ("POL-081", "months: 12,\n    min_complaints", "months: 0,\n    min_complaints"),
    ("POL-082", "min_complaints: 2", "min_complaints: 0"),
    ("POL-085", "lowest_grades: 2", "lowest_grades: 5"),
    ("POL-086", "case_months: 12", "case_months: 121"),
    ("POL-090", "visits: 2", "visits: 0"),
    (
        "POL-091",
        r#"rule_set: "国办发〔2024〕54号：日常检查与必查计入，触发式检查与其他部门检查不计（口径待本单位确认）""#,
        r#"rule_set: """#,
    ),
    ("POL-093", "window: (days: 60", "window: (days: 400"),
    ("POL-094", "window: (days: 60", "window: (days: 360"),
    ("POL-095", "(0.35, 0.7, 1)", "(0.35, 0.3, 1)"),
    ("POL-096", "(0.35, 0.7, 1)", "(0.35, 0.7, 0.9)"),
    ("POL-100", "off_site_share: 0.5", "off_site_share: 1.5"),
    ("POL-105", "trigger: FirstPermit, within_months: 6", "trigger: FirstPermit, within_months: 0"),
    (
        "POL-106",
        "trigger: FirstPermit, within_months: 6, catch_up_months: 6, management: [key]",
        "trigger: FirstPermit, within_months: 6, catch_up_months: 6, management: []",
    ),
    (
        "POL-108",
        "trigger: RectificationDue, within_months: 2, from_months: 1",
        "trigger: RectificationDue, within_months: 2, from_months: 3",
    ),
    (
        "POL-109",
        "trigger: FirstPermit, within_months: 6, catch_up_months: 6",
        "trigger: FirstPermit, within_months: 6, catch_up_months: 13",
    ),
    ("POL-107", "trigger: FirstPermit", "trigger: Expiring(0)"),
    ("POL-110", "inspectors_per_check: 2", "inspectors_per_check: 1"),
    ("POL-111", "default_days_per_month: 6", "default_days_per_month: 32"),
    ("POL-112", "triggered_reserve: 0.2", "triggered_reserve: 1"),
    ("POL-113", "checks_max_per_month: 12", "checks_max_per_month: 0"),
    ("POL-115", r#"names: ["采样", "现场采样"]"#, "names: []"),
    (
        "POL-120",
        "periods: [],",
        r#"periods: [(name: "x", from: "2027-05-02", to: "2027-05-01", factor: 1, basis: ["office"])],"#,
    ),
    (
        "POL-121",
        "periods: [],",
        r#"periods: [(name: "x", from: "2027-05-01", to: "2027-05-02", factor: -1, basis: ["office"])],"#,
    ),
    (
        "POL-122",
        "periods: [],",
        r#"periods: [(name: "x", from: "2027-05-01", to: "2027-05-02", factor: 1, bodies: ["nobody"], basis: ["office"])],"#,
    ),
    (
        "POL-123",
        "periods: [],",
        r#"periods: [(name: "x", from: "2027-05-01", to: "2028-06-02", factor: 1, basis: ["office"])],"#,
    ),
    ("POL-130", "reserve_share: 0.2", "reserve_share: -1"),
    ("POL-131", "reserve_share: 0.2", "reserve_share: 0.1"),
    ("POL-132", "dead_rate: 0.15", "dead_rate: 1"),
    ("POL-135", "working_days: 20", "working_days: 0"),
    ("POL-136", "working_days: 20", "working_days: 30"),
    ("POL-147", "plan_by: (3, 31)", "plan_by: (3, 31), certificate_days: 400"),
    ("POL-137", "plan_by: (3, 31)", "plan_by: (2, 30)"),
    ("POL-138", "plan_by: (3, 31)", "plan_by: (4, 30)"),
    ("POL-146", "merges: [],", r#"merges: [], anchors: (roots: ["ab"]),"#),
    (
        "POL-145",
        "merges: [],",
        r#"merges: [], decisions: [(part: "tiers.Z", confirmed: true, basis: "纪要", by: "张三", on: "2026-12-01", value: "")],"#,
    ),
    ("POL-139", r#"manners: ["现场检查", "非现场检查", "联合检查"]"#, "manners: []"),
    ("POL-040", "merges: [],", r#"merges: [(body: "nobody", from: "simple", into: "general")],"#),
    ("POL-041", "merges: [],", r#"merges: [(body: "chem_park", from: "simple", into: "other")],"#),
    ("POL-042", "merges: [],", r#"merges: [(body: "chem_park", from: "simple", into: "simple")],"#),
    (
        "POL-043",
        "floor_overrides: [],",
        r#"floor_overrides: [(body: "chem_park", category: "key", floor: (quarter_ratio: (0, 0, 0, 0), per_inspector: 0, basis: ["office"]), note: "")],"#,
    ),
];

#[test]
fn a_policy_without_terms_of_mandatory_checks_loads() {
    let text = preset_text("shanghai-154");
    let old: String = text.replace(", from_months: 1", "");
    let old = [2, 3, 6].iter().fold(old, |text, n| text.replace(&format!(", catch_up_months: {n}"), ""));
    assert!(!old.contains("catch_up_months:") && !old.contains("from_months:"), "the fields are taken out");
    let policy = load_policy(&old, "旧规则.ron").unwrap();
    for rule in &policy.mandatory {
        assert_eq!((rule.from_months, rule.catch_up()), (0, rule.within_months), "{}", rule.name);
    }
    // The terms stand among what the office has to confirm, with the article that says so.
    let date = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    let open = policy.unconfirmed(date);
    assert!(open.iter().any(|u| u.name.contains("首次申领质量检查") && u.articles.contains(&"term".to_owned())));
}

#[test]
fn every_code_is_met_on_its_line() {
    let base = preset_text("shanghai-154");
    let mut wrong = Vec::new();
    for (code, from, to) in FAULTS {
        let (text, line) = edited(base, from, to);
        let findings = findings_of(&text);
        let of_code: Vec<&Finding> = findings.findings().iter().filter(|f| f.code == *code).collect();
        if of_code.len() != 1 || of_code[0].row != Some(line) {
            wrong.push(format!("{code} on {line}, {to}: {:?}", findings.findings()));
            continue;
        }
        assert_eq!(of_code[0].file.as_deref(), Some("policy.ron"));
        assert!(of_code[0].column.is_some() && of_code[0].expected.is_some() && of_code[0].hint.is_some(), "{code}");
        if of_code[0].severity == Severity::Error {
            assert!(load_policy(&text, "policy.ron").is_err());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn lists_that_are_empty() {
    let mut policy = load_preset("generic").unwrap();
    policy.format = 7;
    policy.categories.clear();
    policy.credit.grades.truncate(1);
    policy.factors.clear();
    policy.tiers.clear();
    if let Some(decay) = policy.mandatory.first_mut() {
        decay.management.clear();
    }
    let findings = check_policy(&policy);
    for code in ["POL-009", "POL-030", "POL-050", "POL-060", "POL-070", "POL-106"] {
        assert_eq!(findings.count_code(code), 1, "{code}");
    }
    // Without a text there is no line to tell, but the field is named.
    let tiers = findings.findings().iter().find(|f| f.code == "POL-070").unwrap();
    assert!(tiers.row.is_none() && tiers.what.contains("tiers"));
}

#[test]
fn no_code_of_the_checks_is_left_untried() {
    let mut tried: BTreeSet<&str> = FAULTS.iter().map(|(code, _, _)| *code).collect();
    tried.extend(["POL-009", "POL-030", "POL-050", "POL-060", "POL-070"]);
    let sources = [
        include_str!("../../src/policy/check/mod.rs"),
        include_str!("../../src/policy/check/book.rs"),
        include_str!("../../src/policy/check/score.rs"),
        include_str!("../../src/policy/check/frequency.rs"),
        include_str!("../../src/policy/check/staff.rs"),
    ];
    for text in sources {
        for (at, _) in text.match_indices("\"POL-") {
            let code = &text[at + 1..at + 8];
            assert!(tried.contains(code), "{code} is in no test");
        }
    }
}

#[test]
fn parser_messages_are_chinese_and_placed() {
    let base = preset_text("shanghai-154");
    let cases = [
        ("POL-001", "poor_from: 3,", "poor_from 3,"),
        ("POL-001", "max_ratio: 10,", "max_ratio: ,"),
        ("POL-002", "max_ratio: 10,", "max_ration: 10,"),
        ("POL-002", "major: 15", "mayor: 15"),
        ("POL-003", "  agency: \"310000\",\n", ""),
        ("POL-004", "trigger: FirstPermit", "trigger: FirstPermitt"),
        ("POL-004", "off_site_share: 0.5", "off_site_share: 0.3333"),
        ("POL-004", "visits: 2", "visits: 2, visits: 2"),
        ("POL-004", "id: \"sh_brigade\"", "id: \"Sh-Brigade\""),
        ("POL-004", "valid_to: \"2029-12-31\"", "valid_to: \"2029-13-31\""),
        ("POL-005", "format: 1,", "format: 2,"),
    ];
    for (code, from, to) in cases {
        let (text, line) = edited(base, from, to);
        let error = parse_policy(&text, "policy.ron").unwrap_err();
        assert_eq!(error.code(), code, "{to}: {error}");
        let finding = error.finding();
        assert!(finding.what.chars().any(|c| c > '\u{4e00}'), "{error}");
        if !matches!(code, "POL-003" | "POL-005") {
            let row = finding.row.unwrap();
            assert!(row == line || row == line + 1, "{to}: {row} for {line}: {error}");
            assert!(finding.column.is_some());
        }
    }
    let hint = parse_policy(&edited(base, "max_ratio: 10,", "max_ration: 10,").0, "p").unwrap_err();
    assert!(hint.to_string().contains("是否应为 max_ratio"), "{hint}");
    assert_eq!(parse_policy("", "p").unwrap_err().code(), "POL-001");
    assert_eq!(parse_policy("(", "p").unwrap_err().code(), "POL-001");
    assert_eq!(parse_policy(&" ".repeat(9 << 20), "p").unwrap_err().code(), "POL-006");
}

#[test]
fn several_errors_are_counted_in_the_first() {
    let (text, _) = edited(preset_text("generic"), "min_score: 18", "min_score: 35");
    let (text, _) = edited(&text, "inspectors_per_check: 2", "inspectors_per_check: 1");
    let error = load_policy(&text, "policy.ron").unwrap_err();
    assert_eq!(error.code(), "POL-071");
    assert!(error.to_string().contains("另有 1 处错误"), "{error}");
}

#[test]
fn format_0_is_lifted() {
    let current = preset_text("generic");
    let (old, _) = edited(current, "  format: 1,\n", "");
    let (old, _) = edited(&old, "  merges: [],\n", "");
    let (old, _) = edited(&old, "  skills: [],\n", "");
    let (old, _) = edited(&old, "  periods: [],\n", "");
    let (old, _) = edited(&old, "  note: \"待本单位", "  remark: \"待本单位");
    let (old, _) = edited(&old, "  key_industries: (codes: [], basis: [\"office\"]),\n", "");
    let lifted = load_policy(&old, "old.ron").unwrap_or_else(|e| panic!("{e}"));
    let mut expected = load_preset("generic").unwrap();
    expected.key_industries.basis.clear();
    assert_eq!(lifted, expected);
    assert_eq!(lifted.format, POLICY_FORMAT);
    // With the number written, without a comma at the end.
    let (zero, _) = edited(current, "format: 1,", "format: 0,");
    let zero = zero.replace("basis: [\"office\"]),\n)", "basis: [\"office\"])\n)");
    assert_eq!(load_policy(&zero, "old.ron").unwrap(), load_preset("generic").unwrap());
    // Lines stay, and the current format passes unchanged.
    assert_eq!(migrate_policy(&zero, "p").unwrap().lines().count(), zero.lines().count());
    assert_eq!(migrate_policy(current, "p").unwrap(), current);
    assert_eq!(migrate_policy("(format: x)", "p").unwrap_err().code(), "POL-004");
}

#[test]
fn a_byte_order_mark_is_no_syntax_error() {
    let text = format!("\u{feff}{}", preset_text("generic"));
    assert_eq!(load_policy(&text, "p").unwrap(), load_preset("generic").unwrap());
}

#[test]
fn bodies_come_from_districts() {
    let code = |n| DistrictCode::new(n).unwrap();
    let bodies = derive_bodies(&[(code(330_106), "西湖区"), (code(330_102), " 上城区 "), (code(330_106), "西湖")]);
    let shown: Vec<(&str, &str, usize)> =
        bodies.iter().map(|b| (b.id.as_str(), b.name.as_str(), b.aliases.len())).collect();
    assert_eq!(shown, [("330102", "上城区生态环境局", 1), ("330106", "西湖区生态环境局", 2)]);
    let mut policy = load_preset("national-88").unwrap();
    policy.bodies = bodies;
    assert!(check_policy(&policy).is_empty());
}

#[test]
fn floors_merges_and_periods_answer() {
    let mut policy = load_preset("shanghai-154").unwrap();
    let body = policy.body(&BodyId::new("chem_park").unwrap()).unwrap().clone();
    let key = policy.category("key").unwrap().clone();
    assert_eq!(policy.floor(&body, &key), &key.floor_county);
    let mut floor = key.floor_city.clone();
    floor.per_inspector.0 = 500;
    policy.floor_overrides.push(FloorOverride {
        body: body.id.clone(),
        category: "key".to_owned(),
        floor: floor.clone(),
        note: "2027年3月办公会决定".to_owned(),
    });
    policy.merges.push(StratumMerge { body: body.id.clone(), from: "simple".to_owned(), into: "general".to_owned() });
    assert!(check_policy(&policy).is_empty());
    assert_eq!(policy.floor(&body, &key), &floor);
    assert_eq!(policy.merged(&body.id, "simple"), "general");
    assert_eq!(policy.merged(&BodyId::new("lingang").unwrap(), "simple"), "simple");
    let (text, _) = edited(
        preset_text("shanghai-154"),
        "periods: [],",
        r#"periods: [(name: "跨年", from: "2026-12-20", to: "2027-01-10", factor: 0, basis: ["office"])],"#,
    );
    let policy = load_policy(&text, "p").unwrap();
    let period = &policy.periods[0];
    let in_year = |year: i32| period.clipped(day(&format!("{year}-01-01")), day(&format!("{year}-12-31")));
    assert_eq!(in_year(2027), Some((day("2027-01-01"), day("2027-01-10"))));
    assert_eq!(in_year(2026), Some((day("2026-12-20"), day("2026-12-31"))));
    assert_eq!(in_year(2028), None);
    assert!(period.concerns(&body.id));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Cut and stirred files give a message, never a panic, and what passes writes back the same.
    #[test]
    fn damaged_files_never_panic(from in 0usize..5_000, length in 0usize..40, piece in "[()\\[\\]{},:\"a-z0-9\\- ]{0,12}") {
        let base = preset_text("generic");
        let boundary = |mut at: usize| { while !base.is_char_boundary(at) { at -= 1; } at };
        let start = boundary(from.min(base.len()));
        let end = boundary((start + length).min(base.len())).max(start);
        let text = format!("{}{}{}", &base[..start], piece, &base[end..]);
        if let Ok(policy) = parse_policy(&text, "p") {
            let _ = check_policy_text(&policy, &text, "p");
            let bytes = write_policy(&policy).unwrap();
            let again: Policy = parse_policy(std::str::from_utf8(&bytes).unwrap(), "p").unwrap();
            prop_assert_eq!(again, policy);
        }
    }
}
