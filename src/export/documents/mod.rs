//! Documents that leave the office on paper: PDF set with Typst, Word for what an office edits.
//!
//! Duty: the notice of a month's results in the layout of official documents (GB/T 9704), a body's task book of a
//! month with a sheet and a checklist for each target, the certificate of a draw. Templates stand in
//! `assets/templates/`; an office overrides one by a file of the same name in its project's `模板/`.
//!
//! Invariants: documents are made of the same values as the workbooks; no clock, the same input gives the same bytes
//! on the same machine; a fault of a template is one finding with file, line and column; characters that no font can
//! print are named.

mod certificate;
mod faults;
mod fonts;
mod notice;
#[cfg(feature = "charts")]
mod paint;
#[cfg(feature = "charts")]
mod preview;
mod qr;
mod sketch;
mod tasks;
mod templates;
mod typeset;
mod word;

pub use certificate::render_certificate;
pub use fonts::{Face, Fonts};
pub use notice::{DrawRecord, NOTICE, PrintColumn, PrintRow, PrintSheet, RenderedDocuments, render_notice};
#[cfg(feature = "charts")]
pub use paint::PagePicture;
#[cfg(feature = "charts")]
pub use preview::preview_template;
pub use sketch::{Sketch, SketchShape};
pub use tasks::{PACK, PrintChecklist, TaskDetail, TaskPack, render_task_pack};
pub use templates::{TEMPLATE_FOLDER, Template, TemplateStanding, Templates};
#[cfg(feature = "charts")]
pub use typeset::Painted;
pub use typeset::{Typeset, Typesetter};
