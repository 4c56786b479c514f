//! Field files, the calendar of deadlines, and the packs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use fairdraw::export::{
    CalendarEntry, MANIFEST_FILE, Manifest, PackedFolder, render_calendar, render_field_files, render_pack,
    suggest_visits,
};
use serde_json::Value;

use super::*;

/// A body's targets of March: three teams, the places of a grid, one without a place, one with a very long name.
fn placed() -> (BookHeader, Vec<TargetRow>) {
    let mut targets: Vec<TargetRow> = (0..60).map(target).collect();
    for (n, row) in targets.iter_mut().enumerate() {
        row.place.lon = Some(121.0 + (n * 37 % 60) as f64 / 100.0);
        row.place.lat = Some(31.0 + (n * 23 % 60) as f64 / 100.0);
        let person = |k: usize| InspectorRef { certificate: format!("{k:02}"), name: format!("执法{k}员") };
        let team = n / 2 % 3;
        let mut pair = [person(team * 2), person(team * 2 + 1)];
        if n % 4 == 0 {
            pair.reverse();
        }
        [row.staff.lead, row.staff.second] = pair.map(Some);
    }
    targets[2].place.lon = None;
    targets[4].unit.name = format!("{}<犇>&公司", "很长的名称".repeat(20));
    suggest_visits(&mut targets, |row| if row.unit.special { 1.0 } else { 0.4 });
    let header = first_body(book(2)).header;
    (header, targets)
}

fn field_files() -> BTreeMap<String, Vec<u8>> {
    let (header, targets) = placed();
    let files = render_field_files(&header, PlanMonth::new(2026, 3).unwrap(), &targets).unwrap();
    files.into_iter().map(|file| (file.name.rsplit('.').next().unwrap().to_owned(), file.bytes)).collect()
}

#[test]
fn every_target_to_be_visited_has_its_place_in_its_teams_round() {
    let (_, targets) = placed();
    let mut rounds: BTreeMap<(BodyId, u32), Vec<(u32, u32, f64)>> = BTreeMap::new();
    for row in &targets {
        let due = matches!(row.draw.role, TargetRole::Selected | TargetRole::Substitute { .. });
        assert_eq!(row.staff.visit.is_some(), due, "reserves and withdrawn units are not visited");
        if let Some(visit) = row.staff.visit {
            let cost = if row.unit.special { 1.0 } else { 0.4 };
            rounds.entry((row.staff.body.clone(), visit.team)).or_default().push((visit.order, visit.day, cost));
        }
    }
    assert_eq!(rounds.len(), 6, "three teams a body, whoever leads");
    for round in rounds.values_mut() {
        round.sort_by_key(|stop| stop.0);
        assert!(round.iter().map(|stop| stop.0).eq(1..=round.len() as u32));
        assert!(round.is_sorted_by_key(|stop| stop.1), "days follow the order");
        for day in round.chunk_by(|a, b| a.1 == b.1) {
            assert!(day.len() == 1 || day.iter().map(|stop| stop.2).sum::<f64>() <= 1.001, "{day:?}");
        }
    }
    let unplaced = targets[2].staff.visit.unwrap();
    let of_team = targets.iter().filter(|row| row.staff.body == targets[2].staff.body);
    let last = of_team.filter_map(|row| row.staff.visit).filter(|v| v.team == unplaced.team).map(|v| v.order).max();
    assert_eq!(Some(unplaced.order), last, "without a place at the end");
}

#[test]
fn field_files_hold_the_bodys_own_targets_in_every_format() {
    let files = field_files();
    let endings: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(endings, ["cpg", "csv", "dbf", "geojson", "gpx", "kml", "prj", "shp", "shx"]);
    assert_eq!(files, field_files(), "the same targets give the same bytes");
    let (_, targets) = placed();
    let own = targets.iter().filter(|row| row.staff.body.as_str() == BODIES[0].0 && row.staff.visit.is_some()).count();

    let json: Value = serde_json::from_slice(&files["geojson"]).unwrap();
    let features = json["features"].as_array().unwrap();
    assert_eq!(features.len(), own);
    assert_eq!(features.iter().filter(|f| f["geometry"].is_null()).count(), 1);
    let (first, name) = (&features[0], "单位名称");
    assert_eq!(first["geometry"]["type"], "Point");
    assert!(
        first["properties"]["组"] == 1 && first["properties"]["次序"] == 1 && first["properties"][name].is_string()
    );

    let mut reader = shapefile::Reader::new(
        shapefile::ShapeReader::new(Cursor::new(files["shp"].clone())).unwrap(),
        shapefile::dbase::Reader::new(Cursor::new(files["dbf"].clone())).unwrap(),
    );
    let mut names = BTreeSet::new();
    for shape in reader.iter_shapes_and_records_as::<shapefile::Point, shapefile::dbase::Record>() {
        let (point, record) = shape.unwrap();
        assert!((121.0..122.0).contains(&point.x) && (31.0..32.0).contains(&point.y));
        let fields: Vec<String> = record.clone().into_iter().map(|(name, _)| name).collect();
        assert!(fields.iter().all(|name| name.len() <= 10), "{fields:?}");
        let Some(shapefile::dbase::FieldValue::Character(Some(name))) = record.get("NAME") else { panic!("no name") };
        names.insert(name.clone());
    }
    assert_eq!(names.len(), own - 1);
    let long = names.iter().find(|name| name.starts_with("很长的名称")).unwrap();
    assert!(long.len() <= 150 && long.chars().all(|c| "很长的名称".contains(c)), "cut at a character's end: {long}");
    assert_eq!(&files["dbf"][1..4], [126, 3, 2], "the day of the export, not of the machine");
    assert!(files["cpg"] == b"UTF-8" && files["prj"].starts_with(b"GEOGCS"));

    let note = String::from_utf8(files["csv"].clone()).unwrap();
    assert!(note.contains("NAME,单位名称") && note.contains("截短") && note.contains("无坐标"), "{note}");
    for ending in ["kml", "gpx"] {
        let text = String::from_utf8(files[ending].clone()).unwrap();
        assert!(text.contains("&lt;犇") && !text.contains("<犇>"), "{ending}");
    }
    let gpx = String::from_utf8(files["gpx"].clone()).unwrap();
    assert_eq!(gpx.matches("<wpt ").count(), own - 1);
    assert!(gpx.contains("第1组 执法0员、执法1员 第 1 天"));
}

fn calendar_text() -> String {
    let entry = |day_: &str, n: usize| CalendarEntry {
        id: format!("disclose-{day_}-310115@fairdraw"),
        day: day(day_),
        title: format!("检查结果公开截止：{n} 项"),
        text: (0..n).map(|i| format!("上海；第{i}号, 化工\\公司")).collect::<Vec<_>>().join("\n"),
    };
    let entries = [entry("2026-03-31", 3), entry("2026-04-10", 40)];
    String::from_utf8(render_calendar("浦东新区双随机检查期限", "fairdraw 0.1.0", created(), &entries)).unwrap()
}

#[test]
fn a_calendar_names_each_deadline_once_and_keeps_its_ids() {
    let text = calendar_text();
    assert_eq!(text, calendar_text(), "no clock, no random");
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "folded");
    let whole = text.replace("\r\n ", "");
    assert!(!whole.contains("DTEND"), "a day without an end is that day");
    assert!(whole.contains("DTSTART;VALUE=DATE:20260331") && whole.contains("UID:disclose-2026-03-31-310115@fairdraw"));
    assert!(whole.contains("SUMMARY:检查结果公开截止：3 项") && whole.contains("TRIGGER"));
    assert!(whole.contains("DTSTAMP:20260302T013000Z"), "Shanghai's half past nine");
    assert!(whole.contains("第0号\\, 化工\\\\公司\\n"), "escaped: {whole}");
}

fn pack(password: Option<&str>) -> ExportFile {
    let info = ExportInfo {
        agency: "上海市生态环境局".into(),
        program: "fairdraw 0.1.0".into(),
        created: created(),
        audience: Audience::Internal,
        data_mark: Some("模拟数据".into()),
        masked: None,
    };
    let file = |name: &str, bytes: &[u8]| ExportFile {
        name: name.into(),
        bytes: bytes.to_vec(),
        audience: Audience::Internal,
    };
    let files = [file("任务单.xlsx", b"PK-1"), file("检查对象位置.geojson", b"{}")];
    render_pack(&PackedFolder { body: "浦东新区综合执法局", period: "2026-03", files: &files, info: &info }, password)
        .unwrap()
}

#[test]
fn a_pack_holds_the_folder_with_its_manifest_and_opens_with_its_password_alone() {
    let plain = pack(None);
    assert_eq!(plain.name, "浦东新区综合执法局_2026-03_内部_模拟数据.zip");
    assert_eq!(plain, pack(None));
    let mut zip = zip::ZipArchive::new(Cursor::new(plain.bytes)).unwrap();
    assert_eq!(zip.len(), 3);
    let mut text = String::new();
    zip.by_name(&format!("浦东新区综合执法局/{MANIFEST_FILE}")).unwrap().read_to_string(&mut text).unwrap();
    let manifest: Manifest = serde_json::from_str(&text).unwrap();
    assert_eq!(
        manifest.files.iter().map(|f| (f.name.as_str(), f.bytes)).collect::<Vec<_>>(),
        [("任务单.xlsx", 4), ("检查对象位置.geojson", 2)]
    );

    let sealed = pack(Some("一二三四五六七八"));
    let mut zip = zip::ZipArchive::new(Cursor::new(sealed.bytes.clone())).unwrap();
    assert!(zip.by_index(0).is_err(), "not without the password");
    assert!(zip.by_index_decrypt(0, "八七六五四三二一".as_bytes()).is_err());
    let mut bytes = Vec::new();
    zip.by_index_decrypt(0, "一二三四五六七八".as_bytes()).unwrap().read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, b"PK-1");
    assert!(!sealed.bytes.windows(4).any(|w| w == b"PK-1"));
}

/// Writes field files, calendar and packs to the folder of `FAIRDRAW_SHOW_EXPORTS`, for other programs to read.
#[test]
fn the_field_files_can_be_looked_at() {
    let (header, targets) = placed();
    let mut files = render_field_files(&header, PlanMonth::new(2026, 3).unwrap(), &targets).unwrap();
    files.push(ExportFile {
        name: "期限.ics".into(),
        bytes: calendar_text().into_bytes(),
        audience: Audience::Internal,
    });
    files.push(pack(Some("一二三四五六七八")));
    assert_eq!(files.len(), 11);
    if let Some(folder) = std::env::var_os("FAIRDRAW_SHOW_EXPORTS") {
        for file in &files {
            std::fs::write(std::path::Path::new(&folder).join(&file.name), &file.bytes).unwrap();
        }
    }
}
