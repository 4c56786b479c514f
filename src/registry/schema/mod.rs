//! The tables that the product reads: their columns, what each column holds, which are required.
//!
//! Duty: one place that says what `data.md` says, as data. Input fields (what a file may have) and frame
//! columns (what the rest of the product gets) are listed separately, since one input field may give several
//! frame columns (`validity` gives `issued` and `expires`) and some frame columns are derived (`enterprise`).
//!
//! Invariants: field ids are unique within a table; the order of `frame_columns` is the order in the frame;
//! a column listed there exists in every frame, null where the file had none.

mod fields;
mod frames;

use serde::{Deserialize, Serialize};

use super::vocabulary::VocabularyKind;

pub use super::columns::{FrameColumn, FrameType};
pub use frames::{
    capacity, complaints, credit, event, former, inspectors, monitoring, origin, past_checks, quality, recusals,
    set_aside, sources, violations,
};

/// A table of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// 污染源名录.
    Sources,
    /// 环保信用评价.
    Credit,
    /// 行政处罚.
    Violations,
    /// 信访投诉.
    Complaints,
    /// 自动监控异常.
    Monitoring,
    /// 执法人员名录.
    Inspectors,
    /// 回避.
    Recusals,
    /// 历次检查.
    PastChecks,
    /// 力量装备经费.
    Capacity,
}

/// What a column holds, hence how it is parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Free text, trimmed.
    Text,
    /// A unit's permit or registration number, as the register's own key.
    Number,
    /// A unit's number in a table that refers to the register.
    UnitRef,
    /// Unified social credit code.
    Uscc,
    /// One of a vocabulary.
    Choice(VocabularyKind),
    /// Several of a vocabulary, joined by `;` in the vocabulary's order.
    Choices(VocabularyKind),
    /// Yes or no.
    Flag,
    /// A date.
    Date,
    /// A date with an optional time of day.
    DateTime,
    /// A month, `2027-03`.
    Month,
    /// A year.
    Year,
    /// A decimal number from 0.
    Decimal,
    /// A decimal number of either sign (a score, a measured value).
    Signed,
    /// Money in 万元, converted where the heading or the cell says 元 or 亿元.
    Money,
    /// Longitude in degrees, decimal or degrees-minutes-seconds.
    Longitude,
    /// Latitude in degrees, decimal or degrees-minutes-seconds.
    Latitude,
    /// Longitude and latitude in one cell.
    Point,
    /// From-to in one cell (有效期限).
    Period,
    /// District name or code.
    District,
    /// Enforcing body, name or id.
    Body,
    /// GB/T 4754 code or name.
    Industry,
    /// Inspector's certificate number.
    Certificate,
    /// Skills, by the policy's names.
    Skills,
    /// Leave: one or several date ranges.
    Leave,
}

/// An input column.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSpec {
    /// Stable id, used in mappings.
    pub id: &'static str,
    /// Chinese name, used in messages.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
    /// True where a row without it is set aside (alternatives are in [`TableKind::required_groups`]).
    pub required: bool,
}

impl TableKind {
    /// Every table, in the order in which they are loaded (sources first: the others refer to them).
    pub const ALL: [Self; 9] = [
        Self::Sources,
        Self::Credit,
        Self::Violations,
        Self::Complaints,
        Self::Monitoring,
        Self::Inspectors,
        Self::Recusals,
        Self::PastChecks,
        Self::Capacity,
    ];

    /// Stable id, as in `--as TABLE`, mappings and file names of frames.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Sources => "sources",
            Self::Credit => "credit",
            Self::Violations => "violations",
            Self::Complaints => "complaints",
            Self::Monitoring => "monitoring",
            Self::Inspectors => "inspectors",
            Self::Recusals => "recusals",
            Self::PastChecks => "past_checks",
            Self::Capacity => "capacity",
        }
    }

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sources => "污染源名录",
            Self::Credit => "环保信用评价",
            Self::Violations => "行政处罚",
            Self::Complaints => "信访投诉",
            Self::Monitoring => "自动监控异常",
            Self::Inspectors => "执法人员名录",
            Self::Recusals => "回避",
            Self::PastChecks => "历次检查",
            Self::Capacity => "力量装备经费",
        }
    }

    /// The table of an id or a Chinese name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|kind| kind.id().eq_ignore_ascii_case(text) || kind.label() == text)
    }

    /// Input columns.
    #[must_use]
    pub fn columns(self) -> &'static [ColumnSpec] {
        match self {
            Self::Sources => fields::SOURCES,
            Self::Credit => fields::CREDIT,
            Self::Violations => fields::VIOLATIONS,
            Self::Complaints => fields::COMPLAINTS,
            Self::Monitoring => fields::MONITORING,
            Self::Inspectors => fields::INSPECTORS,
            Self::Recusals => fields::RECUSALS,
            Self::PastChecks => fields::PAST_CHECKS,
            Self::Capacity => fields::CAPACITY,
        }
    }

    /// Columns of the frame before `row`, `file` and the unknown columns, in order.
    #[must_use]
    pub fn frame_columns(self) -> &'static [FrameColumn] {
        match self {
            Self::Sources => sources::COLUMNS,
            Self::Credit => credit::COLUMNS,
            Self::Violations => violations::COLUMNS,
            Self::Complaints => complaints::COLUMNS,
            Self::Monitoring => monitoring::COLUMNS,
            Self::Inspectors => inspectors::COLUMNS,
            Self::Recusals => recusals::COLUMNS,
            Self::PastChecks => past_checks::COLUMNS,
            Self::Capacity => capacity::COLUMNS,
        }
    }

    /// The column of an id.
    #[must_use]
    pub fn column(self, id: &str) -> Option<&'static ColumnSpec> {
        self.columns().iter().find(|column| column.id == id)
    }

    /// Groups of columns of which a file must have at least one each, and each row a value of at least one.
    #[must_use]
    pub fn required_groups(self) -> &'static [&'static [&'static str]] {
        const UNIT: &[&str] = &[event::USCC.name(), event::UNIT_ID.name(), event::NAME.name()];
        match self {
            Self::Sources => {
                const {
                    &[
                        &[sources::UNIT_ID.name()],
                        &[sources::NAME.name()],
                        &[sources::DISTRICT.name(), sources::LON.name(), sources::POINT.name()],
                        &[sources::MANAGEMENT.name()],
                    ]
                }
            }
            Self::Credit => {
                const { &[&[credit::USCC.name(), credit::NAME.name(), credit::UNIT_ID.name()], &[credit::GRADE.name()]] }
            }
            Self::Violations | Self::Complaints | Self::PastChecks => const { &[UNIT, &[event::DATE.name()]] },
            Self::Monitoring => const { &[&[monitoring::UNIT_ID.name()], &[monitoring::DATE.name()]] },
            Self::Inspectors => {
                const { &[&[inspectors::CERTIFICATE.name()], &[inspectors::NAME.name()], &[inspectors::BODY.name()]] }
            }
            Self::Recusals => {
                const {
                    &[
                        &[recusals::CERTIFICATE.name()],
                        &[recusals::UNIT_ID.name(), recusals::USCC.name(), recusals::NAME.name()],
                    ]
                }
            }
            Self::Capacity => const { &[&[capacity::BODY.name()], &[capacity::MONTH.name()]] },
        }
    }

    /// True for the tables whose rows refer to a unit of the register.
    #[must_use]
    pub fn refers_to_units(self) -> bool {
        !matches!(self, Self::Sources | Self::Inspectors | Self::Capacity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_groups_name_columns() {
        for kind in TableKind::ALL {
            let mut ids: Vec<_> = kind.columns().iter().map(|c| c.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), kind.columns().len(), "{}", kind.id());
            for group in kind.required_groups() {
                assert!(group.iter().all(|id| kind.column(id).is_some()), "{}", kind.id());
            }
            assert_eq!(TableKind::parse(kind.id()), Some(kind));
            assert_eq!(TableKind::parse(kind.label()), Some(kind));
        }
    }
    /// The input column that fills a frame column of the same name holds what that column holds.
    #[test]
    fn input_columns_and_frame_columns_agree() {
        let frame_only = [
            sources::NUMBER.name(),
            sources::ENTERPRISE.name(),
            credit::GRADE_INDEX.name(),
            monitoring::VALID.name(),
            past_checks::PENDING.name(),
        ];
        let input_only = [sources::POINT.name(), sources::VALIDITY.name(), inspectors::VALIDITY.name()];
        for kind in TableKind::ALL {
            for spec in kind.columns() {
                let Some(column) = kind.frame_columns().iter().find(|column| column.name == spec.id) else {
                    assert!(input_only.contains(&spec.id), "{}.{}", kind.id(), spec.id);
                    continue;
                };
                let held = match spec.kind {
                    ColumnKind::Flag => FrameType::Bool,
                    ColumnKind::Choice(kind) if kind.is_flag() => FrameType::Bool,
                    ColumnKind::Date | ColumnKind::DateTime => FrameType::Date,
                    ColumnKind::Year => FrameType::I32,
                    ColumnKind::District => FrameType::U32,
                    ColumnKind::Decimal
                    | ColumnKind::Signed
                    | ColumnKind::Money
                    | ColumnKind::Longitude
                    | ColumnKind::Latitude => FrameType::F64,
                    _ => FrameType::Text,
                };
                assert_eq!(column.ty, held, "{}.{}", kind.id(), spec.id);
            }
            for column in kind.frame_columns() {
                let fed = kind.column(column.name).is_some();
                assert!(fed || frame_only.contains(&column.name), "{}.{}", kind.id(), column.name);
            }
        }
    }

    /// What the tables of units have in common is one name and one type in each of them.
    #[test]
    fn shared_columns_are_the_same_everywhere() {
        for kind in TableKind::ALL.into_iter().filter(|kind| kind.refers_to_units()) {
            let (unit, name, enterprise) = (event::UNIT_ID.erased(), event::NAME.erased(), event::ENTERPRISE.erased());
            for shared in [unit, name, enterprise, event::USCC.erased(), event::DATE.erased()] {
                let own = kind.frame_columns().iter().find(|column| column.name == shared.name);
                let lacks = (kind, shared.name) == (TableKind::Monitoring, event::USCC.name())
                    || (kind, shared.name) == (TableKind::Recusals, event::DATE.name());
                assert_eq!(own.copied(), (!lacks).then_some(shared), "{}.{}", kind.id(), shared.name);
            }
        }
    }
}
