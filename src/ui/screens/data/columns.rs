//! Columns of the tables as the screen shows them: order, headings, formats.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use polars::prelude::DataFrame;

use crate::registry::TableKind;
use crate::registry::industry::IndustryTable;
use crate::registry::schema::{credit, inspectors, origin, quality, set_aside, sources};
use crate::risk::{SpecialReason, columns as scored};
use crate::ui::table::{ColumnDef, FrameRows, format_of};
use crate::ui::text::data as t;
use crate::workspace::session::{LAMBDA, LIMIT, OpenProject};
use crate::workspace::view::{CellFormat, NamedColumn, is_text};

/// Shown first, in this order, where a table has them.
const FIRST: [&str; 17] = [
    sources::NAME.name(),
    scored::TIER.name(),
    scored::SCORE.name(),
    LAMBDA.name(),
    scored::SPECIAL.name(),
    sources::DISTRICT.name(),
    sources::BODY.name(),
    sources::MANAGEMENT.name(),
    sources::INDUSTRY.name(),
    sources::STATUS.name(),
    LIMIT.name(),
    sources::UNIT_ID.name(),
    sources::USCC.name(),
    scored::STRATUM.name(),
    scored::SPECIAL_REASONS.name(),
    sources::ADDRESS.name(),
    sources::EXPIRES.name(),
];

/// Hidden until chosen.
const HIDDEN: [&str; 13] = [
    sources::NUMBER.name(),
    sources::ENTERPRISE.name(),
    credit::GRADE_INDEX.name(),
    scored::AGGRAVATED.name(),
    sources::LON.name(),
    sources::LAT.name(),
    sources::ISSUING_BODY.name(),
    sources::SUPERVISED.name(),
    sources::REPORTS_OVERDUE.name(),
    sources::SELF_MONITORING_OVERDUE.name(),
    sources::POSITIVE_REMOVED.name(),
    sources::RECTIFY_BY.name(),
    sources::PERMIT_EVENT_DATE.name(),
];

/// Widths other than by type.
const WIDTHS: [(&str, f32); 22] = [
    (sources::NAME.name(), 230.0),
    (sources::ADDRESS.name(), 280.0),
    (quality::WHAT.name(), 280.0),
    (quality::HINT.name(), 280.0),
    (set_aside::REASON.name(), 280.0),
    (set_aside::CELLS.name(), 420.0),
    (sources::UNIT_ID.name(), 200.0),
    (sources::USCC.name(), 186.0),
    (sources::NUMBER.name(), 200.0),
    (sources::ENTERPRISE.name(), 186.0),
    (scored::TIER.name(), 84.0),
    (quality::SEVERITY.name(), 64.0),
    (quality::CODE.name(), 90.0),
    (quality::UNIT.name(), 180.0),
    (quality::VALUE.name(), 140.0),
    (quality::EXPECTED.name(), 210.0),
    (quality::COLUMN.name(), 100.0),
    (quality::CONFIRMED_WHY.name(), 180.0),
    (sources::BODY.name(), 150.0),
    (sources::INDUSTRY.name(), 190.0),
    (scored::STRATUM.name(), 150.0),
    (origin::FILE.name(), 180.0),
];

fn width(id: &str) -> Option<f32> {
    WIDTHS.iter().find(|(known, _)| *known == id).map(|(_, width)| *width)
}

/// The columns of a frame. `kind` is the table, `None` for the report and the rows set aside.
pub(super) fn define(frame: &DataFrame, kind: Option<TableKind>) -> Arc<Vec<ColumnDef>> {
    let mut ids: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    // the report and the rows set aside keep their own order
    if kind.is_some() {
        ids.sort_by_key(|id| FIRST.iter().position(|known| known == id).unwrap_or(FIRST.len()));
    }
    let known = |id: &str| kind.is_none_or(|kind| kind.column(id).is_some() || t::derived_heading(id).is_some());
    Arc::new(
        ids.iter()
            .map(|id| {
                let mut def = FrameRows::define(frame, id, &t::heading(kind, id));
                if let Some(width) = width(id) {
                    def.width = width;
                }
                let own_place = kind.is_some() && [origin::ROW.name(), origin::FILE.name()].contains(&id.as_str());
                let own_last = [quality::CONFIRMED_AT.name(), set_aside::CODE.name(), set_aside::CELLS.name()]
                    .contains(&id.as_str());
                def.hidden = kind.is_none() && own_last
                    || kind.is_some() && (HIDDEN.contains(&id.as_str()) || own_place || !known(id));
                if id == scored::TIER.name() {
                    def.align = egui::Align::Center;
                }
                def
            })
            .collect(),
    )
}

/// Hides the columns in which every row is empty; gives back their ids. The first column names the rows and stays.
pub(super) fn hide_blank(frame: &DataFrame, defs: &mut [ColumnDef]) -> Vec<String> {
    let blank = |id: &str| {
        let Ok(column) = frame.column(id) else { return false };
        let texts = || column.str().is_ok_and(|texts| texts.iter().all(|text| text.is_none_or(str::is_empty)));
        frame.height() > 0 && (column.null_count() == frame.height() || texts())
    };
    let mut found = Vec::new();
    for def in defs.iter_mut().skip(1).filter(|def| !def.hidden) {
        if blank(&def.id) {
            def.hidden = true;
            found.push(def.id.to_string());
        }
    }
    found
}

/// Industries by their codes: `2231 纸和纸板容器制造`; read once.
fn industries() -> Arc<BTreeMap<String, String>> {
    static NAMES: OnceLock<Arc<BTreeMap<String, String>>> = OnceLock::new();
    let read = || {
        let table = IndustryTable::shipped().unwrap_or_default();
        Arc::new(table.entries().map(|(code, name)| (code.to_owned(), format!("{code} {name}"))).collect())
    };
    Arc::clone(NAMES.get_or_init(read))
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
        if id == sources::DISTRICT.name() {
            named(districts.districts().iter().map(|d| (d.code.0.to_string(), d.name.clone())).collect())
        } else if id == sources::BODY.name() {
            named(policy.bodies.iter().map(|b| (b.id.to_string(), b.name.clone())).collect())
        } else if id == scored::TIER.name() {
            named(policy.tiers.iter().enumerate().map(|(i, tier)| (i.to_string(), tier.id.clone())).collect())
        } else if id == scored::STRATUM.name() {
            named(policy.categories.iter().map(|c| (c.id.clone(), c.name.clone())).collect())
        } else if id == inspectors::SKILLS.name() {
            let first = |names: &[String]| names.first().cloned();
            let skills = policy.skills.iter();
            named(skills.map(|s| (s.id.clone(), first(&s.names).unwrap_or_else(|| s.id.clone()))).collect())
        } else if id == scored::SPECIAL_REASONS.name() {
            of(&SpecialReason::ALL.map(|reason| (reason.id(), reason.label())))
        } else if id == scored::SCORE.name() {
            CellFormat::Fixed(1)
        } else if id == LAMBDA.name() {
            CellFormat::Fixed(3)
        } else if id == sources::INDUSTRY.name() && kind == Some(TableKind::Sources) {
            CellFormat::Named(industries())
        } else if id == set_aside::TABLE.name() {
            of(&TableKind::ALL.map(|kind| (kind.id(), kind.label())))
        } else {
            match kind.map(|kind| t::words(kind, id)) {
                Some(words) if !words.is_empty() => of(&words),
                _ => format_of(id),
            }
        }
    }
}

/// Columns whose values read by their names, and these.
pub(super) fn named(defs: &[ColumnDef], format: &dyn Fn(&str) -> CellFormat) -> Vec<NamedColumn> {
    let names = |def: &ColumnDef| match format(&def.id) {
        CellFormat::Named(names) => Some((def.id.to_string(), names)),
        _ => None,
    };
    defs.iter().filter_map(names).collect()
}

/// Columns of texts that the search field looks into: all but those whose values read by their names.
pub(super) fn searched(frame: &DataFrame, defs: &[ColumnDef], named: &[NamedColumn]) -> Vec<String> {
    let is_named = |id: &str| named.iter().any(|(own, _)| own == id);
    let texts = defs.iter().filter(|def| is_text(frame, &def.id) && !is_named(&def.id));
    texts.map(|def| def.id.to_string()).collect()
}
