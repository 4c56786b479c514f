//! The plan book as sheets: 说明, 年度计划, 计划对照, 分区汇总, 月度配额, and a sheet a month. Internal.

use crate::diagnostic::AppResult;
use crate::disclosure::Audience;

use super::columns::{ColumnCatalogue, SheetKind};
use super::manifest::ExportFile;
use super::plan_book::{
    BookHeader, MonthFigures, MonthSheet, MonthState, PlanBook, QuotaRow, TargetRole, TargetRow, VisitOrder,
};
use super::sheet::{Cell, CellKind, CellMark, Emphasis, SheetColumn, SheetSpec};
use super::workbook::{BookMeta, render_workbook};

/// Said on every sheet that names targets.
const SECRET: &str = "内部资料：检查前名单保密，未检查对象不得对外提供。";

pub(super) fn book_meta(header: &BookHeader, title: String) -> BookMeta {
    BookMeta {
        title,
        agency: header.body.as_ref().map_or_else(|| header.agency.clone(), |(_, name)| name.clone()),
        program: header.program.clone(),
        created: header.created,
        audience: Audience::Internal,
        data_mark: header.data_mark.clone(),
    }
}

/// One workbook of the plan.
///
/// # Errors
/// As [`render_workbook`].
pub fn render_plan_book(book: &PlanBook, catalogue: &ColumnCatalogue) -> AppResult<ExportFile> {
    let header = &book.header;
    let whose = header.whose();
    let mut sheets = vec![summary_sheet(book), matrix_sheet(book)];
    if !book.record.rows.is_empty() {
        sheets.push(book.record.sheet(&format!("{}年度计划：批准、滚动、已抽取与已完成", header.year)));
    }
    sheets.extend([district_sheet(book), quota_sheet(book, catalogue)]);
    sheets.extend(book.months.iter().map(|month| month_sheet(month, whose, catalogue)));
    let title = format!("{whose} {}年度双随机检查计划", header.year);
    let bytes = render_workbook(&sheets, &book_meta(header, title))?;
    Ok(header.file("年度计划", &header.year.to_string(), "xlsx", bytes))
}

/// Pairs of item and content, as a sheet.
pub(super) fn item_sheet(name: &str, title: String, notes: Vec<String>, items: Vec<(String, String)>) -> SheetSpec {
    SheetSpec {
        name: name.to_owned(),
        title,
        notes,
        columns: vec![
            SheetColumn::new("item", "项目", 44.0, CellKind::Text),
            SheetColumn::new("content", "内容", 88.0, CellKind::Text),
        ],
        rows: items.into_iter().map(|(item, content)| vec![Cell::text(item), Cell::text(content)]).collect(),
        marks: Vec::new(),
        frozen_columns: 0,
        filter: false,
        spare_rows: 0,
    }
}

fn summary_sheet(book: &PlanBook) -> SheetSpec {
    let h = &book.header;
    let whose = h.body.as_ref().map_or(h.agency.as_str(), |(_, name)| name.as_str());
    let mut items: Vec<(String, String)> = vec![
        ("文件".into(), "年度双随机检查计划工作簿：年度计划、计划对照、分区汇总、月度配额，以及每月一张名单".into()),
        ("编制单位".into(), h.agency.clone()),
        (
            "范围".into(),
            if h.body.is_some() {
                format!("{whose}（仅本单位的对象）")
            } else {
                "全市各执法主体".into()
            },
        ),
        ("计划年度".into(), format!("{}年，第{}版", h.year, h.version)),
        ("执行规则".into(), h.policy_name.clone()),
        ("规则文件摘要".into(), h.policy_sha256.clone()),
        ("输入数据摘要".into(), h.inputs_sha256.clone()),
        ("频次上限口径".into(), h.cap_rule_set.clone()),
        (
            "同一企业年度上限".into(),
            format!("{} 次{}", h.cap_visits, if h.cap_confirmed { "" } else { "（待本单位确认）" }),
        ),
        ("年度承诺值".into(), h.year_commitment.clone().unwrap_or_else(|| "尚未封存".into())),
    ];
    for month in &book.months {
        let (word, commitments) = match &month.state {
            MonthState::Planned => continue,
            MonthState::Sealed { commitments } => ("已封存", commitments),
            MonthState::Drawn { commitments, demonstration: true } => ("演示抽取", commitments),
            MonthState::Drawn { commitments, .. } => ("已抽取", commitments),
        };
        for (whose, commitment) in commitments {
            items.push((format!("{} {whose}（{word}）", month.month), commitment.clone()));
        }
    }
    for number in &h.unconfirmed {
        let parts: Vec<&str> =
            [number.value.as_str(), number.note.as_str()].into_iter().filter(|p| !p.is_empty()).collect();
        items.push((format!("待确认：{}", number.label), parts.join("。")));
    }
    items.extend(h.notes.iter().chain(&book.notes).map(|note| ("说明".to_owned(), note.clone())));
    items.push(("导出".into(), format!("{}，{}，{}", h.operator, h.created.format("%Y-%m-%d %H:%M"), h.program)));
    let notes = vec![SECRET.to_owned()];
    item_sheet("说明", format!("{whose} {}年度双随机检查计划", h.year), notes, items)
}

const MEASURES: [&str; 6] =
    ["预计检查（次）", "其中抽查（次）", "其中必查（次）", "可承担（次）", "已抽取（家）", "已完成（家）"];

fn value(figures: &MonthFigures, measure: usize) -> Option<f64> {
    match measure {
        0 => figures.expected,
        1 => figures.expected.zip(figures.mandatory).map(|(all, mandatory)| all - mandatory),
        2 => figures.mandatory,
        3 => figures.capacity,
        4 => figures.drawn.map(f64::from),
        _ => figures.done.map(f64::from),
    }
}

/// Rows of one name: a line per measure that has any figure, with its sum; overloads marked.
fn figure_rows(sheet: &mut SheetSpec, name: &str, months: &[MonthFigures; 12], strong: bool) {
    for (measure, label) in MEASURES.iter().enumerate() {
        let values: Vec<Option<f64>> = months.iter().map(|m| value(m, measure)).collect();
        if values.iter().all(Option::is_none) {
            continue;
        }
        let row = sheet.rows.len();
        let mut cells = vec![Cell::text(name), Cell::text(*label)];
        let counts = measure >= 4;
        let cell = |value: f64| if counts { Cell::Integer(value as i64) } else { Cell::Number(value) };
        cells.extend(values.iter().map(|v| v.filter(|v| v.is_finite()).map_or(Cell::Empty, cell)));
        cells.push(cell(values.iter().flatten().sum()));
        sheet.rows.push(cells);
        if strong {
            sheet.marks.push(CellMark { row, column: None, emphasis: Emphasis::Strong });
        }
        if measure == 0 {
            // More visits than the capacity allows for; a thousandth of slack for the sums of probabilities.
            for (at, m) in months.iter().enumerate() {
                if matches!((m.expected, m.capacity), (Some(e), Some(c)) if e > c + 0.001) {
                    sheet.marks.push(CellMark { row, column: Some(at + 2), emphasis: Emphasis::Alert });
                }
            }
        }
    }
}

fn sum_months<'a>(rows: impl Iterator<Item = &'a [MonthFigures; 12]>) -> [MonthFigures; 12] {
    let mut sums = [MonthFigures::default(); 12];
    let add = |sum: &mut Option<f64>, value: Option<f64>| {
        if let Some(value) = value {
            *sum = Some(sum.unwrap_or(0.0) + value);
        }
    };
    let count = |sum: &mut Option<u32>, value: Option<u32>| {
        if let Some(value) = value {
            *sum = Some(sum.unwrap_or(0).saturating_add(value));
        }
    };
    for months in rows {
        for (sum, month) in sums.iter_mut().zip(months) {
            add(&mut sum.expected, month.expected);
            add(&mut sum.mandatory, month.mandatory);
            add(&mut sum.capacity, month.capacity);
            count(&mut sum.drawn, month.drawn);
            count(&mut sum.done, month.done);
        }
    }
    sums
}

fn figure_sheet(name: &str, title: String, first: &str) -> SheetSpec {
    let mut columns = vec![
        SheetColumn::new("name", first, 22.0, CellKind::Text),
        SheetColumn::new("measure", "指标", 16.0, CellKind::Text),
    ];
    columns
        .extend((1..=12).map(|m| SheetColumn::new(&format!("m{m:02}"), &format!("{m}月"), 9.0, CellKind::Decimal(1))));
    columns.push(SheetColumn::new("total", "全年", 11.0, CellKind::Decimal(1)));
    SheetSpec {
        name: name.to_owned(),
        title,
        notes: Vec::new(),
        columns,
        rows: Vec::new(),
        marks: Vec::new(),
        frozen_columns: 2,
        filter: true,
        spare_rows: 0,
    }
}

fn matrix_sheet(book: &PlanBook) -> SheetSpec {
    let title = format!("{}年度计划：各执法主体分月检查次数与力量", book.header.year);
    let mut sheet = figure_sheet("年度计划", title, "执法主体");
    sheet.notes.push(
        "预计检查为抽查与必查之和，不含触发式检查；已抽取的月份为列入名单的实际数量。红色为超过可承担次数。".to_owned(),
    );
    for row in &book.matrix {
        figure_rows(&mut sheet, &row.body_name, &row.months, false);
    }
    if book.matrix.len() > 1 {
        let sums = sum_months(book.matrix.iter().map(|row| &row.months));
        figure_rows(&mut sheet, "合计", &sums, true);
    }
    sheet
}

fn district_sheet(book: &PlanBook) -> SheetSpec {
    let title = format!("{}年度计划：按所在区汇总", book.header.year);
    let mut sheet = figure_sheet("分区汇总", title, "所在区");
    sheet.notes.push("按对象所在区汇总，与执法主体无关；力量按执法主体计算，不分区。".to_owned());
    let mut order: Vec<&str> = Vec::new();
    for row in &book.districts {
        if !order.contains(&row.district.as_str()) {
            order.push(&row.district);
        }
    }
    for district in &order {
        let sums = sum_months(book.districts.iter().filter(|r| r.district == **district).map(|r| &r.months));
        figure_rows(&mut sheet, district, &sums, false);
    }
    if order.len() > 1 {
        figure_rows(&mut sheet, "合计", &sum_months(book.districts.iter().map(|r| &r.months)), true);
    }
    sheet
}

pub(super) fn quota_sheet(book: &PlanBook, catalogue: &ColumnCatalogue) -> SheetSpec {
    let title = format!("{}年度计划：各月各类配额", book.header.year);
    let mut sheet =
        catalogue.sheet(SheetKind::Quotas, "月度配额", title, &book.quotas, |_, row, id| quota_cell(row, id));
    sheet.notes.push("配额由系统舍入确定，不由人工选择；预计检查为小数，舍入后预计不变。".to_owned());
    sheet
}

fn quota_cell(row: &QuotaRow, id: &str) -> Cell {
    match id {
        "month" => Cell::text(row.month.to_string()),
        "body" => Cell::text(&row.body_name),
        "category" => Cell::text(&row.category),
        "population" => Cell::Integer(row.population.cast_signed()),
        "expected" => Cell::number(Some(row.expected)),
        "mandatory" => Cell::Integer(i64::from(row.mandatory)),
        "quota" => Cell::count(row.quota),
        "reserves" => Cell::count(row.reserves),
        "drawn" => Cell::count(row.drawn),
        "done" => Cell::count(row.done),
        "ratio" => Cell::number((row.population > 0).then(|| row.expected / row.population as f64)),
        "basis" => Cell::text(&row.basis),
        _ => Cell::Empty,
    }
}

fn role_rank(role: &TargetRole) -> (u8, u32) {
    match role {
        TargetRole::Selected => (0, 0),
        TargetRole::Substitute { .. } => (1, 0),
        TargetRole::OffSite => (2, 0),
        TargetRole::Withdrawn { .. } => (3, 0),
        TargetRole::Reserve(rank) => (4, *rank),
    }
}

/// Targets by body, role (reserves last), order of the draw, unit.
pub(super) fn sorted_targets(rows: &[TargetRow]) -> Vec<&TargetRow> {
    let mut rows: Vec<&TargetRow> = rows.iter().collect();
    rows.sort_by(|a, b| {
        let key = |r: &TargetRow| (role_rank(&r.draw.role), r.draw.order.unwrap_or(u32::MAX));
        a.staff
            .body
            .cmp(&b.staff.body)
            .then_with(|| key(a).cmp(&key(b)))
            .then_with(|| a.unit.unit_id.cmp(&b.unit.unit_id))
    });
    rows
}

fn month_sheet(month: &MonthSheet, whose: &str, catalogue: &ColumnCatalogue) -> SheetSpec {
    let title = format!("{whose} {}年{}月检查名单", month.month.year(), month.month.month());
    let rows = sorted_targets(&month.targets);
    let mut sheet =
        catalogue.sheet(SheetKind::Targets, format!("{}月", month.month.month()), title, &rows, |at, row, id| {
            target_cell(at, row, id)
        });
    sheet.frozen_columns = sheet.columns.iter().position(|c| c.id == "name").map_or(0, |at| (at as u16 + 1).min(4));
    for (at, row) in rows.iter().enumerate() {
        if matches!(row.draw.role, TargetRole::Withdrawn { .. }) {
            sheet.marks.push(CellMark { row: at, column: Some(0), emphasis: Emphasis::Alert });
        }
    }
    let count = |wanted: fn(&TargetRole) -> bool| rows.iter().filter(|row| wanted(&row.draw.role)).count();
    let expected = month.expected.map_or_else(String::new, |e| format!("预计检查 {e:.1} 次。"));
    let state = match &month.state {
        MonthState::Planned => format!("本月尚未抽取。{expected}抽取后名单列于下表。"),
        MonthState::Sealed { .. } => format!("本月已封存，承诺值见「说明」，公开数公布后抽取。{expected}"),
        MonthState::Drawn { demonstration, .. } => format!(
            "{}{expected}正选 {} 家，替换 {} 家，备选 {} 家，撤出 {} 家。",
            if *demonstration {
                "演示抽取（公开数事先已知）。"
            } else {
                "本月已抽取，承诺值见「说明」。"
            },
            count(|r| matches!(r, TargetRole::Selected)),
            count(|r| matches!(r, TargetRole::Substitute { .. })),
            count(|r| matches!(r, TargetRole::Reserve(_))),
            count(|r| matches!(r, TargetRole::Withdrawn { .. })),
        ),
    };
    sheet.notes = vec![state, SECRET.to_owned()];
    let off_site = count(|r| matches!(r, TargetRole::OffSite));
    if off_site > 0 {
        sheet.notes.insert(1, format!("另有正面清单单位非现场检查 {off_site} 家，不上门，次序由年度种子确定。"));
    }
    sheet
}

pub(super) fn target_cell(at: usize, row: &TargetRow, id: &str) -> Cell {
    let flag = |flag: bool| if flag { Cell::flag(true) } else { Cell::Empty };
    match id {
        "number" => Cell::count(u32::try_from(at + 1).ok()),
        "role" => Cell::text(row.draw.role.label()),
        "plan_code" => Cell::text(&row.draw.plan_code),
        "unit_id" => Cell::text(row.unit.unit_id.as_str()),
        "name" => Cell::text(&row.unit.name),
        "uscc" => Cell::text(&row.unit.uscc),
        "permit" => Cell::text(&row.unit.permit),
        "body" => Cell::text(&row.staff.body_name),
        "body_id" => Cell::text(row.staff.body.as_str()),
        "district" => Cell::text(&row.place.district),
        "address" => Cell::text(&row.place.address),
        "industry" => Cell::text(&row.unit.industry),
        "management" => Cell::text(&row.unit.management),
        "supervision" => Cell::text(&row.unit.supervision),
        "special" => flag(row.unit.special),
        "tier" => Cell::text(&row.unit.tier),
        "score" => Cell::number(row.unit.score.map(|milli| milli as f64 / 1000.0)),
        "reasons" => Cell::text(&row.draw.reasons),
        "origin" => Cell::text(row.draw.origin.label()),
        "probability" => Cell::number(row.draw.pi_ppb.map(|ppb| ppb as f64 / 1e9)),
        "draw_order" => Cell::count(row.draw.order),
        "lead" => Cell::text(row.staff.lead.as_ref().map_or("", |i| &i.name)),
        "lead_certificate" => Cell::text(row.staff.lead.as_ref().map_or("", |i| &i.certificate)),
        "second" => Cell::text(row.staff.second.as_ref().map_or("", |i| &i.name)),
        "second_certificate" => Cell::text(row.staff.second.as_ref().map_or("", |i| &i.certificate)),
        "skill" => Cell::text(&row.staff.skill),
        "recusal" => Cell::text(&row.staff.recusal),
        "manner" => Cell::text(row.staff.manner.label()),
        "monitoring" => flag(row.staff.monitoring),
        "visit" => Cell::text(row.staff.visit.map(VisitOrder::label).unwrap_or_default()),
        "checklist" => Cell::text(&row.unit.checklist),
        "focus" => Cell::text(&row.unit.focus),
        "basis" => Cell::text(&row.draw.basis),
        "last_visit" => Cell::date(row.unit.last_visit),
        "visits" => Cell::count(row.unit.visits),
        "cap_left" => Cell::count(row.unit.cap_left),
        "complete_by" => Cell::date(row.draw.complete_by),
        "lon" => Cell::number(row.place.lon),
        "lat" => Cell::number(row.place.lat),
        "status" => Cell::text(&row.draw.status),
        "month" => Cell::text(row.draw.month.to_string()),
        _ => Cell::Empty,
    }
}
