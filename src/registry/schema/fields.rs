//! Input columns: what a file of each table may have, what each column holds, which are required.

use super::super::columns::Column;
use super::super::vocabulary::VocabularyKind as V;
use super::frames as t;
use super::{ColumnKind as K, ColumnSpec};

const fn spec<T>(column: &Column<T>, name: &'static str, kind: K, required: bool) -> ColumnSpec {
    ColumnSpec { id: column.name(), name, kind, required }
}

pub(super) const SOURCES: &[ColumnSpec] = &[
    spec(&t::sources::UNIT_ID, "排污许可证编号或登记编号", K::Number, true),
    spec(&t::sources::NAME, "单位名称", K::Text, true),
    spec(&t::sources::USCC, "统一社会信用代码", K::Uscc, false),
    spec(&t::sources::DISTRICT, "行政区划", K::District, false),
    spec(&t::sources::BODY, "执法主体", K::Body, false),
    spec(&t::sources::ADDRESS, "地址", K::Text, false),
    spec(&t::sources::LON, "经度", K::Longitude, false),
    spec(&t::sources::LAT, "纬度", K::Latitude, false),
    spec(&t::sources::POINT, "经纬度", K::Point, false),
    spec(&t::sources::INDUSTRY, "行业类别", K::Industry, false),
    spec(&t::sources::MANAGEMENT, "管理类别", K::Choice(V::Management), true),
    spec(&t::sources::SUPERVISION, "监管类别", K::Choice(V::Supervision), false),
    spec(&t::sources::ISSUING_BODY, "核发机关", K::Text, false),
    spec(&t::sources::PERMIT_EVENT, "业务类型", K::Choice(V::PermitEvent), false),
    spec(&t::sources::PERMIT_EVENT_DATE, "业务办结日期", K::Date, false),
    spec(&t::sources::SUPERVISED, "挂牌督办", K::Flag, false),
    spec(&t::sources::REPORTS_OVERDUE, "执行报告逾期", K::Flag, false),
    spec(&t::sources::SELF_MONITORING_OVERDUE, "自行监测缺失", K::Flag, false),
    spec(&t::sources::KEY_UNIT, "环境监管重点单位类型", K::Choices(V::KeyUnit), false),
    spec(&t::sources::ISSUED, "发证日期", K::Date, false),
    spec(&t::sources::EXPIRES, "有效期截止", K::Date, false),
    spec(&t::sources::VALIDITY, "有效期限", K::Period, false),
    spec(&t::sources::STATUS, "生产状态", K::Choice(V::Status), false),
    spec(&t::sources::POSITIVE_FROM, "正面清单列入日期", K::Date, false),
    spec(&t::sources::POSITIVE_TO, "正面清单截止日期", K::Date, false),
    spec(&t::sources::POSITIVE_REMOVED, "正面清单移出日期", K::Date, false),
    spec(&t::sources::ENV_RISK, "环境风险等级", K::Choice(V::EnvRisk), false),
    spec(&t::sources::RECTIFY_BY, "限期整改期限", K::Date, false),
    spec(&t::sources::AUTO_MONITORING, "是否安装自动监控", K::Flag, false),
];

pub(super) const CREDIT: &[ColumnSpec] = &[
    spec(&t::credit::USCC, "统一社会信用代码", K::Uscc, false),
    spec(&t::credit::NAME, "单位名称", K::Text, false),
    spec(&t::credit::UNIT_ID, "排污许可证编号", K::UnitRef, false),
    spec(&t::credit::YEAR, "评价年度", K::Year, false),
    spec(&t::credit::GRADE, "评价等级", K::Text, true),
    spec(&t::credit::SCORE, "评价得分", K::Signed, false),
    spec(&t::credit::DATE, "评价日期", K::Date, false),
];

pub(super) const VIOLATIONS: &[ColumnSpec] = &[
    spec(&t::violations::USCC, "统一社会信用代码", K::Uscc, false),
    spec(&t::violations::UNIT_ID, "排污许可证编号", K::UnitRef, false),
    spec(&t::violations::NAME, "当事人名称", K::Text, false),
    spec(&t::violations::DATE, "处罚决定日期", K::Date, true),
    spec(&t::violations::DOCUMENT, "决定书文号", K::Text, false),
    spec(&t::violations::KIND, "违法行为类型", K::Text, false),
    spec(&t::violations::PENALTY_KIND, "处罚类别", K::Text, false),
    spec(&t::violations::AMOUNT_WAN, "罚款金额（万元）", K::Money, false),
    spec(&t::violations::AUTHORITY, "决定机关", K::Text, false),
    spec(&t::violations::PUBLICITY_UNTIL, "公示截止期", K::Date, false),
    spec(&t::violations::REPAIRED_ON, "信用修复日期", K::Date, false),
];

pub(super) const COMPLAINTS: &[ColumnSpec] = &[
    spec(&t::complaints::USCC, "统一社会信用代码", K::Uscc, false),
    spec(&t::complaints::UNIT_ID, "排污许可证编号", K::UnitRef, false),
    spec(&t::complaints::NAME, "被投诉单位", K::Text, false),
    spec(&t::complaints::DATE, "投诉日期", K::Date, true),
    spec(&t::complaints::POLLUTION, "污染类型", K::Text, false),
    spec(&t::complaints::SUBSTANTIATED, "是否属实", K::Flag, false),
];

pub(super) const MONITORING: &[ColumnSpec] = &[
    spec(&t::monitoring::UNIT_ID, "排污许可证编号", K::UnitRef, true),
    spec(&t::monitoring::NAME, "单位名称", K::Text, false),
    spec(&t::monitoring::DATE, "监测时间", K::DateTime, true),
    spec(&t::monitoring::HOURLY, "数据类型（小时、日）", K::Choice(V::Averaging), false),
    spec(&t::monitoring::OUTLET, "排口编号", K::Text, false),
    spec(&t::monitoring::POLLUTANT, "污染因子", K::Text, false),
    spec(&t::monitoring::VALUE, "监测值", K::Signed, false),
    spec(&t::monitoring::LIMIT, "标准限值", K::Decimal, false),
    spec(&t::monitoring::MULTIPLE, "超标倍数", K::Signed, false),
    spec(&t::monitoring::MARK, "数据标记", K::Text, false),
];

pub(super) const INSPECTORS: &[ColumnSpec] = &[
    spec(&t::inspectors::CERTIFICATE, "执法证号", K::Certificate, true),
    spec(&t::inspectors::NAME, "姓名", K::Text, true),
    spec(&t::inspectors::BODY, "所属执法主体", K::Body, true),
    spec(&t::inspectors::VALID_FROM, "证件有效期起", K::Date, false),
    spec(&t::inspectors::VALID_TO, "证件有效期止", K::Date, false),
    spec(&t::inspectors::VALIDITY, "证件有效期", K::Period, false),
    spec(&t::inspectors::SKILLS, "专长", K::Skills, false),
    spec(&t::inspectors::LEAD, "可任主办", K::Flag, false),
    spec(&t::inspectors::DAYS_PER_MONTH, "每月可用天数", K::Decimal, false),
    spec(&t::inspectors::LEAVE, "请假", K::Leave, false),
];

pub(super) const RECUSALS: &[ColumnSpec] = &[
    spec(&t::recusals::CERTIFICATE, "执法证号", K::Certificate, true),
    spec(&t::recusals::UNIT_ID, "排污许可证编号", K::UnitRef, false),
    spec(&t::recusals::USCC, "统一社会信用代码", K::Uscc, false),
    spec(&t::recusals::NAME, "单位名称", K::Text, false),
    spec(&t::recusals::REASON, "回避原因", K::Text, false),
];

pub(super) const PAST_CHECKS: &[ColumnSpec] = &[
    spec(&t::past_checks::UNIT_ID, "排污许可证编号", K::UnitRef, false),
    spec(&t::past_checks::USCC, "统一社会信用代码", K::Uscc, false),
    spec(&t::past_checks::NAME, "被检查单位", K::Text, false),
    spec(&t::past_checks::DATE, "检查日期", K::Date, true),
    spec(&t::past_checks::DEPARTMENT, "检查部门", K::Text, false),
    spec(&t::past_checks::KIND, "检查类型", K::Choice(V::CheckKind), false),
    spec(&t::past_checks::JOINT, "是否联合检查", K::Flag, false),
    spec(&t::past_checks::PLANNED, "是否计划内", K::Flag, false),
    spec(&t::past_checks::DONE, "完成情况", K::Choice(V::Completion), false),
    spec(&t::past_checks::MATTERS, "检查事项", K::Text, false),
    spec(&t::past_checks::RESULT, "检查结果", K::Text, false),
    spec(&t::past_checks::PROBLEM, "是否发现问题", K::Flag, false),
];

pub(super) const CAPACITY: &[ColumnSpec] = &[
    spec(&t::capacity::BODY, "执法主体", K::Body, true),
    spec(&t::capacity::MONTH, "月份", K::Month, true),
    spec(&t::capacity::VEHICLES, "执法车辆", K::Decimal, false),
    spec(&t::capacity::MONITORING_DAYS, "监测队伍天数", K::Decimal, false),
    spec(&t::capacity::INSTRUMENTS, "便携仪器", K::Decimal, false),
    spec(&t::capacity::BUDGET_WAN, "经费（万元）", K::Money, false),
];
