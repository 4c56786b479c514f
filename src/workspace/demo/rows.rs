//! The rows of the demo city's tables, with the usual dirt.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use super::city::{City, Site};
use super::files::RowSink;
use super::names::SharedNames;
use super::random::Dice;
use super::vocabulary::{INDUSTRIES, firm_name, person_name, uscc};
use crate::diagnostic::AppResult;
use crate::domain::{Category, PlanMonth, WorkCalendar};
use crate::export::office::OfficeCell as Cell;
use crate::registry::TableKind;

/// The name, code and permit number of a site: made from its indices, so they are not stored.
#[must_use]
pub fn identity(city: &City, site: &Site) -> (String, String, String) {
    let mut dice = Dice::new(city.seed, 1_000_000 + u64::from(site.enterprise));
    let word = INDUSTRIES.get(site.industry as usize).map_or("", |i| i.word);
    let place = city.land.district(site.district);
    let mut name = firm_name(&mut dice, &place.city, word);
    if site.branch > 1 {
        name.push_str(["", "", "二厂", "三分厂", "四分厂"].get(site.branch as usize).copied().unwrap_or("分厂"));
    }
    let code = uscc(place.code, site.enterprise);
    let letters: &[u8] = match site.management {
        Category::Registration => b"WXYZ",
        _ => b"PQRUV",
    };
    let letter = letters[(site.enterprise as usize + site.branch as usize) % letters.len()] as char;
    let number = format!("{code}{:03}{letter}", site.branch);
    (name, code, number)
}

/// Spells a date as somebody might have typed it.
fn spelled(date: NaiveDate, dice: &mut Dice) -> Cell {
    match dice.below(10) {
        0 => Cell::Text(format!("{}/{}/{}", date.year(), date.month(), date.day())),
        1 => Cell::Text(format!("{}年{}月{}日", date.year(), date.month(), date.day())),
        2 => Cell::Text(format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())),
        3..=5 => Cell::Text(date.format("%Y-%m-%d").to_string()),
        _ => Cell::Date(date),
    }
}

fn iso(date: NaiveDate) -> Cell {
    Cell::Text(date.format("%Y-%m-%d").to_string())
}

fn yes(flag: bool) -> Cell {
    Cell::from(if flag { "是" } else { "否" })
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xfee0).unwrap_or(c) } else { c })
        .collect()
}

impl City {
    /// Gives every row of a table to `sink`, header and title left out.
    ///
    /// # Errors
    /// Whatever the sink returns.
    pub fn write_rows(&self, table: TableKind, calendar: &WorkCalendar, sink: &mut RowSink<'_>) -> AppResult<()> {
        let mut dice = Dice::new(self.seed, 100 + table as u64);
        match table {
            TableKind::Sources => self.source_rows(&mut dice, sink),
            TableKind::Credit => self.credit_rows(&mut dice, &SharedNames::of(self), sink),
            TableKind::Violations => self.violation_rows(&mut dice, &SharedNames::of(self), sink),
            TableKind::Complaints => self.complaint_rows(&mut dice, &SharedNames::of(self), sink),
            TableKind::Monitoring => self.monitoring_rows(&mut dice, sink),
            TableKind::Inspectors => self.inspector_rows(&mut dice, sink),
            TableKind::Recusals => self.recusal_rows(&mut dice, sink),
            TableKind::PastChecks => self.past_check_rows(&mut dice, calendar, sink),
            TableKind::Capacity => self.capacity_rows(&mut dice, calendar, sink),
        }
    }

    fn source_rows(&self, dice: &mut Dice, sink: &mut RowSink<'_>) -> AppResult<()> {
        for (i, site) in self.sites.iter().enumerate() {
            let (district, above) = (self.land.district(site.district), self.land.above());
            let (mut name, mut code, number) = identity(self, site);
            let industry = &INDUSTRIES[site.industry as usize % INDUSTRIES.len()];
            // The usual dirt, about one row in fifty.
            let dirt = dice.below(4_000);
            let mut district_name = match dice.below(12) {
                0 => format!("{above}{}", district.name),
                1 => district.code.to_string(),
                _ => district.name.clone(),
            };
            let (mut lon, mut lat) = (Cell::Number(site.lon), Cell::Number(site.lat));
            let mut row_number = number.clone();
            let mut note = "";
            match dirt {
                0..=7 => code = full_width(&code),
                8..=15 => name = format!(" {name}　"),
                16..=19 => std::mem::swap(&mut lon, &mut lat),
                20..=35 => (lon, lat) = (Cell::Empty, Cell::Empty),
                36..=39 => code.replace_range(17..18, if code.ends_with('0') { "1" } else { "0" }),
                40..=43 => "外地".clone_into(&mut district_name),
                44..=47 => district_name = String::new(),
                // a geocoder's fallback: the centre of the city
                48..=59 => (lon, lat) = (Cell::Number(121.473_701), Cell::Number(31.230_416)),
                60..=63 => row_number = full_width(&number),
                64..=67 => note = "地址待核",
                _ => {}
            }
            let issued = self.days_ago(u64::from(site.issued_days));
            let expires =
                issued.with_year(issued.year() + 5).and_then(|d| d.checked_sub_days(Days::new(1))).unwrap_or(issued);
            let event = match site.issued_days {
                0..=200 if dice.chance(0.4) => "延续",
                0..=400 if dice.chance(0.3) => "变更",
                0..=300 => "首次申请",
                _ if dice.chance(0.08) => "重新申请",
                _ => "首次申请",
            };
            let separator = ["至", "~", "—", " 至 "][dice.below(4) as usize];
            let valid = format!("{}{separator}{}", issued.format("%Y-%m-%d"), expires.format("%Y-%m-%d"));
            let key_units: Vec<&str> = ["水", "大气", "土壤", "地下水", "噪声", "环境风险管控"]
                .into_iter()
                .enumerate()
                .filter(|(bit, _)| site.key_unit & (1 << bit) != 0)
                .map(|(_, name)| name)
                .collect();
            let bad = site.misconduct();
            let supervised = dice.chance(0.0006 * bad);
            let reports = site.management != Category::Registration && dice.chance(0.03 * bad);
            let monitoring = site.management != Category::Registration && dice.chance(0.04 * bad);
            let rectify = dice.chance(0.0015 * bad);
            let good = site.management == Category::Key && site.propensity < -0.9 && dice.chance(0.5);
            let row = [
                Cell::Number((i + 1) as f64),
                row_number.into(),
                name.clone().into(),
                code.clone().into(),
                district_name.into(),
                self.land.body_name(site.body).into(),
                format!("{above}{}拟设路{}号", district.name, 1 + dice.below(2_999)).into(),
                lon,
                lat,
                industry.code.into(),
                if dice.chance(0.1) { "".into() } else { industry.name.into() },
                match (site.management, dice.below(8)) {
                    (Category::Key, 0) => "重点",
                    (Category::Simplified, 0) => "简化",
                    (Category::Registration, 0) => "登记",
                    (Category::Key, _) => "重点管理",
                    (Category::Simplified, _) => "简化管理",
                    (Category::Registration, _) => "登记管理",
                }
                .into(),
                format!("{above}{}生态环境局", district.name).into(),
                event.into(),
                spelled(issued, dice),
                valid.into(),
                spelled(issued, dice),
                ["在产", "停产", "关闭", "搬迁"][site.status as usize & 3].into(),
                key_units.join("、").into(),
                yes(supervised),
                yes(reports),
                yes(monitoring),
                ["", "一般", "较大", "重大"][site.env_risk as usize & 3].into(),
                // some terms are over when the year begins, some end in its first months
                if rectify { spelled(self.days_ago(dice.below(150)) + Days::new(100), dice) } else { Cell::Empty },
                if good { iso(self.days_ago(200)) } else { Cell::Empty },
                if good { iso(self.days_ago(0) + Days::new(895)) } else { Cell::Empty },
                yes(site.automatic),
                note.into(),
            ];
            sink(&row)?;
            // a copied row now and then, the same in every cell
            if dirt == 68 || dirt == 69 {
                sink(&row)?;
            }
        }
        Ok(())
    }

    fn credit_rows(&self, dice: &mut Dice, shared: &SharedNames, sink: &mut RowSink<'_>) -> AppResult<()> {
        let grades = ["很好", "好", "一般", "差", "很差"];
        for site in self.sites.iter().filter(|s| s.branch == 1) {
            let share = if site.management == Category::Registration { 0.12 } else { 0.97 };
            if !dice.chance(share) {
                continue;
            }
            let (name, code, _) = identity(self, site);
            // 很好 28, 好 60, 一般 9, 差 2.5, 很差 0.5 % of the whole, the worse the higher the propensity
            let place = f64::from(site.propensity) + 0.6 * dice.normal();
            let grade = match place {
                p if p < -0.68 => 0,
                p if p < 1.37 => 1,
                p if p < 2.20 => 2,
                p if p < 3.00 => 3,
                _ => 4,
            };
            let score = (92.0 - 11.0 * grade as f64 + 3.0 * dice.normal()).clamp(5.0, 100.0);
            // the year before the last is graded by the middle of the last
            let year = self.year - 2;
            let needs_code = shared.holds(&name);
            sink(&[
                if dice.below(300) == 0 { format!("{name} ").into() } else { name.into() },
                if dice.below(25) == 0 && !needs_code { Cell::Empty } else { code.into() },
                Cell::Number(f64::from(year)),
                grades[grade].into(),
                Cell::Number((score * 10.0).round() / 10.0),
                spelled(NaiveDate::from_ymd_opt(year + 1, 6, 30).unwrap_or(self.today), dice),
            ])?;
        }
        Ok(())
    }

    fn violation_rows(&self, dice: &mut Dice, shared: &SharedNames, sink: &mut RowSink<'_>) -> AppResult<()> {
        let kinds = [
            "违反大气污染防治管理制度",
            "违反水污染防治管理制度",
            "违反固体废物管理制度",
            "未按照规定开展自行监测",
            "未按排污许可证规定提交执行报告",
            "超过许可排放浓度",
            "未取得排污许可证排放污染物",
            "违反建设项目环境管理制度",
        ];
        let mut serial = 1;
        for site in &self.sites {
            let rate = match site.management {
                Category::Key => 0.24,
                Category::Simplified => 0.12,
                Category::Registration => 0.045,
            } * site.misconduct();
            let (name, code, _) = if rate > 0.0 { identity(self, site) } else { continue };
            for _ in 0..dice.count(rate) {
                let date = self.days_ago(dice.below(1_150));
                let fine = (0.5 + 20.0 * dice.unit() * dice.unit()).min(100.0);
                let until = date + Days::new(if dice.chance(0.7) { 1_095 } else { 92 });
                let repaired = dice.chance(0.25).then(|| date + Days::new(120 + dice.below(200)));
                sink(&[
                    name.clone().into(),
                    if dice.below(40) == 0 && !shared.holds(&name) { Cell::Empty } else { code.clone().into() },
                    format!("第{}{:05}号（拟）", date.year(), serial).into(),
                    dice.pick(&kinds).copied().unwrap_or("").into(),
                    if dice.chance(0.12) { "警告" } else { "罚款" }.into(),
                    Cell::Number((fine * 100.0).round() / 100.0),
                    spelled(date, dice),
                    self.land.body_name(site.body).into(),
                    iso(until),
                    repaired.filter(|day| *day <= self.today).map_or(Cell::Empty, iso),
                ])?;
                serial += 1;
            }
        }
        Ok(())
    }

    fn complaint_rows(&self, dice: &mut Dice, shared: &SharedNames, sink: &mut RowSink<'_>) -> AppResult<()> {
        let kinds = ["大气-工业废气", "噪声-工业", "水-废水排放", "大气-餐饮油烟", "固废", "其他"];
        let mut serial = 1;
        for site in &self.sites {
            let rate = 0.62 * site.misconduct() * if site.management == Category::Key { 2.5 } else { 0.85 };
            let (name, code, _) = identity(self, site);
            for _ in 0..dice.count(rate) {
                let date = self.days_ago(dice.below(420));
                // people write a firm's name as they know it
                let written = match dice.below(10) {
                    0 => name.replace("有限公司", ""),
                    1 => name.replace("上海", ""),
                    2 => name.replace('（', "(").replace('）', ")"),
                    _ => name.clone(),
                };
                sink(&[
                    format!("XF{}{serial:06}", date.year()).into(),
                    written.into(),
                    if dice.chance(0.35) || shared.holds(&name) { code.clone().into() } else { Cell::Empty },
                    spelled(date, dice),
                    dice.pick(&kinds).copied().unwrap_or("").into(),
                    ["12345热线", "微信", "网络平台", "来信来访"][dice.below(4) as usize].into(),
                    if dice.chance((0.25 + 0.1 * site.misconduct()).min(0.8)) { "属实" } else { "不属实" }.into(),
                ])?;
                serial += 1;
            }
        }
        Ok(())
    }

    fn monitoring_rows(&self, dice: &mut Dice, sink: &mut RowSink<'_>) -> AppResult<()> {
        let pollutants = [
            ("DW001", "化学需氧量", 100.0),
            ("DW001", "氨氮", 15.0),
            ("DA001", "二氧化硫", 50.0),
            ("DA001", "氮氧化物", 150.0),
            ("DA002", "颗粒物", 20.0),
            ("DA002", "非甲烷总烃", 60.0),
        ];
        for site in self.sites.iter().filter(|s| s.automatic) {
            let (_, _, number) = identity(self, site);
            // an outlet has one value of a pollutant at a time
            let mut measured: BTreeSet<(&str, &str, String)> = BTreeSet::new();
            for _ in 0..dice.count(70.0 * site.misconduct()) {
                let date = self.days_ago(dice.below(365));
                let hourly = dice.chance(0.8);
                let (outlet, pollutant, limit) = dice.pick(&pollutants).copied().unwrap_or(("DA001", "颗粒物", 20.0));
                let multiple = 0.02 + 1.5 * dice.unit() * dice.unit();
                let value = (limit * (1.0 + multiple) * 100.0).round() / 100.0;
                let (time, taken) = if hourly {
                    let time = format!("{} {:02}:00:00", date.format("%Y-%m-%d"), dice.below(24));
                    (Cell::Text(time.clone()), time)
                } else {
                    (spelled(date, dice), date.to_string())
                };
                let mark = match dice.below(20) {
                    0 => "停产",
                    1 => "校准",
                    2 => "故障",
                    _ => "",
                };
                if !measured.insert((outlet, pollutant, taken)) {
                    continue;
                }
                sink(&[
                    number.clone().into(),
                    time,
                    if hourly { "小时值" } else { "日均值" }.into(),
                    outlet.into(),
                    pollutant.into(),
                    Cell::Number(value),
                    Cell::Number(limit),
                    Cell::Number(((value / limit - 1.0) * 1000.0).round() / 1000.0),
                    mark.into(),
                ])?;
            }
        }
        Ok(())
    }

    /// How many inspectors each body has: by its sites' work, at least twelve (eight in a county).
    fn inspectors_of_bodies(&self) -> Vec<u32> {
        let mut work = vec![0.0; self.land.bodies.len()];
        for site in &self.sites {
            let Some(own) = work.get_mut(usize::from(site.body)) else { continue };
            *own += match site.management {
                Category::Key => 8.0,
                Category::Simplified => 2.0,
                Category::Registration => 0.6,
            };
        }
        let total: f64 = work.iter().sum::<f64>().max(1.0);
        // 900 inspectors for the 38 000 sources of the city; the nation has about 44 900 in 3 000 counties
        let (inspectors, sources, least) =
            if self.land.is_city { (900.0, super::city::DEFAULT_SOURCES as f64, 12) } else { (44_900.0, 4e6, 8) };
        let others = inspectors * self.sites.len() as f64 / sources - f64::from(least) * work.len() as f64;
        work.iter().map(|w| (w / total * others.max(0.0)).round() as u32 + least).collect()
    }

    /// Number of an inspector's certificate.
    fn certificate(&self, body: usize, inspector: u64) -> String {
        if self.land.is_city {
            format!("0900{:02}{:05}", body + 1, inspector + 1)
        } else {
            format!("09{:05}{:04}", body + 1, inspector + 1)
        }
    }

    fn inspector_rows(&self, dice: &mut Dice, sink: &mut RowSink<'_>) -> AppResult<()> {
        // a county's few people share what a city's bodies have specialists for
        let leads = if self.land.is_city { 4 } else { 10 };
        for (body, count) in self.inspectors_of_bodies().into_iter().enumerate() {
            for i in 0..count {
                let mut skills = Vec::new();
                for (name, share) in
                    [("危险废物", 0.3), ("自动监控", 0.25), ("电镀", 0.4), ("化工", 0.3), ("采样", 0.45)]
                {
                    // the first four of a body hold every skill, so that no body is without
                    if i < 4 || dice.chance(share) {
                        skills.push(name);
                    }
                }
                let from = self.days_ago(300 + dice.below(900));
                let until = if dice.below(120) == 0 { self.days_ago(10) } else { from + Days::new(1_825) };
                let leave = if dice.below(12) == 0 {
                    let month = 1 + dice.below(12) as u32;
                    let day =
                        NaiveDate::from_ymd_opt(self.year, month, 1 + dice.below(20) as u32).unwrap_or(self.today);
                    format!("{}至{}", day.format("%Y-%m-%d"), (day + Days::new(2 + dice.below(12))).format("%Y-%m-%d"))
                } else {
                    String::new()
                };
                sink(&[
                    self.certificate(body, u64::from(i)).into(),
                    person_name(dice).into(),
                    self.land.body_name(body as u16).into(),
                    spelled(from, dice),
                    spelled(until, dice),
                    skills.join("、").into(),
                    yes(i < leads || dice.chance(0.45)),
                    Cell::Number(5.0 + dice.below(6) as f64),
                    leave.into(),
                ])?;
            }
        }
        Ok(())
    }

    fn recusal_rows(&self, dice: &mut Dice, sink: &mut RowSink<'_>) -> AppResult<()> {
        let counts = self.inspectors_of_bodies();
        let reasons = ["近亲属任职", "曾任职", "持有股份", "本人申请"];
        for _ in 0..(self.sites.len() / 100).clamp(10, 4_000) {
            let Some(site) = dice.pick(&self.sites).copied() else { continue };
            let i = dice.below(u64::from(counts.get(usize::from(site.body)).copied().unwrap_or(1)));
            sink(&[
                self.certificate(usize::from(site.body), i).into(),
                identity(self, &site).2.into(),
                dice.pick(&reasons).copied().unwrap_or("").into(),
            ])?;
        }
        Ok(())
    }

    fn past_check_rows(&self, dice: &mut Dice, calendar: &WorkCalendar, sink: &mut RowSink<'_>) -> AppResult<()> {
        // Five years of about 5 000 checks for 38 000 sources, the last up to the day of the files.
        let per_year = 5_000.0 * self.sites.len() as f64 / super::city::DEFAULT_SOURCES as f64;
        let first = NaiveDate::from_ymd_opt(self.year - 5, 1, 4).unwrap_or(self.today);
        let (mut key, mut simple, mut rest, mut dead) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (i, site) in self.sites.iter().enumerate() {
            match (site.dead, site.management) {
                (true, _) => dead.push(i as u32),
                (_, Category::Key) => key.push(i as u32),
                (_, Category::Simplified) => simple.push(i as u32),
                _ => rest.push(i as u32),
            }
        }
        let mut carry = 0.0;
        for day in first.iter_days().take_while(|day| *day < self.today) {
            if !calendar.is_working_day(day) {
                continue;
            }
            carry += per_year / 248.0;
            while carry >= 1.0 {
                carry -= 1.0;
                // 18 % of drawn checks met a dead record
                let list = match dice.below(100) {
                    0..=17 => &dead,
                    18..=52 => &key,
                    53..=70 => &simple,
                    _ => &rest,
                };
                let Some(site) = dice.pick(list).and_then(|i| self.sites.get(*i as usize)) else { continue };
                let (_, code, number) = identity(self, site);
                let problem = !site.dead && dice.chance(site.problem_probability());
                let outcome = match (site.dead, problem) {
                    (true, _) if dice.chance(0.4) => "停产",
                    (true, _) => "搬迁或关闭",
                    (false, true) if dice.chance(0.8) => "发现问题已责令改正",
                    (false, true) => "发现问题待后续处理",
                    _ => "未发现问题",
                };
                let kind = match dice.below(20) {
                    0 | 1 => "专项检查",
                    2 | 3 => "个案检查",
                    _ => "日常检查",
                };
                sink(&[
                    number.into(),
                    code.into(),
                    spelled(day, dice),
                    self.land.body_name(site.body).into(),
                    kind.into(),
                    yes(dice.chance(0.15)),
                    "排污许可证后检查".into(),
                    outcome.into(),
                    yes(problem),
                ])?;
            }
        }
        Ok(())
    }

    fn capacity_rows(&self, dice: &mut Dice, calendar: &WorkCalendar, sink: &mut RowSink<'_>) -> AppResult<()> {
        let counts = self.inspectors_of_bodies();
        for (body, count) in counts.into_iter().enumerate() {
            for month in PlanMonth::of_year(self.year) {
                let days = f64::from(calendar.in_month(month));
                let inspectors = f64::from(count);
                sink(&[
                    self.land.body_name(body as u16).into(),
                    format!("{}年{}月", month.year(), month.month()).into(),
                    Cell::Number((inspectors / 4.0).ceil()),
                    Cell::Number((inspectors / 8.0 * days * 0.5 + dice.below(6) as f64).ceil()),
                    Cell::Number((inspectors / 3.0).ceil()),
                    Cell::Number((inspectors * 1.1 + dice.below(5) as f64).round()),
                ])?;
            }
        }
        Ok(())
    }
}
