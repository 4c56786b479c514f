//! The other tables' rows: credit grades, capacity, inspectors; those of events stand in [`super::events`]. A row is made
//! with its cells and with what the frame must hold, found by the columns that tell it from the others.

use chrono::{Datelike, Days, NaiveDate};

use super::known::Site;
use super::spelling::{Cell, MoneyUnit, code, date, dressed, flag, money, number, text};
use super::{Dice, Held};

/// A table of entries: id, words of the file's name, its columns with their headings.
pub struct Sheet {
    pub table: &'static str,
    pub name: &'static str,
    pub columns: &'static [(&'static str, &'static [&'static str])],
}

pub const SHEETS: [Sheet; 7] = [
    Sheet {
        table: "credit",
        name: "环保信用评价",
        columns: &[
            ("uscc", &["统一社会信用代码", "社会信用代码"]),
            ("name", &["单位名称", "参评企业"]),
            ("year", &["评价年度", "年度"]),
            ("grade", &["评价等级", "信用等级", "评价结果"]),
            ("score", &["评价得分", "得分"]),
        ],
    },
    Sheet {
        table: "capacity",
        name: "力量装备经费",
        columns: &[
            ("body", &["执法主体", "检查主体"]),
            ("month", &["月份", "计划月份"]),
            ("vehicles", &["执法车辆", "车辆数"]),
            ("monitoring_days", &["监测队伍天数"]),
            ("budget_wan", &["经费（万元）"]),
        ],
    },
    Sheet {
        table: "inspectors",
        name: "执法人员名录",
        columns: &[
            ("certificate", &["执法证号", "行政执法证号"]),
            ("name", &["姓名", "人员姓名"]),
            ("body", &["所属执法主体", "所在单位"]),
            ("valid_to", &["证件有效期止", "有效期至"]),
            ("lead", &["可任主办", "是否可任主办"]),
            ("leave", &["请假", "休假安排"]),
        ],
    },
    super::events::COMPLAINTS,
    super::events::MONITORING,
    super::events::PAST_CHECKS,
    super::events::RECUSALS,
];

/// One row of one of [`SHEETS`].
#[derive(Debug, Clone)]
pub struct Entry {
    /// Index in [`SHEETS`].
    pub sheet: usize,
    /// Column id → cell as written.
    pub cells: Vec<(&'static str, Cell)>,
    /// What tells the row from others.
    pub key: Vec<(&'static str, String)>,
    /// What the frame must hold.
    pub expected: Vec<(&'static str, Held)>,
    /// True where the row must be set aside.
    pub faulty: bool,
    /// Index of the unit whose enterprise the row must be joined to.
    pub site: Option<usize>,
}

const GRADES: [[&str; 4]; 5] = [
    ["A", "A级", "Ａ", "绿"],
    ["B", "B级", "蓝标", "蓝"],
    ["C", "C级", "c", "C 级"],
    ["D", "D级", "黄牌", "黄"],
    ["E", "E级", "红色", "红"],
];

const PERSONS: [&str; 5] = ["张三", "欧阳建国", "买买提·艾力", "李 四", "王㛃"];

impl Entry {
    /// A row of one of these tables.
    pub fn of(serial: u32, dice: &mut Dice, sites: &[Site], tables: [usize; 3]) -> Self {
        let faulty = dice.once_in(14);
        match tables[dice.pick(tables.len())] {
            0 => Self::grade(serial, dice, sites, faulty),
            1 => Self::capacity(serial, dice, faulty),
            2 => Self::inspector(serial, dice, faulty),
            event => super::events::of(event, serial, dice, sites, faulty),
        }
    }

    fn grade(serial: u32, dice: &mut Dice, sites: &[Site], faulty: bool) -> Self {
        let site = &sites[serial as usize % sites.len()];
        let year = 2016 + serial as i32 / sites.len() as i32;
        let grade = dice.pick(GRADES.len());
        let score = (dice.pick(3) != 2).then(|| f64::from(dice.pick(2000) as u32) / 10.0 - 60.0);
        let year_cell = match dice.pick(7) {
            1 => text(format!("{year}年")),
            2 => text(format!("{year}.0")),
            3 => text(format!("{year}年度")),
            4 | 5 => Cell::Number(f64::from(year)),
            6 => text(format!("'{year}")),
            _ => text(year.to_string()),
        };
        let grade_cell = if faulty { Cell::Blank } else { text(GRADES[grade][dice.pick(4)]) };
        Self {
            sheet: 0,
            cells: vec![
                ("uscc", code(&site.uscc, dice)),
                ("name", dressed(&site.name, dice)),
                ("year", year_cell),
                ("grade", grade_cell),
                ("score", score.map_or(Cell::Blank, |score| number(score, dice))),
            ],
            key: vec![("uscc", site.uscc.clone()), ("year", year.to_string())],
            expected: vec![
                ("grade_index", Held::Number(grade as f64)),
                ("score", score.map_or(Held::Nothing, Held::Number)),
            ],
            faulty,
            site: None,
        }
    }

    fn capacity(serial: u32, dice: &mut Dice, faulty: bool) -> Self {
        let bodies = [
            ("310104", ["徐汇区生态环境局", "徐汇", "310104"]),
            ("310115", ["浦东新区综合执法局", "浦东新区", "310115"]),
        ];
        let (body, names) = &bodies[serial as usize % 2];
        let month = serial / 2 % 12 + 1;
        let (vehicles, days) = (dice.pick(30) as f64, dice.pick(400) as f64 / 2.0);
        let yuan = 1000 * dice.pick(900) as u64;
        let month_cell = match dice.pick(9) {
            1 => format!("2027年{month}月"),
            2 => format!("2027/{month}"),
            3 => format!("2027{month:02}"),
            4 => format!("2027年{month:02}月"),
            5 => format!("2027-{month}"),
            6 => format!("2027-{month:02}-01"),
            7 => format!("２０２７－{month:02}"),
            _ => format!("2027-{month:02}"),
        };
        let month_cell = match dice.pick(8) {
            7 => Cell::Day(NaiveDate::from_ymd_opt(2027, month, 1).unwrap(), 0),
            _ => text(month_cell),
        };
        Self {
            sheet: 1,
            cells: vec![
                ("body", dressed(names[dice.pick(3)], dice)),
                ("month", if faulty { text(["", "13月", "全年"][dice.pick(3)]) } else { month_cell }),
                ("vehicles", number(vehicles, dice)),
                ("monitoring_days", number(days, dice)),
                ("budget_wan", money(Some(yuan), MoneyUnit::TenThousand, dice)),
            ],
            key: vec![("body", (*body).to_owned()), ("month", format!("2027-{month:02}"))],
            expected: vec![
                ("vehicles", Held::Number(vehicles)),
                ("monitoring_days", Held::Number(days)),
                ("budget_wan", Held::Number(yuan as f64 / 10_000.0)),
            ],
            faulty,
            site: None,
        }
    }

    fn inspector(serial: u32, dice: &mut Dice, faulty: bool) -> Self {
        let certificate = format!("0901{:06}", serial * 101 + 7);
        let name = PERSONS[dice.pick(PERSONS.len())];
        let until = NaiveDate::from_ymd_opt(2027, 6, 1).unwrap() + Days::new(dice.pick(900) as u64);
        let lead = [None, Some(true), Some(false)][dice.pick(3)];
        let from = NaiveDate::from_ymd_opt(2027, 3, 1).unwrap() + Days::new(dice.pick(80) as u64);
        let to = from + Days::new(dice.pick(5) as u64);
        let away = dice.pick(3) != 0;
        let parts = |day: NaiveDate| (day.year(), day.month(), day.day());
        let ((y, m, d), (y2, m2, d2)) = (parts(from), parts(to));
        let leave = match dice.pick(8) {
            1 => format!("{y}-{m:02}-{d:02}至{y2}-{m2:02}-{d2:02}"),
            2 => format!("{y}.{m}.{d}-{m2}.{d2}"),
            3 => format!("{y}年{m}月{d}日至{m2}月{d2}日"),
            4 => format!("{y}/{m}/{d}—{y2}/{m2}/{d2}"),
            5 => format!("{y}-{m:02}-{d:02}至{m2:02}-{d2:02}"),
            6 => format!("{y}.{m}.{d}～{y2}.{m2}.{d2}"),
            7 => format!("{y}年{m}月{d}日-{y2}年{m2}月{d2}日"),
            _ => format!("{from}/{to}"),
        };
        let certificate_cell = match dice.pick(5) {
            1 => text(format!("'{certificate}")),
            2 => Cell::Padded(certificate.parse().unwrap(), certificate.len()),
            3 => text(format!("=\"{certificate}\"")),
            _ => dressed(&certificate, dice),
        };
        let bodies = ["徐汇区生态环境局", "徐汇", "徐汇区生态环境局执法大队"];
        Self {
            sheet: 2,
            cells: vec![
                ("certificate", certificate_cell),
                ("name", if faulty { text(["", "/"][dice.pick(2)]) } else { text(name) }),
                ("body", dressed(bodies[dice.pick(3)], dice)),
                ("valid_to", date(until, dice)),
                ("lead", flag(lead, dice)),
                ("leave", if away { text(leave) } else { text(["", "/", "无"][dice.pick(3)]) }),
            ],
            key: vec![("certificate", certificate)],
            expected: vec![
                ("name", Held::Text(name.to_owned())),
                ("body", Held::Text("310104".to_owned())),
                ("valid_to", Held::Day(until)),
                ("lead", lead.map_or(Held::Nothing, Held::Flag)),
                ("leave", if away { Held::Text(format!("{from}/{to}")) } else { Held::Nothing }),
            ],
            faulty,
            site: None,
        }
    }
}
