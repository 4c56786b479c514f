//! The plan of record against what became of it: approved plan (批准计划), rolling plan (滚动计划), drawn (已抽取) and
//! done (已完成), by body and month. Window, command line and workbook read the same values.
//!
//! All four count planned checks, drawn ones and mandatory ones; triggered checks stand beside the plan. The rolling
//! plan of a month that was drawn is the plan as it stood before the draw, so that it can be held against it for ever
//! after.

use crate::diagnostic::{AppResult, Finding};
use crate::disclosure::{PlanDates, VersionDates};
use crate::domain::BodyId;
pub use crate::export::RECORD_COLUMNS as FOUR;
use crate::export::{RecordRow, RecordTable};
use crate::plan::model::{ByMonth, MONTHS};
use crate::text::number::grouped;
use crate::workspace::inputs::analysis::Analysis;
pub use crate::workspace::inputs::plan_record::Listed;
use crate::workspace::inputs::plan_record::{drawn_months, listed_of, rolling_plan};
pub use crate::workspace::store::plan_record::{Approval, PlanFiles, Planned, load_plan_files};

/// Differences below this are not worth a word, visits.
const WORTH_A_WORD: f64 = 0.05;
/// Months and bodies that are named.
const MOST_NAMED: usize = 4;

/// The four columns of a body's month, or of a sum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct FourColumns {
    /// In the approved version; `None` where no version was kept, or it does not have the body.
    pub approved: Option<Planned>,
    /// In the rolling plan; before its draw, where the month was drawn.
    pub rolling: Planned,
    /// On the list; `None` while the month is not drawn.
    pub listed: Option<Listed>,
}

impl FourColumns {
    /// The four figures, in the order of [`FOUR`].
    #[must_use]
    pub fn figures(&self) -> [Option<f64>; 4] {
        [
            self.approved.map(Planned::total),
            Some(self.rolling.total()),
            self.listed.map(|listed| f64::from(listed.planned())),
            self.listed.map(|listed| f64::from(listed.done)),
        ]
    }

    /// Rolling less approved.
    #[must_use]
    pub fn difference(&self) -> Option<f64> {
        self.approved.map(|approved| self.rolling.total() - approved.total())
    }

    /// What the year is expected to come to by it: what was drawn, else the plan.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.listed.map_or(self.rolling.total(), |listed| f64::from(listed.planned()))
    }

    /// Sum of several.
    #[must_use]
    pub fn sum(cells: impl Iterator<Item = Self>) -> Self {
        cells.fold(Self::default(), |sum, cell| Self {
            approved: match (sum.approved, cell.approved) {
                (Some(a), Some(b)) => Some(a + b),
                (a, b) => a.or(b),
            },
            rolling: sum.rolling + cell.rolling,
            listed: match (sum.listed, cell.listed) {
                (Some(a), Some(b)) => Some([a, b].into_iter().sum()),
                (a, b) => a.or(b),
            },
        })
    }
}

/// A body's year.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyRecord {
    /// The body.
    pub body: BodyId,
    /// Its name.
    pub name: String,
    /// By month.
    pub months: ByMonth<FourColumns>,
}

impl BodyRecord {
    /// Sum of the year.
    #[must_use]
    pub fn year(&self) -> FourColumns {
        FourColumns::sum(self.months.into_iter())
    }
}

/// A version of the plan as it is listed.
#[derive(Debug, Clone, PartialEq)]
pub struct VersionLine {
    /// Version, from 1.
    pub version: u32,
    /// Its days.
    pub dates: VersionDates,
    /// Who approved and entered it; `None` where the plan of that version was not kept.
    pub approval: Option<Approval>,
    /// Checks of the year, where the plan was kept.
    pub visits: Option<Planned>,
    /// Whether it was feasible, where the plan was kept.
    pub feasible: Option<bool>,
}

impl VersionLine {
    /// In words.
    #[must_use]
    pub fn text(&self) -> String {
        let kept = match (&self.approval, self.visits) {
            (Some(approval), Some(visits)) => {
                let verdict = if self.feasible == Some(false) { "，当时有缺口或超载" } else { "" };
                format!(
                    "；{}批准，全年 {} 次（抽查 {}、必查 {}）{verdict}；{}登记",
                    approval.by,
                    grouped(visits.total(), 1),
                    grouped(visits.drawn, 1),
                    grouped(visits.mandatory, 1),
                    approval.operator
                )
            }
            _ if self.dates.approved_on.is_some() => "；批准时未留存计划，不能对照".to_owned(),
            _ => String::new(),
        };
        format!("第 {} 版：{}{kept}", self.version, self.dates.text())
    }
}

/// The versions of a project's plan, the first one first.
#[must_use]
pub fn plan_versions(dates: &PlanDates, files: &PlanFiles) -> Vec<VersionLine> {
    let lines = dates.versions.iter().enumerate();
    lines
        .map(|(at, dates)| {
            let version = at as u32 + 1;
            let kept = files.approved.get(&version);
            VersionLine {
                version,
                dates: *dates,
                approval: kept.and_then(|plan| plan.approval.clone()),
                visits: kept.map(crate::workspace::store::plan_record::PlanSnapshot::year_total),
                feasible: kept.map(|plan| plan.feasible),
            }
        })
        .collect()
}

/// The plan of record.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRecord {
    /// Year.
    pub year: i32,
    /// The approved version that is compared; `None` where none was kept.
    pub version: Option<u32>,
    /// Months that were drawn.
    pub drawn: ByMonth<bool>,
    /// Months drawn before their plan was kept: what was drawn stands for their plan.
    pub lost: ByMonth<bool>,
    /// Bodies in the order of the rules.
    pub bodies: Vec<BodyRecord>,
}

impl PlanRecord {
    /// The record of an analysis; against `version`, or the last version that was kept.
    ///
    /// # Errors
    /// `PLN-110` where that version was not kept.
    pub fn compute(analysis: &Analysis, files: &PlanFiles, version: Option<u32>) -> AppResult<Self> {
        let approved = match version {
            None => files.approved.last_key_value(),
            Some(wanted) => Some(files.approved.get_key_value(&wanted).ok_or_else(|| {
                Finding::error("PLN-110", format!("没有留存第 {wanted} 版年度计划"))
                    .hint("留存的版次可用 plan-dates 或「年度计划」页的计划对照查看")
            })?),
        };
        let drawn = drawn_months(analysis);
        let (rolling, lost) = rolling_plan(analysis, files);
        let bodies = rolling
            .iter()
            .zip(&analysis.plan.matrix)
            .map(|(plan, cells)| {
                let then = approved.and_then(|(_, approved)| approved.body(&plan.body));
                let cell = |m: usize| FourColumns {
                    approved: then.map(|then| then.month(m)),
                    rolling: plan.month(m),
                    listed: cells.get(m).filter(|_| drawn[m]).map(listed_of),
                };
                BodyRecord { body: plan.body.clone(), name: plan.name.clone(), months: std::array::from_fn(cell) }
            })
            .collect();
        Ok(Self { year: analysis.plan.year, version: approved.map(|(version, _)| *version), drawn, lost, bodies })
    }

    /// The city's months.
    #[must_use]
    pub fn city(&self) -> ByMonth<FourColumns> {
        std::array::from_fn(|m| FourColumns::sum(self.bodies.iter().map(|body| body.months[m])))
    }

    /// As a table of plain values, the city first, with what is to be said of it.
    #[must_use]
    pub fn table(&self) -> RecordTable {
        let row = |body: Option<&BodyId>, name: &str, months: &ByMonth<FourColumns>| RecordRow {
            body: body.cloned(),
            name: name.to_owned(),
            months: std::array::from_fn(|m| months[m].figures()),
        };
        let mut notes = vec![self.summary()];
        notes.extend(self.differences());
        let mut rows = vec![row(None, "全市", &self.city())];
        rows.extend(self.bodies.iter().map(|of| row(Some(&of.body), &of.name, &of.months)));
        RecordTable { notes, rows }
    }

    /// Triggered checks so far and those of them that are done: they stand beside the plan.
    #[must_use]
    pub fn triggered(&self) -> (u32, u32) {
        let all: Listed = self.bodies.iter().flat_map(|body| body.months).filter_map(|cell| cell.listed).sum();
        (all.triggered, all.triggered_done)
    }

    /// The city's year in a sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let year = FourColumns::sum(self.city().into_iter());
        let expected: f64 = self.city().iter().map(FourColumns::expected).sum();
        let number = |value: f64| grouped(value, 1);
        let approved = match (self.version, year.approved) {
            (Some(version), Some(approved)) => format!("批准计划（第 {version} 版）{} 次，", number(approved.total())),
            _ => String::new(),
        };
        let listed = year.listed.unwrap_or_default();
        let triggered = match self.triggered() {
            (0, _) => String::new(),
            (n, done) => format!("；另有触发式检查 {n} 次（已查 {done}），不计入计划"),
        };
        format!(
            "{} 年：{approved}滚动计划 {} 次，已抽取 {} 次，已完成 {} 次；已抽取加余下各月计划，全年预计 {} 次{triggered}",
            self.year,
            number(year.rolling.total()),
            grouped(f64::from(listed.planned()), 0),
            grouped(f64::from(listed.done), 0),
            number(expected)
        )
    }

    /// Why the rolling plan and what was drawn differ from the approved plan, in words, the whole first; empty
    /// without an approved plan.
    #[must_use]
    pub fn differences(&self) -> Vec<String> {
        let city = self.city();
        let year = FourColumns::sum(city.into_iter());
        let (Some(version), Some(approved)) = (self.version, year.approved) else { return Vec::new() };
        let whole = year.rolling.total() - approved.total();
        let mut lines = Vec::new();
        if whole.abs() < WORTH_A_WORD {
            lines.push(format!("全年与批准计划（第 {version} 版）相同"));
        } else {
            lines.push(format!(
                "全年比批准计划（第 {version} 版）{}：抽查 {}，必查 {}",
                moved(whole),
                signed(year.rolling.drawn - approved.drawn),
                signed(year.rolling.mandatory - approved.mandatory)
            ));
        }
        lines.extend(named("月份", (0..MONTHS).filter_map(|m| Some((month_name(m), city[m].difference()?)))));
        let bodies = self.bodies.iter();
        lines.extend(named("执法主体", bodies.filter_map(|b| Some((b.name.clone(), b.year().difference()?)))));
        let drawn: Vec<String> = (0..MONTHS)
            .filter(|m| !self.lost[*m])
            .filter_map(|m| {
                let off = f64::from(city[m].listed?.planned()) - city[m].rolling.total();
                (off.abs() >= WORTH_A_WORD).then(|| format!("{} {}", month_name(m), signed(off)))
            })
            .collect();
        if !drawn.is_empty() {
            lines.push(format!("实际抽取与抽取前计划之差（配额取整与名单变更）：{}", drawn.join("，")));
        }
        let lost: Vec<String> = (0..MONTHS).filter(|m| self.lost[*m]).map(month_name).collect();
        if !lost.is_empty() {
            lines.push(format!("{}抽取时未留存抽取前的计划，以实际抽取数代替", lost.join("、")));
        }
        lines
    }
}

fn month_name(month: usize) -> String {
    format!("{}月", month + 1)
}

/// A difference with its sign; nothing has none.
#[must_use]
pub fn signed(value: f64) -> String {
    let text = grouped(value, 1);
    if value > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("+{text}") } else { text }
}

fn moved(value: f64) -> String {
    format!("{} {} 次", if value < 0.0 { "减少" } else { "增加" }, grouped(value.abs(), 1))
}

/// The places that differ most, the greatest first.
fn named(what: &str, places: impl Iterator<Item = (String, f64)>) -> Option<String> {
    let mut places: Vec<(String, f64)> = places.filter(|(_, off)| off.abs() >= WORTH_A_WORD).collect();
    places.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    let more = places.len().saturating_sub(MOST_NAMED);
    let words: Vec<String> =
        places.into_iter().take(MOST_NAMED).map(|(name, off)| format!("{name} {}", signed(off))).collect();
    let more = if more > 0 { format!("，另有 {more} 个{what}有差异") } else { String::new() };
    (!words.is_empty()).then(|| format!("按{what}：{}{more}", words.join("，")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(approved: f64, rolling: f64, listed: Option<(u32, u32)>) -> FourColumns {
        FourColumns {
            approved: Some(Planned { drawn: approved, mandatory: 0.0 }),
            rolling: Planned { drawn: rolling - 1.0, mandatory: 1.0 },
            listed: listed.map(|(drawn, done)| Listed { drawn, done, triggered: 1, ..Listed::default() }),
        }
    }

    fn record() -> PlanRecord {
        let mut months = [cell(10.0, 10.0, None); MONTHS];
        months[0] = cell(10.0, 12.5, Some((12, 3)));
        let (mut drawn, lost) = ([false; MONTHS], [false; MONTHS]);
        drawn[0] = true;
        let body = BodyRecord { body: BodyId::new("310101").unwrap(), name: "黄浦局".to_owned(), months };
        PlanRecord { year: 2027, version: Some(2), drawn, lost, bodies: vec![body] }
    }

    #[test]
    fn differences_are_said_in_words() {
        let record = record();
        let lines = record.differences();
        assert_eq!(lines[0], "全年比批准计划（第 2 版）增加 2.5 次：抽查 −9.5，必查 +12.0");
        assert_eq!(lines[1], "按月份：1月 +2.5");
        assert_eq!(lines[2], "按执法主体：黄浦局 +2.5");
        assert_eq!(lines[3], "实际抽取与抽取前计划之差（配额取整与名单变更）：1月 −0.5");
        assert!(record.summary().contains("全年预计 122.0 次；另有触发式检查 1 次（已查 0）"), "{}", record.summary());
        assert_eq!(record.bodies[0].months[0].figures(), [Some(10.0), Some(12.5), Some(12.0), Some(3.0)]);
        assert_eq!(record.bodies[0].months[5].figures(), [Some(10.0), Some(10.0), None, None]);
        let mut open = record;
        open.version = None;
        for cell in &mut open.bodies[0].months {
            cell.approved = None;
        }
        assert!(open.differences().is_empty() && !open.summary().contains("批准"));
    }
}
