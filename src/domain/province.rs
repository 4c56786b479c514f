//! Provinces: what may stand before a district.

/// Names of the provinces with the two digits by which their codes begin (GB/T 2260).
const PROVINCES: [(&str, u32); 34] = [
    ("北京", 11),
    ("天津", 12),
    ("河北", 13),
    ("山西", 14),
    ("内蒙古", 15),
    ("辽宁", 21),
    ("吉林", 22),
    ("黑龙江", 23),
    ("上海", 31),
    ("江苏", 32),
    ("浙江", 33),
    ("安徽", 34),
    ("福建", 35),
    ("江西", 36),
    ("山东", 37),
    ("河南", 41),
    ("湖北", 42),
    ("湖南", 43),
    ("广东", 44),
    ("广西", 45),
    ("海南", 46),
    ("重庆", 50),
    ("四川", 51),
    ("贵州", 52),
    ("云南", 53),
    ("西藏", 54),
    ("陕西", 61),
    ("甘肃", 62),
    ("青海", 63),
    ("宁夏", 64),
    ("新疆", 65),
    ("台湾", 71),
    ("香港", 81),
    ("澳门", 82),
];

/// True where a name or code, as people write it before a district, is the province or city in which the district of
/// this code lies.
#[must_use]
pub fn lies_above(part: &str, district: u32) -> bool {
    if let Ok(code) = part.parse::<u32>() {
        return code == district / 10_000 * 10_000 || code == district / 100 * 100;
    }
    if matches!(part, "中国" | "市辖区" | "县") {
        return true;
    }
    if let Some((name, code)) = PROVINCES.iter().find(|(name, _)| part.starts_with(name)) {
        let rest = &part[name.len()..];
        let ending = matches!(
            rest,
            "" | "省" | "市" | "市市辖区" | "自治区" | "特别行政区" | "壮族自治区" | "回族自治区" | "维吾尔自治区"
        );
        // 江苏省苏州市: province and city in one.
        return *code == district / 10_000 && (ending || rest.ends_with(['市', '州', '盟']));
    }
    // A municipality has no cities below it; elsewhere the city's name can't be told from here.
    !matches!(district / 10_000, 11 | 12 | 31 | 50)
        && part.ends_with(['市', '州', '盟'])
        && part.chars().nth(2).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_province_and_city_stand_before_a_district() {
        for part in ["上海", "上海市", "上海市市辖区", "市辖区", "中国", "310000", "310100"] {
            assert!(lies_above(part, 310_115), "{part}");
        }
        for part in ["江苏省", "昆山市", "浦东新区", "外省", "320000", "不详", "上海市闵行区"] {
            assert!(!lies_above(part, 310_115), "{part}");
        }
        assert!(lies_above("江苏省苏州市", 320_583) && lies_above("苏州市", 320_583) && lies_above("江苏", 320_583));
    }
}
