//! The `.dbf` attribute table: header, field descriptors, raw records, values as text.
//!
//! Duty: read `dBase` III/IV/7, `FoxPro` and `Visual FoxPro` tables as offices really have them, and give every
//! value as text. Header and layout are read here (dBase III/IV/7 header and field descriptors; Visual `FoxPro`
//! table file structure): the language id, the `.cpg` and the guess need the raw bytes of all texts before the
//! first one is decoded, wrong record lengths must be survived, and no size is taken from the file without checking
//! it against the file's length. Values of regular tables are read by the crate `dbase` (see `table`), what it
//! refuses or changes by `dbf_value`.
//!
//! Values: `C` text without trailing blanks and NULs (leading blanks are kept), `N` and `F` in the shortest
//! form (whole numbers keep all their digits, others are the shortest that give the same double), `D` as
//! `2026-03-01`, `L` as `TRUE`/`FALSE`, `T` and `@` as `2026-03-01 12:30:00`, `I` `+` `B` `O` `Y` as
//! numbers, memo fields as their text where the memo file is there. Empty is `None`, and so are the fillers
//! `*` of a number that did not fit and `?` of an unknown truth value. A value that can't be read is kept
//! as it stands and noticed.
//!
//! Deleted records (flag `*`) stay in the table so that it keeps step with the `.shp`; a flag marks them.

use crate::diagnostic::{AppError, AppResult, Diagnostics, Finding};

/// A field descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RawField {
    /// The name's bytes, up to the first NUL.
    pub name: Vec<u8>,
    /// Type letter.
    pub kind: u8,
    /// Offset in the record; the deletion flag is at 0.
    pub offset: usize,
    /// Width in bytes.
    pub length: usize,
    /// Decimal places.
    pub decimals: u8,
}

impl RawField {
    /// Text in the table's encoding.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.kind, b'C' | b'V')
    }

    pub(super) fn is_memo(&self, visual_foxpro: bool) -> bool {
        matches!(self.kind, b'M' | b'G' | b'P') || (self.kind == b'B' && !visual_foxpro)
    }
}

/// A table as it lies in the file.
#[derive(Debug)]
pub(super) struct RawTable {
    bytes: Vec<u8>,
    /// First byte of the header: dialect.
    pub version: u8,
    /// Language driver id.
    pub language_id: u8,
    /// Fields without `FoxPro`'s hidden ones.
    pub fields: Vec<RawField>,
    data: usize,
    record: usize,
    /// Number of records, deleted ones included.
    pub count: usize,
    /// Lengths of the descriptors and of a record are those that the header says.
    regular: bool,
}

/// Largest plausible record; the length is a 16-bit number.
const LONGEST_RECORD: usize = 65_535;

pub(super) fn le16(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

pub(super) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn damaged(file: &str, why: impl Into<String>) -> AppError {
    Finding::error("GIS-020", format!("属性表（.dbf）已损坏：{}", why.into()))
        .hint("请用原软件重新导出该文件")
        .file(file)
        .into()
}

fn check_fields(bytes: &[u8], version: u8, header: usize, file: &str) -> AppResult<Vec<RawField>> {
    let (start, step, name) = if version & 7 == 4 { (68, 48, 32) } else { (32, 32, 11) };
    let mut fields = Vec::new();
    let mut at = start;
    while at + step <= header && bytes.get(at).is_some_and(|b| !matches!(b, 0x0d | 0)) {
        let Some(field) = bytes.get(at..at + step) else { break };
        let end = field[..name].iter().position(|b| *b == 0).unwrap_or(name);
        let (kind, length, decimals) =
            if step == 48 { (field[32], field[33], field[34]) } else { (field[11], field[16], field[17]) };
        if !(kind.is_ascii_alphanumeric() || matches!(kind, b'+' | b'@')) {
            return Err(damaged(file, format!("第 {} 个字段的类型无法识别", fields.len() + 1)));
        }
        fields.push(RawField {
            name: field[..end].to_vec(),
            kind: kind.to_ascii_uppercase(),
            offset: 0,
            length: usize::from(length),
            decimals,
        });
        at += step;
    }
    if fields.is_empty() {
        return Err(damaged(file, "没有任何字段"));
    }
    Ok(fields)
}

/// Reads header and layout. Nothing is allocated beyond the bytes handed in.
pub(super) fn check_table(bytes: Vec<u8>, file: &str, diagnostics: &mut Diagnostics) -> AppResult<RawTable> {
    let (Some(declared), Some(header), Some(declared_record), Some(&version), Some(&language_id)) =
        (le32(&bytes, 4), le16(&bytes, 8), le16(&bytes, 10), bytes.first(), bytes.get(29))
    else {
        return Err(damaged(file, format!("文件只有 {} 字节，连文件头都不完整", bytes.len())));
    };
    let declared = declared as usize;
    if header < 33 || header > bytes.len() {
        return Err(damaged(file, format!("文件头长度 {header} 与文件大小 {} 不符", bytes.len())));
    }
    let mut fields = check_fields(&bytes, version, header, file)?;
    // Clipper and FoxPro keep the high byte of a long text field's width among its decimals.
    let plain = 1 + fields.iter().map(|f| f.length).sum::<usize>();
    let long = |f: &RawField| f.length + if f.kind == b'C' { usize::from(f.decimals) * 256 } else { 0 };
    let extended = 1 + fields.iter().map(long).sum::<usize>();
    if plain != declared_record && extended == declared_record {
        for field in &mut fields {
            field.length = long(field);
        }
    }
    let mut offset = 1;
    for field in &mut fields {
        field.offset = offset;
        offset += field.length;
    }
    let summed = offset;
    let available = bytes.len() - header;
    let fits = |record: usize| record > 0 && (available).abs_diff(declared.saturating_mul(record)) <= 2;
    let mut record = declared_record;
    if summed != declared_record {
        if !fits(declared_record) && (fits(summed) || declared_record < summed) {
            record = summed;
        }
        diagnostics.push(
            Finding::warning(
                "GIS-021",
                format!(
                    "属性表文件头写明每条记录 {declared_record} 字节，各字段合计 {summed} 字节；已按 {record} 字节读取"
                ),
            )
            .hint("请核对读出的内容；若有错位，请用原软件重新导出")
            .file(file),
        );
    }
    if record == 0 || record > LONGEST_RECORD {
        return Err(damaged(file, format!("记录长度 {record} 不可能")));
    }
    // One byte beyond the records is the end mark; NULs are padding.
    let whole = available / record;
    let mut count = declared.min(whole);
    if declared > whole {
        let rest = available - whole * record;
        // A last record that lacks only blanks at its end was cut by its writer, not damaged.
        if declared == whole + 1 && rest + 2 >= record {
            count = declared;
        } else {
            diagnostics.push(
                Finding::warning(
                    "GIS-022",
                    format!("属性表应有 {declared} 条记录，文件中只有 {whole} 条完整记录；其余已缺失"),
                )
                .hint("文件可能没有复制完整，请重新取得")
                .file(file),
            );
        }
    } else {
        let rest = &bytes[header + count * record..];
        let rest = rest.strip_prefix(&[0x1a]).unwrap_or(rest);
        if rest.iter().any(|b| !matches!(b, 0 | 0x1a | b' ')) {
            diagnostics.push(
                Finding::warning(
                    "GIS-009",
                    format!("属性表在第 {declared} 条记录之后还有 {} 字节，不属于任何记录，未读取", rest.len()),
                )
                .hint("若记录数不对，请用原软件重新导出")
                .file(file),
            );
        }
    }
    let slots = 32 + 32 * fields.len() + 1 + if matches!(version, 0x30..=0x32) { 263 } else { 0 };
    let complete = count == declared && header + count * record <= bytes.len();
    let regular = version & 7 != 4 && slots == header && plain == declared_record && record == plain && complete;
    fields.retain(|f| f.kind != b'0');
    Ok(RawTable { bytes, version, language_id, fields, data: header, record, count, regular })
}

impl RawTable {
    /// The file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// True where header, descriptors and records stand exactly where the plain layout puts them.
    pub(super) fn is_regular(&self) -> bool {
        self.regular
    }

    pub(super) fn visual_foxpro(&self) -> bool {
        matches!(self.version, 0x30..=0x32)
    }

    /// True where the record is marked deleted.
    pub(super) fn deleted(&self, row: usize) -> bool {
        self.bytes.get(self.data + row * self.record) == Some(&b'*')
    }

    /// The bytes of a value; shorter than the field where the file ends inside it.
    pub(super) fn raw(&self, row: usize, field: &RawField) -> &[u8] {
        let record = self.data + row * self.record;
        let start = (record + field.offset).min(self.bytes.len());
        let end = (record + (field.offset + field.length).min(self.record)).clamp(start, self.bytes.len());
        &self.bytes[start..end]
    }

    /// A text value without trailing blanks and NULs, and whether it fills its field.
    pub(super) fn raw_text(&self, row: usize, field: &RawField) -> (&[u8], bool) {
        let raw = self.raw(row, field);
        let end = raw.iter().rposition(|b| !matches!(b, 0 | b' ')).map_or(0, |i| i + 1);
        (&raw[..end], end == raw.len())
    }

    /// True where a field of memo type needs the memo file.
    pub(super) fn needs_memo(&self) -> bool {
        self.fields.iter().any(|f| f.is_memo(self.visual_foxpro()))
    }
}
