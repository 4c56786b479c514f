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

/// Where the folder itself has no table, what its archives and subfolders hold is what was meant.
#[test]
fn tables_of_archives_and_subfolders_are_read_where_the_folder_has_none() {
    let table = csv(&register());
    let gbk = encoding_rs::GB18030.encode("甲/污染源名录.csv").0.into_owned();
    let name = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap_or_default();
    assert!(name(&gbk).is_empty(), "a name as Chinese Windows writes it");
    let fine = format!("统一社会信用代码,处罚决定日期\n{},2026-05-01\n", FIRMS[0][2]);
    let zip = zip_of(&[
        ("2027/污染源名录.csv", &table),
        ("2027/行政处罚.csv", fine.as_bytes()),
        ("__MACOSX/2027/._污染源名录.csv", b"x"),
        ("说明.docx", b"PK"),
    ]);
    let office = Office::new();
    office.file("报送材料.zip", &zip);
    let made = office.make();
    assert_eq!((made.kept(TableKind::Sources), made.kept(TableKind::Violations)), (3, 1), "{:?}", made.findings());
    assert_eq!(made.of("PRJ-026").len(), 1);
    let named: Vec<Option<&str>> = made.of("PRJ-024").iter().map(|f| f.file.as_deref()).collect();
    assert_eq!(named, [Some("报送材料-说明.docx")]);
    let inputs: Vec<&str> = made.0.project.file.inputs.iter().map(|input| input.file.as_str()).collect();
    assert_eq!(inputs, ["报送材料-2027-污染源名录.csv", "报送材料-2027-行政处罚.csv"]);
    // One folder a district, files of one name; the folder says the district.
    let without = |firm: usize| {
        let pick = |row: &[&str; 5]| [row[0], row[1], row[2], row[4]].map(str::to_owned).to_vec();
        csv(&[pick(&HEAD), pick(&FIRMS[firm])])
    };
    let office = Office::new();
    office.file("浦东新区/名录.csv", &without(0)).file("宝山区/名录.csv", &without(1));
    office.file("嘉定区/2027年/名录.csv", &without(2)).file("嘉定区/现场.jpg", b"x");
    let made = office.make();
    let mut districts = made.column(TableKind::Sources, "district");
    districts.sort();
    assert_eq!(districts, ["310113", "310114", "310115"], "{:?}", made.findings());
    assert_eq!(made.of("PRJ-026").len(), 3);
    // Findings name the file as it lay.
    assert!(made.of("IMP-096").iter().any(|f| f.file.as_deref() == Some("嘉定区-2027年-名录.csv")));
    // An archive that can't be opened is named, the others are read.
    let office = Office::new();
    office.file("坏.zip", b"PK\x03\x04x").file("好.zip", &zip);
    let made = office.make();
    let broken: Vec<Option<&str>> = made.of("PRJ-027").iter().map(|f| f.file.as_deref()).collect();
    assert_eq!((made.kept(TableKind::Sources), broken), (3, vec![Some("坏.zip")]));
    // Beside tables of the folder's own neither is read: it may be last year's.
    let office = Office::new();
    office.file("污染源名录.csv", &table).file("往年/信访投诉.csv", b"x").file("旧.zip", &zip);
    let made = office.make();
    assert_eq!((made.kept(TableKind::Violations), made.of("PRJ-026").len(), made.of("PRJ-024").len()), (0, 0, 2));
}

/// The same in the window, and for an archive chosen by itself.
#[test]
fn the_window_opens_an_archive_and_a_folder_of_folders() {
    use fairdraw::diagnostic::Progress;
    use fairdraw::workspace::intake::inspect::look_at;
    let table = csv(&register());
    let zip =
        zip_of(&[("污染源名录.csv", &table), ("信访投诉.csv", "投诉日期,被投诉单位\n2026-03-01,甲\n".as_bytes())]);
    let office = Office::new();
    office.file("材料.zip", &zip).file("无关.csv", &table).file("区/名录.csv", &table);
    let staging = office.0.path().join("暂存");
    for (chosen, sheets) in [("材料.zip", 2), ("区", 1)] {
        let path = office.input().join(chosen);
        let look = look_at(&[path], &staging, None, &Progress::none()).unwrap();
        assert_eq!(look.sheets.len(), sheets, "{chosen}");
        assert!(look.sheets.iter().all(|sheet| sheet.taken.is_ok()), "{chosen}");
        assert!(look.unread.is_empty());
    }
}
