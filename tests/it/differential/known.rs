//! The rows that are known before they are written: units of the register and penalties.

use chrono::{Days, NaiveDate};
use fairdraw::district::DistrictSet;

use super::{Dice, Held};

/// A district with a point well inside it, in seconds of arc.
#[derive(Debug, Clone)]
pub struct Spot {
    pub code: u32,
    pub name: String,
    pub lon: i32,
    pub lat: i32,
}

/// The districts of the shipped map, each with the whole second next to its label's point.
pub fn places(districts: &DistrictSet) -> Vec<Spot> {
    let points = districts.label_points();
    let spots = districts.districts().iter().zip(points).filter_map(|(district, point)| {
        let (lon, lat, _) = point?;
        let second = |degrees: f64| (degrees * 3600.0).round() as i32;
        Some(Spot { code: district.code.0, name: district.name.clone(), lon: second(lon), lat: second(lat) })
    });
    spots.collect()
}

/// What makes a row one that can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    NoNumber,
    NoName,
    DestroyedNumber,
    DestroyedName,
    NoDistrict,
    TwoDistricts,
    UnknownManagement,
    NoDate,
    ImpossibleDate,
    TwoDates,
}

/// A unit of the register.
#[derive(Debug, Clone)]
pub struct Site {
    pub unit: String,
    pub uscc: String,
    pub name: String,
    pub spot: Spot,
    pub with_point: bool,
    pub management: usize,
    pub status: usize,
    pub industry: Option<&'static str>,
    pub issued: Option<NaiveDate>,
    pub expires: Option<NaiveDate>,
    pub supervised: Option<bool>,
    pub key_units: Vec<usize>,
    pub fault: Option<Fault>,
    /// Written a second time, further down.
    pub twice: bool,
    /// For the spellings of the first and of the second writing.
    pub dice: [Dice; 2],
}

pub const MANAGEMENT: [&str; 3] = ["key", "simplified", "registration"];
pub const STATUS: [&str; 4] = ["active", "stopped", "closed", "moved"];
pub const KEY_UNIT: [&str; 6] = ["water", "air", "soil", "groundwater", "noise", "risk"];
const INDUSTRIES: [&str; 5] = ["2511", "3360", "4620", "2710", "1712"];
const NAMES: [&str; 10] = [
    "甲化工",
    "乙电镀",
    "丙印染（集团）",
    "丁·戊机械",
    "堃鑫㙦材料",
    "龘靐齉",
    "𠮷野家食品",
    "A&B 涂料",
    "第三",
    "O'Neill 制药",
];
const ENDINGS: [&str; 4] = ["有限公司", "股份有限公司", "厂", "有限公司第二分厂"];

/// The 18 characters of a credit code, with the check characters of GB 11714-1997 (organisation, the 17th) and of
/// GB 32100-2015 (the 18th).
fn uscc(serial: u32) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let organisation = format!("MA1K{serial:04}");
    let value = |byte: u8| char::from(byte).to_digit(36).unwrap_or(0);
    let sum: u32 = organisation.bytes().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(byte, weight)| value(byte) * weight).sum();
    let check = match 11 - sum % 11 {
        10 => "X".to_owned(),
        11 => "0".to_owned(),
        digit => digit.to_string(),
    };
    let first = format!("91310115{organisation}{check}");
    let mut weight = 1;
    let mut sum = 0;
    for byte in first.bytes() {
        sum += ALPHABET.iter().position(|known| *known == byte).unwrap_or(0) * weight;
        weight = weight * 3 % 31;
    }
    format!("{first}{}", char::from(ALPHABET[(31 - sum % 31) % 31]))
}

fn day(dice: &mut Dice, from: i32, days: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(from, 1, 1).unwrap() + Days::new(dice.pick(days as usize) as u64)
}

impl Site {
    pub fn of(serial: u32, dice: &mut Dice, places: &[Spot]) -> Self {
        let uscc = uscc(serial * 37 + 11);
        let mut spot = places[dice.pick(places.len())].clone();
        spot.lon += serial as i32 % 7;
        let name = format!("上海{}{}{}", NAMES[dice.pick(NAMES.len())], serial + 1, ENDINGS[dice.pick(ENDINGS.len())]);
        let fault = match dice.pick(60) {
            53 => Some(Fault::NoNumber),
            54 => Some(Fault::NoName),
            55 => Some(Fault::DestroyedNumber),
            56 => Some(Fault::DestroyedName),
            57 => Some(Fault::NoDistrict),
            58 => Some(Fault::TwoDistricts),
            59 => Some(Fault::UnknownManagement),
            _ => None,
        };
        let issued = (dice.pick(4) != 3).then(|| day(dice, 2022, 1400));
        let optional = |dice: &mut Dice| match dice.pick(3) {
            0 => None,
            side => Some(side == 1),
        };
        let mut key_units: Vec<usize> = (0..KEY_UNIT.len()).filter(|_| dice.once_in(4)).collect();
        key_units.dedup();
        let halves = |dice: &mut Dice| Dice::new((0..24).map(|_| dice.pick(65_536) as u16).collect());
        Self {
            unit: format!("{uscc}00{}{}", serial % 9 + 1, ["P", "V", "Q"][dice.pick(3)]),
            uscc,
            name,
            with_point: fault.is_none() && dice.pick(3) != 2,
            spot,
            management: dice.pick(MANAGEMENT.len()),
            status: dice.pick(STATUS.len()),
            industry: (dice.pick(4) != 3).then(|| INDUSTRIES[dice.pick(INDUSTRIES.len())]),
            expires: issued.map(|from| from + Days::new(1825)),
            issued,
            supervised: optional(dice),
            key_units,
            twice: fault.is_none() && dice.once_in(8),
            fault,
            dice: [halves(dice), halves(dice)],
        }
    }

    /// What the register's frame must hold.
    pub fn expected(&self) -> Vec<(&'static str, Held)> {
        let day = |day: Option<NaiveDate>| day.map_or(Held::Nothing, Held::Day);
        let degrees = |seconds: i32| Held::Number(f64::from(seconds) / 3600.0);
        let key_units: Vec<&str> = self.key_units.iter().map(|i| KEY_UNIT[*i]).collect();
        let point = |seconds: i32| if self.with_point { degrees(seconds) } else { Held::Nothing };
        vec![
            ("name", Held::Text(self.name.clone())),
            ("uscc", Held::Text(self.uscc.clone())),
            ("enterprise", Held::Text(self.uscc.clone())),
            ("district", Held::Number(f64::from(self.spot.code))),
            ("lon", point(self.spot.lon)),
            ("lat", point(self.spot.lat)),
            ("management", Held::Text(MANAGEMENT[self.management].to_owned())),
            ("status", Held::Text(STATUS[self.status].to_owned())),
            ("industry", self.industry.map_or(Held::Nothing, |code| Held::Text(code.to_owned()))),
            ("issued", day(self.issued)),
            ("expires", day(self.expires)),
            ("supervised", self.supervised.map_or(Held::Nothing, Held::Flag)),
            ("key_unit", if key_units.is_empty() { Held::Nothing } else { Held::Text(key_units.join(";")) }),
        ]
    }
}

/// A penalty.
#[derive(Debug, Clone)]
pub struct Fine {
    /// Index of the unit it belongs to.
    pub site: usize,
    pub document: String,
    pub date: NaiveDate,
    /// In yuan; whole thousands.
    pub yuan: Option<u64>,
    pub kind: &'static str,
    pub fault: Option<Fault>,
    pub twice: bool,
    /// Which columns say whose it is: credit code, permit number, name.
    pub by: usize,
    pub dice: [Dice; 2],
}

const KINDS: [&str; 4] = ["超标排放", "未验先投，擅自投产", "无证排污\n（逾期）", "\"以新带老\"未落实"];

impl Fine {
    pub fn of(serial: u32, dice: &mut Dice, sites: &[Site]) -> Self {
        let good: Vec<usize> = (0..sites.len()).filter(|i| sites[*i].fault.is_none()).collect();
        let fault = match dice.pick(24) {
            21 => Some(Fault::NoDate),
            22 => Some(Fault::ImpossibleDate),
            23 => Some(Fault::TwoDates),
            _ if good.is_empty() => Some(Fault::NoDate),
            _ => None,
        };
        let halves = |dice: &mut Dice| Dice::new((0..12).map(|_| dice.pick(65_536) as u16).collect());
        Self {
            site: good.get(dice.pick(good.len())).copied().unwrap_or(0),
            document: format!("沪环罚〔2026〕{:04}号", serial * 13 + 7),
            date: day(dice, 2024, 900),
            yuan: (dice.pick(4) != 3).then(|| 1000 * (1 + dice.pick(400) as u64)),
            kind: KINDS[dice.pick(KINDS.len())],
            twice: fault.is_none() && dice.once_in(6),
            fault,
            by: dice.pick(3),
            dice: [halves(dice), halves(dice)],
        }
    }

    /// What the frame of penalties must hold.
    pub fn expected(&self, site: &Site) -> Vec<(&'static str, Held)> {
        vec![
            ("document", Held::Text(self.document.clone())),
            ("enterprise", Held::Text(site.uscc.clone())),
            ("date", Held::Day(self.date)),
            ("amount_wan", self.yuan.map_or(Held::Nothing, |yuan| Held::Number(yuan as f64 / 10_000.0))),
        ]
    }

    /// The same, where the unit is not in the register.
    pub fn unjoined(&self) -> Vec<(&'static str, Held)> {
        let date = Held::Day(self.date);
        vec![("document", Held::Text(self.document.clone())), ("date", date), ("enterprise", Held::Nothing)]
    }
}
