//! Ids, bodies, articles and the bases that name them.

use std::collections::BTreeSet;

use crate::domain::DistrictCode;

use super::super::POLICY_FORMAT;
use super::{Checker, is_id};

const ID: &str = "1 到 24 位小写字母、数字或下划线";

impl Checker<'_> {
    pub(super) fn book(&mut self) {
        self.head();
        self.ids();
        self.bodies();
        self.articles();
        self.bases();
        self.decisions();
    }

    fn head(&mut self) {
        let policy = self.policy;
        if policy.format != POLICY_FORMAT {
            let expected = POLICY_FORMAT.to_string();
            self.error("POL-009", "format", "规则格式不是当前格式", policy.format.to_string(), &expected);
        }
        let good = (1..=40).contains(&policy.id.len())
            && policy.id.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase() || matches!(b, b'_' | b'-'));
        if !good {
            self.error("POL-010", "id", "规则编号有误", &policy.id, "1 到 40 位小写字母、数字、下划线或连字符");
        }
        let agency = &policy.agency;
        if !(2..=18).contains(&agency.len()) || !agency.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            self.error("POL-011", "agency", "机关代码有误", agency, "2 到 18 位大写字母或数字，如 310000");
        }
        for (path, text) in [("name", &policy.name), ("agency_name", &policy.agency_name)] {
            if text.trim().is_empty() {
                self.error("POL-012", path, "名称为空", text, "名称");
            }
        }
    }

    fn ids(&mut self) {
        let policy = self.policy;
        let groups: [(&str, Vec<(String, &str)>); 5] = [
            ("类别", list("categories", "id", policy.categories.iter().map(|c| c.id.as_str()))),
            ("风险因子", list("factors", "id", policy.factors.iter().map(|f| f.id.as_str()))),
            ("专长", list("skills", "id", policy.skills.iter().map(|s| s.id.as_str()))),
            ("风险等级", list("tiers", "id", policy.tiers.iter().map(|t| t.id.as_str()))),
            ("必查事由", list("mandatory", "reason", policy.mandatory.iter().map(|m| m.reason.as_str()))),
        ];
        for (kind, places) in &groups {
            for (path, id) in places {
                // Tiers are shown beside a colour and may be upper-case letters; reasons stand in sealed frames.
                let good = match *kind {
                    "风险等级" => (1..=8).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()),
                    "必查事由" => is_id(id) && !id.bytes().any(|b| b.is_ascii_digit()),
                    _ => is_id(id),
                };
                let expected = match *kind {
                    "风险等级" => "1 到 8 位字母或数字",
                    "必查事由" => "1 到 24 位小写字母或下划线",
                    _ => ID,
                };
                if !good {
                    self.error("POL-010", path, &format!("{kind}编号有误"), id, expected);
                }
            }
            self.unique("POL-013", &format!("{kind}编号重复"), places);
        }
        let names: [(&str, Vec<(String, &str)>); 3] = [
            ("类别", list("categories", "name", policy.categories.iter().map(|c| c.name.as_str()))),
            ("风险因子", list("factors", "name", policy.factors.iter().map(|f| f.name.as_str()))),
            ("风险等级", list("tiers", "name", policy.tiers.iter().map(|t| t.name.as_str()))),
        ];
        for (kind, places) in &names {
            for (path, name) in places {
                if name.trim().is_empty() {
                    self.error("POL-012", path, &format!("{kind}名称为空"), name, "名称");
                }
            }
        }
    }

    fn bodies(&mut self) {
        let policy = self.policy;
        self.unique("POL-013", "执法主体编号重复", &list("bodies", "id", policy.bodies.iter().map(|b| b.id.as_str())));
        // A spelling must lead to one body only, or a file's rows would land with whichever comes first.
        let mut spellings: Vec<(String, &str)> = Vec::new();
        let mut districts: BTreeSet<DistrictCode> = BTreeSet::new();
        for (i, body) in policy.bodies.iter().enumerate() {
            spellings.push((format!("bodies[{i}].name"), body.name.as_str()));
            for (j, alias) in body.aliases.iter().enumerate() {
                spellings.push((format!("bodies[{i}].aliases[{j}]"), alias.as_str()));
            }
            if body.name.trim().is_empty() {
                self.error("POL-012", &format!("bodies[{i}].name"), "执法主体名称为空", &body.name, "名称");
            }
            if let Some(code) = body.district {
                let path = format!("bodies[{i}].district");
                if DistrictCode::new(code.0).is_none() {
                    self.error("POL-018", &path, "行政区划代码有误", code.0.to_string(), "6 位代码，如 310115");
                } else if !districts.insert(code) {
                    let what = "一个区有两个默认执法主体";
                    self.error("POL-019", &path, what, code.to_string(), "每个区至多一个；其余写 None");
                }
            }
        }
        self.unique("POL-014", "执法主体的名称或别名重复，无法区分", &spellings);
    }

    fn articles(&mut self) {
        let policy = self.policy;
        for (i, article) in policy.articles.iter().enumerate() {
            let path = format!("articles[{i}]");
            if !is_id(&article.id) {
                self.error("POL-010", &format!("{path}.id"), "条款编号有误", &article.id, ID);
            }
            if article.document.trim().is_empty() || article.text.trim().is_empty() {
                self.error("POL-022", &path, "条款缺少文件名称或内容", &article.id, "document 与 text 均填写");
            }
            if article.valid_to.is_some_and(|last| last < article.valid_from) {
                let value = article.valid_to.map_or_else(String::new, |last| last.to_string());
                let expected = format!("不早于 {}", article.valid_from);
                self.error("POL-020", &format!("{path}.valid_to"), "条款失效日期早于生效日期", value, &expected);
            }
            for (j, earlier) in policy.articles.iter().enumerate().take(i) {
                let overlap = earlier.id == article.id
                    && earlier.valid_to.is_none_or(|last| article.valid_from <= last)
                    && article.valid_to.is_none_or(|last| earlier.valid_from <= last);
                if overlap {
                    let expected = format!("不与 articles[{j}] 的有效期重叠");
                    let value = format!("{} 起", article.valid_from);
                    let what = "同一编号的条款有效期重叠，引用将不唯一";
                    self.error("POL-021", &format!("{path}.valid_from"), what, value, &expected);
                }
            }
        }
    }

    /// A decision about a part that is no more confirms nothing.
    fn decisions(&mut self) {
        let policy = self.policy;
        let known: Vec<String> = policy.bases().into_iter().map(|(placed, ..)| policy.part_id(&placed)).collect();
        for (i, decision) in policy.decisions.iter().enumerate() {
            if !known.contains(&decision.part) {
                let what = "确认所指的项不在规则中";
                self.warning("POL-145", &format!("decisions[{i}]"), what, &decision.part, "规则中的一项");
            }
        }
    }

    fn bases(&mut self) {
        let policy = self.policy;
        let known: BTreeSet<&str> = policy.articles.iter().map(|a| a.id.as_str()).collect();
        for (path, name, basis) in policy.bases() {
            let path = if path == "max_ratio" { "max_ratio_basis".to_owned() } else { format!("{path}.basis") };
            if basis.is_empty() {
                self.warning("POL-016", &path, &format!("{name}没有依据"), "空", "至少一个条款编号");
            }
            for (i, id) in basis.iter().enumerate() {
                if !known.contains(id.as_str()) {
                    self.error("POL-015", &format!("{path}[{i}]"), "依据的条款不存在", id, "articles 中的编号");
                }
            }
        }
    }
}

/// Path and text of a field of every element.
fn list<'a>(table: &str, field: &str, texts: impl Iterator<Item = &'a str>) -> Vec<(String, &'a str)> {
    texts.enumerate().map(|(i, text)| (format!("{table}[{i}].{field}"), text)).collect()
}
