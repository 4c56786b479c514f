//! How the rows are laid out in files: titles, order and names of columns, merged cells, sheets, totals, duplicates,
//! encodings, quotes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::entries::{Entry, SHEETS};
use super::known::{Fine, Site};
use super::ods::write_ods;
use super::spelling::{Cell, MoneyUnit, of_fine, of_site};
use super::{Aside, Dice};

/// What stands where.
#[derive(Debug, Default)]
pub struct Written {
    /// Rows that must be set aside.
    pub faulty: BTreeSet<Aside>,
    /// Rows that are no data: totals, notes, examples. They may be set aside.
    pub furniture: BTreeSet<Aside>,
    /// Lines of a text file with a quote that nothing closes, and whose row it is: taken as written, or set aside.
    pub doubtful: BTreeMap<Aside, usize>,
}

/// A line of a sheet, with what it is.
#[derive(Debug, Clone)]
pub struct Line {
    pub cells: Vec<Cell>,
    pub role: Role,
    /// Index of the unit or penalty.
    owner: usize,
    /// Written once only.
    once: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Title,
    Heading,
    Good,
    Faulty,
    Furniture,
}

/// A column: its id for the spellings, and its heading.
struct Headed {
    id: &'static str,
    heading: &'static str,
}

const SITE_COLUMNS: [(&str, &[&str]); 14] = [
    ("unit_id", &["排污许可证编号", "许可证编号", "*排污许可证编号\n（必填）", "许可证编号/登记编号"]),
    ("name", &["单位名称", "企业名称", "排污单位名称"]),
    ("uscc", &["统一社会信用代码", "社会信用代码", "统一社会信用代码 "]),
    ("district", &["行政区", "所属区县", "行政区划"]),
    ("management", &["管理类别", "排污许可管理类别", "管理级别"]),
    ("lon", &["经度", "中心经度", "经度（°）"]),
    ("lat", &["纬度", "中心纬度", "纬度（°）"]),
    ("status", &["生产状态", "运行状态"]),
    ("industry", &["行业代码", "行业类别"]),
    ("issued", &["发证日期", "有效期起"]),
    ("expires", &["有效期截止", "有效期至"]),
    ("supervised", &["是否挂牌督办", "挂牌督办"]),
    ("key_unit", &["环境监管重点单位类型", "重点单位类型"]),
    ("", &["备注", "联系人", "其他情况"]),
];

const FINE_COLUMNS: [(&str, &[&str]); 7] = [
    ("uscc", &["统一社会信用代码", "行政相对人代码"]),
    ("unit_id", &["排污许可证编号", "许可证编号"]),
    ("name", &["当事人名称", "行政相对人名称", "被处罚单位"]),
    ("date", &["处罚决定日期", "行政处罚决定日期", "处罚日期"]),
    ("document", &["决定书文号", "行政处罚决定书文号"]),
    ("kind", &["违法行为类型", "案由"]),
    ("amount_wan", &[]),
];

fn headed(columns: &[(&'static str, &'static [&'static str])], dice: &mut Dice) -> Vec<Headed> {
    let mut headed: Vec<Headed> = columns
        .iter()
        .filter(|(_, headings)| !headings.is_empty())
        .map(|(id, headings)| Headed { id, heading: headings[dice.pick(headings.len())] })
        .collect();
    if dice.pick(2) == 1 {
        for i in (1..headed.len()).rev() {
            headed.swap(i, dice.pick(i + 1));
        }
    }
    headed
}

fn amount(dice: &mut Dice) -> (Headed, MoneyUnit) {
    let (heading, unit) = [
        ("罚款金额（万元）", MoneyUnit::TenThousand),
        ("罚款金额（元）", MoneyUnit::Yuan),
        ("罚款金额", MoneyUnit::Unsaid),
    ][dice.pick(3)];
    (Headed { id: "amount_wan", heading }, unit)
}

/// Writes the tables into a folder.
pub fn write_folder(folder: &Path, dice: &mut Dice, sites: &[Site], fines: &[Fine], entries: &[Entry]) -> Written {
    let mut written = Written::default();
    let columns = headed(&SITE_COLUMNS, dice);
    let mut rows: Vec<(usize, usize, &Site)> = sites.iter().enumerate().map(|(i, site)| (i, 0, site)).collect();
    rows.extend(sites.iter().enumerate().filter(|(_, site)| site.twice).map(|(i, site)| (i, 1, site)));
    let merged = dice.once_in(5).then(|| columns.iter().position(|column| column.id == "district")).flatten();
    if merged.is_some() {
        rows.sort_by_key(|(i, again, site)| (site.spot.code, *again, *i));
    }
    let lines: Vec<Line> = rows
        .iter()
        .map(|(owner, again, site)| {
            let mut dice = site.dice[*again].clone();
            let mut cells: Vec<Cell> = columns.iter().map(|column| of_site(site, column.id, &mut dice)).collect();
            if let Some(column) = columns.iter().position(|column| column.id.is_empty()) {
                // A row written twice differs in spelling alone.
                cells[column] = of_site(site, "", &mut site.dice[0].clone());
            }
            if let Some(column) = merged.filter(|_| site.fault.is_none()) {
                cells[column] = Cell::Text(site.spot.name.clone());
            }
            let role = if site.fault.is_some() { Role::Faulty } else { Role::Good };
            Line { cells, role, owner: *owner, once: !site.twice }
        })
        .collect();
    write_table(folder, "sources", "污染源名录", &columns, lines, merged, dice, &mut written);

    if !fines.is_empty() {
        let mut columns = headed(&FINE_COLUMNS, dice);
        let (column, unit) = amount(dice);
        columns.push(column);
        let mut rows: Vec<(usize, usize, &Fine)> = fines.iter().enumerate().map(|(i, fine)| (i, 0, fine)).collect();
        rows.extend(fines.iter().enumerate().filter(|(_, fine)| fine.twice).map(|(i, fine)| (i, 1, fine)));
        let lines = rows
            .iter()
            .map(|(owner, again, fine)| {
                let mut dice = fine.dice[*again].clone();
                let cells = columns.iter().map(|column| of_fine(fine, sites, column.id, unit, &mut dice)).collect();
                let role = if fine.fault.is_some() { Role::Faulty } else { Role::Good };
                Line { cells, role, owner: *owner, once: !fine.twice }
            })
            .collect();
        write_table(folder, "violations", "行政处罚", &columns, lines, None, dice, &mut written);
    }
    for (kind, sheet) in SHEETS.iter().enumerate() {
        let entries = entries.iter().enumerate().filter(|(_, entry)| entry.sheet == kind);
        let columns = headed(sheet.columns, dice);
        let lines: Vec<Line> = entries
            .map(|(owner, entry)| {
                let cell = |column: &Headed| {
                    entry.cells.iter().find(|(id, _)| *id == column.id).map_or(Cell::Blank, |(_, cell)| cell.clone())
                };
                let role = if entry.faulty { Role::Faulty } else { Role::Good };
                Line { cells: columns.iter().map(cell).collect(), role, owner, once: true }
            })
            .collect();
        if !lines.is_empty() {
            write_table(folder, sheet.table, sheet.name, &columns, lines, None, dice, &mut written);
        }
    }
    written
}

#[allow(clippy::too_many_arguments)]
fn write_table(
    folder: &Path,
    table: &str,
    name: &str,
    columns: &[Headed],
    lines: Vec<Line>,
    merged: Option<usize>,
    dice: &mut Dice,
    written: &mut Written,
) {
    // One file, or the rows in two files or two sheets.
    let parts = if dice.once_in(4) { 2 } else { 1 };
    let as_workbook = dice.pick(2) == 1;
    let cut = lines.len().div_ceil(parts);
    let chunks: Vec<Vec<Line>> = lines.chunks(cut.max(1)).map(<[Line]>::to_vec).collect();
    let sheets: Vec<Vec<Line>> = chunks.into_iter().map(|chunk| dress(name, columns, chunk, dice)).collect();
    if as_workbook {
        let in_one = parts == 1 || dice.pick(2) == 0;
        let books: Vec<Vec<Vec<Line>>> =
            if in_one { vec![sheets] } else { sheets.into_iter().map(|sheet| vec![sheet]).collect() };
        for (b, sheets) in books.into_iter().enumerate() {
            let mark = if b == 0 { String::new() } else { format!("（{}）", b + 1) };
            if dice.once_in(3) {
                let file = format!("{name}{mark}.ods");
                write_ods(&folder.join(&file), &file, table, &sheets, merged, dice, written);
            } else {
                let file = format!("{name}{mark}.xlsx");
                write_workbook(&folder.join(&file), &file, table, &sheets, merged, dice, written);
            }
        }
    } else {
        for (b, sheet) in sheets.into_iter().enumerate() {
            let file = format!("{name}{}.csv", if b == 0 { String::new() } else { format!("（{}）", b + 1) });
            write_csv(&folder.join(&file), &file, table, &sheet, dice, written);
        }
    }
}

/// Title above, heading, blank lines, totals and notes below.
fn dress(name: &str, columns: &[Headed], rows: Vec<Line>, dice: &mut Dice) -> Vec<Line> {
    let line = |cells: Vec<Cell>, role| Line { cells, role, owner: 0, once: false };
    let words = |text: &str| Cell::Text(text.to_owned());
    let mut lines = Vec::new();
    match dice.pick(6) {
        5 => {
            let rules = "填写说明：1.带*号的为必填项；2.日期按 2026-01-01 的格式填写；3.请勿改动表头。";
            lines.push(line(vec![words(rules)], Role::Title));
        }
        3 => lines.push(line(vec![words(&format!("上海市{name}（2026年度）"))], Role::Title)),
        4 => {
            lines.push(line(vec![words(&format!("附件1：{name}"))], Role::Title));
            lines.push(line(vec![], Role::Title));
            lines.push(line(vec![words("填报单位：某局"), Cell::Blank, words("2026年11月")], Role::Title));
        }
        _ => {}
    }
    lines.push(line(columns.iter().map(|column| words(column.heading)).collect(), Role::Heading));
    if dice.once_in(6) {
        let example = |column: &Headed| match column.id {
            "unit_id" => "91310000XXXXXXXXXX001P",
            "uscc" => "91310000XXXXXXXXXX",
            "name" => "XXX公司",
            "district" => "浦东新区",
            "management" => "重点管理",
            "date" | "issued" => "2026-01-01",
            "document" => "示例",
            _ => "",
        };
        let mut cells: Vec<Cell> = columns.iter().map(|column| words(example(column))).collect();
        if let Some(cell) = cells.iter_mut().find(|cell| **cell == words("")) {
            *cell = words("示例");
        }
        let cells = cells.into_iter().map(|cell| if cell == words("") { Cell::Blank } else { cell }).collect();
        lines.push(line(cells, Role::Furniture));
    }
    let blank_at = dice.once_in(6).then(|| dice.pick(rows.len().max(1)));
    let total = rows.len();
    for (i, row) in rows.into_iter().enumerate() {
        if blank_at == Some(i) {
            lines.push(line(vec![], Role::Title));
        }
        lines.push(row);
    }
    if dice.once_in(5) {
        lines.push(line(vec![words("合计"), words(&format!("{total}家"))], Role::Furniture));
    }
    if dice.once_in(5) {
        lines.push(line(vec![words("注：本表由系统导出，如有疑问请联系业务科室。")], Role::Furniture));
    }
    lines
}

pub fn note(line: &Line, place: Aside, written: &mut Written) {
    match line.role {
        Role::Faulty => written.faulty.insert(place),
        Role::Furniture => written.furniture.insert(place),
        Role::Title | Role::Heading | Role::Good => false,
    };
}

pub fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Padded(number, width) => format!("{number:0width$}"),
        Cell::Day(day, 0) => day.format("%Y/%-m/%-d").to_string(),
        Cell::Day(day, seconds) => {
            let time = day.and_hms_opt(seconds / 3600, seconds / 60 % 60, seconds % 60);
            time.map(|time| time.format("%Y/%-m/%-d %H:%M:%S").to_string()).unwrap_or_default()
        }
        Cell::Flag(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
        Cell::Broken => "#N/A".to_owned(),
    }
}

fn write_csv(path: &Path, file: &str, table: &str, lines: &[Line], dice: &mut Dice, written: &mut Written) {
    let delimiter = [",", ",", "\t", ";"][dice.pick(4)];
    let end = ["\r\n", "\n"][dice.pick(2)];
    let always = dice.pick(3) == 2;
    let width = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut row = 1;
    let stray = dice.once_in(6).then(|| dice.pick(lines.len()));
    for (at, line) in lines.iter().enumerate() {
        note(line, (table.to_owned(), file.to_owned(), None, row), written);
        // A quote at the start of a plain field that nothing closes, in a record of one line.
        let breaks = line.cells.iter().any(|cell| shown(cell).contains('\n'));
        let open = (line.role == Role::Good && line.once && !breaks && stray == Some(at))
            .then(|| (0..line.cells.len()).rev().find(|c| plain(&line.cells[*c])))
            .flatten();
        if open.is_some() {
            written.doubtful.insert((table.to_owned(), file.to_owned(), None, row), line.owner);
        }
        let fields: Vec<String> = (0..width)
            .map(|c| {
                if open == Some(c) {
                    return format!("\"{}", line.cells.get(c).map(shown).unwrap_or_default());
                }
                let field = line.cells.get(c).map(shown).unwrap_or_default();
                let must = field.contains([',', ';', '\t', '"', '\n', '\r']);
                if must || always && !field.is_empty() { format!("\"{}\"", field.replace('"', "\"\"")) } else { field }
            })
            .collect();
        let record = fields.join(delimiter);
        row += 1 + record.matches('\n').count() as u32;
        text += &record;
        text += end;
    }
    let unmappable = encoding_rs::GB18030.encode(&text).2;
    let bytes = match dice.pick(5) {
        1 => [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat(),
        2 if !unmappable => encoding_rs::GB18030.encode(&text).0.into_owned(),
        3 => std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect(),
        4 => std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        _ => text.into_bytes(),
    };
    fairdraw::export::write_atomic(path, &bytes).unwrap();
}

/// A field that needs no quotes.
fn plain(cell: &Cell) -> bool {
    let text = shown(cell);
    !text.is_empty() && !text.contains([',', ';', '\t', '"', '\n', '\r'])
}

fn write_workbook(
    path: &Path,
    file: &str,
    table: &str,
    sheets: &[Vec<Line>],
    merged: Option<usize>,
    dice: &mut Dice,
    written: &mut Written,
) {
    let mut book = Workbook::new();
    for (s, lines) in sheets.iter().enumerate() {
        let sheet = book.add_worksheet();
        let name = ["Sheet1", "名单", "数据"][dice.pick(3)].to_owned() + if s == 0 { "" } else { "续" };
        sheet.set_name(&name).unwrap();
        for (row, line) in lines.iter().enumerate() {
            note(line, (table.to_owned(), file.to_owned(), Some(name.clone()), row as u32 + 1), written);
            for (column, cell) in line.cells.iter().enumerate() {
                put(sheet, row as u32, column as u16, cell);
            }
        }
        let title = lines.first().filter(|line| line.role == Role::Title && line.cells.len() == 1);
        let width = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
        if let Some(line) = title.filter(|_| width > 1 && dice.pick(2) == 1) {
            sheet.merge_range(0, 0, 0, width as u16 - 1, &shown(&line.cells[0]), &Format::new()).unwrap();
        }
        for (column, (from, to)) in
            merged.iter().flat_map(|column| runs(lines, *column).into_iter().map(|run| (*column, run)))
        {
            let text = shown(&lines[from].cells[column]);
            sheet.merge_range(from as u32, column as u16, to as u32, column as u16, &text, &Format::new()).unwrap();
        }
    }
    if dice.once_in(6) {
        // Last year's list in a hidden sheet, as templates that are filled in anew each year keep it.
        let sheet = book.add_worksheet();
        sheet.set_name("上年").unwrap();
        sheet.set_hidden(true);
        let heading = sheets.iter().flatten().find(|line| line.role == Role::Heading);
        for (column, cell) in heading.into_iter().flat_map(|line| line.cells.iter().enumerate()) {
            put(sheet, 0, column as u16, cell);
            put(sheet, 1, column as u16, &Cell::Text("91310115MA1K99999X001P".to_owned()));
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    fairdraw::export::write_atomic(path, &bytes).unwrap();
}

/// The runs of equal cells of a column among good rows: first and last row, from 0.
pub fn runs(lines: &[Line], column: usize) -> Vec<(usize, usize)> {
    let value = |row: usize| {
        lines.get(row).filter(|line| line.role == Role::Good).and_then(|line| line.cells.get(column)).map(shown)
    };
    let mut runs = Vec::new();
    let mut row = 0;
    while row < lines.len() {
        let Some(text) = value(row) else {
            row += 1;
            continue;
        };
        let mut last = row;
        while value(last + 1).as_ref() == Some(&text) {
            last += 1;
        }
        if last > row {
            runs.push((row, last));
        }
        row = last + 1;
    }
    runs
}

fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Cell) {
    match cell {
        Cell::Blank => {}
        Cell::Text(text) => {
            sheet.write_string(row, column, text).unwrap();
        }
        Cell::Number(number) => {
            sheet.write_number(row, column, *number).unwrap();
        }
        Cell::Padded(number, width) => {
            let format = Format::new().set_num_format("0".repeat(*width));
            sheet.write_number_with_format(row, column, *number, &format).unwrap();
        }
        Cell::Day(day, seconds) => {
            let pattern = if *seconds == 0 { "yyyy/m/d" } else { "yyyy-mm-dd hh:mm:ss" };
            let serial = ExcelDateTime::from_ymd(
                chrono::Datelike::year(day) as u16,
                chrono::Datelike::month(day) as u8,
                chrono::Datelike::day(day) as u8,
            )
            .unwrap()
            .to_excel()
                + f64::from(*seconds) / 86_400.0;
            sheet.write_number_with_format(row, column, serial, &Format::new().set_num_format(pattern)).unwrap();
        }
        Cell::Flag(flag) => {
            sheet.write_boolean(row, column, *flag).unwrap();
        }
        Cell::Broken => {
            sheet.write_formula(row, column, Formula::new("=NA()").set_result("#N/A")).unwrap();
        }
    }
}

/// The files of a folder as text, for the message of a failure.
pub fn print(folder: &Path) -> String {
    use fairdraw::diagnostic::{Diagnostics, Progress};
    use fairdraw::tabular::{ReadOptions, load_raw};
    let mut out = String::new();
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let tables = load_raw(&path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none()).unwrap();
        for table in tables {
            out += &format!("== {} {:?}\n", table.file, table.sheet);
            for (i, row) in table.rows.iter().enumerate() {
                let cells: Vec<String> = table
                    .cells
                    .columns()
                    .iter()
                    .map(|column| column.str().unwrap().get(i).unwrap_or_default().to_owned())
                    .collect();
                out += &format!("{row}: {}\n", cells.join(" | "));
            }
        }
    }
    out
}
