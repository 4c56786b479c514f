//! Folders: what is not read is named with its reason.

use fairdraw::diagnostic::Severity;
use fairdraw::registry::TableKind;

use super::support::*;

#[test]
fn every_entry_that_is_not_read_is_listed_with_its_reason() {
    let table = csv(&register());
    let zip = zip_of(&[("2027/名录.csv", &table), ("说明.txt", b"x"), ("__MACOSX/._a.csv", b"x")]);
    for (name, bytes, reason, warns) in [
        ("说明.docx", b"PK".to_vec(), "Word", true),
        ("通知.pdf", b"%PDF".to_vec(), "PDF", true),
        ("备份.rar", b"Rar!".to_vec(), "压缩包", true),
        ("名录打包.zip", zip, "压缩包", true),
        ("~$污染源名录.xlsx", b"x".to_vec(), "锁文件", false),
        (".~污染源名录.xlsx", b"x".to_vec(), "锁文件", false),
        (".DS_Store", b"x".to_vec(), "系统文件", false),
        ("Thumbs.db", b"x".to_vec(), "系统文件", false),
        ("现场.jpg", b"x".to_vec(), "图片", false),
        ("2026年/旧名录.xlsx", xlsx(&register()), "子文件夹", true),
        ("照片/现场.jpg", b"x".to_vec(), "子文件夹", false),
        ("a.gdb/x", b"x".to_vec(), "子文件夹", false),
        ("库.mdb", b"x".to_vec(), "数据库", true),
    ] {
        let office = Office::new();
        office.file("污染源名录.csv", &table).file(name, &bytes);
        let made = office.make();
        let said = made.of("PRJ-024");
        assert_eq!((made.kept(TableKind::Sources), said.len()), (3, 1), "{name}");
        let entry = name.split('/').next().unwrap();
        assert_eq!(said[0].file.as_deref(), Some(entry), "{}", said[0]);
        assert!(said[0].what.contains(reason), "{}", said[0]);
        assert_eq!(said[0].severity == Severity::Warning, warns, "{}", said[0]);
    }
    // Tables in archives and subfolders are offered by name.
    let office = Office::new();
    office.file("污染源名录.csv", &table).file("旧/一.csv", &table).file("旧/再旧/二.xlsx", b"x");
    let made = office.make();
    let value = made.of("PRJ-024")[0].value.clone().unwrap();
    assert!(value.contains("一.csv") && value.contains("再旧/二.xlsx"), "{value}");
}

#[test]
fn a_workbook_of_wps_is_read() {
    let office = Office::new();
    office.copy(&case("dirty/26-disguised-xls/input/污染源名录_wps.et"), "污染源名录.et");
    assert_eq!(office.make().kept(TableKind::Sources), 6);
}

#[test]
fn a_folder_without_a_register_says_so() {
    let office = Office::new();
    let fine = format!("统一社会信用代码,处罚决定日期\n{},2026-05-01\n", FIRMS[0][2]);
    office.file("行政处罚.csv", fine.as_bytes());
    let made = office.make();
    assert_eq!(made.of("PRJ-025").len(), 1, "{:?}", made.findings());
    let office = Office::new();
    office.file("污染源名录.csv", &csv(&register()));
    assert!(office.make().of("PRJ-025").is_empty());
}
