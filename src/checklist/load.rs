//! Reads the checklists and holds them against their rules.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{BasisSource, Checklist, Checklists};
use crate::diagnostic::{AppError, AppResult, Finding, ron_words};

/// Kinds of matters, in the order in which a sheet prints them: those of the decree's item 9, after what a permit
/// records (排污许可管理条例 article 13), and hazardous waste, which three of the five groups turn on.
pub const SECTIONS: [&str; 11] = [
    "持证与变更",
    "排放口规范化",
    "排放浓度和排放量",
    "污染防治设施",
    "无组织排放",
    "自行监测",
    "环境管理台账",
    "执行报告",
    "信息公开",
    "危险废物",
    "配合检查",
];

const SOURCES: (&str, &str) = ("sources.ron", include_str!("../../data/checklists/sources.ron"));

const LISTS: [(&str, &str); 6] = [
    ("general.ron", include_str!("../../data/checklists/general.ron")),
    ("refining.ron", include_str!("../../data/checklists/refining.ron")),
    ("coatings.ron", include_str!("../../data/checklists/coatings.ron")),
    ("ironmaking.ron", include_str!("../../data/checklists/ironmaking.ron")),
    ("plating.ron", include_str!("../../data/checklists/plating.ron")),
    ("hazardous_waste.ron", include_str!("../../data/checklists/hazardous_waste.ron")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceFile {
    format: u32,
    sources: Vec<BasisSource>,
}

/// The lists that ship with the product.
///
/// # Errors
/// As [`check_checklists`].
pub fn load_checklists() -> AppResult<Checklists> {
    check_checklists(SOURCES, &LISTS)
}

/// The lists that ship with the product, read once; `None` where they are damaged, which a test rules out.
#[must_use]
pub fn shipped_checklists() -> Option<&'static Checklists> {
    static SHIPPED: OnceLock<Option<Checklists>> = OnceLock::new();
    SHIPPED.get_or_init(|| load_checklists().ok()).as_ref()
}

fn parse<T: DeserializeOwned>((file, text): (&str, &str)) -> AppResult<T> {
    ron::from_str(text.trim_start_matches('\u{feff}')).map_err(|cause| {
        let place = cause.span.start;
        Finding::error("CKL-001", format!("检查表文件无法读取：{}", ron_words(&cause.code)))
            .row(place.line as u64)
            .column(place.col.to_string())
            .file(file)
            .into()
    })
}

/// Reads and checks lists: (file name, text) of the documents cited and of each list.
///
/// # Errors
/// `CKL-001` not readable, with line and column; `CKL-002` an id twice; `CKL-003` an industry code that is none, or is
/// claimed twice; `CKL-004` a kind of matter that no sheet prints; `CKL-005` a document that isn't named, or an item
/// without a basis in force; `CKL-006` not exactly one general list; `CKL-007` a list without items, or
/// an item without words or category; `CKL-008` a document that ends before it begins; `CKL-009` another format.
pub fn check_checklists(sources: (&str, &str), lists: &[(&str, &str)]) -> AppResult<Checklists> {
    let file: SourceFile = parse(sources)?;
    check_format(sources.0, file.format)?;
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for source in &file.sources {
        if !known.insert(&source.id) {
            return Err(twice(sources.0, &source.id));
        }
        if source.valid_to.is_some_and(|last| last < source.valid_from) {
            return Err(Finding::error("CKL-008", "检查表依据的施行期间首尾颠倒")
                .value(&source.id)
                .file(sources.0)
                .into());
        }
    }
    let (mut ids, mut claimed) = (BTreeSet::new(), BTreeMap::new());
    let mut all = Vec::new();
    for text in lists {
        let list: Checklist = parse(*text)?;
        check_list(text.0, &list, &file.sources, &mut ids)?;
        for prefix in &list.industries {
            let digits = (2..=4).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit());
            let before = claimed.insert(prefix.clone(), list.id.clone());
            if !digits || before.is_some() {
                return Err(Finding::error("CKL-003", "检查表的行业代码不对，或已属于另一份检查表")
                    .value(prefix)
                    .expected("两至四位数字，各表不重复")
                    .file(text.0)
                    .into());
            }
        }
        all.push(list);
    }
    let general = all.iter().filter(|list| list.industries.is_empty()).count();
    if general != 1 {
        return Err(AppError::new("CKL-006", "通用检查表应有且只有一份").with(|f| f.value(general.to_string())));
    }
    Ok(Checklists { sources: file.sources, lists: all })
}

fn check_format(file: &str, format: u32) -> AppResult<()> {
    if format == 1 {
        return Ok(());
    }
    Err(Finding::error("CKL-009", "检查表文件的版本无法识别")
        .value(format.to_string())
        .expected("format: 1")
        .file(file)
        .into())
}

fn twice(file: &str, id: &str) -> AppError {
    Finding::error("CKL-002", "检查表中编号重复").value(id).file(file).into()
}

fn check_list(file: &str, list: &Checklist, sources: &[BasisSource], ids: &mut BTreeSet<String>) -> AppResult<()> {
    check_format(file, list.format)?;
    let empty = |what: &str| AppError::from(Finding::error("CKL-007", "检查表有空缺").value(what).file(file));
    if list.sections.iter().all(|section| section.items.is_empty()) {
        return Err(empty(&list.id));
    }
    // the day on which the laws that were repealed stopped to be cited
    let codified = NaiveDate::from_ymd_opt(2026, 8, 15).unwrap_or_default();
    for section in &list.sections {
        if !SECTIONS.contains(&section.name.as_str()) {
            return Err(Finding::error("CKL-004", "检查表的分组名称无法识别")
                .value(&section.name)
                .expected(SECTIONS.join("、"))
                .file(file)
                .into());
        }
        for item in &section.items {
            if !ids.insert(item.id.clone()) {
                return Err(twice(file, &item.id));
            }
            if item.item.trim().is_empty() || item.look.trim().is_empty() || item.applies.is_empty() {
                return Err(empty(&item.id));
            }
            let of = |id: &String| sources.iter().find(|source| source.id == *id);
            let unknown = item.basis.iter().find(|(id, _)| of(id).is_none());
            let in_force = item.basis.iter().any(|(id, _)| of(id).is_some_and(|source| source.holds(codified)));
            if unknown.is_some() || !in_force {
                let told = unknown.map_or(&item.id, |(id, _)| id);
                return Err(Finding::error("CKL-005", "检查项没有现行依据，或引用了未列出的依据")
                    .value(told)
                    .expected("sources.ron 中的编号，且 2026 年 8 月 15 日以后仍有效")
                    .file(file)
                    .into());
            }
        }
    }
    Ok(())
}
