//! The synthetic city itself: sites with a hidden compliance propensity that drives everything seen of them.
//!
//! Kept compact (about 70 bytes a site, no strings), so that a nation of 4 000 000 sites fits into memory;
//! names and numbers are made while a file is written.

use chrono::{Days, NaiveDate};

use super::land::{BODY_BONDED, BODY_BRIGADE, BODY_CHEMICAL, BODY_LINGANG, Land};
use super::random::Dice;
use super::vocabulary::INDUSTRIES;
use crate::domain::Category;

/// Sources of the city by default.
pub const DEFAULT_SOURCES: usize = 38_000;

/// Where a point may lie: the districts' polygons, seen through two questions.
pub trait Places {
    /// West, south, east, north of a district; `None` where the code is unknown.
    fn bounds(&self, code: u32) -> Option<[f64; 4]>;
    /// True where the point lies in the district.
    fn is_inside(&self, code: u32, lon: f64, lat: f64) -> bool;
}

/// A site: what is true of it.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// Index of the land's districts.
    pub district: u16,
    /// Index of the land's enforcing bodies.
    pub body: u16,
    /// Management category.
    pub management: Category,
    /// Index into `vocabulary::INDUSTRIES`.
    pub industry: u8,
    /// Hidden propensity to violate: about normal, higher is worse.
    pub propensity: f32,
    /// Longitude, WGS 84.
    pub lon: f64,
    /// Latitude, WGS 84.
    pub lat: f64,
    /// Serial number of the enterprise.
    pub enterprise: u32,
    /// Number of the site within the enterprise, from 1.
    pub branch: u16,
    /// Really gone, though the register may not know it.
    pub dead: bool,
    /// The register knows it: 0 在产, 1 停产, 2 关闭, 3 搬迁.
    pub status: u8,
    /// Environmental risk: 0 none, 1 一般, 2 较大, 3 重大.
    pub env_risk: u8,
    /// On the key-unit list: bit set of 水 大气 土壤 地下水 噪声 风险.
    pub key_unit: u8,
    /// Permit issued, days before the demo's day.
    pub issued_days: u16,
    /// Enterprise has automatic monitoring.
    pub automatic: bool,
}

impl Site {
    /// How much more often than the average it offends.
    #[must_use]
    pub fn misconduct(&self) -> f64 {
        match self.propensity {
            z if z < -1.0 => 0.25,
            z if z < 0.0 => 0.55,
            z if z < 1.0 => 1.1,
            z if z < 2.0 => 2.6,
            _ => 6.0,
        }
    }

    /// The probability that a check finds a problem here.
    #[must_use]
    pub fn problem_probability(&self) -> f64 {
        let base = match self.management {
            Category::Key => 0.22,
            Category::Simplified => 0.18,
            Category::Registration => 0.13,
        };
        (base * self.misconduct()).min(0.9)
    }
}

/// The whole city.
#[derive(Debug, Clone)]
pub struct City {
    /// Seed.
    pub seed: u64,
    /// Year planned.
    pub year: i32,
    /// Districts and bodies.
    pub land: Land,
    /// Last day that the files know of.
    pub today: NaiveDate,
    /// Sites; the order of the register.
    pub sites: Vec<Site>,
}

/// Last day that the files of a demo city for a year know of: an office gathers them in November, before it plans the
/// coming year, so nothing of the year planned has happened yet.
#[must_use]
pub fn last_day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year - 1, 11, 20).unwrap_or_default()
}

impl City {
    /// Makes a city of `count` sources, the same for the same seed and year.
    #[must_use]
    pub fn new(count: usize, seed: u64, year: i32, places: &dyn Places) -> Self {
        Self::of(Land::city(), (count, seed, year), places)
    }

    /// As [`City::new`], of another land.
    #[must_use]
    pub fn of(land: Land, (count, seed, year): (usize, u64, i32), places: &dyn Places) -> Self {
        let mut dice = Dice::new(seed, 1);
        let parks = parks(&land, &mut Dice::new(seed, 2), places);
        let today = last_day(year);
        let mut sites: Vec<Site> = Vec::with_capacity(count);
        let mut enterprise = 0;
        while sites.len() < count {
            // 5.3 % key, 9.4 % simplified, the rest registrations, as in the city
            let management = match dice.below(1000) {
                0..=52 => Category::Key,
                53..=146 => Category::Simplified,
                _ => Category::Registration,
            };
            let industry_weights: Vec<f64> = INDUSTRIES.iter().map(|i| i.weights[management as usize]).collect();
            let industry = dice.weighted(&industry_weights) as u8;
            let district = land.some_district(&mut dice);
            // An enterprise has one site as a rule, now and then two to four.
            let branches = if dice.chance(0.02) { 2 + dice.below(3) as u16 } else { 1 };
            let propensity = dice.normal() as f32;
            for branch in 1..=branches {
                if sites.len() == count {
                    break;
                }
                let (lon, lat) = place(&mut dice, &land, district, &parks, places);
                sites.push(site(
                    &mut dice,
                    &land,
                    district,
                    management,
                    industry,
                    propensity,
                    (lon, lat),
                    enterprise,
                    branch,
                ));
            }
            enterprise += 1;
        }
        Self { seed, year, land, today, sites }
    }

    /// A date so many days before the demo's day.
    #[must_use]
    pub fn days_ago(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today)
    }
}

fn site(
    dice: &mut Dice,
    land: &Land,
    district: u16,
    management: Category,
    industry: u8,
    propensity: f32,
    (lon, lat): (f64, f64),
    enterprise: u32,
    branch: u16,
) -> Site {
    let key = management == Category::Key;
    let code = INDUSTRIES.get(industry as usize).map_or("", |i| i.code);
    let env_risk = match (management, dice.below(1000)) {
        (Category::Key, 0..=39) => 3,
        (Category::Key, 40..=249) | (Category::Simplified, 0..=29) => 2,
        (Category::Key, 250..=699) | (Category::Simplified, 30..=299) => 1,
        _ => 0,
    };
    let mut key_unit = 0;
    if key {
        for bit in 0..6 {
            key_unit |= u8::from(dice.chance([0.35, 0.4, 0.3, 0.05, 0.04, 0.2][bit])) << bit;
        }
    }
    let body = match district {
        county if !land.is_city => county,
        // the chemical park lies across the border of 金山 and 奉贤; big plants are the brigade's own
        11 | 14 if key && matches!(code, "2614" | "2511" | "7724") && dice.chance(0.6) => BODY_CHEMICAL,
        8 | 11 if key && dice.chance(0.12) => BODY_BRIGADE,
        10 if dice.chance(0.09) => BODY_LINGANG,
        10 if dice.chance(0.05) => BODY_BONDED,
        district => district,
    };
    let dead = dice.chance(0.14);
    let status = match dice.below(1000) {
        0..=14 if dead => 2,
        15..=44 if dead => 3,
        45..=64 => 1,
        _ => 0,
    };
    Site {
        district,
        body,
        management,
        industry,
        propensity,
        lon,
        lat,
        enterprise,
        branch,
        dead,
        status,
        env_risk,
        key_unit,
        // the first permits run out in March of the year planned
        issued_days: 30 + dice.below(1_690) as u16,
        automatic: key && dice.chance(0.75),
    }
}

/// Industrial parks: centre and spread in degrees, by district.
fn parks(land: &Land, dice: &mut Dice, places: &dyn Places) -> Vec<Vec<(f64, f64, f64)>> {
    land.districts
        .iter()
        .map(|district| {
            (0..district.parks)
                .map(|_| {
                    let (lon, lat) = anywhere(dice, district.code, places);
                    (lon, lat, 0.004 + 0.012 * dice.unit())
                })
                .collect()
        })
        .collect()
}

/// Three in four sites lie in a park, the others anywhere in the district.
fn place(
    dice: &mut Dice,
    land: &Land,
    district: u16,
    parks: &[Vec<(f64, f64, f64)>],
    places: &dyn Places,
) -> (f64, f64) {
    let code = land.district(district).code;
    if dice.chance(0.75)
        && let Some((lon, lat, spread)) = parks.get(district as usize).and_then(|list| dice.pick(list).copied())
    {
        for _ in 0..20 {
            let (x, y) = (lon + spread * dice.normal(), lat + spread * dice.normal());
            if places.is_inside(code, x, y) {
                return (round6(x), round6(y));
            }
        }
    }
    anywhere(dice, code, places)
}

fn anywhere(dice: &mut Dice, code: u32, places: &dyn Places) -> (f64, f64) {
    let [west, south, east, north] = places.bounds(code).unwrap_or([121.2, 31.0, 121.6, 31.3]);
    let mut point = (f64::midpoint(west, east), f64::midpoint(south, north));
    for _ in 0..400 {
        point = (west + (east - west) * dice.unit(), south + (north - south) * dice.unit());
        if places.is_inside(code, point.0, point.1) {
            break;
        }
    }
    (round6(point.0), round6(point.1))
}

fn round6(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
