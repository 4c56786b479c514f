//! Reading a large csv: 1 000 000 rows of 25 columns, in UTF-8 and GB18030, and a workbook of 100 000 rows.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::tabular::{ReadOptions, load_raw};

/// Rows of the csv.
const ROWS: u32 = 1_000_000;

/// Writes the files to a temporary folder, reads them, prints rows, bytes, cores and times.
pub fn run() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let folder = tempfile::tempdir().expect("temporary folder");
    for name in ["utf-8", "gb18030"] {
        let path = folder.path().join(format!("{name}.csv"));
        write_csv(&path, name);
        measure(&path, cores);
    }
    let path = folder.path().join("book.xlsx");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().expect("sheet");
    for row in 0..100_000_u32 {
        for column in 0..25_u16 {
            if column % 2 == 0 {
                sheet.write_number(row, column, f64::from(row) + f64::from(column) / 8.0).expect("cell");
            } else {
                sheet.write_string(row, column, format!("某某厂{}", row % 977)).expect("cell");
            }
        }
    }
    book.save(&path).expect("workbook");
    measure(&path, cores);
}

fn write_csv(path: &Path, encoding: &str) {
    let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).expect("encoding");
    let mut out = BufWriter::new(File::create(path).expect("file"));
    for row in 0..ROWS {
        let name = format!("上海某某化工有限公司{}厂", row % 9_973);
        let remark = if row % 5 == 0 { "\"备注, 含\"\"引号\"\"\"" } else { "" };
        let line = format!(
            "9131{row:014}001P,{name},9131{row:014},宝山区,某某路{row}号,121.{row:06},31.{row:06},2614,重点管理,一般,\
             市生态环境局,2024-09-10,2024-09-10,2029-09-09,在产,021-{row:08},张三,{remark},,{row},,{row},,,1\n"
        );
        out.write_all(&encoding.encode(&line).0).expect("line");
    }
    out.flush().expect("flush");
}

fn measure(path: &Path, cores: usize) {
    let bytes = std::fs::metadata(path).expect("length").len();
    let start = Instant::now();
    let tables = load_raw(path, &ReadOptions::default(), &mut Diagnostics::new(), &Progress::none()).expect("table");
    let time = start.elapsed().as_secs_f64();
    println!(
        "raw: {} rows × {} columns, {} MB, {cores} cores: {time:.2} s, {:.0} MB/s",
        tables[0].rows.len(),
        tables[0].cells.width(),
        bytes >> 20,
        bytes as f64 / time / 1e6
    );
}
