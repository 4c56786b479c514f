//! What was found, as a list: shortages and remarks, numbers that were cut to what is possible, overfull months.

use std::borrow::Cow;
use std::sync::Arc;

use egui::Ui;

use crate::plan::{AnnualPlan, ShortageKind};
use crate::ui::screens::Cx;
use crate::ui::slot::Same;
use crate::ui::table::{CellRows, CellStyle, ColumnDef, List, ListId, ListState, RowItem, TableInput};
use crate::ui::text::plan as t;
use crate::ui::theme;
use crate::ui::widgets::decimal;
use crate::workspace::session::{AnalysisView, OpenProject, ViewCommand};
use crate::workspace::view::CellValue;

/// Rows in sight at most before the list scrolls.
const ROWS: usize = 7;
/// What stands around the rows: tools, headings, the figures of a selection; points.
const AROUND: f32 = 96.0;

/// A line of the list.
struct Line {
    word: &'static str,
    /// A shortage that blocks.
    blocks: bool,
    body: u16,
    month: Option<u8>,
    need: Option<f64>,
    have: Option<f64>,
    text: String,
    ways: usize,
    /// Index of the shortage; `None` for what has no ways out.
    shortage: Option<usize>,
}

/// State of the list.
#[derive(Default)]
pub(super) struct Found {
    of: Same<AnalysisView>,
    area: u64,
    lines: Vec<Line>,
    made: u64,
    list: ListState,
}

fn lines_of(plan: &AnnualPlan, body: Option<u16>) -> Vec<Line> {
    let shortages = plan.shortages.iter().enumerate().map(|(at, shortage)| {
        let (body, month, need, have) = match &shortage.kind {
            ShortageKind::Resource { body, month, need, have, .. } => (*body, Some(*month), Some(*need), Some(*have)),
            ShortageKind::Floor(clipped) => (clipped.body, None, Some(clipped.floor), Some(clipped.limit)),
            ShortageKind::TooFewInspectors { body, have, need } => {
                (*body, None, Some(f64::from(*need)), Some(f64::from(*have)))
            }
            ShortageKind::MissingSkill { body, .. } => (*body, None, None, None),
        };
        Line {
            word: if shortage.blocking { t::SHORTAGE } else { t::REMARK },
            blocks: shortage.blocking,
            body,
            month,
            need,
            have,
            text: shortage.text.clone(),
            ways: shortage.mends.len(),
            shortage: Some(at),
        }
    });
    let plain = |word, body, month, need, have, text: &str| Line {
        word,
        blocks: false,
        body,
        month: Some(month),
        need: Some(need),
        have: Some(have),
        text: text.to_owned(),
        ways: 0,
        shortage: None,
    };
    let locked = plan.locked.iter().filter(|locked| locked.capped);
    let capped = locked.map(|l| plain(t::CAPPED, l.body, l.month, l.wanted, l.possible, &l.text));
    let overloads = plan.overloads.iter().map(|o| plain(t::FULL, o.body, o.month, o.need, o.have, &o.text));
    shortages.chain(capped).chain(overloads).filter(|line| body.is_none_or(|body| body == line.body)).collect()
}

impl Found {
    /// Draws the list; the shortage of the chosen row, where one is chosen that has ways out.
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        cx: &mut Cx<'_>,
        open: &OpenProject,
        view: &Arc<AnalysisView>,
    ) -> Option<usize> {
        let filter = cx.session.filter();
        if !self.of.is(view) || self.area != filter.area_revision {
            self.of = Same::of(view);
            self.area = filter.area_revision;
            self.made += 1;
            self.list.follow(None);
            self.lines = lines_of(&view.analysis.plan, filter.body);
        }
        if self.lines.is_empty() {
            ui.label(theme::note(ui, t::NO_OVERLOADS));
            return None;
        }
        let c = t::FOUND_COLUMNS;
        let columns = [
            ColumnDef::text("word", c[0], 84.0),
            ColumnDef::text("body", c[1], 150.0).share(0.4),
            ColumnDef::text("month", c[2], 56.0),
            ColumnDef::number("need", c[3], 84.0),
            ColumnDef::number("have", c[4], 84.0),
            ColumnDef::text("text", c[5], 260.0).share(1.0),
            ColumnDef::number("ways", c[6], 64.0),
        ];
        let lines = &self.lines;
        let bodies = &open.project.policy.bodies;
        let figure = |value: Option<f64>| Cow::Owned(value.map_or_else(String::new, |value| decimal(value, 1)));
        let cell = |at: usize, column: usize| {
            let Some(line) = lines.get(at) else { return Cow::Borrowed("") };
            match column {
                0 => Cow::Borrowed(line.word),
                1 => Cow::Borrowed(bodies.get(usize::from(line.body)).map_or("", |body| body.name.as_str())),
                2 => Cow::Borrowed(line.month.map_or("", |month| t::month(usize::from(month) + 1))),
                3 => figure(line.need),
                4 => figure(line.have),
                5 => Cow::Borrowed(line.text.as_str()),
                _ => Cow::Owned(line.ways.to_string()),
            }
        };
        let value = |at: usize, column: usize| {
            let line = lines.get(at)?;
            let figure = match column {
                3 => line.need,
                4 => line.have,
                _ => return None,
            };
            Some(figure.map_or(CellValue::Empty, CellValue::Number))
        };
        let palette = *theme::of(ui);
        let style = |at: usize, column: usize, _: &str| {
            let blocks = lines.get(at).is_some_and(|line| line.blocks);
            let (ground, ink) =
                if blocks { (palette.red_wash, palette.red) } else { (palette.amber_wash, palette.amber) };
            if column == 0 {
                CellStyle { chip: Some(ground), ink: Some(ink), ..CellStyle::default() }
            } else {
                CellStyle::default()
            }
        };
        let items = |_: usize| vec![RowItem::new("body", t::ONLY_BODY)];
        let rows = CellRows::new(&columns, lines.len(), &cell).values(&value);
        let height = AROUND + lines.len().min(ROWS) as f32 * theme::ROW;
        let input = TableInput::new(ListId::Shortages, &rows).decorate(&style).items(&items).height(height);
        let before = self.list.chosen();
        let out = List::show(ui, &mut self.list, &input, self.made);
        if let Some(line) = out.item.and_then(|(at, _)| lines.get(at)) {
            cx.send(ViewCommand::SetBody(Some(line.body)));
        }
        // a second click shows the ways out of all again
        if out.clicked.is_some() && out.clicked == before {
            self.list.follow(None);
        }
        self.list.chosen().and_then(|at| self.lines.get(at)?.shortage)
    }
}
