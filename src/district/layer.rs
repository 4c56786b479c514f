//! Layers: geometry with attributes as text.
//!
//! Duty: turn the files of a layer into shapes and rows of text that keep step with each other, in the right
//! encoding, with everything odd noticed. Record numbers in findings count from 1.

use std::path::Path;

use super::bundle::{self, LayerFiles};
use super::crs::Crs;
use super::dbf::{self, RawTable};
use super::dbf_value::Fault;
use super::shp::{self, Shape, ShapeKind};
use super::table::CrateTable;
use crate::diagnostic::{AppResult, Diagnostics, Finding};
use crate::text::encoding::{self, Evidence, TextEncoding};

/// Where an encoding came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncodingSource {
    /// Chosen by hand.
    Chosen,
    /// The `.cpg` file.
    Cpg,
    /// The language driver id of the DBF header.
    LanguageId,
    /// Guessed from the texts; nothing was declared.
    Guessed,
    /// Guessed from the texts against a declaration that does not fit them.
    Corrected,
    /// All texts are ASCII, so that nothing depends on the encoding.
    Ascii,
}

impl EncodingSource {
    /// The Chinese words shown to users.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Chosen => "人工指定",
            Self::Cpg => ".cpg 文件",
            Self::LanguageId => "DBF 语言标识",
            Self::Guessed => "按内容推断",
            Self::Corrected => "按内容推断（声明有误）",
            Self::Ascii => "全部为 ASCII 字符",
        }
    }
}

/// How to read a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShapeOptions {
    /// The attributes' encoding by hand; `None` = `.cpg`, else the DBF's language id, else a guess.
    pub encoding: Option<String>,
}

/// A column of the attribute table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDef {
    /// Its name, decoded; made unique with `_2`, `_3` where the file repeats one.
    pub name: String,
    /// Type letter of the DBF (`C N F L D M I B O T Y + @ …`).
    pub kind: char,
    /// Width in bytes.
    pub length: usize,
    /// Decimal places.
    pub decimals: u8,
}

/// One layer. `shapes` and `records` have the same length, unless one of the files was missing: then that
/// one is empty. Deleted records are in both, marked in `deleted`, so that shapes and rows keep step;
/// [`Layer::live`] leaves them out.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Stem of its files.
    pub name: String,
    /// What messages call it.
    pub shown: String,
    /// Encoding of the attributes, e.g. `UTF-8`, `GB18030`.
    pub encoding: String,
    /// Where the encoding came from.
    pub encoding_source: EncodingSource,
    /// Text of the `.prj`, where there is one.
    pub prj: Option<String>,
    /// The coordinate system, where the `.prj` could be understood.
    pub crs: Option<Crs>,
    /// Columns.
    pub fields: Vec<FieldDef>,
    /// Rows of text, one value a field; `None` = empty.
    pub records: Vec<Vec<Option<String>>>,
    /// Deletion flags of the rows.
    pub deleted: Vec<bool>,
    /// Family that the `.shp` declares; `None` for a `.dbf` alone.
    pub kind: Option<ShapeKind>,
    /// Geometry.
    pub shapes: Vec<Shape>,
}

impl Layer {
    /// Number of records, deleted ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len().max(self.shapes.len())
    }

    /// True where the layer has no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Indices of the records that are not marked deleted.
    pub fn live(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(|i| !self.deleted.get(*i).copied().unwrap_or(false))
    }

    /// A value, `None` where it is empty or missing.
    #[must_use]
    pub fn value(&self, record: usize, field: usize) -> Option<&str> {
        self.records.get(record)?.get(field)?.as_deref()
    }
}

/// Reads the layer of a `.shp` or `.dbf`, or every layer of a zip or a folder.
///
/// # Errors
/// `IO-…`, `GIS-001 … 004`, `010`, `011`, `017`, `020`: the file can't be used. Everything else is a finding.
pub fn load_layers(path: &Path, options: &ShapeOptions, diagnostics: &mut Diagnostics) -> AppResult<Vec<Layer>> {
    bundle::load_files(path)?.into_iter().map(|files| check_layer(files, options, diagnostics)).collect()
}

/// Reads every layer of a zip held in memory; `shown` is what messages call it.
///
/// # Errors
/// As [`load_layers`].
pub fn check_zip_layers(
    bytes: &[u8],
    shown: &str,
    options: &ShapeOptions,
    diagnostics: &mut Diagnostics,
) -> AppResult<Vec<Layer>> {
    bundle::unpack(bytes, shown)?.into_iter().map(|files| check_layer(files, options, diagnostics)).collect()
}

/// Makes a layer of files held in memory.
///
/// # Errors
/// `GIS-002`, `003`, `017`, `020`: the files can't be used.
pub fn check_layer(files: LayerFiles, options: &ShapeOptions, diagnostics: &mut Diagnostics) -> AppResult<Layer> {
    let shown = files.shown.clone();
    let by_hand = match options.encoding.as_deref().filter(|e| !e.trim().is_empty()) {
        None => None,
        Some(label) => Some(eight_bit(label).ok_or_else(|| {
            Finding::error("GIS-017", "指定的文字编码无法识别")
                .value(label)
                .expected("UTF-8、GBK（936）、Big5 等")
                .hint("不能确定时请留空，由程序判断")
                .file(&shown)
        })?),
    };
    let (kind, mut shapes) = match &files.shp {
        Some(bytes) => {
            let (kind, shapes) = shp::check_shapes(bytes, files.shx.as_deref(), &shown, diagnostics)?;
            (Some(kind), shapes)
        }
        None => (None, Vec::new()),
    };
    let prj = files.prj.as_deref().map(|bytes| {
        let (text, bad) = TextEncoding::UTF_8.decode(bytes);
        let text = if bad.is_empty() { text } else { TextEncoding::GB18030.decode(bytes).0 };
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0')).to_owned()
    });
    let prj = prj.filter(|text| !text.is_empty());
    let crs = prj.as_deref().and_then(|text| Crs::parse_wkt(text).ok());
    let mut layer = Layer {
        name: files.name,
        shown: shown.clone(),
        encoding: TextEncoding::UTF_8.name(),
        encoding_source: EncodingSource::Ascii,
        prj,
        crs,
        fields: Vec::new(),
        records: Vec::new(),
        deleted: Vec::new(),
        kind,
        shapes: Vec::new(),
    };
    if let Some(bytes) = files.dbf {
        let table = dbf::check_table(bytes, &shown, diagnostics)?;
        let (chosen, encoding_source) = choose_encoding(&table, by_hand, files.cpg.as_deref(), &shown, diagnostics);
        layer.encoding = chosen.name();
        layer.encoding_source = encoding_source;
        layer.fields = check_names(&table, chosen);
        read_records(&mut layer, &table, chosen, files.memo.as_deref(), diagnostics);
        if kind.is_some() && shapes.len() != layer.records.len() {
            diagnostics.push(
                Finding::warning(
                    "GIS-008",
                    format!("图形 {} 个，属性 {} 条，数目不同；按先后顺序对应", shapes.len(), layer.records.len()),
                )
                .hint("多出的没有对应内容；请核对文件是否配套")
                .file(&shown),
            );
            let count = shapes.len().max(layer.records.len());
            shapes.resize_with(count, Shape::null);
            layer.records.resize_with(count, || vec![None; layer.fields.len()]);
            layer.deleted.resize(count, false);
        }
    } else {
        diagnostics.push(
            Finding::warning("GIS-007", "缺少属性表（.dbf），只有图形，没有名称和代码")
                .hint("请一并提供同名的 .dbf 文件")
                .file(&shown),
        );
    }
    layer.shapes = shapes;
    Ok(layer)
}

fn texts(table: &RawTable) -> impl Iterator<Item = (&[u8], bool)> {
    (0..table.count)
        .flat_map(move |row| table.fields.iter().filter(|f| f.is_text()).map(move |field| table.raw_text(row, field)))
}

/// The encoding of this name for texts of bytes: "Unicode" can only mean UTF-8 there.
fn eight_bit(label: &str) -> Option<TextEncoding> {
    TextEncoding::from_label(label).map(|found| if found.is_utf16() { TextEncoding::UTF_8 } else { found })
}

/// The encoding that a `.cpg` file names; `None` where the name is unknown or says nothing ("ANSI").
fn declared_in_cpg(label: &str) -> Option<TextEncoding> {
    let says_nothing = label.trim_matches(|c: char| !c.is_alphanumeric()).eq_ignore_ascii_case("ansi");
    if says_nothing { None } else { eight_bit(label) }
}

fn choose_encoding(
    table: &RawTable,
    by_hand: Option<TextEncoding>,
    cpg: Option<&[u8]>,
    shown: &str,
    diagnostics: &mut Diagnostics,
) -> (TextEncoding, EncodingSource) {
    let mut evidence = Evidence::default();
    for (bytes, full) in texts(table) {
        evidence.add(bytes, full);
    }
    for field in &table.fields {
        // dBASE names end at 10 bytes, UTF-8 ones possibly in the middle of a character.
        evidence.add(&field.name, field.name.len() >= 10);
    }
    let guessed = |declared: Option<TextEncoding>| {
        let names = table.fields.iter().map(|f| f.name.as_slice());
        encoding::guess(&evidence, declared, texts(table).map(|(bytes, _)| bytes).chain(names))
    };
    if let Some(chosen) = by_hand {
        if evidence.contradicts(chosen) {
            diagnostics.push(
                Finding::warning("GIS-018", "指定的文字编码与属性表内容不符，文字可能成为乱码")
                    .value(chosen.name())
                    .expected(guessed(Some(chosen)).name())
                    .hint("请改选编码或留空由程序判断")
                    .file(shown),
            );
        }
        return (chosen, EncodingSource::Chosen);
    }
    let mut declared = None;
    if let Some(bytes) = cpg {
        let label = String::from_utf8_lossy(bytes);
        match declared_in_cpg(&label) {
            Some(encoding) => declared = Some((encoding, EncodingSource::Cpg)),
            None if evidence.is_ascii() => {}
            None => diagnostics.push(
                Finding::warning("GIS-016", ".cpg 文件中的编码名称无法识别，改由其他依据判断")
                    .value(label.trim())
                    .hint("请核对文字是否正确，必要时人工指定编码")
                    .file(shown),
            ),
        }
    }
    let declared =
        declared.or_else(|| TextEncoding::from_language_id(table.language_id).map(|e| (e, EncodingSource::LanguageId)));
    if let Some((encoding, from)) = declared {
        if !evidence.contradicts(encoding) {
            return (encoding, from);
        }
        let better = guessed(Some(encoding));
        diagnostics.push(
            Finding::warning(
                "GIS-012",
                format!("{}声明的文字编码与内容不符，已按 {} 读取", from.label(), better.name()),
            )
            .value(encoding.name())
            .expected(better.name())
            .hint("请核对名称是否正确；可在导入时人工指定编码")
            .file(shown),
        );
        return (better, EncodingSource::Corrected);
    }
    if evidence.is_ascii() {
        return (TextEncoding::UTF_8, EncodingSource::Ascii);
    }
    let best = guessed(None);
    diagnostics.push(
        Finding::note("GIS-013", format!("文件没有写明文字编码，按内容判断为 {}", best.name()))
            .hint("请核对名称是否正确；可在导入时人工指定编码")
            .file(shown),
    );
    (best, EncodingSource::Guessed)
}

/// Names of the fields: decoded, an incomplete last character dropped, empty and repeated ones numbered.
fn check_names(table: &RawTable, encoding: TextEncoding) -> Vec<FieldDef> {
    let mut fields: Vec<FieldDef> = Vec::with_capacity(table.fields.len());
    for (i, field) in table.fields.iter().enumerate() {
        let full = field.name.len() >= 10;
        let (mut name, _, garbled) = encoding.decode_field(&field.name, full);
        if garbled {
            // Some programs write names in another encoding than values.
            for other in [TextEncoding::UTF_8, TextEncoding::GB18030, TextEncoding::WESTERN] {
                let (text, _, bad) = other.decode_field(&field.name, full);
                if !bad {
                    name = text;
                    break;
                }
            }
        }
        let name = name.trim();
        let base = if name.is_empty() { format!("字段{}", i + 1) } else { name.to_owned() };
        let mut unique = base.clone();
        let mut number = 2;
        while fields.iter().any(|f| f.name == unique) {
            unique = format!("{base}_{number}");
            number += 1;
        }
        fields.push(FieldDef {
            name: unique,
            kind: char::from(field.kind),
            length: field.length,
            decimals: field.decimals,
        });
    }
    fields
}

fn read_records(
    layer: &mut Layer,
    table: &RawTable,
    encoding: TextEncoding,
    memo: Option<&[u8]>,
    diagnostics: &mut Diagnostics,
) {
    layer.records.reserve(table.count);
    let (mut deleted, mut cut, mut lost_memos) = (0, 0, 0);
    let mut by_crate = CrateTable::open(table, encoding);
    for row in 0..table.count {
        let gone = table.deleted(row);
        deleted += usize::from(gone);
        let mut record = Vec::with_capacity(table.fields.len());
        let mut read = by_crate.as_mut().map_or_else(Vec::new, |by_crate| by_crate.row(row)).into_iter();
        for (field, def) in table.fields.iter().zip(&layer.fields) {
            let read = read.next().flatten();
            let value = read.unwrap_or_else(|| table.value(row, field, encoding, memo));
            cut += usize::from(value.cut);
            let place = |finding: Finding| {
                let text = value.text.as_deref().unwrap_or_default();
                finding.file(&layer.shown).row(row as u64 + 1).column(&def.name).value(text)
            };
            if value.garbled {
                diagnostics.push(place(
                    Finding::warning("GIS-014", format!("有字符不能按 {} 解读，已用 � 代替", encoding.name()))
                        .hint("请核对编码，必要时人工指定"),
                ));
            }
            match value.fault {
                Some(Fault::Number) => diagnostics
                    .push(place(Finding::warning("GIS-023", "数值字段中不是数字，按原文保留").expected("数字"))),
                Some(Fault::Date) => diagnostics.push(place(
                    Finding::warning("GIS-024", "日期字段中不是日期，按原文保留").expected("YYYYMMDD 形式的日期"),
                )),
                Some(Fault::Truth) => diagnostics
                    .push(place(Finding::warning("GIS-024", "逻辑字段的取值无法识别，按原文保留").expected("T 或 F"))),
                Some(Fault::Memo) => lost_memos += 1,
                None => {}
            }
            record.push(value.text);
        }
        layer.records.push(record);
        layer.deleted.push(gone);
    }
    if deleted > 0 {
        diagnostics.push(
            Finding::note("GIS-027", format!("{deleted} 条记录带删除标记，不予采用"))
                .hint("若仍需要，请在原软件中恢复后重新导出")
                .file(&layer.shown),
        );
    }
    if cut > 0 {
        diagnostics.push(
            Finding::note("GIS-015", format!("{cut} 处文字在字段宽度处被截断，已去掉末尾残缺的半个字"))
                .hint("请加宽字段后重新导出")
                .file(&layer.shown),
        );
    }
    if lost_memos > 0 {
        let why = if table.needs_memo() && memo.is_none() {
            "缺少备注文件（.dbt/.fpt）"
        } else {
            "备注文件不完整"
        };
        diagnostics.push(
            Finding::warning("GIS-025", format!("{lost_memos} 处备注没有读到：{why}"))
                .hint("请一并提供同名的备注文件")
                .file(&layer.shown),
        );
    }
}
