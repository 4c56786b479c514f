//! The office beside the window: the folder that it imports, the next registers, the filled-in forms of results.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx};
use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::workspace::demo::{DemoOptions, MARKER, write_demo};
use fairdraw::workspace::store::project::bundled_calendar;

/// Rows of a sheet as text, from its headings on.
pub type Rows = Vec<Vec<String>>;

/// Writes an office's folder, small enough to be drawn quickly.
pub fn office(within: &Path, name: &str, sources: usize, seed: u64) -> PathBuf {
    let folder = within.join(name);
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let options = DemoOptions { sources, seed, ..DemoOptions::default() };
    write_demo(&folder, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
    without_positive_list(&folder);
    folder
}

/// The register without its positive list: here every check is a visit (`tests/it/off_site.rs` has the others).
fn without_positive_list(folder: &Path) {
    let path = folder.join("固定污染源名录.xlsx");
    let mut rows = register(folder);
    for heading in ["正面清单起", "正面清单止"] {
        let at = column(&rows, heading);
        rows[1..].iter_mut().for_each(|row| row[at].clear());
    }
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name("固定污染源名录").unwrap();
    for (at, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(at as u32, column as u16, cell).unwrap();
        }
    }
    book.save(&path).unwrap();
}

/// The rows of a workbook's sheet, headings first: the row that holds `heading`.
pub fn rows_of(path: &Path, sheet: &str, heading: &str) -> Rows {
    let mut book: Xlsx<_> = calamine::open_workbook(path).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let text = |cell: &Data| match cell {
        Data::DateTime(day) => day.as_datetime().unwrap().date().to_string(),
        other => other.to_string(),
    };
    let all: Rows = range.rows().map(|row| row.iter().map(text).collect()).collect();
    let head = all.iter().position(|row| row.iter().any(|cell| cell == heading)).unwrap();
    all[head..].to_vec()
}

/// Where a column stands.
pub fn column(rows: &Rows, heading: &str) -> usize {
    rows[0].iter().position(|cell| cell.contains(heading)).unwrap_or_else(|| panic!("{heading} in {:?}", rows[0]))
}

/// All files below a folder.
pub fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The only file below a folder whose name holds all these words.
#[track_caller]
pub fn file(folder: &Path, words: &[&str]) -> PathBuf {
    let mut found = walk(folder);
    found.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        words.iter().all(|word| name.contains(word))
    });
    assert_eq!(found.len(), 1, "{words:?}: {found:?} of {:?}", walk(folder));
    found.remove(0)
}

fn write_csv(path: &Path, rows: &Rows) {
    let cell = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
    let lines: Vec<String> = rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(",")).collect();
    std::fs::write(path, lines.join("\r\n")).unwrap();
}

/// The first sheet of an office's workbook.
fn sheet_of(path: &Path, heading: &str) -> Rows {
    let book: Xlsx<_> = calamine::open_workbook(path).unwrap();
    let sheet = book.sheet_names()[0].clone();
    rows_of(path, &sheet, heading)
}

/// The office's register.
pub fn register(office: &Path) -> Rows {
    sheet_of(&office.join("固定污染源名录.xlsx"), "单位名称")
}

/// Leaves each body of the office so many of its inspectors, who have so many days a month.
pub fn few_inspectors(office: &Path, each: usize, days: &str) {
    let path = office.join("执法人员名录.xlsx");
    let mut rows = sheet_of(&path, "姓名");
    let (body, have) = (column(&rows, "所属单位"), column(&rows, "每月可用天数"));
    let mut seen = BTreeMap::<String, usize>::new();
    rows.retain(|row| {
        let count = seen.entry(row[body].clone()).or_default();
        *count += 1;
        *count <= each
    });
    for row in &mut rows[1..] {
        days.clone_into(&mut row[have]);
    }
    std::fs::remove_file(&path).unwrap();
    write_csv(&path.with_extension("csv"), &rows);
}

/// A folder with a register alone: of the last one `kept` stay, of these the first `closed` are closed, two are new.
pub fn next_register(office: &Path, name: &str, closed: usize, kept: impl Fn(usize) -> bool) -> PathBuf {
    let rows = register(office);
    let (name_at, id, code) = (column(&rows, "单位名称"), column(&rows, "排污许可证编号"), column(&rows, "信用代码"));
    let status = column(&rows, "运行状态");
    let mut next: Rows = vec![rows[0].clone()];
    next.extend(rows[1..].iter().enumerate().filter(|(row, _)| kept(*row)).map(|(_, row)| row.clone()));
    for row in &mut next[1..=closed] {
        row[status] = "关闭".into();
    }
    for n in 1..=2 {
        let mut row = rows[rows.len() / 2].clone();
        row[id] = format!("91310101MA1NEW00{n}X001P");
        row[name_at] = format!("新来{n}厂");
        row[code].clear();
        row[status] = "在产".into();
        next.push(row);
    }
    let folder = office.with_file_name(name);
    std::fs::create_dir_all(&folder).unwrap();
    write_csv(&folder.join("固定污染源名录.csv"), &next);
    std::fs::write(folder.join(MARKER), "x").unwrap();
    folder
}

/// The inspectors' forms put together and filled in, without those checks; gives back the file and the rows filled.
pub fn filled_in(forms: &Path, without: &[String], (inspected, completed): (&str, &str)) -> (PathBuf, usize) {
    let mut all = Rows::new();
    for path in walk(forms).iter().filter(|path| path.to_string_lossy().contains("检查结果填报表")) {
        let rows = rows_of(path, "检查结果", "计划编码");
        let at = |heading: &str| column(&rows, heading);
        let (plan, on, done, outcome) = (at("计划编码"), at("检查日期"), at("办结日期"), at("检查结果"));
        if all.is_empty() {
            all.push(rows[0].clone());
        }
        let open = |row: &&Vec<String>| !row[plan].is_empty() && !without.contains(&row[plan]);
        for mut row in rows[1..].iter().filter(open).cloned() {
            row[on] = inspected.into();
            row[done] = completed.into();
            row[outcome] = "未发现问题".into();
            all.push(row);
        }
    }
    let path = forms.with_file_name("填好的结果.csv");
    write_csv(&path, &all);
    (path, all.len() - 1)
}
