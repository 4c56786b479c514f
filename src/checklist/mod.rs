//! Checklists (清单式检查): what is looked at on the spot, with the legal basis of the day.
//!
//! Duty: `data/checklists/*.ron` checked and told by industry: a general list for every source, and one each for the
//! five industry groups that the decree (沪环执法〔2023〕154号, item 9) begins with. Items are grouped in the decree's
//! kinds of matters. A basis is cited where its document is in force on the day of the check: the 生态环境法典 took the
//! place of ten laws on 2026-08-15.
//!
//! Invariants: ids are unique over all lists; every item of a list has a basis on every day since 2026-08-15; all lists
//! are marked 待专家审定 until an expert has gone through them.

mod load;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::Category;

pub use load::{SECTIONS, check_checklists, load_checklists, shipped_checklists};

/// How an item is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemManner {
    /// At the site.
    OnSite,
    /// From records and platforms, before the visit.
    OffSite,
    /// Both.
    Both,
}

impl ItemManner {
    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::OnSite => "现场",
            Self::OffSite => "非现场",
            Self::Both => "现场、非现场",
        }
    }
}

/// A document that lists cite, while it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasisSource {
    /// Id that items name.
    pub id: String,
    /// Title as it is cited.
    pub document: String,
    /// First day in force.
    pub valid_from: NaiveDate,
    /// Last day in force; `None` while it is.
    pub valid_to: Option<NaiveDate>,
}

impl BasisSource {
    fn holds(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Lasting id, unique over all lists.
    pub id: String,
    /// What it is, a few words.
    pub item: String,
    /// What to look at.
    pub look: String,
    /// How.
    pub manner: ItemManner,
    /// Management categories of the sites that it applies to.
    pub applies: Vec<Category>,
    /// (source's id, article).
    pub basis: Vec<(String, String)>,
}

/// Items of one kind of matter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistSection {
    /// One of [`SECTIONS`].
    pub name: String,
    /// Its items, in their order.
    pub items: Vec<ChecklistItem>,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// 1.
    pub format: u32,
    /// Id.
    pub id: String,
    /// Name shown.
    pub name: String,
    /// Beginnings of the industry codes (GB/T 4754—2017) that it is for; empty for the general one.
    pub industries: Vec<String>,
    /// How far it is to be trusted.
    pub note: String,
    /// Its sections.
    pub sections: Vec<ChecklistSection>,
}

/// An item as it stands on a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChecklistRow {
    /// Kind of matter.
    pub section: String,
    /// Id.
    pub id: String,
    /// What it is.
    pub item: String,
    /// What to look at.
    pub look: String,
    /// How.
    pub manner: &'static str,
    /// What the law says of it on the day, document and article; `；` between two.
    pub basis: String,
}

/// All lists with the documents that they cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklists {
    sources: Vec<BasisSource>,
    lists: Vec<Checklist>,
}

impl Checklists {
    /// The lists.
    #[must_use]
    pub fn lists(&self) -> &[Checklist] {
        &self.lists
    }

    /// The list of an industry group, by the beginning of the code; `None` where the general one is all there is.
    #[must_use]
    pub fn of_industry(&self, industry: &str) -> Option<&Checklist> {
        let code = industry.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        self.lists.iter().find(|list| list.industries.iter().any(|prefix| code.starts_with(prefix.as_str())))
    }

    /// Names of the lists that apply to an industry, and how far they are to be trusted.
    #[must_use]
    pub fn names(&self, industry: &str) -> (Vec<&str>, &str) {
        let general = self.lists.iter().find(|list| list.industries.is_empty());
        let lists: Vec<&Checklist> = general.into_iter().chain(self.of_industry(industry)).collect();
        let note = lists.iter().map(|list| list.note.as_str()).find(|note| !note.is_empty()).unwrap_or_default();
        (lists.iter().map(|list| list.name.as_str()).collect(), note)
    }

    /// Items that a site of this industry may be asked: id, kind of matter, what it is; in the order of the sheet.
    fn items<'a>(&'a self, industry: &str) -> impl Iterator<Item = (&'a str, &'a ChecklistItem)> {
        let general = self.lists.iter().find(|list| list.industries.is_empty());
        let lists: Vec<&Checklist> = general.into_iter().chain(self.of_industry(industry)).collect();
        SECTIONS.into_iter().flat_map(move |name| {
            let sections: Vec<&ChecklistSection> =
                lists.iter().flat_map(|list| &list.sections).filter(|section| section.name == name).collect();
            sections.into_iter().flat_map(|section| section.items.iter().map(|item| (section.name.as_str(), item)))
        })
    }

    /// Ids of the items that a site of this industry may be asked, in the order of the sheet.
    #[must_use]
    pub fn item_ids<'a>(&'a self, industry: &str) -> Vec<&'a str> {
        self.items(industry).map(|(_, item)| item.id.as_str()).collect()
    }

    /// Kind of matter and words of an item, by its id.
    #[must_use]
    pub fn item(&self, id: &str) -> Option<(&str, &ChecklistItem)> {
        let sections = self.lists.iter().flat_map(|list| &list.sections);
        sections
            .flat_map(|section| section.items.iter().map(|item| (section.name.as_str(), item)))
            .find(|(_, item)| item.id == id)
    }

    /// What to look at in a site of this industry and category on a day: the general items and the industry's, kind of
    /// matter by kind of matter. A site without a category gets every item.
    #[must_use]
    pub fn rows(&self, industry: &str, category: Option<Category>, day: NaiveDate) -> Vec<ChecklistRow> {
        let general = self.lists.iter().find(|list| list.industries.is_empty());
        let lists: Vec<&Checklist> = general.into_iter().chain(self.of_industry(industry)).collect();
        let mut rows = Vec::new();
        for name in SECTIONS {
            let sections = lists.iter().flat_map(|list| &list.sections).filter(|section| section.name == name);
            for item in sections.flat_map(|section| &section.items) {
                if category.is_none_or(|category| item.applies.contains(&category)) {
                    rows.push(ChecklistRow {
                        section: name.to_owned(),
                        id: item.id.clone(),
                        item: item.item.clone(),
                        look: item.look.clone(),
                        manner: item.manner.label(),
                        basis: self.cite(item, day),
                    });
                }
            }
        }
        rows
    }

    fn cite(&self, item: &ChecklistItem, day: NaiveDate) -> String {
        let cited = item.basis.iter().filter_map(|(id, article)| {
            let source = self.sources.iter().find(|source| source.id == *id && source.holds(day))?;
            Some(format!("{}{article}", source.document))
        });
        cited.collect::<Vec<_>>().join("；")
    }
}
