//! Word documents that an office edits: the layout of GB/T 9704 through docx-rs.
//!
//! The fonts are named, not embedded: Word takes those of the machine on which the file is opened.

use std::io::Cursor;

use chrono::NaiveDateTime;
use docx_rs::{
    AlignmentType, BreakType, Docx, Footer, Header, HeightRule, LineSpacing, LineSpacingType, PageMargin, PageNum,
    PageOrientationType, PageSize, Paragraph, Pic, Run, RunFonts, SectionProperty, Shading, SpecialIndentType, Table,
    TableAlignmentType, TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};
use zip::result::ZipResult;
use zip::{ZipArchive, ZipWriter};

use super::notice::PrintSheet;
use super::typeset::{Typesetter, unmade};
use crate::diagnostic::AppResult;
use crate::export::pack::{entry_options, same_everywhere};

/// Twips of a millimetre, times 1 000.
const MILLI_TWIPS: u32 = 56_693;

/// Half-points: 2 号, 3 号, 18-point, 4 号, 五号, 小五号.
const TWO: usize = 44;
const THREE: usize = 32;
const EIGHTEEN: usize = 36;
const FOUR: usize = 28;
const FIVE: usize = 21;
const SMALL_FIVE: usize = 18;

const TITLE: &str = "方正小标宋简体";
const BODY: &str = "仿宋_GB2312";
const HEI: &str = "黑体";
const DIGITS: &str = "宋体";

/// Width of the text area, millimetres: upright and turned pages.
pub(super) const PORTRAIT: u32 = 156;
/// Of a turned page.
pub(super) const LANDSCAPE: u32 = 225;

/// The height (twips) that marks a row as a table's head until the file is packed: docx-rs has no other way to say it.
const HEAD_HEIGHT: f32 = 397.0;

fn twips(millimetres: u32) -> u32 {
    millimetres * MILLI_TWIPS / 1000
}

fn margins(top: u32, right: u32, bottom: u32, left: u32) -> PageMargin {
    PageMargin {
        top: twips(top) as i32,
        right: twips(right) as i32,
        bottom: twips(bottom) as i32,
        left: twips(left) as i32,
        header: twips(15) as i32,
        footer: twips(bottom - 12) as i32,
        gutter: 0,
    }
}

fn fonts(east_asia: &str) -> RunFonts {
    RunFonts::new().east_asia(east_asia).ascii(east_asia).hi_ansi(east_asia)
}

fn run(text: &str, font: &str, size: usize) -> Run {
    Run::new().add_text(text).fonts(fonts(font)).size(size)
}

fn spaced(paragraph: Paragraph, points: i32) -> Paragraph {
    paragraph.line_spacing(LineSpacing::new().line_rule(LineSpacingType::Exact).line(points * 20).before(0).after(0))
}

fn page_number(align: AlignmentType) -> Footer {
    let font = |run: Run| run.fonts(fonts(DIGITS)).size(FOUR);
    Footer::new().add_paragraph(
        Paragraph::new()
            .align(align)
            .indent(Some(280), None, Some(280), None)
            .add_run(font(Run::new().add_text("— ")))
            .add_page_num(PageNum::new())
            .add_run(font(Run::new().add_text(" —"))),
    )
}

/// A Word document in the making.
pub(super) struct WordBook {
    docx: Docx,
    turned: bool,
    /// Top and bottom margins of upright pages, millimetres: those of GB/T 9704, or of sheets that are to be one page.
    upright: (u32, u32),
    pictures: usize,
}

impl WordBook {
    /// Begins a document; `marks` stand at the head of every page.
    pub(super) fn new(marks: &[String]) -> Self {
        let mut docx = Docx::new()
            .default_fonts(fonts(BODY))
            .default_size(THREE)
            .footer(page_number(AlignmentType::Right))
            .even_footer(page_number(AlignmentType::Left));
        if !marks.is_empty() {
            let head = || {
                let mark = run(&marks.join("　"), BODY, SMALL_FIVE).color("666666");
                Header::new().add_paragraph(Paragraph::new().align(AlignmentType::Right).add_run(mark))
            };
            docx = docx.header(head()).even_header(head());
        }
        Self { docx, turned: false, upright: (37, 35), pictures: 0 }
    }

    /// Upright pages with less room above and below: sheets that an office fills in, no official letter.
    pub(super) fn fill_pages(&mut self) {
        self.upright = (22, 20);
    }

    fn upright_margins(&self) -> PageMargin {
        let (top, bottom) = self.upright;
        margins(top, 26, bottom, 28)
    }

    fn push(&mut self, paragraph: Paragraph) {
        self.docx = std::mem::take(&mut self.docx).add_paragraph(paragraph);
    }

    /// The title: 2 号, centred, a line below it.
    pub(super) fn title(&mut self, text: &str) {
        for line in text.lines() {
            self.push(spaced(Paragraph::new(), 35).align(AlignmentType::Center).add_run(run(line, TITLE, TWO)));
        }
        self.blank();
    }

    /// A paragraph of the text, its first line set in by two characters.
    pub(super) fn paragraph(&mut self, text: &str) {
        let indented = spaced(Paragraph::new(), 28)
            .align(AlignmentType::Both)
            .indent(None, Some(SpecialIndentType::FirstLine(2 * 320)), None, None)
            .first_line_chars(200);
        self.push(indented.add_run(run(text, BODY, THREE)));
    }

    /// An empty line.
    pub(super) fn blank(&mut self) {
        self.push(spaced(Paragraph::new(), 28));
    }

    /// Agency above date, the date four characters from the right.
    pub(super) fn signature(&mut self, agency: &str, day: &str) {
        // the shorter line is centred on the longer one
        let width = |text: &str| crate::export::sheet::display_width(text) as i32 * 160;
        let (wide, narrow) = (width(agency).max(width(day)), width(agency).min(width(day)));
        for text in [agency, day] {
            let inset = if width(text) == wide { 0 } else { (wide - narrow) / 2 };
            self.push(
                spaced(Paragraph::new(), 28)
                    .align(AlignmentType::Right)
                    .indent(None, None, Some(4 * 320 + inset), None)
                    .keep_next(text == agency)
                    .add_run(run(text, BODY, THREE)),
            );
        }
    }

    /// Ends the upright pages: what follows stands on turned ones.
    pub(super) fn turn_pages(&mut self) {
        let upright = SectionProperty::new()
            .page_size(PageSize::new().size(twips(210), twips(297)))
            .page_margin(self.upright_margins());
        self.push(Paragraph::new().section_property(upright));
        self.turned = true;
    }

    /// Head of an attachment, on a page of its own where `break_before`.
    pub(super) fn attachment(&mut self, label: &str, title: &str, break_before: bool) {
        let mut head = spaced(Paragraph::new(), 28);
        if break_before {
            head = head.add_run(Run::new().add_break(BreakType::Page));
        }
        self.push(head.add_run(run(label, HEI, THREE)));
        self.push(spaced(Paragraph::new(), 30).align(AlignmentType::Center).add_run(run(title, TITLE, EIGHTEEN)));
    }

    /// Rows in columns of so many twips, over a width of so many millimetres.
    fn push_table(&mut self, rows: Vec<TableRow>, grid: Vec<usize>, width: u32) {
        let table = Table::new(rows)
            .set_grid(grid)
            .layout(TableLayoutType::Fixed)
            .width(twips(width) as usize, WidthType::Dxa)
            .align(TableAlignmentType::Center)
            .margins(TableCellMargins::new().margin(40, 40, 40, 40));
        self.docx = std::mem::take(&mut self.docx).add_table(table);
    }

    /// A table over the whole width (millimetres); its head is repeated on every page, rows aren't parted.
    pub(super) fn table(&mut self, sheet: &PrintSheet, width: u32) {
        let total: u32 = sheet.columns.iter().map(|column| column.width).sum::<u32>().max(1);
        let grid: Vec<usize> =
            sheet.columns.iter().map(|column| (twips(width) * column.width / total) as usize).collect();
        let cell = |text: &str, at: usize, head: bool| {
            let centred = head || sheet.columns.get(at).is_some_and(|column| column.centred);
            let font = if head { HEI } else { BODY };
            let mut cell = TableCell::new()
                .width(grid.get(at).copied().unwrap_or_default(), WidthType::Dxa)
                .vertical_align(VAlignType::Center);
            for line in text.split('\n') {
                let paragraph = spaced(Paragraph::new(), 14).add_run(run(line, font, SMALL_FIVE));
                cell = cell.add_paragraph(if centred { paragraph.align(AlignmentType::Center) } else { paragraph });
            }
            if head { cell.shading(Shading::new().fill("F2F2F2")) } else { cell }
        };
        let head = sheet.columns.iter().enumerate().map(|(at, column)| cell(&column.heading, at, true)).collect();
        let mut rows = vec![TableRow::new(head).cant_split().row_height(HEAD_HEIGHT).height_rule(HeightRule::AtLeast)];
        for row in &sheet.rows {
            let cells = row.cells.iter().enumerate().map(|(at, text)| cell(text, at, false)).collect();
            let made = TableRow::new(cells);
            rows.push(if row.long { made } else { made.cant_split() });
        }
        self.push_table(rows, grid, width);
        for note in &sheet.notes {
            self.push(spaced(Paragraph::new(), 16).add_run(run(note, BODY, FIVE)));
        }
    }

    /// A card: rows of labels and texts, one pair over the whole width or two beside each other.
    pub(super) fn card(&mut self, rows: &[Vec<(String, String)>]) {
        let (label, text) = (twips(26) as usize, twips(PORTRAIT / 2 - 26) as usize);
        let cell = |words: &str, width: usize, head: bool| {
            let font = if head { HEI } else { BODY };
            let mut cell = TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Center);
            for line in words.split('\n') {
                let paragraph = spaced(Paragraph::new(), 15).add_run(run(line, font, FIVE));
                cell = cell.add_paragraph(if head { paragraph.align(AlignmentType::Center) } else { paragraph });
            }
            if head { cell.shading(Shading::new().fill("F2F2F2")) } else { cell }
        };
        let rows = rows.iter().map(|row| {
            let alone = row.len() == 1;
            let cells = row.iter().flat_map(|(name, words)| {
                let value =
                    if alone { cell(words, text * 2 + label, false).grid_span(3) } else { cell(words, text, false) };
                [cell(name, label, true), value]
            });
            TableRow::new(cells.collect()).cant_split()
        });
        self.push_table(rows.collect(), vec![label, text, label, text], PORTRAIT);
    }

    /// Pictures (PNG) of so many millimetres beside each other, each with words below it.
    pub(super) fn pictures(&mut self, pictures: Vec<(Vec<u8>, (f64, f64), String)>) {
        if pictures.is_empty() {
            return;
        }
        let width = twips(PORTRAIT) as usize / pictures.len();
        let grid = vec![width; pictures.len()];
        let emu = |millimetres: f64| (millimetres * 36_000.0) as u32;
        let mut cells = Vec::new();
        for (png, (wide, high), words) in pictures {
            // its pixels don't matter: the size on paper is given
            let mut picture = Pic::new_with_dimensions(png, 1, 1).size(emu(wide), emu(high));
            // docx-rs counts pictures over all documents of a run: the same document would never be the same again
            self.pictures += 1;
            picture.id = format!("rIdImage{}", self.pictures);
            let run_of = |run| Paragraph::new().align(AlignmentType::Center).add_run(run);
            let cell = TableCell::new().width(width, WidthType::Dxa).vertical_align(VAlignType::Center);
            let cell = cell.add_paragraph(run_of(Run::new().add_image(picture)));
            cells.push(cell.add_paragraph(run_of(run(&words, BODY, SMALL_FIVE))));
        }
        self.push_table(vec![TableRow::new(cells).cant_split()], grid, PORTRAIT);
    }

    /// The finished file.
    ///
    /// # Errors
    /// `EXP-063`.
    pub(super) fn pack(self, title: &str, typesetter: &Typesetter<'_>) -> AppResult<Vec<u8>> {
        let day = format!("{}Z", typesetter.created.format("%Y-%m-%dT%H:%M:%S"));
        let docx = if self.turned {
            self.docx
                .page_size(twips(297), twips(210))
                .page_orient(PageOrientationType::Landscape)
                .page_margin(margins(28, 37, 26, 35))
        } else {
            let margins = self.upright_margins();
            self.docx.page_size(twips(210), twips(297)).page_margin(margins)
        };
        let mut parts = docx.created_at(&day).updated_at(&day).build();
        parts.document = finish_document(&parts.document);
        let mut bytes = Cursor::new(Vec::new());
        parts.pack(&mut bytes).map_err(|cause| unmade(title).caused_by(cause))?;
        deflate(bytes, typesetter.created).map_err(|cause| unmade(title).caused_by(cause))
    }
}

/// The same package with its parts deflated: docx-rs stores them as they are, some twenty times as much.
fn deflate(stored: Cursor<Vec<u8>>, at: NaiveDateTime) -> ZipResult<Vec<u8>> {
    let mut stored = ZipArchive::new(stored)?;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    for part in 0..stored.len() {
        let mut part = stored.by_index(part)?;
        // folders need no entries of their own
        if part.is_file() {
            let name = part.name()?.into_owned();
            packed.start_file(name, entry_options(at))?;
            std::io::copy(&mut part, &mut packed)?;
        }
    }
    Ok(same_everywhere(packed.finish()?.into_inner()))
}

/// What docx-rs can't say: table heads are repeated on every page, and the upright pages have the same head and foot
/// as the turned ones.
fn finish_document(document: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    let height = format!("<w:trHeight w:val=\"{HEAD_HEIGHT}\"");
    let mut text = text.replace(&height, &format!("<w:tblHeader />{height}"));
    if let Some((before, last)) = text.rsplit_once("<w:sectPr") {
        let references: String = last
            .split_inclusive("/>")
            .filter_map(|part| {
                part.find("<w:headerReference").or_else(|| part.find("<w:footerReference")).map(|at| part.get(at..))
            })
            .flatten()
            .collect();
        let mut whole = String::with_capacity(text.len() + 1024);
        for (at, part) in before.split("<w:sectPr").enumerate() {
            if at == 0 {
                whole.push_str(part);
                continue;
            }
            let end = part.find('>').map_or(0, |end| end + 1);
            let (tag, rest) = part.split_at(end);
            whole.push_str("<w:sectPr");
            whole.push_str(tag);
            whole.push_str(&references);
            whole.push_str(rest);
        }
        whole.push_str("<w:sectPr");
        whole.push_str(last);
        text = whole;
    }
    text.into_bytes()
}
