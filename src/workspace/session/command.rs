//! Everything that the window can ask of the workspace, as one family.
//!
//! Menus, shortcuts, the palette, screens and tests send these; [`super::Session::apply`] carries them out
//! between frames. Long ones start a background job and report by toast, findings and fresh stages.

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::PlanMonth;
use crate::plan::{Mend, PlanEdits};
use crate::policy::Policy;
use crate::registry::mapping::Mapping;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::verify::VerifyRequest;
use crate::workspace::intake::database::DatabaseRead;
use crate::workspace::store::briefing::BriefingChoice;

/// Files to be made a project.
#[derive(Debug, Clone, Default)]
pub struct ImportRequest {
    /// The folder with the office's files; empty where all was read of a database.
    pub from: PathBuf,
    /// What was read of a database.
    pub read: Option<Arc<DatabaseRead>>,
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

/// A command.
#[derive(Debug, Clone)]
pub enum Command {
    /// What is looked at; nothing of the open project changes.
    View(ViewCommand),
    /// The draft of policy and plan; can be undone.
    Draft(DraftCommand),
    /// For good; stands in the journal.
    Deed(Box<Deed>),
}

/// What is looked at: projects, filters, files beside the project, the program's own settings.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant, reason = "one at a time, a few a minute")]
pub enum ViewCommand {
    /// Opens the demo city, made where it is not there yet.
    OpenDemo,
    /// Opens a project folder (read-only where another window holds it).
    OpenProject(PathBuf),
    /// Makes a project of a folder of files and opens it.
    Import(Box<ImportRequest>),
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
    /// Hides what names a unit, in every screen; kept while the program runs.
    Veil(bool),
}

/// The draft of policy and plan.
#[derive(Debug, Clone)]
pub enum DraftCommand {
    /// Writes the draft into policy and project, as [`Deed::Settings`]: what is sealed is what is saved.
    Save,
    /// Steps back.
    Undo,
    /// Steps forward again.
    Redo,
    /// Throws the draft away: back to what is saved.
    Revert,
    /// Another policy. Changes with the same `gesture` (one drag) are one step of undo.
    SetPolicy {
        /// The whole policy.
        policy: Arc<Policy>,
        /// What changed, for the undo menu: `权重：行政处罚`.
        label: String,
        /// Number of the gesture, unique to a drag; 0 for a step of its own.
        gesture: u64,
    },
    /// Other edits of the plan.
    SetEdits {
        /// All edits.
        edits: PlanEdits,
        /// What changed.
        label: String,
        /// As in `SetPolicy`.
        gesture: u64,
    },
    /// Takes a shortage's way out.
    TakeMend {
        /// The way out.
        mend: Mend,
        /// Its ground, for the journal; empty where it needs none.
        ground: String,
    },
    /// The map's review number.
    SetReviewNumber(String),
    /// Other pages of the briefing.
    SetBriefing {
        /// All pages.
        briefing: BriefingChoice,
        /// What changed.
        label: String,
        /// As in `SetPolicy`.
        gesture: u64,
    },
}

impl Command {
    /// True where the journal will say who did it: the operator's name is asked for before.
    #[must_use]
    pub fn needs_operator(&self) -> bool {
        match self {
            Self::View(_) => false,
            Self::Draft(draft) => matches!(draft, DraftCommand::Save),
            Self::Deed(_) => true,
        }
    }
}

impl From<ViewCommand> for Command {
    fn from(command: ViewCommand) -> Self {
        Self::View(command)
    }
}

impl From<DraftCommand> for Command {
    fn from(command: DraftCommand) -> Self {
        Self::Draft(command)
    }
}

impl From<Deed> for Command {
    fn from(deed: Deed) -> Self {
        Self::Deed(Box::new(deed))
    }
}
