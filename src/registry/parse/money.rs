//! Amounts of money as penalty decisions and their lists write them.
//!
//! Met besides plain numbers: 罚款2万元, 罚款人民币20,000元, 贰万元整, 2w, 2万5000元, 20000（已缴）, 2万元（20000元）. Two
//! amounts that differ, a range, and a foreign currency are no amount.

use super::super::text::MoneyUnit;
use super::number::{Number, parse_number, ungroup};
use crate::text::{fold, is_blank_word};

/// Words before an amount that say only that it is one.
const BEFORE: [&str; 20] = [
    "处以罚款",
    "并处罚款",
    "处罚金额",
    "罚款金额",
    "罚没款",
    "处罚款",
    "罚款",
    "罚金",
    "处罚",
    "处以",
    "金额",
    "合计",
    "共计",
    "人民币",
    "计",
    "共",
    "RMB",
    "CNY",
    "¥",
    "￥",
];

/// An amount and the unit written with it; `Ok(None)` for "nothing". 万 and 亿 mean 万元 and 亿元 here.
///
/// # Errors
/// `()` where the text is not one amount.
#[expect(clippy::result_unit_err, reason = "the caller names the column and the value; there is nothing to add")]
pub fn parse_money(text: &str) -> Result<Option<Number>, ()> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return parse_number(text);
    }
    let folded = fold(text);
    let text = folded.trim();
    if is_blank_word(text) {
        return Ok(None);
    }
    let (text, remark) = match text.split_once('(') {
        Some((before, remark)) => (before.trim(), Some(remark.strip_suffix(')').ok_or(())?.trim())),
        None => (text, None),
    };
    if let Some(unit) = remark.and_then(unit_alone) {
        let found = amount(text)?;
        return if found.unit.is_none() { Ok(Some(Number { unit: Some(unit), ..found })) } else { Err(()) };
    }
    let found = amount(text)?;
    match remark {
        Some(remark) if is_figure(remark) => {
            // The same amount twice, in words and in figures.
            let again = amount(remark)?;
            let wan = |n: Number| n.unit.map(|unit| unit.to_wan(n.value));
            match (wan(found), wan(again)) {
                (Some(one), Some(other)) if (one - other).abs() <= 1e-9 * one.abs() => Ok(Some(found)),
                _ => Err(()),
            }
        }
        Some(remark) if ["美", "欧", "港", "日元", "英镑"].iter().any(|word| remark.contains(word)) => Err(()),
        _ => Ok(Some(found)),
    }
}

fn unit_alone(text: &str) -> Option<MoneyUnit> {
    match text {
        "元" => Some(MoneyUnit::Yuan),
        "万元" => Some(MoneyUnit::Wan),
        "亿元" => Some(MoneyUnit::Yi),
        _ => None,
    }
}

/// True where a remark holds a figure of its own.
fn is_figure(text: &str) -> bool {
    text.contains(|c: char| {
        c.is_ascii_digit() || numeral(c).is_some_and(|n| n > 0.0) && text.contains(['元', '圆', '万'])
    })
}

fn amount(text: &str) -> Result<Number, ()> {
    let mut rest = text.trim();
    while let Some(shorter) = BEFORE.iter().find_map(|word| rest.strip_prefix(word)) {
        rest = shorter.trim_start_matches([':', '：', ',', '，']).trim();
    }
    rest = rest.trim_end_matches(['整', '正', '。']).trim();
    let yuan = |value: f64| Number { value, unit: Some(MoneyUnit::Yuan) };
    // 2万5000元: two parts of one number.
    if let Some((high, low)) = rest.split_once('万')
        && let Some(low) = low.trim().strip_suffix(['元', '圆'])
        && !low.is_empty()
        && let (Ok(high), Ok(low)) = (figure(high), figure(low))
    {
        return if low < 10_000.0 && high >= 0.0 { Ok(yuan(high * 10_000.0 + low)) } else { Err(()) };
    }
    for (suffix, unit, factor) in [
        ("亿元", Some(MoneyUnit::Yi), 1.0),
        ("亿", Some(MoneyUnit::Yi), 1.0),
        ("万元", Some(MoneyUnit::Wan), 1.0),
        ("万", Some(MoneyUnit::Wan), 1.0),
        ("W", Some(MoneyUnit::Wan), 1.0),
        ("w", Some(MoneyUnit::Wan), 1.0),
        ("千元", Some(MoneyUnit::Yuan), 1000.0),
        ("仟元", Some(MoneyUnit::Yuan), 1000.0),
        ("元", Some(MoneyUnit::Yuan), 1.0),
        ("圆", Some(MoneyUnit::Yuan), 1.0),
        ("块", Some(MoneyUnit::Yuan), 1.0),
    ] {
        if let Some(stripped) = rest.strip_suffix(suffix)
            && let Ok(value) = figure(stripped)
        {
            return Ok(Number { value: value * factor, unit });
        }
    }
    if let Ok(value) = figure(rest) {
        // 贰万伍仟 without 元: a sum written out is in yuan.
        let written_out = rest.contains(['十', '拾', '百', '佰', '千', '仟', '万', '亿']);
        return Ok(Number { value, unit: written_out.then_some(MoneyUnit::Yuan) });
    }
    Err(())
}

/// A number in digits, or in Chinese numerals (贰万伍仟, 二十五, 一点五).
fn figure(text: &str) -> Result<f64, ()> {
    let text = text.trim();
    let plain = if text.contains([',', '，', ' ', '\'']) { ungroup(text)? } else { text.to_owned() };
    let is_plain = plain.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    if !plain.is_empty() && is_plain {
        return plain.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or(());
    }
    numerals(&plain).ok_or(())
}

fn numeral(c: char) -> Option<f64> {
    Some(match c {
        '零' | '〇' => 0.0,
        '一' | '壹' => 1.0,
        '二' | '贰' | '两' => 2.0,
        '三' | '叁' => 3.0,
        '四' | '肆' => 4.0,
        '五' | '伍' => 5.0,
        '六' | '陆' => 6.0,
        '七' | '柒' => 7.0,
        '八' | '捌' => 8.0,
        '九' | '玖' => 9.0,
        _ => return None,
    })
}

/// Chinese numerals below 10^16; `None` where the text is anything else.
fn numerals(text: &str) -> Option<f64> {
    if let Some((whole, part)) = text.split_once('点') {
        let mut scale = 0.1;
        let mut value = numerals(whole)?;
        for c in part.chars() {
            value += numeral(c)? * scale;
            scale /= 10.0;
        }
        return (!part.is_empty()).then_some(value);
    }
    let (mut total, mut section, mut digit, mut met) = (0.0, 0.0, None, false);
    for c in text.chars() {
        if let Some(value) = numeral(c) {
            // 二五: two digits without a unit between are no sum, but for the zero of 贰万零伍.
            if digit.is_some_and(|digit: f64| digit > 0.0) {
                return None;
            }
            digit = Some(value);
            met = true;
            continue;
        }
        let unit = match c {
            '十' | '拾' => 10.0,
            '百' | '佰' => 100.0,
            '千' | '仟' => 1000.0,
            '万' => 10_000.0,
            '亿' => 100_000_000.0,
            _ => return None,
        };
        if unit < 10_000.0 {
            // 十五 begins with its unit.
            section += digit.take().or((unit <= 10.0 && !met).then_some(1.0))? * unit;
        } else {
            let value = section + digit.take().unwrap_or(0.0);
            if value <= 0.0 {
                return None;
            }
            total += value * unit;
            section = 0.0;
        }
        met = true;
    }
    met.then(|| total + section + digit.unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_in_words_and_figures() {
        for (text, wan) in [
            ("罚款2万元", 2.0),
            ("罚款人民币20,000元", 2.0),
            ("贰万元整", 2.0),
            ("人民币贰万伍仟元整", 2.5),
            ("2w", 2.0),
            ("2.5W", 2.5),
            ("2万", 2.0),
            ("20000元（已缴）", 2.0),
            ("2万5000元", 2.5),
            ("罚款：贰万元（￥20000元）", 2.0),
            ("处罚款拾伍万元", 15.0),
            ("壹佰万元整", 100.0),
            ("十二万", 12.0),
            ("伍仟元", 0.5),
            ("5千元", 0.5),
            ("20000（元）", 2.0),
            ("０.5亿元", 5000.0),
        ] {
            let found = parse_money(text).unwrap().unwrap();
            let amount = found.unit.unwrap().to_wan(found.value);
            assert!((amount - wan).abs() < 1e-9, "{text}: {amount}");
        }
        for text in ["20000", "20,000", "20000（已缴）", "2e4", "20000.0"] {
            assert_eq!(parse_money(text).unwrap().unwrap(), Number { value: 20_000.0, unit: None }, "{text}");
        }
        for text in [
            "罚款2万元，没收违法所得3万元",
            "2-3万元",
            "2万元（3万元）",
            "若干",
            "5000美元",
            "罚款",
            "2万3",
            "二五",
            "责令改正",
            "2万元（美元）",
            "约2万元",
            "万元",
        ] {
            assert!(parse_money(text).is_err(), "{text}");
        }
        assert_eq!(parse_money("/").unwrap(), None);
    }
}
