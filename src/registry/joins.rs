//! Events to enterprises: by unit number, then credit code, then name.
//!
//! A name is the same only after width, blanks and brackets: whatever is looser is a suggestion that a person accepts.
//!
//! Method: binary search in the sorted register for numbers; a sorted index of codes; for names a sorted index
//! of 64-bit hashes of the normal form, one entry a name with the first enterprises that have it, every hit compared in
//! full: a name that hundreds of sites share costs no more than any other. Rows are looked up in parallel, findings made
//! in their order. Indexes are built only when something asks for them. A name that means several enterprises matches none. Suggestions for names that match nothing are
//! found by shared pairs of characters (Dice's coefficient), led by the rarest. Everything is
//! ordered by (score, name, row): no result depends on hashing order or threads.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use polars::prelude::*;
use rayon::prelude::*;

use crate::diagnostic::Finding;
use crate::domain::{PermitNumber, holds_identity};

use super::codes;
use super::collect::{Collector, Places};
use super::columns::{Column as Typed, Text};
use super::ids::id_key;
use super::options::RegistryOptions;
use super::parse::{CHUNK, collect_text};
use super::row_index::{NO_ROW, RowIndex};
use super::schema::{event, sources as register};
use super::text::{exact_name, name_key};

/// The register made for looking up.
pub struct SourceIndex<'a> {
    units: &'a StringChunked,
    enterprises: &'a StringChunked,
    names: &'a StringChunked,
    codes: &'a StringChunked,
    by_unit: OnceLock<RowIndex>,
    by_code: OnceLock<RowIndex>,
    by_name: OnceLock<Vec<NameEntry>>,
    /// Rows whose id is not their number, by their number in normal form: files go on naming them by it.
    by_number: BTreeMap<String, u32>,
    prefixes: &'a [String],
}

/// FNV-1a: simple, the same everywhere; hits are compared in full, so its quality only matters for speed.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Names suggested for one that matches nothing.
const SUGGESTED: usize = 3;
/// Pairs of characters by which suggestions are looked for, the rarest of the name.
const LEADING_PAIRS: usize = 4;

/// Enterprises of one name that are told apart; who means one of more is shown these.
const TOLD: usize = 3;
/// A name of the register.
struct NameEntry {
    /// Of its normal form.
    hash: u64,
    /// The first row of each of the first enterprises that have it.
    rows: [u32; TOLD],
}

impl NameEntry {
    fn meant(&self) -> NameMatch {
        match self.rows {
            [one, NO_ROW, _] => NameMatch::One(one),
            rows => NameMatch::Several(rows),
        }
    }
}

/// What a name means.
#[derive(Clone, Copy)]
enum NameMatch {
    One(u32),
    Several([u32; TOLD]),
    None,
}

/// By what an event's row was led to the register.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// Its unit id.
    Unit,
    /// Code, number or name.
    Other,
    /// Not at all: its name is that of several enterprises.
    Several,
    /// Not at all.
    Nothing,
}

/// What an event's row means; small, since a nation has tens of millions of them.
#[derive(Clone, Copy)]
struct Meant {
    /// Row of the register, or [`NO_ROW`].
    row: u32,
    by: By,
}

impl Meant {
    fn row(self) -> Option<u32> {
        (self.row != NO_ROW).then_some(self.row)
    }
}

impl<'a> SourceIndex<'a> {
    /// An index over the register, which must be sorted by unit id.
    ///
    /// # Errors
    /// Where a column is missing.
    pub fn new(sources: &'a DataFrame, prefixes: &'a [String]) -> PolarsResult<Self> {
        let units = register::UNIT_ID.cells(sources)?;
        let mut by_number = BTreeMap::new();
        if let Ok(numbers) = register::NUMBER.cells(sources) {
            for (row, (unit, number)) in (0_u32..).zip(units.iter().zip(numbers.iter())) {
                if let (Some(unit), Some(number)) = (unit, number)
                    && id_key(number) != unit
                    && holds_identity(number)
                {
                    by_number.insert(id_key(number).into_owned(), row);
                }
            }
        }
        Ok(Self {
            units,
            by_number,
            enterprises: register::ENTERPRISE.cells(sources)?,
            names: register::NAME.cells(sources)?,
            codes: register::USCC.cells(sources)?,
            by_unit: OnceLock::new(),
            by_code: OnceLock::new(),
            by_name: OnceLock::new(),
            prefixes,
        })
    }

    /// The row of a unit id.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<u32> {
        let index = self.by_unit.get_or_init(|| RowIndex::of(&[self.units]).0);
        index.row(id).or_else(|| self.by_number.get(id).copied())
    }

    /// The first row of the enterprise with this code.
    #[must_use]
    pub fn enterprise(&self, code: &str) -> Option<u32> {
        self.by_code.get_or_init(|| RowIndex::of(&[self.codes]).0).row(code)
    }

    fn name(&self, key: &str) -> NameMatch {
        let index = self.by_name.get_or_init(|| self.index_names());
        let wanted = hash(key);
        let start = index.partition_point(|entry| entry.hash < wanted);
        let same =
            |entry: &&NameEntry| self.names.get(entry.rows[0] as usize).is_some_and(|name| exact_name(name) == key);
        let mut hits = index[start..].iter().take_while(|entry| entry.hash == wanted);
        hits.find(same).map_or(NameMatch::None, NameEntry::meant)
    }

    fn index_names(&self) -> Vec<NameEntry> {
        let mut rows: Vec<(u64, u32)> = (0..self.names.len() as u32)
            .into_par_iter()
            .filter_map(|i| self.names.get(i as usize).map(|name| (hash(&exact_name(name)), i)))
            .collect();
        rows.par_sort_unstable();
        let runs: Vec<&[(u64, u32)]> = rows.chunk_by(|a, b| a.0 == b.0).collect();
        runs.into_par_iter().flat_map_iter(|run| self.names_of(run)).collect()
    }

    /// The names that share a hash: one, but for rows whose hashes meet by chance.
    fn names_of(&self, run: &[(u64, u32)]) -> Vec<NameEntry> {
        let enterprise = |row: u32| self.enterprises.get(row as usize);
        let mut found: Vec<(String, NameEntry)> = Vec::new();
        for (hash, row) in run {
            // alone in its run, its normal form is not needed
            let own = if run.len() == 1 {
                String::new()
            } else {
                self.names.get(*row as usize).map(exact_name).unwrap_or_default()
            };
            match found.iter_mut().find(|(name, _)| *name == own) {
                None => found.push((own, NameEntry { hash: *hash, rows: [*row, NO_ROW, NO_ROW] })),
                Some((_, entry)) => {
                    let taken = entry.rows.iter().take_while(|row| **row != NO_ROW).count();
                    let other = entry.rows[..taken].iter().all(|known| enterprise(*known) != enterprise(*row));
                    if let Some(place) = entry.rows.get_mut(taken).filter(|_| other) {
                        *place = *row;
                    }
                }
            }
        }
        found.into_iter().map(|(_, entry)| entry).collect()
    }

    /// What an event's row means: its unit number, then its code or the one in the number, then its name.
    fn meant(&self, (id, code, name): (Option<&str>, Option<&str>, Option<&str>), options: &RegistryOptions) -> Meant {
        if let Some(row) = id.and_then(|id| self.unit(id)) {
            return Meant { row, by: By::Unit };
        }
        // the number of a site not in the register still names its enterprise by its first 18 characters
        let inside = id.and_then(PermitNumber::parse).and_then(|number| number.uscc());
        let by_code = code
            .and_then(|code| self.enterprise(code))
            .or_else(|| inside.and_then(|inside| self.enterprise(inside.as_str())));
        if let Some(row) = by_code {
            return Meant { row, by: By::Other };
        }
        match name.map(|name| self.name_or_confirmed(name, &options.same_names)) {
            Some(NameMatch::One(row)) => Meant { row, by: By::Other },
            Some(NameMatch::Several(_)) => Meant { row: NO_ROW, by: By::Several },
            Some(NameMatch::None) | None => Meant { row: NO_ROW, by: By::Nothing },
        }
    }

    /// The first enterprises that a name may mean.
    fn several(&self, name: &str, options: &RegistryOptions) -> [u32; TOLD] {
        match self.name_or_confirmed(name, &options.same_names) {
            NameMatch::Several(rows) => rows,
            NameMatch::One(row) => [row, NO_ROW, NO_ROW],
            NameMatch::None => [NO_ROW; TOLD],
        }
    }

    /// What a name means; one that means nothing by itself, what a person confirmed that it means.
    fn name_or_confirmed(&self, name: &str, same_names: &BTreeMap<String, String>) -> NameMatch {
        match (self.name(&exact_name(name)), same_names.get(name)) {
            (NameMatch::None, Some(meant)) => self.name(&exact_name(meant)),
            (found, _) => found,
        }
    }

    /// The nearest names of the register for each key: up to [`SUGGESTED`], best first.
    ///
    /// Two passes over the register: the first counts how often each of the keys' pairs of characters occurs,
    /// the second looks only at names that share one of a key's rarest pairs, and compares those in full.
    fn suggestions(&self, keys: &[String]) -> Vec<Vec<String>> {
        let own: Vec<Vec<(char, char)>> = keys.iter().map(|key| bigrams(key)).collect();
        let mut all: Vec<(char, char)> = own.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        let position: HashMap<(char, char), u32> = all.iter().enumerate().map(|(i, pair)| (*pair, i as u32)).collect();
        let starts: Vec<usize> = (0..self.names.len()).step_by(CHUNK).collect();
        let pairs_of =
            |i: usize| self.names.get(i).map(|name| bigrams(&name_key(name, self.prefixes))).unwrap_or_default();
        let range = |start: usize| start..(start + CHUNK).min(self.names.len());
        let counts: Vec<Vec<u32>> = starts
            .par_iter()
            .map(|start| {
                let mut counts = vec![0; all.len()];
                for at in range(*start).flat_map(pairs_of).filter_map(|pair| position.get(&pair)) {
                    counts[*at as usize] += 1;
                }
                counts
            })
            .collect();
        let count = |at: usize| counts.iter().map(|part| u64::from(part[at])).sum::<u64>();
        // Pairs that no name has are most likely the very error that is looked for: they lead nowhere.
        let mut led: Vec<Vec<u32>> = vec![Vec::new(); all.len()];
        for (query, pairs) in own.iter().enumerate() {
            let mut rare: Vec<(u64, u32)> = pairs
                .iter()
                .filter_map(|pair| position.get(pair))
                .map(|at| (count(*at as usize), *at))
                .filter(|(count, _)| *count > 0)
                .collect();
            rare.sort_unstable();
            for (_, at) in rare.iter().take(LEADING_PAIRS) {
                led[*at as usize].push(query as u32);
            }
        }
        let best: Vec<Vec<Vec<(u32, u32)>>> = starts
            .par_iter()
            .map(|start| {
                let mut best: Vec<Vec<(u32, u32)>> = vec![Vec::new(); keys.len()];
                let mut queries: Vec<u32> = Vec::new();
                for i in range(*start) {
                    let pairs = pairs_of(i);
                    queries.clear();
                    for at in pairs.iter().filter_map(|pair| position.get(pair)) {
                        queries.extend(&led[*at as usize]);
                    }
                    queries.sort_unstable();
                    queries.dedup();
                    for query in &queries {
                        let wanted = &own[*query as usize];
                        // Dice's coefficient in thousandths; under half there is nothing to suggest.
                        let score = 2000 * shared(wanted, &pairs) / (wanted.len() + pairs.len()).max(1);
                        if score < 500 {
                            continue;
                        }
                        let list = &mut best[*query as usize];
                        list.push((1000 - score.min(1000) as u32, i as u32));
                        if list.len() >= 64 {
                            list.sort_unstable();
                            list.truncate(SUGGESTED * 4);
                        }
                    }
                }
                best
            })
            .collect();
        (0..keys.len())
            .map(|query| {
                let mut list: Vec<(u32, u32)> = best.iter().flat_map(|part| &part[query]).copied().collect();
                list.sort_unstable();
                let mut names: Vec<String> = Vec::new();
                for (_, i) in list {
                    let name = self.names.get(i as usize).unwrap_or_default();
                    if names.len() < SUGGESTED && !names.iter().any(|known| known == name) {
                        names.push(name.to_owned());
                    }
                }
                names
            })
            .collect()
    }
}

/// How many elements two sorted lists have in common.
fn shared(a: &[(char, char)], b: &[(char, char)]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => (i, j, count) = (i + 1, j + 1, count + 1),
        }
    }
    count
}

/// Different pairs of neighbouring characters, in order.
fn bigrams(key: &str) -> Vec<(char, char)> {
    let mut pairs: Vec<(char, char)> = key.chars().zip(key.chars().skip(1)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Adds `enterprise` to an event frame, leads unit ids to lasting ids, reports what does not match.
///
/// A unit id that the register does not have becomes null where the row was matched otherwise, so that `risk`
/// applies the row to every site of the enterprise; where nothing matches it stays as written.
///
/// # Errors
/// Where a column is missing or of another type.
pub(super) fn join_events(
    frame: &mut DataFrame,
    index: &SourceIndex<'_>,
    options: &RegistryOptions,
    places: &Places<'_>,
    out: &mut Collector,
) -> PolarsResult<()> {
    let n = frame.height();
    let column = |column: &Typed<Text>| column.cells(frame).ok().cloned();
    let (units, uscc, names) = (column(&event::UNIT_ID), column(&event::USCC), column(&event::NAME));
    let cell = |column: &Option<StringChunked>, i: usize| column.as_ref().and_then(|c| c.get(i).map(str::to_owned));
    let about = |i: usize, finding: Finding| match names.as_ref().and_then(|names| names.get(i)) {
        Some(name) => finding.unit(name),
        None => finding,
    };
    let id_at = |i: usize| {
        let written = units.as_ref().and_then(|units| units.get(i));
        written.map(|id| options.lasting.get(id).unwrap_or(id))
    };
    let code_at = |i: usize| uscc.as_ref().and_then(|uscc| uscc.get(i));
    let name_at = |i: usize| names.as_ref().and_then(|names| names.get(i));
    let meant: Vec<Meant> =
        (0..n).into_par_iter().map(|i| index.meant((id_at(i), code_at(i), name_at(i)), options)).collect();
    let mut unmatched: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (i, meant) in meant.iter().enumerate() {
        match meant.by {
            By::Unit => {
                if let (Some(code), Some(own)) = (code_at(i), index.codes.get(meant.row as usize))
                    && code != own
                {
                    out.row(&codes::KEYS_DISAGREE, places.at(i), |finding| about(i, finding).value(code).expected(own));
                }
            }
            By::Several => out.row(&codes::NAME_AMBIGUOUS, places.at(i), |finding| {
                let name = name_at(i).unwrap_or_default();
                let several = index.several(name, options);
                let told = several.iter().filter(|row| **row != NO_ROW).map(|row| {
                    format!(
                        "{}（{}）",
                        index.names.get(*row as usize).unwrap_or_default(),
                        index.enterprises.get(*row as usize).unwrap_or_default()
                    )
                });
                let told: Vec<String> = told.collect();
                about(i, finding).value(name).expected(format!("其中一家：{}", told.join("、")))
            }),
            By::Nothing => {
                let key = name_at(i).map(|name| name_key(name, index.prefixes)).unwrap_or_default();
                unmatched.entry(key).or_default().push(i);
            }
            By::Other => {
                if let Some(id) = id_at(i) {
                    out.row(&codes::UNIT_BY_OTHER, places.at(i), |finding| about(i, finding).value(id));
                }
            }
        }
    }
    report_unmatched(&unmatched, index, options, places, out, &|i| {
        cell(&names, i).or_else(|| cell(&uscc, i)).or_else(|| cell(&units, i)).unwrap_or_default()
    });
    // texts of the register are shared, not copied: a nation's events are many times its sources
    let rows: IdxCa = meant.iter().map(|meant| meant.row()).collect();
    let enterprise = index.enterprises.take(&rows)?;
    let mut ids = None;
    if units.is_some() {
        // matched otherwise it stands for every site of the enterprise, matched by nothing it stays as written
        let by_unit = |meant: &Meant| meant.row().filter(|_| meant.by == By::Unit);
        let rows: IdxCa = meant.iter().map(by_unit).collect();
        let mut own = index.units.take(&rows)?;
        if meant.iter().any(|meant| meant.row == NO_ROW) {
            let unknown: BooleanChunked = meant.iter().map(|meant| Some(meant.row == NO_ROW)).collect();
            let written = collect_text(n, |i| id_at(i).filter(|_| meant[i].row == NO_ROW).map(Cow::Borrowed));
            own = written.zip_with(&unknown, &own)?;
        }
        ids = Some(own);
    }
    frame.with_column(event::ENTERPRISE.column(enterprise))?;
    if let Some(ids) = ids {
        frame.with_column(event::UNIT_ID.column(ids))?;
    }
    Ok(())
}

fn report_unmatched(
    unmatched: &BTreeMap<String, Vec<usize>>,
    index: &SourceIndex<'_>,
    options: &RegistryOptions,
    places: &Places<'_>,
    out: &mut Collector,
    shown: &dyn Fn(usize) -> String,
) {
    let keys: Vec<String> =
        unmatched.keys().filter(|key| key.chars().nth(1).is_some()).take(options.suggestion_cap).cloned().collect();
    let suggestions: BTreeMap<&str, Vec<String>> = keys
        .iter()
        .map(String::as_str)
        .zip(if keys.is_empty() { Vec::new() } else { index.suggestions(&keys) })
        .collect();
    let mut rows: Vec<(usize, &str)> =
        unmatched.iter().flat_map(|(key, rows)| rows.iter().map(|row| (*row, key.as_str()))).collect();
    rows.sort_unstable();
    for (i, key) in rows {
        out.row(&codes::UNIT_UNMATCHED, places.at(i), |finding| {
            let finding = finding.unit(shown(i)).value(shown(i));
            match suggestions.get(key).filter(|names| !names.is_empty()) {
                Some(names) => {
                    finding.expected(format!("名录中的单位，相近的有：{}", names.join("、"))).candidates(names.clone())
                }
                None => finding,
            }
        });
    }
}
