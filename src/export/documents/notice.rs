//! The notice that makes a month's results public (通告), as PDF in the layout of GB/T 9704 and as Word to be edited.
//!
//! It is made of the public list alone: rows are visited and masked by construction, and the finished files are
//! searched for unvisited targets like every public file.

use std::collections::BTreeMap;

use chrono::Datelike;
use serde::Serialize;

use super::templates::Template;
use super::typeset::Typesetter;
use super::word::{self, WordBook};
use crate::diagnostic::AppResult;
use crate::disclosure::{Outcome, ResultList};
use crate::export::columns::ColumnCatalogue;
use crate::export::manifest::ExportFile;
use crate::export::public::{PublicHeader, result_texts, withheld_texts};
use crate::export::sheet::display_width;
use crate::text::number::thousands;

/// Columns of the notice's table, with their share of the width; centred where the cell is short. Others of the list
/// stand in its workbook.
const COLUMNS: [(&str, u32, bool); 10] = [
    ("number", 10, true),
    ("body", 20, false),
    ("name", 32, false),
    ("uscc", 40, true),
    ("matters", 24, false),
    ("manner", 13, true),
    ("inspected_on", 20, true),
    ("outcome", 21, false),
    ("handling", 30, false),
    ("inspectors", 24, false),
];

/// Characters of full width that a line of the landscape table holds: 222 mm of 9-point type, less the cells' margins.
const LINE: u32 = 64;

/// Rows of a table on paper: a nation's hundred thousand would be set for minutes and printed by nobody.
const MOST_ROWS: usize = 5_000;

/// Lines of a row from which on it may run over to the next page: more wouldn't fit on one.
const TALLEST: u32 = 28;

/// A column of a document's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrintColumn {
    /// Heading.
    pub heading: String,
    /// Share of the width.
    pub width: u32,
    /// Set in the middle.
    pub centred: bool,
}

/// A row of a document's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrintRow {
    /// Cells.
    pub cells: Vec<String>,
    /// Taller than a page: may be parted.
    pub long: bool,
}

/// A table that follows as an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrintSheet {
    /// `附件1`.
    pub label: String,
    /// Its title.
    pub title: String,
    /// Columns.
    pub columns: Vec<PrintColumn>,
    /// Rows.
    pub rows: Vec<PrintRow>,
    /// Sentences below it.
    pub notes: Vec<String>,
}

impl PrintSheet {
    /// The same with its first rows alone where it has too many for paper, and where the others stand said below.
    #[must_use]
    pub(super) fn on_paper(mut self, elsewhere: &str) -> Self {
        if self.rows.len() > MOST_ROWS {
            let all = thousands(self.rows.len() as i128);
            self.rows.truncate(MOST_ROWS);
            self.notes
                .push(format!("共 {all} 行，纸质件列前 {} 行，其余见{elsewhere}。", thousands(MOST_ROWS as i128)));
        }
        self
    }

    /// A table of these columns; rows too tall for a page are found by the width of their texts.
    pub(super) fn new(title: String, columns: Vec<PrintColumn>, rows: Vec<Vec<String>>) -> Self {
        let total: u32 = columns.iter().map(|c| c.width).sum::<u32>().max(1);
        let lines = |cells: &[String]| {
            let of = |(cell, column): (&String, &PrintColumn)| {
                let width = (LINE * 2 * column.width / total).max(2);
                (display_width(cell) as u32).div_ceil(width)
            };
            cells.iter().zip(&columns).map(of).max().unwrap_or(0)
        };
        let rows = rows.into_iter().map(|cells| PrintRow { long: lines(&cells) > TALLEST, cells }).collect();
        Self { label: String::new(), title, columns, rows, notes: Vec::new() }
    }
}

/// What the notice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Notice {
    title: String,
    agency: String,
    day: String,
    marks: Vec<String>,
    paragraphs: Vec<String>,
    attachments: Vec<String>,
    sheets: Vec<PrintSheet>,
}

/// `2027年3月5日`.
#[must_use]
pub(super) fn day_words(day: chrono::NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A hash in groups of so many digits, between which a line may end.
#[must_use]
pub(super) fn grouped(hash: &str, digits: usize) -> String {
    let all: Vec<char> = hash.chars().collect();
    all.chunks(digits.max(1)).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// What a notice is called in the names of its files.
pub const NOTICE: &str = "检查结果通告";

/// What a notice says of its month's draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrawRecord {
    /// The value with which a certificate's changes are checked; `None` before the certificate is public.
    pub head: Option<String>,
    /// How often another hand changed the project's files; `None` where the draw knows no log.
    pub interventions: Option<usize>,
}

/// Digits of a group where lines are justified: the fewer, the less the spaces between them grow.
const SHORT: usize = 4;

/// With what the paper, the certificate and the log can be held against each other later; `None` where there is no log.
fn record_words(header: &PublicHeader, record: &DrawRecord) -> Option<String> {
    let head = header.log.as_ref()?;
    let mut words = vec![format!("通告生成时的操作日志 {} 行，日志根值 {}", head.size, grouped(&head.root, SHORT))];
    words.extend(record.head.as_ref().map(|head| format!("本月抽取的变更摘要 {}", grouped(head, SHORT))));
    words.extend(record.interventions.map(|count| match count {
        0 => "没有外部改动".to_owned(),
        count => format!("外部改动 {count} 次，均由两人具名采用，列入抽取证书"),
    }));
    Some(format!("核验信息：{}。", words.join("；")))
}

fn compute_notice(
    list: &ResultList,
    header: &PublicHeader,
    catalogue: &ColumnCatalogue,
    (basis, record): (&str, &DrawRecord),
) -> Notice {
    let label = format!("{}年{}月", list.month.year(), list.month.month());
    let mut sheets = Vec::new();
    let same_matters = same_matters(list);
    if !list.rows.is_empty() {
        let texts = result_texts(list, catalogue);
        let at: Vec<(usize, u32, bool)> = COLUMNS
            .iter()
            .filter(|(id, ..)| *id != "matters" || same_matters.is_none())
            .filter_map(|(id, width, centred)| {
                Some((texts.columns.iter().position(|(column, _)| column == id)?, *width, *centred))
            })
            .collect();
        let columns = at
            .iter()
            .map(|(at, width, centred)| PrintColumn {
                heading: texts.columns[*at].1.clone(),
                width: *width,
                centred: *centred,
            })
            .collect();
        let rows = texts.rows.iter().map(|row| at.iter().map(|(at, ..)| row[*at].clone()).collect()).collect();
        let sheet = PrintSheet::new(format!("{label}检查结果公开表"), columns, rows);
        sheets.push(sheet.on_paper("同时公开的检查结果公开表（.xlsx、.csv）"));
    }
    if !list.withheld.is_empty() {
        let texts = withheld_texts(list, catalogue);
        let width = |id: &str| match id {
            "number" => (6, true),
            "month" => (12, true),
            "body" => (30, false),
            _ => (60, false),
        };
        let column = |(id, heading): &(String, String)| {
            let (width, centred) = width(id);
            PrintColumn { heading: heading.clone(), width, centred }
        };
        let columns = texts.columns.iter().map(column).collect();
        let sheet = PrintSheet::new(format!("{label}依法不予公开的检查结果"), columns, texts.rows);
        sheets.push(sheet.on_paper("同时公开的检查结果公开表（.xlsx、.csv）"));
    }
    let several = sheets.len() > 1;
    for (sheet, number) in sheets.iter_mut().zip(1..) {
        sheet.label = if several { format!("附件{number}") } else { "附件".to_owned() };
    }
    let attachments = sheets
        .iter()
        .zip(1..)
        .map(|(sheet, number)| if several { format!("{number}. {}", sheet.title) } else { sheet.title.clone() })
        .collect();
    Notice {
        // parted where the sense allows it
        title: format!("{}\n关于公开{label}“双随机、一公开”\n检查结果的通告", header.agency),
        agency: header.agency.clone(),
        day: day_words(list.published_on),
        marks: header.data_mark.iter().cloned().collect(),
        paragraphs: paragraphs(list, &label, (basis, record_words(header, record)), same_matters),
        attachments,
        sheets,
    }
}

/// The matters where they are the same of all rows: said once in the text, not in every row.
fn same_matters(list: &ResultList) -> Option<&str> {
    let first = list.rows.first().map(|row| row.matters.as_str()).filter(|matters| !matters.is_empty())?;
    list.rows.iter().all(|row| row.matters == first).then_some(first)
}

fn paragraphs(
    list: &ResultList,
    label: &str,
    (basis, record): (&str, Option<String>),
    matters: Option<&str>,
) -> Vec<String> {
    let by = if basis.is_empty() { String::new() } else { format!("根据{basis}，") };
    let mut told = Vec::new();
    if list.rows.is_empty() {
        told.push(format!("{by}现就{label}“双随机、一公开”检查结果公开事项通告如下。"));
        told.push(format!("截至{}，{label}没有可以公开的检查结果。", day_words(list.published_on)));
    } else {
        let of = |outcome: Outcome| list.rows.iter().filter(|row| row.outcome == outcome.label()).count();
        let counts: Vec<String> = Outcome::ALL
            .iter()
            .filter_map(|outcome| match of(*outcome) {
                0 => None,
                count => Some(format!("{} {count} 项", outcome.label())),
            })
            .collect();
        told.push(format!("{by}现将{label}“双随机、一公开”检查结果予以公开（见附件）。"));
        told.push(format!("本次公开检查结果 {} 项，其中{}。", list.rows.len(), counts.join("，")));
        let off_site = list.off_site();
        if off_site > 0 {
            told.push(format!("其中正面清单单位的非现场检查 {off_site} 项，不上门，次序由年度种子确定。"));
        }
        told.extend(matters.map(|matters| format!("检查事项为{}。", matters.trim_end_matches('。'))));
    }
    if !list.withheld.is_empty() {
        told.push(format!("依法不予公开的检查结果 {} 项，只计数并列明依据。", list.withheld.len()));
    }
    if list.running > 0 {
        told.push(format!("另有 {} 项检查任务尚未办结，办结后另行公开。", list.running));
    }
    told.push(
        "检查对象由随机抽取、必查或触发式检查确定。随机抽取的，抽取前公布承诺值，全月检查完毕后公布抽取证书，可供社会核验。"
            .to_owned(),
    );
    told.push("公开内容中的个人信息已隐去，检查人员以执法证号列示。".to_owned());
    told.extend(record);
    told.push("特此通告。".to_owned());
    told
}

/// What rendering documents gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RenderedDocuments {
    /// The files.
    pub files: Vec<ExportFile>,
    /// What the operator should know.
    pub notes: Vec<String>,
}

/// The notice of a month's results, .pdf and .docx. The basis is cited in its first sentence; a line before its last says
/// with what it can be checked.
///
/// # Errors
/// As [`Typesetter::typeset`]; `EXP-063` where the Word file can't be packed.
pub fn render_notice(
    list: &ResultList,
    header: &PublicHeader,
    catalogue: &ColumnCatalogue,
    told: (&str, &DrawRecord),
    typesetter: &Typesetter<'_>,
) -> AppResult<RenderedDocuments> {
    let notice = compute_notice(list, header, catalogue, told);
    let period = list.month.to_string();
    let name = format!("{NOTICE} {period}");
    let set = typesetter.typeset(Template::Notice, &name, &notice, BTreeMap::new())?;
    let files = vec![
        header.file(NOTICE, &period, "pdf", set.pdf),
        header.file(NOTICE, &period, "docx", notice_word(&notice, typesetter)?),
    ];
    Ok(RenderedDocuments { files, notes: set.notes })
}

fn notice_word(notice: &Notice, typesetter: &Typesetter<'_>) -> AppResult<Vec<u8>> {
    let mut book = WordBook::new(&notice.marks);
    book.title(&notice.title);
    for text in &notice.paragraphs {
        book.paragraph(text);
    }
    if !notice.attachments.is_empty() {
        book.blank();
        for (line, begin) in notice.attachments.iter().zip(std::iter::once("附件：").chain(std::iter::repeat("　　　")))
        {
            book.paragraph(&format!("{begin}{line}"));
        }
    }
    book.blank();
    book.signature(&notice.agency, &notice.day);
    book.turn_pages();
    for (at, sheet) in notice.sheets.iter().enumerate() {
        book.attachment(&sheet.label, &sheet.title, at > 0);
        book.table(sheet, word::LANDSCAPE);
    }
    book.pack(&notice.title, typesetter)
}
