//! A month's list of results with search, filters and how its deadlines were kept.

use std::collections::BTreeSet;

use crate::disclosure::{ResultList, ResultListRow};

use super::super::csv_text::cell_text;
use super::super::markup::escape;
use super::super::public::{result_sheet, withheld_sheet};
use super::super::sheet::{Cell, CellKind, SheetColumn, SheetSpec};
use super::PublicSite;
use super::html::{Place, figures, page, put, table};

/// Id of the column that says how the deadline was kept.
const KEPT: &str = "kept";
/// Columns that can be chosen by.
const CHOSEN_BY: [&str; 4] = ["body", "manner", "outcome", KEPT];

/// `results-2027-03.html`.
pub(super) fn list_name(list: &ResultList) -> String {
    format!("results-{}.html", list.month)
}

fn label(list: &ResultList) -> String {
    format!("{}年{}月", list.month.year(), list.month.month())
}

/// Results that were disclosed late, this publication taken as the disclosure of those that have none.
pub(super) fn late(list: &ResultList) -> usize {
    list.rows.iter().filter(|row| row.late_days > 0).count()
}

fn kept(row: &ResultListRow) -> String {
    if row.late_days > 0 { format!("逾期 {} 个工作日", row.late_days) } else { "期限内".to_owned() }
}

/// The index's table: a line a month.
pub(super) fn months_table(site: &PublicSite<'_>) -> String {
    if site.lists.is_empty() {
        return "<p class=\"note\">尚无检查结果。</p>\n".to_owned();
    }
    let mut out =
        "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"每月检查结果\"><table><thead><tr>".to_owned();
    for heading in ["月份", "已公开（项）", "期限内（项）", "逾期（项）", "依法不予公开（项）", "尚未办结（项）"]
    {
        let class = if heading.ends_with("（项）") { " class=\"n\"" } else { "" };
        put(&mut out, format_args!("<th scope=\"col\"{class}>{heading}</th>"));
    }
    out.push_str("</tr></thead><tbody>\n");
    for list in site.lists {
        let late = late(list);
        put(&mut out, format_args!("<tr><td><a href=\"{}\">{}</a></td>", list_name(list), label(list)));
        for number in [list.rows.len(), list.rows.len() - late, late, list.withheld.len(), list.running as usize] {
            put(&mut out, format_args!("<td class=\"n\">{number}</td>"));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    out
}

/// The page of a month.
pub(super) fn list_page(site: &PublicSite<'_>, list: &ResultList) -> Vec<u8> {
    let title = format!("{}检查结果", label(list));
    let mut sheet = result_sheet(list, title.clone(), site.catalogue);
    sheet.columns.push(SheetColumn::new(KEPT, "公开期限", 12.0, CellKind::Text));
    for (cells, row) in sheet.rows.iter_mut().zip(&list.rows) {
        cells.push(Cell::text(kept(row)));
    }
    let mut body = figures(&[
        ("已公开（项）", list.rows.len().to_string()),
        ("期限内公开（项）", (list.rows.len() - late(list)).to_string()),
        ("逾期公开（项）", late(list).to_string()),
        ("依法不予公开（项）", list.withheld.len().to_string()),
    ]);
    body.push_str(&tools(&sheet));
    body.push_str(&table(&sheet, "list", |at, id| {
        let late = id == KEPT && list.rows.get(at).is_some_and(|row| row.late_days > 0);
        late.then_some("late")
    }));
    put(
        &mut body,
        format_args!(
            "<p class=\"note\">{} 公布。检查任务完成次日起 20 个工作日内公开；个人信息已隐去，检查人员以执法证号列示。</p>\n",
            list.published_on
        ),
    );
    if list.running > 0 {
        put(&mut body, format_args!("<p class=\"note\">另有 {} 项检查尚未办结，办结后公开。</p>\n", list.running));
    }
    if !list.withheld.is_empty() {
        let withheld = withheld_sheet(list, site.catalogue);
        put(&mut body, format_args!("<h2>依法不予公开</h2>\n{}", table(&withheld, "", |_, _| None)));
    }
    page(site.header, Place::List, &title, &body)
}

/// Search and filters; shown by the script that serves them.
fn tools(sheet: &SheetSpec) -> String {
    let mut out = "<div class=\"tools\" id=\"tools\" hidden><label>查找<input type=\"search\" id=\"words\" \
                   autocomplete=\"off\" placeholder=\"单位名称、代码、编号\"></label>"
        .to_owned();
    for id in CHOSEN_BY {
        let Some(at) = sheet.columns.iter().position(|column| column.id == id) else { continue };
        let values: BTreeSet<String> =
            sheet.rows.iter().filter_map(|row| row.get(at)).map(|cell| cell_text(cell, None)).collect();
        put(
            &mut out,
            format_args!(
                "<label>{}<select data-column=\"{at}\"><option value=\"\">全部</option>",
                escape(&sheet.columns[at].heading)
            ),
        );
        for value in values.iter().filter(|value| !value.is_empty()) {
            put(&mut out, format_args!("<option>{}</option>", escape(value)));
        }
        out.push_str("</select></label>");
    }
    out.push_str("<span id=\"shown\" role=\"status\"></span></div>\n");
    out
}
