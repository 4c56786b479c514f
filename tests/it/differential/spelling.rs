//! How people and programs write a value: every spelling here means the value that it was made from.

use chrono::{Datelike, Days, NaiveDate};

use super::Dice;
use super::known::{Fault, Fine, KEY_UNIT, MANAGEMENT, STATUS, Site};

/// A cell before it is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Blank,
    Text(String),
    Number(f64),
    /// A number cell that its format shows with leading zeros, `00000000`.
    Padded(f64, usize),
    /// A date cell, with seconds of the day.
    Day(NaiveDate, u32),
    Flag(bool),
    /// `#N/A` and its like.
    Broken,
}

pub fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() { Cell::Blank } else { Cell::Text(text) }
}

fn wide(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
            other => other,
        })
        .collect()
}

/// White space and marks that say nothing, around a text.
pub fn dressed(plain: &str, dice: &mut Dice) -> Cell {
    text(match dice.pick(12) {
        7 => format!(" {plain} "),
        8 => format!("\u{a0}{plain}"),
        9 => format!("{plain}\u{3000}"),
        10 => format!("\u{202a}{plain}\u{202c}"),
        11 => format!("{plain}\t"),
        _ => plain.to_owned(),
    })
}

/// A code of letters and digits.
pub fn code(plain: &str, dice: &mut Dice) -> Cell {
    match dice.pick(14) {
        7 => text(plain.to_lowercase()),
        8 => text(wide(plain)),
        9 => text(format!("'{plain}")),
        10 => text(format!("=\"{plain}\"")),
        11 => text(format!("`{plain}")),
        12 => text(format!("{plain}&nbsp;")),
        _ => dressed(plain, dice),
    }
}

const NUMERALS: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

fn chinese(day: NaiveDate) -> String {
    let year: String = day.year().to_string().bytes().map(|b| NUMERALS[usize::from(b - b'0')]).collect();
    let below = |n: u32| match (n / 10, n % 10) {
        (0, ones) => NUMERALS[ones as usize].to_owned(),
        (tens, ones) => {
            let tens = if tens == 1 { "" } else { NUMERALS[tens as usize] };
            format!("{tens}十{}", if ones == 0 { "" } else { NUMERALS[ones as usize] })
        }
    };
    format!("{year}年{}月{}日", below(day.month()), below(day.day()))
}

pub fn date(day: NaiveDate, dice: &mut Dice) -> Cell {
    let (y, m, d) = (day.year(), day.month(), day.day());
    let before = day - Days::new(1);
    text(match dice.pick(20) {
        1 => format!("{y}/{m}/{d}"),
        2 => format!("{y}年{m}月{d}日"),
        3 => format!("{y}{m:02}{d:02}"),
        4 => format!("{y}.{m}.{d}"),
        5 => format!("{y}-{m:02}-{d:02} 00:00:00"),
        6 => wide(&format!("{y}-{m:02}-{d:02}")),
        7 => format!("{y}-{m}-{d}"),
        8 => format!("'{y}-{m:02}-{d:02}"),
        9 => format!("{y}年{m:02}月{d:02}日"),
        10 => format!("{y}-{m:02}-{d:02}T00:00:00+08:00"),
        11 => format!("{before}T16:00:00Z"),
        12 => format!("{before}T16:00:00.000Z"),
        13 => format!("{before} 23:59:17"),
        14 => chinese(day),
        15 => format!(" {y}-{m:02}-{d:02} "),
        16 | 18 => return Cell::Day(day, 0),
        17 => return Cell::Day(before, 86_357),
        19 => format!("{y} 年 {m} 月 {d} 日"),
        _ => format!("{y}-{m:02}-{d:02}"),
    })
}

fn degrees(seconds: i32, east: bool, dice: &mut Dice) -> Cell {
    let value = f64::from(seconds) / 3600.0;
    let (d, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let side = if east { "东经" } else { "北纬" };
    let letter = if east { "E" } else { "N" };
    text(match dice.pick(14) {
        1 => return Cell::Number(value),
        2 => format!("{value:.7}°"),
        3 => format!("{d}°{m}′{s}″"),
        4 => format!("{d}度{m}分{s}秒"),
        5 => format!("{side}{d}°{m:02}′{s:02}″"),
        6 => format!("{d}°{m}'{s}\""),
        7 => wide(&format!("{value:.7}")),
        8 => format!("{side}{value:.7}"),
        9 => format!("'{value:.7}"),
        10 => format!("{d}°{m}′{s}″{letter}"),
        11 => format!("{value:.7}{letter}"),
        12 => format!("{d}° {m}′ {s}″"),
        13 => format!("{d}°{m}’{s}”"),
        _ => format!("{value:.7}"),
    })
}

pub fn flag(value: Option<bool>, dice: &mut Dice) -> Cell {
    let Some(value) = value else {
        return match dice.pick(4) {
            3 => Cell::Broken,
            i => text(["", "/", "-"][i]),
        };
    };
    let words = [("是", "否"), ("√", "×"), ("Y", "N"), ("1", "0"), ("TRUE", "FALSE"), ("1.0", "0.0"), ("Ｙ", "Ｎ")];
    match dice.pick(9) {
        7 => Cell::Flag(value),
        8 => Cell::Number(f64::from(u8::from(value))),
        i => text(if value { words[i].0 } else { words[i].1 }),
    }
}

const TENS: [&str; 10] = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];

/// Whole thousands of yuan in the numerals of documents: 贰拾万伍仟元整.
fn capital(yuan: u64) -> String {
    let (wan, thousand) = (yuan / 10_000, (yuan / 1000 % 10) as usize);
    let mut words = String::new();
    let digits = [(100, "佰"), (10, "拾"), (1, "")];
    let mut begun = false;
    let mut gap = false;
    for (unit, name) in digits {
        let digit = (wan / unit % 10) as usize;
        if digit == 0 {
            gap = begun;
            continue;
        }
        if gap {
            words.push('零');
        }
        words += TENS[digit];
        words += name;
        (begun, gap) = (true, false);
    }
    if wan > 0 {
        words += "万";
    }
    if thousand > 0 {
        words += TENS[thousand];
        words += "仟";
    }
    words + "元整"
}

fn grouped(yuan: u64) -> String {
    let digits = yuan.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Money in a column whose heading says yuan, ten thousands, or nothing.
pub fn money(yuan: Option<u64>, unit: MoneyUnit, dice: &mut Dice) -> Cell {
    let Some(yuan) = yuan else { return text(["", "/", "-"][dice.pick(3)]) };
    let wan = yuan as f64 / 10_000.0;
    text(match dice.pick(12) {
        1 => format!("{wan}万元"),
        2 => format!("{yuan}元"),
        3 => format!("人民币{}元", grouped(yuan)),
        4 => capital(yuan),
        5 => format!("罚款{wan}万元"),
        6 => format!("{wan}w"),
        7 => format!("{yuan}元（已缴）"),
        8 => format!("罚款人民币{}元", grouped(yuan)),
        9 => format!("{wan} 万"),
        _ => match unit {
            MoneyUnit::Yuan => return number(yuan as f64, dice),
            MoneyUnit::TenThousand => return number(wan, dice),
            MoneyUnit::Unsaid => format!("{yuan}元"),
        },
    })
}

pub fn number(value: f64, dice: &mut Dice) -> Cell {
    match dice.pick(4) {
        0 => text(value.to_string()),
        1 => text(wide(&value.to_string())),
        2 => text(format!("{value:.4}")),
        _ => Cell::Number(value),
    }
}

/// What the heading of an amount says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyUnit {
    Yuan,
    TenThousand,
    Unsaid,
}

/// The cell of a column of the register.
pub fn of_site(site: &Site, column: &str, dice: &mut Dice) -> Cell {
    match (column, site.fault) {
        ("unit_id", Some(Fault::NoNumber)) | ("name", Some(Fault::NoName)) => text(["", "/", "—"][dice.pick(3)]),
        ("unit_id", Some(Fault::DestroyedNumber)) => text(["3.10115E+14", "9.13E+17", "9.1310115E+17"][dice.pick(3)]),
        ("name", Some(Fault::DestroyedName)) => {
            text(["上海锟斤拷锟斤拷有限公司", "烫烫烫烫化工厂", "上海\u{fffd}\u{fffd}化工"][dice.pick(3)])
        }
        ("district", Some(Fault::NoDistrict)) => text(["", "火星区", "999999"][dice.pick(3)]),
        ("district", Some(Fault::TwoDistricts)) => {
            text(["浦东新区、闵行区", "闵行区/青浦区", "310115,310112"][dice.pick(3)])
        }
        ("management", Some(Fault::UnknownManagement)) => text(["特别管理", "", "重点管理、登记管理"][dice.pick(3)]),
        ("unit_id", _) => code(&site.unit, dice),
        ("uscc", _) => code(&site.uscc, dice),
        ("name", _) => dressed(&site.name, dice),
        ("district", _) => district(site, dice),
        ("lon" | "lat", _) if !site.with_point => text(["", "/", "-"][dice.pick(3)]),
        ("lon", _) => degrees(site.spot.lon, true, dice),
        ("lat", _) => degrees(site.spot.lat, false, dice),
        ("management", _) => {
            let words =
                [["重点管理", "重点", "key"], ["简化管理", "简化", "simplified"], ["登记管理", "登记", "registration"]];
            debug_assert_eq!(words.len(), MANAGEMENT.len());
            dressed(words[site.management][dice.pick(3)], dice)
        }
        ("status", _) => {
            let words = [
                ["在产", "正常", "正常生产"],
                ["停产", "停业", "正常（停产）"],
                ["关闭", "责令关闭", "吊销，未注销"],
                ["搬迁", "已搬迁", "迁往外省"],
            ];
            debug_assert_eq!(words.len(), STATUS.len());
            dressed(words[site.status][dice.pick(3)], dice)
        }
        ("industry", _) => site.industry.map_or(Cell::Blank, |code| match dice.pick(4) {
            1 => text(format!("C{code}")),
            2 => text(format!("{code}.0")),
            3 => Cell::Number(code.parse().unwrap()),
            _ => text(code),
        }),
        ("issued", _) => site.issued.map_or(Cell::Blank, |day| date(day, dice)),
        ("expires", _) => site.expires.map_or(Cell::Blank, |day| date(day, dice)),
        ("supervised", _) => flag(site.supervised, dice),
        ("key_unit", _) => {
            let words = ["水环境", "大气环境", "土壤污染", "地下水", "噪声", "环境风险管控"];
            debug_assert_eq!(words.len(), KEY_UNIT.len());
            let between = ["、", "，", ";", "；", ","][dice.pick(5)];
            text(site.key_units.iter().map(|i| words[*i]).collect::<Vec<_>>().join(between))
        }
        _ => text(["", "见附件", "含\"引号\"，逗号", "两行\n备注", "=1+1", "O'Neill"][dice.pick(6)]),
    }
}

fn district(site: &Site, dice: &mut Dice) -> Cell {
    let (name, code) = (&site.spot.name, site.spot.code);
    match dice.pick(11) {
        1 => text(format!("上海市{name}")),
        2 => text(code.to_string()),
        3 => text(format!("{code}.0")),
        4 => Cell::Number(f64::from(code)),
        5 => text(format!("上海市/市辖区/{name}")),
        6 => text(format!("上海市-{name}")),
        7 => text(format!("{code}000000")),
        8 => text(format!("'{code}")),
        9 => text(format!("{name}（{code}）")),
        _ => dressed(name, dice),
    }
}

/// The cell of a column of the table of penalties.
pub fn of_fine(fine: &Fine, sites: &[Site], column: &str, unit: MoneyUnit, dice: &mut Dice) -> Cell {
    let site = &sites[fine.site];
    match (column, fine.fault) {
        ("date", Some(Fault::NoDate)) => text(["", "/", "不详"][dice.pick(3)]),
        ("date", Some(Fault::ImpossibleDate)) => {
            text(["2026-02-30", "9999-12-31", "长期", "1970-01-01", "2026年13月1日", "1900-01-01"][dice.pick(6)])
        }
        ("date", Some(Fault::TwoDates)) => text(["2026-03-01、2026-04-02", "2026.3.1，2026.4.2"][dice.pick(2)]),
        ("date", _) => date(fine.date, dice),
        ("uscc", _) if fine.by == 0 || fine.by == 2 => code(&site.uscc, dice),
        ("unit_id", _) if fine.by == 1 => code(&site.unit, dice),
        ("name", _) => named(&site.name, dice),
        ("document", _) => dressed(&fine.document, dice),
        ("amount_wan", _) => money(fine.yuan, unit, dice),
        ("kind", _) => text(fine.kind),
        _ => Cell::Blank,
    }
}

/// A firm's name as other offices write it: width, blanks and brackets alone differ.
pub fn named(name: &str, dice: &mut Dice) -> Cell {
    match dice.pick(6) {
        1 => text(name.replace('（', "(").replace('）', ")")),
        2 => text(name.replace("上海", "上海 ")),
        3 => text(wide(name)),
        _ => dressed(name, dice),
    }
}
