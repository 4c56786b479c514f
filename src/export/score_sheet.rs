//! Why a unit scores what it scores, as one page that the unit can be given: a web page made for printing.
//!
//! It speaks of this unit alone: no other unit's figures, no month of any check. What it holds was masked before.

use std::fmt::Write as _;

use chrono::NaiveDate;

use super::markup::escape;
use super::sanitise_file_name;
use crate::disclosure::{MaskCounts, Masker};
use crate::text::figure::{exact_points, points};

/// A line of a factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreText {
    /// The record or fact.
    pub what: String,
    /// How its points come about.
    pub sum: String,
    /// Points, thousandths.
    pub points: i64,
    /// When it falls next; empty for what no time lowers.
    pub next: String,
}

/// A factor of the score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreFactor {
    /// Name.
    pub name: String,
    /// What holds, in a word or two: a grade, a count.
    pub words: String,
    /// Points given, thousandths.
    pub points: i64,
    /// Most it can give.
    pub cap: i64,
    /// What the cap cuts off.
    pub beyond: i64,
    /// Articles, as one line.
    pub cite: String,
    /// Its lines; their points less what the cap cuts off are the factor's.
    pub lines: Vec<ScoreText>,
}

/// A unit's score, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreSheet {
    /// Agency.
    pub agency: String,
    /// Name of the unit.
    pub unit: String,
    /// Its facts besides: heading, text.
    pub facts: Vec<(String, String)>,
    /// Its number, told apart for masking.
    pub number: String,
    /// Its credit code.
    pub uscc: String,
    /// The day of reckoning.
    pub as_of: NaiveDate,
    /// The policy in force.
    pub policy: String,
    /// The score, thousandths.
    pub score: i64,
    /// Letter and name of the tier.
    pub tier: (String, String),
    /// Where the score lies between the tiers.
    pub standing: String,
    /// The factors that give points, the most first.
    pub factors: Vec<ScoreFactor>,
    /// When points fall by themselves, the next first.
    pub falls: Vec<String>,
    /// What the unit can do.
    pub lower: Vec<String>,
    /// `模拟数据`, where it applies.
    pub mark: Option<String>,
}

impl ScoreFactor {
    /// What the cap does, in words; empty where it cuts nothing off.
    #[must_use]
    pub fn cap_note(&self) -> String {
        if self.beyond <= 0 {
            return String::new();
        }
        format!("上限 {} 分，超出的 {} 分不计", exact_points(self.cap), exact_points(self.beyond))
    }

    /// Name and words: `环保信用等级：好`.
    #[must_use]
    pub fn title(&self) -> String {
        if self.words.is_empty() { self.name.clone() } else { format!("{}：{}", self.name, self.words) }
    }
}

impl ScoreSheet {
    /// Σ of the factors as it is written, with the score that it makes.
    #[must_use]
    pub fn sum(&self) -> String {
        let parts: Vec<String> = self.factors.iter().map(|factor| exact_points(factor.points)).collect();
        let exact = exact_points(self.score);
        let shown = points(self.score);
        let rounded = if exact == shown { String::new() } else { format!("，记 {shown} 分") };
        if parts.is_empty() { format!("{exact} 分") } else { format!("{} = {exact} 分{rounded}", parts.join(" + ")) }
    }

    /// The sheet without personal data, as the unit gets it.
    #[must_use]
    pub fn masked(&self, masker: &Masker) -> Self {
        let mut counts = MaskCounts::default();
        let individual = masker.is_individual(&self.unit, Some(self.uscc.as_str()), &self.number);
        let mut sheet = self.clone();
        sheet.unit = masker.mask_unit_name(&self.unit, individual, &mut counts);
        sheet.uscc = masker.mask_code(&self.uscc, individual, &mut counts);
        sheet.number = masker.mask_number(&self.number, individual, &mut counts);
        let mut hide = |text: &mut String| *text = masker.mask_text(text, &mut counts);
        sheet.facts.iter_mut().for_each(|(_, text)| hide(text));
        sheet.falls.iter_mut().chain(&mut sheet.lower).for_each(&mut hide);
        for line in sheet.factors.iter_mut().flat_map(|factor| &mut factor.lines) {
            hide(&mut line.what);
        }
        sheet
    }

    /// Name of its file.
    #[must_use]
    pub fn file_name(&self) -> String {
        let mark = self.mark.as_ref().map(|mark| format!("_{mark}")).unwrap_or_default();
        sanitise_file_name(&format!("{}_风险得分说明_{}{mark}", self.unit, self.as_of), "html")
    }
}

const STYLE: &str = "@page{size:A4;margin:16mm}body{font:13px/1.6 'Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif;color:#1b2a30;max-width:178mm;margin:12mm auto}\
h1{font-size:20px;margin:0 0 2px}h2{font-size:15px;margin:16px 0 4px}table{border-collapse:collapse;width:100%}td,th{padding:3px 6px;border-bottom:1px solid #d5dde0;text-align:left;vertical-align:top}\
th{font-weight:600;color:#51636b}.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}.f td{background:#eef4f5;font-weight:600}.m{color:#51636b;font-size:12px}\
.bar{display:inline-block;width:90px;height:8px;background:#dde5e8;vertical-align:middle}.bar i{display:block;height:8px;background:#0f6b75}.big{font-size:34px;font-weight:700}\
.mark{color:#a15c00}tr{break-inside:avoid}@media print{body{margin:0}}";

/// The page as HTML: nothing is loaded from elsewhere, so that it opens and prints without a network.
#[must_use]
pub fn render_score_sheet(sheet: &ScoreSheet) -> Vec<u8> {
    let mut page = String::with_capacity(16 * 1024);
    let title = format!("{} 风险得分说明", sheet.unit);
    let _ = writeln!(
        page,
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{}</title><style>{STYLE}</style></head><body>",
        escape(&title)
    );
    let mark = sheet
        .mark
        .as_deref()
        .map_or_else(String::new, |mark| format!("<span class=\"mark\">（{}）</span>", escape(mark)));
    let _ = writeln!(
        page,
        "<h1>{}{mark}</h1>\n<p class=\"m\">{}　基准日 {}　规则：{}</p>",
        escape(&title),
        escape(&sheet.agency),
        sheet.as_of,
        escape(&sheet.policy)
    );
    page.push_str("<table>");
    let own = [("统一社会信用代码", &sheet.uscc), ("排污许可证或登记编号", &sheet.number)];
    let facts = sheet.facts.iter().map(|(name, text)| (name.as_str(), text));
    for (name, text) in own.into_iter().chain(facts).filter(|(_, text)| !text.is_empty()) {
        let _ = write!(page, "<tr><th>{}</th><td>{}</td></tr>", escape(name), escape(text));
    }
    page.push_str("</table>\n");
    let _ = writeln!(
        page,
        "<p><span class=\"big\">{}</span> 分　风险等级 <b>{} {}</b>　<span class=\"m\">{}</span></p>\n<h2>得分构成</h2>\n<table><tr><th>因子与记录</th><th>计算</th><th class=\"n\">得分</th><th>何时降低</th></tr>",
        points(sheet.score),
        escape(&sheet.tier.0),
        escape(&sheet.tier.1),
        escape(&sheet.standing)
    );
    for factor in &sheet.factors {
        render_factor(&mut page, factor);
    }
    let _ = writeln!(page, "<tr class=\"f\"><td colspan=\"4\">合计：{}</td></tr></table>", escape(&sheet.sum()));
    for (heading, lines) in [("将自行降低的得分", &sheet.falls), ("怎样降低得分", &sheet.lower)] {
        if lines.is_empty() {
            continue;
        }
        let _ = write!(page, "<h2>{heading}</h2>\n<ul>");
        for line in lines {
            let _ = write!(page, "<li>{}</li>", escape(line));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("<p class=\"m\">得分只用于确定随机抽查的比例频次，不是行政处理决定。对所列记录有异议的，请凭证明材料向所列机关申请核对；更正后按更正的记录重新计分。</p>\n</body></html>\n");
    page.into_bytes()
}

fn render_factor(page: &mut String, factor: &ScoreFactor) {
    let width = (factor.points.max(0) * 100 / factor.cap.max(1)).min(100);
    let _ = writeln!(
        page,
        "<tr class=\"f\"><td>{}</td><td><span class=\"bar\"><i style=\"width:{width}%\"></i></span> 上限 {} 分</td><td class=\"n\">{}</td><td class=\"m\">{}</td></tr>",
        escape(&factor.title()),
        exact_points(factor.cap),
        exact_points(factor.points),
        escape(&factor.cap_note())
    );
    for line in &factor.lines {
        let _ = writeln!(
            page,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"m\">{}</td></tr>",
            escape(&line.what),
            escape(&line.sum),
            exact_points(line.points),
            escape(&line.next)
        );
    }
    if !factor.cite.is_empty() {
        let _ = writeln!(page, "<tr><td class=\"m\" colspan=\"4\">依据：{}</td></tr>", escape(&factor.cite));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_prints_its_lines_and_no_markup_of_its_data() {
        let line = |what: &str, points| ScoreText {
            what: what.to_owned(),
            sum: "10 分 × 80 %（12 个月内）".to_owned(),
            points,
            next: "2027-11 起按 50 % 计".to_owned(),
        };
        let sheet = ScoreSheet {
            agency: "某市生态环境局".into(),
            unit: "甲<乙>公司".into(),
            facts: vec![("行业".into(), "2511 原油加工".into())],
            number: String::new(),
            uscc: String::new(),
            as_of: NaiveDate::from_ymd_opt(2027, 1, 1).unwrap(),
            policy: "规则".into(),
            score: 20_850,
            tier: ("C".into(), "中风险".into()),
            standing: String::new(),
            factors: vec![ScoreFactor {
                name: "行政处罚".into(),
                words: "3 起".into(),
                points: 20_850,
                cap: 20_850,
                beyond: 3_150,
                cite: "某令第1条".into(),
                lines: vec![line("2025-10-27 罚款，联系人王建国，电话13812345678", 8_000), line("2024 罚款", 16_000)],
            }],
            falls: vec![],
            lower: vec!["修复信用".into()],
            mark: Some("模拟数据".into()),
        };
        let page = String::from_utf8(render_score_sheet(&sheet.masked(&Masker::default()))).unwrap();
        for words in [
            "甲&lt;乙&gt;公司",
            "20.9",
            "20.85 分，记 20.9 分",
            "超出的 3.15 分不计",
            "8.0",
            "怎样降低得分",
            "模拟数据",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains("13812345678") && !page.contains("将自行降低"), "{page}");
        assert_eq!(
            std::path::Path::new(&sheet.file_name()).extension().and_then(std::ffi::OsStr::to_str),
            Some("html")
        );
    }
}
