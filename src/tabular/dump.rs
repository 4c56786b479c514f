//! What `check --raw` prints: the tables of a file as they were read.
//!
//! Duty: pure writers, so that the command line and the tests see the same bytes. Cells are written as csv
//! (RFC 4180: CRLF, quotes where needed, UTF-8 without a mark), the summary as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::RawTable;
use crate::diagnostic::{Diagnostics, Severity};
use crate::text::csv::{CsvStyle, CsvWriter};

/// Writes each table: one line about it that begins with `#`, its cells, a blank line.
///
/// With `numbered` the first field of each record is the physical row.
///
/// # Errors
/// What the writer gives.
pub fn write_tables(tables: &[RawTable], numbered: bool, out: &mut dyn Write) -> io::Result<()> {
    for table in tables {
        writeln!(out, "# {}", describe(table))?;
        write_cells(table, numbered, out)?;
        writeln!(out)?;
    }
    Ok(())
}

/// One line about a table: file, sheet, encoding, delimiter, rows, columns.
pub fn describe(table: &RawTable) -> String {
    let mut parts = vec![format!("文件 {}", table.file)];
    if let Some(sheet) = &table.sheet {
        parts.push(format!("工作表「{sheet}」"));
    }
    if let Some(encoding) = &table.encoding {
        parts.push(format!("编码 {encoding}"));
    }
    if let Some(delimiter) = table.delimiter {
        parts.push(format!("分隔符 {}", if delimiter == '\t' { "制表符".to_owned() } else { delimiter.to_string() }));
    }
    parts.push(format!("{} 行", table.rows.len()));
    parts.push(format!("{} 列", table.cells.width()));
    parts.join("；")
}

/// Writes the cells of a table as csv; a table with column names of its own begins with them.
///
/// # Errors
/// What the writer gives.
pub fn write_cells(table: &RawTable, numbered: bool, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = CsvWriter::new(out, CsvStyle::Plain)?;
    if table.named {
        let head = numbered.then_some("行").into_iter();
        let names = table.cells.columns().iter().map(|column| column.name().as_str());
        writer.record(head.chain(names))?;
    }
    let columns: Vec<_> =
        table.cells.columns().iter().map(|column| column.as_materialized_series().str().ok()).collect();
    for (i, row) in table.rows.iter().enumerate() {
        let number = numbered.then(|| row.to_string());
        let cells = columns.iter().map(|column| column.and_then(|column| column.get(i)).unwrap_or(""));
        writer.record(number.as_deref().into_iter().chain(cells))?;
    }
    writer.finish()?.flush()
}

/// Writes what was read and found as one JSON object.
///
/// `tables`: file, sheet, encoding, delimiter, rows, columns, first_row, last_row, named, cells (how many are
/// filled). `findings`: code, severity, count, and the first message of each.
///
/// # Errors
/// What the writer gives.
pub fn write_json(tables: &[RawTable], diagnostics: &Diagnostics, out: &mut dyn Write) -> io::Result<()> {
    let tables: Vec<Value> = tables.iter().map(summary).collect();
    let findings: Vec<Value> = diagnostics
        .summary()
        .map(|(severity, code, count)| {
            let first = diagnostics.findings().iter().find(|f| f.code == code && f.severity == severity);
            let severity = match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "hint",
            };
            json!({
                "code": code,
                "severity": severity,
                "count": count,
                "first": first.map(ToString::to_string),
            })
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &json!({ "tables": tables, "findings": findings }))?;
    writeln!(out)
}

fn summary(table: &RawTable) -> Value {
    let filled: usize = table.cells.columns().iter().map(|column| column.len() - column.null_count()).sum();
    json!({
        "file": table.file,
        "sheet": table.sheet,
        "encoding": table.encoding,
        "delimiter": table.delimiter.map(|c| c.to_string()),
        "rows": table.rows.len(),
        "columns": table.cells.width(),
        "first_row": table.rows.first(),
        "last_row": table.rows.last(),
        "named": table.named,
        "cells": filled,
    })
}
