//! How long workbooks take: 500 and 38 000 rows of 26 columns, and the csv of the same table.

use std::time::Instant;

use chrono::NaiveDate;
use fairdraw::disclosure::Audience;
use fairdraw::export::{BookMeta, Cell, ColumnCatalogue, CsvStyle, SheetKind, render_csv, render_workbook};

/// Prints rows, cores, seconds and bytes.
pub fn run() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let created = NaiveDate::from_ymd_opt(2026, 3, 2).and_then(|d| d.and_hms_opt(9, 0, 0)).unwrap_or_default();
    let meta = BookMeta {
        title: "计时".into(),
        agency: "机构".into(),
        program: "fairdraw".into(),
        created,
        audience: Audience::Internal,
        data_mark: Some("模拟数据".into()),
    };
    let catalogue = match ColumnCatalogue::built_in() {
        Ok(catalogue) => catalogue,
        Err(error) => return println!("{error}"),
    };
    for rows in [500_u32, 38_000] {
        let numbers: Vec<u32> = (1..=rows).collect();
        let sheet = catalogue.sheet(SheetKind::Targets, "名单", "名单", &numbers, |_, n, id| match id {
            "number" | "draw_order" => Cell::Integer(i64::from(*n)),
            "score" | "probability" => Cell::Number(f64::from(*n) / 70_000.0),
            "name" => Cell::text(format!("上海试验第{n}号化工新材料科技发展有限公司")),
            "unit_id" | "permit" => Cell::text(format!("91310115{n:010}001P")),
            "reasons" => Cell::text("近一年有行政处罚；属实信访 3 件"),
            other => Cell::text(other),
        });
        let started = Instant::now();
        let xlsx = render_workbook(std::slice::from_ref(&sheet), &meta);
        let xlsx_time = started.elapsed();
        let started = Instant::now();
        let csv = render_csv(&sheet, CsvStyle::Office);
        let csv_time = started.elapsed();
        println!(
            "export rows={rows} columns={} cores={cores} xlsx={:.3}s ({} bytes) csv={:.3}s ({} bytes)",
            sheet.columns.len(),
            xlsx_time.as_secs_f64(),
            xlsx.map_or(0, |b| b.len()),
            csv_time.as_secs_f64(),
            csv.map_or(0, |b| b.len())
        );
    }
}
