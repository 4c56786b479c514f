//! The tables that the product reads: their columns, what each column holds, which are required.
//!
//! Duty: one place that says what `data.md` says, as data. Input fields (what a file may have) and frame
//! columns (what the rest of the product gets) are listed separately, since one input field may give several
//! frame columns (`validity` gives `issued` and `expires`) and some frame columns are derived (`enterprise`).
//!
//! Invariants: field ids are unique within a table; the order of `frame_columns` is the order in the frame;
//! a column listed there exists in every frame, null where the file had none.

use serde::{Deserialize, Serialize};

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
    /// One of a vocabulary, by the vocabulary's name in the aliases.
    Choice(&'static str),
    /// Several of a vocabulary, joined by `;` in the vocabulary's order.
    Choices(&'static str),
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
    /// A decimal number.
    Decimal,
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

/// Type of a frame column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameType {
    /// String.
    Text,
    /// Date.
    Date,
    /// 64-bit float.
    F64,
    /// 32-bit unsigned.
    U32,
    /// 32-bit signed.
    I32,
    /// 8-bit unsigned.
    U8,
    /// Boolean.
    Bool,
}

const fn spec(id: &'static str, name: &'static str, kind: ColumnKind, required: bool) -> ColumnSpec {
    ColumnSpec { id, name, kind, required }
}

use ColumnKind as K;

const SOURCES: &[ColumnSpec] = &[
    spec("unit_id", "排污许可证编号或登记编号", K::Number, true),
    spec("name", "单位名称", K::Text, true),
    spec("uscc", "统一社会信用代码", K::Uscc, false),
    spec("district", "行政区划", K::District, false),
    spec("body", "执法主体", K::Body, false),
    spec("address", "地址", K::Text, false),
    spec("lon", "经度", K::Longitude, false),
    spec("lat", "纬度", K::Latitude, false),
    spec("point", "经纬度", K::Point, false),
    spec("industry", "行业类别", K::Industry, false),
    spec("management", "管理类别", K::Choice("management"), true),
    spec("supervision", "监管类别", K::Choice("supervision"), false),
    spec("issuing_body", "核发机关", K::Text, false),
    spec("permit_event", "业务类型", K::Choice("permit_event"), false),
    spec("permit_event_date", "业务办结日期", K::Date, false),
    spec("supervised", "挂牌督办", K::Flag, false),
    spec("reports_overdue", "执行报告逾期", K::Flag, false),
    spec("self_monitoring_overdue", "自行监测缺失", K::Flag, false),
    spec("key_unit", "环境监管重点单位类型", K::Choices("key_unit"), false),
    spec("issued", "发证日期", K::Date, false),
    spec("expires", "有效期截止", K::Date, false),
    spec("validity", "有效期限", K::Period, false),
    spec("status", "生产状态", K::Choice("status"), false),
    spec("positive_from", "正面清单列入日期", K::Date, false),
    spec("positive_to", "正面清单截止日期", K::Date, false),
    spec("positive_removed", "正面清单移出日期", K::Date, false),
    spec("env_risk", "环境风险等级", K::Choice("env_risk"), false),
    spec("rectify_by", "限期整改期限", K::Date, false),
    spec("auto_monitoring", "是否安装自动监控", K::Flag, false),
];

const CREDIT: &[ColumnSpec] = &[
    spec("uscc", "统一社会信用代码", K::Uscc, false),
    spec("name", "单位名称", K::Text, false),
    spec("unit_id", "排污许可证编号", K::UnitRef, false),
    spec("year", "评价年度", K::Year, false),
    spec("grade", "评价等级", K::Text, true),
    spec("score", "评价得分", K::Decimal, false),
    spec("date", "评价日期", K::Date, false),
];

const VIOLATIONS: &[ColumnSpec] = &[
    spec("uscc", "统一社会信用代码", K::Uscc, false),
    spec("unit_id", "排污许可证编号", K::UnitRef, false),
    spec("name", "当事人名称", K::Text, false),
    spec("date", "处罚决定日期", K::Date, true),
    spec("document", "决定书文号", K::Text, false),
    spec("kind", "违法行为类型", K::Text, false),
    spec("penalty_kind", "处罚类别", K::Text, false),
    spec("amount_wan", "罚款金额（万元）", K::Money, false),
    spec("authority", "决定机关", K::Text, false),
    spec("publicity_until", "公示截止期", K::Date, false),
    spec("repaired_on", "信用修复日期", K::Date, false),
];

const COMPLAINTS: &[ColumnSpec] = &[
    spec("uscc", "统一社会信用代码", K::Uscc, false),
    spec("unit_id", "排污许可证编号", K::UnitRef, false),
    spec("name", "被投诉单位", K::Text, false),
    spec("date", "投诉日期", K::Date, true),
    spec("pollution", "污染类型", K::Text, false),
    spec("substantiated", "是否属实", K::Flag, false),
];

const MONITORING: &[ColumnSpec] = &[
    spec("unit_id", "排污许可证编号", K::UnitRef, true),
    spec("name", "单位名称", K::Text, false),
    spec("date", "监测时间", K::DateTime, true),
    spec("hourly", "数据类型（小时、日）", K::Choice("hourly"), false),
    spec("outlet", "排口编号", K::Text, false),
    spec("pollutant", "污染因子", K::Text, false),
    spec("value", "监测值", K::Decimal, false),
    spec("limit", "标准限值", K::Decimal, false),
    spec("multiple", "超标倍数", K::Decimal, false),
    spec("mark", "数据标记", K::Text, false),
];

const INSPECTORS: &[ColumnSpec] = &[
    spec("certificate", "执法证号", K::Certificate, true),
    spec("name", "姓名", K::Text, true),
    spec("body", "所属执法主体", K::Body, true),
    spec("valid_from", "证件有效期起", K::Date, false),
    spec("valid_to", "证件有效期止", K::Date, false),
    spec("validity", "证件有效期", K::Period, false),
    spec("skills", "专长", K::Skills, false),
    spec("lead", "可任主办", K::Flag, false),
    spec("days_per_month", "每月可用天数", K::Decimal, false),
    spec("leave", "请假", K::Leave, false),
];

const RECUSALS: &[ColumnSpec] = &[
    spec("certificate", "执法证号", K::Certificate, true),
    spec("unit_id", "排污许可证编号", K::UnitRef, false),
    spec("uscc", "统一社会信用代码", K::Uscc, false),
    spec("name", "单位名称", K::Text, false),
    spec("reason", "回避原因", K::Text, false),
];

const PAST_CHECKS: &[ColumnSpec] = &[
    spec("unit_id", "排污许可证编号", K::UnitRef, false),
    spec("uscc", "统一社会信用代码", K::Uscc, false),
    spec("name", "被检查单位", K::Text, false),
    spec("date", "检查日期", K::Date, true),
    spec("department", "检查部门", K::Text, false),
    spec("kind", "检查类型", K::Choice("check_kind"), false),
    spec("joint", "是否联合检查", K::Flag, false),
    spec("planned", "是否计划内", K::Flag, false),
    spec("done", "完成情况", K::Choice("done"), false),
    spec("matters", "检查事项", K::Text, false),
    spec("result", "检查结果", K::Text, false),
    spec("problem", "是否发现问题", K::Flag, false),
];

const CAPACITY: &[ColumnSpec] = &[
    spec("body", "执法主体", K::Body, true),
    spec("month", "月份", K::Month, true),
    spec("vehicles", "执法车辆", K::Decimal, false),
    spec("monitoring_days", "监测队伍天数", K::Decimal, false),
    spec("instruments", "便携仪器", K::Decimal, false),
    spec("budget_wan", "经费（万元）", K::Money, false),
];

use FrameType as F;

type FrameColumns = &'static [(&'static str, FrameType)];

const FRAME_SOURCES: FrameColumns = &[
    ("unit_id", F::Text),
    ("number", F::Text),
    ("name", F::Text),
    ("uscc", F::Text),
    ("enterprise", F::Text),
    ("district", F::U32),
    ("body", F::Text),
    ("address", F::Text),
    ("lon", F::F64),
    ("lat", F::F64),
    ("industry", F::Text),
    ("management", F::Text),
    ("supervision", F::Text),
    ("issuing_body", F::Text),
    ("permit_event", F::Text),
    ("permit_event_date", F::Date),
    ("supervised", F::Bool),
    ("reports_overdue", F::Bool),
    ("self_monitoring_overdue", F::Bool),
    ("key_unit", F::Text),
    ("issued", F::Date),
    ("expires", F::Date),
    ("status", F::Text),
    ("positive_from", F::Date),
    ("positive_to", F::Date),
    ("positive_removed", F::Date),
    ("env_risk", F::Text),
    ("rectify_by", F::Date),
    ("auto_monitoring", F::Bool),
];
const FRAME_CREDIT: FrameColumns = &[
    ("uscc", F::Text),
    ("name", F::Text),
    ("unit_id", F::Text),
    ("enterprise", F::Text),
    ("year", F::I32),
    ("grade", F::Text),
    ("grade_index", F::U8),
    ("score", F::F64),
    ("date", F::Date),
];
const FRAME_VIOLATIONS: FrameColumns = &[
    ("uscc", F::Text),
    ("unit_id", F::Text),
    ("name", F::Text),
    ("enterprise", F::Text),
    ("date", F::Date),
    ("document", F::Text),
    ("kind", F::Text),
    ("penalty_kind", F::Text),
    ("amount_wan", F::F64),
    ("authority", F::Text),
    ("publicity_until", F::Date),
    ("repaired_on", F::Date),
];
const FRAME_COMPLAINTS: FrameColumns = &[
    ("uscc", F::Text),
    ("unit_id", F::Text),
    ("name", F::Text),
    ("enterprise", F::Text),
    ("date", F::Date),
    ("pollution", F::Text),
    ("substantiated", F::Bool),
];
const FRAME_MONITORING: FrameColumns = &[
    ("unit_id", F::Text),
    ("name", F::Text),
    ("enterprise", F::Text),
    ("date", F::Date),
    ("hourly", F::Bool),
    ("outlet", F::Text),
    ("pollutant", F::Text),
    ("value", F::F64),
    ("limit", F::F64),
    ("multiple", F::F64),
    ("mark", F::Text),
    ("valid", F::Bool),
];
const FRAME_INSPECTORS: FrameColumns = &[
    ("certificate", F::Text),
    ("name", F::Text),
    ("body", F::Text),
    ("valid_from", F::Date),
    ("valid_to", F::Date),
    ("skills", F::Text),
    ("lead", F::Bool),
    ("days_per_month", F::F64),
    ("leave", F::Text),
];
const FRAME_RECUSALS: FrameColumns = &[
    ("certificate", F::Text),
    ("unit_id", F::Text),
    ("uscc", F::Text),
    ("name", F::Text),
    ("enterprise", F::Text),
    ("reason", F::Text),
];
const FRAME_PAST_CHECKS: FrameColumns = &[
    ("unit_id", F::Text),
    ("uscc", F::Text),
    ("name", F::Text),
    ("enterprise", F::Text),
    ("date", F::Date),
    ("department", F::Text),
    ("kind", F::Text),
    ("joint", F::Bool),
    ("planned", F::Bool),
    ("done", F::Bool),
    ("matters", F::Text),
    ("result", F::Text),
    ("problem", F::Bool),
];
const FRAME_CAPACITY: FrameColumns = &[
    ("body", F::Text),
    ("month", F::Text),
    ("vehicles", F::F64),
    ("monitoring_days", F::F64),
    ("instruments", F::F64),
    ("budget_wan", F::F64),
];

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
            Self::Sources => SOURCES,
            Self::Credit => CREDIT,
            Self::Violations => VIOLATIONS,
            Self::Complaints => COMPLAINTS,
            Self::Monitoring => MONITORING,
            Self::Inspectors => INSPECTORS,
            Self::Recusals => RECUSALS,
            Self::PastChecks => PAST_CHECKS,
            Self::Capacity => CAPACITY,
        }
    }

    /// Columns of the frame before `row`, `file` and the unknown columns, in order.
    #[must_use]
    pub fn frame_columns(self) -> &'static [(&'static str, FrameType)] {
        match self {
            Self::Sources => FRAME_SOURCES,
            Self::Credit => FRAME_CREDIT,
            Self::Violations => FRAME_VIOLATIONS,
            Self::Complaints => FRAME_COMPLAINTS,
            Self::Monitoring => FRAME_MONITORING,
            Self::Inspectors => FRAME_INSPECTORS,
            Self::Recusals => FRAME_RECUSALS,
            Self::PastChecks => FRAME_PAST_CHECKS,
            Self::Capacity => FRAME_CAPACITY,
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
        match self {
            Self::Sources => &[&["unit_id"], &["name"], &["district", "lon", "point"], &["management"]],
            Self::Credit => &[&["uscc", "name", "unit_id"], &["grade"]],
            Self::Violations | Self::Complaints | Self::PastChecks => &[&["uscc", "unit_id", "name"], &["date"]],
            Self::Monitoring => &[&["unit_id"], &["date"]],
            Self::Inspectors => &[&["certificate"], &["name"], &["body"]],
            Self::Recusals => &[&["certificate"], &["unit_id", "uscc", "name"]],
            Self::Capacity => &[&["body"], &["month"]],
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
}
