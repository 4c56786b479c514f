//! What the palette finds: commands, screens, districts, bodies, months, terms, and the sources of the register.

use super::Choice;
use crate::text::search::{Fit, Search};
use crate::ui::action::Action;
use crate::ui::slot::Same;
use crate::ui::text::common as t;
use crate::ui::text::help::Term;
use crate::workspace::reports::find_unit::{FoundUnit, find_units};
use crate::workspace::session::{ProjectData, Session};

/// Most entries of a kind listed.
const MOST: usize = 60;
/// Most sources listed.
const MOST_UNITS: usize = 40;

/// A line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it is called.
    pub(super) name: String,
    /// Small, at the far end: a shortcut, a kind, a place.
    pub(super) note: String,
    /// What Enter does.
    pub(super) choice: Choice,
}

/// The sources found last, so that a frame without a new letter searches nothing.
#[derive(Default)]
pub(super) struct Units {
    of: Option<(String, Same<ProjectData>)>,
    found: Vec<FoundUnit>,
}

impl Units {
    fn find(&mut self, session: &Session, text: &str) -> &[FoundUnit] {
        let Some(open) = session.project() else { return &[] };
        let fresh = self.of.as_ref().is_some_and(|(before, data)| before == text && data.is(&open.data));
        if !fresh {
            self.found = find_units(&open.data, text, MOST_UNITS).unwrap_or_default();
            self.of = Some((text.to_owned(), Same::of(&open.data)));
        }
        &self.found
    }
}

/// Everything that answers the text: first what the program itself has to offer, by how well it fits, then sources. A
/// source that fits better than any command stands first.
pub(super) fn entries(units: &mut Units, session: &Session, text: &str) -> Vec<Entry> {
    let search = Search::new(text);
    let mut own: Vec<(Fit, Entry)> = Vec::new();
    let mut offer = |name: &str, note: String, choice: Choice| {
        if let Some(fit) = search.fit(name) {
            own.push((fit, Entry { name: name.to_owned(), note, choice }));
        }
    };
    for action in Action::all().into_iter().filter(|a| *a != Action::Palette && a.is_enabled(session)) {
        offer(action.label(), action.shortcut_text(), Choice::Action(action));
    }
    if let Some(open) = session.project() {
        for district in open.data.districts.districts() {
            offer(&district.name, t::DISTRICT.to_owned(), Choice::District(district.code.0));
        }
        for (i, body) in open.project.policy.bodies.iter().enumerate() {
            offer(&body.name, t::BODY.to_owned(), Choice::Body(i as u16));
        }
        for month in open.saved.months() {
            let name = format!("{} 年 {} 月", month.year(), month.month());
            if let Some(fit) = search.fit(&name).or_else(|| search.fit(&month.to_string())) {
                own.push((fit, Entry { name, note: t::MONTH.to_owned(), choice: Choice::Month(month) }));
            }
        }
    }
    if !search.is_empty() {
        for term in Term::ALL {
            let name = term.help().name;
            if let Some(fit) = search.fit(name) {
                let entry = Entry { name: name.to_owned(), note: t::TERM.to_owned(), choice: Choice::Term(term) };
                own.push((fit, entry));
            }
        }
        // stable: within a fit the order above stays
        own.sort_by_key(|(fit, _)| *fit);
    }
    own.truncate(MOST);
    let best = own.first().map(|(fit, _)| *fit);
    let found = units.find(session, text.trim());
    let first = found.first().and_then(|unit| search.fit(&unit.name));
    let before = !found.is_empty() && best.is_none_or(|best| first.is_none_or(|first| first < best));
    let of_units = found.iter().map(|unit| Entry {
        name: unit.name.clone(),
        note: t::unit_note(&unit.district, &unit.category, &unit.unit_id),
        choice: Choice::Unit(unit.row),
    });
    let own = own.into_iter().map(|(_, entry)| entry);
    if before { of_units.chain(own).collect() } else { own.chain(of_units).collect() }
}
