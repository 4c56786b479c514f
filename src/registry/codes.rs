//! The catalogue of findings of an import: stable code, severity, sentence, what to do.
//!
//! Invariant: a code of severity `Error` that names a row sets that row aside; `Warning` and `Hint` never do.
//! Codes are never reused for another meaning: tests, support and users rely on them.

use crate::diagnostic::{Finding, Severity};

/// One kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable id.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in Chinese.
    pub what: &'static str,
    /// What to do, in Chinese.
    pub hint: &'static str,
}

impl Code {
    /// A finding of this code.
    #[must_use]
    pub fn finding(&self) -> Finding {
        let finding = Finding::new(self.severity, self.id, self.what);
        if self.hint.is_empty() { finding } else { finding.hint(self.hint) }
    }
}

macro_rules! codes {
    ($($name:ident $id:literal $severity:ident $what:literal $hint:literal;)*) => {
        $(#[doc = $what] pub static $name: Code = Code { id: $id, severity: Severity::$severity, what: $what, hint: $hint };)*
        /// Every code, in order.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    TABLE_UNKNOWN "IMP-001" Error "认不出这是哪一张表" "请用「--as 表名」或在映射文件中写明 table，或补全表头";
    COLUMNS_MISSING "IMP-002" Error "缺少必需的列，整张表不能使用" "请补上该列，或在映射文件中用 columns、constants 指明";
    COLUMN_TWICE "IMP-003" Hint "几列都像同一项，只取一列，其余原样保留" "如应取另一列，请在映射文件中指明";
    COLUMN_UNKNOWN "IMP-004" Hint "无法识别的列，原样保留" "如应使用该列，请在映射文件中指明它对应哪一项";
    HEADER_MISSING "IMP-005" Error "前 40 行中找不到表头" "请核对文件，或在映射文件中用 header_row 写明表头行；没有表头的文件写 header_rows: 0，并以「第 1 列」指明各列";
    HEADING_ABSENT "IMP-006" Error "映射文件指明的列在表中找不到" "请核对映射文件中的列名";
    HEADER_BELOW "IMP-007" Hint "表头不在第一行或占两行，已识别" "请核对各列是否识别正确";
    TABLE_EMPTY "IMP-008" Warning "表中没有数据行" "请核对文件";
    MAPPING_UNUSED "IMP-009" Warning "映射文件中的这一条没有对上任何文件" "请核对文件名";
    VALUE_MISSING "IMP-010" Error "缺少必填内容" "请补填后重新导入";
    CHOICE_UNKNOWN "IMP-011" Warning "取值无法识别，按空白处理" "请改正，或在映射文件的 values 中写明对应关系";
    CHOICE_REQUIRED "IMP-012" Error "必填项的取值无法识别" "请改正，或在映射文件的 values 中写明对应关系";
    DATE_BAD "IMP-013" Warning "日期无法识别或不存在，按空白处理" "请改为 2026-03-01 的写法";
    DATE_REQUIRED "IMP-014" Error "必填日期无法识别或不存在" "请改为 2026-03-01 的写法";
    NUMBER_BAD "IMP-015" Warning "数字无法识别，按空白处理" "请只填数字";
    NUMBER_NEGATIVE "IMP-016" Warning "此项不应为负数，按空白处理" "请核对";
    FOOTNOTE "IMP-017" Hint "合计行、附注行或重复的表头，不作数据" "";
    FLAG_BAD "IMP-018" Warning "应填是或否，按空白处理" "请改为「是」或「否」";
    RANGE_BAD "IMP-019" Warning "起止日期无法识别，按空白处理" "请改为「2024-09-10至2029-09-09」的写法";
    USCC_BAD "IMP-020" Warning "统一社会信用代码不正确，按原文保留" "请核对营业执照";
    NUMBER_FORM "IMP-021" Warning "编号不是排污许可证编号的形式" "可以保留；请核对是否抄录有误";
    NUMBER_OLD "IMP-022" Hint "旧的 13 位或 15 位登记编号" "换发新编号后请在沿用表中写明，以延续检查历史";
    USCC_DIFFERS "IMP-023" Warning "编号中的统一社会信用代码与该列不同，按该列" "请核对是否抄录有误或已更名";
    USCC_FROM_NUMBER "IMP-024" Hint "统一社会信用代码取自排污许可证编号" "";
    NUMBER_UNUSABLE "IMP-025" Error "编号不能作为标识：应含 1 到 40 位字母或数字" "请填写排污许可证编号或登记编号";
    NUMBER_COLLIDES "IMP-026" Error "两个不同的编号去掉符号后相同" "请核对两行；确为两处的请更正其中一个编号";
    DUPLICATE_MERGED "IMP-027" Hint "完全相同的重复行，已合并" "";
    DUPLICATE_CONFLICT "IMP-028" Error "编号重复而内容不同，保留先出现的一行" "请核对两行，删去错误的一行";
    LASTING_ID "IMP-029" Hint "按沿用表使用原标识" "";
    DISTRICT_UNKNOWN "IMP-030" Error "行政区划无法识别" "请填区名或 6 位代码，或在映射文件的 values 中写明对应关系";
    DISTRICT_DIFFERS "IMP-031" Warning "行政区划与坐标落点不符，按填写的区划" "请核对坐标、坐标系或区划";
    DISTRICT_NEAR_BORDER "IMP-032" Hint "坐标落在相邻的区，但离边界很近" "底图为概略图，可能只是底图误差";
    POINT_OUTSIDE "IMP-033" Warning "坐标落在地图范围之外" "请核对坐标和坐标系";
    POINT_SWAPPED "IMP-034" Warning "经度与纬度颠倒，已对调" "请在原表中改正";
    POINT_SHARED "IMP-035" Warning "许多单位坐标完全相同，像是地址解析失败时的默认点" "请核实这些单位的坐标";
    DISTRICT_FROM_POINT "IMP-036" Hint "没有填写行政区划，按坐标落点取" "请核对";
    POINT_BAD "IMP-037" Warning "坐标不完整或不可能，按空白处理" "经度应在 73 到 136，纬度应在 3 到 54";
    DISTRICT_NOWHERE "IMP-038" Error "没有填写行政区划，坐标也不在任何区划内" "请填写行政区划";
    BODY_UNKNOWN "IMP-039" Warning "执法主体无法识别，按所在区的执法主体" "请改正，或在映射文件的 values 中写明对应关系";
    BODY_REQUIRED "IMP-040" Error "执法主体无法识别" "请改正，或在映射文件的 values 中写明对应关系";
    EXPIRES_BEFORE_ISSUE "IMP-041" Warning "有效期截止早于发证日期，两个日期都不采用" "请核对";
    PERMIT_EXPIRED "IMP-042" Warning "排污许可或登记已过期" "请核实是否已延续";
    PERMIT_EXPIRING "IMP-043" Hint "排污许可或登记将在 60 天内到期" "";
    DATE_FUTURE "IMP-044" Warning "日期晚于数据截止日" "请核对年份";
    PERIOD_REVERSED "IMP-045" Warning "截止日期早于开始日期，截止日期不采用" "请核对";
    INDUSTRY_UNKNOWN "IMP-046" Warning "行业代码或名称无法识别，按空白处理" "请填 GB/T 4754-2017 的 4 位代码或小类名称";
    INDUSTRY_2011 "IMP-047" Hint "行业代码是 2011 版，已换为 2017 版" "";
    INDUSTRY_AMBIGUOUS "IMP-048" Warning "2011 版行业代码或行业名称对应几个小类，按空白处理" "请填 GB/T 4754-2017 的 4 位代码";
    MONEY_YUAN "IMP-050" Hint "金额以元（或亿元）计，已换算为万元" "";
    MONEY_SUSPECT "IMP-051" Warning "金额异常大，可能把元填成了万元" "请核对单位";
    MONEY_NO_UNIT "IMP-052" Warning "表头没有写明金额单位" "请在表头写明「（万元）」或「（元）」";
    MULTIPLE_DIFFERS "IMP-053" Warning "超标倍数与「监测值/限值−1」不符，按重算的数" "请核对监测值和限值的单位";
    MONITORING_INVALID "IMP-054" Hint "标记为停产、校准、故障等的监测数据，不计入" "";
    UNIT_UNMATCHED "IMP-060" Warning "在污染源名录中找不到该单位" "请核对编号、信用代码或名称";
    NAME_AMBIGUOUS "IMP-061" Warning "名称在名录中对应几个企业，不作匹配" "请补填统一社会信用代码或编号";
    UNIT_BY_OTHER "IMP-062" Hint "编号不在名录中，改按信用代码或名称对上企业" "请核对编号";
    KEYS_DISAGREE "IMP-063" Warning "编号与统一社会信用代码指向不同的企业，按编号" "请核对";
    GRADE_UNKNOWN "IMP-065" Warning "信用等级不在本年度的等级表中" "请改正，或在规则的信用等级中加上该写法";
    GRADE_CONFLICT "IMP-066" Warning "同一企业同一年度有不同的信用等级" "请核对";
    DAYS_MISSING "IMP-070" Warning "没有填写每月可用天数" "按规则的缺省天数计算；请补填";
    CERTIFICATE_EXPIRED "IMP-071" Warning "执法证件已过期，过期后不能参加检查" "请更新证件有效期";
    CERTIFICATE_BAD "IMP-072" Error "执法证号应为 1 到 40 位字母、数字或连字符" "请核对执法证号";
    RECUSAL_UNKNOWN "IMP-074" Warning "回避人员的执法证号不在执法人员名录中" "请核对执法证号";
    SKILL_UNKNOWN "IMP-075" Warning "专长无法识别，未采用" "请改正，或在规则的专长中加上该写法";
    BODY_SHORT "IMP-076" Warning "该执法主体的有效执法人员不足两人" "检查至少两人；请补充人员或跨区调派";
    MAPPING_BAD "IMP-080" Error "映射文件有误" "请按说明改正映射文件";
    ALIASES_BAD "IMP-081" Error "列名对照文件有误" "请改正列名对照文件";
    LASTING_BAD "IMP-082" Error "沿用表有误" "请改正沿用表：每个旧编号只对应一个标识，标识本身不得再被替换";
    FRAME_UNREADABLE "IMP-083" Error "项目中的数据表无法读取" "文件可能损坏，请从原始文件重新导入";
    CODES_BAD "IMP-084" Error "行业代码表有误" "请恢复程序自带的代码表";
    MERGED_HELD "IMP-090" Hint "纵向合并的单元格，其值用于所合并的各行" "";
    ROW_SHIFTED "IMP-091" Error "这一行比表头多出内容，各列可能错位" "多半是内容里的分隔符没有加引号；请在原文件中改正";
    ROW_BROKEN "IMP-092" Error "一行数据被换行断成了几行" "请在原文件中把这几行接成一行；内容里的换行要加引号";
    EXAMPLE_ROW "IMP-093" Warning "示例行或填写说明行，不作数据" "若是真实数据，请改正后重新导入";
    TEXT_DESTROYED "IMP-094" Error "文字在此前已损坏，无法还原" "请从原系统重新导出（编码选 UTF-8 或 GB18030），不要用损坏的文件";
    TEXT_DOUBTFUL "IMP-095" Warning "文字在此前已损坏，原样保留" "请从原系统重新导出（编码选 UTF-8 或 GB18030）";
    PLACE_FROM_NAME "IMP-096" Hint "没有这一列，按工作表或文件的名称取" "若不对，请补上该列，或在映射文件的 constants 中写明";
    MERGED_AMOUNT "IMP-097" Warning "纵向合并的数值单元格，其值用于所合并的各行" "若是几行合计的数，请在原文件中拆开";
    POINT_IN_METRES "IMP-098" Warning "坐标是以米计的投影坐标，已换算为经纬度" "请核对换算后的位置；最好在原表中改为经纬度";
    INTERNAL "IMP-099" Error "内部错误：数据表运算失败" "请把本条消息发给维护人员";
    CODE_DESTROYED "IMP-110" Error "编号被 Excel 变成了数，末尾的数字已经丢失" "请在 Excel 中先把该列设为「文本」，再从来源系统重新导出或重新录入；改格式不能找回已丢失的数字";
    CODE_DESTROYED_SPARE "IMP-111" Warning "编号被 Excel 变成了数，末尾的数字已经丢失，此项按空白处理" "请在 Excel 中先把该列设为「文本」，再从来源系统重新导出或重新录入；改格式不能找回已丢失的数字";
    CODE_SEVERAL "IMP-112" Error "一格里有几个编号" "每行只写一个编号；几个编号请分成几行";
    USCC_UNLIKE "IMP-113" Warning "不是统一社会信用代码，按空白处理" "请核对营业执照";
    DISTRICT_SEVERAL "IMP-114" Error "一格里有几个区" "请只填单位所在的一个区";
    BODY_SEVERAL "IMP-115" Error "一格里有几个执法主体" "请只填负责该单位的一个执法主体";
    INDUSTRY_SEVERAL "IMP-116" Error "一格里有几个行业" "请只填主要行业的一个小类";
    STATUS_UNKNOWN "IMP-117" Warning "生产状态无法识别，暂按在产处理" "请改为在产、停产、关闭或搬迁，或在映射文件的 values 中写明对应关系";
    STATUS_MISSING "IMP-118" Hint "没有填写生产状态，按在产处理" "已停产、关闭或搬迁的请填写";
    DATE_SHIFTED "IMP-119" Hint "时间带时区，或差几十秒到午夜，已按所指的那一天（北京时间）" "请抽查几条是否正确";
    DATE_LAST "IMP-120" Hint "写的是几天，按最后一天" "";
    MONTH_SETTLED "IMP-121" Hint "月份写成了小数，已由前后各行判断" "请核对；月份请写成 2027-10";
    LEAVE_BAD "IMP-122" Warning "请假日期无法识别，按空白处理" "请写明年月日，如「2027-03-01至2027-03-05」";
    EVENT_CONFLICT "IMP-123" Error "同一件事有内容不同的两行，保留先出现的一行" "请核对两行，删去错误的一行";
    RESULT_UNKNOWN "IMP-124" Warning "检查结果的说法无法判断是否发现问题" "请改为「未发现问题」「发现问题已责令改正」等，或填写「是否发现问题」一列";
    POINT_WHOLE "IMP-125" Warning "所有坐标都是整度数，不能表示位置，按空白处理" "请补上小数，或补上分、秒的列";
    POINT_SYSTEM "IMP-126" Warning "坐标像是另一种坐标系" "请核实后在映射文件中用 coordinates 写明坐标系";
    ROW_RUN_TOGETHER "IMP-127" Error "引号没有配对，两格并成了一格，其后各列错位" "请在原文件中补上或删去引号";
    NAME_SEVERAL "IMP-128" Warning "一格里像有几个单位，按一个名称" "每行只写一个单位；确是一个名称的可确认无误";
    CODE_AS_DATE "IMP-129" Warning "编号像是被 Excel 变成了日期" "请在 Excel 中先把该列设为「文本」，再重新填写或导出";
    TOO_WIDE "IMP-130" Error "列数过多，整张表不能使用" "登记表只有几十列：请删去多余的列，或核对是否选错了文件";
    NUMBER_COVERED "IMP-131" Hint "编号含有身份证号，抽取与证书中改用内部编号" "原编号仍可用于查找与填报，不会公开";
}

/// The code of an id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(ALL.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert_eq!(by_id("IMP-020").map(|c| c.what), Some(USCC_BAD.what));
    }
}
