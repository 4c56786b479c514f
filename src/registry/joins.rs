//! Events to enterprises: by unit number, then credit code, then name.
//!
//! A name is the same only after width, blanks and brackets: whatever is looser is a suggestion that a person accepts.
//!
//! Method: binary search in the sorted register for numbers; a sorted index of codes; for names a sorted index
//! of 64-bit hashes of the normal form, every hit compared in full. Indexes are built only when something asks
//! for them. A name that means several enterprises matches none. Suggestions for names that match nothing are
//! found by shared pairs of characters (Dice's coefficient), led by the rarest. Everything is
//! ordered by (score, name, row): no result depends on hashing order or threads.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use polars::prelude::*;
use rayon::prelude::*;

use crate::diagnostic::Finding;
use crate::domain::{PermitNumber, holds_identity};

use super::codes;
use super::collect::{Collector, Places};
use super::columns::{Column as Typed, Text};
use super::ids::{id_key, row_among};
use super::options::RegistryOptions;
use super::parse::{CHUNK, collect_text};
use super::schema::{event, sources as register};
use super::text::{exact_name, name_key};

/// The register made for looking up.
pub struct SourceIndex<'a> {
    units: &'a StringChunked,
    enterprises: &'a StringChunked,
    names: &'a StringChunked,
    codes: &'a StringChunked,
    by_code: OnceCell<Vec<u32>>,
    by_name: OnceCell<Vec<(u64, u32)>>,
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

/// What a name means.
enum NameMatch {
    One(u32),
    Several(Vec<u32>),
    None,
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
            by_code: OnceCell::new(),
            by_name: OnceCell::new(),
            prefixes,
        })
    }

    /// The row of a unit id.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<u32> {
        row_among(self.units, id).or_else(|| self.by_number.get(id).copied())
    }

    /// A row of the enterprise with this code.
    #[must_use]
    pub fn enterprise(&self, code: &str) -> Option<u32> {
        let index = self.by_code.get_or_init(|| {
            let mut rows: Vec<u32> =
                (0..self.codes.len() as u32).filter(|i| self.codes.get(*i as usize).is_some()).collect();
            rows.par_sort_unstable_by_key(|i| (self.codes.get(*i as usize), *i));
            rows
        });
        let at = index.partition_point(|i| self.codes.get(*i as usize).unwrap_or_default() < code);
        index.get(at).copied().filter(|i| self.codes.get(*i as usize) == Some(code))
    }

    fn name(&self, key: &str) -> NameMatch {
        let index = self.by_name.get_or_init(|| {
            let mut rows: Vec<(u64, u32)> = (0..self.names.len() as u32)
                .into_par_iter()
                .filter_map(|i| self.names.get(i as usize).map(|name| (hash(&exact_name(name)), i)))
                .collect();
            rows.par_sort_unstable();
            rows
        });
        let wanted = hash(key);
        let start = index.partition_point(|(hash, _)| *hash < wanted);
        let mut found: Vec<u32> = Vec::new();
        for (_, i) in index[start..].iter().take_while(|(hash, _)| *hash == wanted) {
            let row = *i as usize;
            let same = self.names.get(row).is_some_and(|name| exact_name(name) == key);
            let enterprise = self.enterprises.get(row);
            if same && !found.iter().any(|known| self.enterprises.get(*known as usize) == enterprise) {
                found.push(*i);
            }
        }
        match found.as_slice() {
            [] => NameMatch::None,
            [one] => NameMatch::One(*one),
            _ => NameMatch::Several(found),
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
    let mut matched: Vec<Option<u32>> = vec![None; n];
    let mut unit_of: Vec<Option<Cow<'_, str>>> = vec![None; n];
    let mut unmatched: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for i in 0..n {
        let written = units.as_ref().and_then(|units| units.get(i));
        let id = written.map(|id| options.lasting.get(id).unwrap_or(id));
        let by_unit = id.and_then(|id| index.unit(id));
        let code = uscc.as_ref().and_then(|uscc| uscc.get(i));
        if let Some(row) = by_unit {
            matched[i] = Some(row);
            unit_of[i] = index.units.get(row as usize).map(|id| Cow::Owned(id.to_owned()));
            if let (Some(code), Some(own)) = (code, index.codes.get(row as usize))
                && code != own
            {
                out.row(&codes::KEYS_DISAGREE, places.at(i), |finding| about(i, finding).value(code).expected(own));
            }
            continue;
        }
        // The number of a site not in the register still names its enterprise by its first 18 characters.
        let inside = id.and_then(PermitNumber::parse).and_then(|number| number.uscc());
        let by_code = code
            .and_then(|code| index.enterprise(code))
            .or_else(|| inside.and_then(|inside| index.enterprise(inside.as_str())));
        let name = names.as_ref().and_then(|names| names.get(i));
        let (row, several) = match by_code {
            Some(row) => (Some(row), None),
            None => match name.map(|name| index.name_or_confirmed(name, &options.same_names)) {
                Some(NameMatch::One(row)) => (Some(row), None),
                Some(NameMatch::Several(rows)) => (None, Some(rows)),
                Some(NameMatch::None) | None => (None, None),
            },
        };
        matched[i] = row;
        if let Some(rows) = several {
            let list: Vec<String> = rows
                .iter()
                .take(3)
                .map(|row| {
                    format!(
                        "{}（{}）",
                        index.names.get(*row as usize).unwrap_or_default(),
                        index.enterprises.get(*row as usize).unwrap_or_default()
                    )
                })
                .collect();
            out.row(&codes::NAME_AMBIGUOUS, places.at(i), |finding| {
                about(i, finding).value(name.unwrap_or_default()).expected(format!("其中一家：{}", list.join("、")))
            });
        } else if row.is_none() {
            let key = name.map(|name| name_key(name, index.prefixes)).unwrap_or_default();
            unmatched.entry(key).or_default().push(i);
        } else if let Some(id) = id {
            out.row(&codes::UNIT_BY_OTHER, places.at(i), |finding| about(i, finding).value(id));
        }
        if row.is_none() {
            unit_of[i] = id.map(|id| Cow::Owned(id.to_owned()));
        }
    }
    report_unmatched(&unmatched, index, options, places, out, &|i| {
        cell(&names, i).or_else(|| cell(&uscc, i)).or_else(|| cell(&units, i)).unwrap_or_default()
    });
    let enterprise =
        collect_text(n, |i| matched[i].and_then(|row| index.enterprises.get(row as usize)).map(Cow::Borrowed));
    frame.with_column(event::ENTERPRISE.column(enterprise))?;
    if units.is_some() {
        let ids = collect_text(n, |i| unit_of[i].as_ref().map(|id| Cow::Borrowed(id.as_ref())));
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
