//! Publishing is a deed of its own: an export books nothing, and the true day counts everywhere.

use std::fs;
use std::path::Path;
use std::process::Command;

use fairdraw::diagnostic::Diagnostics;
use fairdraw::district::load_bundled_districts;
use fairdraw::workspace::deeds::publish::{Publication, record_disclosure};
use fairdraw::workspace::deeds::results::{record_result, take_results};
use fairdraw::workspace::reports::export::{ExportRequest, PUBLIC, export_project};
use fairdraw::workspace::reports::status::compute_status;
use fairdraw::workspace::store::quality::load_report;
use fairdraw::workspace::store::results::load_results;

use super::disclosure::day;
use super::project::at;
use super::results::{good, january};

/// Cells under 公开日期 of the exported list.
fn days_listed(folder: &Path) -> Vec<String> {
    let list = fs::read_dir(folder.join(PUBLIC)).unwrap().map(|entry| entry.unwrap().path()).find(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.contains("检查结果公开表") && path.extension().is_some_and(|ending| ending == "csv")
    });
    let bytes = fs::read(list.unwrap()).unwrap();
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap());
    let at = reader.headers().unwrap().iter().position(|heading| heading.contains("公开日期")).unwrap();
    reader.records().map(|record| record.unwrap().get(at).unwrap_or_default().to_owned()).collect()
}

#[test]
fn two_exports_book_nothing_and_a_later_true_day_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let check = checks.iter().find(|c| c.inspectors.len() == 2).unwrap();
    record_result(&project, &registry, good(check), "", &at("2027-01-15T09:00:00")).unwrap();
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let request = ExportRequest { month: None, only: vec![PUBLIC.to_owned()] };
    let export = |to: &Path, now: &str| {
        export_project(&project, &registry, &districts, to, &request, &at(now)).unwrap().notes.join("\n")
    };
    let (first, second) = (folder.path().join("一"), folder.path().join("二"));
    let said = export(&first, "2027-01-18T09:00:00") + &export(&second, "2027-01-19T09:00:00");
    assert!(said.contains("1 项结果尚未登记公开") && said.contains("导出不等于公开"), "{said}");
    assert!(load_results(&project).unwrap().iter().all(|result| result.disclosed_on.is_none()), "nothing is booked");
    assert_eq!(days_listed(&first), [""], "a list claims no day that is not entered");
    let board = |on: &str| compute_status(&project, day(on)).unwrap().board;
    assert_eq!((board("2027-01-19").completeness.published, board("2027-01-19").completeness.finished), (0, 1));

    // published on Friday, entered on the Monday after
    let code = check.plan_code.clone();
    let publication = Publication { codes: vec![code.clone()], on: Some(day("2027-01-22")) };
    assert_eq!(record_disclosure(&project, &publication, &at("2027-01-25T09:00:00")).unwrap(), 1);
    let told = board("2027-01-25");
    assert_eq!((told.completeness.published, told.completeness.published_late), (1, 0));
    let row = told.rows.iter().find(|row| row.plan_code == code).unwrap();
    assert_eq!(row.disclosed_on, Some(day("2027-01-22")));
    assert_eq!(board("2027-01-21").completeness.published, 0, "not yet on the day before");
    let journal = project.journal().check().unwrap().0;
    let line = journal.iter().find(|entry| entry.command == "publish").unwrap();
    assert_eq!(line.detail["on"], "2027-01-22");
    let third = folder.path().join("三");
    let said = export(&third, "2027-01-26T09:00:00");
    assert!(!said.contains("尚未登记公开"), "{said}");
    assert_eq!(days_listed(&third), ["2027-01-22"]);
    // the command tells the same
    drop(project);
    let status = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .args(["--json", "status", folder.path().join("项目").to_str().unwrap(), "--today", "2027-01-26"])
        .output()
        .unwrap();
    let value: serde_json::Value = serde_json::from_slice(&status.stdout).unwrap();
    assert_eq!((value["published"].as_u64(), value["published_late"].as_u64()), (Some(1), Some(0)));
}

#[test]
fn every_finding_of_a_file_of_results_is_in_the_report() {
    let folder = tempfile::tempdir().unwrap();
    let (project, _, checks) = january(folder.path());
    let mut csv = String::from("计划编码,单位名称,检查日期,检查结果\n");
    for (i, check) in checks.iter().take(30).enumerate() {
        csv += &format!("{},第{i}厂,2027-13-01,未发现问题\n", check.plan_code);
    }
    let path = folder.path().join("结果.csv");
    fs::write(&path, csv).unwrap();
    let take = || take_results(&project, &path, &at("2027-01-20T09:00:00")).unwrap();
    let set_aside = take().set_aside;
    assert!(set_aside >= 25, "{set_aside}");
    let rows = || {
        use fairdraw::registry::schema::quality;
        let report = load_report(project.root()).unwrap();
        let (tables, units) = (quality::TABLE.of(&report).unwrap(), quality::UNIT.of(&report).unwrap());
        let of_results = (0..report.height()).filter(|row| tables.get(*row) == Some("检查结果"));
        of_results.map(|row| units.get(row).unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let found = rows();
    assert!(found.len() >= set_aside && found.contains(&"第24厂".to_owned()), "{found:?}");
    // the same file again takes the place of its own findings
    take();
    assert_eq!(rows().len(), found.len());
}

#[test]
fn the_export_writes_documents_by_the_office_s_own_templates() {
    let folder = tempfile::tempdir().unwrap();
    let (project, registry, checks) = january(folder.path());
    let check = checks.iter().find(|c| c.inspectors.len() == 2).unwrap();
    record_result(&project, &registry, good(check), "", &at("2027-01-15T09:00:00")).unwrap();
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let export = |to: &str, only: &[&str]| {
        let request = ExportRequest { month: None, only: only.iter().map(|word| (*word).to_owned()).collect() };
        let to = folder.path().join(to);
        export_project(&project, &registry, &districts, &to, &request, &at("2027-01-18T09:00:00"))
    };
    let is_pdf = |path: &&std::path::PathBuf| path.extension().is_some_and(|ending| ending == "pdf");
    let text = |path: &Path| fairdraw::export::pdf_text(&fs::read(path).unwrap()).unwrap();
    let all = export("全部", &["pdf", "docx"]).unwrap();
    let named = |part: &str| all.files.iter().filter(|path| path.to_string_lossy().contains(part)).count();
    assert_eq!((named("检查结果通告"), named("certificate.pdf")), (2, 1), "{:?}", all.files);
    assert!(named("检查任务书") >= 2 && all.notes.iter().any(|note| note.contains("文档字体")), "{:?}", all.notes);
    let notice = all.files.iter().filter(is_pdf).find(|path| path.to_string_lossy().contains("通告")).unwrap();
    assert!(text(notice).contains("本次公开检查结果 1 项"));

    // a document by a part of its name; a word that is no file's writes nothing and says so
    let notice_alone = export("通告", &["通告"]).unwrap();
    assert_eq!(notice_alone.files.len(), 2, "{:?}", notice_alone.files);
    for whole in ["检查结果通告", "检查任务书"] {
        let asked = export(whole, &[whole]).unwrap();
        assert_eq!(asked.files.len(), named(whole), "{:?}", asked.files);
    }
    let nothing = export("无", &["没有的文件"]).unwrap();
    assert!(
        nothing.files.is_empty() && nothing.notes.iter().any(|note| note.contains("未写出任何文件")),
        "{:?}",
        nothing.notes
    );

    // the product's templates come only where they are asked for; changed and put back, one takes its place
    let given = export("模板夹", &["模板"]).unwrap();
    assert!(given.files.iter().any(|path| path.ends_with("模板/公文.typ")), "{:?}", given.files);
    let own = project.root().join("模板");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("检查结果通告.typ"), "#import \"公文.typ\": *\n本局自己的通告：#doc.agency").unwrap();
    let changed = export("改", &[PUBLIC, "pdf"]).unwrap();
    let notice = changed.files.iter().find(|path| path.to_string_lossy().contains("通告")).unwrap();
    assert!(text(notice).contains("本局自己的通告："), "{:?}", changed.files);
    assert!(changed.notes.iter().any(|note| note == "使用本单位的模板：检查结果通告.typ"), "{:?}", changed.notes);
    fs::write(own.join("检查结果通告.typ"), "#import \"公文.typ\": *\n#doc.无此项").unwrap();
    let fault = export("错", &[PUBLIC, "pdf"]).unwrap_err();
    assert!(fault.code() == "EXP-060" && fault.finding().row == Some(2), "{fault}");
    assert!(!folder.path().join("错").exists(), "nothing is written beside a fault");
}
