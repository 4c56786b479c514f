//! The demo city as an office has its files: title rows, GBK, dates in several spellings, the usual dirt.

use crate::diagnostic::AppResult;
use crate::export::office::OfficeCell as Cell;

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

/// The tables of an office, in the order in which they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoTable {
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

/// Takes a row; an error stops the table.
pub type RowSink<'a> = dyn FnMut(&[Cell]) -> AppResult<()> + 'a;

impl DemoTable {
    /// All tables.
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

    /// File stem.
    #[must_use]
    pub fn stem(self) -> &'static str {
        match self {
            Self::Sources => "固定污染源名录",
            Self::Credit => "环保信用评价结果",
            Self::Violations => "行政处罚信息",
            Self::Complaints => "信访投诉",
            Self::Monitoring => "自动监控异常数据",
            Self::Inspectors => "执法人员名录",
            Self::Recusals => "回避登记",
            Self::PastChecks => "历次检查记录",
            Self::Capacity => "执法力量装备经费",
        }
    }

    /// How it is written; a worksheet holds no more than 1 048 576 rows.
    #[must_use]
    pub fn form(self, sources: usize) -> FileForm {
        match self {
            Self::Sources | Self::PastChecks if sources > 1_000_000 => FileForm::CsvUtf8,
            Self::Sources
            | Self::Violations
            | Self::Inspectors
            | Self::Recusals
            | Self::PastChecks
            | Self::Capacity => {
                if sources > 1_000_000 {
                    FileForm::CsvUtf8
                } else {
                    FileForm::Workbook
                }
            }
            Self::Credit | Self::Complaints => FileForm::CsvGbk,
            Self::Monitoring => FileForm::CsvUtf8,
        }
    }

    /// Headings.
    #[must_use]
    pub fn headings(self) -> &'static [&'static str] {
        match self {
            Self::Sources => &[
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
            Self::Credit => &["单位名称", "统一社会信用代码", "评价年度", "信用等级", "得分", "评价日期"],
            Self::Violations => &[
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
            Self::Complaints => &["编号", "被投诉单位", "统一社会信用代码", "受理日期", "污染类型", "来源", "是否属实"],
            Self::Monitoring => &[
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
            Self::Inspectors => &[
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
            Self::Recusals => &["执法证号", "排污许可证编号", "回避事由"],
            Self::PastChecks => &[
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
            Self::Capacity => &["执法主体", "月份", "车辆数", "监测队伍人天", "仪器套数", "经费(万元)"],
        }
    }

    /// Title above the header of a workbook.
    #[must_use]
    pub fn title(self, year: i32) -> String {
        format!("上海市{}（{year}年，模拟数据，单位名称均为虚构）", self.stem())
    }
}
