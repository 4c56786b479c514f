//! Questions that other rooms ask a policy: the article in force on a day, floors, bodies, what is unconfirmed.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::{BodyId, DistrictCode};

use super::{
    Article, BodyLevel, BodyRule, CategoryRule, Confidence, Floor, Policy, SpecialPeriod, SpecialRule, WindowRule,
};

/// A number that the office has yet to confirm (待本单位确认).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unconfirmed {
    /// Where it stands, as a path (`cap`, `tiers[0]`).
    pub path: String,
    /// What it is, in Chinese.
    pub name: String,
    /// Ids of the articles that are not confirmed; empty where a switch says so.
    pub articles: Vec<String>,
}

/// The places of a policy's bodies by their ids: a nation has thousands of bodies, and asks once for each of its sources.
#[derive(Debug, Clone)]
pub struct BodyPlaces<'a> {
    bodies: &'a [BodyRule],
    places: HashMap<&'a str, u16>,
}

impl<'a> BodyPlaces<'a> {
    /// The place of a body among the policy's.
    #[must_use]
    pub fn of(&self, id: &str) -> Option<u16> {
        self.places.get(id).copied()
    }

    /// What the policy says of a body.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&'a BodyRule> {
        self.of(id).and_then(|at| self.bodies.get(usize::from(at)))
    }
}

impl Policy {
    /// The article with this id that holds on a day: the one to cite for a check of that day.
    ///
    /// Of several that overlap (which [`super::check_policy`] reports) the one that began last.
    #[must_use]
    pub fn article_on(&self, id: &str, date: NaiveDate) -> Option<&Article> {
        self.articles.iter().filter(|article| article.id == id && article.holds_on(date)).max_by_key(|a| a.valid_from)
    }

    /// The articles of a basis that hold on a day, in the basis' order.
    #[must_use]
    pub fn articles_on(&self, basis: &[String], date: NaiveDate) -> Vec<&Article> {
        basis.iter().filter_map(|id| self.article_on(id, date)).collect()
    }

    /// A basis as one line, `《…》第…条；…`, as it holds on a day.
    #[must_use]
    pub fn cite(&self, basis: &[String], date: NaiveDate) -> String {
        let parts: Vec<String> =
            self.articles_on(basis, date).iter().map(|a| format!("{}{}", a.document, a.article)).collect();
        parts.join("；")
    }

    /// How sure a number with this basis is on a day: as sure as its least sure article, since a decree may ask
    /// for a thing and leave its number to the office; `Unconfirmed` without any.
    #[must_use]
    pub fn confidence_of(&self, basis: &[String], date: NaiveDate) -> Confidence {
        let rank = |confidence: &Confidence| match confidence {
            Confidence::Read => 0,
            Confidence::Secondary => 1,
            Confidence::Unconfirmed => 2,
        };
        let articles = self.articles_on(basis, date);
        articles.iter().map(|article| article.confidence).max_by_key(rank).unwrap_or(Confidence::Unconfirmed)
    }

    /// Everything that rests on unconfirmed articles or is switched so, and that the office has not confirmed; for
    /// the plan's header.
    #[must_use]
    pub fn unconfirmed(&self, date: NaiveDate) -> Vec<Unconfirmed> {
        let bases = self.bases().into_iter().zip(self.standings(date));
        let open = bases.filter(|(_, (_, standing, _))| standing.is_open());
        let mut found: Vec<Unconfirmed> = open
            .map(|((path, name, basis), _)| {
                // a switch, not an article, says it of the cap
                let articles = if path == "cap" { Vec::new() } else { basis.clone() };
                Unconfirmed { path, name, articles }
            })
            .collect();
        found.sort_by_key(|item| item.path != "cap");
        found
    }

    /// Every basis of the policy: path of the thing that has it, Chinese name, article ids.
    #[must_use]
    pub fn bases(&self) -> Vec<(String, String, &Vec<String>)> {
        let mut all: Vec<(String, String, &Vec<String>)> = Vec::new();
        for (i, category) in self.categories.iter().enumerate() {
            let name = &category.name;
            all.push((
                format!("categories[{i}].floor_city"),
                format!("{name}最低频次（市级）"),
                &category.floor_city.basis,
            ));
            all.push((
                format!("categories[{i}].floor_county"),
                format!("{name}最低频次（区级）"),
                &category.floor_county.basis,
            ));
            all.push((format!("categories[{i}]"), format!("{name}系数与单次成本"), &category.basis));
        }
        for (i, item) in self.floor_overrides.iter().enumerate() {
            let name = format!("{} {} 最低频次", item.body, item.category);
            all.push((format!("floor_overrides[{i}].floor"), name, &item.floor.basis));
        }
        all.push(("credit".to_owned(), "信用等级".to_owned(), &self.credit.basis));
        for (i, factor) in self.factors.iter().enumerate() {
            all.push((format!("factors[{i}]"), format!("风险因子「{}」", factor.name), &factor.basis));
        }
        for (i, tier) in self.tiers.iter().enumerate() {
            all.push((format!("tiers[{i}]"), format!("风险等级「{}」", tier.name), &tier.basis));
        }
        all.push(("max_ratio".to_owned(), "最高与最低频次之比".to_owned(), &self.max_ratio_basis));
        all.push(("special".to_owned(), "特殊监管对象".to_owned(), &self.special.basis));
        all.push(("aggravators".to_owned(), "加重系数".to_owned(), &self.aggravators.basis));
        all.push(("cap".to_owned(), "年度检查上限".to_owned(), &self.cap.basis));
        all.push(("window".to_owned(), "检查间隔".to_owned(), &self.window.basis));
        all.push(("pacing".to_owned(), "季度进度".to_owned(), &self.pacing.basis));
        all.push(("positive_list".to_owned(), "正面清单".to_owned(), &self.positive_list.basis));
        for (i, rule) in self.mandatory.iter().enumerate() {
            all.push((format!("mandatory[{i}]"), format!("必查「{}」", rule.name), &rule.basis));
        }
        all.push(("capacity".to_owned(), "执法力量".to_owned(), &self.capacity.basis));
        for (i, skill) in self.skills.iter().enumerate() {
            let name = skill.names.first().unwrap_or(&skill.id);
            all.push((format!("skills[{i}]"), format!("专长「{name}」"), &skill.basis));
        }
        for (i, period) in self.periods.iter().enumerate() {
            all.push((format!("periods[{i}]"), format!("时段「{}」", period.name), &period.basis));
        }
        all.push(("draw".to_owned(), "抽取".to_owned(), &self.draw.basis));
        all.push(("disclosure".to_owned(), "公开".to_owned(), &self.disclosure.basis));
        all.push(("key_industries".to_owned(), "重点行业".to_owned(), &self.key_industries.basis));
        all
    }

    /// Name of the policy whose scoring is in force.
    #[must_use]
    pub fn scoring_name(&self) -> &str {
        if self.scoring.is_empty() { &self.name } else { &self.scoring }
    }

    /// The policy's name with that of the scoring where it was taken from another.
    #[must_use]
    pub fn name_in_force(&self) -> String {
        if self.scoring.is_empty() {
            self.name.clone()
        } else {
            format!("{}（评分按「{}」）", self.name, self.scoring)
        }
    }

    /// True where the other has the same bodies in the same order: sources and sums point at bodies by their place.
    #[must_use]
    pub fn has_bodies_of(&self, other: &Self) -> bool {
        self.bodies.iter().map(|body| &body.id).eq(other.bodies.iter().map(|body| &body.id))
    }

    /// The places of the bodies, for those who ask for many.
    #[must_use]
    pub fn body_places(&self) -> BodyPlaces<'_> {
        let mut places = HashMap::with_capacity(self.bodies.len());
        for (body, place) in self.bodies.iter().zip(0_u16..) {
            places.entry(body.id.as_str()).or_insert(place);
        }
        BodyPlaces { bodies: &self.bodies, places }
    }

    /// The body with this id.
    #[must_use]
    pub fn body(&self, id: &BodyId) -> Option<&BodyRule> {
        self.bodies.iter().find(|body| body.id == *id)
    }

    /// The body that owns a district's sites where nothing else is said.
    #[must_use]
    pub fn body_of_district(&self, district: DistrictCode) -> Option<&BodyRule> {
        self.bodies.iter().find(|body| body.district == Some(district))
    }

    /// The category with this id.
    #[must_use]
    pub fn category(&self, id: &str) -> Option<&CategoryRule> {
        self.categories.iter().find(|category| category.id == id)
    }

    /// The floor of a body's category: the body's own where one is set, else that of its level.
    #[must_use]
    pub fn floor<'a>(&'a self, body: &BodyRule, category: &'a CategoryRule) -> &'a Floor {
        self.floor_overrides
            .iter()
            .find(|item| item.body == body.id && item.category == category.id)
            .map_or_else(|| category.floor_of(body.level), |item| &item.floor)
    }

    /// Into which category a body's sites of `category` go after merging.
    #[must_use]
    pub fn merged<'a>(&'a self, body: &BodyId, category: &'a str) -> &'a str {
        self.merges
            .iter()
            .find(|merge| merge.body == *body && merge.from == category)
            .map_or(category, |merge| merge.into.as_str())
    }
}

impl Article {
    /// True on the days on which it is in force.
    #[must_use]
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.valid_from <= date && self.valid_to.is_none_or(|last| date <= last)
    }
}

impl CategoryRule {
    /// The floor of a level.
    #[must_use]
    pub fn floor_of(&self, level: BodyLevel) -> &Floor {
        match level {
            BodyLevel::City => &self.floor_city,
            BodyLevel::County => &self.floor_county,
        }
    }
}

impl Floor {
    /// Visits a year per site, in thousandths, that the quarters' shares add up to.
    #[must_use]
    pub fn yearly_milli(&self) -> i64 {
        self.quarter_ratio.iter().map(|ratio| ratio.0).sum()
    }
}

impl SpecialRule {
    /// Visits a year per special site, in thousandths, that the quarters' shares add up to.
    #[must_use]
    pub fn yearly_milli(&self) -> i64 {
        self.quarter_ratio.iter().map(|ratio| ratio.0).sum()
    }
}

impl WindowRule {
    /// Whole months closed after the month of a visit: 60 days are two, 61 are three.
    #[must_use]
    pub fn months(&self) -> u32 {
        self.days.div_ceil(30)
    }
}

impl SpecialPeriod {
    /// The part of the period that lies between two days, both included; `None` where they do not meet.
    #[must_use]
    pub fn clipped(&self, first: NaiveDate, last: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let (from, to) = (self.from.max(first), self.to.min(last));
        (from <= to).then_some((from, to))
    }

    /// True where the period concerns this body.
    #[must_use]
    pub fn concerns(&self, body: &BodyId) -> bool {
        self.bodies.is_empty() || self.bodies.contains(body)
    }
}
