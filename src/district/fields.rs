//! Which columns of a layer hold a district's code and name.
//!
//! Duty: recognise them by what they contain first and by their names second, because names are cut to ten
//! bytes, differ between offices, and files often carry province, city and county columns side by side. A
//! code is a GB/T 2260 code of six digits; longer spellings are met: 156310000 (the country's code 156 before
//! it), 310115000000 or 310115103 (division codes of statistics; their first six digits), 310115.0.

use std::collections::BTreeMap;

use super::layer::Layer;
use crate::domain::DistrictCode;
use crate::text::fold_width;

/// Names of code columns, reduced by [`plain`].
const CODE_NAMES: &[&str] = &[
    "adcode",
    "adcode99",
    "code",
    "pac",
    "xzqdm",
    "xzqhdm",
    "xzdm",
    "qhdm",
    "dm",
    "gb",
    "gbcode",
    "countycode",
    "区划代码",
    "行政区划代码",
    "行政区代码",
    "行政代码",
    "区代码",
    "区县代码",
    "县代码",
    "县级码",
    "县级代码",
    "区县码",
    "代码",
    "编码",
    "地级码",
    "市代码",
    "省级码",
    "省代码",
    "division",
    "districtcode",
    "admincode",
];
/// Names of name columns.
const NAME_NAMES: &[&str] = &[
    "name",
    "namechn",
    "namecn",
    "mc",
    "xzqmc",
    "qhmc",
    "fullname",
    "county",
    "district",
    "名称",
    "行政区",
    "行政区名称",
    "行政区划名称",
    "区划名称",
    "区名称",
    "区名",
    "区县",
    "区县名称",
    "区县名",
    "县名",
    "县名称",
    "县",
    "区",
    "县级",
    "地名",
    "市",
    "市名称",
    "地级",
    "省",
    "省名称",
    "省级",
    "districtname",
    "countyname",
];
/// First two digits of the provinces.
pub const PROVINCES: &[u32] = &[
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

fn plain(name: &str) -> String {
    fold_width(name).to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// True where a column's name is one of `names`, or what a cut at ten bytes has left of one (at least three
/// characters, nine bytes in UTF-8 and ten in GBK).
fn is_named(name: &str, names: &[&str]) -> bool {
    let name = plain(name.trim_end_matches("_2"));
    names.contains(&name.as_str())
        || (name.chars().count() >= 3 && name.len() >= 9 && names.iter().any(|n| n.starts_with(&name)))
}

/// A district code in any of its spellings; two- and four-digit ones (province, city) only where `short`.
#[must_use]
pub fn parse_district_code(text: &str, short: bool) -> Option<DistrictCode> {
    let text = fold_width(text);
    let text = text.trim();
    let digits = text.strip_suffix(".0").unwrap_or(text);
    if digits.is_empty() || digits.len() > 20 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = match digits.len() {
        9 if digits.starts_with("156") => digits.get(3..9)?.to_owned(),
        6 => digits.to_owned(),
        9 | 12 | 15 => digits.get(..6)?.to_owned(),
        2 | 4 if short => format!("{digits:0<6}"),
        _ => return None,
    };
    let code: u32 = digits.parse().ok()?;
    PROVINCES.contains(&(code / 10_000)).then(|| DistrictCode::new(code)).flatten()
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c) || ('\u{3400}'..='\u{4dbf}').contains(&c))
}

fn values(layer: &Layer, field: usize) -> impl Iterator<Item = &str> {
    layer.live().filter_map(move |i| layer.value(i, field))
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> usize {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items.len()
}

/// The column of codes: most distinct codes first, then a known name.
pub(super) fn code_field(layer: &Layer) -> Option<usize> {
    let mut best: Option<((usize, bool), usize)> = None;
    let rows = layer.live().count();
    for (k, field) in layer.fields.iter().enumerate() {
        let known = is_named(&field.name, CODE_NAMES);
        let codes: Vec<u32> = values(layer, k).filter_map(|v| parse_district_code(v, known)).map(|c| c.0).collect();
        if codes.is_empty() || codes.len() * 10 < rows * 8 {
            continue;
        }
        if !known {
            // Six digits can be anything; codes of one map belong to one province, or are provinces.
            let first = codes[0] / 10_000;
            let related = codes.iter().all(|c| c / 10_000 == first) || codes.iter().all(|c| c % 10_000 == 0);
            if !related {
                continue;
            }
        }
        let score = (distinct(codes.into_iter()), known);
        if best.is_none_or(|(s, _)| score > s) {
            best = Some((score, k));
        }
    }
    best.map(|(_, k)| k)
}

/// The column of names: Chinese text first, then most distinct values, then a known name.
pub(super) fn name_field(layer: &Layer) -> Option<usize> {
    let mut best: Option<((bool, usize, bool), usize)> = None;
    for (k, field) in layer.fields.iter().enumerate() {
        let known = is_named(&field.name, NAME_NAMES);
        let all: Vec<&str> = values(layer, k).collect();
        let chinese = all.iter().filter(|v| is_chinese(v)).count();
        let mostly_chinese = chinese > 0 && chinese * 10 >= all.len() * 8;
        if all.is_empty() || !(mostly_chinese || (known && field.kind == 'C')) {
            continue;
        }
        let score = (mostly_chinese, distinct(all.into_iter()), known);
        if best.is_none_or(|(s, _)| score > s) {
            best = Some((score, k));
        }
    }
    best.map(|(_, k)| k)
}

/// Codes for names, for files that carry names only: the city (then province) in which most of the names
/// exist decides; a name that is missing or ambiguous there gets none.
pub(super) fn codes_of_names(names: &[&str]) -> Vec<Option<DistrictCode>> {
    let mut divisions: Vec<(u32, &str)> = Vec::new();
    for line in super::DIVISIONS_CSV.lines().skip(1) {
        let mut parts = line.split(',');
        if let (Some(code), Some(name)) = (parts.next().and_then(|c| c.trim().parse().ok()), parts.nth(2)) {
            divisions.push((code, name.trim()));
        }
    }
    let matches = |given: &str| -> Vec<u32> {
        let exact: Vec<u32> = divisions.iter().filter(|(_, n)| *n == given).map(|(c, _)| *c).collect();
        if !exact.is_empty() || given.chars().count() < 2 {
            return exact;
        }
        divisions.iter().filter(|(_, n)| n.starts_with(given)).map(|(c, _)| *c).collect()
    };
    let found: Vec<Vec<u32>> = names.iter().map(|n| matches(fold_width(n).trim())).collect();
    for size in [100, 10_000, 1_000_000] {
        let mut votes: BTreeMap<u32, usize> = BTreeMap::new();
        for codes in &found {
            let mut parents: Vec<u32> = codes.iter().map(|c| c / size).collect();
            parents.sort_unstable();
            parents.dedup();
            for parent in parents {
                *votes.entry(parent).or_default() += 1;
            }
        }
        // Ties go to the lower code, so that the answer never hangs on an order.
        let Some((parent, count)) = votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0))) else {
            continue;
        };
        if count * 10 >= names.len() * 8 {
            return found
                .iter()
                .map(|codes| {
                    let mut inside = codes.iter().filter(|c| **c / size == parent);
                    match (inside.next(), inside.next()) {
                        (Some(code), None) => DistrictCode::new(*code),
                        _ => None,
                    }
                })
                .collect();
        }
    }
    vec![None; names.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_in_every_spelling() {
        let code = |t: &str| parse_district_code(t, false).map(|c| c.0);
        for text in ["310115", " 310115 ", "156310115", "310115000000", "310115103", "310115.0", "３１０１１５"] {
            assert_eq!(code(text), Some(310_115), "{text}");
        }
        for text in ["", "31", "3101", "999999", "31011", "31011x", "000000", "-310115"] {
            assert_eq!(code(text), None, "{text}");
        }
        assert_eq!(parse_district_code("31", true).map(|c| c.0), Some(310_000));
    }

    #[test]
    fn names_cut_at_ten_bytes_are_recognised() {
        assert!(is_named("行政区划代", CODE_NAMES));
        assert!(is_named("行政区划名", NAME_NAMES));
        assert!(is_named("行政区", NAME_NAMES));
        assert!(is_named("NAME_CHN", NAME_NAMES));
        assert!(!is_named("面积", NAME_NAMES));
    }

    #[test]
    fn names_find_their_codes_within_one_city() {
        let codes = codes_of_names(&["浦东新区", "普陀区", "宝山区", "长宁区", "崇明"]);
        let codes: Vec<Option<u32>> = codes.into_iter().map(|c| c.map(|c| c.0)).collect();
        assert_eq!(codes, [Some(310_115), Some(310_107), Some(310_113), Some(310_105), Some(310_151)]);
        assert_eq!(codes_of_names(&["不存在区"]), [None]);
        assert!(codes_of_names(&[]).is_empty());
    }
}
