//! `frame.csv`: the frame's bytes, out and in.
//!
//! UTF-8 without byte order mark, LF, the header `unit_id,stratum,pi_ppb,rank_ppb,reason,salt`, no quotes
//! (no field can hold a comma), whole numbers in their one decimal spelling. Rows are written in the order of
//! unit ids and read in any order. CRLF line ends, if all lines have them, are read too: the content is
//! bound by its root, not by its line ends.

use super::frame::{FrameRow, SamplingFrame, is_reason, push_fields};
use super::hash::{from_hex, push_hex};
use crate::diagnostic::{AppError, AppResult};
use crate::domain::{PPB, StratumId, UnitId};

/// The header line.
pub const FRAME_HEADER: &str = "unit_id,stratum,pi_ppb,rank_ppb,reason,salt";

const COLUMNS: [&str; 6] = ["unit_id", "stratum", "pi_ppb", "rank_ppb", "reason", "salt"];

impl SamplingFrame {
    /// The bytes of `frame.csv`.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let mut text = String::with_capacity((self.len() + 1) * 96);
        text.push_str(FRAME_HEADER);
        text.push('\n');
        for row in self.rows() {
            push_fields(&mut text, &row, ',');
            text.push(',');
            push_hex(&mut text, row.salt);
            text.push('\n');
        }
        text.into_bytes()
    }

    /// Reads `frame.csv`.
    ///
    /// # Errors
    /// `SMP-010` (encoding, header, line ends) or `SMP-011` (a row) with the row's number, counted from 1 with the header,
    /// the column, the value and what was expected; `SMP-001` for a unit that stands twice.
    pub fn parse_csv(bytes: &[u8]) -> AppResult<Self> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            file_error("抽样框文件不是 UTF-8 编码", &format!("第 {} 字节", error.valid_up_to() + 1), "UTF-8 编码")
        })?;
        let mut lines = text.split('\n');
        let header = lines.next().unwrap_or_default();
        let (header, crlf) = header.strip_suffix('\r').map_or((header, false), |line| (line, true));
        if header != FRAME_HEADER {
            return Err(file_error(
                "抽样框文件的表头不对",
                header,
                &format!("「{FRAME_HEADER}」，前面没有字节顺序标记"),
            ));
        }
        let mut rows = Vec::with_capacity(bytes.len() / 80);
        let mut rest = lines.enumerate().peekable();
        while let Some((i, line)) = rest.next() {
            if line.is_empty() && rest.peek().is_none() {
                break; // after the last line end
            }
            let number = i as u64 + 2;
            let last_without_end = rest.peek().is_none();
            let line = match (line.strip_suffix('\r'), crlf) {
                (Some(line), true) => line,
                (None, true) if last_without_end => line,
                (None, false) => line,
                _ => {
                    return Err(file_error("抽样框文件的行尾不一致", "LF 与 CRLF 混用", "全文用 LF")
                        .with(|f| f.row(number).hint("文件可能被其他软件改动过，请使用原文件")));
                }
            };
            rows.push(parse_row(line, number)?);
        }
        Self::from_rows(rows)
    }
}

fn file_error(what: &str, value: &str, expected: &str) -> AppError {
    AppError::new("SMP-010", what).with(|f| f.value(value).expected(expected))
}

fn parse_row(line: &str, number: u64) -> AppResult<FrameRow> {
    let wrong = |column: usize, value: &str, expected: &str| {
        AppError::new("SMP-011", "抽样框的一行无法读取").with(|f| {
            f.row(number).column(COLUMNS.get(column).copied().unwrap_or_default()).value(value).expected(expected)
        })
    };
    let mut fields = [""; 6];
    let mut count = 0;
    for field in line.split(',') {
        if let Some(slot) = fields.get_mut(count) {
            *slot = field;
        }
        count += 1;
    }
    if count != 6 {
        return Err(AppError::new("SMP-011", "抽样框的一行无法读取")
            .with(|f| f.row(number).value(line).expected(format!("6 列，实际 {count} 列"))));
    }
    let [unit_id, stratum, pi, rank, reason, salt] = fields;
    let ppb = |column: usize, text: &str| {
        let value: Option<u64> = text.parse().ok();
        // One spelling: no sign, no leading zeros.
        let plain = text == "0" || (text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0'));
        value.filter(|v| *v <= PPB && plain).ok_or_else(|| wrong(column, text, "0 到 1000000000 的整数"))
    };
    Ok(FrameRow {
        unit_id: UnitId::new(unit_id).map_err(|_| wrong(0, unit_id, "1 到 40 位字母或数字"))?,
        stratum: StratumId::new(stratum).map_err(|_| wrong(1, stratum, "「执法主体/类别」，如 310115/key"))?,
        pi_ppb: ppb(2, pi)?,
        rank_ppb: ppb(3, rank)?,
        reason: if is_reason(reason) {
            reason.to_owned()
        } else {
            return Err(wrong(4, reason, "24 位以内小写字母或下划线"));
        },
        salt: from_hex(salt.as_bytes()).ok_or_else(|| wrong(5, salt, "32 位小写十六进制数字"))?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "unit_id,stratum,pi_ppb,rank_ppb,reason,salt\n\
        B1,310115/key,500000000,500000000,,00112233445566778899aabbccddeeff\n\
        A1,310115/key,0,0,closed,ffeeddccbbaa99887766554433221100\n";

    fn code_and_row(text: &str) -> (&'static str, Option<u64>) {
        let error = SamplingFrame::parse_csv(text.as_bytes()).unwrap_err();
        (error.code(), error.finding().row)
    }

    #[test]
    fn written_in_order_and_read_in_any() {
        let frame = SamplingFrame::parse_csv(GOOD.as_bytes()).unwrap();
        assert_eq!((frame.len(), frame.unit_id(0), frame.unit_id(1), frame.unit_id(2)), (2, "A1", "B1", ""));
        assert_eq!((frame.position("B1"), frame.position("C")), (Some(1), None));
        let bytes = frame.to_csv();
        assert_ne!(bytes, GOOD.as_bytes());
        assert_eq!(SamplingFrame::parse_csv(&bytes).unwrap(), frame);
        assert_eq!(SamplingFrame::parse_csv(GOOD.replace('\n', "\r\n").as_bytes()).unwrap(), frame);
        assert_eq!(SamplingFrame::parse_csv(GOOD.trim_end().as_bytes()).unwrap(), frame);
        assert!(SamplingFrame::parse_csv(FRAME_HEADER.as_bytes()).unwrap().is_empty());
    }

    #[test]
    fn every_spelling_but_one_is_refused_with_its_row() {
        assert_eq!(code_and_row(""), ("SMP-010", None));
        assert_eq!(code_and_row(&format!("\u{feff}{GOOD}")), ("SMP-010", None));
        assert_eq!(code_and_row(&GOOD.replacen("\nA1", "\r\nA1", 1)), ("SMP-010", Some(2)));
        assert_eq!(code_and_row(&GOOD.replace(",closed", ",Closed")), ("SMP-011", Some(3)));
        assert_eq!(code_and_row(&GOOD.replace("A1,", "A 1,")), ("SMP-011", Some(3)));
        assert_eq!(code_and_row(&GOOD.replace("A1,", "污1,")), ("SMP-011", Some(3)));
        assert_eq!(code_and_row(&GOOD.replace("500000000,,", "+500000000,,")), ("SMP-011", Some(2)));
        assert_eq!(code_and_row(&GOOD.replace("500000000,,", "0500000000,,")), ("SMP-011", Some(2)));
        assert_eq!(code_and_row(&GOOD.replace("500000000,,", "1000000001,,")), ("SMP-011", Some(2)));
        assert_eq!(code_and_row(&GOOD.replace("aabbccddeeff", "AABBCCDDEEFF")), ("SMP-011", Some(2)));
        assert_eq!(code_and_row(&GOOD.replace("/key", "")), ("SMP-011", Some(2)));
        assert_eq!(code_and_row(&GOOD.replace("A1,", "B1,")), ("SMP-001", None));
        assert_eq!(code_and_row(&format!("{GOOD}\n")), ("SMP-011", Some(4)));
        assert_eq!(code_and_row(&GOOD.replace("A1,", "A1,,")), ("SMP-011", Some(3)));
        assert!(SamplingFrame::parse_csv(&[0xff, 0xfe]).is_err());
    }
}
