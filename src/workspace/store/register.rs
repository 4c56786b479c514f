//! The register of a project's seals, and the draws that it names.

use crate::diagnostic::AppResult;
use crate::domain::{Period, PlanMonth};
use crate::sampling::SealRegister;
use crate::workspace::store::draws::{OffSiteTurns, StoredDraw};
use crate::workspace::store::project::{Project, load_bytes};

/// The register of a project's seals.
///
/// # Errors
/// `SEL-…` where it breaks its own rules, `IO-…`.
pub fn load_register(project: &Project) -> AppResult<SealRegister> {
    let path = project.root().join("register.csv");
    if path.exists() { SealRegister::parse_csv(&load_bytes(&path)?) } else { Ok(SealRegister::new()) }
}

/// The draws that were opened, of all months before or at `month`, in the register's order.
///
/// # Errors
/// Those of [`StoredDraw::load`].
pub fn load_opened_draws(project: &Project, months: impl Fn(PlanMonth) -> bool) -> AppResult<Vec<StoredDraw>> {
    let register = load_register(project)?;
    let mut draws = Vec::new();
    for month in project.months() {
        if !months(month) {
            continue;
        }
        for seal in register.opened_of(Period::Month(month)) {
            draws.push(StoredDraw::load(project, seal.sealed.period, seal.sealed.sequence)?);
        }
    }
    Ok(draws)
}

/// The off-site checks of the opened months before a month, in their order; the draws themselves are not read.
///
/// # Errors
/// Those of [`OffSiteTurns::load`].
pub fn load_off_site_turns(
    project: &Project,
    register: &SealRegister,
    before: PlanMonth,
) -> AppResult<Vec<(PlanMonth, OffSiteTurns)>> {
    let mut turns = Vec::new();
    for month in project.months().into_iter().filter(|month| *month < before) {
        for seal in register.opened_of(Period::Month(month)) {
            let folder = project.draw_folder(seal.sealed.period, seal.sealed.sequence);
            turns.extend(OffSiteTurns::load(&folder)?.map(|of| (month, of)));
        }
    }
    Ok(turns)
}

/// The month that is to be planned next: the one after the last that was opened; the year's last where all were.
/// `None` without months.
#[must_use]
pub fn next_month(register: &SealRegister, months: &[PlanMonth]) -> Option<PlanMonth> {
    let drawn = months.iter().rposition(|month| register.is_opened(Period::Month(*month)));
    months.get(drawn.map_or(0, |at| at + 1)).or(months.last()).copied()
}
