//! Everything that the window can ask of the workspace, as one enum.
//!
//! Menus, shortcuts, the palette, screens and tests send these; [`super::Session::apply`] carries them out
//! between frames. Long ones start a background job and report by toast, findings and fresh stages.

use std::path::PathBuf;
use std::sync::Arc;

use crate::disclosure::CheckResult;
use crate::domain::Period;
use crate::domain::{InspectorId, PlanMonth, UnitId};
use crate::plan::{Mend, PlanEdits};
use crate::policy::Policy;
use crate::registry::mapping::Mapping;
use crate::workspace::deeds::seal::Pledge;
use crate::workspace::deeds::verify::VerifyRequest;

/// Files to be made a project, or to refresh one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportRequest {
    /// The folder with the office's files.
    pub from: PathBuf,
    /// The project's folder; empty for one beside `from`, named by year.
    pub to: PathBuf,
    /// Year planned; `None` for this year.
    pub year: Option<i32>,
    /// Name shown; empty for the agency and year.
    pub name: String,
    /// Preset's id or policy file; `None` for the folder's own or the default.
    pub policy: Option<String>,
    /// Mapping by hand; `None` for what is recognised.
    pub mapping: Option<Mapping>,
}

/// A command. Those marked *draft* can be undone; those marked *for good* stand in the journal.
#[derive(Debug, Clone)]
pub enum Command {
    /// Opens the demo city, made where it is not there yet.
    OpenDemo,
    /// Opens a project folder (read-only where another window holds it).
    OpenProject(PathBuf),
    /// Makes a project of a folder of files and opens it.
    Import(ImportRequest),
    /// Reads the office's files again into the open project: the register of a new quarter, or another mapping.
    Refresh(ImportRequest),
    /// Takes another map of districts (.shp and companions).
    LoadDistricts(PathBuf),
    /// Takes another calendar of working days (csv).
    LoadCalendar(PathBuf),
    /// Writes the draft into policy and project: what is sealed is what is saved.
    Save,
    /// Steps back in the draft.
    Undo,
    /// Steps forward again.
    Redo,
    /// Throws the draft away: back to what is saved.
    Revert,
    /// *Draft*: another policy. Changes with the same `gesture` (one drag) are one step of undo.
    SetPolicy {
        /// The whole policy.
        policy: Arc<Policy>,
        /// What changed, for the undo menu: `权重：行政处罚`.
        label: String,
        /// Number of the gesture, unique to a drag; 0 for a step of its own.
        gesture: u64,
    },
    /// *Draft*: other edits of the plan.
    SetEdits {
        /// All edits.
        edits: PlanEdits,
        /// What changed.
        label: String,
        /// As in `SetPolicy`.
        gesture: u64,
    },
    /// *Draft*: takes a shortage's way out.
    TakeMend(Mend),
    /// *Draft*: the map's review number.
    SetReviewNumber(String),
    /// *For good*: seals the year's seed. Saves the draft first.
    SealYear(Pledge),
    /// *For good*: freezes and seals a month. Saves the draft first.
    SealMonth(PlanMonth, Pledge),
    /// *For good*: opens a pending seal with the public number.
    Open(Period, String),
    /// *For good*: gives a pending seal up.
    Void(Period, String),
    /// *For good*: the next living reserve takes a unit's place.
    Substitute {
        /// Month of the draw.
        month: PlanMonth,
        /// Who drops out.
        unit: UnitId,
        /// Dated evidence.
        reason: String,
    },
    /// *For good*: another inspector by the same rule.
    ReplaceInspector {
        /// Month of the draw.
        month: PlanMonth,
        /// Which check.
        unit: UnitId,
        /// Who goes.
        certificate: InspectorId,
        /// Why.
        reason: String,
    },
    /// *For good*: a triggered check.
    AddCheck {
        /// Month of the draw.
        month: PlanMonth,
        /// Which unit.
        unit: UnitId,
        /// Why.
        reason: String,
    },
    /// *For good*: takes results in from a file.
    TakeResults(PathBuf),
    /// *For good*: a result entered by hand, or an entered one corrected with a reason.
    RecordResult(Box<CheckResult>, String),
    /// *For good*: results with these plan codes went public today.
    Publish(Vec<String>),
    /// Exports the plan, or a month's lists, into a folder.
    Export {
        /// Target folder.
        to: PathBuf,
        /// Month; `None` for the whole plan.
        month: Option<PlanMonth>,
        /// Kinds of files by ending; empty for all.
        only: Vec<String>,
    },
    /// Checks a certificate, with its frame where there is one.
    Verify(Box<VerifyRequest>),
    /// Writes bytes that a screen has made (a picture, a report) to a file, atomically.
    WriteFile(PathBuf, Arc<Vec<u8>>),
    /// District that every screen is filtered by; `None` for the city.
    SetDistrict(Option<u32>),
    /// Enforcing body (index in the policy) that every screen is filtered by.
    SetBody(Option<u16>),
    /// Month that every screen looks at.
    SetMonth(PlanMonth),
    /// The source whose card is shown: row of the sources frame.
    SelectUnit(Option<u32>),
    /// Sources selected (rows of the sources frame, ascending), shared by map and table.
    SelectRows(Arc<Vec<u32>>),
    /// Name of the operator, for the journal.
    SetOperator(String),
    /// Asks a running job to stop.
    CancelJob(u64),
    /// Closes the findings panel.
    DismissFindings,
    /// Takes a project off the list of recent ones.
    ForgetRecent(PathBuf),
}
