//! The demo city as an office has its files: title rows, GBK, dates in several spellings, the usual dirt.

use crate::diagnostic::AppResult;
use crate::export::office::OfficeCell as Cell;
use crate::registry::TableKind;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileForm {
    /// Workbook with a title row above the header.
    Workbook,
    /// Comma-separated text in GBK.
    CsvGbk,
    /// Comma-separated text in UTF-8 with BOM.
    CsvUtf8,
}

/// Takes a row; an error stops the table.
pub type RowSink<'a> = dyn FnMut(&[Cell]) -> AppResult<()> + 'a;

/// File stem.
#[must_use]
pub fn stem(table: TableKind) -> &'static str {
    match table {
        TableKind::Sources => "固定污染源名录",
        TableKind::Credit => "环保信用评价结果",
        TableKind::Violations => "行政处罚信息",
        TableKind::Complaints => "信访投诉",
        TableKind::Monitoring => "自动监控异常数据",
        TableKind::Inspectors => "执法人员名录",
        TableKind::Recusals => "回避登记",
        TableKind::PastChecks => "历次检查记录",
        TableKind::Capacity => "执法力量装备经费",
    }
}

/// How it is written; a worksheet holds no more than 1 048 576 rows.
#[must_use]
pub fn form(table: TableKind, sources: usize) -> FileForm {
    match table {
        TableKind::Sources | TableKind::PastChecks if sources > 1_000_000 => FileForm::CsvUtf8,
        TableKind::Sources
        | TableKind::Violations
        | TableKind::Inspectors
        | TableKind::Recusals
        | TableKind::PastChecks
        | TableKind::Capacity => {
            if sources > 1_000_000 {
                FileForm::CsvUtf8
            } else {
                FileForm::Workbook
            }
        }
        TableKind::Credit | TableKind::Complaints => FileForm::CsvGbk,
        TableKind::Monitoring => FileForm::CsvUtf8,
    }
}

/// Headings.
#[must_use]
pub fn headings(table: TableKind) -> &'static [&'static str] {
    match table {
        TableKind::Sources => &[
            "序号",
            "排污许可证编号",
            "单位名称",
            "统一社会信用代码",
            "所在区",
            "执法主体",
            "生产经营场所地址",
            "经度",
            "纬度",
            "行业代码",
            "行业类别",
            "管理类别",
            "核发机关",
            "许可事项",
            "许可事项日期",
            "有效期限",
            "发证日期",
            "运行状态",
            "环境监管重点单位类别",
            "挂牌督办",
            "执行报告逾期",
            "自行监测缺失",
            "环境风险等级",
            "限期整改期限",
            "正面清单起",
            "正面清单止",
            "自动监控联网",
            "备注",
        ],
        TableKind::Credit => &["单位名称", "统一社会信用代码", "评价年度", "信用等级", "得分", "评价日期"],
        TableKind::Violations => &[
            "行政相对人名称",
            "统一社会信用代码",
            "行政处罚决定书文号",
            "违法行为类型",
            "处罚类别",
            "罚款金额(万元)",
            "处罚决定日期",
            "处罚机关",
            "公示截止期",
            "信用修复日期",
        ],
        TableKind::Complaints => {
            &["编号", "被投诉单位", "统一社会信用代码", "受理日期", "污染类型", "来源", "是否属实"]
        }
        TableKind::Monitoring => &[
            "排污许可证编号",
            "监测时间",
            "数据类型",
            "排口编号",
            "污染物",
            "监测值",
            "标准限值",
            "超标倍数",
            "数据标记",
        ],
        TableKind::Inspectors => &[
            "执法证号",
            "姓名",
            "所属单位",
            "证件有效期起",
            "证件有效期止",
            "专业特长",
            "主办资格",
            "每月可用天数",
            "请假",
        ],
        TableKind::Recusals => &["执法证号", "排污许可证编号", "回避事由"],
        TableKind::PastChecks => &[
            "排污许可证编号",
            "统一社会信用代码",
            "检查日期",
            "检查部门",
            "检查类型",
            "是否联合",
            "检查事项",
            "检查结果",
            "是否发现问题",
        ],
        TableKind::Capacity => &["执法主体", "月份", "车辆数", "监测队伍人天", "仪器套数", "经费(万元)"],
    }
}

/// Title above the header of a workbook.
#[must_use]
pub fn title(above: &str, table: TableKind, year: i32) -> String {
    format!("{above}{}（{year}年，模拟数据，单位名称均为虚构）", stem(table))
}
