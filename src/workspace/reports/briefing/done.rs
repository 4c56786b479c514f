//! What is behind: cover, the year, districts, bodies, disclosure, problems.

use std::collections::BTreeMap;

use super::{MOST_ROWS, Told, count, day_words, figure, map_of, percent};
use crate::chart::{Axis, Bars, Chart, ChartKind, Ink, Series};
use crate::diagnostic::AppResult;
use crate::disclosure::{DeadlineState, LedgerState};
use crate::export::slides::{Slide, SlideColumn, SlideFigure, SlidePicture, SlideTable};
use crate::registry::industry::IndustryTable;
use crate::registry::schema::sources;
use crate::text::number::grouped;
use crate::workspace::reports::areas::AreaFigures;
use crate::workspace::reports::charts::{beside, bodies_by_need, by_body, by_month};
use crate::workspace::reports::export::synthetic_mark;
use crate::workspace::reports::mandatory::{compute_capacity_use, month_sentences};

/// Where the figures come from.
const BOOKS: &str = "数据来源：本项目的年度计划、抽取记录与检查结果";

/// A table of the first areas, the others in one row, and all of them; `words` writes a row's figures.
pub(super) fn summed_table<const N: usize>(
    columns: Vec<SlideColumn>,
    areas: &[(String, [u64; N])],
    (others, all): (&str, &str),
    words: impl Fn(&[u64; N]) -> Vec<String>,
) -> SlideTable {
    let row = |name: String, figures: &[u64; N]| std::iter::once(name).chain(words(figures)).collect::<Vec<String>>();
    let shown = if areas.len() > MOST_ROWS { MOST_ROWS - 1 } else { areas.len() };
    let mut rows: Vec<Vec<String>> =
        areas.iter().take(shown).map(|(name, figures)| row(name.clone(), figures)).collect();
    let sum = |part: &[(String, [u64; N])]| {
        part.iter().fold([0; N], |sum, (_, figures)| std::array::from_fn(|i| sum[i] + figures[i]))
    };
    if areas.len() > shown {
        rows.push(row(format!("其余 {} 个{others}", areas.len() - shown), &sum(&areas[shown..])));
    }
    rows.push(row(all.to_owned(), &sum(areas)));
    SlideTable { columns, rows, total: true }
}

impl Told<'_> {
    pub(super) fn title(&self) -> String {
        format!("{} 年双随机检查工作简报", self.project.file.year)
    }

    pub(super) fn cover(&self) -> Slide {
        Slide {
            cover: true,
            title: self.title(),
            lead: [
                self.project.policy.agency_name.clone(),
                format!("截至 {}", day_words(self.books.status.today)),
                synthetic_mark(self.project).unwrap_or_default(),
            ]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect(),
            ..Slide::default()
        }
    }

    /// Planned, drawn, done, disclosed.
    pub(super) fn year(&self) -> Slide {
        let (view, books) = (self.view, self.books);
        let chart = by_month(self.project, view, Some(books), false);
        let city = books.areas.city;
        let completeness = &books.status.board.completeness;
        let overdue = books.status.board.of_state(DeadlineState::Overdue).count();
        let cells = view.analysis.plan.city_cells();
        let mandatory: u32 = cells.iter().flat_map(|cell| &cell.mandatory).sum();
        let drawn: f64 = cells.iter().flat_map(|cell| &cell.drawn).sum();
        let figures = vec![
            figure(
                "全年计划检查",
                grouped(view.areas.city.expected_year(), 0),
                "次",
                format!("抽查 {}、必查 {}", grouped(drawn, 0), count(u64::from(mandatory))),
            ),
            figure(
                "已抽取",
                count(u64::from(city.listed - city.triggered)),
                "项",
                beside(city.triggered).trim_start_matches('，').to_owned(),
            ),
            figure(
                "已完成",
                count(u64::from(city.done)),
                "项",
                format!("按工作日应完成 {} 项", grouped(books.due_by_today.city.floor(), 0)),
            ),
            SlideFigure {
                alarm: overdue > 0,
                ..figure(
                    "结果公开率",
                    completeness.share().percent_text(),
                    "",
                    if overdue > 0 { format!("逾期 {overdue} 项") } else { String::new() },
                )
            },
        ];
        let mut notes = month_sentences(&self.project.policy, &view.analysis);
        notes.extend(compute_capacity_use(&self.project.policy, &view.analysis.plan).map(|of| of.sentence()));
        notes.extend(view.analysis.plan.pressed_texts());
        Slide {
            title: chart.title.clone(),
            figures,
            source: BOOKS.to_owned(),
            picture: Some(SlidePicture::Chart(chart)),
            notes: notes.join("\n"),
            ..Slide::default()
        }
    }

    /// The map: what was done of what was listed; before the first draw what the year asks.
    pub(super) fn districts(&self) -> Slide {
        let set = &self.data.districts;
        let begun = self.books.areas.city.listed > 0;
        // of the plan tenths, so that the sum is the plan's and not one of rounded parts
        let mut areas: Vec<(String, [u64; 4])> = Vec::new();
        let mut values = Vec::new();
        for (i, district) in set.districts().iter().enumerate() {
            let progress = self.books.areas.districts.get(i).copied().unwrap_or_default();
            let due = self.books.due_by_today.districts.get(i).copied().unwrap_or_default();
            let year = self.view.areas.districts.get(i).map_or(0.0, AreaFigures::expected_year);
            let done = (progress.listed > 0).then(|| 100.0 * f64::from(progress.done) / f64::from(progress.listed));
            values.push(if begun { done } else { (year > 0.0).then_some(year) });
            areas.push((
                district.name.clone(),
                [
                    (year * 10.0).round() as u64,
                    u64::from(progress.listed),
                    (due * 10.0).floor() as u64,
                    u64::from(progress.done),
                ],
            ));
        }
        let behind = |figures: &[u64; 4]| (figures[2] / 10).saturating_sub(figures[3]);
        areas.sort_by(
            |(_, a), (_, b)| {
                if begun { behind(b).cmp(&behind(a)).then(b[1].cmp(&a[1])) } else { b[0].cmp(&a[0]) }
            },
        );
        let late = areas.iter().filter(|(_, figures)| behind(figures) > 0).count();
        let title = match areas.first() {
            Some((name, figures)) if late > 0 => {
                format!("{late} 个区落后于进度（按工作日计），{name}最多，落后 {} 项", count(behind(figures)))
            }
            Some(_) if begun => "各区均未落后于进度（按工作日计）".to_owned(),
            Some((name, figures)) => format!("{name}全年检查最多，{} 次", grouped(figures[0] as f64 / 10.0, 0)),
            None => "没有分区地图".to_owned(),
        };
        let columns = vec![
            SlideColumn::text("区", 4),
            SlideColumn::number("全年计划", 4),
            SlideColumn::number("已抽取", 3),
            SlideColumn::number("应完成", 3),
            SlideColumn::number("已完成", 3),
            SlideColumn::number("完成率", 3),
        ];
        let table = summed_table(columns, &areas, ("区", "各区合计"), |figures| {
            let mut cells = vec![grouped(figures[0] as f64 / 10.0, 0)];
            cells.extend([figures[1], figures[2] / 10, figures[3]].map(count));
            cells.push(percent(figures[3] as f64, figures[1] as f64));
            cells
        });
        let measure = if begun { ("完成率", "%") } else { ("全年预计检查", "次") };
        Slide {
            title,
            picture: Some(SlidePicture::Map(map_of(set, &values, measure, self.project))),
            table: Some(table),
            source: BOOKS.to_owned(),
            ..Slide::default()
        }
    }

    pub(super) fn bodies(&self) -> Slide {
        let chart = by_body(self.project, self.view, Some(self.books));
        let rows = bodies_by_need(self.books, self.project.policy.bodies.len());
        let behind: Vec<String> = rows
            .iter()
            .filter(|row| row.is_behind())
            .map(|row| format!("{}落后 {} 项", self.body_name(row.body), row.behind.floor()))
            .collect();
        Slide {
            title: chart.title.clone(),
            picture: Some(SlidePicture::Chart(chart)),
            notes: behind.join("\n"),
            source: BOOKS.to_owned(),
            ..Slide::default()
        }
    }

    /// In time, due, overdue, by body.
    pub(super) fn disclosure(&self) -> Slide {
        let board = &self.books.status.board;
        let all = &board.completeness;
        let state = |state| board.of_state(state).count();
        let (overdue, soon) = (state(DeadlineState::Overdue), state(DeadlineState::Soon));
        let mut areas: Vec<(String, [u64; 5])> = self
            .project
            .policy
            .bodies
            .iter()
            .filter_map(|body| {
                let own = board.by_body.get(&body.id)?;
                let of = |state| board.of_state(state).filter(|row| row.body.as_ref() == Some(&body.id)).count() as u64;
                let figures = [
                    own.finished - own.withheld,
                    own.published,
                    own.published_late,
                    of(DeadlineState::Soon),
                    of(DeadlineState::Overdue),
                ];
                Some((body.name.clone(), figures))
            })
            .collect();
        areas.sort_by(|(_, a), (_, b)| (b[4], b[3], b[0] - b[1]).cmp(&(a[4], a[3], a[0] - a[1])));
        let title = match (all.share().whole, overdue) {
            (0, _) => "尚无应公开的检查结果".to_owned(),
            (_, 0) => format!("检查结果公开 {}，没有逾期", all.share().percent_text()),
            (_, n) => format!("检查结果公开 {}，逾期 {n} 项", all.share().percent_text()),
        };
        let figures = vec![
            figure(
                "应公开",
                count(all.share().whole),
                "项",
                if all.withheld > 0 {
                    format!("另有依法不公开 {} 项", count(all.withheld))
                } else {
                    String::new()
                },
            ),
            figure(
                "按期公开",
                self.books.status.figures.disclosed_in_time.percent_text(),
                "",
                format!("最长逾期 {} 个工作日", all.longest_late),
            ),
            figure("即将到期", count(soon as u64), "项", "5 个工作日以内"),
            SlideFigure { alarm: overdue > 0, ..figure("已逾期", count(overdue as u64), "项", "") },
        ];
        let columns = vec![
            SlideColumn::text("执法主体", 6),
            SlideColumn::number("应公开", 3),
            SlideColumn::number("已公开", 3),
            SlideColumn::number("其中逾期公开", 4),
            SlideColumn::number("即将到期", 3),
            SlideColumn::number("逾期未公开", 4),
            SlideColumn::number("公开率", 3),
        ];
        let table = summed_table(columns, &areas, ("执法主体", "全市"), |figures| {
            let mut cells: Vec<String> = figures.iter().map(|n| count(*n)).collect();
            cells.push(percent(figures[1] as f64, figures[0] as f64));
            cells
        });
        Slide {
            title,
            figures,
            table: (all.share().whole > 0).then_some(table),
            lines: if all.share().whole > 0 {
                Vec::new()
            } else {
                vec![format!("检查完结后 {} 个工作日内向社会公开。", self.project.policy.disclosure.working_days)]
            },
            source: BOOKS.to_owned(),
            ..Slide::default()
        }
    }

    /// Problems found this year, by industry; what is open of the ledger.
    pub(super) fn problems(&self) -> AppResult<Slide> {
        let ledger = &self.books.status.ledger;
        let found = self.books.status.figures.problem_found;
        let (open, late) = (ledger.open().count(), ledger.count(LedgerState::Overdue));
        let title = if found.whole == 0 {
            "尚无检查结果".to_owned()
        } else {
            format!(
                "检查 {} 次，发现问题 {} 次（{}），{} 个问题尚未销号",
                count(found.whole),
                count(found.part),
                found.percent_text(),
                count(open as u64)
            )
        };
        let figures = vec![
            figure(
                "发现问题率",
                found.percent_text(),
                "",
                format!("{} 次中 {} 次", count(found.whole), count(found.part)),
            ),
            figure("已销号", count(ledger.closed().part), "个", format!("共 {} 个问题", count(ledger.closed().whole))),
            figure("尚未销号", count(open as u64), "个", ""),
            SlideFigure { alarm: late > 0, ..figure("逾期未改", count(late as u64), "个", "整改期限已过") },
        ];
        let industries = self.by_industry()?;
        let chart = (found.part > 0).then(|| industry_chart(&industries));
        Ok(Slide {
            title,
            figures,
            lines: if chart.is_some() { Vec::new() } else { vec!["没有发现问题的记录。".to_owned()] },
            picture: chart.map(SlidePicture::Chart),
            source: BOOKS.to_owned(),
            ..Slide::default()
        })
    }

    /// Checks that could be made and problems by division of industry, those with the most problems first.
    fn by_industry(&self) -> AppResult<Vec<(String, u64, u64)>> {
        let names = IndustryTable::shipped()?;
        let mut sums: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let year = self.project.file.year;
        let today = self.books.status.today;
        let made = self.books.results.iter().filter(|r| r.month.year() == year && r.inspected_on <= today);
        for result in made.filter(|result| result.outcome.is_inspected()) {
            let code = match self.data.registry.unit(result.unit_id.as_str()) {
                Some(unit) => sources::INDUSTRY.of(unit.frame)?.get(unit.row),
                None => None,
            };
            let division = code.and_then(|code| code.get(..2));
            let name = division.map_or("行业未知", |division| names.division(division).unwrap_or(division));
            let sum = sums.entry(name.to_owned()).or_default();
            sum.0 += 1;
            sum.1 += u64::from(result.outcome.is_problem());
        }
        let mut rows: Vec<(String, u64, u64)> =
            sums.into_iter().map(|(name, (checks, problems))| (name, checks, problems)).collect();
        rows.sort_by(|a, b| (b.2, b.1).cmp(&(a.2, a.1)).then_with(|| a.0.cmp(&b.0)));
        Ok(rows)
    }
}

fn industry_chart(industries: &[(String, u64, u64)]) -> Chart {
    let shown = if industries.len() > MOST_ROWS { MOST_ROWS - 1 } else { industries.len() };
    let mut rows: Vec<(String, u64, u64)> = industries.iter().take(shown).cloned().collect();
    if industries.len() > shown {
        let rest = &industries[shown..];
        let sum = |of: fn(&(String, u64, u64)) -> u64| rest.iter().map(of).sum();
        rows.push((format!("其余 {} 个行业", rest.len()), sum(|r| r.1), sum(|r| r.2)));
    }
    Chart {
        title: "发现问题最多的行业".to_owned(),
        x: Axis::new("行业大类", ""),
        y: Axis::new("检查", "次"),
        source: String::new(),
        kind: ChartKind::Bars(Bars {
            labels: rows.iter().map(|row| row.0.clone()).collect(),
            series: vec![
                Series::new("发现问题", Ink::Amber, rows.iter().map(|row| row.2 as f64).collect()),
                Series::new("未发现问题", Ink::Pale, rows.iter().map(|row| (row.1 - row.2) as f64).collect()),
            ],
            // no shares: a few checks of an industry are no rate, which 成效 gives with its interval
            notes: rows.iter().map(|row| format!("{} / {}", count(row.2), count(row.1))).collect(),
            ..Bars::default()
        }),
    }
}
