//! Public workbooks and csv: the yearly plan and the monthly list of results.
//!
//! They take [`YearPlan`] (which has no field for a target) and [`ResultList`] (whose rows are visited and
//! masked by construction), and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDateTime;

use crate::diagnostic::AppResult;
use crate::disclosure::{Audience, MonthCount, ResultList, ResultListRow, Share, YearPlan, YearPlanRow};
use crate::sampling::LogHead;
use crate::text::csv::CsvStyle;

use super::columns::{ColumnCatalogue, SheetKind};
use super::csv_text::{cell_text, render_csv};
use super::file_name::FileName;
use super::manifest::ExportFile;
use super::plan_sheets::item_sheet;
use super::sheet::{Cell, CellKind, CellMark, Emphasis, SheetColumn, SheetSpec};
use super::workbook::{BookMeta, render_workbook};

/// What stands on a public document besides its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicHeader {
    /// Agency (or body) that publishes.
    pub agency: String,
    /// Version, from 1.
    pub version: u32,
    /// Program and version.
    pub program: String,
    /// Time of the export: the file's creation date.
    pub created: NaiveDateTime,
    /// `模拟数据` or `演示`, where it applies.
    pub data_mark: Option<String>,
    /// Head of the log at that time; `None` where there is none.
    pub log: Option<LogHead>,
}

impl PublicHeader {
    /// The log's head in words, for whoever wants to hold the log against this paper.
    pub(super) fn log_words(&self) -> Option<String> {
        self.log.as_ref().map(|head| format!("操作日志 {} 行，根值 {}", head.size, head.root))
    }

    fn meta(&self, title: String) -> BookMeta {
        BookMeta {
            title,
            agency: self.agency.clone(),
            program: self.program.clone(),
            created: self.created,
            audience: Audience::Public,
            data_mark: self.data_mark.clone(),
        }
    }

    /// A public file of a period.
    #[must_use]
    pub fn file(&self, document: &str, period: &str, extension: &str, bytes: Vec<u8>) -> ExportFile {
        let name = FileName {
            agency: &self.agency,
            document,
            period,
            version: self.version,
            audience: Audience::Public,
            mark: self.data_mark.as_deref(),
            extension,
        }
        .render();
        ExportFile { name, bytes, audience: Audience::Public }
    }
}

/// The yearly plan as .xlsx (plan, months, industries, notes) and .csv (plan).
///
/// # Errors
/// As [`render_workbook`] and [`render_csv`].
pub fn render_year_plan(
    plan: &YearPlan,
    header: &PublicHeader,
    catalogue: &ColumnCatalogue,
) -> AppResult<Vec<ExportFile>> {
    let mut sheets = year_plan_sheets(plan, catalogue);
    if let Some(first) = sheets.first_mut() {
        first.notes.extend(header.log_words());
    }
    let bytes = render_workbook(&sheets, &header.meta(year_plan_title(plan)))?;
    let period = plan.year.to_string();
    let mut files = vec![header.file("年度检查计划", &period, "xlsx", bytes)];
    for sheet in sheets.into_iter().take(1) {
        files.push(header.file("年度检查计划", &period, "csv", render_csv(&marked(sheet, header), CsvStyle::Office)?));
    }
    Ok(files)
}

fn year_plan_title(plan: &YearPlan) -> String {
    format!("{}{}年度双随机检查计划", plan.agency, plan.year)
}

/// The tables of the yearly plan: the plan itself first, then months, industries, notes.
pub(super) fn year_plan_sheets(plan: &YearPlan, catalogue: &ColumnCatalogue) -> Vec<SheetSpec> {
    let mut sheet =
        catalogue.sheet(SheetKind::YearPlan, "年度检查计划", year_plan_title(plan), &plan.rows, |at, row, id| {
            plan_cell(plan, at, row, id)
        });
    sheet.notes.push(format!(
        "频次上限：同一企业每年 {} 次{}；口径：{}。",
        plan.cap.visits,
        if plan.cap.confirmed { "" } else { "（待确认）" },
        plan.cap.rule_set
    ));
    sheet.notes.push(counted(plan));
    let day = |d: Option<chrono::NaiveDate>| d.map_or_else(|| "—".to_owned(), |d| d.to_string());
    let mut items: Vec<(String, String)> = vec![
        ("编制日期".into(), day(plan.prepared_on)),
        ("批准日期".into(), day(plan.approved_on)),
        ("备案日期".into(), day(plan.filed_on)),
        ("公布日期".into(), day(plan.published_on)),
        ("对象确定方式".into(), "按风险与信用确定入选概率，先公布承诺值，再以公开数抽取；检查前不公布具体名单".into()),
    ];
    items.extend(plan.unconfirmed.iter().map(|text| ("待确认".to_owned(), text.clone())));
    let mut sheets = vec![sheet];
    if !plan.months.is_empty() {
        sheets.push(months_sheet(plan, catalogue));
    }
    if !plan.industries.is_empty() {
        let title = format!("{}年重点行业清单式检查覆盖情况", plan.year);
        sheets.push(catalogue.sheet(SheetKind::Industries, "重点行业", title, &plan.industries, |_, row, id| {
            match id {
                "code" => Cell::text(&row.prefix),
                "name" => Cell::text(&row.name),
                "units" => Cell::Integer(row.units.cast_signed()),
                "visited" => Cell::Integer(row.visited.part.cast_signed()),
                "coverage" => share_cell(row.visited),
                "checklist" => share_cell(row.checklist),
                _ => Cell::Empty,
            }
        }));
    }
    sheets.push(item_sheet("说明", format!("{}年度检查计划说明", plan.year), Vec::new(), items));
    sheets
}

/// A csv has no place for a mark: in simulated data it becomes the last column.
fn marked(mut sheet: SheetSpec, header: &PublicHeader) -> SheetSpec {
    if let Some(mark) = &header.data_mark {
        sheet.columns.push(SheetColumn::new("data_mark", "数据说明", 12.0, CellKind::Text));
        for row in &mut sheet.rows {
            row.push(Cell::text(mark));
        }
    }
    sheet
}

fn share_cell(share: Share) -> Cell {
    Cell::number(share.fraction())
}

fn plan_cell(plan: &YearPlan, at: usize, row: &YearPlanRow, id: &str) -> Cell {
    match id {
        "number" => Cell::count(u32::try_from(at + 1).ok()),
        "body" => Cell::text(&row.body_name),
        "plan_name" => Cell::text(&row.plan_name),
        "plan_code" => Cell::text(&row.plan_code),
        "scope" => Cell::text(&row.scope),
        "population" => Cell::Integer(row.population.cast_signed()),
        "manner" => Cell::text(&row.manner),
        "matters" => Cell::text(&row.matters),
        "ratio" => Cell::Number(row.ratio_ppm as f64 / 1e6),
        "visits" => Cell::Integer(row.number.cast_signed()),
        "drawn" => Cell::Integer((row.number - row.mandatory).cast_signed()),
        "mandatory" => Cell::Integer(row.mandatory.cast_signed()),
        "cap" => {
            Cell::text(format!("每年 {} 次{}", plan.cap.visits, if plan.cap.confirmed { "" } else { "（待确认）" }))
        }
        "period" => Cell::text(&row.period),
        "basis" => Cell::text(&row.basis),
        "remark" => Cell::text(&row.remark),
        _ => Cell::Empty,
    }
}

/// A number of a body's month.
type NumberOf = fn(&MonthCount) -> u64;
/// Body, kind of check, numbers by month.
type MonthsRow<'a> = (&'a str, &'a str, [Option<u64>; 12]);

fn months_sheet(plan: &YearPlan, catalogue: &ColumnCatalogue) -> SheetSpec {
    // in the order of the plan
    let (mut bodies, mut counts) = (Vec::new(), BTreeMap::<&str, Vec<&MonthCount>>::new());
    for count in &plan.months {
        let own = counts.entry(count.body_name.as_str()).or_default();
        if own.is_empty() {
            bodies.push(count.body_name.as_str());
        }
        own.push(count);
    }
    let whole: Vec<&MonthCount> = plan.months.iter().collect();
    let kinds: [(&str, NumberOf); 3] =
        [("抽查", |count| count.drawn), ("必查", |count| count.mandatory), ("合计", MonthCount::visits)];
    let mut rows: Vec<MonthsRow<'_>> = Vec::new();
    let several = bodies.len() > 1;
    for body in bodies.into_iter().map(Some).chain(several.then_some(None)) {
        for (kind, number) in kinds {
            let mut months = [None; 12];
            for count in body.map_or(&whole, |body| &counts[body]) {
                let cell = &mut months[count.month.month() as usize - 1];
                *cell = Some(cell.unwrap_or(0_u64).saturating_add(number(count)));
            }
            rows.push((body.unwrap_or("合计"), kind, months));
        }
    }
    let title = format!("{}年度检查计划：分月数量（次）", plan.year);
    let mut sheet =
        catalogue.sheet(SheetKind::YearMonths, "分月数量", title, &rows, |_, (body, kind, months), id| match id {
            "body" => Cell::text(*body),
            "kind" => Cell::text(*kind),
            "total" => Cell::Integer(months.iter().flatten().sum::<u64>().cast_signed()),
            _ => {
                let month = id.strip_prefix('m').and_then(|m| m.parse::<usize>().ok()).and_then(|m| m.checked_sub(1));
                Cell::count(month.and_then(|m| months.get(m).copied().flatten()).map(u64::cast_signed))
            }
        });
    sheet.notes.push(counted(plan));
    for row in (0..sheet.rows.len()).filter(|row| row % kinds.len() == kinds.len() - 1) {
        sheet.marks.push(CellMark { row, column: None, emphasis: Emphasis::Strong });
    }
    sheet
}

/// What the plan's numbers are, in words.
fn counted(plan: &YearPlan) -> String {
    let listed: BTreeSet<u32> = plan.months.iter().filter(|c| c.listed).map(|c| c.month.month()).collect();
    let months: Vec<String> = listed.iter().map(u32::to_string).collect();
    let past = if months.is_empty() {
        "各月均为预计数量".to_owned()
    } else {
        format!("{} 月已抽取，为列入名单的实际数量，其余月份为预计数量", months.join("、"))
    };
    format!("检查数量为抽查与必查之和，不含触发式检查；{past}。")
}

/// The list of results as .xlsx (results, withheld, notes) and .csv (results; withheld where there are any).
///
/// # Errors
/// As [`render_workbook`] and [`render_csv`].
pub fn render_result_list(
    list: &ResultList,
    header: &PublicHeader,
    catalogue: &ColumnCatalogue,
) -> AppResult<Vec<ExportFile>> {
    let period = list.month.to_string();
    let label = format!("{}年{}月", list.month.year(), list.month.month());
    let title = format!("{} {label}检查结果公开表", header.agency);
    let mut sheet = result_sheet(list, title.clone(), catalogue);
    sheet.notes.push(format!(
        "公开日期 {}；本表 {} 项，依法不予公开 {} 项。个人信息已隐去。",
        list.published_on,
        list.rows.len(),
        list.withheld.len()
    ));
    sheet.notes.extend(header.log_words());
    let withheld = withheld_sheet(list, catalogue);
    let off_site =
        if list.off_site() > 0 { "；正面清单单位为非现场检查，次序由年度种子确定" } else { "" };
    let items = vec![
        (
            "检查对象的确定".to_owned(),
            format!("随机抽取、必查或触发式检查；随机抽取的，抽取前公布承诺值，全月检查完毕后公布抽取证书{off_site}"),
        ),
        (
            "应公开截止日".to_owned(),
            "检查任务完成次日起 20 个工作日；跨入尚未公布放假安排的年度的，注明「暂定」".to_owned(),
        ),
        ("个人信息".to_owned(), "个体工商户的字号、代码，身份证号、电话号码、个人姓名以 * 隐去".to_owned()),
        ("检查人员".to_owned(), "以执法证号列示".to_owned()),
    ];
    let notes = item_sheet("说明", "说明".to_owned(), Vec::new(), items);
    let bytes = render_workbook(&[sheet.clone(), withheld.clone(), notes], &header.meta(title))?;
    let mut files = vec![
        header.file("检查结果公开表", &period, "xlsx", bytes),
        header.file("检查结果公开表", &period, "csv", render_csv(&marked(sheet, header), CsvStyle::Office)?),
    ];
    if !list.withheld.is_empty() {
        files.push(header.file(
            "不予公开清单",
            &period,
            "csv",
            render_csv(&marked(withheld, header), CsvStyle::Office)?,
        ));
    }
    Ok(files)
}

pub(super) fn withheld_sheet(list: &ResultList, catalogue: &ColumnCatalogue) -> SheetSpec {
    let title = format!("{}年{}月依法不予公开的检查结果", list.month.year(), list.month.month());
    catalogue.sheet(SheetKind::Withheld, "不予公开", title, &list.withheld, |_, row, id| match id {
        "number" => Cell::Integer(i64::from(row.number)),
        "body" => Cell::text(&row.body_name),
        "month" => Cell::text(row.month.to_string()),
        "ground" => Cell::text(&row.ground),
        _ => Cell::Empty,
    })
}

pub(super) fn result_sheet(list: &ResultList, title: String, catalogue: &ColumnCatalogue) -> SheetSpec {
    catalogue.sheet(SheetKind::Results, "检查结果", title, &list.rows, |_, row, id| result_cell(row, id))
}

/// The list of results as text: what is exported, cell by cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResultTexts {
    /// Id and heading of each column.
    pub columns: Vec<(String, String)>,
    /// Cells of each row, in the order of the columns.
    pub rows: Vec<Vec<String>>,
}

/// The cells of a list of results as they are exported.
#[must_use]
pub fn result_texts(list: &ResultList, catalogue: &ColumnCatalogue) -> ResultTexts {
    texts_of(&result_sheet(list, String::new(), catalogue))
}

/// The cells of the withheld results as they are exported.
pub(super) fn withheld_texts(list: &ResultList, catalogue: &ColumnCatalogue) -> ResultTexts {
    texts_of(&withheld_sheet(list, catalogue))
}

fn texts_of(sheet: &SheetSpec) -> ResultTexts {
    let cells = |row: &Vec<Cell>| {
        row.iter().zip(&sheet.columns).map(|(cell, column)| cell_text(cell, Some(column.kind))).collect()
    };
    ResultTexts {
        rows: sheet.rows.iter().map(cells).collect(),
        columns: sheet.columns.iter().map(|c| (c.id.clone(), c.heading.clone())).collect(),
    }
}

fn result_cell(row: &ResultListRow, id: &str) -> Cell {
    match id {
        "number" => Cell::Integer(i64::from(row.number)),
        "body" => Cell::text(&row.body_name),
        "name" => Cell::text(row.target().name()),
        "uscc" => Cell::text(row.target().code()),
        "permit" => Cell::text(row.target().number()),
        "matters" => Cell::text(&row.matters),
        "manner" => Cell::text(row.manner),
        "inspected_on" => Cell::Date(row.inspected_on),
        "outcome" => Cell::text(row.outcome),
        "handling" => Cell::text(&row.handling),
        "disclosed_on" if !row.entered => Cell::Empty,
        "disclosed_on" => Cell::Date(row.disclosed_on),
        "due_on" => Cell::Date(row.due.date),
        "provisional" => Cell::text(if row.due.provisional { "暂定" } else { "" }),
        "draw" => Cell::text(&row.draw),
        "inspectors" => Cell::text(&row.inspectors),
        _ => Cell::Empty,
    }
}
