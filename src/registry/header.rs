//! Finding the heading, recognising the table, and assigning columns.
//!
//! Method: each of the first rows, alone and together with the row below it (merged two-row headings), is
//! scored for each table by the headings it knows; a heading known in one table alone counts three, one known
//! in several counts one; a file or sheet name that says the table adds to it. A table whose required columns
//! are all there goes before one whose are not. Ties go to the upper row, so the result
//! is the same on every machine; two tables that fit alike are not told apart but asked about.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Finding;

use super::aliases::Aliases;
use super::codes;
use super::districts::{CoordinateSystem, DistrictLookup};
use super::mapping::{DistrictRule, FileMapping};
use super::own::{has_own, own_words};
use super::place_names::fill_from_name;
use super::schema::{TableKind, origin};
use super::text::heading_key;
use crate::tabular::RawTable;
use crate::text::clean;
use crate::text::encoding::ruin_of;

/// Rows looked at for a heading.
const SEARCHED_ROWS: usize = 40;

/// Where a table's columns are.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Which table.
    pub kind: TableKind,
    /// Index in the cells of the first row of data.
    pub first_row: usize,
    /// Physical rows of the heading, for messages and the written mapping; empty for parquet.
    pub header_rows: Vec<u32>,
    /// Heading of each column; empty where there is none.
    pub headings: Vec<String>,
    /// Column id → column index.
    pub fields: BTreeMap<&'static str, usize>,
    /// Column id → text that stands in every row.
    pub constants: BTreeMap<&'static str, String>,
    /// Column id → (text in the file → text to be read).
    pub values: BTreeMap<&'static str, BTreeMap<String, String>>,
    /// Unknown columns kept: index and name.
    pub extras: Vec<(usize, String)>,
    /// Coordinate system, where the mapping says.
    pub coordinates: Option<CoordinateSystem>,
    /// Where the district comes from.
    pub district: DistrictRule,
}

impl Layout {
    /// The heading of a column id for messages: as in the file, else its Chinese name.
    #[must_use]
    pub fn heading(&self, id: &str) -> String {
        self.fields
            .get(id)
            .and_then(|i| self.headings.get(*i))
            .filter(|heading| !heading.is_empty())
            .cloned()
            .unwrap_or_else(|| self.kind.column(id).map_or_else(|| id.to_owned(), |column| column.name.to_owned()))
    }

    /// True where a column or a constant gives the field.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.fields.contains_key(id) || self.constants.contains_key(id)
    }

    /// The recognised mapping, to be kept in the project.
    #[must_use]
    pub fn as_mapping(&self, raw: &RawTable) -> FileMapping {
        FileMapping {
            file: raw.file.clone(),
            sheet: raw.sheet.clone(),
            ignore: false,
            table: Some(self.kind),
            encoding: raw.encoding.clone(),
            delimiter: raw.delimiter,
            header_row: self.header_rows.first().copied(),
            header_rows: match self.header_rows.len() {
                0 if !raw.named => Some(0),
                2 => Some(2),
                _ => None,
            },
            columns: self
                .fields
                .iter()
                .filter_map(|(id, i)| Some(((*id).to_owned(), self.headings.get(*i)?.clone())))
                .collect(),
            constants: self.constants.iter().map(|(id, text)| ((*id).to_owned(), text.clone())).collect(),
            values: self.values.iter().map(|(id, map)| ((*id).to_owned(), map.clone())).collect(),
            coordinates: self.coordinates,
            district: (self.district == DistrictRule::FromPoint).then_some(self.district),
        }
    }
}

/// Columns with something in them up to which a heading is looked for: a register has some dozens.
const MOST_COLUMNS: usize = 1_000;

struct Candidate {
    kind: TableKind,
    row: usize,
    rows: usize,
    headings: Vec<String>,
    complete: bool,
    /// Something of the table's own stands in a heading or a name.
    own: bool,
    score: u32,
    hits: usize,
}

/// Finds the heading and recognises the table.
///
/// `forced` is what `--as` said; a mapping's own `table` goes before it. `map` knows the districts that a sheet or
/// file may be called after. Notes (heading below the first row, columns met twice, unknown columns) are pushed to
/// `notes`.
///
/// # Errors
/// The finding that makes the table unusable: `IMP-001`, `IMP-002`, `IMP-005`, `IMP-006`.
pub fn check_layout(
    raw: &RawTable,
    forced: Option<TableKind>,
    mapping: Option<&FileMapping>,
    aliases: &Aliases,
    map: &dyn DistrictLookup,
    notes: &mut Vec<Finding>,
) -> Result<Layout, Box<Finding>> {
    let place = |finding: Finding| finding.within(&raw.file, raw.sheet.as_deref());
    let forced = mapping.and_then(|mapping| mapping.table).or(forced);
    let kinds: Vec<TableKind> = forced.map_or_else(|| TableKind::ALL.to_vec(), |kind| vec![kind]);
    let filled = raw.cells.columns().iter().filter(|column| column.null_count() < column.len()).count();
    if filled > MOST_COLUMNS {
        return Err(Box::new(place(codes::TOO_WIDE.finding().value(format!("{filled} 列")))));
    }
    let candidates = candidates(raw, &kinds, mapping, aliases);
    // A table that has nothing of its own goes behind one that has, however many headings fit.
    let worth = |c: &Candidate| (c.complete && c.own, c.complete, c.score);
    let top = candidates.iter().map(worth).max();
    let mut fitting: Vec<&str> = candidates.iter().filter(|c| Some(worth(c)) == top).map(|c| c.kind.label()).collect();
    fitting.dedup();
    let best = candidates
        .into_iter()
        .reduce(|best, next| {
            let rank = |c: &Candidate| (worth(c), std::cmp::Reverse(c.rows), std::cmp::Reverse(c.row));
            if rank(&next) > rank(&best) { next } else { best }
        })
        .filter(|best| best.hits >= 2 || best.complete || forced.is_some() && best.hits >= 1);
    let Some(best) = best else {
        let code =
            if forced.is_some() || raw.cells.height() == 0 { &codes::HEADER_MISSING } else { &codes::TABLE_UNKNOWN };
        return Err(Box::new(place(unknown(raw, code.finding()))));
    };
    if best.complete && !best.own && forced.is_none() {
        // Headings that any list of firms may have: asked, not guessed.
        let words = format!("列名、工作表名或文件名中有{}等字样", own_words(best.kind));
        return Err(Box::new(place(
            codes::TABLE_UNKNOWN.finding().value(format!("像是{}，但不能确定", best.kind.label())).expected(words),
        )));
    }
    if best.complete && fitting.len() > 1 {
        // Headings that fit two tables alike: guessing would put a penalty among the complaints.
        return Err(Box::new(place(codes::TABLE_UNKNOWN.finding().value(fitting.join("或")))));
    }
    let mut layout = Layout {
        kind: best.kind,
        first_row: if raw.named { 0 } else { best.row + best.rows },
        header_rows: raw.rows.get(best.row..best.row + best.rows).unwrap_or_default().to_vec(),
        headings: best.headings,
        fields: BTreeMap::new(),
        constants: BTreeMap::new(),
        values: BTreeMap::new(),
        extras: Vec::new(),
        coordinates: mapping.and_then(|mapping| mapping.coordinates),
        district: mapping.and_then(|mapping| mapping.district).unwrap_or_default(),
    };
    if layout.header_rows.first().is_some_and(|row| *row > 1) || layout.header_rows.len() > 1 {
        let rows: Vec<String> = layout.header_rows.iter().map(u32::to_string).collect();
        notes.push(place(codes::HEADER_BELOW.finding().value(format!("第 {} 行", rows.join("、")))));
    }
    assign(&mut layout, raw, mapping, aliases, notes)?;
    fill_from_name(&mut layout, raw, map, notes);
    let missing: Vec<String> = layout
        .kind
        .required_groups()
        .iter()
        .filter(|group| !group.iter().any(|id| layout.has(id)))
        .map(|group| {
            let names: Vec<&str> =
                group.iter().filter_map(|id| layout.kind.column(id)).map(|column| column.name).collect();
            names.join("或")
        })
        .collect();
    if missing.is_empty() {
        return Ok(layout);
    }
    let seen: Vec<&str> = layout.headings.iter().map(String::as_str).filter(|heading| !heading.is_empty()).collect();
    let finding = if forced.is_none() && best.hits * 2 < layout.kind.required_groups().len() + 1 {
        unknown(raw, codes::TABLE_UNKNOWN.finding().value(seen.join("、")))
    } else {
        codes::COLUMNS_MISSING.finding().column(missing.join("；")).value(seen.join("、")).expected(format!(
            "含有「{}」的{}",
            missing.join("」「"),
            layout.kind.label()
        ))
    };
    Err(Box::new(place(finding)))
}

/// The finding for a table that isn't recognised; where its headings were destroyed, that is what is said.
fn unknown(raw: &RawTable, finding: Finding) -> Finding {
    let top = (0..raw.rows.len().min(SEARCHED_ROWS)).flat_map(|row| cells_of(raw, row));
    match top.into_iter().find(|cell| ruin_of(cell).is_some()) {
        Some(cell) => codes::TEXT_DESTROYED.finding().value(cell.chars().take(40).collect::<String>()),
        None => finding,
    }
}

/// Names of the columns of a table without headings.
fn numbered(raw: &RawTable) -> Vec<String> {
    (1..=raw.cells.width()).map(|i| format!("第 {i} 列")).collect()
}

fn candidates(raw: &RawTable, kinds: &[TableKind], mapping: Option<&FileMapping>, aliases: &Aliases) -> Vec<Candidate> {
    let mut shapes: Vec<(usize, usize)> = Vec::new();
    let bare = mapping.and_then(|mapping| mapping.header_rows) == Some(0);
    if raw.named {
        shapes.push((0, 0));
    } else if bare {
        // Without headings; the mapping may say where the data begins.
        let from = mapping.and_then(|mapping| mapping.header_row).unwrap_or(0);
        shapes.push((raw.rows.partition_point(|row| *row < from), 0));
    } else if let Some(wanted) = mapping.and_then(|mapping| mapping.header_row) {
        if let Ok(row) = raw.rows.binary_search(&wanted) {
            shapes.push((row, mapping.and_then(|mapping| mapping.header_rows).unwrap_or(1) as usize));
        }
    } else {
        for row in 0..raw.rows.len().min(SEARCHED_ROWS) {
            shapes.push((row, 1));
            shapes.push((row, 2));
        }
        if let Some(rows) = mapping.and_then(|mapping| mapping.header_rows) {
            shapes.retain(|(_, count)| *count == rows as usize);
        }
    }
    shapes.retain(|(row, rows)| row + rows <= raw.rows.len());
    let depth = shapes.iter().map(|(row, rows)| row + rows).max().unwrap_or(0);
    let top: Vec<Vec<String>> = (0..depth).map(|row| cells_of(raw, row)).collect();
    let mut candidates = Vec::new();
    for kind in kinds {
        for (row, rows) in &shapes {
            let headings = match rows {
                0 if !raw.named => numbered(raw),
                0 => raw.cells.get_column_names().iter().map(|name| clean(name.as_str()).into_owned()).collect(),
                1 => top[*row].clone(),
                _ => match join_headings(&top[*row], &top[*row + 1], *kind, mapping, aliases) {
                    Some(headings) => headings,
                    None => continue,
                },
            };
            candidates.push(score(raw, *kind, (*row, *rows), headings, mapping, aliases));
        }
    }
    candidates
}

/// The cells of a row, cleaned; empty text for empty cells.
fn cells_of(raw: &RawTable, row: usize) -> Vec<String> {
    raw.cells
        .columns()
        .iter()
        .map(|column| {
            column.str().ok().and_then(|cells| cells.get(row)).map(|text| clean(text).into_owned()).unwrap_or_default()
        })
        .collect()
}

fn score(
    raw: &RawTable,
    kind: TableKind,
    (row, rows): (usize, usize),
    headings: Vec<String>,
    mapping: Option<&FileMapping>,
    aliases: &Aliases,
) -> Candidate {
    let (mut score, mut found) = (0, BTreeSet::new());
    for heading in headings.iter().filter(|heading| !heading.is_empty()) {
        if let Some(id) = mapped(heading, mapping) {
            score += 3;
            found.insert(id);
        } else if let Some(id) = aliases.column(kind, heading)
            && found.insert(id.to_owned())
        {
            score += aliases.weight(kind, heading);
        }
    }
    let has = |id: &str| found.contains(id) || mapping.is_some_and(|mapping| mapping.constants.contains_key(id));
    let complete = !found.is_empty() && kind.required_groups().iter().all(|group| group.iter().any(|id| has(id)));
    if !found.is_empty() {
        let file = aliases.name_match(kind, &raw.file);
        let sheet = raw.sheet.as_deref().map_or(0, |sheet| aliases.name_match(kind, sheet));
        let longest = file.max(sheet) as u32;
        score += if longest > 0 { longest + 2 } else { 0 };
    }
    let own = mapping.is_some_and(|mapping| !mapping.columns.is_empty())
        || complete && has_own(kind, raw, &headings, aliases);
    Candidate { kind, row, rows, headings, complete, own, score, hits: found.len() }
}

/// The column id that a mapping gives to this heading.
fn mapped(heading: &str, mapping: Option<&FileMapping>) -> Option<String> {
    let key = heading_key(heading);
    mapping?.columns.iter().find(|(_, wanted)| heading_key(wanted) == key).map(|(id, _)| id.clone())
}

/// Joins a merged upper row with the row below it; `None` where the lower row adds no known heading.
fn join_headings(
    upper: &[String],
    lower: &[String],
    kind: TableKind,
    mapping: Option<&FileMapping>,
    aliases: &Aliases,
) -> Option<Vec<String>> {
    let meant = |heading: &str| mapped(heading, mapping).or_else(|| aliases.column(kind, heading).map(str::to_owned));
    let known = |heading: &str| meant(heading).is_some();
    let mut parent = "";
    let (mut gained, mut used) = (0, false);
    let headings = upper
        .iter()
        .zip(lower)
        .map(|(up, low)| {
            if !up.is_empty() {
                parent = up;
            }
            if low.is_empty() {
                used |= known(up);
                return up.clone();
            }
            // A heading merged over several columns is written in the first cell only.
            let joined = format!("{parent}{low}");
            let choice = match (meant(&joined), meant(low)) {
                // The upper heading adds nothing.
                (Some(both), Some(alone)) if both == alone => Some(low.as_str()),
                (Some(_), _) => Some(joined.as_str()),
                (None, Some(_)) => Some(low.as_str()),
                (None, None) => None,
            };
            match choice {
                Some(heading) => {
                    used |= !parent.is_empty() && heading == joined;
                    gained += usize::from(up.is_empty() || !known(up) || heading != up.as_str());
                    heading.to_owned()
                }
                None if up.is_empty() && parent.is_empty() => low.clone(),
                None => joined,
            }
        })
        .collect();
    // An upper row of which no heading is made is a title, not the upper half of the headings.
    (gained > 0 && used).then_some(headings)
}

fn assign(
    layout: &mut Layout,
    raw: &RawTable,
    mapping: Option<&FileMapping>,
    aliases: &Aliases,
    notes: &mut Vec<Finding>,
) -> Result<(), Box<Finding>> {
    let place = |finding: Finding| finding.within(&raw.file, raw.sheet.as_deref());
    let kind = layout.kind;
    if let Some(mapping) = mapping {
        for (id, wanted) in &mapping.columns {
            let Some(column) = kind.column(id) else { continue };
            let key = heading_key(wanted);
            let Some(i) = layout.headings.iter().position(|heading| heading_key(heading) == key) else {
                let seen: Vec<&str> =
                    layout.headings.iter().map(String::as_str).filter(|heading| !heading.is_empty()).collect();
                let expected = format!("其中之一：{}", seen.join("、"));
                return Err(Box::new(place(
                    codes::HEADING_ABSENT.finding().column(wanted.as_str()).expected(expected),
                )));
            };
            layout.fields.insert(column.id, i);
        }
        for (id, text) in &mapping.constants {
            if let Some(column) = kind.column(id) {
                layout.constants.insert(column.id, text.clone());
            }
        }
        for (id, values) in &mapping.values {
            if let Some(column) = kind.column(id) {
                layout.values.insert(column.id, values.clone());
            }
        }
    }
    let taken: Vec<usize> = layout.fields.values().copied().collect();
    // Of several columns that could be one field, the one whose heading is listed first, then the leftmost:
    // 排污许可证编号 goes before 编号 wherever they stand.
    let mut best: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    for (i, heading) in layout.headings.iter().enumerate().filter(|(i, _)| !taken.contains(i)) {
        if let Some((id, rank)) = aliases.ranked_column(kind, heading)
            && !layout.fields.contains_key(id)
            && !layout.constants.contains_key(id)
        {
            let known = best.entry(id).or_insert((rank, i));
            *known = (*known).min((rank, i));
        }
    }
    for (id, (_, i)) in best {
        layout.fields.insert(id, i);
    }
    let taken: Vec<usize> = layout.fields.values().copied().collect();
    let mut unknown = Vec::new();
    for (i, heading) in layout.headings.iter().enumerate().filter(|(i, _)| !taken.contains(i)) {
        if heading.is_empty() {
            // A column without a heading is kept where it has anything in it.
            let data = raw.cells.columns().get(i).is_some_and(|column| {
                let data = column.slice(layout.first_row as i64, column.len().saturating_sub(layout.first_row));
                data.null_count() < data.len()
            });
            if data {
                unknown.push((i, format!("第 {} 列", i + 1)));
            }
            continue;
        }
        if let Some(id) = aliases.column(kind, heading) {
            let first = layout.heading(id);
            notes.push(place(
                codes::COLUMN_TWICE.finding().column(heading.as_str()).value(format!("已采用「{first}」")),
            ));
        }
        unknown.push((i, heading.clone()));
    }
    // The unknown columns' names must differ from each other and from the frame's own columns.
    let own = kind.frame_columns().iter().chain(origin::COLUMNS);
    let mut used: Vec<String> = own.map(|column| column.name.to_owned()).collect();
    for (i, name) in unknown {
        let mut unique = name.clone();
        let mut number = 2;
        while used.contains(&unique) {
            unique = format!("{name}_{number}");
            number += 1;
        }
        used.push(unique.clone());
        layout.extras.push((i, unique));
    }
    if !layout.extras.is_empty() {
        let names: Vec<&str> = layout.extras.iter().map(|(_, name)| name.as_str()).collect();
        notes.push(place(codes::COLUMN_UNKNOWN.finding().value(names.join("、"))));
    }
    Ok(())
}
