//! Tables that are web pages, often under the name .xls.
//!
//! Duty: many systems in offices "export to Excel" by writing an HTML table and calling it .xls. It is read as
//! what it is: each outermost table is a sheet, a merged cell's value stands in its first cell, `<br>` is a line
//! break, white space otherwise counts as one blank. Rows are numbered from 1 in each table.

use super::input::Input;
use super::markup::{Token, Tokens, attribute, unescape};
use super::sheet::Cells;
use super::{RawTable, ReadOptions, wanted};
use crate::diagnostic::{AppResult, Diagnostics, Finding, Progress};
use crate::text::encoding::{self, How, TextEncoding};

/// Decodes a page: its mark, then what it declares, then what it looks like.
///
/// # Errors
/// What reading gives.
pub(super) fn decode(input: &Input, options: &ReadOptions, diagnostics: &mut Diagnostics) -> AppResult<String> {
    let bytes = input.whole()?;
    let head: String = bytes.iter().take(2_048).map(|&b| char::from(b)).filter(|&c| c != '\0').collect();
    let chosen = options.encoding.as_deref().and_then(TextEncoding::from_label);
    let detected = encoding::detect(&*bytes).map_err(|e| input.io_error(e))?;
    let declared = declared(&head);
    // Valid UTF-8 beyond ASCII, or a mark, is better evidence than what a template once declared.
    let is_utf8 = detected.encoding == TextEncoding::UTF_8 && detected.how == How::Utf8;
    let mut encoding = match (chosen, declared) {
        (Some(chosen), _) => chosen,
        (None, Some(declared)) if detected.mark == 0 && (!is_utf8 || bytes.is_ascii()) => declared,
        _ => detected.encoding,
    };
    let body = bytes.get(detected.mark..).unwrap_or_default();
    let (mut text, mut bad) = encoding.decode(body);
    // A declaration that the bytes contradict: they can't be read so, or read as Chinese only otherwise.
    let chinese = detected.encoding == TextEncoding::GB18030 && detected.sure;
    let unlikely = !bad.is_empty() || chinese && encoding != TextEncoding::UTF_8;
    if chosen.is_none() && unlikely && detected.encoding != encoding {
        let (other, worse) = detected.encoding.decode(body);
        if worse.len() < bad.len() || worse.is_empty() {
            diagnostics.push(
                Finding::warning(
                    "RAW-021",
                    format!("网页声明的编码 {} 与内容不符，已按 {} 读取", encoding.name(), detected.encoding.name()),
                )
                .file(input.name.clone())
                .hint("若出现乱码，请指定编码"),
            );
            (encoding, text, bad) = (detected.encoding, other, worse);
        }
    }
    if let Some(first) = bad.first() {
        diagnostics.push(
            Finding::error("RAW-023", format!("有 {} 处字节不能按 {} 解读，已用 � 代替", bad.len(), encoding.name()))
                .file(input.name.clone())
                .value(&first.bytes)
                .hint("若有乱码，请换一种编码"),
        );
    }
    Ok(text.into_owned())
}

/// The encoding that a page names in its XML declaration or meta element.
fn declared(head: &str) -> Option<TextEncoding> {
    let lower = head.to_ascii_lowercase();
    let (_, rest) = lower.split_once("encoding=").or_else(|| lower.split_once("charset="))?;
    let label: String = rest
        .trim_start_matches(['"', '\'', ' '])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        .collect();
    // A declaration that could be read byte by byte isn't UTF-16, whatever it says.
    TextEncoding::from_label(&label).filter(|encoding| !encoding.is_utf16())
}

/// Reads the tables of a page.
///
/// # Errors
/// `RAW-009` where there is no table, `RAW-005` too large.
pub(super) fn read_html(
    input: &Input,
    options: &ReadOptions,
    text: &str,
    progress: &Progress,
) -> AppResult<Vec<RawTable>> {
    let mut tokens = Tokens::new(text);
    let mut tables = Vec::new();
    let mut frames = false;
    let mut number = 0;
    while let Some(token) = tokens.next() {
        match token {
            Token::Open { name, empty: false, .. } if is_raw(name) => tokens.skip_raw(name),
            Token::Open { name, .. } if name.eq_ignore_ascii_case("frameset") => frames = true,
            Token::Open { name, empty: false, .. } if name.eq_ignore_ascii_case("table") => {
                number += 1;
                let name = format!("表{number}");
                let cells = read_html_table(input, &mut tokens, progress)?;
                if !cells.is_empty() && wanted(options, &name) {
                    tables.push(cells.finish(Some(name))?);
                }
            }
            _ => {}
        }
    }
    if number == 0 {
        let what = if frames {
            "这是网页框架，数据在同名文件夹的其他文件里"
        } else {
            "这是网页，但其中没有表格"
        };
        return Err(input.error("RAW-009", what).with(|f| f.hint("请用 Excel 或 WPS 打开，另存为 xlsx 后再导入")));
    }
    Ok(tables)
}

/// Elements whose content is no markup.
fn is_raw(name: &str) -> bool {
    name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style") || name.eq_ignore_ascii_case("xml")
}

/// Widest and tallest merged cell that is believed.
const MOST_SPAN: u32 = 16_384;

/// Reads up to the end of a table; tables inside it count as text of the cell that they stand in.
fn read_html_table<'a>(input: &'a Input, tokens: &mut Tokens<'_>, progress: &Progress) -> AppResult<Cells<'a>> {
    let mut cells = Cells::new(input);
    // For each column the row up to which a merged cell from above reaches.
    let mut taken: Vec<u32> = Vec::new();
    let mut row = 0_u32;
    let mut rows = 0_u32;
    let mut column = 0_u32;
    let mut depth = 1;
    let mut open = false;
    let mut text = String::new();
    while let Some(token) = tokens.next() {
        let tag = match token {
            Token::Open { name, .. } | Token::Close(name) => name.to_ascii_lowercase(),
            Token::Text(_) | Token::Verbatim(_) => String::new(),
        };
        let ends_cell = match token {
            Token::Open { .. } => depth == 1 && matches!(tag.as_str(), "td" | "th" | "tr"),
            Token::Close(_) => depth == 1 && matches!(tag.as_str(), "td" | "th" | "tr" | "table"),
            _ => false,
        };
        if ends_cell && open {
            cells.put(row, column, text.trim_matches([' ', '\n', '\u{A0}']))?;
            open = false;
        }
        match token {
            Token::Open { empty: false, .. } if is_raw(&tag) => tokens.skip_raw(&tag),
            Token::Open { empty: false, .. } if tag == "table" => depth += 1,
            Token::Close(_) if tag == "table" => {
                depth -= 1;
                if depth == 0 {
                    return Ok(cells);
                }
            }
            Token::Open { attributes, .. } if depth == 1 && tag == "tr" => {
                progress.check()?;
                row = rows;
                let style = attribute(attributes, "style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
                if style.contains("display:none") {
                    cells.seen.hidden_row(row);
                }
                rows += 1;
                column = 0;
                text.clear();
            }
            Token::Open { attributes, .. } if depth == 1 && matches!(tag.as_str(), "td" | "th") => {
                rows = rows.max(1);
                let span = |name: &str| {
                    let span = attribute(attributes, name).and_then(|n| n.trim().parse::<u32>().ok());
                    span.unwrap_or(1).clamp(1, MOST_SPAN)
                };
                let (wide, tall) = (span("colspan"), span("rowspan"));
                let at = next_free(&taken, column, row).min(MOST_SPAN);
                column = at;
                cells.seen.merged(row, row.saturating_add(tall - 1), column);
                let end = (at + wide).min(MOST_SPAN) as usize;
                if taken.len() < end {
                    taken.resize(end, 0);
                }
                for place in taken.iter_mut().take(end).skip(at as usize) {
                    *place = (*place).max(row + tall);
                }
                text.clear();
                open = true;
            }
            Token::Open { .. } if tag == "br" => text.push('\n'),
            Token::Open { .. } if matches!(tag.as_str(), "p" | "div" | "li") && !text.trim().is_empty() => {
                text.push('\n');
            }
            Token::Text(piece) if open => collapse(&unescape(piece), &mut text),
            Token::Verbatim(piece) if open => collapse(piece, &mut text),
            _ => {}
        }
    }
    // A page cut short: what was read is there.
    if open {
        cells.put(row, column, text.trim_matches([' ', '\n', '\u{A0}']))?;
    }
    Ok(cells)
}

/// The first column from `from` on that no merged cell covers in this row.
fn next_free(taken: &[u32], from: u32, row: u32) -> u32 {
    let covered = taken.iter().skip(from as usize).take_while(|&&until| until > row).count();
    from + covered as u32
}

/// White space counts as one blank; no-break spaces are kept.
fn collapse(piece: &str, text: &mut String) {
    for c in piece.chars() {
        if matches!(c, ' ' | '\t' | '\r' | '\n') {
            if !text.is_empty() && !text.ends_with([' ', '\n']) {
                text.push(' ');
            }
        } else {
            text.push(c);
        }
    }
}
