//! A body's task book of a month (任务书): cover, list, pairs, and a sheet for each target with its checklist. Internal.
//!
//! One document a body. A target's checklist begins on a page of its own and is the same for all targets of an industry
//! and category: it is laid out once in a piece of the document and taken over. Word files come in volumes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::certificate::chance_words;
use super::notice::{PrintColumn, PrintSheet, RenderedDocuments, day_words};
use super::qr::{qr_png, qr_width_mm};
use super::sketch::{Painted, Sketch};
use super::templates::Template;
use super::typeset::Typesetter;
use super::word::{PORTRAIT, WordBook};
use crate::checklist::ChecklistRow;
use crate::diagnostic::AppResult;
use crate::disclosure::CheckOrigin;
use crate::export::plan_book::{InspectorRef, TargetRow};
use crate::export::tasks::TaskBook;

/// What a task book is called in the names of its files; those of a book in volumes go on with the volume.
pub const PACK: &str = "检查任务书";

/// Sheets of a Word file: larger ones are slow to work with.
const VOLUME: usize = 150;

/// Sheets of a PDF laid out in one go: a sheet takes some 3 MB until its piece is done.
const PIECE: usize = 12;

/// What a sheet needs besides its row of the list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskDetail {
    /// What earlier checks found, the latest first: day and words.
    pub earlier: Vec<String>,
    /// Limits known: outlet, pollutant, limit, with what they come from.
    pub limits: Vec<String>,
    /// Its checklist, as an index of [`TaskPack::checklists`].
    pub checklist: usize,
    /// Its district's outline, as an index of [`TaskPack::sketches`].
    pub sketch: Option<usize>,
    /// Text of its QR code: the unit's own proof; `None` where it was not in the draw.
    pub proof: Option<String>,
}

/// A checklist as sheets print it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PrintChecklist {
    /// Names of the lists that it is made of.
    pub names: String,
    /// `待专家审定`.
    pub note: String,
    /// Items, by kind of matter.
    pub rows: Vec<ChecklistRow>,
}

/// A body's month.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskPack {
    /// Header, month, targets, matters.
    pub book: TaskBook,
    /// One a target of the book, in its order.
    pub details: Vec<TaskDetail>,
    /// Checklists that sheets use.
    pub checklists: Vec<PrintChecklist>,
    /// Outlines that sheets use.
    pub sketches: Vec<Sketch>,
}

#[derive(Serialize)]
struct Document {
    title: String,
    body: String,
    month: String,
    day: String,
    marks: Vec<String>,
    /// `第 1 册，共 3 册`; empty where there is one alone.
    volume: String,
    /// Number of its first page: 1 where it begins with the cover, later where it goes on with more sheets.
    page: usize,
    facts: Vec<(String, String)>,
    /// The list of targets and that of pairs, in the first volume.
    lists: Vec<PrintSheet>,
    checklists: Vec<PrintChecklist>,
    sketches: Vec<SketchFacts>,
    sheets: Vec<Sheet>,
}

#[derive(Serialize)]
struct SketchFacts {
    file: String,
    aspect: f64,
    /// A round length for the scale bar, and its share of the width.
    bar: (String, f64),
}

#[derive(Serialize)]
struct Sheet {
    code: String,
    name: String,
    /// Rows of the card: one pair over the whole width, or two beside each other.
    card: Vec<Vec<(String, String)>>,
    earlier: Vec<String>,
    limits: Vec<String>,
    checklist: usize,
    sketch: Option<usize>,
    at: Option<(f64, f64)>,
    place: String,
    qr: Option<String>,
    /// Width of the code on paper, millimetres.
    qr_width: f64,
}

fn person(inspector: Option<&InspectorRef>) -> String {
    match inspector {
        Some(person) if person.name.is_empty() => format!("证号 {}", person.certificate),
        Some(person) => format!("{}（证号 {}）", person.name, person.certificate),
        None => "未配对".to_owned(),
    }
}

fn or_dash(text: &str) -> String {
    if text.trim().is_empty() { "—".to_owned() } else { text.to_owned() }
}

fn yes(flag: bool) -> String {
    if flag { "是" } else { "否" }.to_owned()
}

/// The card of a target, row by row.
fn card(row: &TargetRow, matters: &str) -> Vec<Vec<(String, String)>> {
    let one = |label: &str, text: &str| vec![(label.to_owned(), or_dash(text))];
    let two =
        |a: (&str, String), b: (&str, String)| [a, b].map(|(label, text)| (label.to_owned(), or_dash(&text))).to_vec();
    let (unit, draw, staff) = (&row.unit, &row.draw, &row.staff);
    let special = if unit.special { "（特殊监管对象）" } else { "" };
    let chance = draw.pi_ppb.map(chance_words).unwrap_or_default();
    let visits = match (unit.visits, unit.cap_left) {
        (Some(visits), Some(left)) => format!("已计 {visits} 次，余 {left} 次"),
        _ => String::new(),
    };
    let day = |day: Option<chrono::NaiveDate>| day.map(day_words).unwrap_or_default();
    let origin = match draw.origin {
        CheckOrigin::Drawn => format!("{}，第 {} 位", draw.origin.label(), draw.order.unwrap_or_default()),
        other => other.label().to_owned(),
    };
    vec![
        one("被检查单位", &unit.name),
        two(("统一社会信用代码", unit.uscc.clone()), ("许可证或登记编号", unit.permit.clone())),
        one("地址", &row.place.address),
        two(("行业", unit.industry.clone()), ("管理类别", unit.management.clone())),
        two(("监管类别", format!("{}{special}", unit.supervision)), ("风险等级", unit.tier.clone())),
        two(("检查来源", origin), ("入选概率", chance)),
        one("入选原因", &draw.reasons),
        one("检查事项", matters),
        two(("检查方式", staff.manner.label().to_owned()), ("监测同行", yes(staff.monitoring))),
        one("检查依据", &draw.basis),
        two(("主办人员", person(staff.lead.as_ref())), ("协办人员", person(staff.second.as_ref()))),
        two(("回避记录", staff.recusal.clone()), ("完成期限", day(draw.complete_by))),
        two(("上次检查", day(unit.last_visit)), ("本年检查次数", visits)),
    ]
}

fn column(heading: &str, width: u32, centred: bool) -> PrintColumn {
    PrintColumn { heading: heading.to_owned(), width, centred }
}

fn list_sheet(title: String, tasks: &[&TargetRow]) -> PrintSheet {
    let columns = vec![
        column("序号", 8, true),
        column("计划编码", 37, false),
        column("单位名称", 40, false),
        column("所在区", 15, true),
        column("检查来源", 16, true),
        column("主办", 14, true),
        column("协办", 14, true),
        column("完成期限", 19, true),
    ];
    let name = |person: &Option<InspectorRef>| {
        person
            .as_ref()
            .map_or_else(|| "—".to_owned(), |p| or_dash(if p.name.is_empty() { &p.certificate } else { &p.name }))
    };
    let cells = |(at, row): (usize, &&TargetRow)| {
        vec![
            (at + 1).to_string(),
            row.draw.plan_code.clone(),
            row.unit.name.clone(),
            row.place.district.clone(),
            row.draw.origin.label().to_owned(),
            name(&row.staff.lead),
            name(&row.staff.second),
            row.draw.complete_by.map(|day| day.to_string()).unwrap_or_default(),
        ]
    };
    PrintSheet::new(title, columns, tasks.iter().enumerate().map(cells).collect())
}

/// Who goes where: a row an inspector, with the numbers of the list.
fn pair_sheet(title: String, tasks: &[&TargetRow]) -> PrintSheet {
    let mut people: BTreeMap<&str, (&str, Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (row, number) in tasks.iter().zip(1..) {
        for (person, leads) in [(&row.staff.lead, true), (&row.staff.second, false)] {
            let Some(person) = person else { continue };
            let of = people.entry(&person.certificate).or_insert((&person.name, Vec::new(), Vec::new()));
            if leads { of.1.push(number) } else { of.2.push(number) }
        }
    }
    let columns = vec![
        column("执法证号", 16, true),
        column("姓名", 12, true),
        column("次数", 7, true),
        column("主办（清单序号）", 40, false),
        column("协办（清单序号）", 40, false),
    ];
    let numbers = |numbers: &[usize]| numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join("、");
    let cells = |(certificate, (name, leads, seconds)): (&str, (&str, Vec<usize>, Vec<usize>))| {
        vec![
            certificate.to_owned(),
            name.to_owned(),
            (leads.len() + seconds.len()).to_string(),
            numbers(&leads),
            numbers(&seconds),
        ]
    };
    PrintSheet::new(title, columns, people.into_iter().map(cells).collect())
}

/// A round length of about a quarter of the width, and its share of it.
fn scale_bar(width_km: f64) -> (String, f64) {
    let wanted = width_km / 4.0;
    let lengths = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
    let length = lengths.into_iter().rfind(|length| *length <= wanted).unwrap_or(0.5);
    (format!("{length} 千米"), length / width_km)
}

fn month_words(book: &TaskBook) -> String {
    format!("{}年{}月", book.month.year(), book.month.month())
}

fn title(book: &TaskBook) -> String {
    format!("{}双随机检查任务书", month_words(book))
}

/// A target to be visited, its detail, and the picture of its code: made once, whatever documents it stands in.
type Task<'a> = (&'a TargetRow, &'a TaskDetail, Option<Vec<u8>>);

/// Which part of a book a document is.
struct Part {
    first: bool,
    volume: String,
    page: usize,
}

impl TaskPack {
    /// The targets that are tasks, in the order of the sheets.
    fn tasks(&self) -> Vec<Task<'_>> {
        let detail = |row: &TargetRow| {
            let at = self.book.targets.iter().position(|target| std::ptr::eq(target, row))?;
            self.details.get(at)
        };
        let code_of = |detail: &TaskDetail| detail.proof.as_deref().and_then(qr_png);
        let rows = self.book.tasks().into_iter();
        rows.filter_map(|row| detail(row).map(|detail| (row, detail, code_of(detail)))).collect()
    }

    /// A part of the document with the sheets of these tasks; its first has the lists.
    fn document(&self, rows: &[&TargetRow], tasks: &[Task<'_>], part: Part) -> (Document, BTreeMap<String, Vec<u8>>) {
        let (book, header) = (&self.book, &self.book.header);
        let month = month_words(book);
        let mut files = BTreeMap::new();
        let sketches = self.sketches.iter().enumerate().map(|(at, sketch)| {
            let file = format!("sketch-{at}.svg");
            files.insert(file.clone(), sketch.svg.clone().into_bytes());
            SketchFacts { file, aspect: sketch.aspect, bar: scale_bar(sketch.width_km) }
        });
        let sketches = sketches.collect();
        let mut sheets = Vec::new();
        for (row, detail, code) in tasks {
            let qr_width = code.as_deref().map_or(0.0, qr_width_mm);
            let qr = code.as_ref().map(|png| {
                let file = format!("qr-{}.png", sheets.len());
                files.insert(file.clone(), png.clone());
                file
            });
            let at = row
                .place
                .lon
                .zip(row.place.lat)
                .and_then(|(lon, lat)| self.sketches.get(detail.sketch?)?.place(lon, lat));
            let place = match (row.place.lon, row.place.lat) {
                (Some(lon), Some(lat)) => format!("东经 {lon:.5}°，北纬 {lat:.5}°"),
                _ => String::new(),
            };
            sheets.push(Sheet {
                code: row.draw.plan_code.clone(),
                name: row.unit.name.clone(),
                card: card(row, &book.matters),
                earlier: detail.earlier.clone(),
                limits: detail.limits.clone(),
                checklist: detail.checklist,
                sketch: detail.sketch.filter(|_| at.is_some()),
                at,
                place,
                qr,
                qr_width,
            });
        }
        let of = |origin: CheckOrigin| rows.iter().filter(|row| row.draw.origin == origin).count();
        let facts = vec![
            ("检查任务".to_owned(), format!("{} 家", rows.len())),
            ("抽查".to_owned(), format!("{} 家", of(CheckOrigin::Drawn))),
            ("必查".to_owned(), format!("{} 家", of(CheckOrigin::Mandatory))),
            ("触发式检查".to_owned(), format!("{} 家", of(CheckOrigin::Triggered))),
            ("监测同行".to_owned(), format!("{} 家", rows.iter().filter(|row| row.staff.monitoring).count())),
        ];
        let marks = std::iter::once("内部资料，检查前保密".to_owned()).chain(header.data_mark.clone()).collect();
        let document = Document {
            title: title(book),
            body: book.whose().to_owned(),
            day: day_words(header.created.date()),
            marks,
            volume: part.volume,
            page: part.page,
            facts,
            lists: if part.first {
                vec![
                    list_sheet(format!("{month}检查任务清单"), rows),
                    pair_sheet(format!("{month}执法人员配对名单"), rows),
                ]
            } else {
                Vec::new()
            },
            month,
            checklists: self.checklists.clone(),
            sketches,
            sheets,
        };
        (document, files)
    }
}

/// A body's task book, .pdf and .docx; `None` of a kind that isn't wanted.
///
/// # Errors
/// As [`Typesetter::typeset`]; `EXP-063` where the Word file can't be packed.
pub fn render_task_pack(
    pack: &TaskPack,
    (pdf, docx): (bool, bool),
    typesetter: &Typesetter<'_>,
) -> AppResult<RenderedDocuments> {
    let tasks = pack.tasks();
    let rows: Vec<&TargetRow> = tasks.iter().map(|(row, ..)| *row).collect();
    let mut rendered = RenderedDocuments { files: Vec::new(), notes: Vec::new() };
    if docx {
        let drawn: Vec<(Option<Painted>, &Sketch)> =
            pack.sketches.iter().map(|sketch| (Painted::new(&sketch.svg, sketch.aspect), sketch)).collect();
        let volumes = tasks.len().div_ceil(VOLUME);
        for (at, of_volume) in tasks.chunks(VOLUME).enumerate() {
            let (name, volume) = match volumes {
                ..2 => (PACK.to_owned(), String::new()),
                _ => (format!("{PACK}第{}册", at + 1), format!("第 {} 册，共 {volumes} 册", at + 1)),
            };
            let (document, files) = pack.document(&rows, of_volume, Part { first: at == 0, volume, page: 1 });
            rendered.files.push(pack.book.file(&name, "docx", task_word(&document, &drawn, &files, typesetter)?));
        }
    }
    if pdf && !tasks.is_empty() {
        // a template that doesn't go by the page gets everything at once: it would print its cover before each piece
        let piece = if typesetter.templates.reads(Template::Tasks, "doc.page") { PIECE } else { tasks.len() };
        let pieces: Vec<_> = tasks.chunks(piece).collect();
        let told = format!("{} {}", pack.book.whose(), title(&pack.book));
        let set = typesetter.typeset_pieces(Template::Tasks, &told, pieces.len(), |at, page| {
            let part = Part { first: at == 0, volume: String::new(), page };
            pack.document(&rows, pieces.get(at).copied().unwrap_or_default(), part)
        })?;
        rendered.notes.extend(set.notes);
        rendered.files.push(pack.book.file(PACK, "pdf", set.pdf));
    }
    Ok(rendered)
}

/// Widest code in a Word file, whose pages have wider margins, millimetres.
const WORD_CODE: f64 = 76.0;
/// Most room of a sketch beside the code in a Word file, millimetres.
const SKETCH: (f64, f64) = (72.0, 60.0);

/// The sheets to be edited: card, earlier findings, limits, sketch and code, checklist and signatures, a target after the other.
fn task_word(
    document: &Document,
    drawn: &[(Option<Painted>, &Sketch)],
    files: &BTreeMap<String, Vec<u8>>,
    typesetter: &Typesetter<'_>,
) -> AppResult<Vec<u8>> {
    let mut book = WordBook::new(&document.marks);
    book.fill_pages();
    let title = format!("{}{}", document.body, document.title);
    book.title(&format!("{title}{}", document.volume));
    if let Some(list) = document.lists.first() {
        book.table(list, PORTRAIT);
    }
    let joined = |texts: &[String], empty: &str| if texts.is_empty() { empty.to_owned() } else { texts.join("；") };
    for sheet in &document.sheets {
        book.attachment(&format!("计划编码 {}", sheet.code), "双随机检查任务单", true);
        let mut card = sheet.card.clone();
        card.push(vec![("以往检查发现".to_owned(), joined(&sheet.earlier, NOTHING_FOUND))]);
        card.push(vec![("排放限值".to_owned(), joined(&sheet.limits, NO_LIMITS))]);
        card.push(vec![("位置".to_owned(), or_dash(&sheet.place))]);
        book.card(&card);
        let mut pictures = Vec::new();
        if let Some(((sketch, facts), at)) = sheet.sketch.and_then(|at| drawn.get(at)).zip(sheet.at)
            && let Some(png) = sketch.as_ref().and_then(|sketch| sketch.png(at))
        {
            let wide = SKETCH.0.min(SKETCH.1 / facts.aspect);
            let words = format!("位置示意：上北，图宽约 {:.0} 千米；边界不作为划界依据", facts.width_km);
            pictures.push((png, (wide, wide * facts.aspect), words));
        }
        if let Some(png) = sheet.qr.as_ref().and_then(|file| files.get(file)) {
            let words = "本单位的抽取证明，扫码核验".to_owned();
            let wide = sheet.qr_width.min(WORD_CODE);
            pictures.push((png.clone(), (wide, wide), words));
        }
        book.pictures(pictures);
        if let Some(checklist) = document.checklists.get(sheet.checklist) {
            book.attachment(&format!("被检查单位：{}", sheet.name), "检查表", true);
            book.table(&checklist_sheet(checklist), PORTRAIT);
        }
        book.card(&SIGNED.map(|(label, words)| vec![(label.to_owned(), words.to_owned())]));
    }
    book.pack(&title, typesetter)
}

/// Rows to be filled in and signed, on the checklist's pages: those that the firm signs hold nothing internal.
const SIGNED: [(&str, &str); 4] = [
    ("检查情况", "\n\n"),
    ("问题记录", "\n\n"),
    ("当事人意见", "以上情况属实。签字：　　　　　　　　　　年　　月　　日"),
    ("执法人员签字", "　　　　　　　　、　　　　　　　　年　　月　　日"),
];

/// What stands where earlier checks found nothing, and where no limits are known.
const NOTHING_FOUND: &str = "名录中没有以往检查发现的问题";
const NO_LIMITS: &str = "名录中没有限值，以许可证副本为准";

fn checklist_sheet(checklist: &PrintChecklist) -> PrintSheet {
    let columns = vec![
        column("类别", 14, true),
        column("检查项", 18, false),
        column("检查要点", 46, false),
        column("检查依据", 40, false),
        column("结果", 22, false),
    ];
    let cells = |row: &ChecklistRow| {
        vec![
            row.section.clone(),
            row.item.clone(),
            format!("{}（{}）", row.look, row.manner),
            row.basis.clone(),
            "□未发现问题\n□发现问题\n□不涉及".to_owned(),
        ]
    };
    let mut sheet = PrintSheet::new(checklist.names.clone(), columns, checklist.rows.iter().map(cells).collect());
    sheet.notes = vec![format!("{}（{}）", checklist.names, checklist.note)];
    sheet
}
