//! Carrying out a deed: the one way that window and command line go.
//!
//! Nothing is decided here: each deed's own function has its checks, its order of writes and its journal line.

mod refresh;

use std::cell::OnceCell;
use std::path::PathBuf;
use std::time::Instant;

use chrono::NaiveDate;

use crate::diagnostic::{AppResult, Finding, Progress};
use crate::disclosure::PlanDates;
use crate::district::DistrictSet;
use crate::domain::{InspectorId, Period, PlanMonth, UnitId};
use crate::registry::{Mapping, Registry};
use crate::workspace::deeds::accept::accept_changes;
use crate::workspace::deeds::anchors::{AnchorsTaken, sign_draw, take_anchors};
use crate::workspace::deeds::batch::record_clear_results;
use crate::workspace::deeds::bodies::{put_checks, take_reported};
use crate::workspace::deeds::change::{
    Substituted, Triggered, add_triggered_check, replace_inspector, substitute_unit,
};
use crate::workspace::deeds::confirm::{confirm_findings, withdraw_findings};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::follow_up::{record_follow_up, record_interference};
use crate::workspace::deeds::list_file::write_list;
use crate::workspace::deeds::mends::take_mend;
use crate::workspace::deeds::open::{Opened, open_period, void_period};
use crate::workspace::deeds::page_address::set_page_address;
use crate::workspace::deeds::plan_record::record_year_plan_dates;
use crate::workspace::deeds::publish::{correct_disclosure, record_disclosure};
use crate::workspace::deeds::results::{ResultsTaken, record_result, take_results};
use crate::workspace::deeds::seal::{Sealed, seal_month, seal_year};
use crate::workspace::deeds::settings::save_settings;
use crate::workspace::deeds::share::share_project;
use crate::workspace::intake::database::DatabaseRead;
use crate::workspace::intake::import::{take_calendar, take_districts};
use crate::workspace::intake::refresh::{forget_kept, take_back};
use crate::workspace::reports::database::{DatabaseExport, export_to_database};
use crate::workspace::reports::export::{ExportRequest, Exported, export_project};
use crate::workspace::reports::packs::{PackRequest, pack_bodies};
use crate::workspace::store::frames::load_project_data;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::set_back::dated_after;
use crate::workspace::store::shared::SharedPlace;
use crate::workspace::support::log;
pub use refresh::{RefreshPreview, Refreshed, preview_refresh};
use refresh::{take_database, take_files, take_read};

/// Register and map of a project for the deeds that need them.
#[derive(Debug)]
pub enum Frames<'a> {
    /// At hand.
    Given(&'a Registry, &'a DistrictSet),
    /// On the disk, read once a deed asks for them.
    OnDisk(OnceCell<Box<(Registry, DistrictSet)>>),
}

impl Frames<'_> {
    /// Those of the project's folder.
    #[must_use]
    pub fn on_disk() -> Self {
        Self::OnDisk(OnceCell::new())
    }

    /// Register and map.
    ///
    /// # Errors
    /// `FRM-…`, `SHP-…`, `IO-…` where they have to be read and can't be.
    pub fn get(&self, project: &Project) -> AppResult<(&Registry, &DistrictSet)> {
        match self {
            Self::Given(registry, districts) => Ok((registry, districts)),
            Self::OnDisk(cell) => {
                let (registry, districts) = if let Some(read) = cell.get() {
                    &**read
                } else {
                    let read = Box::new(load_project_data(project)?);
                    &**cell.get_or_init(|| read)
                };
                Ok((registry, districts))
            }
        }
    }
}

/// Who inspects: lead and second.
pub type Pair = (InspectorId, InspectorId);

/// What a deed gave.
#[derive(Debug)]
pub enum DeedOutcome {
    /// Settings are saved.
    Saved,
    /// A way out was taken: its words.
    Mended(String),
    /// A seal was made.
    Sealed(Period, Sealed),
    /// A seal was opened.
    Opened(Period, Opened),
    /// A seal was given up.
    Voided(Period),
    /// A reserve came in for a unit.
    Substituted(PlanMonth, UnitId, Substituted),
    /// Another pair for a unit's check.
    Replaced(PlanMonth, UnitId, Pair),
    /// A triggered check stands on the list.
    Added(PlanMonth, UnitId, Triggered),
    /// Time stamps and signatures of a draw came in.
    AnchorsTaken(Box<AnchorsTaken>),
    /// Results came in.
    Results(ResultsTaken),
    /// What bodies reported came in; `None` where nothing waited.
    Reported(Option<ResultsTaken>),
    /// A result was entered.
    Recorded,
    /// So many results were entered at once.
    RecordedMany(usize),
    /// So many results were named as public, on this day.
    Published(usize, NaiveDate),
    /// So many results have another day of publication now, or none.
    PublicationCorrected(usize, Option<NaiveDate>),
    /// So many problems have another state of their mending.
    FollowedUp(usize),
    /// An attempt to interfere is on record.
    InterferenceRecorded,
    /// Days of the yearly plan as they stand.
    PlanDated(PlanDates),
    /// Files were written into a folder.
    Exported(PathBuf, Exported),
    /// Rows were added to a database.
    ExportedToDatabase(DatabaseExport),
    /// Another register.
    Refreshed(Box<Refreshed>),
    /// The register of a kept state came back: its name, its sources.
    CameBack(String, usize),
    /// A kept state was deleted: its name.
    Forgotten(String),
    /// A list was written into a file.
    ListWritten(PathBuf),
    /// So many findings were confirmed.
    FindingsConfirmed(usize),
    /// So many findings are open again.
    FindingsWithdrawn(usize),
    /// Another map.
    MapTaken,
    /// Another calendar.
    CalendarTaken,
    /// Files changed outside the program were accepted: their paths.
    ChangesAccepted(Vec<String>),
    /// The project lives on a server now.
    Shared(SharedPlace),
}

/// Carries out a deed on a project. `project` is what is saved then; where a deed fails it is what is saved
/// nevertheless.
///
/// # Errors
/// Those of the deed's own function.
pub fn perform_deed(
    project: &mut Project,
    frames: &Frames<'_>,
    deed: Deed,
    context: &CommandContext,
) -> AppResult<DeedOutcome> {
    let (id, since) = (deed.command_id().id(), Instant::now());
    let done = match &deed {
        // two people answer for a log whose last line is dated too late
        Deed::AcceptChanges(_) => carry_out(project, frames, deed, context),
        _ => dated_after(project, context).and_then(|context| carry_out(project, frames, deed, &context)),
    };
    log::deed(id, since, &done);
    done
}

fn carry_out(
    project: &mut Project,
    frames: &Frames<'_>,
    deed: Deed,
    context: &CommandContext,
) -> AppResult<DeedOutcome> {
    Ok(match deed {
        Deed::Settings(settings) => {
            save_settings(project, &settings, context)?;
            DeedOutcome::Saved
        }
        Deed::Mend(mend, ground) => {
            take_mend(project, &mend, &ground, context)?;
            DeedOutcome::Mended(mend.text)
        }
        Deed::SealYear(pledge) => {
            let sealed = seal_year(project, frames.get(project)?.0, &pledge, context)?;
            DeedOutcome::Sealed(Period::Year(project.file.year), sealed)
        }
        Deed::SealMonth(month, pledge) => {
            let sealed = seal_month(project, frames.get(project)?.0, month, &pledge, context)?;
            DeedOutcome::Sealed(Period::Month(month), sealed)
        }
        Deed::Open(period, typed) => DeedOutcome::Opened(period, open_period(project, period, typed, context)?),
        Deed::Void(period, reason) => {
            void_period(project, period, &reason, context).map(|()| DeedOutcome::Voided(period))?
        }
        Deed::Substitute { month, unit, case, reason } => {
            let registry = frames.get(project)?.0;
            let put = substitute_unit(project, registry, month, &unit, (case, reason), context)?;
            DeedOutcome::Substituted(month, unit, put)
        }
        Deed::ReplaceInspector { month, unit, certificate, reason } => {
            let pair = replace_inspector(project, month, &unit, &certificate, reason, context)?;
            DeedOutcome::Replaced(month, unit, pair)
        }
        Deed::AddCheck(month, request) => {
            let registry = frames.get(project)?.0;
            let added = add_triggered_check(project, registry, month, &request, context)?;
            DeedOutcome::Added(month, request.unit, added)
        }
        Deed::TakeAnchors { period, files, roots } => {
            DeedOutcome::AnchorsTaken(Box::new(take_anchors(project, period, &files, &roots, context)?))
        }
        Deed::SignDraw(period, key) => DeedOutcome::AnchorsTaken(Box::new(sign_draw(project, period, &key, context)?)),
        Deed::TakeResults(file) => DeedOutcome::Results(take_results(project, &file, context)?),
        Deed::TakeReported => DeedOutcome::Reported(take_reported(project, context)?),
        Deed::RecordResult(result, reason) => {
            record_result(project, frames.get(project)?.0, *result, reason, context)?;
            DeedOutcome::Recorded
        }
        Deed::RecordClear(keys, days) => {
            let registry = frames.get(project)?.0;
            DeedOutcome::RecordedMany(record_clear_results(project, registry, &keys, days, context)?)
        }
        Deed::Publish(publication) => {
            let on = publication.on.unwrap_or(context.now.date());
            DeedOutcome::Published(record_disclosure(project, &publication, context)?, on)
        }
        Deed::CorrectPublication(correction) => {
            DeedOutcome::PublicationCorrected(correct_disclosure(project, &correction, context)?, correction.on)
        }
        Deed::FollowUp(entry) => {
            DeedOutcome::FollowedUp(record_follow_up(project, frames.get(project)?.0, &entry, context)?)
        }
        Deed::Interference(told) => {
            record_interference(project, &told, context)?;
            DeedOutcome::InterferenceRecorded
        }
        Deed::PlanDates(entered) => {
            let registry = frames.get(project)?.0;
            DeedOutcome::PlanDated(record_year_plan_dates(project, registry, &entered, context)?)
        }
        Deed::Export { to, month, only } => {
            let (registry, districts) = frames.get(project)?;
            let request = ExportRequest { month, only };
            let exported = export_project(project, registry, districts, &to, &request, context)?;
            DeedOutcome::Exported(to, exported)
        }
        Deed::PageAddress(typed) => {
            set_page_address(project, &typed, context)?;
            DeedOutcome::Saved
        }
        Deed::PackBodies { to, month, password } => {
            let (registry, districts) = frames.get(project)?;
            let request = PackRequest { to, month, password };
            let packed = pack_bodies(project, registry, districts, &request, context)?;
            DeedOutcome::Exported(request.to, packed)
        }
        Deed::WriteList { to, list, rows, bytes } => {
            write_list(project, &to, &list, rows, &bytes, context)?;
            DeedOutcome::ListWritten(to)
        }
        Deed::Refresh { from, mapping, looked_at } => {
            take_files(project, frames.get(project)?, (&from, mapping), looked_at.as_deref(), context)?
        }
        Deed::RefreshDatabase { from, remote, mapping } => {
            let read = |known: &Mapping| DatabaseRead::read(&remote, known, &context.progress);
            take_database(project, frames.get(project)?, (&from, mapping), read, context)?
        }
        Deed::RefreshRead { read, mapping, looked_at } => {
            take_read(project, frames.get(project)?, (&read, mapping), &looked_at, context)?
        }
        Deed::ExportDatabase(target) => {
            DeedOutcome::ExportedToDatabase(export_to_database(project, frames.get(project)?, &target, context)?)
        }
        Deed::RefreshBack(id) => {
            let (state, sources) = take_back(project, frames.get(project)?.0, id.as_deref(), context)?;
            DeedOutcome::CameBack(state.id, sources)
        }
        Deed::ForgetKept(id) => forget_kept(project, &id, context).map(|()| DeedOutcome::Forgotten(id))?,
        Deed::ConfirmFindings(asked) => DeedOutcome::FindingsConfirmed(confirm_findings(project, &asked, context)?),
        Deed::WithdrawFindings(keys) => DeedOutcome::FindingsWithdrawn(withdraw_findings(project, &keys, context)?),
        Deed::LoadDistricts(path) => {
            take_districts(project, &path, context)?;
            DeedOutcome::MapTaken
        }
        Deed::LoadCalendar(path) => {
            take_calendar(project, &path, context)?;
            DeedOutcome::CalendarTaken
        }
        Deed::AcceptChanges(accepted) => DeedOutcome::ChangesAccepted(accept_changes(project, &accepted, context)?),
        Deed::Share(place) => share_project(project, place, context).map(DeedOutcome::Shared)?,
    })
}

/// Shows the bodies of a shared project their checks as they stand; what is to be said where that failed: what was done
/// stands, and the next look at the server makes up for it.
#[must_use]
pub fn show_bodies(project: &Project, frames: &Frames<'_>, progress: &Progress) -> Option<Finding> {
    project.shared()?;
    let shown = frames.get(project).and_then(|(registry, _)| put_checks(project, registry, progress));
    let error = shown.err()?;
    let why = error.finding();
    Some(
        Finding::warning("SHR-022", format!("各主体在服务器上看到的检查还没有更新：[{}] {}", why.code, why.what))
            .hint("这一步已经完成；恢复连接后「取得更改」（命令行 shared sync）即补上"),
    )
}

/// Carries out a deed and shows the bodies of a shared project what it left them; what is to be said where they could
/// not be shown it.
///
/// # Errors
/// Those of [`perform_deed`].
pub fn perform_and_show(
    project: &mut Project,
    frames: &Frames<'_>,
    deed: Deed,
    context: &CommandContext,
) -> AppResult<(DeedOutcome, Option<Finding>)> {
    let moves = deed.moves_checks();
    let done = perform_deed(project, frames, deed, context)?;
    // the register at hand is the one before a refresh
    let anew = Frames::on_disk();
    let frames = if matches!(done, DeedOutcome::Refreshed(_) | DeedOutcome::CameBack(..)) { &anew } else { frames };
    let unshown = moves.then(|| show_bodies(project, frames, &context.progress)).flatten();
    Ok((done, unshown))
}
