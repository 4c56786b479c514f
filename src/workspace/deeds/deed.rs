//! What is done for good, as one enum: window and command line make these, [`crate::workspace::perform`] carries
//! them out.

use std::path::PathBuf;
use std::sync::Arc;

use crate::anchor::keys::SigningKey;
use crate::disclosure::{CheckResult, PlanDatesEntry};
use crate::domain::{InspectorId, Period, PlanMonth, SubstituteCase, UnitId};
use crate::engine::RemoteSource;
use crate::engine::database::DatabaseTarget;
use crate::plan::Mend;
use crate::registry::{FindingKey, Mapping};
use crate::workspace::deeds::accept::Acceptance;
use crate::workspace::deeds::batch::{CheckKey, ClearDays};
use crate::workspace::deeds::change::TriggeredRequest;
use crate::workspace::deeds::confirm::Confirmation;
use crate::workspace::deeds::evidence::Ground;
use crate::workspace::deeds::follow_up::{FollowUpEntry, Interference};
use crate::workspace::deeds::open::TypedOpening;
use crate::workspace::deeds::pack_password::PackPassword;
use crate::workspace::deeds::publish::{Publication, PublicationCorrection};
use crate::workspace::deeds::seal::Pledge;
use crate::workspace::deeds::settings::Settings;
use crate::workspace::intake::database::DatabaseRead;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::shared::SharedPlace;

/// A deed. Each stands in the journal with who did it, so that none is done before the operator's name is known.
#[derive(Debug, Clone)]
pub enum Deed {
    /// Saves policy, edits and review number.
    Settings(Box<Settings>),
    /// Takes a shortage's way out, on a ground; empty where none is given.
    Mend(Box<Mend>, String),
    /// Seals the year's seed.
    SealYear(Pledge),
    /// Freezes and seals a month.
    SealMonth(PlanMonth, Pledge),
    /// Opens a pending seal with the public number, and the envelope's secret where its file is lost.
    Open(Period, TypedOpening),
    /// Gives a pending seal up, with the reason.
    Void(Period, String),
    /// The next living reserve takes a unit's place.
    Substitute {
        /// Month of the draw.
        month: PlanMonth,
        /// Who drops out.
        unit: UnitId,
        /// What was found.
        case: SubstituteCase,
        /// Dated evidence, in words and by file.
        reason: Ground,
    },
    /// Another inspector by the same rule.
    ReplaceInspector {
        /// Month of the draw.
        month: PlanMonth,
        /// Which check.
        unit: UnitId,
        /// Who goes.
        certificate: InspectorId,
        /// Why.
        reason: Ground,
    },
    /// A triggered check of a month.
    AddCheck(PlanMonth, TriggeredRequest),
    /// Takes tokens and statements of a draw in: files, and the roots that they are checked against.
    TakeAnchors {
        /// Whose draw.
        period: Period,
        /// Tokens `.tsr` and statements.
        files: Vec<PathBuf>,
        /// Roots of the authorities.
        roots: Vec<PathBuf>,
    },
    /// The office signs a draw's seal, opening and certificate.
    SignDraw(Period, Box<SigningKey>),
    /// Takes results in from a file.
    TakeResults(PathBuf),
    /// Takes in what the bodies of a shared project reported.
    TakeReported,
    /// A result entered by hand, or an entered one corrected with a reason.
    RecordResult(Box<CheckResult>, Ground),
    /// Checks at which nothing was found, on the same days.
    RecordClear(Vec<CheckKey>, ClearDays),
    /// Results went public.
    Publish(Publication),
    /// The entry of a publication is corrected or taken back.
    CorrectPublication(PublicationCorrection),
    /// What became of problems: closed, another term, handed over, not punished.
    FollowUp(Box<FollowUpEntry>),
    /// An attempt to interfere with inspections.
    Interference(Interference),
    /// Days on which the yearly plan was approved, filed, published; what is approved is kept as a version.
    PlanDates(PlanDatesEntry),
    /// Exports the plan, or a month's lists, into a folder.
    Export {
        /// Target folder.
        to: PathBuf,
        /// Month; `None` for the whole plan.
        month: Option<PlanMonth>,
        /// Kinds of files by ending or family; empty for all.
        only: Vec<String>,
    },
    /// The public pages stand at this address.
    PageAddress(String),
    /// Exports the bodies' folders and packs each into one file.
    PackBodies {
        /// Target folder.
        to: PathBuf,
        /// Month; `None` for the whole plan.
        month: Option<PlanMonth>,
        /// Encrypts the packs.
        password: Option<PackPassword>,
    },
    /// Writes a list that names units of a month into a file, made ready elsewhere.
    WriteList {
        /// Target file.
        to: PathBuf,
        /// Name of the list.
        list: String,
        /// Rows of it.
        rows: usize,
        /// The file's bytes.
        bytes: Arc<Vec<u8>>,
    },
    /// Reads the office's files again: the register of a new quarter, or another mapping.
    Refresh {
        /// The folder with the files.
        from: PathBuf,
        /// Mapping by hand; `None` for what is recognised.
        mapping: Option<Mapping>,
        /// Mark of the preview that was agreed to: files that have changed since are not taken.
        looked_at: Option<String>,
    },
    /// As [`Deed::Refresh`], with tables of a database.
    RefreshDatabase {
        /// The folder with files beside them; empty for none.
        from: PathBuf,
        /// The database.
        remote: Box<RemoteSource>,
        /// Mapping by hand; `None` for what is recognised.
        mapping: Option<Mapping>,
    },
    /// Takes what was read of a database before, and looked at: the server is not asked again.
    RefreshRead {
        /// What was read.
        read: Arc<DatabaseRead>,
        /// Mapping by hand; `None` for what is recognised.
        mapping: Option<Mapping>,
        /// Mark of the preview that was agreed to.
        looked_at: String,
    },
    /// Adds plan, lists and results to tables of a database.
    ExportDatabase(Box<DatabaseTarget>),
    /// The register before a refresh comes back: the kept state of this name, the latest for `None`.
    RefreshBack(Option<String>),
    /// Deletes a kept register.
    ForgetKept(String),
    /// Findings of the quality report are confirmed: they may stay, or a name means that unit.
    ConfirmFindings(Confirmation),
    /// Such confirmations are taken back.
    WithdrawFindings(Vec<FindingKey>),
    /// Takes another map of districts (.shp and companions).
    LoadDistricts(PathBuf),
    /// Takes another calendar of working days (csv).
    LoadCalendar(PathBuf),
    /// Two people answer for files that were changed outside the program.
    AcceptChanges(Acceptance),
    /// Puts the project on a server, for several desks and the bodies.
    Share(SharedPlace),
}

impl Deed {
    /// What the journal calls it.
    #[must_use]
    pub fn command_id(&self) -> CommandId {
        match self {
            Self::Settings(_) | Self::PageAddress(_) => CommandId::Settings,
            Self::Mend(..) => CommandId::Mend,
            Self::SealYear(_) | Self::SealMonth(..) => CommandId::Seal,
            Self::Open(..) => CommandId::Open,
            Self::Void(..) => CommandId::Void,
            Self::TakeAnchors { .. } | Self::SignDraw(..) => CommandId::Anchors,
            Self::Substitute { .. } => CommandId::Substitute,
            Self::ReplaceInspector { .. } => CommandId::ReplaceInspector,
            Self::AddCheck(..) => CommandId::AddCheck,
            Self::TakeResults(_) | Self::TakeReported => CommandId::Results,
            // one that corrects an entered result is journaled as that
            Self::RecordResult(..) => CommandId::RecordResult,
            Self::RecordClear(..) => CommandId::RecordResults,
            Self::Publish(_) => CommandId::Publish,
            Self::CorrectPublication(_) => CommandId::CorrectPublication,
            Self::FollowUp(_) => CommandId::FollowUp,
            Self::Interference(_) => CommandId::Interference,
            Self::PlanDates(_) => CommandId::PlanDates,
            Self::Export { .. } | Self::ExportDatabase(_) | Self::PackBodies { .. } | Self::WriteList { .. } => {
                CommandId::Export
            }
            Self::Refresh { .. } | Self::RefreshDatabase { .. } | Self::RefreshRead { .. } => CommandId::Refresh,
            Self::RefreshBack(_) => CommandId::RefreshBack,
            Self::ForgetKept(_) => CommandId::ForgetKept,
            Self::ConfirmFindings(_) => CommandId::ConfirmFindings,
            Self::WithdrawFindings(_) => CommandId::WithdrawFindings,
            Self::LoadDistricts(_) => CommandId::Districts,
            Self::LoadCalendar(_) => CommandId::Calendar,
            Self::AcceptChanges(_) => CommandId::AcceptChanges,
            Self::Share(_) => CommandId::Share,
        }
    }

    /// True where the checks that bodies have to do, or what may be known of them, can be others after it.
    #[must_use]
    pub fn moves_checks(&self) -> bool {
        use CommandId as Id;
        let moving = [
            Id::Open,
            Id::Void,
            Id::Substitute,
            Id::ReplaceInspector,
            Id::AddCheck,
            Id::Results,
            Id::RecordResult,
            Id::RecordResults,
            Id::Publish,
            Id::CorrectPublication,
            Id::Refresh,
            Id::RefreshBack,
            Id::Share,
        ];
        moving.contains(&self.command_id())
    }

    /// What is being done, in words: the name of its work while it runs.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Settings(_) => "保存",
            Self::SealYear(_) => "封存年度种子",
            Self::SealMonth(..) => "冻结并封存",
            Self::Open(..) => "开封并抽取",
            Self::PackBodies { .. } => "打包",
            Self::PageAddress(_) => "保存公开网页的地址",
            Self::TakeReported => "取入各主体报送",
            Self::Mend(..)
            | Self::Void(..)
            | Self::Substitute { .. }
            | Self::ReplaceInspector { .. }
            | Self::AddCheck(..)
            | Self::TakeAnchors { .. }
            | Self::SignDraw(..)
            | Self::TakeResults(_)
            | Self::RecordResult(..)
            | Self::RecordClear(..)
            | Self::Publish(_)
            | Self::CorrectPublication(_)
            | Self::FollowUp(_)
            | Self::Interference(_)
            | Self::PlanDates(_)
            | Self::Export { .. }
            | Self::ExportDatabase(_)
            | Self::Refresh { .. }
            | Self::RefreshDatabase { .. }
            | Self::RefreshRead { .. }
            | Self::RefreshBack(_)
            | Self::ForgetKept(_)
            | Self::WriteList { .. }
            | Self::ConfirmFindings(_)
            | Self::WithdrawFindings(_)
            | Self::LoadDistricts(_)
            | Self::LoadCalendar(_)
            | Self::AcceptChanges(_)
            | Self::Share(_) => self.command_id().label(),
        }
    }

    /// True where the planner's draft is saved first: what is sealed, approved or exported is what is saved.
    #[must_use]
    pub fn saves_draft(&self) -> bool {
        match self {
            Self::SealYear(_)
            | Self::SealMonth(..)
            | Self::Export { .. }
            | Self::ExportDatabase(_)
            | Self::PackBodies { .. }
            | Self::Share(_) => true,
            // what is approved is what is saved
            Self::PlanDates(entered) => entered.approved_on.is_some(),
            // the saving itself
            Self::Settings(_)
            | Self::PageAddress(_)
            | Self::Mend(..)
            | Self::Open(..)
            | Self::Void(..)
            | Self::Substitute { .. }
            | Self::ReplaceInspector { .. }
            | Self::AddCheck(..)
            | Self::TakeAnchors { .. }
            | Self::SignDraw(..)
            | Self::TakeResults(_)
            | Self::TakeReported
            | Self::RecordResult(..)
            | Self::RecordClear(..)
            | Self::Publish(_)
            | Self::CorrectPublication(_)
            | Self::FollowUp(_)
            | Self::Interference(_)
            | Self::WriteList { .. }
            | Self::Refresh { .. }
            | Self::RefreshDatabase { .. }
            | Self::RefreshRead { .. }
            | Self::RefreshBack(_)
            | Self::ForgetKept(_)
            | Self::ConfirmFindings(_)
            | Self::WithdrawFindings(_)
            | Self::LoadDistricts(_)
            | Self::LoadCalendar(_)
            | Self::AcceptChanges(_) => false,
        }
    }
}
