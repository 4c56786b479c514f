//! The year's working days: twelve small months, painted.

use chrono::{Datelike, NaiveDate, Weekday};
use egui::{Align2, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, Vec2};

use crate::domain::{DayKind, PlanMonth, WorkCalendar};
use crate::plan::model::MONTHS;
use crate::ui::text::plan as t;
use crate::ui::theme::{self, GRID};
use crate::ui::widgets;

/// Height of a week.
const WEEK: f32 = 22.0;
/// Heading of a small month.
const HEAD: f32 = 46.0;

/// What a day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Day {
    Work,
    Rest,
    Holiday,
    MakeUp,
}

fn kind(calendar: &WorkCalendar, date: NaiveDate) -> Day {
    match calendar.day(date) {
        Some((DayKind::Holiday, _)) => Day::Holiday,
        Some((DayKind::MakeUp, _)) => Day::MakeUp,
        None if matches!(date.weekday(), Weekday::Sat | Weekday::Sun) => Day::Rest,
        None => Day::Work,
    }
}

/// Column (0 Monday) and row of a day in its month.
fn place(date: NaiveDate) -> (u32, u32) {
    let first = date.with_day(1).unwrap_or(date).weekday().num_days_from_monday();
    let at = first + date.day0();
    (at % 7, at / 7)
}

/// Draws the year.
pub(super) fn show(ui: &mut Ui, calendar: &WorkCalendar, year: i32, today: NaiveDate) {
    let palette = theme::of(ui);
    let noticed = calendar.is_noticed(year);
    ui.horizontal_wrapped(|ui| {
        let days = (0..MONTHS).map(|m| calendar.in_month(PlanMonth::nth_of(year, m))).sum::<u32>();
        ui.label(t::year_days(year, days));
        if noticed {
            ui.label(theme::note(ui, t::NOTICED));
        } else {
            widgets::chip(ui, t::PROVISIONAL, palette.amber_wash, palette.amber);
            ui.label(theme::note(ui, t::not_noticed(calendar.last_noticed_year())));
        }
        for (word, ground, ink) in [
            (t::HOLIDAY, palette.red_wash, palette.red),
            (t::MAKE_UP, palette.wash, palette.accent),
            (t::REST, palette.stripe, palette.muted),
        ] {
            widgets::chip(ui, word, ground, ink);
        }
    });
    ui.add_space(GRID);
    egui::ScrollArea::vertical().auto_shrink([false, false]).id_salt("calendar").show(ui, |ui| {
        let columns = if ui.available_width() > 820.0 {
            4
        } else if ui.available_width() > 560.0 {
            3
        } else {
            2
        };
        let width = (ui.available_width() - GRID * (columns as f32 - 1.0) - 4.0) / columns as f32;
        for from in (0..MONTHS).step_by(columns) {
            ui.horizontal_top(|ui| {
                for m in from..(from + columns).min(MONTHS) {
                    month(ui, calendar, PlanMonth::nth_of(year, m), width, today);
                }
            });
        }
    });
}

fn month(ui: &mut Ui, calendar: &WorkCalendar, month: PlanMonth, width: f32, today: NaiveDate) {
    let palette = theme::of(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::new(width, HEAD + WEEK * 6.0 + 6.0), Sense::hover());
    let days = calendar.in_month(month);
    let provisional = !calendar.is_noticed(month.year());
    response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, t::month_days(month, days, !provisional)));
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter();
    painter.rect(rect, theme::RADIUS, palette.surface, Stroke::new(1.0, palette.line), StrokeKind::Inside);
    let left = rect.left() + 10.0;
    painter.text(
        Pos2::new(left, rect.top() + 14.0),
        Align2::LEFT_CENTER,
        t::month(month.month() as usize),
        theme::bold(theme::BODY),
        palette.text,
    );
    painter.text(
        Pos2::new(rect.right() - 10.0, rect.top() + 14.0),
        Align2::RIGHT_CENTER,
        t::days(days, !provisional),
        theme::regular(theme::SMALL),
        if provisional { palette.amber } else { palette.muted },
    );
    let cell = (width - 16.0) / 7.0;
    let centre = |column: u32, row: f32| {
        Pos2::new(rect.left() + 8.0 + cell * (column as f32 + 0.5), rect.top() + HEAD + WEEK * (row + 0.5))
    };
    for (column, word) in t::WEEKDAYS.iter().enumerate() {
        let at = Pos2::new(centre(column as u32, 0.0).x, rect.top() + 35.0);
        painter.text(at, Align2::CENTER_CENTER, *word, theme::regular(theme::SMALL), palette.muted);
    }
    let mut date = month.first_day();
    let pointer = response.hover_pos();
    let mut hint = None;
    while date <= month.last_day() {
        let (column, row) = place(date);
        let at = centre(column, row as f32);
        let ground = Rect::from_center_size(at, Vec2::new((cell - 2.0).min(34.0), WEEK - 2.0));
        let (fill, ink) = match kind(calendar, date) {
            Day::Work => (palette.surface, palette.text),
            Day::Rest => (palette.stripe, palette.muted),
            Day::Holiday => (palette.red_wash, palette.red),
            Day::MakeUp => (palette.wash, palette.accent),
        };
        painter.rect_filled(ground, 3.0, fill);
        let font = if date == today || kind(calendar, date) == Day::MakeUp {
            theme::bold(theme::SMALL)
        } else {
            theme::regular(theme::SMALL)
        };
        painter.text(at, Align2::CENTER_CENTER, date.day().to_string(), font, ink);
        if date == today {
            painter.rect_stroke(ground, 3.0, Stroke::new(1.5, palette.accent), StrokeKind::Inside);
        }
        if pointer.is_some_and(|p| ground.contains(p)) {
            let word = match kind(calendar, date) {
                Day::Work => t::WORK,
                Day::Rest => t::REST,
                Day::Holiday => t::HOLIDAY,
                Day::MakeUp => t::MAKE_UP,
            };
            let name = calendar.day(date).map_or("", |(_, name)| name);
            hint = Some(t::day_hint(date, word, name, provisional));
        }
        let Some(next) = date.succ_opt() else { break };
        date = next;
    }
    if let Some(hint) = hint {
        response.on_hover_text_at_pointer(hint);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_stand_under_their_weekday() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // 2027-02-01 is a Monday, 2027-05-01 a Saturday
        assert_eq!(place(day("2027-02-01")), (0, 0));
        assert_eq!(place(day("2027-02-28")), (6, 3));
        assert_eq!(place(day("2027-05-01")), (5, 0));
        assert_eq!(place(day("2027-05-31")), (0, 5));
    }

    #[test]
    fn notices_override_weekends() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut calendar = WorkCalendar::default();
        calendar.load_csv_text("2026-02-16,holiday,春节\n2026-02-14,workday,春节\n").unwrap();
        assert_eq!(kind(&calendar, day("2026-02-16")), Day::Holiday);
        assert_eq!(kind(&calendar, day("2026-02-14")), Day::MakeUp);
        assert_eq!(kind(&calendar, day("2026-02-15")), Day::Rest);
        assert_eq!(kind(&calendar, day("2026-02-17")), Day::Work);
    }
}
