//! What the inspections say of the city: compliance with its interval, from the answer that 成效 gives.

use super::{MOST_ROWS, Told, figure};
use crate::diagnostic::{AppResult, Progress};
use crate::export::slides::{Slide, SlideColumn, SlideTable};
use crate::text::number::grouped;
use crate::workspace::reports::effect::{GroupKind, Rate, compute_effect, effect_sentences};

fn percent(share: f64) -> String {
    format!("{}%", grouped(share * 100.0, 1))
}

fn interval(rate: &Rate) -> String {
    format!("{} 至 {}", percent(rate.interval.0), percent(rate.interval.1))
}

impl Told<'_> {
    /// Compliance of the city and its districts, never without the interval.
    pub(super) fn effect(&self, progress: &Progress) -> AppResult<Slide> {
        let source = "数据来源：按抽取设计加权估计，详见「成效」".to_owned();
        let effect =
            compute_effect(self.project, &self.data.registry, &self.data.districts, &self.view.analysis, progress)?;
        let sentences = effect_sentences(&effect);
        let Some(city) = effect.city() else {
            let title = "检查结果录入后估计合规率".to_owned();
            return Ok(Slide { title, lines: sentences.into_iter().take(1).collect(), source, ..Slide::default() });
        };
        let cover = effect.cover.share().map_or_else(|| "—".to_owned(), percent);
        let figures = vec![
            figure("全市合规率", percent(city.compliance), "", effect.span()),
            figure("95% 区间", interval(city), "", city.standing.label()),
            figure("据以估计", grouped(city.observed as f64, 0), "个单位", format!("尚无结果 {} 个", effect.missing)),
            figure("抽取可及", cover, "", "占在册单位"),
        ];
        let mut rates: Vec<&Rate> = effect.of_kind(GroupKind::District).collect();
        rates.sort_by(|a, b| a.compliance.total_cmp(&b.compliance).then_with(|| a.group.cmp(&b.group)));
        let rows: Vec<Vec<String>> = rates
            .iter()
            .take(MOST_ROWS)
            .map(|rate| {
                vec![
                    rate.group.clone(),
                    percent(rate.compliance),
                    interval(rate),
                    grouped(rate.observed as f64, 0),
                    rate.standing.label().to_owned(),
                ]
            })
            .collect();
        let columns = vec![
            SlideColumn::text("区（合规率由低到高）", 6),
            SlideColumn::number("合规率", 3),
            SlideColumn::number("95% 区间", 5),
            SlideColumn::number("观测单位", 3),
            SlideColumn::text("说明", 5),
        ];
        Ok(Slide {
            title: format!("全市合规率 {}（95% 区间 {}）", percent(city.compliance), interval(city)),
            figures,
            table: (!rows.is_empty()).then_some(SlideTable { columns, rows, total: false }),
            notes: sentences.into_iter().take(3).collect::<Vec<_>>().join("\n"),
            source,
            ..Slide::default()
        })
    }
}
