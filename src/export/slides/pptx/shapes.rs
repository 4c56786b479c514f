//! The shapes of a slide as DrawingML: placeholders, text boxes, tables, pictures.

use std::fmt::Write as _;

use super::super::layout::{Area, Layout, column_widths, foot_words, row_height};
use super::super::{Deck, Slide, SlideFigure, SlidePicture, SlideTable};
use crate::export::markup;

/// What every part begins with.
pub(super) const PROLOGUE: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Namespaces of a slide's parts.
pub(super) const NAMESPACES: &str = "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
     xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\"";

/// The root of a tree of shapes.
const ROOT: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>\
     <a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"0\" cy=\"0\"/></a:xfrm>\
     </p:grpSpPr>";

/// Colours of the theme.
const TEXT: &str = "tx1";
const MUTED: &str = "accent6";
const ACCENT: &str = "accent1";
const RED: &str = "accent5";

/// English Metric Units of a point.
const EMU: f64 = 12_700.0;

fn emu(points: f64) -> i64 {
    (points * EMU).round() as i64
}

/// A text fit for XML: what XML 1.0 can't hold is left out.
pub(super) fn escape(text: &str) -> String {
    let held = |c: &char| matches!(c, '\t' | '\n') || !(c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}'));
    markup::escape(&text.chars().filter(held).collect::<String>())
}

/// A run of text; `size` in points.
fn run(text: &str, size: Option<f64>, bold: bool, ink: &str) -> String {
    let size = size.map_or_else(String::new, |size| format!(" sz=\"{}\"", (size * 100.0).round() as u32));
    let bold = if bold { " b=\"1\"" } else { "" };
    let fill =
        if ink.is_empty() { String::new() } else { format!("<a:solidFill><a:schemeClr val=\"{ink}\"/></a:solidFill>") };
    format!(
        "<a:r><a:rPr lang=\"zh-CN\" altLang=\"en-US\"{size}{bold} dirty=\"0\">{fill}</a:rPr><a:t>{}</a:t></a:r>",
        escape(text)
    )
}

fn paragraph(runs: &str, properties: &str) -> String {
    format!("<a:p><a:pPr{properties}</a:pPr>{runs}</a:p>")
}

/// Left, without anything around.
const PLAIN: &str = "><a:lnSpc><a:spcPct val=\"100000\"/></a:lnSpc>";

fn place(at: Area) -> String {
    format!("<a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{}\" cy=\"{}\"/>", emu(at.x), emu(at.y), emu(at.w), emu(at.h))
}

/// The shapes of a slide, with their ids.
struct Shapes {
    xml: String,
    next: u32,
}

impl Shapes {
    fn new() -> Self {
        Self { xml: String::new(), next: 2 }
    }

    fn id(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// A placeholder of the layout; paragraphs as XML.
    fn placeholder(&mut self, name: &str, kind: &str, paragraphs: &str) {
        let id = self.id();
        let _ = write!(
            self.xml,
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr>\
             <p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}\
             </p:txBody></p:sp>"
        );
    }

    /// A text box; `fill` names a colour of the theme.
    fn text_box(&mut self, name: &str, at: Area, (inset, fill): ((f64, f64), &str), paragraphs: &str) {
        let id = self.id();
        let fill = match fill {
            "" => "<a:noFill/>".to_owned(),
            fill => format!("<a:solidFill><a:schemeClr val=\"{fill}\"/></a:solidFill>"),
        };
        let (x, y) = (emu(inset.0), emu(inset.1));
        let _ = write!(
            self.xml,
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{}\"/><p:cNvSpPr txBox=\"1\"/><p:nvPr/></p:nvSpPr><p:spPr>\
             <a:xfrm>{}</a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>{fill}</p:spPr><p:txBody>\
             <a:bodyPr wrap=\"square\" lIns=\"{x}\" tIns=\"{y}\" rIns=\"{x}\" bIns=\"{y}\" rtlCol=\"0\"><a:noAutofit/>\
             </a:bodyPr><a:lstStyle/>{paragraphs}</p:txBody></p:sp>",
            escape(name),
            place(at)
        );
    }

    fn figure(&mut self, figure: &SlideFigure, (at, size): (Area, f64)) {
        let tone = if figure.alarm { RED } else { ACCENT };
        let mut value = run(&figure.value, Some(size), true, tone);
        if !figure.unit.is_empty() {
            value.push_str(&run(&format!(" {}", figure.unit), Some(16.0), false, MUTED));
        }
        let mut paragraphs =
            paragraph(&run(&figure.label, Some(15.0), false, MUTED), PLAIN) + &paragraph(&value, PLAIN);
        if !figure.note.is_empty() {
            paragraphs.push_str(&paragraph(&run(&figure.note, Some(12.0), false, MUTED), PLAIN));
        }
        self.text_box(&format!("数字：{}", figure.label), at, ((12.0, 5.0), "bg2"), &paragraphs);
    }

    fn lines(&mut self, name: &str, lines: &[String], (at, size): (Area, f64)) {
        let after = format!("{PLAIN}<a:spcAft><a:spcPts val=\"{}\"/></a:spcAft>", (size * 35.0).round() as u32);
        let text: String = lines.iter().map(|line| paragraph(&run(line, Some(size), false, TEXT), &after)).collect();
        self.text_box(name, at, ((0.0, 0.0), ""), &text);
    }

    fn table(&mut self, table: &SlideTable, (at, size): (Area, f64)) {
        let id = self.id();
        let widths = column_widths(table, at.w);
        let headings: Vec<String> = table.columns.iter().map(|column| column.heading.clone()).collect();
        let mut grid = String::new();
        for width in &widths {
            let _ = write!(grid, "<a:gridCol w=\"{}\"/>", emu(*width));
        }
        let mut rows = String::new();
        let mut high = 0.0;
        let last = table.rows.len();
        for (number, cells) in std::iter::once(&headings).chain(&table.rows).enumerate() {
            let head = number == 0;
            let strong = head || (table.total && number == last);
            let height = row_height(cells, &widths, size, strong);
            high += height;
            let _ = write!(rows, "<a:tr h=\"{}\">", emu(height));
            for (cell, column) in cells.iter().zip(&table.columns) {
                let align = if column.number { " algn=\"r\"" } else { " algn=\"l\"" };
                let text = run(cell, Some(size), strong, if head { ACCENT } else { TEXT });
                let (wide, ink) = if head { (15_240, ACCENT) } else { (6_350, "bg1") };
                let line = if head {
                    format!("<a:solidFill><a:schemeClr val=\"{ink}\"/></a:solidFill>")
                } else {
                    "<a:solidFill><a:srgbClr val=\"D3DADD\"/></a:solidFill>".to_owned()
                };
                let fill = if table.total && number == last && !head {
                    "<a:solidFill><a:schemeClr val=\"bg2\"/></a:solidFill>"
                } else {
                    "<a:noFill/>"
                };
                let _ = write!(
                    rows,
                    "<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{}</a:txBody><a:tcPr marL=\"76200\" marR=\"76200\" \
                     marT=\"{margin}\" marB=\"{margin}\" anchor=\"ctr\"><a:lnL w=\"0\"><a:noFill/></a:lnL>\
                     <a:lnR w=\"0\"><a:noFill/></a:lnR><a:lnT w=\"0\"><a:noFill/></a:lnT>\
                     <a:lnB w=\"{wide}\">{line}</a:lnB>{fill}</a:tcPr></a:tc>",
                    paragraph(&text, &format!("{align}{PLAIN}")),
                    margin = emu(size * 0.15),
                );
            }
            rows.push_str("</a:tr>");
        }
        let _ = write!(
            self.xml,
            "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"表格\"/><p:cNvGraphicFramePr>\
             <a:graphicFrameLocks noGrp=\"1\"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr><p:xfrm>{}</p:xfrm>\
             <a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl>\
             <a:tblPr firstRow=\"1\"/><a:tblGrid>{grid}</a:tblGrid>{rows}</a:tbl></a:graphicData></a:graphic>\
             </p:graphicFrame>",
            place(Area { h: high, ..at })
        );
    }

    fn picture(&mut self, words: &str, relation: &str, at: Area) {
        let id = self.id();
        let _ = write!(
            self.xml,
            "<p:pic><p:nvPicPr><p:cNvPr id=\"{id}\" name=\"图\" descr=\"{}\"/><p:cNvPicPr>\
             <a:picLocks noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr/></p:nvPicPr><p:blipFill>\
             <a:blip r:embed=\"{relation}\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr>\
             <a:xfrm>{}</a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
            escape(words).replace('\n', " "),
            place(at)
        );
    }
}

/// A slide; `picture` is the relation of its picture.
pub(super) fn slide_xml(deck: &Deck, slide: &Slide, page: &Layout, picture: Option<&str>) -> String {
    let mut shapes = Shapes::new();
    let title = paragraph(&run(&slide.title, Some(page.title.1), true, ""), ">");
    if slide.cover {
        shapes.placeholder("标题", "type=\"ctrTitle\"", &title);
        let lead: String = slide.lead.iter().map(|line| paragraph(&run(line, None, false, ""), ">")).collect();
        let lead = if lead.is_empty() { paragraph("", ">") } else { lead };
        shapes.placeholder("副标题", "type=\"subTitle\" idx=\"1\"", &lead);
    } else {
        shapes.placeholder("标题", "type=\"title\"", &title);
        for (figure, at) in slide.figures.iter().zip(&page.figures) {
            shapes.figure(figure, *at);
        }
        if let (Some(shown), Some(relation), Some(at)) = (&slide.picture, picture, page.picture) {
            let words = match shown {
                SlidePicture::Chart(chart) => chart.summary(),
                SlidePicture::Map(map) => format!("{}（{}）", map.title, map.measure),
            };
            shapes.picture(&words, relation, at);
        }
        if let (Some(table), Some(at)) = (&slide.table, page.table) {
            shapes.table(table, at);
        }
        if let Some(at) = page.lines {
            shapes.lines("正文", &slide.lines, at);
        }
        let foot = paragraph(&run(&foot_words(deck, slide), Some(11.0), false, MUTED), PLAIN);
        shapes.text_box("来源", page.foot, ((0.0, 0.0), ""), &foot);
        let number = "<a:p><a:fld id=\"{5A1C7E9B-3D42-4F0A-9C58-1B7E2D6F4A01}\" type=\"slidenum\">\
             <a:rPr lang=\"zh-CN\"/><a:t>‹#›</a:t></a:fld><a:endParaRPr lang=\"zh-CN\"/></a:p>";
        shapes.placeholder("页码", "type=\"sldNum\" sz=\"quarter\" idx=\"10\"", number);
    }
    format!(
        "{PROLOGUE}<p:sld {NAMESPACES}><p:cSld><p:spTree>{ROOT}{}</p:spTree></p:cSld><p:clrMapOvr>\
         <a:masterClrMapping/></p:clrMapOvr></p:sld>",
        shapes.xml
    )
}

/// A page of notes: the slide's picture above what the speaker reads.
pub(super) fn notes_xml(notes: &str) -> String {
    let paragraphs: String = notes.split('\n').map(|line| paragraph(&run(line, None, false, ""), ">")).collect();
    format!(
        "{PROLOGUE}<p:notes {NAMESPACES}><p:cSld><p:spTree>{ROOT}<p:sp><p:nvSpPr><p:cNvPr id=\"2\" \
         name=\"幻灯片图像\"/><p:cNvSpPr><a:spLocks noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr>\
         <p:ph type=\"sldImg\"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp><p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"备注\"/>\
         <p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"body\" idx=\"1\"/></p:nvPr></p:nvSpPr>\
         <p:spPr/><p:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</p:txBody></p:sp></p:spTree></p:cSld><p:clrMapOvr>\
         <a:masterClrMapping/></p:clrMapOvr></p:notes>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        assert_eq!(escape("甲 & 乙 <\"丙\">\u{1}\n"), "甲 &amp; 乙 &lt;&quot;丙&quot;&gt;\n");
    }
}
