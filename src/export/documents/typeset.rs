//! Sets a document with Typst: template and data in, PDF out.
//!
//! Invariants: no clock (a template that asks for today gets an error; the date comes in with the data), no network,
//! no file but those handed in; the same template, data and fonts give the same bytes. A fault in a template is one
//! finding with file, line and column. What Typst keeps between two documents is thrown away after each, so that a
//! city's sheets don't pile up in memory; fonts are read once for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDateTime, Timelike};
#[cfg(feature = "charts")]
use rayon::prelude::*;
use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::model::Document as _;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_kit::fonts::FontStore;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, Timestamp};

use super::faults::fault_words;
use super::fonts::Fonts;
#[cfg(feature = "charts")]
use super::paint::{PagePicture, paint_page};
use super::templates::{TEMPLATE_FOLDER, Template, Templates};
use crate::diagnostic::{AppError, AppResult, Finding};

/// Where a template finds its data.
const DATA: &str = "data.json";

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// What documents are set with.
#[derive(Debug, Clone, Copy)]
pub struct Typesetter<'a> {
    /// Fonts at hand.
    pub fonts: &'a Fonts,
    /// The office's own templates.
    pub templates: &'a Templates,
    /// Program and version, the PDF's maker.
    pub program: &'a str,
    /// Time of the export: the PDF's date.
    pub created: NaiveDateTime,
}

/// What a template reads: the document's own data beside the faces.
#[derive(Serialize)]
struct Data<'a, T> {
    fonts: &'a BTreeMap<&'static str, super::fonts::Face>,
    doc: &'a T,
}

/// A document set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typeset {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// What the operator should know: characters that could not be printed, what a template was warned of.
    pub notes: Vec<String>,
}

/// A document's pages as pixels.
#[cfg(feature = "charts")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Painted {
    /// The pages wanted, in order.
    pub pages: Vec<PagePicture>,
    /// Pages of the whole document.
    pub count: usize,
    /// As [`Typeset::notes`].
    pub notes: Vec<String>,
}

impl Typesetter<'_> {
    /// Sets a document; `files` are pictures and other bytes that the template names. `name` is told in messages.
    ///
    /// # Errors
    /// `EXP-060` a fault of the template, with file, line and column; `EXP-063` where its data or the PDF can't be made.
    pub fn typeset<T: Serialize>(
        &self,
        template: Template,
        name: &str,
        doc: &T,
        files: BTreeMap<String, Vec<u8>>,
    ) -> AppResult<Typeset> {
        let laid = self.lay_out(template, name, doc, files)?;
        self.write(name, laid)
    }

    /// Sets a document piece by piece, so that what Typst needs for laying out is that of a piece and not of the whole.
    /// `piece` makes the next one (data and files), given its place from 0 and the number of its first page; at least
    /// one is set.
    ///
    /// # Errors
    /// As [`Self::typeset`].
    pub fn typeset_pieces<T: Serialize>(
        &self,
        template: Template,
        name: &str,
        pieces: usize,
        mut piece: impl FnMut(usize, usize) -> (T, BTreeMap<String, Vec<u8>>),
    ) -> AppResult<Typeset> {
        let mut set = |at: usize, first: usize| {
            let (doc, files) = piece(at, first);
            self.lay_out(template, name, &doc, files)
        };
        let mut whole = set(0, 1)?;
        let mut pages = whole.document.pages().to_vec();
        for at in 1..pieces {
            let next = set(at, pages.len() + 1)?;
            pages.extend_from_slice(next.document.pages());
            whole.missing.extend(next.missing);
            // a piece is warned of what the others are: the template is the same
            for note in next.notes {
                if !whole.notes.contains(&note) {
                    whole.notes.push(note);
                }
            }
        }
        if pieces > 1 {
            let info = whole.document.info().clone();
            whole.document = PagedDocument::new(pages.into_iter().collect(), info);
        }
        self.write(name, whole)
    }

    /// The PDF of what is laid out.
    fn write(&self, name: &str, laid: LaidOut<'_>) -> AppResult<Typeset> {
        let options = PdfOptions {
            ident: Smart::Custom(format!("{name} {}", self.created)),
            creator: Smart::Custom(Some(self.program.to_owned())),
            timestamp: timestamp(self.created),
            tagged: false,
            ..PdfOptions::default()
        };
        let pdf = typst_pdf::pdf(&laid.document, &options);
        typst::comemo::evict(0);
        let pdf = pdf.map_err(|faults| self.finding(&laid.world, &faults, name))?;
        Ok(Typeset { pdf, notes: laid.notes(name) })
    }

    /// The same document's pages as pixels, so many across; of those that `wanted` names by their place from 0.
    ///
    /// # Errors
    /// As [`Self::typeset`].
    #[cfg(feature = "charts")]
    pub fn paint<T: Serialize>(
        &self,
        template: Template,
        name: &str,
        doc: &T,
        files: BTreeMap<String, Vec<u8>>,
        (width, wanted): (u32, &(dyn Fn(usize) -> bool + Sync)),
    ) -> AppResult<Painted> {
        let laid = self.lay_out(template, name, doc, files)?;
        let all: Vec<_> = laid.document.pages().iter().enumerate().filter(|(at, _)| wanted(*at)).collect();
        let pages: Vec<PagePicture> =
            all.par_iter().filter_map(|(_, page)| paint_page(&page.frame, page.fill_or_white(), width)).collect();
        Ok(Painted { pages, count: laid.document.pages().len(), notes: laid.notes(name) })
    }

    /// Lays a document out; with what is to be said of it.
    fn lay_out<T: Serialize>(
        &self,
        template: Template,
        name: &str,
        doc: &T,
        files: BTreeMap<String, Vec<u8>>,
    ) -> AppResult<LaidOut<'_>> {
        let data = serde_json::to_vec(&Data { fonts: self.fonts.faces(), doc })
            .map_err(|cause| unmade(name).caused_by(cause))?;
        let missing = self.fonts.missing(&String::from_utf8_lossy(&data)).into_iter().collect();
        let world = self.world(template, data, files)?;
        let compiled = typst::compile::<PagedDocument>(&world);
        typst::comemo::evict(0);
        let document = compiled.output.map_err(|faults| self.finding(&world, &faults, name))?;
        // warnings of the product's own templates are its tests' matter; an office wants to know of its own
        let own = compiled.warnings.iter().filter(|warning| self.place(&world, warning).is_some_and(|p| p.own));
        let notes = own.map(|warning| self.told(&world, warning, false).to_string()).collect();
        Ok(LaidOut { document, world, missing, notes })
    }

    fn finding(&self, world: &DocumentWorld<'_>, faults: &[SourceDiagnostic], name: &str) -> AppError {
        match faults.first() {
            Some(fault) => self.told(world, fault, true).into(),
            None => unmade(name),
        }
    }

    fn told(&self, world: &DocumentWorld<'_>, fault: &SourceDiagnostic, stops: bool) -> Finding {
        let finding = if stops {
            Finding::error("EXP-060", "模板有误，文档无法生成")
        } else {
            Finding::warning("EXP-064", "模板可能有误")
        };
        let finding = finding.value(fault_words(&fault.message));
        let Some(place) = self.place(world, fault) else { return finding };
        let file = format!("{TEMPLATE_FOLDER}/{}", place.file);
        let hint = if place.own {
            format!("在该行第 {} 个字符处；请改正模板，或移走它以使用程序自带的模板", place.column)
        } else {
            format!("在该行第 {} 个字符处", place.column)
        };
        finding.row(place.line).hint(hint).file(file)
    }

    /// Where a fault lies: in the office's own template where its trace leads there.
    fn place(&self, world: &DocumentWorld<'_>, fault: &SourceDiagnostic) -> Option<Place> {
        let spans = std::iter::once(fault.span).chain(fault.trace.iter().map(|point| point.span.into()));
        let places: Vec<Place> = spans
            .filter_map(|span| {
                let id = span.id()?;
                let source = world.source(id).ok()?;
                let (line, column) = source.lines().byte_to_line_column(world.range(span)?.start)?;
                let file = id.vpath().get_without_slash().to_owned();
                let own = self.templates.is_own(&file);
                Some(Place { file, line: line as u64 + 1, column: column as u64 + 1, own })
            })
            .collect();
        let own = places.iter().position(|place| place.own).unwrap_or(0);
        places.into_iter().nth(own)
    }

    fn world(
        &self,
        template: Template,
        data: Vec<u8>,
        mut files: BTreeMap<String, Vec<u8>>,
    ) -> AppResult<DocumentWorld<'_>> {
        let main = file_id(template.file_name())?;
        let mut world =
            DocumentWorld { fonts: self.fonts.store(), main, sources: HashMap::new(), files: HashMap::new() };
        files.extend(self.templates.files());
        files.insert(DATA.to_owned(), data);
        for (name, bytes) in files {
            let id = file_id(&name)?;
            if name.to_lowercase().ends_with(".typ") {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                world.sources.insert(id, Source::new(id, text));
            }
            world.files.insert(id, Bytes::new(bytes));
        }
        Ok(world)
    }
}

/// Pages laid out, before they are written or painted.
struct LaidOut<'a> {
    document: PagedDocument,
    world: DocumentWorld<'a>,
    /// Characters that no font can print.
    missing: BTreeSet<char>,
    /// Warnings of the office's own template.
    notes: Vec<String>,
}

impl LaidOut<'_> {
    /// What the operator should know of the document.
    fn notes(&self, name: &str) -> Vec<String> {
        let missing = (!self.missing.is_empty()).then(|| missing_note(name, &self.missing));
        missing.into_iter().chain(self.notes.iter().cloned()).collect()
    }
}

/// Where a fault of a template lies; line and column from 1.
struct Place {
    file: String,
    line: u64,
    column: u64,
    own: bool,
}

pub(super) fn unmade(name: &str) -> AppError {
    AppError::new("EXP-063", format!("文档「{name}」无法生成"))
}

fn missing_note(name: &str, missing: &BTreeSet<char>) -> String {
    const MOST: usize = 20;
    let shown: Vec<String> = missing.iter().take(MOST).map(|c| format!("{c}（U+{:04X}）", *c as u32)).collect();
    let more = if missing.len() > MOST { format!("等 {} 个字", missing.len()) } else { String::new() };
    Finding::warning("EXP-062", "文档中有字无字体可以印出，该处为方框")
        .value(format!("{}{more}", shown.join("、")))
        .hint("请安装含这些字的字体（如中易宋体扩展字库）后重新导出，或以近似字代替并注明")
        .file(name)
        .to_string()
}

fn timestamp(at: NaiveDateTime) -> Option<Timestamp> {
    let datetime = Datetime::from_ymd_hms(
        at.year(),
        at.month() as u8,
        at.day() as u8,
        at.hour() as u8,
        at.minute() as u8,
        at.second() as u8,
    )?;
    Some(Timestamp::new_utc(datetime))
}

fn file_id(name: &str) -> AppResult<FileId> {
    let path =
        VirtualPath::new(name).map_err(|_| AppError::new("EXP-034", "导出文件名不能使用").with(|f| f.value(name)))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// What Typst may see: the files handed in, and fonts.
struct DocumentWorld<'a> {
    fonts: &'a FontStore,
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

impl World for DocumentWorld<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}
