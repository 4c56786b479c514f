//! Columns of the tables as the screen shows them: order, headings, formats.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::DataFrame;

use crate::registry::TableKind;
use crate::risk::SpecialReason;
use crate::ui::table::{ColumnDef, FrameRows};
use crate::ui::text::data as t;
use crate::workspace::session::OpenProject;
use crate::workspace::view::{CellFormat, format_of};

/// Shown first, in this order, where a table has them.
const FIRST: [&str; 16] = [
    "name",
    "tier",
    "score",
    "lambda",
    "special",
    "district",
    "body",
    "management",
    "industry",
    "status",
    "unit_id",
    "uscc",
    "stratum",
    "special_reasons",
    "address",
    "expires",
];

/// Hidden until chosen.
const HIDDEN: [&str; 13] = [
    "number",
    "enterprise",
    "grade_index",
    "aggravated",
    "lon",
    "lat",
    "issuing_body",
    "supervised",
    "reports_overdue",
    "self_monitoring_overdue",
    "positive_removed",
    "rectify_by",
    "permit_event_date",
];

/// Widths other than by type.
fn width(id: &str) -> Option<f32> {
    Some(match id {
        "name" => 230.0,
        "address" | "what" | "hint" | "reason" => 280.0,
        "cells" => 420.0,
        "unit_id" | "uscc" | "number" | "enterprise" => 186.0,
        "tier" => 84.0,
        "severity" => 64.0,
        "code" => 90.0,
        "body" | "stratum" => 150.0,
        "file" => 180.0,
        _ => return None,
    })
}

/// The columns of a frame. `kind` is the table, `None` for the report and the rows set aside.
pub(super) fn define(frame: &DataFrame, kind: Option<TableKind>) -> Arc<Vec<ColumnDef>> {
    let mut ids: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    let first: &[&str] = if kind.is_some() { &FIRST } else { &["severity", "code", "what"] };
    // the rows set aside keep their own order
    if kind.is_some() || ids.first().is_some_and(|id| id == "severity") {
        ids.sort_by_key(|id| first.iter().position(|known| known == id).unwrap_or(first.len()));
    }
    let known = |id: &str| kind.is_none_or(|kind| kind.column(id).is_some() || t::derived_heading(id).is_some());
    Arc::new(
        ids.iter()
            .map(|id| {
                let mut def = FrameRows::define(frame, id, &t::heading(kind, id));
                if let Some(width) = width(id) {
                    def.width = width;
                }
                let own_place = kind.is_some() && matches!(id.as_str(), "row" | "file");
                def.hidden = kind.is_some() && (HIDDEN.contains(&id.as_str()) || own_place || !known(id));
                if id == "tier" {
                    def.align = egui::Align::Center;
                }
                def
            })
            .collect(),
    )
}

/// How the columns of a frame read.
pub(super) fn formats(open: &OpenProject, kind: Option<TableKind>) -> impl Fn(&str) -> CellFormat {
    let policy = Arc::clone(&open.draft.now().policy);
    let districts = Arc::clone(&open.data.districts);
    move |id: &str| {
        let named = |names: BTreeMap<String, String>| CellFormat::Named(Arc::new(names));
        let of = |pairs: &[(&str, &str)]| {
            named(pairs.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect())
        };
        match id {
            "district" => named(districts.districts().iter().map(|d| (d.code.0.to_string(), d.name.clone())).collect()),
            "body" => named(policy.bodies.iter().map(|b| (b.id.to_string(), b.name.clone())).collect()),
            "tier" => {
                named(policy.tiers.iter().enumerate().map(|(i, tier)| (i.to_string(), tier.id.clone())).collect())
            }
            "stratum" => named(policy.categories.iter().map(|c| (c.id.clone(), c.name.clone())).collect()),
            "skills" => named(
                policy
                    .skills
                    .iter()
                    .map(|s| (s.id.clone(), s.names.first().cloned().unwrap_or_else(|| s.id.clone())))
                    .collect(),
            ),
            "special_reasons" => of(&SpecialReason::ALL.map(|reason| (reason.id(), reason.label()))),
            "table" => named(TableKind::ALL.iter().map(|k| (k.id().to_owned(), k.label().to_owned())).collect()),
            _ => match kind.map(|kind| t::words(kind, id)) {
                Some(words) if !words.is_empty() => of(&words),
                _ => format_of(id),
            },
        }
    }
}

/// Text columns that the search field looks into.
pub(super) fn searched(frame: &DataFrame) -> Vec<String> {
    const SEARCHED: [&str; 20] = [
        "name",
        "unit_id",
        "number",
        "uscc",
        "address",
        "document",
        "authority",
        "certificate",
        "outlet",
        "pollutant",
        "reason",
        "department",
        "matters",
        "result",
        "kind",
        "what",
        "value",
        "code",
        "cells",
        "file",
    ];
    SEARCHED.iter().filter(|id| frame.column(id).is_ok()).map(|id| (*id).to_owned()).collect()
}
