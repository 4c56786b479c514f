//! What is wrong with a policy: every rule on its numbers, each with a stable code and the place in the file.
//!
//! Errors make a policy unusable; warnings stand where a number departs from what the decree's own rules expect
//! but an office may have its reason. Codes: `POL-01x` ids and bases, `02x` articles, `03x` categories, floors and
//! merges, `05x` credit, `06x` factors, `07x` tiers and ratio, `08x` aggravators and special sites, `09x` cap,
//! window, pacing, `10x` positive list and mandatory checks, `11x` capacity and skills, `12x` periods, `13x` draw,
//! disclosure, key industries, `140` outside anchors.

mod book;
mod frequency;
mod score;
mod staff;

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostics, Finding, Severity};

use super::locate::PolicyMap;
use super::{AnchorRule, Milli, Policy};

/// Checks a policy without its text: findings name the field but no line.
#[must_use]
pub fn check_policy(policy: &Policy) -> Diagnostics {
    Checker { policy, map: None, file: None, diagnostics: Diagnostics::new() }.run()
}

/// The first error of a policy: why it can't be taken; `None` where it holds together.
#[must_use]
pub fn policy_fault(policy: &Policy) -> Option<Finding> {
    check_policy(policy).findings().iter().find(|f| f.severity == Severity::Error).cloned()
}

/// Checks a policy against the text that it was read from: findings carry line, column (in characters) and file.
#[must_use]
pub fn check_policy_text(policy: &Policy, text: &str, file_name: &str) -> Diagnostics {
    let map = PolicyMap::of(text.trim_start_matches('\u{feff}'));
    Checker { policy, map: Some(map), file: Some(file_name), diagnostics: Diagnostics::new() }.run()
}

struct Checker<'a> {
    policy: &'a Policy,
    map: Option<PolicyMap>,
    file: Option<&'a str>,
    diagnostics: Diagnostics,
}

impl Checker<'_> {
    fn run(mut self) -> Diagnostics {
        self.book();
        self.score();
        self.frequency();
        self.staff();
        self.anchors();
        self.diagnostics
    }

    fn anchors(&mut self) {
        for why in self.policy.anchors.faults() {
            let finding =
                Finding::error("POL-146", "规则的 anchors 部分有误").value(why).hint("请更正规则的 anchors 部分");
            self.at("anchors", finding.expected(AnchorRule::EXPECTED));
        }
    }

    /// Adds a finding about the value at `path`.
    fn at(&mut self, path: &str, mut finding: Finding) {
        finding.what = format!("{}（{path}）", finding.what);
        if let Some(place) = self.map.as_ref().and_then(|map| map.place(path)) {
            finding = finding.row(place.line).column(place.column.to_string());
        }
        if let Some(file) = self.file {
            finding = finding.file(file);
        }
        self.diagnostics.push(finding);
    }

    fn error(&mut self, code: &'static str, path: &str, what: &str, value: impl AsRef<str>, expected: &str) {
        self.at(path, Finding::error(code, what).value(value).expected(expected).hint("请在规则文件中改正"));
    }

    fn warning(&mut self, code: &'static str, path: &str, what: &str, value: impl AsRef<str>, expected: &str) {
        self.at(path, Finding::warning(code, what).value(value).expected(expected).hint("请确认是否有意如此"));
    }

    /// An error unless `low ≤ value ≤ high`, all in thousandths.
    fn within(&mut self, code: &'static str, path: &str, what: &str, value: Milli, low: i64, high: i64) {
        if value.0 < low || value.0 > high {
            let expected = format!("{} 到 {}", decimal(Milli(low)), decimal(Milli(high)));
            self.error(code, path, what, decimal(value), &expected);
        }
    }

    /// An error for every text met a second time; `places` gives path and text.
    fn unique(&mut self, code: &'static str, what: &str, places: &[(String, &str)]) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (path, text) in places {
            match seen.get(text) {
                Some(first) => {
                    let expected = format!("不与 {first} 相同");
                    self.error(code, path, what, text, &expected);
                }
                None => {
                    seen.insert(text, path);
                }
            }
        }
    }

    /// An error for industry codes that are not a beginning of a GB/T 4754-2017 class.
    fn industry_codes(&mut self, path: &str, codes: &[String]) {
        for (i, code) in codes.iter().enumerate() {
            self.industry_code(&format!("{path}[{i}]"), code);
        }
    }

    fn industry_code(&mut self, path: &str, code: &str) {
        if !(2..=4).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_digit()) {
            self.error("POL-017", path, "行业代码有误", code, "GB/T 4754-2017 的 2 到 4 位数字");
        }
    }
}

/// `[0-9a-z_]{1,24}`.
fn is_id(text: &str) -> bool {
    (1..=24).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'_')
}

/// A number as written in the file.
fn decimal(value: Milli) -> String {
    let (sign, size) = if value.0 < 0 { ("-", value.0.unsigned_abs()) } else { ("", value.0.unsigned_abs()) };
    let (whole, rest) = (size / 1000, size % 1000);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{rest:03}").trim_end_matches('0').to_owned()
}
