//! A single finding and the collection of findings.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The row is set aside, or the file can't be used.
    Error,
    /// The row is kept; somebody should look at it.
    Warning,
    /// For information.
    Hint,
}

impl Severity {
    /// The Chinese word shown to users.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Error => "错误",
            Self::Warning => "警告",
            Self::Hint => "提示",
        }
    }
}

/// One thing found: what, where, got, expected, what to do.
///
/// `code` is stable (`IMP-012`); texts are Chinese; `row` is the physical row in the file, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Stable code such as `IMP-012`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in Chinese, without the place.
    pub what: String,
    /// File name (not the whole path unless that is needed to find it).
    pub file: Option<String>,
    /// Worksheet or layer.
    pub sheet: Option<String>,
    /// Physical row in the file, counted from 1.
    pub row: Option<u64>,
    /// What names the row in a table of a database, in place of the row's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Column heading.
    pub column: Option<String>,
    /// The unit that the row is about, by its name as written.
    pub unit: Option<String>,
    /// The value met, cut to 80 characters.
    pub value: Option<String>,
    /// What would have been right.
    pub expected: Option<String>,
    /// Names of units in the register that the one met may stand for, the likeliest first: a person decides.
    pub candidates: Vec<String>,
    /// What to do.
    pub hint: Option<String>,
}

/// Longest value quoted in a message, in characters (never bytes: a cut must not split a character).
const LONGEST_VALUE: usize = 80;

impl Finding {
    /// A finding of the given severity.
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, what: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            what: what.into(),
            file: None,
            sheet: None,
            row: None,
            key: None,
            column: None,
            unit: None,
            value: None,
            expected: None,
            candidates: Vec::new(),
            hint: None,
        }
    }

    /// A finding that sets its row aside or stops the file.
    #[must_use]
    pub fn error(code: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, what)
    }

    /// A finding that somebody should look at.
    #[must_use]
    pub fn warning(code: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, what)
    }

    /// A finding for information.
    #[must_use]
    pub fn note(code: &'static str, what: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, what)
    }

    /// Names the file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Names the worksheet or layer.
    #[must_use]
    pub fn sheet(mut self, sheet: impl Into<String>) -> Self {
        self.sheet = Some(sheet.into());
        self
    }

    /// Names the file, and the worksheet where there is one.
    #[must_use]
    pub fn within(mut self, file: &str, sheet: Option<&str>) -> Self {
        self.file = Some(file.to_owned());
        self.sheet = sheet.map(str::to_owned);
        self
    }

    /// Names the physical row, from 1.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    /// Names the column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Names the unit that the row is about.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Names units of the register that the one met may stand for.
    #[must_use]
    pub fn candidates(mut self, names: Vec<String>) -> Self {
        self.candidates = names;
        self
    }

    /// Quotes the value met, cut to 80 characters.
    #[must_use]
    pub fn value(mut self, value: impl AsRef<str>) -> Self {
        let value = value.as_ref();
        let mut cut: String = value.chars().take(LONGEST_VALUE).collect();
        if value.chars().nth(LONGEST_VALUE).is_some() {
            cut.push('…');
        }
        self.value = Some(cut);
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Finding {
    /// One Chinese line: code, what, place, got, expected, what to do, file last.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] ", self.code)?;
        self.write_words(f)
    }
}

impl Finding {
    /// The line without its code: for a window, which shows the code in small print beside it.
    #[must_use]
    pub fn words(&self) -> String {
        let mut words = String::new();
        // writing to a text can't fail
        let _ = self.write_words(&mut words);
        words
    }

    fn write_words(&self, f: &mut impl fmt::Write) -> fmt::Result {
        write!(f, "{}", self.what)?;
        if let Some(sheet) = &self.sheet {
            write!(f, "；工作表「{sheet}」")?;
        }
        match (&self.key, self.row) {
            (Some(key), _) => write!(f, "；主键「{key}」")?,
            (None, Some(row)) => write!(f, "；第 {row} 行")?,
            (None, None) => {}
        }
        if let Some(column) = &self.column {
            write!(f, "；列「{column}」")?;
        }
        if let Some(unit) = &self.unit {
            write!(f, "；单位「{unit}」")?;
        }
        if let Some(value) = &self.value {
            write!(f, "；实际为「{value}」")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, "；应为{expected}")?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "。{hint}")?;
        }
        match (&self.file, &self.key) {
            (Some(file), Some(_)) => write!(f, "（数据库表：{}）", file.strip_suffix(".parquet").unwrap_or(file)),
            (Some(file), None) => write!(f, "（文件：{file}）"),
            (None, _) => Ok(()),
        }
    }
}

/// Collects findings; keeps at most `cap` texts per code but counts them all.
#[derive(Debug, Clone)]
pub struct Diagnostics {
    findings: Vec<Finding>,
    counts: BTreeMap<(Severity, &'static str), u64>,
    cap: u64,
}

impl Default for Diagnostics {
    fn default() -> Self {
        Self::with_cap(100_000)
    }
}

impl Diagnostics {
    /// An empty collection with the default cap of 100 000 texts per code.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty collection that keeps at most `cap` texts per code.
    #[must_use]
    pub fn with_cap(cap: u64) -> Self {
        Self { findings: Vec::new(), counts: BTreeMap::new(), cap }
    }

    /// Adds a finding: always counted, its text kept up to the cap of its code.
    pub fn push(&mut self, finding: Finding) {
        let count = self.counts.entry((finding.severity, finding.code)).or_insert(0);
        *count += 1;
        if *count <= self.cap {
            self.findings.push(finding);
        }
    }

    /// Takes over all findings and counts of another collection, in its order.
    pub fn append(&mut self, other: Self) {
        let kept_before: BTreeMap<(Severity, &'static str), u64> =
            other.findings.iter().fold(BTreeMap::new(), |mut kept, f| {
                *kept.entry((f.severity, f.code)).or_insert(0) += 1;
                kept
            });
        for finding in other.findings {
            self.push(finding);
        }
        for (key, total) in other.counts {
            let kept = kept_before.get(&key).copied().unwrap_or(0);
            *self.counts.entry(key).or_insert(0) += total - kept;
        }
    }

    /// Changes the kept findings one by one; code and severity stay.
    pub fn change_each(&mut self, mut change: impl FnMut(&mut Finding)) {
        for finding in &mut self.findings {
            change(finding);
        }
    }

    /// The kept findings, in the order in which they came.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How many findings of this severity were met, kept or not.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        self.counts.iter().filter(|((s, _), _)| *s == severity).map(|(_, n)| n).sum()
    }

    /// How many findings of this code were met, kept or not.
    #[must_use]
    pub fn count_code(&self, code: &str) -> u64 {
        self.counts.iter().filter(|((_, c), _)| *c == code).map(|(_, n)| n).sum()
    }

    /// (severity, code, count) in order of severity, then code.
    pub fn summary(&self) -> impl Iterator<Item = (Severity, &'static str, u64)> + '_ {
        self.counts.iter().map(|((severity, code), n)| (*severity, *code, *n))
    }

    /// True where nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_parts_in_order() {
        let f = Finding::error("IMP-012", "日期无法识别")
            .file("名录.xlsx")
            .sheet("Sheet1")
            .row(7)
            .column("发证日期")
            .value("2026年13月")
            .expected("日期，如 2026-03-01")
            .hint("请改正后重新导入");
        assert_eq!(
            f.to_string(),
            "[IMP-012] 日期无法识别；工作表「Sheet1」；第 7 行；列「发证日期」；实际为「2026年13月」；应为日期，如 2026-03-01。请改正后重新导入（文件：名录.xlsx）"
        );
    }

    #[test]
    fn a_row_of_a_database_is_named_by_its_key() {
        let mut f = Finding::error("IMP-012", "日期无法识别").file("permit.sources.parquet").row(7);
        f.key = Some("id=37".to_owned());
        assert_eq!(f.to_string(), "[IMP-012] 日期无法识别；主键「id=37」（数据库表：permit.sources）");
    }

    #[test]
    fn texts_are_capped_counts_are_not() {
        let mut a = Diagnostics::with_cap(2);
        for _ in 0..5 {
            a.push(Finding::warning("X-001", "x"));
        }
        let mut b = Diagnostics::with_cap(3);
        b.append(a);
        b.push(Finding::warning("X-001", "y"));
        assert_eq!((b.findings().len(), b.count_code("X-001")), (2, 6));
    }

    #[test]
    fn values_are_cut_by_characters() {
        let f = Finding::note("X-002", "x").value("污".repeat(100));
        assert_eq!(f.value.map(|v| v.chars().count()), Some(81));
    }
}
