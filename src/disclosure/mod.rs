//! What came back from the checks, and what goes out to the public.
//!
//! Duty: results of checks (intake from a table of text cells), disclosure deadlines in working days, the
//! completeness meter, public lists with personal data masked, and the gate between internal and public
//! documents. 谁检查、谁录入、谁公开; within 20 working days after the task completes; 100 % of the year's
//! results (沪环执法〔2023〕154号 第13项; 环办执法〔2021〕18号). The yearly plan's fields and its date are those
//! of 上海市优化营商环境条例 第62条.
//!
//! Invariants: no clock, no file and no data frame here: dates, calendars and tables come in as values.
//! A public document is made of [`PublicTarget`]s only, and a [`PublicTarget`] can be made only from a
//! check that has taken place ([`PublicTarget::of_result`]). Withheld items are counted, never dropped.

mod answers;
mod board;
mod figures;
mod follow_up;
mod gate;
mod guard;
mod intake;
mod ledger;
mod list;
mod mask;
mod names;
mod penalty;
mod plan_dates;
mod recheck;
mod result;
mod revived;
mod rules;
mod scan;
mod year_plan;

pub use answers::{Answer, ChecklistRecord, read_answers, write_answers};
pub use board::{
    BoardRow, Completeness, DeadlineRule, DeadlineState, DisclosureBoard, compute_board, compute_deadline,
    working_days_between,
};
pub use figures::{BoardFigures, IndustryFigure, KeyIndustry, Share, compute_figures, compute_industry_coverage};
pub use follow_up::FollowUp;
pub use gate::{Audience, PublicTarget, check_all_visited, unvisited};
pub use guard::{check_public_words, is_same_person};
pub use intake::{Intake, IntakeContext, ResultColumns, ResultField, TextTable, check_results};
pub use ledger::{Closing, Ledger, LedgerRow, LedgerState, compute_ledger};
pub use list::{ResultList, ResultListInput, ResultListRow, WithheldRow, compute_result_list};
pub use mask::{MaskCounts, MaskFinding, MaskLog, Masker};
pub use penalty::select_penalties;
pub use plan_dates::{PlanDates, PlanDatesEntry, VersionDates};
pub use recheck::{DeadRecords, MandatoryChecks, ReCheck, compute_dead_records, compute_rechecks};
pub use result::{
    CheckOrigin, CheckResult, DueCheck, Manner, OFF_SITE_SEQUENCE, Outcome, PenaltyNote, WithholdingGround,
};
pub use revived::check_revived;
pub use rules::{FieldFinding, check_disclosed, check_readable, check_result, read_inspectors};
pub use scan::{LeakNeedle, PublicScan, ScanReport};
pub use year_plan::{CapStatement, MonthCount, YearPlan, YearPlanRow, check_published, check_year_plan};
