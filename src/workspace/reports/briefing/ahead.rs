//! What is ahead: who moved tier, the month that comes next, what needs a decision.

use std::collections::BTreeMap;

use super::done::summed_table;
use super::{MOST_ROWS, Told, count, figure, percent};
use crate::disclosure::{DeadlineState, LedgerState};
use crate::domain::PlanMonth;
use crate::export::slides::{Slide, SlideColumn, SlideFigure, SlideTable};
use crate::plan::model::Resource;
use crate::plan::{PlanCell, Shortage, ShortageKind};
use crate::text::number::grouped;
use crate::workspace::reports::charts::bodies_by_need;
use crate::workspace::reports::mandatory::compute_mandatory_months;
use crate::workspace::reports::status::About;

/// Rows of one kind on the page of decisions; the rest is counted.
const MOST_OF_A_KIND: usize = 3;
/// Names in a cell.
const NAMED: usize = 3;

/// Something to be decided.
struct Decision {
    red: bool,
    what: String,
    number: String,
    who: String,
}

impl Told<'_> {
    /// Who moved tier since the year began: counts, from tier to tier.
    pub(super) fn tiers(&self) -> Slide {
        let tiers = &self.project.policy.tiers;
        let moves = &self.moves;
        let (up, down) = (moves.raised(), moves.lowered());
        let (new, gone): (u64, u64) = (moves.appeared.iter().sum(), moves.vanished.iter().sum());
        let since = format!("{} 年 1 月 1 日", self.project.file.year);
        let title = if up + down == 0 {
            "年初以来没有污染源的等级变动".to_owned()
        } else {
            format!("年初以来 {} 个污染源等级升高，{} 个降低", count(up), count(down))
        };
        let mut columns = vec![SlideColumn::text("年初等级", 5)];
        columns.extend(tiers.iter().map(|tier| SlideColumn::number(&format!("现为 {}", tier.id), 3)));
        columns.push(SlideColumn::number("年初合计", 3));
        let mut rows = Vec::new();
        let mut sums = vec![0_u64; tiers.len() + 1];
        for (from, tier) in tiers.iter().enumerate() {
            let row = moves.moves.get(from).cloned().unwrap_or_default();
            let whole: u64 = row.iter().sum();
            let figures: Vec<u64> = row.iter().copied().chain([whole]).collect();
            sums.iter_mut().zip(&figures).for_each(|(sum, n)| *sum += n);
            let cells = figures.iter().map(|n| if *n == 0 { "—".to_owned() } else { count(*n) });
            rows.push(std::iter::once(format!("{} {}", tier.id, tier.name)).chain(cells).collect());
        }
        rows.push(std::iter::once("现在合计".to_owned()).chain(sums.iter().map(|n| count(*n))).collect());
        let mut lines = vec![format!("等级按评分划分，{since}的评分与 {} 月的评分相比。", self.view.month().month())];
        if new + gone > 0 {
            lines.push(format!("另有 {} 个新进名录，{} 个退出名录。", count(new), count(gone)));
        }
        Slide {
            title,
            figures: vec![
                SlideFigure {
                    alarm: up > down, ..figure("等级升高", count(up), "个", "风险增大，检查更频繁")
                },
                figure("等级降低", count(down), "个", "风险减小"),
                figure("等级不变", count(sums.last().copied().unwrap_or(0) - up - down), "个", ""),
            ],
            table: Some(SlideTable { columns, rows, total: true }),
            lines,
            source: "数据来源：本项目的名录与评分规则".to_owned(),
            ..Slide::default()
        }
    }

    /// The month that comes next: checks by body against its capacity.
    pub(super) fn next_month(&self) -> Slide {
        let plan = &self.view.analysis.plan;
        let month = self.view.month();
        let index = month.index_in(plan.year).unwrap_or(0);
        let cell = |body: usize| plan.matrix.get(body).and_then(|row| row.get(index));
        let team = Resource::TeamDays.index();
        let bodies = self.project.policy.bodies.len();
        let mut areas: Vec<(String, [u64; 6])> = (0..bodies)
            .filter_map(|body| {
                let cell = cell(body)?;
                // tenths of a day, so that sums are exact
                let tenths = |days: f64| (days * 10.0).round().max(0.0) as u64;
                let (have, unlimited) = cell.have[team].map_or((0, 1), |have| (tenths(have), 0));
                let figures = [
                    cell.drawn_visits().round() as u64,
                    cell.mandatory_visits().round() as u64,
                    cell.expected().round() as u64,
                    tenths(cell.need[team]),
                    have,
                    unlimited,
                ];
                Some((self.body_name(body).to_owned(), figures))
            })
            .collect();
        let load = |figures: &[u64; 6]| if figures[4] > 0 { figures[3] as f64 / figures[4] as f64 } else { 0.0 };
        areas.sort_by(|(_, a), (_, b)| load(b).total_cmp(&load(a)).then(b[2].cmp(&a[2])));
        let over = plan.overloads.iter().filter(|overload| usize::from(overload.month) == index);
        let over: Vec<&str> = over.map(|overload| overload.text.as_str()).collect();
        let city = PlanCell::sum((0..bodies).filter_map(cell));
        let short = self.shortages_of(index).count();
        let title = format!(
            "{} 月预计检查 {} 次，{}",
            month.month(),
            grouped(city.expected(), 0),
            match (short, over.len()) {
                (0, 0) => "力量够用".to_owned(),
                (0, n) => format!("{n} 处超载"),
                (n, _) => format!("{n} 项缺口须先解决"),
            }
        );
        let columns = vec![
            SlideColumn::text("执法主体", 6),
            SlideColumn::number("抽查", 2),
            SlideColumn::number("必查", 2),
            SlideColumn::number("合计", 2),
            SlideColumn::number("需组日", 3),
            SlideColumn::number("可用组日", 3),
            SlideColumn::number("负荷", 2),
        ];
        let table = summed_table(columns, &areas, ("执法主体", "全市"), |figures| {
            let days = |tenths: u64| grouped(tenths as f64 / 10.0, 1);
            let mut cells: Vec<String> = figures[..3].iter().map(|n| count(*n)).collect();
            cells.push(days(figures[3]));
            let unlimited = figures[5] > 0;
            cells.push(if unlimited { "不限".to_owned() } else { days(figures[4]) });
            cells.push(if unlimited { "—".to_owned() } else { percent(figures[3] as f64, figures[4] as f64) });
            cells
        });
        let months = compute_mandatory_months(&self.project.policy, &self.view.analysis.population.inputs);
        let mandatory = months.get(index).map(|month| month.sentence()).filter(|line| !line.is_empty());
        let mut notes: Vec<String> = self.shortages_of(index).map(|shortage| shortage.text.clone()).collect();
        notes.extend(over.iter().map(|text| (*text).to_owned()));
        Slide {
            title,
            table: Some(table),
            lines: mandatory.into_iter().collect(),
            notes: notes.join("\n"),
            source: "数据来源：本项目的年度计划与力量表；合计为各数四舍五入后相加".to_owned(),
            ..Slide::default()
        }
    }

    /// Blocking shortages of a month, or of no month in particular.
    fn shortages_of(&self, index: usize) -> impl Iterator<Item = &Shortage> {
        self.view.analysis.plan.blocking().filter(move |shortage| match &shortage.kind {
            ShortageKind::Resource { month, .. } => usize::from(*month) == index,
            ShortageKind::Floor(_) | ShortageKind::TooFewInspectors { .. } | ShortageKind::MissingSkill { .. } => true,
        })
    }

    /// What needs a decision: red first; sentence, number, who.
    pub(super) fn decisions(&self) -> Slide {
        let mut all = self.of_results();
        all.extend(self.of_plan());
        all.extend(self.of_policy());
        all.sort_by_key(|decision| !decision.red);
        let (red, whole) = (all.iter().filter(|decision| decision.red).count(), all.len());
        let title = match (red, whole) {
            (_, 0) => "目前没有需要决定的事项".to_owned(),
            (0, n) => format!("{n} 件事需要决定"),
            (red, n) => format!("{n} 件事需要决定，其中 {red} 件紧急"),
        };
        let columns = vec![
            SlideColumn::text("级别", 2),
            SlideColumn::text("事项", 14),
            SlideColumn::number("数量", 4),
            SlideColumn::text("由谁办", 7),
        ];
        let rows = all.iter().take(MOST_ROWS - 1).map(|decision| {
            let level = if decision.red { "红" } else { "黄" };
            vec![level.to_owned(), decision.what.clone(), decision.number.clone(), decision.who.clone()]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let mut lines = Vec::new();
        if whole > rows.len() {
            lines.push(format!("另有 {} 件，见「总览」的需要处理。", whole - rows.len()));
        }
        if rows.is_empty() {
            lines.push("计划可行，结果按期公开，没有逾期未改的问题。".to_owned());
        }
        Slide {
            title,
            table: (!rows.is_empty()).then_some(SlideTable { columns, rows, total: false }),
            lines,
            source: "数据来源：本项目的年度计划、公开期限与整改台账".to_owned(),
            ..Slide::default()
        }
    }

    fn agency(&self) -> String {
        self.project.policy.agency_name.clone()
    }

    /// Overdue disclosures and rectifications, checks without a result, bodies behind.
    fn of_results(&self) -> Vec<Decision> {
        let (status, mut found) = (&self.books.status, Vec::new());
        let overdue: Vec<&str> =
            status.board.of_state(DeadlineState::Overdue).map(|row| row.body_name.as_str()).collect();
        if !overdue.is_empty() {
            let days = self.project.policy.disclosure.working_days;
            found.push(Decision {
                red: true,
                what: format!("检查结果超过公开期限（{days} 个工作日）仍未公开"),
                number: format!("{} 项", count(overdue.len() as u64)),
                who: named(&overdue),
            });
        }
        let late: Vec<&str> = status
            .ledger
            .rows
            .iter()
            .filter(|row| row.state == LedgerState::Overdue)
            .map(|row| row.body_name.as_str())
            .collect();
        if !late.is_empty() {
            found.push(Decision {
                red: true,
                what: "整改期限已过，问题尚未销号".to_owned(),
                number: format!("{} 个", count(late.len() as u64)),
                who: named(&late),
            });
        }
        let missing: u64 = past(&status.open_checks, status.today).map(|(_, n)| *n as u64).sum();
        if missing > 0 {
            let months: Vec<String> =
                past(&status.open_checks, status.today).map(|(month, _)| format!("{} 月", month.month())).collect();
            found.push(Decision {
                red: false,
                what: format!("{}已结束，检查对象尚无结果", months.join("、")),
                number: format!("{} 个", count(missing)),
                who: "各执法主体".to_owned(),
            });
        }
        let rows = bodies_by_need(self.books, self.project.policy.bodies.len());
        let behind: Vec<&str> = rows.iter().filter(|row| row.is_behind()).map(|row| self.body_name(row.body)).collect();
        if !behind.is_empty() {
            found.push(Decision {
                red: false,
                what: "落后于进度（按工作日计），须催办或调剂力量".to_owned(),
                number: format!("{} 个主体", behind.len()),
                who: first_names(&behind),
            });
        }
        found
    }

    /// Shortages, overloads, rules not kept.
    fn of_plan(&self) -> Vec<Decision> {
        let plan = &self.view.analysis.plan;
        let mut found: Vec<Decision> = Vec::new();
        let blocking: Vec<&Shortage> = plan.blocking().collect();
        for shortage in blocking.iter().take(MOST_OF_A_KIND) {
            let (body, number) = match &shortage.kind {
                ShortageKind::Resource { body, resource, need, have, .. } => {
                    (Some(*body), format!("缺 {} {}", grouped(need - have, 1), resource.unit()))
                }
                ShortageKind::TooFewInspectors { body, have, need } => {
                    (Some(*body), format!("缺 {} 人", need.saturating_sub(*have)))
                }
                ShortageKind::MissingSkill { body, sites, .. } => (Some(*body), format!("{sites} 个污染源")),
                ShortageKind::Floor(floor) => (Some(floor.body), format!("{} 个污染源", floor.sites)),
            };
            let who = body.map_or_else(|| self.agency(), |body| self.body_name(usize::from(body)).to_owned());
            found.push(Decision { red: true, what: shortage.text.clone(), number, who });
        }
        if blocking.len() > MOST_OF_A_KIND {
            found.push(Decision {
                red: true,
                what: "其余缺口，未解决不能封存".to_owned(),
                number: format!("{} 项", blocking.len() - MOST_OF_A_KIND),
                who: self.agency(),
            });
        }
        let mut worst: Vec<_> = plan.overloads.iter().collect();
        worst.sort_by(|a, b| (b.need - b.have).total_cmp(&(a.need - a.have)));
        found.extend(worst.iter().take(MOST_OF_A_KIND).map(|overload| Decision {
            red: false,
            what: overload.text.clone(),
            number: format!("超 {} {}", grouped(overload.need - overload.have, 1), overload.resource.unit()),
            who: self.body_name(usize::from(overload.body)).to_owned(),
        }));
        if worst.len() > MOST_OF_A_KIND {
            found.push(Decision {
                red: false,
                what: "其余超载的月份".to_owned(),
                number: format!("{} 处", worst.len() - MOST_OF_A_KIND),
                who: self.agency(),
            });
        }
        let unkept: Vec<_> = plan.not_kept().collect();
        if let Some(first) = unkept.first() {
            found.push(Decision {
                red: true,
                what: format!("规则的频次要求没有满足，如：{}", first.text),
                number: format!("{} 项", unkept.len()),
                who: first.body.map_or_else(|| self.agency(), |body| self.body_name(usize::from(body)).to_owned()),
            });
        }
        found
    }

    /// Dates of the plan, seals that wait, values that nobody has confirmed.
    fn of_policy(&self) -> Vec<Decision> {
        let mut found: Vec<Decision> = self
            .books
            .status
            .attention
            .iter()
            .filter(|attention| matches!(attention.about, About::Plan | About::Draw))
            .map(|attention| Decision {
                red: false,
                what: attention.text.clone(),
                number: "—".to_owned(),
                who: self.agency(),
            })
            .collect();
        let unconfirmed = self.project.policy.unconfirmed(self.books.status.today).len();
        if unconfirmed > 0 {
            found.push(Decision {
                red: false,
                what: "规则中的数值依据未见原文或未定，须本单位确认".to_owned(),
                number: format!("{unconfirmed} 个"),
                who: self.agency(),
            });
        }
        found
    }
}

fn past(open: &[(PlanMonth, usize)], today: chrono::NaiveDate) -> impl Iterator<Item = &(PlanMonth, usize)> {
    open.iter().filter(move |(month, _)| month.last_day() < today)
}

/// Bodies with how often each comes, the most frequent first.
fn named(bodies: &[&str]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for body in bodies {
        *counts.entry(if body.is_empty() { "主体未知" } else { body }).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let words: Vec<String> = counts.iter().map(|(name, n)| format!("{name} {n}")).collect();
    first_names(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

fn first_names(names: &[&str]) -> String {
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join("、");
    if names.len() > NAMED { format!("{shown}等 {} 个", names.len()) } else { shown }
}
