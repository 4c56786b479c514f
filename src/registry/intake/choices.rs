//! Vocabularies, skills, industries, districts, bodies: cells of few different values.

use std::borrow::Cow;
use std::sync::Arc;

use polars::prelude::*;

use crate::text::{clean, fold, fold_lines, is_blank_word};

use super::super::aliases::Vocabulary;
use super::super::codes;
use super::super::collect::Collector;
use super::super::districts::{DistrictLookup, DistrictMatch, read_district};
use super::super::industry::IndustryMatch;
use super::super::mapping::DistrictRule;
use super::super::options::RegistryOptions;
use super::super::parse::{collect_text, map_repeated, map_text};
use super::super::schema::ColumnSpec;
use super::super::vocabulary::VocabularyKind;
use super::{Intake, Values};

impl Intake<'_> {
    pub(super) fn parse_choice(
        &self,
        spec: &ColumnSpec,
        kind: VocabularyKind,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> Values {
        let Some(vocabulary) = options.aliases.vocabulary(kind.id()) else {
            return Values::Text(StringChunked::full_null(spec.id.into(), cells.len()));
        };
        let (found, faults) = map_repeated(cells, |text| {
            let text = text.strip_suffix(".0").unwrap_or(text);
            match find_choice(vocabulary, kind, text) {
                Some(at) => Ok(Some(at)),
                None if is_blank_word(&fold(text)) => Ok(None),
                None => Err(()),
            }
        });
        let code = match kind {
            _ if spec.required => &codes::CHOICE_REQUIRED,
            VocabularyKind::Status => &codes::STATUS_UNKNOWN,
            _ => &codes::CHOICE_UNKNOWN,
        };
        let expected = if faults.is_empty() { String::new() } else { format!("其中之一：{}", labels(kind)) };
        self.report_all(out, code, &faults, spec.id, cells, &expected);
        if kind.is_flag() {
            return Values::Flag(found.into_iter().map(|at| at.map(|at| at == 0)).collect());
        }
        Values::Text(collect_text(found.len(), |i| {
            found[i].and_then(|at| vocabulary.ids().get(at)).map(|id| Cow::Borrowed(id.as_str()))
        }))
    }

    pub(super) fn parse_choices(
        &self,
        id: &str,
        kind: VocabularyKind,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> StringChunked {
        let Some(vocabulary) = options.aliases.vocabulary(kind.id()) else {
            return StringChunked::full_null(id.into(), cells.len());
        };
        let read = |text: &str| -> (u32, Vec<String>) {
            let (mut set, mut unknown) = (0, Vec::new());
            for part in split_list(text) {
                match vocabulary.find(&part) {
                    Some(at) => set |= 1_u32 << at.min(31),
                    None if is_blank_word(&part) || part == "否" => {}
                    None => unknown.push(part),
                }
            }
            (set, unknown)
        };
        let (sets, _) = map_repeated::<_, (), _>(cells, |text| Ok(Some(read(text))));
        for (i, (_, unknown)) in sets.iter().enumerate().filter_map(|(i, set)| set.as_ref().map(|set| (i, set))) {
            for part in unknown {
                self.report(out, &codes::CHOICE_UNKNOWN, i, id, part, &format!("其中几项：{}", labels(kind)));
            }
        }
        collect_text(sets.len(), |i| {
            let (set, _) = sets[i].as_ref()?;
            let ids: Vec<&str> = vocabulary
                .ids()
                .iter()
                .enumerate()
                .filter(|(at, _)| set & (1 << at) != 0)
                .map(|(_, id)| id.as_str())
                .collect();
            (!ids.is_empty()).then(|| Cow::Owned(ids.join(";")))
        })
    }

    pub(super) fn parse_industry(
        &self,
        id: &str,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> StringChunked {
        let table = &options.industry;
        if table.is_empty() {
            return map_text::<(), _>(cells, |text| Ok(Some(clean(text)).filter(|text| !is_blank_word(text)))).0;
        }
        let (found, faults) = map_repeated(cells, |text| match table.find(text) {
            IndustryMatch::Class(class) => Ok(Some((class, false))),
            IndustryMatch::From2011(class) => Ok(Some((class, true))),
            IndustryMatch::Unknown if is_blank_word(&fold(text)) => Ok(None),
            fault => Err(fault),
        });
        for (i, fault) in faults {
            let value = cells.get(i).unwrap_or_default();
            let one_of = |classes: Vec<&str>| format!("其中之一：{}", classes.join("、"));
            match fault {
                IndustryMatch::Ambiguous(classes) => {
                    self.report(out, &codes::INDUSTRY_AMBIGUOUS, i, id, value, &one_of(classes));
                }
                IndustryMatch::Several(classes) => {
                    self.report(out, &codes::INDUSTRY_SEVERAL, i, id, value, &one_of(classes));
                }
                _ => self.report(out, &codes::INDUSTRY_UNKNOWN, i, id, value, "GB/T 4754-2017 小类"),
            }
        }
        for (i, (class, old)) in found.iter().enumerate().filter_map(|(i, found)| found.map(|found| (i, found))) {
            if old {
                self.report(out, &codes::INDUSTRY_2011, i, id, cells.get(i).unwrap_or_default(), class);
            }
        }
        collect_text(found.len(), |i| found[i].map(|(class, _)| Cow::Borrowed(class)))
    }

    pub(super) fn parse_skills(
        &self,
        id: &str,
        cells: &StringChunked,
        options: &RegistryOptions,
        out: &mut Collector,
    ) -> StringChunked {
        let mut builder = StringChunkedBuilder::new(id.into(), cells.len());
        for (i, cell) in cells.iter().enumerate() {
            let mut skills: Vec<String> = Vec::new();
            for part in cell.map(split_list).unwrap_or_default() {
                match options.skill_of(&part) {
                    Some(skill) => skills.push(skill),
                    None if is_blank_word(&part) => {}
                    None => self.report(out, &codes::SKILL_UNKNOWN, i, id, &part, "规则中列出的专长"),
                }
            }
            skills.sort();
            skills.dedup();
            builder.append_option((!skills.is_empty()).then(|| skills.join(";")));
        }
        builder.finish()
    }

    pub(super) fn parse_districts(
        &self,
        id: &str,
        cells: &StringChunked,
        map: &dyn DistrictLookup,
        out: &mut Collector,
    ) -> Vec<Option<u32>> {
        let (values, faults) = map_repeated(cells, |text| match read_district(text, map) {
            DistrictMatch::One(district) => Ok(Some(district)),
            DistrictMatch::Unknown if is_blank_word(&fold(text)) => Ok(None),
            DistrictMatch::Unknown => Err(false),
            DistrictMatch::Several => Err(true),
        });
        // Whether an unknown district matters depends on the mapping: the sources' checks decide.
        if self.layout.district == DistrictRule::Column {
            for (i, several) in faults {
                let code = if several { &codes::DISTRICT_SEVERAL } else { &codes::DISTRICT_UNKNOWN };
                self.report(out, code, i, id, cells.get(i).unwrap_or_default(), "一个区名或 6 位代码");
            }
        }
        values
    }

    pub(super) fn parse_bodies(
        &self,
        spec: &ColumnSpec,
        cells: &StringChunked,
        options: &RegistryOptions,
        map: &dyn DistrictLookup,
        out: &mut Collector,
    ) -> StringChunked {
        let known = options.body_names(map);
        let (bodies, faults) = map_repeated(cells, |text| match known.body_of(text) {
            None if is_blank_word(&fold(text)) => Ok(None),
            None => Err(known.are_several(text)),
            Some(body) => Ok(Some(Arc::<str>::from(body))),
        });
        for (i, several) in faults {
            let code = match several {
                true => &codes::BODY_SEVERAL,
                false if spec.required => &codes::BODY_REQUIRED,
                false => &codes::BODY_UNKNOWN,
            };
            self.report(out, code, i, spec.id, cells.get(i).unwrap_or_default(), "规则中列出的一个执法主体");
        }
        collect_text(bodies.len(), |i| bodies[i].as_deref().map(Cow::Borrowed))
    }
}

/// The term that a cell means. A remark in brackets that names another term, or that may say another state
/// (正常（停产）, 在产（部分停产）), leaves it open which is meant.
fn find_choice(vocabulary: &Vocabulary, kind: VocabularyKind, text: &str) -> Option<usize> {
    let at = vocabulary.find(text)?;
    let folded = fold(text);
    let Some(remark) = folded.split_once('(').map(|(_, rest)| rest.trim_end_matches(')').trim()) else {
        return Some(at);
    };
    if vocabulary.knows(text) {
        return Some(at);
    }
    match vocabulary.find(remark) {
        Some(other) if other != at => None,
        None if kind == VocabularyKind::Status && remark.contains(|c| "停关闭注销吊迁搬拆歇破清产".contains(c)) => {
            None
        }
        Some(_) | None => Some(at),
    }
}

/// The terms of a vocabulary as people call them.
fn labels(kind: VocabularyKind) -> String {
    let names: Vec<&str> = kind.terms().iter().map(|(_, label)| *label).collect();
    names.join("、")
}

/// The parts of a list in one cell: divided by 、 ， ； / | + or white space.
fn split_list(text: &str) -> Vec<String> {
    fold_lines(text)
        .split(['、', ',', '，', ';', '/', '|', '+', '\n', ' ', '和', '&'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}
