//! The same sheets as an OpenDocument spreadsheet, as LibreOffice and WPS write it.

use std::io::{Cursor, Write};
use std::path::Path;

use super::Dice;
use super::layout::{Line, Role, Written, note, runs, shown};
use super::spelling::Cell;

const NAMESPACES: &str = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
    xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
    xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
    xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
    xmlns:calcext=\"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0\"";

/// Text as paragraphs: blanks, tabs and line ends have elements of their own.
fn paragraphs(text: &str) -> String {
    let mut xml = String::from("<text:p>");
    for c in text.chars() {
        match c {
            ' ' => xml.push_str("<text:s/>"),
            '\t' => xml.push_str("<text:tab/>"),
            '\n' => xml.push_str("</text:p><text:p>"),
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            c => xml.push(c),
        }
    }
    xml + "</text:p>"
}

/// A cell; `span` are further attributes of a merged one.
fn cell_xml(cell: &Cell, span: &str) -> String {
    let kind = match cell {
        Cell::Blank => return format!("<table:table-cell{span}/>"),
        Cell::Text(_) => "office:value-type=\"string\"".to_owned(),
        Cell::Number(number) | Cell::Padded(number, _) => {
            format!("office:value-type=\"float\" office:value=\"{number}\"")
        }
        Cell::Day(day, 0) => format!("office:value-type=\"date\" office:date-value=\"{day}\""),
        Cell::Day(day, seconds) => {
            let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            format!("office:value-type=\"date\" office:date-value=\"{day}T{time}\"")
        }
        Cell::Flag(flag) => format!("office:value-type=\"boolean\" office:boolean-value=\"{flag}\""),
        Cell::Broken => "table:formula=\"of:=NA()\" office:value-type=\"string\" office:string-value=\"\" \
                         calcext:value-type=\"error\""
            .to_owned(),
    };
    format!("<table:table-cell {kind}{span}>{}</table:table-cell>", paragraphs(&shown(cell)))
}

/// The rows of a sheet, one element each; of several blank ones in a row one that is repeated.
fn rows_xml(lines: &[Line], merged: Option<usize>, title_over: Option<usize>) -> String {
    let runs = merged.map(|column| (column, runs(lines, column)));
    let mut xml = String::new();
    for (row, line) in lines.iter().enumerate() {
        if line.cells.is_empty() {
            xml.push_str("<table:table-row table:number-rows-repeated=\"1\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>");
            continue;
        }
        xml.push_str("<table:table-row>");
        for (column, cell) in line.cells.iter().enumerate() {
            let run = runs.iter().filter(|(own, _)| *own == column).flat_map(|(_, runs)| runs);
            match run.clone().find(|(from, to)| (*from..=*to).contains(&row)) {
                Some((from, to)) if *from == row => {
                    let span =
                        format!(" table:number-columns-spanned=\"1\" table:number-rows-spanned=\"{}\"", to - from + 1);
                    xml.push_str(&cell_xml(cell, &span));
                }
                Some(_) => xml.push_str("<table:covered-table-cell/>"),
                None if row == 0 && title_over.is_some() => {
                    let width = title_over.unwrap_or(1);
                    xml.push_str(&cell_xml(cell, &format!(" table:number-columns-spanned=\"{width}\"")));
                    xml.push_str(&format!(
                        "<table:covered-table-cell table:number-columns-repeated=\"{}\"/>",
                        width - 1
                    ));
                }
                None => xml.push_str(&cell_xml(cell, "")),
            }
        }
        xml.push_str("</table:table-row>");
    }
    // What a spreadsheet leaves below: blank rows to the end of the sheet.
    xml + "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"1024\"/></table:table-row>"
}

pub fn write_ods(
    path: &Path,
    file: &str,
    table: &str,
    sheets: &[Vec<Line>],
    merged: Option<usize>,
    dice: &mut Dice,
    written: &mut Written,
) {
    let mut body = String::new();
    for (s, lines) in sheets.iter().enumerate() {
        let name = ["Sheet1", "名单", "数据"][dice.pick(3)].to_owned() + if s == 0 { "" } else { "续" };
        for (row, line) in lines.iter().enumerate() {
            note(line, (table.to_owned(), file.to_owned(), Some(name.clone()), row as u32 + 1), written);
        }
        let title = lines.first().is_some_and(|line| line.role == Role::Title && line.cells.len() == 1);
        let width = lines.iter().map(|line| line.cells.len()).max().unwrap_or(0);
        let title_over = (title && width > 1 && dice.pick(2) == 1).then_some(width);
        body.push_str(&format!(
            "<table:table table:name=\"{name}\">{}</table:table>",
            rows_xml(lines, merged, title_over)
        ));
    }
    if dice.once_in(6) {
        let heading: Vec<Line> =
            sheets.iter().flatten().filter(|line| line.role == Role::Heading).take(1).cloned().collect();
        let rows = rows_xml(&heading, None, None);
        body.push_str(&format!("<table:table table:name=\"上年\" table:style-name=\"ta2\">{rows}</table:table>"));
    }
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content {NAMESPACES}><office:automatic-styles>\
         <style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>\
         </office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    );
    let mut writer = ::zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = ::zip::write::SimpleFileOptions::default();
    for (name, part) in [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)] {
        writer.start_file(name, options).unwrap();
        writer.write_all(part.as_bytes()).unwrap();
    }
    fairdraw::export::write_atomic(path, &writer.finish().unwrap().into_inner()).unwrap();
}
