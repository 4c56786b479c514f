//! File names that carry agency, document, period and version, and that every system takes.

use crate::disclosure::Audience;
use crate::sampling::{sha256, to_hex};

/// Longest name in bytes of UTF-8, extension included: file systems take 255, and copies get a suffix.
const LONGEST: usize = 200;

/// Parts of an export's file name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName<'a> {
    /// Agency or body.
    pub agency: &'a str,
    /// What the file is, e.g. `年度检查计划`.
    pub document: &'a str,
    /// Year or month, e.g. `2027` or `2027-03`.
    pub period: &'a str,
    /// Version, from 1.
    pub version: u32,
    /// Family; `Internal` is said in the name so that nobody sends it out by mistake.
    pub audience: Audience,
    /// `模拟数据` or `演示`, where it applies.
    pub mark: Option<&'a str>,
    /// Extension without dot.
    pub extension: &'a str,
}

impl FileName<'_> {
    /// `浦东新区综合执法局_年度检查计划_2027_第1版_内部.xlsx`.
    #[must_use]
    pub fn render(&self) -> String {
        let mark = self.mark.map(|mark| format!("_{mark}")).unwrap_or_default();
        let rest = format!("_{}_{}_第{}版_{}{mark}", self.document, self.period, self.version, self.audience.label());
        // what tells the files apart stays whole: of a long name it is the agency's that is shortened
        let room = LONGEST.saturating_sub(rest.len() + self.extension.len() + 1).max(SHORTEST);
        sanitise_file_name(&format!("{}{rest}", shorten(self.agency.trim(), room)), self.extension)
    }
}

/// Least bytes that are left of a name.
const SHORTEST: usize = 32;

/// A text of at most `most` bytes: cut between characters, with eight digits of its SHA-256 behind, where it is longer.
fn shorten(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let mark = to_hex(&sha256(&[text.as_bytes()]));
    let mark = mark.get(..8).unwrap_or_default();
    let end = text.floor_char_boundary(most.saturating_sub(mark.len() + 1));
    let head = text.get(..end).unwrap_or_default();
    format!("{}_{mark}", head.trim_end_matches(['.', ' ', '\u{200d}']))
}

/// A name that Windows, Linux and macOS take: no reserved character or device name, no dot or blank at the
/// end, at most 200 bytes. A longer one is cut between characters and ends in a mark of the whole, so that two that begin
/// alike stay apart.
#[must_use]
pub fn sanitise_file_name(stem: &str, extension: &str) -> String {
    let mut clean = String::with_capacity(stem.len());
    for c in stem.chars() {
        let bad = c.is_control()
            || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        clean.push(if bad { '_' } else { c });
    }
    let clean = shorten(&clean, LONGEST.saturating_sub(extension.len() + 1).max(SHORTEST));
    let clean = clean.trim().trim_end_matches(['.', ' ']).trim_start_matches('.').to_owned();
    let device = clean.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered = |prefix: &str| {
        device.strip_prefix(prefix).is_some_and(|n| {
            let mut chars = n.chars();
            matches!((chars.next(), chars.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
        })
    };
    let reserved = matches!(device.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT");
    let stem = match (clean.is_empty(), reserved) {
        (true, _) => "未命名".to_owned(),
        (false, true) => format!("_{clean}"),
        (false, false) => clean,
    };
    if extension.is_empty() { stem } else { format!("{stem}.{extension}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_carry_agency_period_and_version() {
        let name = FileName {
            agency: "浦东新区综合执法局",
            document: "月度检查任务",
            period: "2027-03",
            version: 2,
            audience: Audience::Internal,
            mark: Some("模拟数据"),
            extension: "xlsx",
        };
        assert_eq!(name.render(), "浦东新区综合执法局_月度检查任务_2027-03_第2版_内部_模拟数据.xlsx");
    }

    #[test]
    fn windows_takes_every_name() {
        assert_eq!(sanitise_file_name("a/b\\c:d*?\"<>|\n\u{202e}x", "csv"), "a_b_c_d________x.csv");
        assert_eq!(sanitise_file_name("尾. . ", "csv"), "尾.csv");
        assert_eq!(sanitise_file_name("../../etc/passwd", "csv"), "_.._etc_passwd.csv");
        assert_eq!(sanitise_file_name("CON", "csv"), "_CON.csv");
        assert_eq!(sanitise_file_name("com1.x", "csv"), "_com1.x.csv");
        assert_eq!(sanitise_file_name("COM²", "csv"), "_COM².csv");
        assert_eq!(sanitise_file_name("COMPANY", "csv"), "COMPANY.csv");
        assert_eq!(sanitise_file_name(" . ", "csv"), "未命名.csv");
        let long = sanitise_file_name(&"污".repeat(300), "xlsx");
        assert!(long.len() <= LONGEST && long.starts_with("污污"), "{long}");
        assert!(long.strip_suffix(".xlsx").is_some(), "{long}");
    }

    #[test]
    fn long_names_that_begin_alike_stay_apart_and_say_what_they_are() {
        let long = "上海市浦东新区生态环境局综合行政执法大队第一分队".repeat(12);
        let units: Vec<String> = ["甲", "乙"].map(|end| sanitise_file_name(&format!("{long}{end}"), "html")).to_vec();
        assert_ne!(units[0], units[1]);
        for name in &units {
            assert!(name.len() <= LONGEST && name.encode_utf16().count() <= 255, "{name}");
        }
        let of = |document, extension| FileName {
            agency: &long,
            document,
            period: "2027-03",
            version: 2,
            audience: Audience::Internal,
            mark: Some("模拟数据"),
            extension,
        };
        let names = [of("月度检查任务", "xlsx"), of("结果填报表", "xlsx")].map(|name| name.render());
        for name in &names {
            assert!(name.len() <= LONGEST && name.starts_with("上海市浦东新区"), "{name}");
        }
        assert!(names[0].ends_with("_月度检查任务_2027-03_第2版_内部_模拟数据.xlsx"), "{}", names[0]);
        assert!(names[1].ends_with("_结果填报表_2027-03_第2版_内部_模拟数据.xlsx"), "{}", names[1]);
        // four bytes a character: a cut never falls within one
        assert!(sanitise_file_name(&"𠮷".repeat(100), "csv").starts_with('𠮷'));
        assert_eq!(sanitise_file_name(&"𠮷".repeat(49), "csv"), format!("{}.csv", "𠮷".repeat(49)));
    }
}
