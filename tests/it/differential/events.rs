//! Rows of the tables of events, which are joined to a unit: complaints, monitoring, past checks, recusals.

use chrono::{Datelike, Days, NaiveDate};

use super::entries::{Entry, Sheet};
use super::known::Site;
use super::spelling::{Cell, code, date, dressed, flag, named, number, text};
use super::{Dice, Held};

pub const COMPLAINTS: Sheet = Sheet {
    table: "complaints",
    name: "信访投诉",
    columns: &[
        ("uscc", &["统一社会信用代码", "信用代码"]),
        ("unit_id", &["排污许可证编号", "登记编号"]),
        ("name", &["被投诉单位", "被举报单位"]),
        ("date", &["投诉日期", "受理时间"]),
        ("pollution", &["污染类型", "问题类型"]),
        ("substantiated", &["是否属实", "核查结果"]),
    ],
};

pub const MONITORING: Sheet = Sheet {
    table: "monitoring",
    name: "自动监控异常",
    columns: &[
        ("unit_id", &["排污许可证编号", "许可证编号"]),
        ("name", &["企业名称", "污染源名称"]),
        ("date", &["监测时间", "数据时间"]),
        ("hourly", &["数据类型", "统计周期"]),
        ("outlet", &["排口编号", "监测点位"]),
        ("pollutant", &["污染因子", "污染物"]),
        ("value", &["监测值", "实测浓度"]),
        ("limit", &["标准限值", "排放限值"]),
        ("multiple", &["超标倍数"]),
        ("mark", &["数据标记", "工况"]),
    ],
};

pub const PAST_CHECKS: Sheet = Sheet {
    table: "past_checks",
    name: "历次检查",
    columns: &[
        ("uscc", &["统一社会信用代码", "信用代码"]),
        ("unit_id", &["排污许可证编号", "登记编号"]),
        ("name", &["被检查单位", "检查对象"]),
        ("date", &["检查日期", "执法时间"]),
        ("kind", &["检查类型", "检查类别"]),
        ("joint", &["是否联合检查", "联合检查"]),
        ("matters", &["检查事项", "检查内容"]),
        ("result", &["检查结果", "检查结论"]),
    ],
};

pub const RECUSALS: Sheet = Sheet {
    table: "recusals",
    name: "回避",
    columns: &[
        ("certificate", &["执法证号", "回避人员执法证号"]),
        ("uscc", &["统一社会信用代码", "回避单位信用代码"]),
        ("unit_id", &["排污许可证编号", "登记编号"]),
        ("name", &["单位名称", "回避单位"]),
        ("reason", &["回避原因", "事由"]),
    ],
};

/// A row of one of the tables of events, by its number among all.
pub fn of(table: usize, serial: u32, dice: &mut Dice, sites: &[Site], faulty: bool) -> Entry {
    let good: Vec<usize> = (0..sites.len()).filter(|i| sites[*i].fault.is_none()).collect();
    // Without a unit to be of, a row is one that can't be used.
    let (site, faulty) = match good.get(dice.pick(good.len())) {
        Some(site) => (*site, faulty),
        None => (0, true),
    };
    let unit = &sites[site];
    let row = match table {
        3 => complaint(serial, dice, unit, faulty),
        4 => monitored(serial, dice, unit, faulty),
        5 => past_check(serial, dice, unit, faulty),
        _ => recusal(serial, dice, unit, faulty),
    };
    let (cells, key, expected) = row;
    Entry { sheet: table, cells, key, expected, faulty, site: Some(site) }
}

type Cells = Vec<(&'static str, Cell)>;
type Row = (Cells, Vec<(&'static str, String)>, Vec<(&'static str, Held)>);

/// Which columns say whose a row is: credit code, permit number, name.
fn owner(unit: &Site, dice: &mut Dice) -> Cells {
    match dice.pick(3) {
        1 => vec![("unit_id", code(&unit.unit, dice))],
        2 => vec![("name", named(&unit.name, dice))],
        _ => vec![("uscc", code(&unit.uscc, dice))],
    }
}

fn day(dice: &mut Dice) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap() + Days::new(dice.pick(900) as u64)
}

/// A required date that can't be one.
fn no_date(dice: &mut Dice) -> Cell {
    text(["", "2026-02-30", "长期", "9999-12-31", "不详"][dice.pick(5)])
}

fn complaint(serial: u32, dice: &mut Dice, unit: &Site, faulty: bool) -> Row {
    let mut cells = owner(unit, dice);
    let on = day(dice);
    let pollution = format!("恶臭{serial}");
    let true_one = [None, Some(true), Some(false)][dice.pick(3)];
    let words = [("属实", "不属实"), ("是", "否"), ("基本属实", "不实"), ("查实", "未查实")];
    let answer = match true_one {
        Some(yes) if dice.pick(2) == 1 => {
            let (a, b) = words[dice.pick(4)];
            text(if yes { a } else { b })
        }
        answer => flag(answer, dice),
    };
    cells.extend([
        ("date", if faulty { no_date(dice) } else { date(on, dice) }),
        ("pollution", dressed(&pollution, dice)),
        ("substantiated", answer),
    ]);
    let expected = vec![("date", Held::Day(on)), ("substantiated", true_one.map_or(Held::Nothing, Held::Flag))];
    (cells, vec![("pollution", pollution)], expected)
}

fn monitored(serial: u32, dice: &mut Dice, unit: &Site, faulty: bool) -> Row {
    let on = day(dice);
    let hourly = dice.pick(2) == 1;
    let hour = if hourly { 1 + dice.pick(22) as u32 } else { 0 };
    let (y, m, d) = (on.year(), on.month(), on.day());
    let at = match dice.pick(7) {
        1 => text(format!("{y}/{m}/{d} {hour}:00")),
        2 => text(format!("{y}-{m:02}-{d:02} {hour:02}:00:00")),
        3 => text(format!("{y}年{m}月{d}日 {hour}:00")),
        4 => Cell::Day(on, hour * 3600),
        5 => text(format!("{y}-{m:02}-{d:02}T{hour:02}:00:00")),
        6 => text(format!("{y}.{m}.{d} {hour}:00")),
        _ => text(format!("{y}-{m:02}-{d:02} {hour:02}:00")),
    };
    let (value, limit) = (dice.pick(4000) as f64 / 8.0, (1 + dice.pick(30)) as f64 * 10.0);
    let computed = value / limit - 1.0;
    let mark = ["", "停产", "校准", "正常", "N"][dice.pick(5)];
    let outlet = format!("DA{serial:03}");
    let kind = if hourly { ["小时", "小时值", "hourly"] } else { ["日", "日均值", "daily"] }[dice.pick(3)];
    let cells = vec![
        ("unit_id", code(&unit.unit, dice)),
        ("name", if dice.pick(2) == 1 { named(&unit.name, dice) } else { Cell::Blank }),
        ("date", if faulty { no_date(dice) } else { at }),
        ("hourly", if dice.pick(3) == 2 { Cell::Blank } else { text(kind) }),
        ("outlet", dressed(&outlet, dice)),
        ("pollutant", text(["氮氧化物", "COD", "PM2.5", "氨氮\n（NH3-N）"][dice.pick(4)])),
        ("value", number(value, dice)),
        ("limit", number(limit, dice)),
        ("multiple", if dice.pick(2) == 1 { number(computed, dice) } else { Cell::Blank }),
        ("mark", text(mark)),
    ];
    let expected = vec![
        ("date", Held::Day(on)),
        ("hourly", Held::Flag(hourly)),
        ("value", Held::Number(value)),
        ("limit", Held::Number(limit)),
        // Four decimals are written.
        ("multiple", Held::Near(computed)),
        ("valid", Held::Flag(!matches!(mark, "停产" | "校准"))),
    ];
    (cells, vec![("outlet", outlet)], expected)
}

fn past_check(serial: u32, dice: &mut Dice, unit: &Site, faulty: bool) -> Row {
    let mut cells = owner(unit, dice);
    let on = day(dice);
    let matters = format!("第{serial}项");
    let (result, problem) = [
        ("未发现问题", Some(false)),
        ("发现问题已责令改正", Some(true)),
        ("合格", Some(false)),
        ("不符合要求", Some(true)),
        ("未发现违法行为；台账齐全", Some(false)),
        ("未发现废水直排，但存在台账缺失问题", Some(true)),
        ("移送公安机关", Some(true)),
        ("停产", None),
        ("基本合格", None),
        ("√", None),
    ][dice.pick(10)];
    let (kind, words) = [
        ("routine", ["日常检查", "日常", "routine"]),
        ("special", ["专项检查", "专项", "special"]),
        ("case", ["个案检查", "个案", "case"]),
    ][dice.pick(3)];
    let joint = [None, Some(true), Some(false)][dice.pick(3)];
    cells.extend([
        ("date", if faulty { no_date(dice) } else { date(on, dice) }),
        ("kind", dressed(words[dice.pick(3)], dice)),
        ("joint", flag(joint, dice)),
        ("matters", dressed(&matters, dice)),
        ("result", dressed(result, dice)),
    ]);
    let expected = vec![
        ("date", Held::Day(on)),
        ("kind", Held::Text(kind.to_owned())),
        ("joint", joint.map_or(Held::Nothing, Held::Flag)),
        ("problem", problem.map_or(Held::Nothing, Held::Flag)),
        ("done", Held::Flag(true)),
    ];
    (cells, vec![("matters", matters)], expected)
}

fn recusal(serial: u32, dice: &mut Dice, unit: &Site, faulty: bool) -> Row {
    let certificate = format!("0902{:06}", serial * 97 + 3);
    let written = match dice.pick(4) {
        1 => Cell::Padded(certificate.parse().unwrap(), certificate.len()),
        2 => text(format!("'{certificate}")),
        _ => dressed(&certificate, dice),
    };
    let mut cells = owner(unit, dice);
    let reason = ["亲属", "曾任职", "持股"][dice.pick(3)];
    cells.extend([
        ("certificate", if faulty { text(["", "/"][dice.pick(2)]) } else { written }),
        ("reason", text(reason)),
    ]);
    (cells, vec![("certificate", certificate)], vec![("reason", Held::Text(reason.to_owned()))])
}
