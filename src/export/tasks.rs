//! Task sheets for inspectors, and the template in which they bring results back. Internal.
//!
//! A body gets its own targets of the month: selected and substitutes, no reserves, nothing withdrawn.

use serde::{Deserialize, Serialize};

use crate::diagnostic::AppResult;
use crate::disclosure::{Manner, Outcome, ResultField};
use crate::domain::PlanMonth;

use super::columns::{ColumnCatalogue, SheetKind};
use super::manifest::ExportFile;
use super::plan_book::{BookHeader, InspectorRef, TargetRole, TargetRow};
use super::plan_sheets::{book_meta, item_sheet, sorted_targets, target_cell};
use super::sheet::{Cell, SheetSpec};
use super::workbook::render_workbook;

/// A body's tasks of a month.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskBook {
    /// Header; its body is the one whose tasks these are.
    pub header: BookHeader,
    /// Month.
    pub month: PlanMonth,
    /// The month's list; reserves, withdrawn units and other bodies' units are left out here.
    pub targets: Vec<TargetRow>,
    /// Matters inspected, printed beforehand into the template.
    pub matters: String,
}

impl TaskBook {
    /// How many task sheets it has: reserves, withdrawn units and off-site checks have none.
    #[must_use]
    pub fn sheets(&self) -> usize {
        self.tasks().len()
    }

    /// The rows to be visited, in the order of the sheet.
    pub(super) fn tasks(&self) -> Vec<&TargetRow> {
        self.rows(|role| matches!(role, TargetRole::Selected | TargetRole::Substitute { .. }))
    }

    /// The rows to be checked without a visit.
    fn off_site(&self) -> Vec<&TargetRow> {
        self.rows(|role| *role == TargetRole::OffSite)
    }

    fn rows(&self, wanted: impl Fn(&TargetRole) -> bool) -> Vec<&TargetRow> {
        sorted_targets(&self.targets)
            .into_iter()
            .filter(|row| wanted(&row.draw.role))
            .filter(|row| self.header.body.as_ref().is_none_or(|(body, _)| *body == row.staff.body))
            .filter(|row| row.draw.month == self.month)
            .collect()
    }

    /// The body, or the agency.
    pub(super) fn whose(&self) -> &str {
        self.header.whose()
    }

    /// A file of the body's month.
    #[must_use]
    pub fn file(&self, document: &str, extension: &str, bytes: Vec<u8>) -> ExportFile {
        self.header.file(document, &self.month.to_string(), extension, bytes)
    }
}

/// The task list.
///
/// # Errors
/// As [`render_workbook`].
pub fn render_task_book(book: &TaskBook, catalogue: &ColumnCatalogue) -> AppResult<ExportFile> {
    let title = format!("{} {}年{}月检查任务单", book.whose(), book.month.year(), book.month.month());
    let tasks = book.tasks();
    let mut sheet = catalogue
        .sheet(SheetKind::Tasks, "检查任务", title.clone(), &tasks, |at, row, id| target_cell(at, row, id));
    sheet.notes = vec![
        format!("共 {} 家。每次检查由两名以上持证人员实施，主动出示执法证件与检查码。", tasks.len()),
        "内部资料：检查前名单保密，未检查对象不得对外提供。".to_owned(),
    ];
    sheet.frozen_columns = sheet.columns.iter().position(|c| c.id == "name").map_or(0, |at| (at as u16 + 1).min(4));
    let bytes = render_workbook(&[sheet], &book_meta(&book.header, title))?;
    Ok(book.file("检查任务单", "xlsx", bytes))
}

/// The list of off-site checks; `None` where the body has none this month.
///
/// # Errors
/// As [`render_workbook`].
pub fn render_off_site_list(book: &TaskBook, catalogue: &ColumnCatalogue) -> AppResult<Option<ExportFile>> {
    let rows = book.off_site();
    if rows.is_empty() {
        return Ok(None);
    }
    let title = format!("{} {}年{}月非现场检查名单", book.whose(), book.month.year(), book.month.month());
    let mut sheet = catalogue
        .sheet(SheetKind::Tasks, "非现场检查", title.clone(), &rows, |at, row, id| target_cell(at, row, id));
    sheet.notes = vec![
        format!("正面清单单位 {} 家，次序由年度种子确定。", rows.len()),
        "不上门：核对许可管理、执行报告、自行监测、自动监控与用电等数据；发现线索的，登记触发式检查后转为现场检查。"
            .to_owned(),
        "结果与现场检查填在同一张填报表，检查方式为「非现场检查」，同样在 20 个工作日内公开。".to_owned(),
        "内部资料：检查前名单保密。".to_owned(),
    ];
    sheet.frozen_columns = sheet.columns.iter().position(|c| c.id == "name").map_or(0, |at| (at as u16 + 1).min(4));
    let bytes = render_workbook(&[sheet], &book_meta(&book.header, title))?;
    Ok(Some(book.file("非现场检查名单", "xlsx", bytes)))
}

/// What the form for a result says of its check beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormRow {
    /// 计划编码.
    pub plan_code: String,
    /// Unit id.
    pub unit_id: String,
    /// 单位名称.
    pub name: String,
    /// 统一社会信用代码; empty where none is known.
    pub uscc: String,
    /// 计划月份.
    pub month: String,
    /// 检查方式.
    pub manner: String,
    /// 检查事项.
    pub matters: String,
    /// 主办人员执法证号; empty where nobody was paired.
    pub first_inspector: String,
    /// 协办人员执法证号.
    pub second_inspector: String,
}

/// The form for results: one row a check, what is known printed beforehand, the rest to be filled in with lists to
/// choose from; how to fill it in. The intake reads it back.
#[must_use]
pub fn results_form(rows: &[FormRow], title: &str, catalogue: &ColumnCatalogue) -> Vec<SheetSpec> {
    let mut sheet =
        catalogue.sheet(SheetKind::ResultsTemplate, "检查结果", title.to_owned(), rows, |_, row, id| match id {
            "plan_code" => Cell::text(&row.plan_code),
            "unit_id" => Cell::text(&row.unit_id),
            "name" => Cell::text(&row.name),
            "uscc" => Cell::text(&row.uscc),
            "month" => Cell::text(&row.month),
            "manner" => Cell::text(&row.manner),
            "matters" => Cell::text(&row.matters),
            "first_inspector" => Cell::text(&row.first_inspector),
            "second_inspector" => Cell::text(&row.second_inspector),
            _ => Cell::Empty,
        });
    for column in &mut sheet.columns {
        let known =
            [ResultField::PlanCode, ResultField::Unit, ResultField::Name, ResultField::Uscc, ResultField::Month];
        column.input = ResultField::of_id(&column.id).is_some_and(|field| !known.contains(&field));
        column.choices = match column.id.as_str() {
            "outcome" => Outcome::ALL.map(|outcome| outcome.label().to_owned()).to_vec(),
            "manner" => Manner::ALL.map(|manner| manner.label().to_owned()).to_vec(),
            "recheck" => vec!["是".to_owned(), "否".to_owned()],
            _ => Vec::new(),
        };
    }
    sheet.frozen_columns = sheet.columns.iter().position(|c| c.id == "name").map_or(0, |at| (at as u16 + 1).min(3));
    sheet.spare_rows = 20;
    sheet.notes = vec![
        "褐色表头的列由检查人员填写；未检查的行保持空白。检查结果、检查方式请从下拉列表选择。".to_owned(),
        "任务完成后 20 个工作日内公开；不予公开的须写明法律依据，如《政府信息公开条例》第十五条。".to_owned(),
    ];
    let help = item_sheet(
        "填写说明",
        "填写说明".to_owned(),
        Vec::new(),
        [
            ("检查日期", "现场检查（或非现场核查）的日期；不早于抽取日期"),
            ("办结日期", "检查任务办结的日期；公开期限自次日起算"),
            ("检查结果", "未发现问题；发现问题已责令改正；发现问题待后续处理；不配合检查情节严重；停产；搬迁或关闭"),
            ("处理情况", "对外公开的处理情况；请勿写入个人姓名、电话、身份证号"),
            ("存在问题", "内部记录，不公开"),
            ("执法证号", "实际检查人员的执法证号，至少两名；与任务单不同的，须先登记更换理由"),
            (
                "检查表答复",
                "可不填。按任务单所附检查表的编号写，先写例外：不符合：P03、M02；不适用：E02；其余符合。也可逐项写 P03 不符合",
            ),
            ("不予公开依据", "写明文件与条款；填写后该结果只计数，不列名称"),
        ]
        .map(|(item, content)| (item.to_owned(), content.to_owned()))
        .to_vec(),
    );
    vec![sheet, help]
}

/// The form for the results of a body's month.
///
/// # Errors
/// As [`render_workbook`].
pub fn render_results_template(book: &TaskBook, catalogue: &ColumnCatalogue) -> AppResult<ExportFile> {
    let title = format!("{} {}年{}月检查结果填报表", book.whose(), book.month.year(), book.month.month());
    let mut tasks = book.tasks();
    tasks.extend(book.off_site());
    let certificate = |who: &Option<InspectorRef>| who.as_ref().map_or_else(String::new, |i| i.certificate.clone());
    let form = |row: &&TargetRow| FormRow {
        plan_code: row.draw.plan_code.clone(),
        unit_id: row.unit.unit_id.to_string(),
        name: row.unit.name.clone(),
        uscc: row.unit.uscc.clone(),
        month: row.draw.month.to_string(),
        manner: row.staff.manner.label().to_owned(),
        matters: book.matters.clone(),
        first_inspector: certificate(&row.staff.lead),
        second_inspector: certificate(&row.staff.second),
    };
    let rows: Vec<FormRow> = tasks.iter().map(form).collect();
    let bytes = render_workbook(&results_form(&rows, &title, catalogue), &book_meta(&book.header, title))?;
    Ok(book.file("检查结果填报表", "xlsx", bytes))
}
