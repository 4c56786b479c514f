//! What a field file says of each target, once for all formats; and the note that says how shapefiles name it.

use crate::diagnostic::AppResult;
use crate::text::csv::{CsvStyle, CsvWriter};

use super::{Stop, failed, person, team_name};

/// An attribute: its short name (a shapefile takes 10 bytes), its heading, its text.
pub(super) struct Attribute {
    /// Name in shapefiles, at most 10 ASCII letters.
    pub(super) short: &'static str,
    /// Heading, in Chinese; the key in GeoJSON and KML.
    pub(super) heading: &'static str,
    /// Room in a shapefile, in bytes of UTF-8.
    pub(super) bytes: u8,
    /// The text of a stop.
    pub(super) text: fn(&Stop<'_>) -> String,
}

const fn attribute(short: &'static str, heading: &'static str, bytes: u8, text: fn(&Stop<'_>) -> String) -> Attribute {
    Attribute { short, heading, bytes, text }
}

/// Texts of a target, in order. Team, day and order stand before them as numbers.
pub(super) const ATTRIBUTES: [Attribute; 13] = [
    attribute("TEAM_NAME", "组别", 80, team_name),
    attribute("NAME", "单位名称", 150, |s| s.row.unit.name.clone()),
    attribute("UNIT_ID", "单位标识", 40, |s| s.row.unit.unit_id.to_string()),
    attribute("USCC", "统一社会信用代码", 18, |s| s.row.unit.uscc.clone()),
    attribute("ADDRESS", "地址", 250, |s| s.row.place.address.clone()),
    attribute("DISTRICT", "所在区", 60, |s| s.row.place.district.clone()),
    attribute("LEAD", "主办人员", 40, |s| s.row.staff.lead.as_ref().map(person).unwrap_or_default()),
    attribute("SECOND", "协办人员", 40, |s| s.row.staff.second.as_ref().map(person).unwrap_or_default()),
    attribute("CHECKLIST", "检查表", 80, |s| s.row.unit.checklist.clone()),
    attribute("FOCUS", "检查重点", 250, |s| s.row.unit.focus.clone()),
    attribute("DUE", "完成期限", 10, |s| s.row.draw.complete_by.map(|d| d.to_string()).unwrap_or_default()),
    attribute("STATUS", "进展", 60, |s| s.row.draw.status.clone()),
    attribute("PLAN_CODE", "计划编码", 60, |s| s.row.draw.plan_code.clone()),
];

/// A number of a stop.
type NumberOf = fn(&Stop<'_>) -> u32;

/// Numbers of a stop: short name, heading, value.
pub(super) const NUMBERS: [(&str, &str, NumberOf); 3] =
    [("TEAM", "组", |s| s.visit.team), ("DAY", "第几天", |s| s.visit.day), ("ORDER", "次序", |s| s.visit.order)];

/// A text cut at a character's end to so many bytes, and whether something was cut.
pub(super) fn cut(text: &str, bytes: u8) -> (&str, bool) {
    let end = text.floor_char_boundary(usize::from(bytes));
    (text.get(..end).unwrap_or_default(), end < text.len())
}

/// The note: names of the shapefile's columns, texts that were cut, targets without a place.
///
/// # Errors
/// `EXP-047`.
pub(super) fn note(stops: &[Stop<'_>]) -> AppResult<Vec<u8>> {
    let failed = |cause: std::io::Error| failed("csv")(cause.to_string());
    let mut lines: Vec<[String; 3]> = vec![["项目".into(), "名称".into(), "内容".into()]];
    for (short, heading, _) in NUMBERS {
        lines.push(["shp 字段".into(), short.into(), heading.into()]);
    }
    for attribute in &ATTRIBUTES {
        lines.push(["shp 字段".into(), attribute.short.into(), attribute.heading.into()]);
    }
    lines.push(["坐标系".into(), "WGS 84".into(), "经度、纬度（度），EPSG:4326".into()]);
    lines.push(["次序".into(), "建议".into(), "按组排定的较短路线，按每天一个工作日分天，可以不照此进行".into()]);
    for stop in stops {
        if stop.place().is_none() {
            let told = "没有经纬度：不在 shp 与 gpx 中，排在本组最后".to_owned();
            lines.push(["无坐标".into(), stop.row.unit.name.clone(), told]);
        }
        for attribute in &ATTRIBUTES {
            if cut(&(attribute.text)(stop), attribute.bytes).1 {
                let told = format!("shp 中的「{}」过长，只写前一部分", attribute.heading);
                lines.push(["截短".into(), stop.row.unit.name.clone(), told]);
            }
        }
    }
    let mut writer = CsvWriter::new(Vec::new(), CsvStyle::Office).map_err(failed)?;
    for line in &lines {
        writer.record(line.iter().map(String::as_str)).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}
