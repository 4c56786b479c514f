//! Headings and values met in real files, as data.
//!
//! Duty: `assets/aliases.ron` in a form made for looking up, extensible by a project's own file of the same
//! shape. Invariants: every table and column id named there exists; a canonical id and a column's Chinese name
//! always mean themselves. Headings by domain research: national permit platform, 信用中国, hot-line lists,
//! automatic-monitoring exports.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::diagnostic::{AppError, AppResult};

use super::codes;
use super::mapping::ron_error;
use super::schema::TableKind;
use super::text::{heading_key, without_brackets};
use crate::text::fold;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasFile {
    #[serde(default)]
    tables: BTreeMap<TableKind, TableAliases>,
    #[serde(default)]
    values: BTreeMap<String, Vec<(String, Vec<String>)>>,
    #[serde(default)]
    invalid_marks: Vec<String>,
    #[serde(default)]
    yes: Vec<String>,
    #[serde(default)]
    no: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableAliases {
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    columns: BTreeMap<String, Vec<String>>,
}

/// A vocabulary: canonical ids in order, and the spellings of each.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {
    ids: Vec<String>,
    spellings: BTreeMap<String, usize>,
}

impl Vocabulary {
    fn add(&mut self, id: &str, spellings: &[String]) {
        let at = self.ids.iter().position(|known| known == id).unwrap_or_else(|| {
            self.ids.push(id.to_owned());
            self.ids.len() - 1
        });
        self.spellings.insert(heading_key(id), at);
        for spelling in spellings {
            self.spellings.insert(heading_key(spelling), at);
        }
    }

    /// Position of the canonical id that a spelling means.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<usize> {
        let key = heading_key(text);
        self.spellings.get(&key).or_else(|| without_brackets(&key).and_then(|bare| self.spellings.get(&bare))).copied()
    }

    /// True where this very spelling is listed, its remark in brackets included.
    #[must_use]
    pub fn knows(&self, text: &str) -> bool {
        self.spellings.contains_key(&heading_key(text))
    }

    /// Canonical ids, in order.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }
}

/// Everything known about headings and values.
#[derive(Debug, Clone)]
pub struct Aliases {
    /// Heading → column id and rank: of two columns that mean the same, the one listed earlier is taken.
    columns: BTreeMap<TableKind, BTreeMap<String, (&'static str, usize)>>,
    names: BTreeMap<TableKind, Vec<String>>,
    values: BTreeMap<String, Vocabulary>,
    invalid_marks: Vec<String>,
    yes: Vec<String>,
    no: Vec<String>,
    /// In how many tables a heading occurs: a heading of one table alone says much about which table it is.
    spread: BTreeMap<String, u32>,
}

const BUILT_IN: &str = include_str!("../../assets/aliases.ron");

impl Aliases {
    /// The aliases that ship with the product.
    ///
    /// # Errors
    /// `IMP-081` where the shipped file is damaged.
    pub fn built_in() -> AppResult<Self> {
        let mut aliases = Self {
            columns: BTreeMap::new(),
            names: BTreeMap::new(),
            values: BTreeMap::new(),
            invalid_marks: Vec::new(),
            yes: Vec::new(),
            no: Vec::new(),
            spread: BTreeMap::new(),
        };
        for kind in TableKind::ALL {
            let table = aliases.columns.entry(kind).or_default();
            for column in kind.columns() {
                table.insert(heading_key(column.id), (column.id, 0));
                table.insert(heading_key(column.name), (column.id, 0));
            }
        }
        aliases.extend(BUILT_IN, "aliases.ron")?;
        Ok(aliases)
    }

    /// Adds a project's own aliases; a heading that is known already is taken over by the new file.
    ///
    /// # Errors
    /// `IMP-081` with line and column: not RON, an unknown table, column or field.
    pub fn extend(&mut self, text: &str, file: &str) -> AppResult<()> {
        let parsed: AliasFile = ron::from_str(text).map_err(|error| ron_error(&codes::ALIASES_BAD, file, &error))?;
        for (kind, table) in parsed.tables {
            self.names.entry(kind).or_default().extend(table.names.iter().map(|name| heading_key(name)));
            for (id, headings) in table.columns {
                let Some(column) = kind.column(&id) else {
                    return Err(AppError::from(
                        codes::ALIASES_BAD.finding().file(file).value(&id).expected(column_ids(kind)),
                    ));
                };
                let known = self.columns.entry(kind).or_default();
                for (rank, heading) in headings.iter().enumerate() {
                    known.insert(heading_key(heading), (column.id, rank));
                }
            }
        }
        for (name, entries) in parsed.values {
            let vocabulary = self.values.entry(name).or_default();
            for (id, spellings) in entries {
                vocabulary.add(&id, &spellings);
            }
        }
        self.invalid_marks.extend(parsed.invalid_marks);
        self.yes.extend(parsed.yes.iter().map(|word| word.to_lowercase()));
        self.no.extend(parsed.no.iter().map(|word| word.to_lowercase()));
        self.spread.clear();
        for table in self.columns.values() {
            for heading in table.keys() {
                *self.spread.entry(heading.clone()).or_insert(0) += 1;
            }
        }
        Ok(())
    }

    /// The column that a heading means in a table: as written, then without its bracketed remark.
    #[must_use]
    pub fn column(&self, kind: TableKind, heading: &str) -> Option<&'static str> {
        self.ranked_column(kind, heading).map(|(id, _)| id)
    }

    /// As [`Aliases::column`], with the heading's rank among the column's aliases, 0 first.
    #[must_use]
    pub fn ranked_column(&self, kind: TableKind, heading: &str) -> Option<(&'static str, usize)> {
        let key = heading_key(heading);
        let table = self.columns.get(&kind)?;
        let known =
            |key: &str| table.get(key).or_else(|| without_brackets(key).and_then(|bare| table.get(&bare))).copied();
        known(&key).or_else(|| {
            let plain = simplified(&key);
            known(&plain).or_else(|| {
                let column = kind.column("uscc").filter(|_| is_code_of_a_firm(&plain))?;
                Some((column.id, LAST_RANK))
            })
        })
    }

    /// How much a heading says for a table: 0 unknown, 1 known in other tables too, 3 known in this one alone.
    #[must_use]
    pub fn weight(&self, kind: TableKind, heading: &str) -> u32 {
        if self.column(kind, heading).is_none() {
            return 0;
        }
        let key = heading_key(heading);
        let spread = self
            .spread
            .get(&key)
            .or_else(|| without_brackets(&key).and_then(|bare| self.spread.get(&bare)))
            .copied()
            .unwrap_or(1);
        if spread <= 1 { 3 } else { 1 }
    }

    /// Length in characters of the longest name of the table found in a file or sheet name; 0 for none.
    #[must_use]
    pub fn name_match(&self, kind: TableKind, name: &str) -> usize {
        let key = heading_key(name);
        self.names
            .get(&kind)
            .into_iter()
            .flatten()
            .filter(|word| key.contains(word.as_str()))
            .map(|word| word.chars().count())
            .max()
            .unwrap_or(0)
    }

    /// A vocabulary by name.
    #[must_use]
    pub fn vocabulary(&self, name: &str) -> Option<&Vocabulary> {
        self.values.get(name)
    }

    /// Yes or no; `None` where the word says neither.
    #[must_use]
    pub fn flag(&self, text: &str) -> Option<bool> {
        let word = fold(text).to_lowercase();
        if self.yes.contains(&word) {
            Some(true)
        } else if self.no.contains(&word) {
            Some(false)
        } else {
            None
        }
    }

    /// True where a mark of a monitoring row says that the value does not count.
    #[must_use]
    pub fn is_invalid_mark(&self, mark: &str) -> bool {
        self.invalid_marks.iter().any(|word| mark.contains(word.as_str()))
    }
}

/// Rank of a heading known by its words, behind all that are listed.
const LAST_RANK: usize = 1_000;

/// True for a heading that says "credit code" of the firm that the row is about, in whatever words: 当事人统一社会信用代码,
/// 统一社会信用代码/注册号; not for the code of an authority.
fn is_code_of_a_firm(key: &str) -> bool {
    const CODES: [&str; 7] =
        ["统一社会信用代码", "社会信用代码", "统一信用代码", "信用代码", "纳税人识别号", "营业执照", "组织机构代码"];
    const OTHERS: [&str; 14] = [
        "机关",
        "机构",
        "部门",
        "核发",
        "发证",
        "来源",
        "审批",
        "主管",
        "日期",
        "时间",
        "状态",
        "图片",
        "范围",
        "法定代表人",
    ];
    // The second to sixth codes of the publicity template are numbers of older kinds.
    if key.contains("行政相对人代码") && ["代码2", "代码3", "代码4", "代码5", "代码6"].iter().any(|n| key.contains(n))
    {
        return false;
    }
    let rest = CODES.iter().fold(key.to_owned(), |rest, code| rest.replace(code, ""));
    rest.len() < key.len() && !OTHERS.iter().any(|word| rest.contains(word))
}

/// The traditional characters that headings have, with the simplified ones.
static SIMPLIFIED: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    const TRADITIONAL: &str =
        "碼號統會單質許證編區縣業處罰對檢舉訴類別經緯錄稱態機關決書類額萬監測檢項點時間報產狀態發標準執員";
    const SIMPLIFIED: &str =
        "码号统会单质许证编区县业处罚对检举诉类别经纬录称态机关决书类额万监测检项点时间报产状态发标准执员";
    TRADITIONAL.chars().zip(SIMPLIFIED.chars()).collect()
});

/// The heading with the traditional characters that headings have as simplified ones.
fn simplified(key: &str) -> String {
    key.chars().map(|c| SIMPLIFIED.get(&c).copied().unwrap_or(c)).collect()
}

/// The column ids of a table, for messages.
pub(super) fn column_ids(kind: TableKind) -> String {
    let ids: Vec<&str> = kind.columns().iter().map(|column| column.id).collect();
    format!("其中之一：{}", ids.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_aliases_are_sound() {
        let aliases = Aliases::built_in().unwrap();
        assert_eq!(aliases.column(TableKind::Sources, "＊排污许可证编号\n（必填）"), Some("unit_id"));
        assert_eq!(aliases.column(TableKind::Violations, "罚款金额（元）"), Some("amount_wan"));
        assert_eq!(aliases.column(TableKind::Sources, "备注"), None);
        let yes_and_no = aliases.yes.iter().filter(|word| aliases.no.contains(word)).count();
        assert_eq!(yes_and_no, 0);
    }

    #[test]
    fn credit_codes_are_known_in_any_words_and_an_authoritys_is_not() {
        let aliases = Aliases::built_in().unwrap();
        for heading in [
            "行政相对人代码_1(统一社会信用代码)",
            "行政相对人代码_1 (统一社会信用代码)",
            "行政相对人代码-1（统一社会信用代码）",
            "行政相对人代码＿1",
            "行政相对人代码1",
            "行政相对人统一社会信用代码",
            "社会信用代码（纳税人识别号）",
            "统一社会信用代码（18位）",
            "统一社会信用代码/注册号",
            "注册号/统一社会信用代码",
            "信用代码证号",
            "企业统一社会信用代码",
            "当事人统一社会信用代码",
            "被处罚单位统一社会信用代码",
            "纳税人识别号",
            "营业执照号",
            "组织机构代码",
            "统一社会 信用代码",
            "统一社会信用代碼",
            "統一社會信用代碼",
            "USCC",
        ] {
            for kind in [TableKind::Violations, TableKind::Sources, TableKind::Complaints, TableKind::PastChecks] {
                if heading.contains("相对人") && kind != TableKind::Violations {
                    continue;
                }
                assert_eq!(aliases.column(kind, heading), Some("uscc"), "{heading} {kind:?}");
            }
        }
        for heading in
            ["处罚机关统一社会信用代码", "数据来源单位统一社会信用代码", "发证机关信用代码", "营业执照发证日期"]
        {
            assert_eq!(aliases.column(TableKind::Violations, heading), None, "{heading}");
        }
        assert_eq!(aliases.column(TableKind::Violations, "行政相对人代码_3(组织机构代码)"), None);
    }

    #[test]
    fn a_project_adds_its_own() {
        let mut aliases = Aliases::built_in().unwrap();
        aliases.extend("(tables: {sources: (columns: {\"name\": [\"户名\"]})})", "own.ron").unwrap();
        assert_eq!(aliases.column(TableKind::Sources, "户名"), Some("name"));
        let error = aliases.extend("(tables: {sources: (columns: {\"nom\": []})})", "own.ron").unwrap_err();
        assert_eq!(error.code(), "IMP-081");
        let error = aliases.extend("(\n  table: {})", "own.ron").unwrap_err();
        assert!(error.to_string().contains("第 2 行"), "{error}");
    }
}
