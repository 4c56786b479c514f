//! HTML by hand: every text goes through [`escape`], every page is whole in itself and may reach nothing.

use std::fmt::{Arguments, Write};

use super::super::csv_text::cell_text;
use super::super::markup::escape;
use super::super::public::PublicHeader;
use super::super::sheet::{CellKind, Emphasis, SheetSpec};

/// Style of the pages; stands in each of them, so that a page that is passed on alone is whole.
const STYLE: &str = include_str!("../../../assets/web/site.css");
/// Search and filters of a list.
const LIST_SCRIPT: &str = include_str!("../../../assets/web/list.js");
/// What a page may do: its own style and script, no request.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri \
                      'none'; form-action 'none'";

/// Appends to a page; a text takes everything.
pub(super) fn put(out: &mut String, text: Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// A page's place in the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `index.html`.
    Index,
    /// `plan.html`.
    Plan,
    /// A month's list, under the index.
    List,
    /// `seals.html`.
    Seals,
}

/// A page around its `body` (HTML).
pub(super) fn page(header: &PublicHeader, place: Place, title: &str, body: &str) -> Vec<u8> {
    let links = [
        (Place::Index, "index.html", "首页"),
        (Place::Plan, "plan.html", "年度检查计划"),
        (Place::Seals, "seals.html", "封签与证书"),
    ];
    let mut nav = String::new();
    for (at, target, name) in links {
        let here = if at == place { " aria-current=\"page\"" } else { "" };
        put(&mut nav, format_args!("<a href=\"{target}\"{here}>{name}</a>"));
    }
    nav.push_str("<a href=\"verify.html\">核验</a>");
    let mark = header
        .data_mark
        .as_deref()
        .map_or_else(String::new, |mark| format!("<p class=\"mark\">{}：本页内容不是真实检查结果</p>", escape(mark)));
    let script = if place == Place::List { format!("<script>\n{LIST_SCRIPT}</script>\n") } else { String::new() };
    format!(
        "<!doctype html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<link \
         rel=\"icon\" href=\"data:,\">\n<title>{title} - {agency}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<nav aria-label=\"栏目\">{nav}</nav>\n</header>\n<main>\n{mark}<h1>{title}</h1>\n{body}</main>\n<footer>\
         \n<p>{agency}　{created} 生成　{program}</p>\n{log}</footer>\n{script}</body>\n</html>\n",
        title = escape(title),
        agency = escape(&header.agency),
        created = header.created.format("%Y-%m-%d %H:%M"),
        program = escape(&header.program),
        log = header.log_words().map(|words| format!("<p class=\"log\">{}</p>\n", escape(&words))).unwrap_or_default(),
    )
    .into_bytes()
}

/// Texts longer than this get a column that does not shrink to a few characters.
const WIDE_FROM: usize = 12;

/// Class of a column's cells.
fn class(kind: CellKind) -> &'static str {
    match kind {
        CellKind::Text => "",
        CellKind::Id => "i",
        CellKind::Date => "d",
        CellKind::Integer | CellKind::Decimal(_) | CellKind::Percent(_) => "n",
    }
}

/// A table with its notes; `id` is the element's, empty for none. `flag` gives the class of a cell that stands out.
pub(super) fn table(sheet: &SheetSpec, id: &str, flag: impl Fn(usize, &str) -> Option<&'static str>) -> String {
    let id = if id.is_empty() { String::new() } else { format!(" id=\"{id}\"") };
    let mut out = format!(
        "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table{id}><thead><tr>",
        escape(&sheet.name)
    );
    for column in &sheet.columns {
        put(
            &mut out,
            format_args!("<th scope=\"col\" class=\"{}\">{}</th>", class(column.kind), escape(&column.heading)),
        );
    }
    out.push_str("</tr></thead><tbody>\n");
    for (at, row) in sheet.rows.iter().enumerate() {
        let strong = sheet
            .marks
            .iter()
            .any(|mark| mark.row == at && mark.column.is_none() && matches!(mark.emphasis, Emphasis::Strong));
        out.push_str(if strong { "<tr class=\"strong\">" } else { "<tr>" });
        for (cell, column) in row.iter().zip(&sheet.columns) {
            let text = cell_text(cell, Some(column.kind));
            let plain = class(column.kind);
            let wide = if plain.is_empty() && text.chars().count() > WIDE_FROM { "wide" } else { plain };
            let class = flag(at, &column.id).unwrap_or(wide);
            out.push_str("<td");
            if !class.is_empty() {
                put(&mut out, format_args!(" class=\"{class}\""));
            }
            // on a phone each row of a list becomes a card, and the heading stands beside its cell
            if !id.is_empty() {
                put(&mut out, format_args!(" data-h=\"{}\"", escape(&column.heading)));
            }
            put(&mut out, format_args!(">{}</td>", escape(&text)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    for note in &sheet.notes {
        put(&mut out, format_args!("<p class=\"note\">{}</p>\n", escape(note)));
    }
    out
}

/// Figures side by side.
pub(super) fn figures(items: &[(&str, String)]) -> String {
    let mut out = "<ul class=\"figures\">".to_owned();
    for (name, value) in items {
        put(&mut out, format_args!("<li><b>{}</b>{}</li>", escape(value), escape(name)));
    }
    out.push_str("</ul>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_in_a_text_is_text() {
        assert_eq!(
            escape("<script>alert('甲&乙')</script>\""),
            "&lt;script&gt;alert(&#39;甲&amp;乙&#39;)&lt;/script&gt;&quot;"
        );
    }
}
