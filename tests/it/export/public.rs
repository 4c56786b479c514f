//! Public files and their manifest.

use super::*;

pub(super) fn public_header() -> PublicHeader {
    PublicHeader {
        agency: "上海市生态环境局".into(),
        version: 1,
        program: "fairdraw 0.1.0".into(),
        created: created(),
        data_mark: Some("模拟数据".into()),
        log: None,
    }
}

/// Ten checks, the first five visited (one of them withheld, one an individual's), and their public list.
pub(super) fn public_files() -> (Vec<ExportFile>, Vec<DueCheck>, Vec<DueCheck>) {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let mut checks: Vec<DueCheck> = (1..=10).map(due).collect();
    checks[2].name = "张三五金加工店".into();
    checks[2].uscc = Some(uscc("92310115", 3));
    checks[2].number = format!("{}001W", uscc("92310115", 3));
    let mut results: Vec<CheckResult> =
        checks[..5].iter().map(|c| result(c, "2026-03-10", Some("2026-03-12"), Outcome::Ordered)).collect();
    results[3].withheld = Some(WithholdingGround::new("《政府信息公开条例》第十五条").unwrap());
    let (calendar, masker) = (calendar(), Masker::default());
    let list = compute_result_list(&list_input(&checks, &results, &calendar, &masker, "2026-03-31")).unwrap();
    let files = render_result_list(&list, &public_header(), &catalogue).unwrap();
    let visited = [&checks[..3], &checks[4..5]].concat();
    let secret = [&checks[3..4], &checks[5..]].concat();
    (files, visited, secret)
}

#[test]
fn a_public_list_holds_no_secret_and_no_person() {
    let (files, visited, secret) = public_files();
    assert_eq!(
        files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(),
        [
            "上海市生态环境局_检查结果公开表_2026-03_第1版_公开_模拟数据.xlsx",
            "上海市生态环境局_检查结果公开表_2026-03_第1版_公开_模拟数据.csv",
            "上海市生态环境局_不予公开清单_2026-03_第1版_公开_模拟数据.csv",
        ]
    );
    let scan = PublicScan::new(&secret, &visited);
    for file in &files {
        assert!(scan_public_file(&file.name, &file.bytes, &scan).unwrap());
    }
    let csv = String::from_utf8(files[1].bytes.clone()).unwrap();
    assert!(csv.contains(&visited[0].name) && csv.contains("**五金加工店") && !csv.contains("张三"));
    assert!(!csv.contains("台账缺失"), "the problem in the office's words is internal");
    assert!(csv.lines().skip(1).all(|line| line.contains("模拟数据")));
    let read = rows(&files[0].bytes, "检查结果");
    assert_eq!(read.iter().filter(|(_, r)| matches!(r[0], Data::Float(_))).count(), 4);
    assert_eq!(rows(&files[0].bytes, "不予公开").iter().filter(|(_, r)| matches!(r[0], Data::Float(_))).count(), 1);
}

#[test]
fn the_yearly_plan_is_public_and_whole() {
    let catalogue = ColumnCatalogue::built_in().unwrap();
    let files = render_year_plan(&year_plan(), &public_header(), &catalogue).unwrap();
    let read = rows(&files[0].bytes, "年度检查计划");
    let header = read.iter().position(|(_, r)| text(&r[0]) == "序号").unwrap();
    for heading in ["检查主体", "检查对象范围", "检查方式", "检查项目", "检查比例"] {
        assert!(read[header].1.iter().any(|c| text(c) == heading), "{heading}");
    }
    assert!(read[header + 1].1.contains(&Data::Float(1.0)) && read[header + 2].1.contains(&Data::Float(0.075)));
    let months = rows(&files[0].bytes, "分月数量");
    let total = months.last().unwrap();
    assert_eq!((text(&total.1[0]), total.1[14].clone()), ("合计".to_owned(), Data::Float(576.0)));
    // 抽查 and 必查 stand beside their sum
    let kinds: Vec<String> = months[months.len() - 3..].iter().map(|(_, row)| text(&row[1])).collect();
    assert_eq!(kinds, ["抽查", "必查", "合计"]);
    assert!(String::from_utf8(files[1].bytes.clone()).unwrap().contains("7.50%"));
}

pub(super) fn info(audience: Audience) -> ExportInfo {
    ExportInfo {
        agency: "机构".into(),
        program: "fairdraw 0.1.0".into(),
        created: created(),
        audience,
        data_mark: None,
        masked: None,
    }
}

#[test]
fn exports_carry_a_manifest_and_the_gate_stands_before_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("公开").join("2026-03");
    let (files, visited, secret) = public_files();
    let scan = PublicScan::new(&secret, &visited);
    let code = |files: &[ExportFile], audience: Audience, scan: Option<&PublicScan>| {
        write_export(&to, files, &info(audience), scan).unwrap_err().code()
    };
    let mut leak = files.clone();
    leak[1].bytes.extend_from_slice(secret[0].name.as_bytes());
    assert_eq!(code(&leak, Audience::Public, Some(&scan)), "DIS-044");
    let mut escaped = files.clone();
    escaped[1].bytes = secret[0].name.chars().flat_map(|c| format!("&#{};", c as u32).into_bytes()).collect();
    assert_eq!(code(&escaped, Audience::Public, Some(&scan)), "DIS-044");
    let mut named = files.clone();
    named[1].name = format!("{}.csv", secret[0].unit_id);
    assert_eq!(code(&named, Audience::Public, Some(&scan)), "DIS-044");
    assert_eq!(code(&files, Audience::Public, None), "EXP-032");
    assert_eq!(code(&files, Audience::Internal, None), "EXP-031");
    assert_eq!(code(&[files[0].clone(), files[0].clone()], Audience::Public, Some(&scan)), "EXP-030");
    let up = ExportFile { name: "../x.csv".into(), ..files[1].clone() };
    assert_eq!(code(&[up], Audience::Public, Some(&scan)), "EXP-034");
    assert!(!to.exists(), "nothing is written before all checks have passed");

    let outcome = write_export(&to, &files, &info(Audience::Public), Some(&scan)).unwrap();
    assert_eq!((outcome.manifest.files.len(), outcome.unsearched.len()), (3, 0));
    assert!(check_manifest(&to).unwrap().findings.is_empty());
    // A second export keeps the first one's entries; the other family is refused.
    let more = ExportFile { name: "图.png".into(), bytes: b"\x89PNG".to_vec(), audience: Audience::Public };
    let outcome = write_export(&to, &[more], &info(Audience::Public), Some(&scan)).unwrap();
    assert_eq!((outcome.manifest.files.len(), outcome.unsearched), (4, vec!["图.png".to_owned()]));
    let inside = ExportFile { name: "内部.csv".into(), bytes: vec![1], audience: Audience::Internal };
    assert_eq!(code(&[inside], Audience::Internal, None), "EXP-031");
    // Changed and missing files are told.
    std::fs::write(to.join(&files[1].name), b"changed").unwrap();
    std::fs::remove_file(to.join(&files[2].name)).unwrap();
    let found = check_manifest(&to).unwrap().findings;
    assert_eq!(found.iter().map(|f| f.code).collect::<BTreeSet<_>>(), BTreeSet::from(["EXP-037", "EXP-038"]));
    std::fs::write(to.join(MANIFEST_FILE), b"{}").unwrap();
    assert_eq!(check_manifest(&to).unwrap_err().code(), "EXP-036");
}
