//! Column names of the registry's frames as typed constants, a module a table.
//!
//! Invariants: the order of the constants is the order in the frame; a column listed here exists in every frame of
//! its table, null where the file had none. After them follow [`origin`] and the unknown columns of the files.

use super::super::columns::{column_names, frame_columns};

/// 污染源名录.
pub mod sources {
    use super::super::super::columns::{Column, InputOnly};

    super::frame_columns! {
        /// Lasting id of the unit: its first permit or registration number, unique, in ascending order.
        UNIT_ID: Text = "unit_id",
        /// Permit or registration number in force (排污许可证编号或登记编号).
        NUMBER: Text = "number",
        /// 单位名称.
        NAME: Text = "name",
        /// 统一社会信用代码.
        USCC: Text = "uscc",
        /// Enterprise that the unit belongs to: credit code, else the unit id; sums by enterprise go by it.
        ENTERPRISE: Text = "enterprise",
        /// 行政区划.
        DISTRICT: Code = "district",
        /// 执法主体.
        BODY: Text = "body",
        /// 地址.
        ADDRESS: Text = "address",
        /// 经度.
        LON: Number = "lon",
        /// 纬度.
        LAT: Number = "lat",
        /// 行业类别.
        INDUSTRY: Text = "industry",
        /// 管理类别.
        MANAGEMENT: Text = "management",
        /// 监管类别.
        SUPERVISION: Text = "supervision",
        /// 核发机关.
        ISSUING_BODY: Text = "issuing_body",
        /// 业务类型.
        PERMIT_EVENT: Text = "permit_event",
        /// 业务办结日期.
        PERMIT_EVENT_DATE: Day = "permit_event_date",
        /// 挂牌督办.
        SUPERVISED: Flag = "supervised",
        /// 执行报告逾期.
        REPORTS_OVERDUE: Flag = "reports_overdue",
        /// 自行监测缺失.
        SELF_MONITORING_OVERDUE: Flag = "self_monitoring_overdue",
        /// 环境监管重点单位类型.
        KEY_UNIT: Text = "key_unit",
        /// 发证日期.
        ISSUED: Day = "issued",
        /// 有效期截止.
        EXPIRES: Day = "expires",
        /// 生产状态.
        STATUS: Text = "status",
        /// 正面清单列入日期.
        POSITIVE_FROM: Day = "positive_from",
        /// 正面清单截止日期.
        POSITIVE_TO: Day = "positive_to",
        /// 正面清单移出日期.
        POSITIVE_REMOVED: Day = "positive_removed",
        /// 环境风险等级.
        ENV_RISK: Text = "env_risk",
        /// 限期整改期限.
        RECTIFY_BY: Day = "rectify_by",
        /// 是否安装自动监控.
        AUTO_MONITORING: Flag = "auto_monitoring",
    }

    /// Longitude and latitude in one cell (经纬度).
    pub const POINT: Column<InputOnly> = Column::new("point");

    /// Both ends of the validity in one cell (有效期限).
    pub const VALIDITY: Column<InputOnly> = Column::new("validity");
}

/// 环保信用评价.
pub mod credit {
    super::frame_columns! {
        /// 统一社会信用代码.
        USCC: Text = "uscc",
        /// 单位名称.
        NAME: Text = "name",
        /// Unit of the register (排污许可证编号); null where the row means its whole enterprise.
        UNIT_ID: Text = "unit_id",
        /// Enterprise of the register that the row was joined to; null where none was found.
        ENTERPRISE: Text = "enterprise",
        /// 评价年度.
        YEAR: Year = "year",
        /// 评价等级.
        GRADE: Text = "grade",
        /// Position of the grade in the policy's scale, 0 the best.
        GRADE_INDEX: Small = "grade_index",
        /// 评价得分.
        SCORE: Number = "score",
        /// 评价日期.
        DATE: Day = "date",
    }
}

/// 行政处罚.
pub mod violations {
    super::frame_columns! {
        /// 统一社会信用代码.
        USCC: Text = "uscc",
        /// Unit of the register (排污许可证编号); null where the row means its whole enterprise.
        UNIT_ID: Text = "unit_id",
        /// 当事人名称.
        NAME: Text = "name",
        /// Enterprise of the register that the row was joined to; null where none was found.
        ENTERPRISE: Text = "enterprise",
        /// 处罚决定日期.
        DATE: Day = "date",
        /// 决定书文号.
        DOCUMENT: Text = "document",
        /// 违法行为类型.
        KIND: Text = "kind",
        /// 处罚类别.
        PENALTY_KIND: Text = "penalty_kind",
        /// 罚款金额（万元）.
        AMOUNT_WAN: Number = "amount_wan",
        /// 决定机关.
        AUTHORITY: Text = "authority",
        /// 公示截止期.
        PUBLICITY_UNTIL: Day = "publicity_until",
        /// 信用修复日期.
        REPAIRED_ON: Day = "repaired_on",
    }
}

/// 信访投诉.
pub mod complaints {
    super::frame_columns! {
        /// 统一社会信用代码.
        USCC: Text = "uscc",
        /// Unit of the register (排污许可证编号); null where the row means its whole enterprise.
        UNIT_ID: Text = "unit_id",
        /// 被投诉单位.
        NAME: Text = "name",
        /// Enterprise of the register that the row was joined to; null where none was found.
        ENTERPRISE: Text = "enterprise",
        /// 投诉日期.
        DATE: Day = "date",
        /// 污染类型.
        POLLUTION: Text = "pollution",
        /// 是否属实.
        SUBSTANTIATED: Flag = "substantiated",
    }
}

/// 自动监控异常.
pub mod monitoring {
    super::frame_columns! {
        /// Unit of the register (排污许可证编号); null where the row means its whole enterprise.
        UNIT_ID: Text = "unit_id",
        /// 单位名称.
        NAME: Text = "name",
        /// Enterprise of the register that the row was joined to; null where none was found.
        ENTERPRISE: Text = "enterprise",
        /// 监测时间.
        DATE: Day = "date",
        /// True for an hourly value, false for a daily mean (数据类型).
        HOURLY: Flag = "hourly",
        /// 排口编号.
        OUTLET: Text = "outlet",
        /// 污染因子.
        POLLUTANT: Text = "pollutant",
        /// 监测值.
        VALUE: Number = "value",
        /// 标准限值.
        LIMIT: Number = "limit",
        /// 超标倍数.
        MULTIPLE: Number = "multiple",
        /// 数据标记.
        MARK: Text = "mark",
        /// False where the mark says that the value does not count (停产, 校准, 故障).
        VALID: Flag = "valid",
    }
}

/// 执法人员名录.
pub mod inspectors {
    use super::super::super::columns::{Column, InputOnly};

    super::frame_columns! {
        /// 执法证号.
        CERTIFICATE: Text = "certificate",
        /// 姓名.
        NAME: Text = "name",
        /// 所属执法主体.
        BODY: Text = "body",
        /// 证件有效期起.
        VALID_FROM: Day = "valid_from",
        /// 证件有效期止.
        VALID_TO: Day = "valid_to",
        /// 专长.
        SKILLS: Text = "skills",
        /// 可任主办.
        LEAD: Flag = "lead",
        /// 每月可用天数.
        DAYS_PER_MONTH: Number = "days_per_month",
        /// 请假.
        LEAVE: Text = "leave",
    }

    /// Both ends of the validity in one cell (证件有效期).
    pub const VALIDITY: Column<InputOnly> = Column::new("validity");
}

/// 回避.
pub mod recusals {
    super::frame_columns! {
        /// 执法证号.
        CERTIFICATE: Text = "certificate",
        /// Unit of the register (排污许可证编号); null where the row means its whole enterprise.
        UNIT_ID: Text = "unit_id",
        /// 统一社会信用代码.
        USCC: Text = "uscc",
        /// 单位名称.
        NAME: Text = "name",
        /// Enterprise of the register that the row was joined to; null where none was found.
        ENTERPRISE: Text = "enterprise",
        /// 回避原因.
        REASON: Text = "reason",
    }
}

/// 历次检查.
pub mod past_checks {
    super::frame_columns! {
        /// Unit of the register (排污许可证编号); null where the row means its whole enterprise.
        UNIT_ID: Text = "unit_id",
        /// 统一社会信用代码.
        USCC: Text = "uscc",
        /// 被检查单位.
        NAME: Text = "name",
        /// Enterprise of the register that the row was joined to; null where none was found.
        ENTERPRISE: Text = "enterprise",
        /// 检查日期.
        DATE: Day = "date",
        /// 检查部门.
        DEPARTMENT: Text = "department",
        /// 检查类型.
        KIND: Text = "kind",
        /// 是否联合检查.
        JOINT: Flag = "joint",
        /// 是否计划内.
        PLANNED: Flag = "planned",
        /// False for a check that was planned but not done (完成情况).
        DONE: Flag = "done",
        /// 检查事项.
        MATTERS: Text = "matters",
        /// 检查结果.
        RESULT: Text = "result",
        /// 是否发现问题.
        PROBLEM: Flag = "problem",
        /// The problem found is still to be dealt with (发现问题待后续处理), as the result's words say.
        PENDING: Flag = "pending",
    }
}

/// 力量装备经费.
pub mod capacity {
    super::frame_columns! {
        /// 执法主体.
        BODY: Text = "body",
        /// 月份.
        MONTH: Text = "month",
        /// 执法车辆.
        VEHICLES: Number = "vehicles",
        /// 监测队伍天数.
        MONITORING_DAYS: Number = "monitoring_days",
        /// 便携仪器.
        INSTRUMENTS: Number = "instruments",
        /// 经费（万元）.
        BUDGET_WAN: Number = "budget_wan",
    }
}

/// Where a row came from: the last two columns of every table, before the unknown ones.
pub mod origin {
    super::frame_columns! {
        /// Physical row of the file, from 1.
        ROW: Code = "row",
        /// File name.
        FILE: Text = "file",
    }
}

/// What a unit that left the register has besides its columns of the sources.
pub mod former {
    super::column_names! {
        /// The day on which the register without it was taken in.
        LEFT_ON: Day = "left_on",
    }
}

/// Columns that the tables whose rows refer to a unit of the register have in common.
pub mod event {
    super::column_names! {
        /// Unit of the register.
        UNIT_ID: Text = "unit_id",
        /// Name as written.
        NAME: Text = "name",
        /// Enterprise of the register.
        ENTERPRISE: Text = "enterprise",
        /// Unified social credit code; the table of monitoring has none.
        USCC: Text = "uscc",
        /// Day; the table of recusals has none.
        DATE: Day = "date",
    }
}

/// Rows set aside.
pub mod set_aside {
    super::column_names! {
        /// Id of the table.
        TABLE: Text = "table",
        /// File name.
        FILE: Text = "file",
        /// Worksheet.
        SHEET: Text = "sheet",
        /// Physical row of the file, from 1.
        ROW: Code = "row",
        /// Code of the finding.
        CODE: Text = "code",
        /// Reason in Chinese.
        REASON: Text = "reason",
        /// The original cells (JSON, heading → text).
        CELLS: Text = "cells",
    }
}

/// The quality report: one row a finding.
pub mod quality {
    super::frame_columns! {
        /// 错误, 警告 or 提示.
        SEVERITY: Text = "severity",
        /// Code of the finding.
        CODE: Text = "code",
        /// Chinese name of the table, where known.
        TABLE: Text = "table",
        /// File name.
        FILE: Text = "file",
        /// Worksheet.
        SHEET: Text = "sheet",
        /// Physical row of the file, from 1.
        ROW: Code = "row",
        /// Heading or Chinese name of the column.
        COLUMN: Text = "column",
        /// Name of the unit that the row is about.
        UNIT: Text = "unit",
        /// What stood there.
        VALUE: Text = "value",
        /// What is wrong.
        WHAT: Text = "what",
        /// What should have stood there.
        EXPECTED: Text = "expected",
        /// Units of the register that the value may stand for, with `；` between them.
        CANDIDATES: Text = "candidates",
        /// What to do.
        HINT: Text = "hint",
        /// Who confirmed that it may stay as it is; empty while it is open.
        CONFIRMED_BY: Text = "confirmed_by",
        /// When.
        CONFIRMED_AT: Text = "confirmed_at",
        /// Why.
        CONFIRMED_WHY: Text = "confirmed_why",
    }
}
