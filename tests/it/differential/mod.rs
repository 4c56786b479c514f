//! What an office wrote is what the registry holds: known rows in a random mixture of spellings, encodings and layouts
//! are read back equal, or set aside with their physical row named. There is no third outcome.
//!
//! The known rows, their spellings and the layouts are made here without the product's help ([`known`], [`spelling`],
//! [`layout`]); the files are read by the product's own way in ([`load_folder`], [`load_registry`]).

mod entries;
mod events;
mod known;
mod layout;
mod ods;
mod spelling;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::NaiveDate;
use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::registry::{InputFile, Mapping, Registry, RegistryOptions, TableKind, load_registry};
use fairdraw::workspace::intake::folder::load_folder;
use fairdraw::workspace::intake::import::{load_policy_by_name, registry_options};
use fairdraw::workspace::intake::map::ProjectMap;
use polars::prelude::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use entries::{Entry, SHEETS};
use known::{Fine, Site};
use layout::{Written, write_folder};

/// Choices of one row or one layout, taken one after another; 0 is the plainest choice, so that shrinking leads there.
#[derive(Debug, Clone)]
pub struct Dice {
    values: Vec<u16>,
    next: usize,
}

impl Dice {
    fn new(values: Vec<u16>) -> Self {
        Self { values, next: 0 }
    }

    /// A number below `sides`.
    pub fn pick(&mut self, sides: usize) -> usize {
        let value = self.values.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(value) % sides.max(1)
    }

    /// True once in `times`, on the highest face.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.pick(times) == times - 1
    }
}

/// The registers of the property; `FAIRDRAW_REGISTERS` asks for another number.
const REGISTERS: u32 = 500;

fn options() -> RegistryOptions {
    let (policy, _) = load_policy_by_name("shanghai-154").unwrap();
    registry_options(&policy, Mapping::default(), NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()).unwrap()
}

#[test]
fn what_was_written_is_what_is_read_or_named() {
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let map = ProjectMap(&districts);
    let (options, places) = (options(), known::places(&districts));
    let choices = |length: usize| prop::collection::vec(any::<u16>(), length);
    let registers = (
        choices(64),
        prop::collection::vec(choices(96), 1..18),
        prop::collection::vec(choices(40), 0..8),
        prop::collection::vec(choices(40), 0..9),
    );
    let cases =
        std::env::var("FAIRDRAW_REGISTERS").map_or(REGISTERS, |asked| asked.parse().expect("a number of registers"));
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &[23; 32]));
    runner
        .run(&registers, |(shape, sites, fines, entries)| {
            let folder = tempfile::tempdir().unwrap();
            let sites: Vec<Site> = (0..).zip(sites).map(|(i, d)| Site::of(i, &mut Dice::new(d), &places)).collect();
            let fines: Vec<Fine> = (0..).zip(fines).map(|(i, d)| Fine::of(i, &mut Dice::new(d), &sites)).collect();
            // Three of the other tables a register: in all of them together each comes up in every third.
            let tables = [61, 62, 63].map(|at| usize::from(shape[at]) % SHEETS.len());
            let entries: Vec<Entry> =
                (0..).zip(entries).map(|(i, d)| Entry::of(i, &mut Dice::new(d), &sites, tables)).collect();
            let shape_of = shape[60];
            let written = write_folder(folder.path(), &mut Dice::new(shape), &sites, &fines, &entries);
            // in every fourth the texts wait for their tables, as large ones do
            let large_file = if shape_of % 4 == 3 { 0 } else { options.large_file };
            let options = RegistryOptions { large_file, ..options.clone() };
            let registry = read(folder.path(), &options, map);
            compare(&registry, &written, &sites, &fines, &entries).map_err(|wrong| {
                TestCaseError::fail(format!("{wrong}\n{}\n{}", layout::print(folder.path()), findings(&registry)))
            })
        })
        .unwrap();
}

fn read(folder: &Path, options: &RegistryOptions, map: ProjectMap<'_>) -> Registry {
    let contents = load_folder(folder).unwrap();
    let inputs: Vec<InputFile> =
        contents.tables.iter().map(|path| InputFile { path: path.clone(), ..InputFile::default() }).collect();
    load_registry(&inputs, options, &map, &Progress::none()).unwrap()
}

fn findings(registry: &Registry) -> String {
    registry.diagnostics.findings().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A row set aside: table, file, sheet and physical row.
type Aside = (String, String, Option<String>, u32);

fn compare(
    registry: &Registry,
    written: &Written,
    sites: &[Site],
    fines: &[Fine],
    entries: &[Entry],
) -> Result<(), String> {
    for summary in &registry.summaries {
        if summary.rows_read != summary.kept + summary.set_aside + summary.merged {
            return Err(format!("rows lost: {summary:?}"));
        }
    }
    let aside = set_aside(registry);
    if let Some(place) = written.faulty.iter().find(|place| !aside.contains(*place)) {
        return Err(format!("a faulty row was taken as good: {place:?}"));
    }
    let explained: BTreeSet<&Aside> =
        written.faulty.iter().chain(&written.furniture).chain(written.doubtful.keys()).collect();
    let put_aside = |table: &str, owner: usize| {
        written.doubtful.iter().any(|(place, of)| place.0 == table && *of == owner && aside.contains(place))
    };
    if let Some(lost) = aside.iter().find(|place| !explained.contains(place)) {
        return Err(format!("a good row was set aside: {lost:?}"));
    }
    let good: BTreeMap<&str, &Site> = (0..)
        .zip(sites)
        .filter(|(i, site)| site.fault.is_none() && !put_aside("sources", *i))
        .map(|(_, site)| (site.unit.as_str(), site))
        .collect();
    let units = registry.sources.column("unit_id").unwrap().str().unwrap().clone();
    let read: Vec<&str> = units.iter().flatten().collect();
    let expected: Vec<&str> = good.keys().copied().collect();
    if read != expected {
        return Err(format!("units read {read:?}, written {expected:?}"));
    }
    for (i, site) in good.values().enumerate() {
        let doubtful = |(place, owner): (&Aside, &usize)| place.0 == "sources" && sites[*owner].unit == site.unit;
        if !written.doubtful.iter().any(doubtful) {
            same(&registry.sources, i, &site.expected()).map_err(|wrong| format!("{}: {wrong}", site.unit))?;
        }
    }
    let mut left: Vec<&Fine> = (0..)
        .zip(fines)
        .filter(|(i, fine)| fine.fault.is_none() && !put_aside("violations", *i))
        .map(|(_, fine)| fine)
        .collect();
    left.sort_by(|a, b| a.document.cmp(&b.document));
    let violations = registry.frame(TableKind::Violations).sort(["document"], SortMultipleOptions::default()).unwrap();
    if violations.height() != left.len() {
        return Err(format!("{} penalties read, {} written", violations.height(), left.len()));
    }
    for (i, fine) in left.iter().enumerate() {
        let unit = &sites[fine.site];
        let expected = fine.expected(unit);
        // A penalty of a unit that stands aside meets no one.
        let expected = if good.contains_key(unit.unit.as_str()) { expected } else { fine.unjoined() };
        let doubtful =
            |(place, owner): (&Aside, &usize)| place.0 == "violations" && fines[*owner].document == fine.document;
        if written.doubtful.iter().any(doubtful) {
            continue;
        }
        same(&violations, i, &expected).map_err(|wrong| format!("{}: {wrong}", fine.document))?;
    }
    for (kind, sheet) in SHEETS.iter().enumerate() {
        let left =
            (0..).zip(entries).filter(|(i, entry)| entry.sheet == kind && !entry.faulty && !put_aside(sheet.table, *i));
        let frame = registry.frame(TableKind::parse(sheet.table).unwrap());
        let mut count = 0;
        for (i, entry) in left {
            count += 1;
            if written.doubtful.iter().any(|(place, of)| place.0 == sheet.table && *of == i) {
                // its cells are as written, the quote among them
                continue;
            }
            let found: Vec<usize> = (0..frame.height()).filter(|row| holds(frame, *row, &entry.key)).collect();
            let [row] = found[..] else {
                return Err(format!("{} rows of {}: {:?}", found.len(), sheet.table, entry.key));
            };
            same(frame, row, &entry.expected).map_err(|wrong| format!("{:?}: {wrong}", entry.key))?;
            if let Some(unit) = entry.site.map(|site| &sites[site]) {
                // A row of a unit that stands aside meets no one.
                let joined = good.contains_key(unit.unit.as_str());
                let enterprise = if joined { Held::Text(unit.uscc.clone()) } else { Held::Nothing };
                same(frame, row, &[("enterprise", enterprise)]).map_err(|wrong| format!("{:?}: {wrong}", entry.key))?;
            }
        }
        if frame.height() != count {
            return Err(format!("{} rows of {} read, {count} written", frame.height(), sheet.table));
        }
    }
    Ok(())
}

fn holds(frame: &DataFrame, row: usize, key: &[(&str, String)]) -> bool {
    key.iter().all(|(column, text)| {
        let value = frame.column(column).unwrap().get(row).unwrap();
        value.get_str().map_or_else(|| value.to_string() == *text, |held| held == text)
    })
}

fn set_aside(registry: &Registry) -> BTreeSet<Aside> {
    let frame = &registry.set_aside;
    let text = |name: &str| -> Vec<Option<String>> {
        frame.column(name).unwrap().str().unwrap().iter().map(|t| t.map(str::to_owned)).collect()
    };
    let rows = frame.column("row").unwrap().u32().unwrap().clone();
    let (tables, files, sheets) = (text("table"), text("file"), text("sheet"));
    (0..frame.height())
        .map(|i| {
            let text = |column: &[Option<String>]| column[i].clone().unwrap_or_default();
            (text(&tables), text(&files), sheets[i].clone(), rows.get(i).unwrap_or(0))
        })
        .collect()
}

/// What a cell of a frame must hold.
#[derive(Debug, Clone)]
pub enum Held {
    Text(String),
    Number(f64),
    /// To four decimals.
    Near(f64),
    Day(NaiveDate),
    Flag(bool),
    Nothing,
}

fn same(frame: &DataFrame, row: usize, expected: &[(&str, Held)]) -> Result<(), String> {
    for (column, held) in expected {
        let series = frame.column(column).unwrap();
        let value = series.get(row).unwrap();
        let equal = match held {
            Held::Nothing => value.is_null(),
            Held::Text(text) => value.get_str() == Some(text.as_str()),
            Held::Flag(flag) => value == AnyValue::Boolean(*flag),
            Held::Number(number) => {
                value.try_extract::<f64>().is_ok_and(|read| (read - number).abs() <= 1e-6 * number.abs().max(1.0))
            }
            Held::Near(number) => value.try_extract::<f64>().is_ok_and(|read| (read - number).abs() <= 1e-4),
            Held::Day(day) => value.to_string() == day.to_string(),
        };
        if !equal {
            return Err(format!("{column} is {value}, written was {held:?}"));
        }
    }
    Ok(())
}
