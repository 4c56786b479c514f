//! Every list of the program, declared once.
//!
//! A table is drawn under one of these names only ([`super::TableInput::new`]), and a test walks through all of them:
//! one that is added and lacks an ability, or that nobody can reach, fails there.

use crate::registry::TableKind;
use crate::ui::text::{audit, data, database, draw, effect, map, plan, readings, refresh, results, risk, table};

/// What the rows of a list are about: what a row's menu offers beside what the screen adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Units: card, map, number; what there is of them on the lists of months.
    Units,
    /// Something else.
    Others,
}

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ListId {
    /// A table of the register.
    Table(TableKind),
    /// Findings of the import.
    Quality,
    /// Rows that the import left out.
    SetAside,
    /// What another register changes: its units.
    RefreshUnits,
    /// What another register changes: how often units are drawn.
    RefreshFrequency,
    /// Tables of a database.
    DatabaseTables,
    /// First rows of one of them.
    DatabaseRows,
    /// What is selected on the map.
    Selection,
    /// Sites whose tier changes.
    Movers,
    /// What does not fit, and what is overfull.
    Shortages,
    /// Approved, rolling, drawn, done.
    Record,
    /// Floors and caps.
    Lights,
    /// Values that the office decides.
    Values,
    /// Strata of the frame.
    Strata,
    /// Pairs as they come.
    Pairs,
    /// The month's list.
    Month,
    /// Checks with or without a result.
    Checks,
    /// Deadlines.
    Board,
    /// Problems and what became of them.
    Ledger,
    /// The month's public list.
    PublicList,
    /// Progress by body.
    Progress,
    /// Compliance rates.
    EffectRates,
    /// Year against year.
    EffectYears,
    /// What chance costs.
    EffectPrice,
    /// Dead records by body.
    EffectDead,
    /// Firms that call for attention.
    EffectFirms,
    /// Effects of inspectors.
    EffectPeople,
    /// What the estimates stand for.
    EffectCover,
    /// Reach of checklist inspections.
    EffectLists,
    /// Answers to the items of checklists.
    EffectItems,
    /// The journal.
    Journal,
    /// The register of seals.
    Register,
    /// Steps of a verification.
    Verification,
    /// A source's readings on a server.
    Readings,
    /// What does not agree with a manifest.
    Manifest,
    /// What was done by hand.
    Hand,
    /// A pivot of another list.
    Pivot,
}

impl ListId {
    /// All but the tables of the register.
    const OWN: [Self; 36] = [
        Self::Quality,
        Self::SetAside,
        Self::RefreshUnits,
        Self::RefreshFrequency,
        Self::DatabaseTables,
        Self::DatabaseRows,
        Self::Selection,
        Self::Movers,
        Self::Shortages,
        Self::Record,
        Self::Lights,
        Self::Values,
        Self::Strata,
        Self::Pairs,
        Self::Month,
        Self::Checks,
        Self::Board,
        Self::Ledger,
        Self::PublicList,
        Self::Progress,
        Self::EffectRates,
        Self::EffectYears,
        Self::EffectPrice,
        Self::EffectDead,
        Self::EffectFirms,
        Self::EffectPeople,
        Self::EffectCover,
        Self::EffectLists,
        Self::EffectItems,
        Self::Journal,
        Self::Register,
        Self::Verification,
        Self::Readings,
        Self::Manifest,
        Self::Hand,
        Self::Pivot,
    ];

    /// Every list.
    pub fn all() -> impl Iterator<Item = Self> {
        TableKind::ALL.into_iter().map(Self::Table).chain(Self::OWN)
    }

    /// Name: of the table for screen readers, of its file and its pivot.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table(kind) => kind.label(),
            Self::Quality => data::QUALITY,
            Self::SetAside => data::SET_ASIDE,
            Self::RefreshUnits => refresh::UNITS_LIST,
            Self::RefreshFrequency => refresh::FREQUENCY_LIST,
            Self::DatabaseTables => database::TABLES,
            Self::DatabaseRows => database::ROWS,
            Self::Selection => map::SELECTION,
            Self::Movers => risk::MOVERS,
            Self::Shortages => plan::TAB_SHORTAGES,
            Self::Record => plan::TAB_RECORD,
            Self::Lights => plan::LIGHTS,
            Self::Values => plan::VALUES,
            Self::Strata => draw::F_STRATA,
            Self::Pairs => draw::PAIRED,
            Self::Month => draw::LIST,
            Self::Checks => results::CHECKS,
            Self::Board => results::BOARD,
            Self::Ledger => results::LEDGER,
            Self::PublicList => results::PUBLIC_LIST,
            Self::Progress => results::BY_BODY,
            Self::EffectRates => effect::RATES,
            Self::EffectYears => effect::YEARS,
            Self::EffectPrice => effect::PRICE,
            Self::EffectDead => effect::DEAD,
            Self::EffectFirms => effect::FIRMS,
            Self::EffectPeople => effect::PEOPLE,
            Self::EffectCover => effect::COVER,
            Self::EffectLists => effect::LISTS,
            Self::EffectItems => effect::ITEMS_LIST,
            Self::Journal => audit::PAGES[0],
            Self::Register => audit::PAGES[1],
            Self::Verification => audit::PAGES[2],
            Self::Readings => readings::TITLE,
            Self::Manifest => audit::MANIFEST,
            Self::Hand => audit::PAGES[3],
            Self::Pivot => table::PIVOT_SUM,
        }
    }

    /// What its rows are about.
    #[must_use]
    pub fn about(self) -> About {
        match self {
            Self::Table(kind) if kind == TableKind::Sources || kind.refers_to_units() => About::Units,
            Self::RefreshUnits
            | Self::RefreshFrequency
            | Self::Selection
            | Self::Movers
            | Self::Pairs
            | Self::Month
            | Self::Checks
            | Self::Board
            | Self::Ledger
            | Self::PublicList
            | Self::EffectFirms => About::Units,
            _ => About::Others,
        }
    }

    /// Under which its layout is remembered: another one forgets what people have set up.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Table(kind) => kind.label(),
            Self::Quality => "quality",
            Self::SetAside => "set aside",
            Self::RefreshUnits => "refresh units",
            Self::RefreshFrequency => "refresh frequency",
            Self::DatabaseTables => "database tables",
            Self::DatabaseRows => "database rows",
            Self::Selection => "map selection",
            Self::Movers => "movers",
            Self::Shortages => "shortages",
            Self::Record => "plan-four",
            Self::Lights => "lights",
            Self::Values => "values",
            Self::Strata => "strata",
            Self::Pairs => "pairs",
            Self::Month => "month list",
            Self::Checks => "checks",
            Self::Board => "board",
            Self::Ledger => "ledger",
            Self::PublicList => "public list",
            Self::Progress => "progress",
            Self::EffectRates => "effect rates",
            Self::EffectYears => "effect years",
            Self::EffectPrice => "effect price",
            Self::EffectDead => "effect dead",
            Self::EffectFirms => "effect firms",
            Self::EffectPeople => "effect people",
            Self::EffectCover => "effect cover",
            Self::EffectLists => "effect lists",
            Self::EffectItems => "effect items",
            Self::Journal => "journal",
            Self::Register => "register",
            Self::Verification => "verification steps",
            Self::Readings => "readings",
            Self::Manifest => "manifest",
            Self::Hand => "hand",
            Self::Pivot => "pivot table",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_list_has_a_name_and_a_key_of_its_own() {
        let all: Vec<ListId> = ListId::all().collect();
        let keys: BTreeSet<&str> = all.iter().map(|list| list.key()).collect();
        assert_eq!(keys.len(), all.len());
        let names: BTreeSet<&str> = all.iter().map(|list| list.name()).collect();
        assert_eq!(names.len(), all.len());
    }
}
