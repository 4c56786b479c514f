//! What tables ask of the window, and what the window lends them.
//!
//! Duty: a table knows neither session nor screens. What it can't do itself (write a file, go to another screen) it
//! lays on the desk; the window takes it from there after each frame. The desk also says which table the keyboard
//! means while no field has the focus: the one that was used last among those in sight.
//!
//! Invariants: the desk lives with the context, one for each window; it is never locked while a table draws.

use std::sync::Arc;

use egui::{Context, Id, mutex::Mutex};

use super::file::SheetFile;
use crate::domain::PlanMonth;
use crate::registry::row_of_unit;
use crate::workspace::session::ProjectData;

/// What a row stands for: what its menu can do with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// The unit's id.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Row of the sources frame; `None` where the register has it no more.
    pub source: Option<u32>,
    /// The month whose list the row is of; `None` where it is of no month.
    pub month: Option<PlanMonth>,
    /// The plan code, where the row has one: copied instead of the unit's id.
    pub code: String,
}

impl Target {
    /// A unit by its id, of no month; one that the register has no more stays without a row.
    #[must_use]
    pub fn of_unit(data: &ProjectData, unit: &str) -> Self {
        let source = row_of_unit(&data.registry.sources, unit);
        let name = source.and_then(|row| data.name(row)).unwrap_or_default().to_owned();
        Self { unit: unit.to_owned(), name, source, ..Self::default() }
    }

    /// A unit of the register, of no month; `None` for a row that there is not.
    #[must_use]
    pub fn of_source(data: &ProjectData, row: u32) -> Option<Self> {
        Some(Self {
            unit: data.unit_id(row)?.to_owned(),
            name: data.name(row).unwrap_or_default().to_owned(),
            source: Some(row),
            ..Self::default()
        })
    }
}

/// What the menu of a row offers everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowAct {
    /// The unit's card.
    Card,
    /// The unit on the map.
    Map,
    /// Its number to the clipboard.
    Copy,
    /// A reserve takes its place.
    Substitute,
    /// The result of its check.
    Result,
    /// Its own proof of the draw.
    Proof,
}

impl RowAct {
    /// In the menu's order; the first is what a double click does.
    pub const ALL: [Self; 6] = [Self::Card, Self::Map, Self::Copy, Self::Substitute, Self::Result, Self::Proof];
}

/// An item of the menu as it may be had now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What.
    pub act: RowAct,
    /// Why it can't be had; `None` where it can.
    pub why_not: Option<String>,
}

/// Says what may be done with a target now.
pub type Guide = Arc<dyn Fn(&Target) -> Vec<Offer> + Send + Sync>;

/// Something a table asks for.
pub enum TableAsk {
    /// The rows shown are to be written into a file.
    Save(Box<SheetFile>),
    /// An item of a row's menu.
    Act(RowAct, Target),
    /// A chart's menu.
    Chart(crate::ui::plot::PlotAction, Box<crate::chart::Chart>),
}

/// The desk.
#[derive(Default)]
pub struct Desk {
    asks: Vec<TableAsk>,
    guide: Option<Guide>,
    find: bool,
    /// The table that the keyboard means, and the frame in which it was last seen.
    active: Option<(Id, u64)>,
}

impl Desk {
    fn with<R>(ctx: &Context, work: impl FnOnce(&mut Self) -> R) -> R {
        let desk = ctx.data_mut(|data| {
            Arc::clone(data.get_temp_mut_or_default::<Arc<Mutex<Self>>>(Id::unique("desk of the tables")))
        });
        let mut desk = desk.lock();
        work(&mut desk)
    }

    /// Lays something on the desk.
    pub fn ask(ctx: &Context, ask: TableAsk) {
        Self::with(ctx, |desk| desk.asks.push(ask));
    }

    /// Takes what lies there: once a frame, by the window.
    #[must_use]
    pub fn take(ctx: &Context) -> Vec<TableAsk> {
        Self::with(ctx, |desk| {
            // a search that no table has taken up is over
            desk.find = false;
            std::mem::take(&mut desk.asks)
        })
    }

    /// Says what may be done with rows from now on.
    pub fn guide(ctx: &Context, guide: Guide) {
        Self::with(ctx, |desk| desk.guide = Some(guide));
    }

    /// What may be done with a target; nothing where nobody says.
    pub(super) fn offers(ctx: &Context, target: &Target) -> Vec<Offer> {
        Self::with(ctx, |desk| desk.guide.clone()).map(|guide| guide(target)).unwrap_or_default()
    }

    /// The table in use is to put the cursor into its search field.
    pub fn find(ctx: &Context) {
        Self::with(ctx, |desk| desk.find = true);
    }

    /// True for the table in use; it is told where a search was asked for. `used` makes it the one.
    pub(super) fn turn(ctx: &Context, id: Id, used: bool) -> (bool, bool) {
        let frame = ctx.cumulative_pass_nr();
        Self::with(ctx, |desk| {
            let mine = used
                || match desk.active {
                    Some((active, _)) if active == id => true,
                    // the one before is no longer in sight
                    Some((_, seen)) => seen + 1 < frame,
                    None => true,
                };
            if mine {
                desk.active = Some((id, frame));
            }
            (mine, mine && std::mem::take(&mut desk.find))
        })
    }
}
