//! A small office's files, written as it would.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use fairdraw::registry::TableKind;

/// The files of the office, by table.
pub const FILES: [(TableKind, &str); 9] = [
    (TableKind::Sources, "污染源名录.csv"),
    (TableKind::Credit, "信用评价.csv"),
    (TableKind::Violations, "行政处罚.csv"),
    (TableKind::Complaints, "信访投诉.csv"),
    (TableKind::Monitoring, "自动监控.csv"),
    (TableKind::Inspectors, "执法人员.csv"),
    (TableKind::Recusals, "回避.csv"),
    (TableKind::PastChecks, "历次检查.csv"),
    (TableKind::Capacity, "力量.csv"),
];

/// A row of the register.
#[derive(Debug, Clone)]
pub struct Plant {
    pub number: usize,
    pub name: String,
    pub district: &'static str,
    pub management: &'static str,
    pub status: &'static str,
}

impl Plant {
    pub fn nth(number: usize) -> Self {
        Self {
            number,
            name: name_of(number),
            district: if number.is_multiple_of(3) { "静安区" } else { "黄浦区" },
            management: ["登记管理", "简化管理", "重点管理"][number % 7 % 3],
            status: "在产",
        }
    }
}

/// Name of a plant.
pub fn name_of(number: usize) -> String {
    const WORDS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
    let digits: String = number.to_string().chars().map(|d| WORDS[d.to_digit(10).unwrap() as usize]).collect();
    format!("{digits}字号试验制造厂")
}

/// Id of a plant's unit.
pub fn unit_of(number: usize) -> String {
    format!("{}001P", code_of(number))
}

/// A credit code with its two check characters.
pub fn code_of(number: usize) -> String {
    const SIGNS: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let organisation = format!("{number:08}");
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = organisation.chars().zip(weights).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        n => char::from_digit(n, 10).unwrap(),
    };
    let body = format!("91310101{organisation}{check}");
    let value = |c: char| SIGNS.find(c).unwrap() as u32;
    let mut weight = 1;
    let mut sum = 0;
    for c in body.chars() {
        sum += value(c) * weight;
        weight = weight * 3 % 31;
    }
    let last = SIGNS.chars().nth(((31 - sum % 31) % 31) as usize).unwrap();
    format!("{body}{last}")
}

pub fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

/// The register's text.
pub fn register(plants: &[Plant]) -> String {
    let mut text = String::from("排污许可证编号,单位名称,统一社会信用代码,行政区,管理类别,生产状态\n");
    for plant in plants {
        let Plant { number, name, district, management, status } = plant;
        writeln!(text, "{},{name},{},{district},{management},{status}", unit_of(*number), code_of(*number)).unwrap();
    }
    text
}

/// Writes all files of the office. The other tables know 60 plants, whatever the register has.
pub fn office(folder: &Path, plants: &[Plant]) {
    fs::create_dir_all(folder).unwrap();
    write(folder, "污染源名录.csv", &register(plants));
    let most = plants.iter().map(|plant| plant.number + 1).max().unwrap_or(0);
    let mut credit = String::from("统一社会信用代码,年度,评价等级\n");
    let mut penalties = String::from("统一社会信用代码,处罚决定日期,处罚决定书文号,处罚类别,罚款金额（万元）\n");
    let mut complaints = String::from("被投诉单位,投诉日期,污染类型,是否属实\n");
    let mut monitoring = String::from("排污许可证编号,监测时间,数据类型,排口编号,污染物,监测值,标准限值\n");
    let mut past = String::from("排污许可证编号,检查日期,检查类型,完成情况,检查结果,是否发现问题\n");
    for n in 0..most {
        let grade = ["好", "很好", "一般", "好"][n % 4];
        writeln!(credit, "{},2026,{grade}", code_of(n)).unwrap();
        if n % 5 == 0 {
            writeln!(penalties, "{},2026-05-{:02},罚〔2026〕{n}号,罚款,3.5", code_of(n), n % 28 + 1).unwrap();
            writeln!(complaints, "{},2026-06-{:02},废气,是", name_of(n), n % 28 + 1).unwrap();
            writeln!(monitoring, "{},2026-07-{:02} 10:00,小时,DW001,COD,120,100", unit_of(n), n % 28 + 1).unwrap();
            writeln!(past, "{},2026-03-{:02},日常检查,已完成,未发现问题,否", unit_of(n), n % 28 + 1).unwrap();
        }
    }
    let mut people = String::from("执法证号,姓名,执法主体,是否主办,每月可用天数\n");
    for (district, letter) in [("黄浦区", "H"), ("静安区", "J")] {
        for n in 1..=8 {
            writeln!(
                people,
                "{letter}{n:04},{}某{n},{district}生态环境局,{},15",
                &district[..3],
                if n < 5 { "是" } else { "否" }
            )
            .unwrap();
        }
    }
    let recusals =
        format!("执法证号,排污许可证编号,回避理由\nH0001,{},亲属任职\nH0002,{},亲属任职\n", unit_of(1), unit_of(2));
    let mut capacity = String::from("执法主体,月份,车辆,监测组日\n");
    for month in 1..=12 {
        writeln!(capacity, "黄浦区生态环境局,2027-{month:02},3,40").unwrap();
    }
    for (name, text) in [
        ("信用评价.csv", credit),
        ("行政处罚.csv", penalties),
        ("信访投诉.csv", complaints),
        ("自动监控.csv", monitoring),
        ("执法人员.csv", people),
        ("回避.csv", recusals),
        ("历次检查.csv", past),
        ("力量.csv", capacity),
    ] {
        write(folder, name, &text);
    }
}
