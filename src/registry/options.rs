//! What an import needs to know besides the files.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::diagnostic::AppResult;
use crate::domain::BodyId;

use super::aliases::Aliases;
use super::districts::{CoordinateSystem, DistrictLookup, district_of};
use super::ids::LastingIds;
use super::industry::IndustryTable;
use super::mapping::{FileMapping, Mapping};
use super::schema::TableKind;
use super::text::heading_key;
use crate::text::{fold, fold_lines};

/// How bureaus and their brigades end, longest first.
const OFFICES: [&str; 14] = [
    "生态环境保护综合行政执法大队",
    "生态环境综合行政执法大队",
    "生态环境保护综合执法大队",
    "生态环境局执法大队",
    "生态环境执法大队",
    "环境监察支队",
    "生态环境局",
    "环境保护局",
    "环保局",
    "城市管理行政执法局",
    "综合执法局",
    "执法大队",
    "综合行政执法局",
    "城管执法局",
];

/// One input file.
#[derive(Debug, Clone, Default)]
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// Which table it is, where that was said (`--as TABLE`).
    pub table: Option<TableKind>,
    /// A mapping for this file alone; goes before [`RegistryOptions::mapping`].
    pub mapping: Option<FileMapping>,
    /// Columns that name a row: the primary key, where the file is what a database's table held.
    pub key: Vec<String>,
}

/// An id and the names by which files call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedId {
    /// Stable id.
    pub id: String,
    /// Names and aliases.
    pub names: Vec<String>,
}

/// An enforcing body, as the policy lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyName {
    /// Stable id.
    pub id: BodyId,
    /// Names and aliases.
    pub names: Vec<String>,
    /// The district whose units it owns by default.
    pub district: Option<u32>,
}

/// Options of an import.
#[derive(Debug, Clone)]
pub struct RegistryOptions {
    /// The day for which expiry and future dates are judged.
    pub as_of: NaiveDate,
    /// Headings and values.
    pub aliases: Aliases,
    /// Mapping by hand.
    pub mapping: Mapping,
    /// GB/T 4754 classes; empty: industry cells are taken as they are.
    pub industry: Arc<IndustryTable>,
    /// Enforcing bodies; empty: any well-formed id is taken, and each district is its own body.
    pub bodies: Vec<BodyName>,
    /// Inspectors' skills; empty: any well-formed id is taken.
    pub skills: Vec<NamedId>,
    /// Credit scale, best first: (index, names of the grade).
    pub credit_scale: Vec<(u8, Vec<String>)>,
    /// Which numbers keep an older id.
    pub lasting: LastingIds,
    /// Coordinate system of files that do not say.
    pub coordinates: CoordinateSystem,
    /// So many units on exactly one point are taken as a geocoder's fallback.
    pub shared_point_units: usize,
    /// Permits that expire within so many days are pointed out.
    pub expiring_days: i32,
    /// Texts of so many bytes wait until it is their table's turn: memory for one of them at a time.
    pub large_file: u64,
    /// Texts of findings kept per code.
    pub finding_cap: u64,
    /// Unmatched names for which suggestions are looked up, per table.
    pub suggestion_cap: usize,
    /// Names as written → names of the register that a person confirmed they mean.
    pub same_names: BTreeMap<String, String>,
    /// What may stand before a company's name without meaning anything (上海市, 上海), longest first.
    pub name_prefixes: Vec<String>,
}

impl RegistryOptions {
    /// The usual options for a day.
    ///
    /// # Errors
    /// `IMP-081` where the shipped aliases are damaged.
    pub fn new(as_of: NaiveDate) -> AppResult<Self> {
        Ok(Self {
            as_of,
            aliases: Aliases::built_in()?,
            mapping: Mapping::default(),
            industry: Arc::default(),
            bodies: Vec::new(),
            skills: Vec::new(),
            credit_scale: Vec::new(),
            lasting: LastingIds::default(),
            coordinates: CoordinateSystem::Wgs84,
            shared_point_units: 20,
            expiring_days: 60,
            large_file: 48 << 20,
            finding_cap: 10_000,
            suggestion_cap: 200,
            same_names: BTreeMap::new(),
            name_prefixes: vec!["上海市".to_owned(), "上海".to_owned()],
        })
    }

    /// The body that owns a district's units by default: the listed one, else the district's code itself.
    #[must_use]
    pub fn body_of_district(&self, district: u32) -> String {
        self.bodies
            .iter()
            .find(|body| body.district == Some(district))
            .map_or_else(|| format!("{district:06}"), |body| body.id.as_str().to_owned())
    }

    /// The bodies by what cells may call them, for a column of cells.
    #[must_use]
    pub fn body_names<'a>(&'a self, map: &'a dyn DistrictLookup) -> BodyNames<'a> {
        let mut listed = HashMap::with_capacity(self.bodies.len() * 3);
        for body in &self.bodies {
            for name in std::iter::once(body.id.as_str()).chain(body.names.iter().map(String::as_str)) {
                // the first body listed has the name
                listed.entry(heading_key(name)).or_insert(&body.id);
            }
        }
        BodyNames { options: self, map, listed }
    }

    /// The id of a skill.
    #[must_use]
    pub fn skill_of(&self, text: &str) -> Option<String> {
        let key = heading_key(text);
        let listed = self
            .skills
            .iter()
            .find(|skill| heading_key(&skill.id) == key || skill.names.iter().any(|name| heading_key(name) == key));
        if let Some(skill) = listed {
            return Some(skill.id.clone());
        }
        let plain = fold(text);
        (self.skills.is_empty() && BodyId::new(plain.as_ref()).is_ok()).then(|| plain.into_owned())
    }

    /// Normal forms of the credit scale's names → index.
    #[must_use]
    pub fn credit_index(&self) -> BTreeMap<String, u8> {
        self.credit_scale
            .iter()
            .flat_map(|(index, names)| names.iter().map(|name| (super::credit::grade_key(name), *index)))
            .collect()
    }
}

/// The bodies by what cells may call them: a nation has thousands, and each piece of a column asks for all of them.
pub struct BodyNames<'a> {
    options: &'a RegistryOptions,
    map: &'a dyn DistrictLookup,
    listed: HashMap<String, &'a BodyId>,
}

impl BodyNames<'_> {
    /// The body that a cell names: its id, one of its names, or a district's bureau (浦东新区生态环境局).
    #[must_use]
    pub fn body_of(&self, text: &str) -> Option<String> {
        if let Some(body) = self.listed.get(&heading_key(text)) {
            return Some(body.as_str().to_owned());
        }
        let plain = fold(text);
        let plain = plain.strip_suffix(".0").map_or_else(|| plain.clone(), |bare| bare.to_owned().into());
        if self.options.bodies.is_empty()
            && plain.chars().any(|c| c.is_ascii_lowercase())
            && BodyId::new(plain.as_ref()).is_ok()
        {
            return Some(plain.into_owned());
        }
        if let Some(district) = district_of(&plain, self.map) {
            return Some(self.options.body_of_district(district));
        }
        let stem = OFFICES.iter().find_map(|office| plain.strip_suffix(office))?;
        district_of(stem, self.map).map(|district| self.options.body_of_district(district))
    }

    /// True where a cell names two bodies or more.
    #[must_use]
    pub fn are_several(&self, text: &str) -> bool {
        let divides =
            |c: char| c.is_whitespace() || matches!(c, '、' | ',' | '，' | ';' | '/' | '|' | '+' | '和' | '与' | '及');
        let folded = fold_lines(text);
        let mut bodies: Vec<String> =
            folded.split(divides).filter(|part| !part.is_empty()).filter_map(|part| self.body_of(part)).collect();
        bodies.sort();
        bodies.dedup();
        bodies.len() > 1
    }
}
