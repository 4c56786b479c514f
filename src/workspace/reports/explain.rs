//! Why a source scores what it scores, in words: each record with its points, age and article, what falls when, and
//! what would lower it.
//!
//! Made for one source on demand. The sums are the explanation's own ([`crate::risk::explain_site`]); here they only
//! get their words.

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use crate::diagnostic::AppResult;
use crate::disclosure::Masker;
use crate::export::{ScoreFactor, ScoreSheet, ScoreText};
use crate::policy::{EventTable, FactorRule, Policy, SiteFlag};
use crate::registry::schema::{complaints, credit, past_checks, sources, violations};
use crate::registry::vocabulary::{EnvRisk, KeyUnit};
use crate::registry::{IndustryTable, Registry};
use crate::risk::{Contribution, Fall, Ground, ScoreLine, SiteExplanation};
use crate::text::figure::exact_points;
use crate::workspace::inputs::analysis::Analysis;
use crate::workspace::inputs::explain::explain_source;
use crate::workspace::reports::export::synthetic_mark;
use crate::workspace::store::project::Project;

/// Falls told.
const FALLS: usize = 8;

/// The score of the source of a row, explained. Internal: [`company_sheet`] is what goes to the company.
///
/// # Errors
/// `RSK-…`, `FRM-001`, `WSP-008`, `IMP-084`.
pub fn explain_score(project: &Project, registry: &Registry, analysis: &Analysis, row: usize) -> AppResult<ScoreSheet> {
    let policy = &project.policy;
    let (explained, checks) = explain_source(project, registry, analysis, row)?;
    let words = Words { policy, registry, checks: &checks, row };
    let mut factors = Vec::new();
    let mut falls: Vec<(NaiveDate, String)> = Vec::new();
    let mut lower = Vec::new();
    for (place, ((contribution, lines), factor)) in explained.factors.iter().zip(&policy.factors).enumerate() {
        if lines.is_empty() && contribution.points.0 == 0 {
            continue;
        }
        let mut texts = Vec::with_capacity(lines.len());
        for line in lines {
            let text = words.line(contribution, line)?;
            if let Some(fall) = line.falls {
                falls.push((fall.on, fall_of(contribution, lines, line, fall, &text.what)));
            }
            texts.push(text);
        }
        lower.extend(words.lower(contribution, lines, &factor.rule));
        factors.push(ScoreFactor {
            name: contribution.name.clone(),
            words: words.title(lines)?,
            points: contribution.points.0,
            cap: contribution.cap.0,
            beyond: SiteExplanation::beyond_cap(contribution, lines),
            cite: policy.cite_part(&format!("factors[{place}]"), explained.as_of),
            lines: texts,
        });
    }
    factors.sort_by_key(|factor| std::cmp::Reverse(factor.points));
    falls.sort_by_key(|(on, _)| *on);
    let tiers = analysis.risk.tiers()?;
    let tier = usize::from(tiers.get(row).copied().unwrap_or_default());
    let text = |column: &crate::registry::columns::Column<crate::registry::columns::Text>| -> AppResult<String> {
        Ok(column.of(&registry.sources)?.get(row).unwrap_or_default().to_owned())
    };
    Ok(ScoreSheet {
        agency: policy.agency_name.clone(),
        unit: text(&sources::NAME)?,
        facts: words.facts()?,
        number: text(&sources::NUMBER)?,
        uscc: text(&sources::USCC)?,
        as_of: explained.as_of,
        policy: crate::policy::edit::scoring_in_force(policy),
        score: explained.score,
        tier: policy.tiers.get(tier).map(|tier| (tier.id.clone(), tier.name.clone())).unwrap_or_default(),
        standing: standing(policy, tier, explained.score),
        factors,
        falls: falls.into_iter().take(FALLS).map(|(_, text)| text).collect(),
        lower,
        mark: synthetic_mark(project),
    })
}

/// The explanation as the company gets it: its own data, without personal data and without inspectors' names.
///
/// # Errors
/// `FRM-001`.
pub fn company_sheet(sheet: &ScoreSheet, registry: &Registry) -> AppResult<ScoreSheet> {
    let people = registry.inspector_names()?;
    Ok(sheet.masked(&Masker::new(people.into_iter().map(|(id, name)| (name.to_owned(), id.to_owned())))))
}

/// Code and name of the industry of the source of a row; the code alone where the classes have no such.
///
/// # Errors
/// `FRM-001`, `IMP-084`.
pub fn industry_of(registry: &Registry, row: usize) -> AppResult<Option<String>> {
    let Some(code) = sources::INDUSTRY.of(&registry.sources)?.get(row) else { return Ok(None) };
    let classes = IndustryTable::shipped()?;
    Ok(Some(classes.name(code).map_or_else(|| code.to_owned(), |name| format!("{code} {name}"))))
}

/// Where the score lies between the tiers.
fn standing(policy: &Policy, tier: usize, score: i64) -> String {
    let mut parts = Vec::new();
    if let Some(above) = tier.checked_sub(1).and_then(|above| policy.tiers.get(above)) {
        parts.push(format!("再高 {} 分为{}（{}）", exact_points(above.min_score.0 - score), above.name, above.id));
    }
    if let (Some(own), Some(below)) = (policy.tiers.get(tier), policy.tiers.get(tier + 1)) {
        let gap = score - own.min_score.0 + 1;
        parts.push(format!("降低 {} 分以上为{}（{}）", exact_points(gap - 1), below.name, below.id));
    }
    parts.join("；")
}

/// `80 %` of thousandths.
fn percent(share: i64) -> String {
    let text = format!("{}.{}", share / 10, share % 10);
    format!("{} %", text.trim_end_matches(".0"))
}

/// The factor's points with other points in place of a line's.
fn with_line(contribution: &Contribution, lines: &[ScoreLine], line: &ScoreLine, points: i64) -> i64 {
    let sum: i64 = lines.iter().map(|line| line.points).sum();
    (sum - line.points + points).min(contribution.cap.0)
}

/// A line's next fall, and what it does to the score.
fn fall_of(contribution: &Contribution, lines: &[ScoreLine], line: &ScoreLine, fall: Fall, what: &str) -> String {
    let drop = contribution.points.0 - with_line(contribution, lines, line, fall.points);
    let from = fall.on.format("%Y-%m");
    let to = if fall.share == 0 { "不再计分".to_owned() } else { format!("按 {} 计", percent(fall.share)) };
    let effect = if drop > 0 {
        format!("得分降低 {} 分", exact_points(drop))
    } else {
        "该因子仍达上限，得分暂不变".to_owned()
    };
    format!("{from} 起：{}「{what}」{to}，{effect}", contribution.name)
}

/// Words for the lines of one source.
struct Words<'a> {
    policy: &'a Policy,
    registry: &'a Registry,
    /// The checks that the explanation counted.
    checks: &'a DataFrame,
    row: usize,
}

impl Words<'_> {
    fn source_text(
        &self,
        column: &crate::registry::columns::Column<crate::registry::columns::Text>,
    ) -> AppResult<Option<String>> {
        Ok(column.of(&self.registry.sources)?.get(self.row).map(str::to_owned))
    }

    fn source_day(
        &self,
        column: &crate::registry::columns::Column<crate::registry::columns::Day>,
    ) -> AppResult<Option<NaiveDate>> {
        Ok(column.of(&self.registry.sources)?.get(self.row).copied().flatten())
    }

    fn facts(&self) -> AppResult<Vec<(String, String)>> {
        let mut facts = Vec::new();
        let body = self.source_text(&sources::BODY)?;
        let body = body.and_then(|id| self.policy.bodies.iter().find(|body| body.id.as_str() == id));
        facts.push(("执法主体".to_owned(), body.map_or_else(String::new, |body| body.name.clone())));
        facts.push(("行业类别".to_owned(), self.industry()?));
        Ok(facts.into_iter().filter(|(_, text)| !text.is_empty()).collect())
    }

    fn industry(&self) -> AppResult<String> {
        Ok(industry_of(self.registry, self.row)?.unwrap_or_default())
    }

    /// What holds of a factor, in a word or two beside its bar.
    fn title(&self, lines: &[ScoreLine]) -> AppResult<String> {
        let records = |unit: &str| {
            let count: u32 =
                lines.iter().map(|line| if let Ground::Days { count, .. } = line.ground { count } else { 1 }).sum();
            format!("{count} {unit}")
        };
        Ok(match lines.first().map(|line| &line.ground) {
            None => String::new(),
            Some(Ground::Record { table, .. }) => records(unit_of(*table)),
            Some(Ground::Days { .. }) => records(unit_of(EventTable::Monitoring)),
            Some(Ground::Management(category)) => category.map_or("未填", |category| category.label()).to_owned(),
            Some(Ground::KeyUnits { lists, .. }) => format!("列入 {lists} 个名录"),
            Some(Ground::Grade(grade)) => self.grade(*grade),
            Some(Ground::EnvRisk(level)) => env_risk(*level).to_owned(),
            Some(Ground::Flag(_)) => "是".to_owned(),
            Some(Ground::Industry) => self.industry()?,
            Some(Ground::Unvisited { months, .. }) => {
                months.map_or_else(|| "没有检查记录".to_owned(), |months| format!("{months} 个月"))
            }
        })
    }

    fn grade(&self, grade: Option<u8>) -> String {
        let rule = grade.and_then(|grade| self.policy.credit.grades.get(usize::from(grade)));
        rule.map_or_else(|| "没有等级".to_owned(), |rule| rule.name.clone())
    }

    fn line(&self, contribution: &Contribution, line: &ScoreLine) -> AppResult<ScoreText> {
        let next = line.falls.map_or_else(String::new, |fall| {
            let from = fall.on.format("%Y-%m");
            if fall.share == 0 {
                format!("{from} 起不再计")
            } else {
                format!("{from} 起按 {} 计（{} 分）", percent(fall.share), exact_points(fall.points))
            }
        });
        let (what, sum) = match &line.ground {
            Ground::Record { table, row, each, share, within, minor } => {
                let minor = minor.map_or_else(String::new, |minor| format!(" × {}（轻微情形）", percent(minor)));
                let sum = format!("{} 分 × {}（{within} 个月内）{minor}", exact_points(*each), percent(*share));
                (self.record(*table, *row as usize)?, sum)
            }
            Ground::Days { month, count, each, share, within } => (
                format!("{} 自动监控日均值超标 {count} 日次（同一排口一日计一次）", month.format("%Y-%m")),
                format!("{} 分 × {count} × {}（{within} 个月内）", exact_points(*each), percent(*share)),
            ),
            Ground::KeyUnits { lists, each } => {
                let names = self.source_text(&sources::KEY_UNIT)?.unwrap_or_default();
                (format!("列入重点单位名录：{}", key_units(&names)), format!("{} 分 × {lists}", exact_points(*each)))
            }
            Ground::Grade(grade) => (self.graded(*grade)?, String::new()),
            Ground::Unvisited { months: Some(months), per_month } => (
                format!("距上次检查 {months} 个月{}", self.last_check()?),
                format!("{} 分 × {months} 个月", exact_points(*per_month)),
            ),
            Ground::Flag(flag) => (self.flag(*flag)?, String::new()),
            _ => (contribution.name.clone() + "：" + &self.title(std::slice::from_ref(line))?, String::new()),
        };
        Ok(ScoreText { what, sum, points: line.points, next })
    }

    /// The last check known, in brackets.
    fn last_check(&self) -> AppResult<String> {
        let own = self.source_text(&sources::UNIT_ID)?;
        let (units, days) = (past_checks::UNIT_ID.of(self.checks)?, past_checks::DATE.of(self.checks)?);
        let of = units.iter().zip(days.iter()).filter(|(unit, _)| *unit == own.as_deref()).filter_map(|(_, day)| *day);
        Ok(of.max().map_or_else(String::new, |day| format!("（{day}）")))
    }

    /// The grade with the year it was given for.
    fn graded(&self, grade: Option<u8>) -> AppResult<String> {
        let words = self.grade(grade);
        let enterprise = self.source_text(&sources::ENTERPRISE)?;
        let frame = &self.registry.credit;
        let (of, index) = (credit::ENTERPRISE.of(frame)?, credit::GRADE_INDEX.of(frame)?);
        let years = credit::YEAR.of(frame)?;
        let own = of.iter().zip(index.iter()).zip(years.iter());
        let year = own
            .filter(|((of, index), _)| {
                of.is_some() && *of == enterprise.as_deref() && index.is_some() && **index == grade
            })
            .filter_map(|(_, year)| *year)
            .max();
        Ok(match (grade, year) {
            (Some(_), Some(year)) => format!("{year} 年度环保信用等级：{words}"),
            (Some(_), None) => format!("环保信用等级：{words}"),
            (None, _) => "没有环保信用等级".to_owned(),
        })
    }

    fn flag(&self, flag: SiteFlag) -> AppResult<String> {
        let on = |day: Option<NaiveDate>, words: &str| {
            day.map_or_else(|| words.to_owned(), |day| format!("{words}（{day}）"))
        };
        Ok(match flag {
            SiteFlag::Supervised => "挂牌督办期间".to_owned(),
            SiteFlag::ReportsOverdue => "执行报告逾期未报".to_owned(),
            SiteFlag::SelfMonitoringOverdue => "自行监测缺失".to_owned(),
            SiteFlag::Rectification => on(self.source_day(&sources::RECTIFY_BY)?, "限期整改期内，整改期限"),
            SiteFlag::RecentPermitEvent => on(self.source_day(&sources::PERMIT_EVENT_DATE)?, "近一年新证、延续或变更"),
            SiteFlag::Expired => on(self.source_day(&sources::EXPIRES)?, "排污许可证已到期"),
        })
    }

    /// A record of a table in words.
    fn record(&self, table: EventTable, row: usize) -> AppResult<String> {
        let mut parts: Vec<String> = Vec::new();
        let day = |day: Option<NaiveDate>| day.map_or_else(|| "日期不详".to_owned(), |day| day.to_string());
        match table {
            EventTable::Violations => {
                let frame = &self.registry.violations;
                let text = |column: &crate::registry::columns::Column<crate::registry::columns::Text>| {
                    column.of(frame).map(|cells| cells.get(row).unwrap_or_default().to_owned())
                };
                parts.push(day(violations::DATE.of(frame)?.get(row).copied().flatten()));
                let kind = text(&violations::PENALTY_KIND)?;
                let amount = violations::AMOUNT_WAN.of(frame)?.get(row).copied().flatten();
                let amount =
                    amount.map_or_else(String::new, |n| format!(" {} 万元", crate::text::number::shortened(n, 4)));
                parts.push(format!("{}{amount} 1 起", if kind.is_empty() { "行政处罚" } else { &kind }));
                parts.push(text(&violations::KIND)?);
                parts.push(text(&violations::DOCUMENT)?);
                parts.push(text(&violations::AUTHORITY)?);
            }
            EventTable::Complaints => {
                let frame = &self.registry.complaints;
                parts.push(day(complaints::DATE.of(frame)?.get(row).copied().flatten()));
                parts.push("属实投诉 1 件".to_owned());
                parts.push(complaints::POLLUTION.of(frame)?.get(row).unwrap_or_default().to_owned());
            }
            EventTable::ProblemsFound | EventTable::Monitoring => {
                let frame = self.checks;
                parts.push(day(past_checks::DATE.of(frame)?.get(row).copied().flatten()));
                parts.push("检查发现问题 1 次".to_owned());
                parts.push(past_checks::DEPARTMENT.of(frame)?.get(row).unwrap_or_default().to_owned());
                parts.push(past_checks::RESULT.of(frame)?.get(row).unwrap_or_default().to_owned());
            }
        }
        let mut parts = parts.into_iter().filter(|part| !part.is_empty());
        let first = parts.next().unwrap_or_default();
        Ok(format!("{first} {}", parts.collect::<Vec<_>>().join("，")))
    }

    /// What the unit can do about a factor, and what it would give.
    fn lower(&self, contribution: &Contribution, lines: &[ScoreLine], rule: &FactorRule) -> Vec<String> {
        let mut found = Vec::new();
        let give = |points: i64| format!("得分降低 {} 分", exact_points(contribution.points.0 - points));
        for (at, line) in lines.iter().enumerate() {
            let without = with_line(contribution, lines, line, 0);
            let way = match (&line.ground, rule) {
                (Ground::Record { table: EventTable::Violations, .. }, _) => {
                    // one sentence for all penalties: each is repaired by itself
                    if at > 0 {
                        continue;
                    }
                    format!("行政处罚完成信用修复的不再计分；全部修复后，{}", give(0))
                }
                (Ground::Grade(Some(grade)), FactorRule::Credit { points, .. }) => {
                    let better =
                        grade.checked_sub(1).and_then(|better| Some((better, points.get(usize::from(better))?)));
                    let Some((better, points)) = better.filter(|(_, points)| points.0 < line.points) else { continue };
                    let points = with_line(contribution, lines, line, points.0);
                    format!("信用等级提高到「{}」的，{}", self.grade(Some(better)), give(points))
                }
                (Ground::Flag(flag), _) => format!("{}，{}", remedy(*flag), give(without)),
                (Ground::Unvisited { .. }, _) => format!("接受一次检查后重新起算，{}", give(without)),
                (Ground::EnvRisk(level), _) if *level < 2 => {
                    "经重新评估、环境风险等级降低并更新名录的，按新的等级计分".to_owned()
                }
                _ => continue,
            };
            found.push(way);
        }
        found
    }
}

fn unit_of(table: EventTable) -> &'static str {
    match table {
        EventTable::Violations => "起",
        EventTable::Complaints => "件",
        EventTable::Monitoring => "日次",
        EventTable::ProblemsFound => "次",
    }
}

fn env_risk(level: u8) -> &'static str {
    EnvRisk::ALL.get(usize::from(level)).map_or("", |level| level.label())
}

/// The names of the lists of key units, from their ids.
fn key_units(ids: &str) -> String {
    let name = |id: &str| {
        let known = KeyUnit::from_id(id);
        known.map_or_else(|| id.to_owned(), |list| list.label().to_owned())
    };
    ids.split(';').map(str::trim).filter(|id| !id.is_empty()).map(name).collect::<Vec<_>>().join("、")
}

/// How a flag is cleared.
fn remedy(flag: SiteFlag) -> &'static str {
    match flag {
        SiteFlag::Supervised => "解除挂牌督办后",
        SiteFlag::ReportsOverdue => "补报执行报告后",
        SiteFlag::SelfMonitoringOverdue => "补齐自行监测后",
        SiteFlag::Rectification => "按期完成整改并核查通过后",
        SiteFlag::RecentPermitEvent => "许可事项满十二个月后",
        SiteFlag::Expired => "办理延续、取得新证后",
    }
}
