//! A template looked at before a document is made of it: set with sample values, painted page by page.
//!
//! The samples (`assets/templates/samples.json`) have the shape of the documents' own values, so that a template that
//! can be previewed can be used, and a fault shows with its line and column as it would in an export.

use std::collections::BTreeMap;

use serde_json::Value;

use super::qr::qr_png;
use super::sketch::Sketch;
use super::templates::Template;
use super::typeset::{Painted, Typesetter};
use crate::diagnostic::{AppError, AppResult};

/// The sample values, by template.
const SAMPLES: &str = include_str!("../../../assets/templates/samples.json");

/// A district for the sample's sketch: a ring of longitudes and latitudes.
const RING: [(f64, f64); 7] = [
    (121.40, 31.10),
    (121.48, 31.08),
    (121.55, 31.12),
    (121.57, 31.20),
    (121.50, 31.26),
    (121.42, 31.22),
    (121.40, 31.10),
];

/// The first pages of a template with sample values, so many pixels across; of the page of all documents the notice's.
///
/// # Errors
/// As [`Typesetter::typeset`].
pub fn preview_template(
    template: Template,
    typesetter: &Typesetter<'_>,
    (width, pages): (u32, usize),
) -> AppResult<Painted> {
    let template = if template == Template::Common { Template::Notice } else { template };
    let samples: Value = serde_json::from_str(SAMPLES)
        .map_err(|cause| AppError::new("EXP-063", "文档「样张」无法生成").caused_by(cause))?;
    let sample = samples.get(template.file_name()).cloned().unwrap_or_default();
    let mut files = BTreeMap::new();
    files.extend(Sketch::new(&vec![RING.to_vec()]).map(|sketch| ("sketch.svg".to_owned(), sketch.svg.into_bytes())));
    files.extend(qr_png("样张").map(|png| ("qr.png".to_owned(), png)));
    typesetter.paint(template, "样张", &sample, files, (width, &move |at| at < pages))
}
