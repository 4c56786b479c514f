//! Capacity, skills, periods, draw, disclosure, key industries.

use chrono::NaiveDate;

use super::{Checker, decimal};

impl Checker<'_> {
    pub(super) fn staff(&mut self) {
        self.capacity();
        self.skills();
        self.periods();
        self.draw();
        self.disclosure();
    }

    fn capacity(&mut self) {
        let capacity = &self.policy.capacity;
        if !(2..=10).contains(&capacity.inspectors_per_check) {
            let value = capacity.inspectors_per_check.to_string();
            let what = "每次检查的执法人员不足两人或过多（行政处罚法第四十二条）";
            self.error("POL-110", "capacity.inspectors_per_check", what, value, "2 到 10");
        }
        let days = capacity.default_days_per_month;
        self.within("POL-111", "capacity.default_days_per_month", "默认外勤天数超出范围", days, 0, 31_000);
        let reserve = capacity.triggered_reserve;
        self.within("POL-112", "capacity.triggered_reserve", "触发式检查预留比例超出范围", reserve, 0, 900);
        if !(1..=1000).contains(&capacity.checks_max_per_month) {
            let value = capacity.checks_max_per_month.to_string();
            self.error("POL-113", "capacity.checks_max_per_month", "每人每月检查上限有误", value, "1 到 1000");
        }
    }

    fn skills(&mut self) {
        let policy = self.policy;
        let mut spellings: Vec<(String, &str)> = Vec::new();
        for (i, skill) in policy.skills.iter().enumerate() {
            if skill.names.is_empty() {
                self.error("POL-115", &format!("skills[{i}].names"), "专长没有名称", "空", "至少一个名称");
            }
            for (j, name) in skill.names.iter().enumerate() {
                spellings.push((format!("skills[{i}].names[{j}]"), name.as_str()));
                if name.trim().is_empty() {
                    self.error("POL-012", &format!("skills[{i}].names[{j}]"), "专长名称为空", name, "名称");
                }
            }
            self.industry_codes(&format!("skills[{i}].industries"), &skill.industries);
        }
        self.unique("POL-014", "专长的名称重复，无法区分", &spellings);
    }

    fn periods(&mut self) {
        let policy = self.policy;
        for (i, period) in policy.periods.iter().enumerate() {
            let path = format!("periods[{i}]");
            if period.to < period.from {
                let expected = format!("不早于 {}", period.from);
                self.error("POL-120", &format!("{path}.to"), "时段结束早于开始", period.to.to_string(), &expected);
            } else if period.to.signed_duration_since(period.from).num_days() > 366 {
                let value = format!("{} 至 {}", period.from, period.to);
                self.warning("POL-123", &format!("{path}.to"), "时段超过一年", value, "一年以内");
            }
            self.within("POL-121", &format!("{path}.factor"), "时段系数超出范围", period.factor, 0, 10_000);
            for (j, body) in period.bodies.iter().enumerate() {
                if !policy.bodies.is_empty() && policy.body(body).is_none() {
                    let place = format!("{path}.bodies[{j}]");
                    self.error("POL-122", &place, "执法主体不存在", body.as_str(), "bodies 中的编号");
                }
            }
            self.industry_codes(&format!("{path}.industries"), &period.industries);
        }
    }

    fn draw(&mut self) {
        let draw = &self.policy.draw;
        self.within("POL-130", "draw.reserve_share", "备选比例超出范围", draw.reserve_share, 0, 10_000);
        if (0..200).contains(&draw.reserve_share.0) {
            let what = "备选比例偏低（名录中常有搬迁、关闭的对象）";
            self.warning("POL-131", "draw.reserve_share", what, decimal(draw.reserve_share), "不低于 0.2");
        }
        self.within("POL-132", "draw.dead_rate", "名录失效比例超出范围", draw.dead_rate, 0, 900);
    }

    fn disclosure(&mut self) {
        let disclosure = &self.policy.disclosure;
        let days = disclosure.certificate_days;
        if days > 366 {
            let expected = "0 到 366 天";
            self.error("POL-147", "disclosure.certificate_days", "证书公布日有误", days.to_string(), expected);
        }
        let days = disclosure.working_days;
        if !(1..=250).contains(&days) {
            self.error("POL-135", "disclosure.working_days", "公开期限有误", days.to_string(), "1 到 250 个工作日");
        } else if days > 20 {
            let what = "公开期限长于 20 个工作日";
            self.warning("POL-136", "disclosure.working_days", what, days.to_string(), "不超过 20");
        }
        let (month, day) = disclosure.plan_by;
        let value = format!("{month} 月 {day} 日");
        // 2027 is no leap year: 29 February must not be a deadline that exists every fourth year only.
        match NaiveDate::from_ymd_opt(2027, month, day) {
            None => {
                self.error("POL-137", "disclosure.plan_by", "年度计划公布日期不存在", value, "(月, 日)，如 (3, 31)");
            }
            Some(_) if month > 3 => {
                self.warning("POL-138", "disclosure.plan_by", "年度计划公布晚于 3 月底", value, "不晚于 3 月 31 日");
            }
            Some(_) => {}
        }
        for (field, name, texts) in
            [("matters", "检查事项", &disclosure.matters), ("manners", "检查方式", &disclosure.manners)]
        {
            if texts.is_empty() || texts.iter().any(|text| text.trim().is_empty()) {
                self.error(
                    "POL-139",
                    &format!("disclosure.{field}"),
                    &format!("{name}为空"),
                    "空",
                    "至少一项，均有文字",
                );
            }
        }
        let industries = &self.policy.key_industries;
        for (i, (code, _)) in industries.codes.iter().enumerate() {
            self.industry_code(&format!("key_industries.codes[{i}]"), code);
        }
        let places: Vec<(String, &str)> = industries
            .codes
            .iter()
            .enumerate()
            .map(|(i, (code, _))| (format!("key_industries.codes[{i}]"), code.as_str()))
            .collect();
        self.unique("POL-013", "重点行业代码重复", &places);
    }
}
