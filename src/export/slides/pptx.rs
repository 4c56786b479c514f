//! The deck as a presentation (ECMA-376, transitional) that PowerPoint, WPS and LibreOffice open and edit: titles in
//! title placeholders, figures and sentences in text boxes, tables as tables, charts as pictures with their words as
//! alternative text, notes as pages of notes.
//!
//! The parts that are the same in every deck (theme, master, two layouts, master of the notes) stand in
//! `assets/slides/`.

mod shapes;

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use chrono::NaiveDateTime;
use zip::ZipWriter;

use super::layout::layout;
use super::sheet::picture_png;
use super::{Deck, Slide};
use crate::diagnostic::{AppError, AppResult};
use crate::export::pack::{entry_options, same_everywhere};
use shapes::{NAMESPACES, PROLOGUE, escape, notes_xml, slide_xml};

const THEME: &str = include_str!("../../../assets/slides/theme.xml");
const MASTER: &str = include_str!("../../../assets/slides/master.xml");
const LAYOUTS: [&str; 2] =
    [include_str!("../../../assets/slides/layout_page.xml"), include_str!("../../../assets/slides/layout_cover.xml")];
const NOTES_MASTER: &str = include_str!("../../../assets/slides/notes_master.xml");

/// Pixels of a picture in a point of the page: sharp on a screen of 2 400 pixels.
const DENSITY: f64 = 2.5;

/// Beginning of the types of relations and of contents.
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const CONTENT: &str = "application/vnd.openxmlformats-officedocument";

/// Ids of slides and masters begin here (ECMA-376 part 1, 19.7.13 and 19.7.15).
const FIRST_SLIDE: usize = 256;
const MASTER_ID: u32 = 2_147_483_648;

/// The parts of a package, in the order in which they are written.
#[derive(Default)]
struct Package {
    parts: Vec<(String, Vec<u8>)>,
    /// Name of each part of its own type, and the type.
    types: Vec<(String, String)>,
}

impl Package {
    fn add(&mut self, name: impl Into<String>, kind: &str, bytes: impl Into<Vec<u8>>) {
        let name = name.into();
        if !kind.is_empty() {
            self.types.push((name.clone(), kind.to_owned()));
        }
        self.parts.push((name, bytes.into()));
    }

    /// A part's relations: id, last word of the type, target.
    fn relate(&mut self, part: &str, relations: &[(String, &str, String)]) {
        let (folder, name) = part.rsplit_once('/').map_or(("", part), |(folder, name)| (folder, name));
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut xml =
            format!("{PROLOGUE}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">");
        for (id, kind, target) in relations {
            let kind = if kind.starts_with("http") { (*kind).to_owned() } else { format!("{RELATION}/{kind}") };
            // writing to a text can't fail
            let _ = write!(xml, "<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>");
        }
        xml.push_str("</Relationships>");
        self.parts.push((format!("{folder}_rels/{name}.rels"), xml.into_bytes()));
    }

    /// `[Content_Types].xml`, the first part of every package.
    fn content_types(&self) -> String {
        let mut xml = format!(
            "{PROLOGUE}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
             <Default Extension=\"png\" ContentType=\"image/png\"/>\
             <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
             <Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        );
        for (name, kind) in &self.types {
            let _ = write!(xml, "<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>");
        }
        xml.push_str("</Types>");
        xml
    }

    fn zipped(self, at: NaiveDateTime) -> Result<Vec<u8>, String> {
        let options = entry_options(at);
        let types = self.content_types();
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let first = ("[Content_Types].xml".to_owned(), types.into_bytes());
        for (name, bytes) in std::iter::once(first).chain(self.parts) {
            zip.start_file(name, options).map_err(|cause| cause.to_string())?;
            zip.write_all(&bytes).map_err(|cause| cause.to_string())?;
        }
        Ok(same_everywhere(zip.finish().map_err(|cause| cause.to_string())?.into_inner()))
    }
}

fn one(id: usize, kind: &'static str, target: impl Into<String>) -> (String, &'static str, String) {
    (format!("rId{id}"), kind, target.into())
}

/// The deck as .pptx; `program` and `created` are its maker and its date.
///
/// # Errors
/// `CHT-001`, `CHT-002` where a chart can't be drawn; `EXP-066` where the package can't be made.
pub fn render_pptx(deck: &Deck, program: &str, created: NaiveDateTime) -> AppResult<Vec<u8>> {
    let mut package = Package::default();
    package.relate(
        "",
        &[
            one(1, "officeDocument", "ppt/presentation.xml"),
            one(
                2,
                "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
                "docProps/core.xml",
            ),
            one(3, "extended-properties", "docProps/app.xml"),
        ],
    );
    properties(&mut package, deck, program, created);
    presentation(&mut package, deck.slides.len());
    masters(&mut package);
    for (at, slide) in deck.slides.iter().enumerate() {
        add_slide(&mut package, deck, slide, at + 1)?;
    }
    package
        .zipped(created)
        .map_err(|cause| AppError::new("EXP-066", "演示文稿无法生成").with(|finding| finding.value(cause)))
}

fn properties(package: &mut Package, deck: &Deck, program: &str, created: NaiveDateTime) {
    let at = created.format("%Y-%m-%dT%H:%M:%SZ");
    let core = format!(
        "{PROLOGUE}<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:dcmitype=\"http://purl.org/dc/dcmitype/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{}</dc:title><dc:creator>{}</dc:creator>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{at}</dcterms:modified></cp:coreProperties>",
        escape(&deck.title),
        escape(&deck.agency)
    );
    package.add("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", core);
    let count = deck.slides.len();
    let app = format!(
        "{PROLOGUE}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
         <Application>{}</Application><PresentationFormat>宽屏</PresentationFormat><Slides>{count}</Slides>\
         <Notes>{count}</Notes></Properties>",
        escape(program)
    );
    package.add("docProps/app.xml", &format!("{CONTENT}.extended-properties+xml"), app);
}

/// The presentation and what hangs on it: masters first, then the slides.
fn presentation(package: &mut Package, slides: usize) {
    let mut ids = String::new();
    let mut relations = vec![
        one(1, "slideMaster", "slideMasters/slideMaster1.xml"),
        one(2, "notesMaster", "notesMasters/notesMaster1.xml"),
    ];
    for at in 0..slides {
        let _ = write!(ids, "<p:sldId id=\"{}\" r:id=\"rId{}\"/>", FIRST_SLIDE + at, at + 3);
        relations.push(one(at + 3, "slide", format!("slides/slide{}.xml", at + 1)));
    }
    let next = slides + 3;
    relations.extend([
        one(next, "presProps", "presProps.xml"),
        one(next + 1, "viewProps", "viewProps.xml"),
        one(next + 2, "theme", "theme/theme1.xml"),
        one(next + 3, "tableStyles", "tableStyles.xml"),
    ]);
    let xml = format!(
        "{PROLOGUE}<p:presentation {NAMESPACES} saveSubsetFonts=\"1\">\
         <p:sldMasterIdLst><p:sldMasterId id=\"{MASTER_ID}\" r:id=\"rId1\"/></p:sldMasterIdLst>\
         <p:notesMasterIdLst><p:notesMasterId r:id=\"rId2\"/></p:notesMasterIdLst>\
         <p:sldIdLst>{ids}</p:sldIdLst><p:sldSz cx=\"12192000\" cy=\"6858000\"/>\
         <p:notesSz cx=\"6858000\" cy=\"9144000\"/></p:presentation>"
    );
    package.add("ppt/presentation.xml", &format!("{CONTENT}.presentationml.presentation.main+xml"), xml);
    package.relate("ppt/presentation.xml", &relations);
    for (name, element) in [("presProps", "presentationPr"), ("viewProps", "viewPr")] {
        let xml = format!("{PROLOGUE}<p:{element} {NAMESPACES}/>");
        package.add(format!("ppt/{name}.xml"), &format!("{CONTENT}.presentationml.{name}+xml"), xml);
    }
    let styles = format!(
        "{PROLOGUE}<a:tblStyleLst xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
         def=\"{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}\"/>"
    );
    package.add("ppt/tableStyles.xml", &format!("{CONTENT}.presentationml.tableStyles+xml"), styles);
}

fn masters(package: &mut Package) {
    // a theme belongs to one master only
    for at in 1..=2 {
        package.add(format!("ppt/theme/theme{at}.xml"), &format!("{CONTENT}.theme+xml"), THEME);
    }
    let master = "ppt/slideMasters/slideMaster1.xml";
    package.add(master, &format!("{CONTENT}.presentationml.slideMaster+xml"), MASTER);
    package.relate(
        master,
        &[
            one(1, "slideLayout", "../slideLayouts/slideLayout1.xml"),
            one(2, "slideLayout", "../slideLayouts/slideLayout2.xml"),
            one(3, "theme", "../theme/theme1.xml"),
        ],
    );
    for (at, xml) in LAYOUTS.into_iter().enumerate() {
        let name = format!("ppt/slideLayouts/slideLayout{}.xml", at + 1);
        package.add(name.clone(), &format!("{CONTENT}.presentationml.slideLayout+xml"), xml);
        package.relate(&name, &[one(1, "slideMaster", "../slideMasters/slideMaster1.xml")]);
    }
    let notes = "ppt/notesMasters/notesMaster1.xml";
    package.add(notes, &format!("{CONTENT}.presentationml.notesMaster+xml"), NOTES_MASTER);
    package.relate(notes, &[one(1, "theme", "../theme/theme2.xml")]);
}

/// A slide, its picture and its page of notes; `number` from 1.
fn add_slide(package: &mut Package, deck: &Deck, slide: &Slide, number: usize) -> AppResult<()> {
    let page = layout(slide);
    let picture = match page.picture {
        Some(at) => picture_png(slide, at, DENSITY)?,
        None => None,
    };
    let name = format!("ppt/slides/slide{number}.xml");
    let xml = slide_xml(deck, slide, &page, picture.as_ref().map(|_| "rId3"));
    package.add(name.clone(), &format!("{CONTENT}.presentationml.slide+xml"), xml);
    let layout = if slide.cover { 2 } else { 1 };
    let mut relations = vec![
        one(1, "slideLayout", format!("../slideLayouts/slideLayout{layout}.xml")),
        one(2, "notesSlide", format!("../notesSlides/notesSlide{number}.xml")),
    ];
    if let Some(bytes) = picture {
        relations.push(one(3, "image", format!("../media/image{number}.png")));
        package.add(format!("ppt/media/image{number}.png"), "", bytes);
    }
    package.relate(&name, &relations);
    let notes = format!("ppt/notesSlides/notesSlide{number}.xml");
    package.add(notes.clone(), &format!("{CONTENT}.presentationml.notesSlide+xml"), notes_xml(&slide.notes));
    package.relate(
        &notes,
        &[
            one(1, "notesMaster", "../notesMasters/notesMaster1.xml"),
            one(2, "slide", format!("../slides/slide{number}.xml")),
        ],
    );
    Ok(())
}
