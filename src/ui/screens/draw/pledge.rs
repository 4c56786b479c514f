//! The pledge's form: proposals for each format of public number, and what is wrong with a field.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};
use egui::{RichText, Ui};

use crate::anchor::beacon::CHAINS;
use crate::anchor::lottery::{drawing_on, is_drawn_on, weekday};
use crate::anchor::pledge::hour_of_round;
use crate::domain::WorkCalendar;
use crate::sampling::{DEMONSTRATION_SOURCE, EntropyFormat, MIXED_SEPARATOR, ShanghaiTime};
use crate::text::day::{self, Accept};
use crate::text::fold_width;
use crate::ui::text::anchor;
use crate::ui::text::draw as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets;
use crate::workspace::deeds::seal::Pledge;
use crate::workspace::store::clock::Moment;

/// Seconds from a demonstration's sealing to its public number: the sealing must come before it by the clock.
const DEMONSTRATION_SECONDS: i64 = 2;
/// Hours that a proposal leaves after now: the policy's least gap and one more to fill in the form.
const GAP: i64 = 25;
/// What the form offers, the usual first; an index alone is refused.
const OFFERED: [EntropyFormat; 4] =
    [EntropyFormat::Mixed, EntropyFormat::Dice, EntropyFormat::Drand, EntropyFormat::Ssq];

/// The format that the form begins with: one drawing of the lottery alone says too little, but where the number is known
/// beforehand that doesn't matter.
fn usual(demonstration: bool) -> EntropyFormat {
    if demonstration { EntropyFormat::Ssq } else { OFFERED[0] }
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Source.
    Source,
    /// Reference.
    Reference,
    /// Date.
    Date,
    /// Time.
    Time,
    /// Reason of a second sealing.
    Again,
    /// Operator's name.
    Operator,
}

/// The form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PledgeForm {
    /// Format of the public number.
    pub format: EntropyFormat,
    /// Whose number it is.
    pub source: String,
    /// Which issue.
    pub reference: String,
    /// `2027-02-28`.
    pub date: String,
    /// `21:15`.
    pub time: String,
    /// The number is known beforehand.
    pub demonstration: bool,
    /// Why it is sealed again.
    pub again: String,
    /// Operator's name, where it is not known yet.
    pub operator: String,
}

/// The moment as local time.
#[must_use]
pub fn local(now: Moment) -> NaiveDateTime {
    let text = now.to_string();
    text.get(..19).and_then(|text| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()).unwrap_or_default()
}

/// The local time of `2027-02-28T21:15:00+08:00`.
#[must_use]
pub fn local_of(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text.strip_suffix("+08:00")?, "%Y-%m-%dT%H:%M:%S").ok()
}

/// Whose number a lottery's is.
const LOTTERY: &str = "中国福利彩票双色球";

/// The next drawing after a moment.
fn next_drawing(after: NaiveDateTime) -> NaiveDateTime {
    next(after, drawing_on(after.date()).time(), |day| is_drawn_on(day, &[]))
}

fn issue(at: NaiveDateTime) -> String {
    format!("{}（{}）开奖的一期", at.date(), weekday(at.date()))
}

/// The first day from `now` on, whose `at` is still to come, that passes.
fn next(now: NaiveDateTime, at: NaiveTime, passes: impl Fn(NaiveDate) -> bool) -> NaiveDateTime {
    (0..40)
        .filter_map(|days| now.date().checked_add_signed(Duration::days(days)))
        .map(|day| day.and_time(at))
        .find(|time| *time > now && passes(time.date()))
        .unwrap_or(now + Duration::days(1))
}

fn clock(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}

/// A sensible source, issue and time for a format.
#[must_use]
pub fn proposal(format: EntropyFormat, now: NaiveDateTime, calendar: &WorkCalendar) -> (String, String, NaiveDateTime) {
    // a day and more, so that the commitment can be published and stamped before
    let hours = (now + Duration::hours(GAP + 1)).with_minute(0).and_then(|t| t.with_second(0)).unwrap_or(now);
    match format {
        EntropyFormat::Ssq => {
            let at = next_drawing(now + Duration::hours(GAP - 1));
            (LOTTERY.to_owned(), issue(at), at)
        }
        EntropyFormat::Index => {
            let at = next(now, clock(15, 30), |day| {
                calendar.is_working_day(day) && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
            });
            ("上海证券交易所上证指数（000001）".to_owned(), format!("{} 收盘点位", at.date()), at)
        }
        EntropyFormat::Mixed => {
            let first = next_drawing(now + Duration::hours(GAP - 1));
            let second = next_drawing(first);
            let source = format!("ssq:{LOTTERY}{MIXED_SEPARATOR}ssq:{LOTTERY}");
            (source, format!("{}{MIXED_SEPARATOR}{}", issue(first), issue(second)), second)
        }
        EntropyFormat::Dice => ("公证员或纪检人员当场掷骰".to_owned(), format!("{} 抽取现场", hours.date()), hours),
        EntropyFormat::Drand => {
            let [quicknet, ..] = &CHAINS;
            let round = quicknet.round_at(hours.and_utc().timestamp() - 8 * 3_600);
            ("drand quicknet（League of Entropy）".to_owned(), format!("第 {round} 轮"), hours)
        }
    }
}

impl PledgeForm {
    /// A form with the proposal of the first format.
    #[must_use]
    pub fn new(now: NaiveDateTime, calendar: &WorkCalendar, demonstration: bool) -> Self {
        let mut form = Self {
            format: usual(demonstration),
            source: String::new(),
            reference: String::new(),
            date: String::new(),
            time: String::new(),
            demonstration,
            again: String::new(),
            operator: String::new(),
        };
        form.propose(now, calendar);
        form
    }

    /// Fills in the format's proposal.
    pub fn propose(&mut self, now: NaiveDateTime, calendar: &WorkCalendar) {
        let (source, reference, at) = proposal(self.format, now, calendar);
        (self.source, self.reference) = (source, reference);
        self.date = at.date().to_string();
        self.time = at.format("%H:%M").to_string();
    }

    /// True where the number is a round of drand, whose time follows from its number.
    fn is_round(&self) -> bool {
        self.format == EntropyFormat::Drand && !self.demonstration
    }

    /// When the number becomes known; what is wrong with the fields otherwise.
    fn available_at(&self, now: NaiveDateTime) -> Result<NaiveDateTime, Vec<(Field, &'static str)>> {
        let date =
            day::parse_day(&self.date, Accept::Typed).ok().flatten().filter(|day| (2000..=2100).contains(&day.year()));
        let text = fold_width(&self.time);
        let text = text.trim();
        let time = NaiveTime::parse_from_str(text, "%H:%M:%S").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M"));
        match (date, time.ok().filter(|t| t.nanosecond() < 1_000_000_000)) {
            (Some(date), Some(time)) if date.and_time(time) > now => Ok(date.and_time(time)),
            (Some(_), Some(_)) => Err(vec![(Field::Time, t::E_PAST)]),
            (date, time) => {
                let date = date.is_none().then_some((Field::Date, t::E_DATE));
                let time = time.is_none().then_some((Field::Time, t::E_TIME));
                Err(date.into_iter().chain(time).collect())
            }
        }
    }

    /// The pledge; what is wrong with the form otherwise.
    ///
    /// # Errors
    /// Each field with what it lacks.
    pub fn pledge(
        &self,
        now: NaiveDateTime,
        sealed_before: bool,
        operator_known: bool,
    ) -> Result<Pledge, Vec<(Field, &'static str)>> {
        let mut faults = Vec::new();
        let control = |text: &str| text.chars().any(char::is_control);
        if sealed_before && self.again.trim().is_empty() {
            faults.push((Field::Again, t::E_AGAIN));
        }
        if control(&self.again) {
            faults.push((Field::Again, t::E_CONTROL));
        }
        if !operator_known && self.operator.trim().is_empty() {
            faults.push((Field::Operator, t::E_OPERATOR));
        }
        let mut available = now + Duration::seconds(DEMONSTRATION_SECONDS);
        let is_round = self.is_round();
        if !self.demonstration {
            for (field, text, missing) in
                [(Field::Source, &self.source, t::E_SOURCE), (Field::Reference, &self.reference, t::E_REFERENCE)]
            {
                if text.trim().is_empty() {
                    faults.push((field, missing));
                } else if control(text) {
                    faults.push((field, t::E_CONTROL));
                }
            }
            let hour = if is_round {
                // the round has its second: nothing of it is typed
                match hour_of_round(&self.source, &self.reference) {
                    Some(at) if at > now => Ok(at),
                    Some(_) => Err(vec![(Field::Reference, t::E_PAST)]),
                    None => Err(vec![(Field::Reference, anchor::E_ROUND)]),
                }
            } else {
                self.available_at(now)
            };
            match hour {
                Ok(at) => available = at,
                Err(wrong) => faults.extend(wrong),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let (source, reference) = if self.demonstration {
            (DEMONSTRATION_SOURCE.to_owned(), t::DEMO_MARK.to_owned())
        } else {
            (self.source.trim().to_owned(), self.reference.trim().to_owned())
        };
        Ok(Pledge {
            format: self.format,
            entropy_source: source,
            reference,
            available_at: ShanghaiTime::of_local(available).to_string(),
            again: sealed_before.then(|| self.again.trim().to_owned()),
            demonstration: self.demonstration,
        })
    }

    /// Draws the form. `faults` are shown beside their fields.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        now: NaiveDateTime,
        calendar: &WorkCalendar,
        sealed_before: bool,
        operator_known: bool,
        faults: &[(Field, &'static str)],
    ) {
        let palette = theme::of(ui);
        let fault = |ui: &mut Ui, field: Field| {
            for (_, words) in faults.iter().filter(|(of, _)| *of == field) {
                ui.label(RichText::new(*words).color(palette.red));
            }
        };
        egui::Grid::new("pledge").num_columns(2).spacing([GRID * 2.0, GRID]).show(ui, |ui| {
            let name = ui.label(t::FORMAT);
            ui.horizontal(|ui| {
                let before = self.format;
                egui::ComboBox::from_id_salt("format")
                    .width(220.0)
                    .selected_text(self.format.label())
                    .show_ui(ui, |ui| {
                        // a number that everybody knows needs no second source
                        for format in OFFERED.into_iter().filter(|of| !self.demonstration || *of != OFFERED[0]) {
                            ui.selectable_value(&mut self.format, format, format.label());
                        }
                    })
                    .response
                    .labelled_by(name.id);
                if before != self.format || (!self.demonstration && ui.button(t::PROPOSE).clicked()) {
                    self.propose(now, calendar);
                }
            });
            ui.end_row();
            ui.label(theme::note(ui, t::SPELLING));
            let is_round = self.is_round();
            let spelling = if is_round { anchor::ROUND_SPELLING } else { self.format.spelling() };
            ui.label(theme::note(ui, spelling));
            ui.end_row();
            ui.label("");
            if ui.checkbox(&mut self.demonstration, t::DEMONSTRATION).changed() {
                self.format = usual(self.demonstration);
                self.propose(now, calendar);
            }
            ui.end_row();
            if self.demonstration {
                ui.label("");
                ui.horizontal(|ui| {
                    widgets::chip(ui, t::DEMO_MARK, palette.amber_wash, palette.amber);
                    ui.label(theme::note(ui, t::DEMONSTRATION_WHY));
                });
                ui.end_row();
            } else {
                for (field, label, text) in [
                    (Field::Source, t::SOURCE, &mut self.source),
                    (Field::Reference, t::REFERENCE, &mut self.reference),
                    (Field::Date, t::DATE, &mut self.date),
                    (Field::Time, t::TIME, &mut self.time),
                ] {
                    if is_round && matches!(field, Field::Date | Field::Time) {
                        continue;
                    }
                    let name = ui.label(label);
                    ui.horizontal(|ui| {
                        let width = if matches!(field, Field::Date | Field::Time) { 120.0 } else { 360.0 };
                        ui.add(egui::TextEdit::singleline(text).desired_width(width)).labelled_by(name.id);
                        fault(ui, field);
                    });
                    ui.end_row();
                }
                if is_round {
                    ui.label(t::TIME);
                    let at = hour_of_round(&self.source, &self.reference);
                    ui.label(at.map_or_else(|| anchor::E_ROUND.to_owned(), |at| anchor::round_at(&at.to_string())));
                    ui.end_row();
                }
            }
            if sealed_before {
                let name = ui.label(t::AGAIN);
                ui.horizontal(|ui| {
                    let field =
                        egui::TextEdit::singleline(&mut self.again).desired_width(360.0).hint_text(t::AGAIN_HINT);
                    ui.add(field).labelled_by(name.id);
                    fault(ui, Field::Again);
                });
                ui.end_row();
            }
            if !operator_known {
                let name = ui.label(t::OPERATOR);
                ui.horizontal(|ui| {
                    ui.add(egui::TextEdit::singleline(&mut self.operator).desired_width(160.0)).labelled_by(name.id);
                    fault(ui, Field::Operator);
                });
                ui.end_row();
            }
        });
        ui.add_space(HALF);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    #[test]
    fn proposals_come_after_now_on_the_right_days() {
        let calendar = crate::workspace::store::project::bundled_calendar().unwrap();
        // a Sunday, before and after that evening's drawing
        let (_, issue, time) = proposal(EntropyFormat::Ssq, at("2027-02-27 20:00:00"), &calendar);
        assert_eq!((issue.as_str(), time), ("2027-02-28（周日）开奖的一期", at("2027-02-28 21:15:00")));
        let (_, issues, time) = proposal(EntropyFormat::Mixed, at("2027-02-27 20:00:00"), &calendar);
        assert_eq!((issues.matches('期').count(), time), (2, at("2027-03-02 21:15:00")));
        let (_, _, time) = proposal(EntropyFormat::Ssq, at("2027-02-27 21:15:00"), &calendar);
        assert_eq!(time, at("2027-03-02 21:15:00"));
        // Friday afternoon: the exchange opens again on Monday
        let (_, _, time) = proposal(EntropyFormat::Index, at("2027-03-05 16:00:00"), &calendar);
        assert_eq!(time, at("2027-03-08 15:30:00"));
        for format in EntropyFormat::ALL {
            assert!(proposal(format, at("2027-03-05 16:00:00"), &calendar).2 > at("2027-03-05 16:00:00"), "{format}");
        }
    }

    #[test]
    fn a_drand_round_is_the_first_at_its_time() {
        let calendar = crate::workspace::store::project::bundled_calendar().unwrap();
        let (_, reference, time) = proposal(EntropyFormat::Drand, at("2027-03-05 16:10:00"), &calendar);
        let round: i64 = reference.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
        let unix = time.and_utc().timestamp() - 8 * 3_600;
        let of_round = 1_692_803_367 + (round - 1) * 3;
        assert!(unix <= of_round && of_round < unix + 3, "{reference} {time}");
    }

    #[test]
    fn fields_say_what_they_lack() {
        let now = at("2027-02-26 09:00:00");
        let calendar = crate::workspace::store::project::bundled_calendar().unwrap();
        let mut form = PledgeForm { format: EntropyFormat::Ssq, ..PledgeForm::new(now, &calendar, false) };
        form.propose(now, &calendar);
        let pledge = form.pledge(now, false, true).unwrap();
        assert_eq!(pledge.available_at, "2027-02-28T21:15:00+08:00");
        assert!(!pledge.demonstration && pledge.again.is_none());
        "２０２７－０２－２６".clone_into(&mut form.date);
        "２１：３０".clone_into(&mut form.time);
        assert_eq!(form.pledge(now, false, true).unwrap().available_at, "2027-02-26T21:30:00+08:00");
        "08:00".clone_into(&mut form.time);
        assert_eq!(form.pledge(now, false, true), Err(vec![(Field::Time, t::E_PAST)]));
        "25:00".clone_into(&mut form.time);
        "二月".clone_into(&mut form.date);
        form.source.clear();
        let faults = form.pledge(now, true, false).unwrap_err();
        let fields: Vec<Field> = faults.into_iter().map(|f| f.0).collect();
        assert_eq!(fields, [Field::Again, Field::Operator, Field::Source, Field::Date, Field::Time]);
    }

    #[test]
    fn a_demonstration_says_so_in_its_source() {
        let now = at("2027-02-26 09:00:00");
        let calendar = crate::workspace::store::project::bundled_calendar().unwrap();
        let form = PledgeForm { date: String::new(), ..PledgeForm::new(now, &calendar, true) };
        let pledge = form.pledge(now, false, true).unwrap();
        assert_eq!(pledge.entropy_source, DEMONSTRATION_SOURCE);
        assert!(pledge.demonstration && pledge.available_at.as_str() > "2027-02-26T09:00:00+08:00");
    }
}
