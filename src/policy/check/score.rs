//! Credit scale, factors and tiers.
//!
//! Points never fall as a site gets worse (grade, risk level, younger events): that is what makes "a new finding
//! never lowers a score" true of every policy that passes, not only of the presets.

use crate::domain::Category;

use super::super::{Decay, EventTable, FactorRule, Milli};
use super::{Checker, decimal};

/// Most points of anything: keeps every sum far inside 64 bits (points × events × 10⁶).
const MOST_POINTS: i64 = 1_000_000;

impl Checker<'_> {
    pub(super) fn score(&mut self) {
        self.credit();
        self.factors();
        self.tiers();
    }

    fn credit(&mut self) {
        let credit = &self.policy.credit;
        let count = credit.grades.len();
        if !(2..=20).contains(&count) {
            self.error("POL-050", "credit.grades", "信用等级数量有误", count.to_string(), "2 到 20 级，由好到差");
        }
        if credit.poor_from == 0 || usize::from(credit.poor_from) >= count {
            let expected = format!("1 到 {}（0 为最好一级）", count.saturating_sub(1));
            let value = credit.poor_from.to_string();
            self.error("POL-051", "credit.poor_from", "信用较差的起点超出等级范围", value, &expected);
        }
        let mut spellings: Vec<(String, &str)> = Vec::new();
        for (i, grade) in credit.grades.iter().enumerate() {
            spellings.push((format!("credit.grades[{i}].name"), grade.name.as_str()));
            for (j, alias) in grade.aliases.iter().enumerate() {
                spellings.push((format!("credit.grades[{i}].aliases[{j}]"), alias.as_str()));
            }
        }
        for (path, text) in &spellings {
            if text.trim().is_empty() {
                self.error("POL-012", path, "信用等级名称为空", text, "名称");
            }
        }
        self.unique("POL-014", "信用等级的名称或别名重复，无法区分", &spellings);
    }

    fn factors(&mut self) {
        let policy = self.policy;
        if policy.factors.is_empty() {
            self.error("POL-060", "factors", "没有风险因子", "空", "至少一个");
        }
        for (i, factor) in policy.factors.iter().enumerate() {
            let path = format!("factors[{i}]");
            self.within("POL-061", &format!("{path}.cap"), "因子封顶分超出范围", factor.cap, 1, MOST_POINTS);
            self.factor_rule(&format!("{path}.rule"), &factor.rule);
        }
    }

    fn points(&mut self, path: &str, points: Milli) {
        self.within("POL-062", path, "因子分值超出范围", points, 0, MOST_POINTS);
    }

    fn factor_rule(&mut self, path: &str, rule: &FactorRule) {
        match rule {
            FactorRule::Management(points) => {
                for category in Category::ALL {
                    if let Some(p) = points.get(&category) {
                        self.points(&format!("{path}.{}", category.id()), *p);
                    } else {
                        let what = format!("缺少「{}」的分值", category.label());
                        self.error("POL-063", path, &what, "无", "三个管理类别各一个分值");
                    }
                }
            }
            FactorRule::KeyUnit(points) => self.points(path, *points),
            FactorRule::Credit { points, missing } => {
                let grades = self.policy.credit.grades.len();
                if points.len() != grades {
                    let expected = format!("{grades} 个，与信用等级一一对应");
                    let value = format!("{} 个", points.len());
                    self.error("POL-064", &format!("{path}.points"), "信用分值个数不符", value, &expected);
                }
                for (i, p) in points.iter().enumerate() {
                    self.points(&format!("{path}.points[{i}]"), *p);
                }
                self.points(&format!("{path}.missing"), *missing);
                for (i, pair) in points.windows(2).enumerate() {
                    if pair[1] < pair[0] {
                        let place = format!("{path}.points[{}]", i + 1);
                        let expected = format!("不低于 {}", decimal(pair[0]));
                        self.error("POL-065", &place, "信用越差分值反而越低", decimal(pair[1]), &expected);
                    }
                }
            }
            FactorRule::EnvRisk { major, larger, general } => {
                for (field, p) in [("major", *major), ("larger", *larger), ("general", *general)] {
                    self.points(&format!("{path}.{field}"), p);
                }
                for (field, worse, better) in [("major", *major, *larger), ("larger", *larger, *general)] {
                    if worse < better {
                        let place = format!("{path}.{field}");
                        let expected = format!("不低于 {}", decimal(better));
                        self.error("POL-065", &place, "环境风险越高分值反而越低", decimal(worse), &expected);
                    }
                }
            }
            FactorRule::Events { table, points, decay, minor } => {
                self.points(&format!("{path}.points"), *points);
                self.decay(&format!("{path}.decay"), decay);
                let place = format!("{path}.minor");
                self.within("POL-067", &place, "轻微情形的折算比例超出范围", *minor, 0, 1000);
                if matches!(table, EventTable::Complaints | EventTable::Monitoring) && minor.0 != 1000 {
                    let what = "该表没有轻微情形";
                    self.error("POL-067", &place, what, decimal(*minor), "1");
                }
            }
            FactorRule::Flag { points, .. } => self.points(&format!("{path}.points"), *points),
            FactorRule::Industry { codes, points } => {
                self.points(&format!("{path}.points"), *points);
                if codes.is_empty() {
                    self.error("POL-068", &format!("{path}.codes"), "行业因子没有行业", "空", "至少一个行业代码");
                }
                self.industry_codes(&format!("{path}.codes"), codes);
            }
            FactorRule::Unvisited { per_month, never } => {
                self.points(&format!("{path}.per_month"), *per_month);
                self.points(&format!("{path}.never"), *never);
            }
        }
    }

    fn decay(&mut self, path: &str, decay: &[Decay]) {
        if decay.is_empty() {
            self.error("POL-066", path, "衰减表为空", "空", "至少一行");
        }
        for (i, row) in decay.iter().enumerate() {
            let place = format!("{path}[{i}]");
            self.within("POL-066", &format!("{place}.share"), "衰减比例超出范围", row.share, 0, 1000);
            if row.months > 240 {
                let value = row.months.to_string();
                self.error("POL-066", &format!("{place}.months"), "衰减月数过大", value, "不超过 240");
            }
            let Some(before) = i.checked_sub(1).and_then(|j| decay.get(j)) else { continue };
            if row.months <= before.months {
                let expected = format!("大于 {}", before.months);
                let value = row.months.to_string();
                self.error("POL-066", &format!("{place}.months"), "衰减月数应逐行增大", value, &expected);
            }
            if row.share > before.share {
                let expected = format!("不高于 {}", decimal(before.share));
                let value = decimal(row.share);
                self.error("POL-066", &format!("{place}.share"), "衰减比例应逐行降低", value, &expected);
            }
        }
    }

    fn tiers(&mut self) {
        let policy = self.policy;
        if !(1..=12).contains(&policy.tiers.len()) {
            self.error("POL-070", "tiers", "风险等级数量有误", policy.tiers.len().to_string(), "1 到 12 级，由高到低");
        }
        for (i, tier) in policy.tiers.iter().enumerate() {
            let path = format!("tiers[{i}]");
            self.within(
                "POL-073",
                &format!("{path}.base_frequency"),
                "基准频次超出范围",
                tier.base_frequency,
                1,
                12_000,
            );
            let Some(before) = i.checked_sub(1).and_then(|j| policy.tiers.get(j)) else { continue };
            if tier.min_score >= before.min_score {
                let expected = format!("低于 {}", decimal(before.min_score));
                let value = decimal(tier.min_score);
                self.error("POL-071", &format!("{path}.min_score"), "等级门槛应由高到低", value, &expected);
            }
            if tier.base_frequency > before.base_frequency {
                let expected = format!("不高于 {}", decimal(before.base_frequency));
                let value = decimal(tier.base_frequency);
                let what = "风险较低的等级频次反而较高";
                self.error("POL-074", &format!("{path}.base_frequency"), what, value, &expected);
            }
        }
        let Some((last, first)) = policy.tiers.last().zip(policy.tiers.first()) else { return };
        if last.min_score.0 != 0 {
            let path = format!("tiers[{}].min_score", policy.tiers.len() - 1);
            self.error("POL-072", &path, "最低等级的门槛应为 0", decimal(last.min_score), "0");
        }
        self.within("POL-075", "max_ratio", "最高与最低频次之比超出范围", policy.max_ratio, 1000, 1_000_000);
        let a = &policy.aggravators;
        let mut highest = i128::from(first.base_frequency.0);
        for factor in [a.violations, a.complaints, a.high_risk, a.poor_credit] {
            highest *= i128::from(factor.0);
        }
        // Thousandths of each of the four factors are on the right-hand side, with those of the ratio.
        let allowed = i128::from(last.base_frequency.0) * i128::from(policy.max_ratio.0) * 1_000_000_000;
        if highest > allowed && last.base_frequency.0 > 0 {
            let ratio = highest / (i128::from(last.base_frequency.0) * 1_000_000_000);
            let what = "最高频次（首级基准×四项加重）与最低频次之比超过上限，抽取将近于指定";
            let expected = format!("不超过 {} : 1", decimal(policy.max_ratio));
            let value = format!("{} : 1", decimal(Milli(ratio as i64)));
            self.error("POL-076", "tiers[0].base_frequency", what, value, &expected);
        }
    }
}
