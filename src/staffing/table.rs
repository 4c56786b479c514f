//! Strict reading of the small sealed tables.
//!
//! Duty: one spelling per table, so that hashing the bytes is hashing the meaning: UTF-8 without BOM,
//! LF after every row, the exact heading, no quotes, no spaces to spare. Whatever differs is refused
//! with its row and column, never repaired.

use crate::diagnostic::{AppError, AppResult, Finding};

/// A row's number in its file (from 1) and its fields.
pub(super) struct Row<'a> {
    pub number: u64,
    pub fields: Vec<&'a str>,
}

/// A table's name and heading, for reading and for messages.
pub(super) struct Table {
    pub file: &'static str,
    pub columns: &'static [&'static str],
}

impl Table {
    /// Splits the bytes into rows.
    pub(super) fn rows<'a>(&self, bytes: &'a [u8]) -> AppResult<Vec<Row<'a>>> {
        let form = |what: &str, row: u64| {
            AppError::from(
                Finding::error("ROS-001", what)
                    .row(row)
                    .expected("UTF-8（无 BOM）、每行以换行符 LF 结尾的文本")
                    .hint("请使用程序写出的原文件，不要用其他软件另存")
                    .file(self.file),
            )
        };
        let line_of = |at: usize| bytes.iter().take(at).filter(|b| **b == b'\n').count() as u64 + 1;
        let text =
            std::str::from_utf8(bytes).map_err(|e| form("文件中有不是 UTF-8 的字节", line_of(e.valid_up_to())))?;
        if text.starts_with('\u{feff}') {
            return Err(form("文件以 BOM 开头", 1));
        }
        if let Some(at) = bytes.iter().position(|b| *b == b'\r') {
            return Err(form("文件中有回车符 CR", line_of(at)));
        }
        let Some(body) = text.strip_suffix('\n') else {
            return Err(form("文件最后一行没有换行符", line_of(bytes.len())));
        };
        let mut lines = body.split('\n');
        let (got, expected) = (lines.next().unwrap_or_default(), self.columns.join(","));
        if got != expected {
            return Err(Finding::error("ROS-002", "表头不符")
                .row(1)
                .value(got)
                .expected(format!("「{expected}」"))
                .hint("请使用程序写出的原文件")
                .file(self.file)
                .into());
        }
        let mut rows = Vec::new();
        for (i, line) in lines.enumerate() {
            let number = i as u64 + 2;
            let fields: Vec<&str> = line.split(',').collect();
            if fields.len() != self.columns.len() {
                return Err(Finding::error("ROS-003", format!("这一行有 {} 列", fields.len()))
                    .row(number)
                    .value(line)
                    .expected(format!(" {} 列：{expected}", self.columns.len()))
                    .hint("请使用程序写出的原文件")
                    .file(self.file)
                    .into());
            }
            rows.push(Row { number, fields });
        }
        Ok(rows)
    }

    /// A field that can't be read.
    pub(super) fn field(&self, row: u64, column: usize, value: &str, what: &str, expected: &str) -> AppError {
        Finding::error("ROS-004", what)
            .row(row)
            .column(self.columns.get(column).copied().unwrap_or_default())
            .value(value)
            .expected(expected)
            .hint("请使用程序写出的原文件")
            .file(self.file)
            .into()
    }

    /// Rows that aren't strictly ascending by their first column.
    pub(super) fn order(&self, row: u64, value: &str, same: bool) -> AppError {
        let what = if same { "与上一行重复" } else { "行没有按第一列的字节顺序排列" };
        Finding::error("ROS-005", what)
            .row(row)
            .column(self.columns.first().copied().unwrap_or_default())
            .value(value)
            .expected("按字节顺序严格递增")
            .hint("请使用程序写出的原文件")
            .file(self.file)
            .into()
    }
}
