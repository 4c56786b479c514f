//! Columns of a results table, by their headings.

use std::collections::BTreeMap;

use crate::text::fold_width;

/// A column of a results table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResultField {
    /// 计划编码.
    PlanCode,
    /// Unit id or permit number.
    Unit,
    /// 单位名称.
    Name,
    /// 统一社会信用代码.
    Uscc,
    /// 计划月份.
    Month,
    /// 检查日期.
    InspectedOn,
    /// 完成日期.
    CompletedOn,
    /// 检查方式.
    Manner,
    /// 检查事项.
    Matters,
    /// 检查结果.
    Outcome,
    /// 处理情况.
    Handling,
    /// 存在问题.
    Problem,
    /// 整改期限.
    RectifyBy,
    /// 销号日期.
    ClosedOn,
    /// 销号依据.
    Evidence,
    /// 销号人.
    ClosedBy,
    /// 移送公安日期.
    HandedOverOn,
    /// 移送文号.
    HandedOver,
    /// 免予处罚依据.
    Exempted,
    /// 主办人员执法证号 (or both in one cell).
    FirstInspector,
    /// 协办人员执法证号.
    SecondInspector,
    /// 检查表.
    Checklist,
    /// 检查表答复.
    Answers,
    /// 是否复查.
    Recheck,
    /// 公开日期.
    DisclosedOn,
    /// 不予公开依据.
    Withheld,
}

impl ResultField {
    /// All fields in the order of the template.
    pub const ALL: [Self; 26] = [
        Self::PlanCode,
        Self::Unit,
        Self::Name,
        Self::Uscc,
        Self::Month,
        Self::InspectedOn,
        Self::CompletedOn,
        Self::Manner,
        Self::Matters,
        Self::Outcome,
        Self::Handling,
        Self::Problem,
        Self::RectifyBy,
        Self::ClosedOn,
        Self::Evidence,
        Self::ClosedBy,
        Self::HandedOverOn,
        Self::HandedOver,
        Self::Exempted,
        Self::FirstInspector,
        Self::SecondInspector,
        Self::Checklist,
        Self::Answers,
        Self::Recheck,
        Self::DisclosedOn,
        Self::Withheld,
    ];

    /// Stable id, as in the column file.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::PlanCode => "plan_code",
            Self::Unit => "unit_id",
            Self::Name => "name",
            Self::Uscc => "uscc",
            Self::Month => "month",
            Self::InspectedOn => "inspected_on",
            Self::CompletedOn => "completed_on",
            Self::Manner => "manner",
            Self::Matters => "matters",
            Self::Outcome => "outcome",
            Self::Handling => "handling",
            Self::Problem => "problem",
            Self::RectifyBy => "rectify_by",
            Self::ClosedOn => "closed_on",
            Self::Evidence => "evidence",
            Self::ClosedBy => "closed_by",
            Self::HandedOverOn => "handed_over_on",
            Self::HandedOver => "handed_over",
            Self::Exempted => "exempted",
            Self::FirstInspector => "first_inspector",
            Self::SecondInspector => "second_inspector",
            Self::Checklist => "checklist",
            Self::Answers => "answers",
            Self::Recheck => "recheck",
            Self::DisclosedOn => "disclosed_on",
            Self::Withheld => "withheld",
        }
    }

    /// The field of a stable id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.id() == id)
    }

    /// Headings by which it is recognised, the preferred one first.
    #[must_use]
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::PlanCode => &["计划编码", "任务编号", "检查编号", "计划编号"],
            Self::Unit => {
                &["单位标识", "许可证编号", "排污许可证编号", "登记编号", "排污登记编号", "许可证或登记编号", "unit_id"]
            }
            Self::Name => &["单位名称", "企业名称", "检查对象", "检查对象名称", "名称"],
            Self::Uscc => &["统一社会信用代码", "社会信用代码", "信用代码", "uscc"],
            Self::Month => &["计划月份", "月份", "检查月份", "month"],
            Self::InspectedOn => &["检查日期", "检查时间", "现场检查日期", "date"],
            Self::CompletedOn => &["办结日期", "完成日期", "任务完成日期", "检查完成日期", "完成时间"],
            Self::Manner => &["检查方式", "方式"],
            Self::Matters => &["检查事项", "检查内容", "检查项目", "抽查事项"],
            Self::Outcome => &["检查结果", "抽查结果", "结果", "result"],
            Self::Handling => &["处理情况", "处理结果", "处置情况"],
            Self::Problem => &["存在问题", "发现问题", "问题描述", "问题"],
            Self::RectifyBy => &["整改期限", "限期整改期限", "整改截止日期"],
            Self::ClosedOn => &["销号日期", "整改完成日期", "闭环日期"],
            Self::Evidence => &["销号依据", "整改佐证", "整改证明材料"],
            Self::ClosedBy => &["销号人", "销号人员", "整改核验人"],
            Self::HandedOverOn => &["移送公安日期", "移送日期"],
            Self::HandedOver => &["移送文号", "移送公安文号", "移送案件文号"],
            Self::Exempted => &["免予处罚依据", "免罚依据", "不予处罚依据"],
            Self::FirstInspector => {
                &["主办执法证号", "主办人员", "主办", "检查人员", "执法人员", "执法证号", "检查人员执法证号"]
            }
            Self::SecondInspector => &["协办执法证号", "协办人员", "协办"],
            Self::Checklist => &["检查表", "检查单", "清单", "检查清单", "清单式检查表"],
            Self::Answers => &["检查表答复", "检查单答复", "清单答复", "检查项答复"],
            Self::Recheck => &["是否复查", "复查"],
            Self::DisclosedOn => &["公开日期", "公示日期", "公开时间"],
            Self::Withheld => &["不予公开依据", "不公开依据", "不予公开的法律依据"],
        }
    }
}

/// Headings known for each field.
#[derive(Debug, Clone)]
pub struct ResultColumns {
    by_heading: BTreeMap<String, ResultField>,
}

impl Default for ResultColumns {
    fn default() -> Self {
        let by_heading = ResultField::ALL
            .into_iter()
            .flat_map(|field| field.aliases().iter().map(move |alias| (fold_heading(alias), field)))
            .collect();
        Self { by_heading }
    }
}

/// Heading without blanks, brackets' content, line breaks, at half width.
fn fold_heading(text: &str) -> String {
    let mut depth = 0_u32;
    fold_width(text)
        .chars()
        .filter(|c| {
            match c {
                '(' | '[' | '【' => depth += 1,
                ')' | ']' | '】' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0 && !c.is_whitespace() && !matches!(c, '*' | '\u{feff}')
        })
        .flat_map(char::to_lowercase)
        .collect()
}

impl ResultColumns {
    /// Adds headings of the office's own (id of the field, heading); unknown ids are ignored, since a
    /// template may have columns that the intake doesn't read.
    #[must_use]
    pub fn with_headings<'a>(mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        for (id, heading) in pairs {
            if let Some(field) = ResultField::of_id(id) {
                self.by_heading.insert(fold_heading(heading), field);
            }
        }
        self
    }

    /// The field of a heading.
    #[must_use]
    pub fn field(&self, heading: &str) -> Option<ResultField> {
        self.by_heading.get(&fold_heading(heading)).copied()
    }

    /// True where these cells can be the header: a date of check, a result and something that tells the unit.
    #[must_use]
    pub fn is_header(&self, cells: &[String]) -> bool {
        let fields: Vec<ResultField> = cells.iter().filter_map(|cell| self.field(cell)).collect();
        let has = |field: ResultField| fields.contains(&field);
        has(ResultField::InspectedOn)
            && has(ResultField::Outcome)
            && [ResultField::PlanCode, ResultField::Unit, ResultField::Name, ResultField::Uscc].into_iter().any(has)
    }
}
