//! Texts: data.

use crate::registry::schema::{credit, monitoring, origin, quality, set_aside, sources};
use crate::registry::{ColumnKind, TableKind};
use crate::risk::columns as scored;
use crate::workspace::session::{LAMBDA as LAMBDA_COLUMN, LIMIT};

/// Title.
pub const TITLE: &str = "数据";
/// What the screen is for.
pub const TITLE_NOTE: &str = "导入后核查过的各张表；双击一行查看详情";
/// Tab: findings.
pub const QUALITY: &str = "质量";
/// Tab: rows set aside.
pub const SET_ASIDE: &str = "搁置的行";
/// Tab: import.
pub const IMPORT_TAB: &str = "导入";
/// Button: import a folder.
pub const IMPORT_FOLDER: &str = "导入文件夹…";
/// Button: import files.
pub const IMPORT_FILES: &str = "导入文件…";
/// First view under way.
pub const READING: &str = "正在读取表格";
/// Empty table: nothing imported.
pub const EMPTY_TABLE: &str = "这张表没有数据。把含有它的文件拖到窗口里，或点「导入文件夹」。";
/// No rows set aside.
pub const EMPTY_ASIDE: &str = "没有被搁置的行：导入的每一行都已采用。";
/// No findings.
pub const EMPTY_QUALITY: &str = "导入时没有发现问题。";
/// Report failed.
pub const QUALITY_FAILED: &str = "质量报告没有读出来";
/// Again.
pub const AGAIN: &str = "重试";
/// Quality: all findings.
pub const ALL_FINDINGS: &str = "全部";
/// Quality: export.
pub const EXPORT_CSV: &str = "导出 CSV…";
/// Quality: jump.
pub const JUMP: &str = "跳到这一行";
/// Quality: heading of the kinds.
pub const KINDS: &str = "问题";
/// Quality: a kind that asks for nothing.
pub const NOTHING_TO_DO: &str = "仅供了解，不必处理。";
/// Quality: a kind that a person may decide.
pub const MAY_CONFIRM: &str =
    "最好在原文件中改正，再用「更新名录」读入；经核实确实如此的，选中后点「确认无误」并写明理由，今后不再提出。";
/// Quality: a kind that only the file mends.
pub const ONLY_MEND: &str = "请在原文件中改正，再用「更新名录」读入；内容没有采用或按空白处理，确认也补不上。";
/// Quality: why a button is off.
pub const CHOOSE_FINDINGS: &str = "请先在下面选中要确认的行（可按住 Shift 或 Ctrl 选多行）";
/// Quality: title of the dialog.
pub const CONFIRM_TITLE: &str = "确认无误";
/// Quality: its button.
pub const CONFIRM_YES: &str = "确认";
/// Quality: what it means.
pub const CONFIRM_MEANS: &str =
    "确认后，同一单位的同样内容在更新名录时不再提出；内容变了会再次提出。操作人与理由记入操作日志，可以撤回。";
/// Quality: the reason.
pub const CONFIRM_WHY: &str = "理由";
/// Quality: an example of one.
pub const CONFIRM_WHY_HINT: &str = "如：已电话核实，厂区确在邻区";
/// Quality: a name that means no unit of the register.
pub const NO_SUCH_UNIT: &str = "不是名录中的单位，照现状保留";
/// Set aside: to its finding.
pub const SHOW_FINDING: &str = "查看原因";
/// Quality: table filter.
pub const TABLE: &str = "表";
/// Quality: a row that is nowhere.
pub const ROW_GONE: &str = "没有可跳转的行：问题针对整个文件，或该行已并入重复的行";
/// Set aside: original cells.
pub const ORIGINAL: &str = "原始内容";
/// Set aside: nothing chosen.
pub const CHOOSE_ASIDE: &str = "选中一行，查看它在文件中的原始内容";
/// Card: close.
pub const CLOSE_CARD: &str = "收起";
/// Card: open.
pub const OPEN_CARD: &str = "详情";
/// Card: gathering.
pub const GATHERING: &str = "正在汇总";
/// Card: show on the map.
pub const ON_MAP: &str = "在地图上看";
/// Card: nothing.
pub const NONE: &str = "无记录";
/// Card: still computing.
pub const NOT_YET: &str = "尚在计算";
/// Card sections.
pub const SECTION_RISK: &str = "风险";
/// Card: frequency.
pub const SECTION_PLAN: &str = "检查频次";
/// Card: this year's lists.
pub const SECTION_LISTED: &str = "本年抽取";
/// Card: register.
pub const SECTION_FACTS: &str = "登记信息";
/// Card: permits.
pub const SECTION_PERMIT: &str = "排污许可";
/// Card: credit.
pub const SECTION_CREDIT: &str = "信用评价";
/// Card: penalties.
pub const SECTION_VIOLATIONS: &str = "行政处罚";
/// Card: complaints.
pub const SECTION_COMPLAINTS: &str = "信访投诉";
/// Card: monitoring.
pub const SECTION_MONITORING: &str = "自动监控异常";
/// Card: past checks.
pub const SECTION_CHECKS: &str = "历次检查";
/// Card: λ.
pub const LAMBDA: &str = "抽查频次";
/// Card: crowded.
pub const CROWDED: &str = "与同一企业的其他场所共用检查名额，逐月分布为近似值";
/// Card: not drawn yet.
pub const NOT_LISTED: &str = "本年尚未被抽中";
/// Card: factor's cap reached.
pub const AT_CAP: &str = "已封顶";
/// Card: what falls by itself.
pub const FALLS: &str = "将自行降低的得分";
/// Card: what can be done.
pub const LOWER: &str = "怎样降低得分";
/// Card: button.
pub const PRINT_SCORE: &str = "得分说明（可打印）…";
/// Card: what it is.
pub const PRINT_SCORE_HINT: &str = "一页网页，可交给该单位：个人信息已遮盖，不含其他单位与检查月份";
/// Card: kind of file.
pub const WEB_PAGE: &str = "网页";
/// Card: basis.
pub const BASIS: &str = "依据";
/// Card: others.
pub const LEAD: &str = "主办";
/// Card: second inspector.
pub const SECOND: &str = "协办";
/// Card: without a pair.
pub const NO_PAIR: &str = "未配对人员";
/// Card: no result yet.
pub const NO_RESULT: &str = "尚无结果";
/// Import: looking.
pub const LOOKING: &str = "正在查看文件";
/// Import: failed.
pub const LOOK_FAILED: &str = "文件没有读出来";
/// Import: another choice.
pub const CHOOSE_AGAIN: &str = "重新选择";
/// Import: title.
pub const LOOK_TITLE: &str = "这些文件被认作";
/// Import: nothing chosen.
pub const NO_FILES: &str = "还没有选择文件";
/// Import: how.
pub const NO_FILES_HINT: &str = "把本单位的名录、信用、处罚、投诉等文件或整个文件夹拖到窗口里，不必改列名。";
/// Import: make a project.
pub const START_IMPORT: &str = "导入为新项目";
/// Import: into the open project.
pub const START_REFRESH: &str = "更新当前项目";
/// Import: leave.
pub const LEAVE: &str = "不导入了";
/// Import: no register.
pub const NO_SOURCES: &str = "还没有认出「污染源名录」，请先为名录文件指定列";
/// Import: no register, and a project that the tables may go into.
pub const ONLY_REFRESH: &str = "这些文件里没有「污染源名录」：可以用它们更新当前项目的表，不能建新项目";
/// Import: recognised.
pub const RECOGNISED: &str = "已识别";
/// Import: not recognised.
pub const UNRECOGNISED: &str = "未识别";
/// Import: left out.
pub const LEFT_OUT: &str = "不导入";
/// Import: unread.
pub const UNREAD: &str = "读不出";
/// Import: set columns by hand.
pub const MAP_COLUMNS: &str = "指定列…";
/// Import: leave a file out.
pub const LEAVE_OUT: &str = "不导入此表";
/// Import: take it after all.
pub const TAKE_BACK: &str = "恢复导入";
/// Import: maps.
pub const MAPS: &str = "区划图";
/// Import: other files.
pub const OTHERS: &str = "其他文件（不导入）";
/// Import: year.
pub const YEAR: &str = "计划年度";
/// Mapping dialog: title.
pub const MAPPING_TITLE: &str = "指定各列的含义";
/// Mapping dialog: which table.
pub const WHICH_TABLE: &str = "这是哪张表";
/// Mapping dialog: no table.
pub const NO_TABLE: &str = "请选择";
/// Mapping dialog: heading row.
pub const HEADER_ROW: &str = "标题所在行";
/// Mapping dialog: encoding.
pub const ENCODING: &str = "文字编码";
/// Mapping dialog: automatic.
pub const AUTOMATIC: &str = "自动";
/// Mapping dialog: column.
pub const COLUMN: &str = "需要的列";
/// Mapping dialog: heading in the file.
pub const IN_FILE: &str = "文件中的列";
/// Mapping dialog: constant.
pub const CONSTANT: &str = "或统一填为";
/// Mapping dialog: sample.
pub const SAMPLE: &str = "示例";
/// Mapping dialog: not there.
pub const NOT_THERE: &str = "（没有）";
/// Mapping dialog: required.
pub const REQUIRED: &str = "必填";
/// Mapping dialog: one of them.
pub const ONE_OF: &str = "至少一项";
/// Mapping dialog: use it.
pub const USE_MAPPING: &str = "使用";
/// Mapping: leaving with entries.
pub const LEAVE_MAPPING: &str = "放弃已做的列对应？";
/// What that means.
pub const LEAVE_MAPPING_WORDS: &str = "对话框里所做的选择还没有使用，关闭后不再保留。";
/// Yes.
pub const LEAVE_MAPPING_YES: &str = "放弃";
/// Mapping dialog: district from the point.
pub const FROM_POINT: &str = "所在区按经纬度判断";
/// Encodings offered.
pub const ENCODINGS: [&str; 5] = ["UTF-8", "GB18030", "UTF-16LE", "Big5", "windows-1252"];

/// Short name of a table, for its tab.
#[must_use]
pub fn tab(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Sources => "污染源",
        TableKind::Credit => "信用",
        TableKind::Violations => "处罚",
        TableKind::Complaints => "投诉",
        TableKind::Monitoring => "自动监控",
        TableKind::Inspectors => "执法人员",
        TableKind::Recusals => "回避",
        TableKind::PastChecks => "历次检查",
        TableKind::Capacity => "力量装备",
    }
}

/// How many were copied.
#[must_use]
pub fn copied(count: &str) -> String {
    format!("已复制 {count} 行")
}

/// What is left out of a list.
#[must_use]
pub fn others(count: usize) -> String {
    format!("其余 {count} 条")
}

/// Rows of a sheet and its columns taken.
#[must_use]
pub fn taken(rows: &str, columns: usize) -> String {
    format!("{rows} 行数据，认出 {columns} 列")
}

/// Rows of a sheet that is not known.
#[must_use]
pub fn not_taken(rows: &str) -> String {
    format!("{rows} 行")
}

/// Name of the combo box of a column.
#[must_use]
pub fn heading_of(column: &str) -> String {
    format!("{column}在文件中的列")
}

/// Name of the constant of a column.
#[must_use]
pub fn constant_of(column: &str) -> String {
    format!("{column}统一填为")
}

/// A record with its points.
#[must_use]
pub fn score_line(what: &str, sum: &str, points: &str) -> String {
    if sum.is_empty() { format!("{what}：{points} 分") } else { format!("{what}：{sum} = {points} 分") }
}

/// The articles; empty without any.
#[must_use]
pub fn basis(cite: &str) -> String {
    if cite.is_empty() { String::new() } else { format!("{BASIS}：{cite}") }
}

/// The sum of the factors.
#[must_use]
pub fn score_sum(sum: &str) -> String {
    format!("合计：{sum}")
}

/// The figure behind how often a source is drawn.
#[must_use]
pub fn lambda(per_year: &str) -> String {
    format!("λ = {per_year} 次/年")
}

/// Times, one decimal.
#[must_use]
pub fn month_name(month: usize) -> String {
    format!("{} 月", month + 1)
}

/// Why a source is not in the draw.
#[must_use]
pub fn exclusion(exclusion: crate::plan::Exclusion) -> Option<&'static str> {
    use crate::plan::Exclusion as E;
    Some(match exclusion {
        E::None => return None,
        E::Closed => "已关闭，不参加抽取",
        E::Moved => "已搬迁，不参加抽取",
        E::Stopped => "停产，暂不参加抽取",
        E::PositiveList => "正面清单单位，只作非现场检查",
        E::NoRoster => "执法主体没有执法人员名册，不参加抽取",
        E::SetAside => "数据有误被搁置，不参加抽取",
        E::Merged => "已并入其他污染源，不参加抽取",
    })
}

/// Headings of frame columns that no file has under their own name.
const DERIVED: [(&str, &str); 31] = [
    (sources::UNIT_ID.name(), "单位标识"),
    (sources::NUMBER.name(), "许可证或登记编号"),
    (sources::ENTERPRISE.name(), "企业（合并计算）"),
    (credit::GRADE_INDEX.name(), "等级序号"),
    (monitoring::VALID.name(), "有效"),
    (origin::ROW.name(), "文件行号"),
    (origin::FILE.name(), "文件"),
    (quality::SHEET.name(), "工作表"),
    (credit::SCORE.name(), "风险分"),
    (scored::TIER.name(), "风险等级"),
    (scored::SPECIAL.name(), "特殊监管"),
    (scored::STRATUM.name(), "监管类别（按规则）"),
    (scored::AGGRAVATED.name(), "加重情形"),
    (scored::SPECIAL_REASONS.name(), "特殊监管原因"),
    (LAMBDA_COLUMN.name(), "年均次数 λ"),
    (LIMIT.name(), "频次受限于"),
    (quality::SEVERITY.name(), "级别"),
    (quality::CODE.name(), "代码"),
    (quality::TABLE.name(), "表"),
    (quality::COLUMN.name(), "列"),
    (monitoring::VALUE.name(), "实际值"),
    (quality::WHAT.name(), "问题"),
    (quality::EXPECTED.name(), "应为"),
    (quality::HINT.name(), "处理建议"),
    (quality::UNIT.name(), "单位"),
    (quality::CANDIDATES.name(), "相近的单位"),
    (quality::CONFIRMED_BY.name(), "确认人"),
    (quality::CONFIRMED_AT.name(), "确认时间"),
    (quality::CONFIRMED_WHY.name(), "确认理由"),
    (set_aside::REASON.name(), "原因"),
    (set_aside::CELLS.name(), "原始内容"),
];

/// Heading of a frame column that no file has under its own name.
#[must_use]
pub fn derived_heading(id: &str) -> Option<&'static str> {
    DERIVED.iter().find(|(known, _)| *known == id).map(|(_, heading)| *heading)
}

/// Heading of a frame column.
#[must_use]
pub fn heading(kind: Option<TableKind>, id: &str) -> String {
    // a table's own column of that name goes before a word made here (`reason` of recusals)
    let own = kind.and_then(|kind| kind.column(id)).map(|column| column.name);
    let derived = derived_heading(id);
    let chosen =
        if id == sources::UNIT_ID.name() && kind == Some(TableKind::Sources) { derived } else { own.or(derived) };
    chosen.map_or_else(|| id.to_owned(), str::to_owned)
}

/// Words of a vocabulary: id and how it reads.
#[must_use]
pub fn words(kind: TableKind, id: &str) -> Vec<(&'static str, &'static str)> {
    match kind.column(id).map(|column| column.kind) {
        Some(ColumnKind::Choice(vocabulary) | ColumnKind::Choices(vocabulary)) if !vocabulary.is_flag() => {
            vocabulary.terms()
        }
        // a flag in the frame, two words in the office's file
        Some(ColumnKind::Choice(vocabulary)) => {
            ["是", "否"].into_iter().zip(vocabulary.terms()).map(|(flag, (_, label))| (flag, label)).collect()
        }
        _ => Vec::new(),
    }
}

/// How many findings of a kind, how many of them are listed where that is fewer, how many are confirmed.
#[must_use]
pub fn kind_count(count: u64, listed: u64, confirmed: u64) -> String {
    let number = crate::ui::widgets::thousands;
    let some = if listed < count { format!("（只列出前 {} 条）", number(listed)) } else { String::new() };
    let done = match confirmed {
        0 => String::new(),
        confirmed => format!("，已确认 {} 条，待处理 {} 条", number(confirmed), number(count - confirmed)),
    };
    format!("共 {} 条{some}{done}", number(count))
}

/// The same in short.
#[must_use]
pub fn kind_count_short(open: u64, confirmed: u64) -> String {
    let number = crate::ui::widgets::thousands;
    match (open, confirmed) {
        (open, 0) => format!("{} 条", number(open)),
        (0, confirmed) => format!("已全部确认（{} 条）", number(confirmed)),
        (open, confirmed) => format!("{} 条，另已确认 {} 条", number(open), number(confirmed)),
    }
}

/// An example of a kind.
#[must_use]
pub fn example(words: &str) -> String {
    format!("如 {words}")
}

/// What to do about a kind.
#[must_use]
pub fn mend(hint: &str) -> String {
    format!("怎样改：{hint}")
}

/// The button that confirms.
#[must_use]
pub fn confirm(count: usize) -> String {
    if count == 0 { "确认无误…".to_owned() } else { format!("确认无误（{count} 条）…") }
}

/// The button that takes confirmations back.
#[must_use]
pub fn withdraw(count: usize) -> String {
    format!("撤回确认（{count} 条）")
}

/// Whom a finding is about, and what stood there.
#[must_use]
pub fn about(about: &str, value: &str) -> String {
    if value.is_empty() || value == about { about.to_owned() } else { format!("{about}：{value}") }
}

/// A unit of the register that a name means.
#[must_use]
pub fn same_as(name: &str) -> String {
    format!("就是名录中的「{name}」，下次更新名录时生效")
}

/// A flag of a record in words: 属实, 不属实; 发现问题, 未发现问题.
#[must_use]
pub fn flag_words(heading: &str, yes: bool) -> String {
    let name = heading.trim_start_matches("是否");
    match name {
        _ if yes => name.to_owned(),
        "属实" => format!("不{name}"),
        _ if name.starts_with("发现") || name.starts_with("完成") || name.starts_with("修复") => {
            format!("未{name}")
        }
        _ => format!("不是{name}"),
    }
}

/// Columns that are hidden because no row has anything in them.
#[must_use]
pub fn blank_columns(count: usize) -> String {
    format!("{count} 列全空，未显示")
}

#[cfg(test)]
mod tests {
    use super::flag_words;

    #[test]
    fn flags_are_said_as_people_say_them() {
        let said = [("是否属实", true), ("是否属实", false), ("是否发现问题", false), ("是否发现问题", true)]
            .map(|(heading, yes)| flag_words(heading, yes));
        assert_eq!(said, ["属实", "不属实", "未发现问题", "发现问题"]);
    }
}
