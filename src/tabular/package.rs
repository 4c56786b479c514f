//! Zip packages: which kind they are, and that they can be unpacked without harm.
//!
//! Duty: before any reader touches a package, make sure that no part of it unpacks to more than a bound, that
//! no stretch of its XML is one endless token, and that a declared number of shared strings isn't a lie that a
//! reader would allocate for. The sizes that the directory declares can be relied on: the zip crate stops a part
//! that grows past its own.

use std::io::{Cursor, Read};
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::input::Input;
use crate::diagnostic::AppResult;

/// A package in memory.
pub(super) type Archive = ZipArchive<Bytes>;
/// The bytes of a package.
pub(super) type Bytes = Cursor<Arc<[u8]>>;

/// What a package holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Office Open XML workbook.
    Xlsx,
    /// The same with binary parts.
    Xlsb,
    /// OpenDocument spreadsheet.
    Ods,
    /// A text document, presentation, or something else made of parts.
    Other(&'static str),
    /// An ordinary archive.
    Archive,
}

/// Most bytes that one part may unpack to: a full sheet of a million rows and thirty columns takes one.
const LARGEST_PART: u64 = 2 << 30;
/// Most bytes of a part that says how cells look or how the package hangs together: Excel writes 65 000 cell formats
/// at most.
const LARGEST_FRAME: u64 = 64 << 20;
/// How many times a large part may be longer unpacked. Rows of a register reach thirty; the same few bytes over and
/// over, a thousand.
const MOST_RATIO: u64 = 200;
/// Most bytes that a part which is held whole in memory may unpack to.
pub(super) const LARGEST_HELD: u64 = 512 << 20;
/// Longest stretch without a tag: a cell holds 32 767 characters at most.
const LONGEST_TOKEN: usize = 32 << 20;
/// A part up to this size does no harm whatever is in it.
const HARMLESS: u64 = 64 << 20;

/// Opens a package.
///
/// # Errors
/// `RAW-004` where it isn't whole.
pub(super) fn open(input: &Input) -> AppResult<Archive> {
    ZipArchive::new(Cursor::new(input.whole()?)).map_err(|e| match e {
        ZipError::Io(cause) if cause.kind() != std::io::ErrorKind::UnexpectedEof => input.io_error(cause),
        e => input.damaged(e),
    })
}

/// What the package holds, by its parts, not by its name.
pub(super) fn kind(archive: &mut Archive) -> Kind {
    let names: Vec<String> =
        archive.file_names_raw().map(|name| String::from_utf8_lossy(name).replace('\\', "/").to_lowercase()).collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    let mut mime = String::new();
    if let Ok(part) = archive.by_name("mimetype") {
        // Unreadable is as good as absent.
        let _ = part.take(256).read_to_string(&mut mime);
    }
    if mime.starts_with("application/vnd.oasis.opendocument.spreadsheet") {
        Kind::Ods
    } else if mime.starts_with("application/vnd.oasis.opendocument") {
        Kind::Other("OpenDocument 文档（不是电子表格）")
    } else if names.iter().any(|name| name.ends_with("/workbook.bin") || name == "workbook.bin") {
        Kind::Xlsb
    } else if has("word/document.xml") {
        Kind::Other("Word 文档")
    } else if has("ppt/presentation.xml") {
        Kind::Other("演示文稿")
    } else if names.iter().any(|name| Path::new(name).extension().is_some_and(|e| e == "iwa")) {
        Kind::Other("Numbers 表格")
    } else if has("[content_types].xml") {
        Kind::Xlsx
    } else if has("content.xml") && has("meta-inf/manifest.xml") {
        Kind::Ods
    } else {
        Kind::Archive
    }
}

/// Checks the parts that a reader will unpack.
///
/// # Errors
/// `RAW-003` where a part is encrypted, `RAW-005` where one would take too much memory, `RAW-004` where one
/// can't be unpacked.
pub(super) fn check(input: &Input, archive: &mut Archive) -> AppResult<()> {
    for index in 0..archive.len() {
        let (name, declared, packed) = match archive.by_index_raw(index) {
            Ok(part) if part.encrypted() => return Err(input.encrypted()),
            Ok(part) => {
                (part.name().map(|n| n.to_lowercase()).unwrap_or_default(), part.size(), part.compressed_size())
            }
            Err(ZipError::UnsupportedArchive(_)) => return Err(input.encrypted()),
            Err(e) => return Err(input.damaged(e)),
        };
        let name = name.replace('\\', "/");
        let xml = Path::new(&name).extension().is_some_and(|e| e == "xml" || e == "rels");
        let binary = Path::new(&name).extension().is_some_and(|e| e == "bin");
        let unused = ["/media/", "/drawings/", "/theme/", "vbaproject", "thumbnail", "/printersettings/"];
        if !(xml || binary) || unused.iter().any(|part| name.contains(part)) {
            continue;
        }
        let held = ["sharedstrings", "content.xml"].iter().any(|part| name.contains(part)) || binary;
        let frame = name.contains("styles")
            || name.contains("/workbook.")
            || Path::new(&name).extension().is_some_and(|end| end.eq_ignore_ascii_case("rels"));
        let most = match (held, frame) {
            (_, true) => LARGEST_FRAME,
            (true, _) => LARGEST_HELD,
            _ => LARGEST_PART,
        };
        if declared > most || declared > HARMLESS && declared / packed.max(1) > MOST_RATIO {
            return Err(input.bomb(format!("{name}：{} MB", declared >> 20)));
        }
        let strings = name.ends_with("sharedstrings.xml");
        if strings {
            check_count(input, archive, index, &name, declared)?;
        }
        if declared > HARMLESS && xml {
            check_tokens(input, archive, index, &name)?;
        }
    }
    Ok(())
}

/// Makes sure that no stretch of a part is one endless token, which a reader would collect in memory.
fn check_tokens(input: &Input, archive: &mut Archive, index: usize, name: &str) -> AppResult<()> {
    let mut part = archive.by_index(index).map_err(|e| input.damaged(e))?;
    let mut buffer = vec![0; 1 << 18];
    let mut stretch = 0;
    loop {
        let read = part.read(&mut buffer).map_err(|e| input.damaged(e))?;
        if read == 0 {
            return Ok(());
        }
        stretch = match buffer[..read].iter().rposition(|&byte| byte == b'<') {
            Some(last) => read - last,
            None => stretch + read,
        };
        if stretch > LONGEST_TOKEN {
            return Err(input.bomb(format!("{name}：一段内容超过 {} MB", LONGEST_TOKEN >> 20)));
        }
    }
}

/// Makes sure that the number of shared strings declared is possible: the reader allocates for it.
fn check_count(input: &Input, archive: &mut Archive, index: usize, name: &str, declared: u64) -> AppResult<()> {
    let part = archive.by_index(index).map_err(|e| input.damaged(e))?;
    let mut head = Vec::new();
    part.take(4_096).read_to_end(&mut head).map_err(|e| input.damaged(e))?;
    let promised = unique_count(&head);
    // An item takes five bytes at the least (`<si/>`).
    if promised > declared / 5 + 1_000_000 {
        return Err(input.damaged(format!("{name}：声称有 {promised} 条文字，实际放不下")));
    }
    Ok(())
}

/// The `uniqueCount` that a shared-string part declares, 0 without.
fn unique_count(block: &[u8]) -> u64 {
    let head = String::from_utf8_lossy(&block[..block.len().min(4_096)]);
    let Some((_, rest)) = head.split_once("uniqueCount=") else {
        return 0;
    };
    let digits: String = rest.chars().skip(1).take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(if digits.is_empty() { 0 } else { u64::MAX })
}

/// Unpacks a part that is held whole.
///
/// # Errors
/// `RAW-004` where it is missing or can't be unpacked, `RAW-005` where it is too large.
pub(super) fn part(input: &Input, archive: &mut Archive, name: &str) -> AppResult<Vec<u8>> {
    let part = archive.by_name(name).map_err(|e| input.damaged(format!("{name}: {e}")))?;
    let mut bytes = Vec::new();
    part.take(LARGEST_HELD + 1).read_to_end(&mut bytes).map_err(|e| input.damaged(format!("{name}: {e}")))?;
    if bytes.len() as u64 > LARGEST_HELD {
        return Err(input.bomb(format!("{name}：超过 {} MB", LARGEST_HELD >> 20)));
    }
    Ok(bytes)
}

/// The only file in an archive that can be read, unpacked.
///
/// # Errors
/// `RAW-008` where there is none or more than one, `RAW-005` where it is too large.
pub(super) fn only_file(input: &Input, archive: &mut Archive) -> AppResult<Input> {
    const READABLE: [&str; 12] =
        ["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "xlsb", "ods", "fods", "parquet", "html", "htm"];
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut others = 0;
    for index in 0..archive.len() {
        let part = match archive.by_index_raw(index) {
            Ok(part) if part.encrypted() => return Err(input.encrypted()),
            Ok(part) => part,
            Err(e) => return Err(input.damaged(e)),
        };
        let name = super::archive::entry_name(part.name_raw());
        let base = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        if part.is_dir() || base.is_empty() || base.starts_with('.') || name.starts_with("__MACOSX") {
            continue;
        }
        let extension = base.rsplit('.').next().unwrap_or_default().to_lowercase();
        if READABLE.contains(&extension.as_str()) {
            found.push((index, base));
        } else {
            others += 1;
        }
    }
    let [(index, name)] = found.as_slice() else {
        let what = if found.is_empty() {
            "压缩包里没有能读取的表格文件"
        } else {
            "压缩包里有不止一个表格文件"
        };
        return Err(input.error("RAW-008", what).with(|f| {
            f.value(format!("{} 个表格文件，{others} 个其他文件", found.len()))
                .expected("恰好一个 csv、xlsx、xls、xlsb、ods 或 parquet 文件")
                .hint("请先解压，再选择要导入的文件")
        }));
    };
    let part = archive.by_index(*index).map_err(|e| input.damaged(e))?;
    if part.size() > LARGEST_HELD {
        return Err(input.bomb(format!("{name}：{} MB", part.size() >> 20)));
    }
    let mut bytes = Vec::new();
    part.take(LARGEST_HELD + 1).read_to_end(&mut bytes).map_err(|e| input.damaged(e))?;
    if bytes.len() as u64 > LARGEST_HELD {
        return Err(input.bomb(format!("{name}：超过 {} MB", LARGEST_HELD >> 20)));
    }
    Ok(Input::memory(name.clone(), &input.path, bytes))
}
