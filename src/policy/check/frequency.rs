//! Categories, floors, merges, aggravators, special sites, cap, window, pacing, positive list, mandatory checks.

use crate::domain::Supervision;

use super::super::{Floor, MandatoryTrigger, Milli};
use super::{Checker, decimal};

impl Checker<'_> {
    pub(super) fn frequency(&mut self) {
        self.categories();
        self.overrides();
        self.merges();
        self.aggravators();
        self.special();
        self.cap();
        self.mandatory();
    }

    fn categories(&mut self) {
        let policy = self.policy;
        if !(1..=20).contains(&policy.categories.len()) {
            self.error("POL-030", "categories", "类别数量有误", policy.categories.len().to_string(), "1 到 20 个");
        }
        for (i, category) in policy.categories.iter().enumerate() {
            let path = format!("categories[{i}]");
            let last = i + 1 == policy.categories.len();
            let place = format!("{path}.any_of");
            if last && !category.any_of.is_empty() {
                let what = "最后一个类别应接收其余所有对象";
                self.error("POL-031", &place, what, format!("{} 个条件", category.any_of.len()), "空列表 []");
            }
            if !last && category.any_of.is_empty() {
                self.error("POL-032", &place, "类别没有条件，其后的类别将永远为空", "空", "至少一个条件");
            }
            for (j, condition) in category.any_of.iter().enumerate() {
                let place = format!("{place}[{j}]");
                for (k, value) in condition.supervision.iter().enumerate() {
                    if Supervision::from_id(value).is_none() {
                        let expected = "key、general 或 simple";
                        self.error(
                            "POL-033",
                            &format!("{place}.supervision[{k}]"),
                            "监管类别无法识别",
                            value,
                            expected,
                        );
                    }
                }
                if condition.supervision.is_empty() && condition.management.is_empty() && !condition.key_unit {
                    self.error("POL-034", &place, "条件为空，所有对象都会符合", "空", "至少给出一项");
                }
                if !condition.supervision.is_empty() && (!condition.management.is_empty() || condition.key_unit) {
                    // Management and key unit are for sites without `supervision`: together nothing meets both.
                    let what = "条件同时要求监管类别与管理类别或重点单位，没有对象符合";
                    self.error("POL-034", &place, what, "矛盾的条件", "分写为两个条件");
                }
            }
            self.within("POL-035", &format!("{path}.factor"), "类别系数超出范围", category.factor, 1, 100_000);
            self.floor(&format!("{path}.floor_city"), &category.floor_city);
            self.floor(&format!("{path}.floor_county"), &category.floor_county);
            let cost = category.cost;
            self.within(
                "POL-038",
                &format!("{path}.cost.team_days"),
                "单次检查人天超出范围",
                cost.team_days,
                1,
                100_000,
            );
            for (field, value) in [
                ("vehicle_days", cost.vehicle_days),
                ("monitoring_days", cost.monitoring_days),
                ("instrument_days", cost.instrument_days),
            ] {
                self.within("POL-038", &format!("{path}.cost.{field}"), "单次检查成本超出范围", value, 0, 100_000);
            }
            let place = format!("{path}.cost.budget_wan");
            self.within("POL-038", &place, "单次检查经费（万元）超出范围", cost.budget_wan, 0, 1_000_000);
        }
    }

    fn floor(&mut self, path: &str, floor: &Floor) {
        for (i, ratio) in floor.quarter_ratio.iter().enumerate() {
            self.within("POL-036", &format!("{path}.quarter_ratio[{i}]"), "季度比例超出范围", *ratio, 0, 1000);
        }
        let place = format!("{path}.per_inspector");
        self.within("POL-037", &place, "每名执法人员检查数超出范围", floor.per_inspector, 0, 1_000_000);
        let place = format!("{path}.per_inspector_max");
        self.within("POL-037", &place, "按人员比例的单户上限超出范围", floor.per_inspector_max, 0, 12_000);
        let asked = if floor.per_inspector.0 > 0 { floor.per_inspector_max.0 } else { 0 };
        self.against_cap(&format!("{path}.quarter_ratio"), floor.yearly_milli().max(asked));
    }

    /// A floor above the cap can't be met by anybody: said at once, decided by the office.
    fn against_cap(&mut self, path: &str, yearly: i64) {
        let cap = i64::from(self.policy.cap.visits) * 1000;
        if yearly > cap && self.policy.cap.visits > 0 {
            let what = "每户每年最低检查次数超过年度检查上限，计划无法同时满足";
            let expected = format!("不超过 {} 次", self.policy.cap.visits);
            self.warning("POL-039", path, what, format!("{} 次", decimal(Milli(yearly))), &expected);
        }
    }

    fn overrides(&mut self) {
        let policy = self.policy;
        for (i, item) in policy.floor_overrides.iter().enumerate() {
            let path = format!("floor_overrides[{i}]");
            if !policy.bodies.is_empty() && policy.body(&item.body).is_none() {
                self.error("POL-040", &format!("{path}.body"), "执法主体不存在", item.body.as_str(), "bodies 中的编号");
            }
            if policy.category(&item.category).is_none() {
                let place = format!("{path}.category");
                self.error("POL-041", &place, "类别不存在", &item.category, "categories 中的编号");
            }
            if item.note.trim().is_empty() {
                self.warning("POL-043", &format!("{path}.note"), "单独设置的比例没有说明", "空", "理由与决定人");
            }
            let twice = policy.floor_overrides.iter().take(i);
            if twice.clone().any(|other| other.body == item.body && other.category == item.category) {
                let value = format!("{} {}", item.body, item.category);
                self.error("POL-013", &path, "同一主体与类别设置了两次比例", value, "只设置一次");
            }
            self.floor(&format!("{path}.floor"), &item.floor);
        }
    }

    fn merges(&mut self) {
        let policy = self.policy;
        for (i, merge) in policy.merges.iter().enumerate() {
            let path = format!("merges[{i}]");
            if !policy.bodies.is_empty() && policy.body(&merge.body).is_none() {
                self.error(
                    "POL-040",
                    &format!("{path}.body"),
                    "执法主体不存在",
                    merge.body.as_str(),
                    "bodies 中的编号",
                );
            }
            for (field, id) in [("from", &merge.from), ("into", &merge.into)] {
                if policy.category(id).is_none() {
                    self.error("POL-041", &format!("{path}.{field}"), "类别不存在", id, "categories 中的编号");
                }
            }
            if merge.from == merge.into {
                self.error("POL-042", &format!("{path}.into"), "类别并入自身", &merge.into, "另一个类别");
            }
            let same = |other: &&super::super::StratumMerge| other.body == merge.body;
            if policy.merges.iter().take(i).filter(same).any(|other| other.from == merge.from) {
                self.error("POL-042", &format!("{path}.from"), "同一类别并入两处", &merge.from, "每个主体只并入一次");
            }
            let into_gone = policy.merges.iter().filter(same).any(|other| other.from == merge.into);
            if into_gone && merge.from != merge.into {
                let what = "并入的类别自身也已并入他类";
                self.error("POL-042", &format!("{path}.into"), what, &merge.into, "最终保留的类别");
            }
        }
    }

    fn aggravators(&mut self) {
        let a = &self.policy.aggravators;
        for (field, name, value) in [
            ("violations", "违法", a.violations),
            ("complaints", "信访", a.complaints),
            ("high_risk", "环境风险", a.high_risk),
            ("poor_credit", "信用", a.poor_credit),
        ] {
            let what = format!("{name}加重系数超出范围；加重不得降低频次");
            self.within("POL-080", &format!("aggravators.{field}"), &what, value, 1000, 10_000);
        }
        if !(1..=120).contains(&a.months) {
            self.error("POL-081", "aggravators.months", "加重的回溯月数有误", a.months.to_string(), "1 到 120");
        }
        if a.min_complaints == 0 {
            self.error("POL-082", "aggravators.min_complaints", "信访加重的件数不能为 0", "0", "至少 1");
        }
    }

    fn special(&mut self) {
        let special = &self.policy.special;
        for (i, ratio) in special.quarter_ratio.iter().enumerate() {
            self.within("POL-036", &format!("special.quarter_ratio[{i}]"), "季度比例超出范围", *ratio, 0, 1000);
        }
        self.against_cap("special.quarter_ratio", special.yearly_milli());
        if usize::from(special.lowest_grades) >= self.policy.credit.grades.len().max(1) {
            let expected = format!("小于信用等级数 {}", self.policy.credit.grades.len());
            let value = special.lowest_grades.to_string();
            self.error("POL-085", "special.lowest_grades", "特殊对象包含了全部信用等级", value, &expected);
        }
        if special.case_months > 120 {
            let value = special.case_months.to_string();
            self.error("POL-086", "special.case_months", "立案回溯月数有误", value, "0 到 120");
        }
    }

    fn cap(&mut self) {
        let policy = self.policy;
        if !(1..=366).contains(&policy.cap.visits) {
            self.error("POL-090", "cap.visits", "年度检查上限有误", policy.cap.visits.to_string(), "1 到 366");
        }
        if policy.cap.rule_set.trim().is_empty() {
            self.error("POL-091", "cap.rule_set", "上限口径为空", "空", "计划表头所载的口径说明");
        }
        if policy.window.days > 366 {
            self.error("POL-093", "window.days", "检查间隔过长", policy.window.days.to_string(), "不超过 366");
        } else {
            // A visit closes its own month and the window after it: so many fit into twelve months.
            let fits = 12_u32.div_ceil(policy.window.months() + 1);
            let floors = policy.categories.iter().flat_map(|c| [&c.floor_city, &c.floor_county]);
            let most = floors.map(Floor::yearly_milli).chain([policy.special.yearly_milli()]).max().unwrap_or(0);
            if most > i64::from(fits) * 1000 {
                let what = "检查间隔使一年内的次数达不到最低比例";
                let value = format!("{} 天，一年至多 {fits} 次", policy.window.days);
                let expected = format!("可容纳 {} 次的间隔", decimal(Milli(most)));
                self.warning("POL-094", "window.days", what, value, &expected);
            }
        }
        let steps = policy.pacing.cumulative;
        for (i, step) in steps.iter().enumerate() {
            let place = format!("pacing.cumulative[{i}]");
            self.within("POL-095", &place, "季度进度超出范围", *step, 0, 1000);
            if i > 0 && *step < steps[i - 1] {
                let expected = format!("不低于 {}", decimal(steps[i - 1]));
                self.error("POL-095", &place, "季度累计进度应逐月增大", decimal(*step), &expected);
            }
        }
        if steps[2].0 != 1000 {
            self.error("POL-096", "pacing.cumulative[2]", "季度末累计进度应为 1", decimal(steps[2]), "1");
        }
        let share = policy.positive_list.off_site_share;
        self.within("POL-100", "positive_list.off_site_share", "正面清单非现场比例超出范围", share, 0, 1000);
    }

    fn mandatory(&mut self) {
        let policy = self.policy;
        for (i, rule) in policy.mandatory.iter().enumerate() {
            let path = format!("mandatory[{i}]");
            if !(1..=24).contains(&rule.within_months) {
                let value = rule.within_months.to_string();
                self.error("POL-105", &format!("{path}.within_months"), "必查期限有误", value, "1 到 24 个月");
            }
            if rule.from_months > rule.within_months {
                let expected = format!("不超过期限 {} 个月", rule.within_months);
                let value = rule.from_months.to_string();
                self.error("POL-108", &format!("{path}.from_months"), "必查最早月份晚于期限", value, &expected);
            }
            if rule.catch_up_months > 12 {
                let value = rule.catch_up_months.to_string();
                self.error("POL-109", &format!("{path}.catch_up_months"), "积压补查月数有误", value, "0 到 12 个月");
            }
            if rule.management.is_empty() {
                self.error("POL-106", &format!("{path}.management"), "必查没有适用的管理类别", "空", "至少一个");
            }
            if let MandatoryTrigger::Expiring(days) = rule.trigger
                && !(1..=366).contains(&days)
            {
                self.error("POL-107", &format!("{path}.trigger"), "到期提前天数有误", days.to_string(), "1 到 366");
            }
        }
    }
}
