//! What the engine of a project's monitoring has of one unit: asked when somebody looks, kept nowhere.

use super::feed::with_feed;
use crate::diagnostic::{AppResult, Finding, Progress};
use crate::engine::database::Password;
use crate::engine::feed::{FeedPlace, FeedSource, ask_unit};
pub use crate::engine::feed::{UnitNames, UnitReadings};
use crate::registry::schema::sources;
use crate::registry::{FeedMapping, Mapping, Registry};

/// A unit of the register as the feed may name it: its lasting number, the one in force, its name.
///
/// # Errors
/// `FRM-…`.
pub fn names_of(registry: &Registry, row: usize) -> AppResult<UnitNames> {
    let frame = &registry.sources;
    let (ids, numbers, names) = (sources::UNIT_ID.of(frame)?, sources::NUMBER.of(frame)?, sources::NAME.of(frame)?);
    let [id, number, name] = [&ids, &numbers, &names].map(|cells| cells.get(row).unwrap_or_default());
    Ok(UnitNames::new(&[id, number], name))
}

/// Where a project's monitoring is counted; `None` where it came as a file or from a database whole.
#[must_use]
pub fn feed_of(mapping: &Mapping) -> Option<&FeedMapping> {
    mapping.feed.as_deref()
}

/// Makes a source ask at the terminal.
pub type Asking = fn(FeedSource) -> FeedSource;

/// Asks the engine of a project's monitoring for a unit's readings, at most so many, the latest first. `typed` is a
/// password or token for this once; with `ask` what else is wanted is asked for.
///
/// # Errors
/// `ENG-028` where the monitoring is not counted on an engine, `ENG-025` where the engine is known by scripts alone,
/// `ENG-…`, `DBS-…`, `JOB-001`.
pub fn readings_of(
    mapping: &Mapping,
    unit: &UnitNames,
    most: usize,
    (typed, ask): (String, Option<Asking>),
    progress: &Progress,
) -> AppResult<UnitReadings> {
    let feed = feed_of(mapping).ok_or_else(|| {
        Finding::error("ENG-028", "本项目的自动监控不是在计算引擎上统计的，没有服务器可问")
            .hint("各行都在项目里：见数据页的自动监控")
    })?;
    let mut source = FeedSource {
        place: FeedPlace::parse(&feed.address)?,
        from: feed.from.clone(),
        hours: feed.hours,
        typed: Password::new(typed),
        ask: None,
        ask_token: None,
    };
    if let Some(ask) = ask {
        source = ask(source);
    }
    with_feed(&source, mapping, progress, |engine, statements, columns, shown| {
        ask_unit(engine, statements, columns, (unit, most), shown, progress)
    })
}
