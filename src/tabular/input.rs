//! Where a file's bytes come from: the disk, or an entry unpacked from an archive.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{AppError, AppResult, Finding};

/// A file to read.
#[derive(Debug, Clone)]
pub(super) struct Input {
    /// Name for messages and for the extension.
    pub(super) name: String,
    /// The file on disk, the archive where it is packed.
    pub(super) path: PathBuf,
    /// The bytes, where they are in memory already.
    memory: Option<Arc<[u8]>>,
    /// Length in bytes.
    pub(super) length: u64,
}

/// Largest workbook that is taken whole into memory.
const LARGEST_WHOLE: u64 = 1 << 30;

impl Input {
    /// A file on disk.
    ///
    /// # Errors
    /// `IO-0xx`.
    pub(super) fn file(path: &Path) -> AppResult<Self> {
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let data = std::fs::metadata(path).map_err(|e| AppError::io("读取文件", path, e))?;
        if data.is_dir() {
            return Err(Finding::error("RAW-002", "这是文件夹，不是文件").file(name).hint("请选择其中的文件").into());
        }
        Ok(Self { name, path: path.to_owned(), memory: None, length: data.len() })
    }

    /// Bytes out of an archive.
    pub(super) fn memory(name: String, path: &Path, bytes: Vec<u8>) -> Self {
        let length = bytes.len() as u64;
        Self { name, path: path.to_owned(), memory: Some(bytes.into()), length }
    }

    /// A reader from the start.
    ///
    /// # Errors
    /// `IO-0xx`.
    pub(super) fn open(&self) -> AppResult<Box<dyn Read + Send>> {
        match &self.memory {
            Some(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            None => Ok(Box::new(File::open(&self.path).map_err(|e| self.io(e))?)),
        }
    }

    /// The first `most` bytes.
    ///
    /// # Errors
    /// `IO-0xx`.
    pub(super) fn head(&self, most: u64) -> AppResult<Vec<u8>> {
        let mut head = Vec::new();
        self.open()?.take(most).read_to_end(&mut head).map_err(|e| self.io(e))?;
        Ok(head)
    }

    /// All bytes.
    ///
    /// # Errors
    /// `RAW-005` past 1 GiB, `IO-0xx`.
    pub(super) fn whole(&self) -> AppResult<Arc<[u8]>> {
        if let Some(bytes) = &self.memory {
            return Ok(Arc::clone(bytes));
        }
        if self.length > LARGEST_WHOLE {
            return Err(self.error("RAW-005", "文件过大").with(|f| {
                f.value(format!("{} MB", self.length >> 20)).expected("不超过 1024 MB").hint("请另存为 CSV 再导入")
            }));
        }
        // filled where it stays: made of a `Vec` it would be there twice
        let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, self.length as usize).collect();
        if let Some(room) = Arc::get_mut(&mut bytes) {
            self.open()?.read_exact(room).map_err(|e| self.io(e))?;
        }
        Ok(bytes)
    }

    /// The extension in lower case.
    pub(super) fn extension(&self) -> String {
        Path::new(&self.name).extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
    }

    /// An error about this file.
    pub(super) fn error(&self, code: &'static str, what: impl Into<String>) -> AppError {
        Finding::error(code, what).file(self.name.clone()).into()
    }

    /// The file is cut off or damaged.
    pub(super) fn damaged(&self, detail: impl std::fmt::Display) -> AppError {
        self.error("RAW-004", "文件不完整或已损坏，无法读取").with(|f| {
            f.value(told(&detail.to_string())).hint("请用原来的软件打开检查并另存一份，或重新下载、拷贝后再导入")
        })
    }

    /// A part of the file could not be read; what a library says of it is for the log, not for the reader.
    pub(super) fn broken_part(&self, part: &str, cause: &dyn std::fmt::Display) -> AppError {
        self.damaged(format!("{part}：{}", in_words(&cause.to_string())))
    }

    /// The file is encrypted.
    pub(super) fn encrypted(&self) -> AppError {
        self.error("RAW-003", "文件已加密，需要密码才能打开")
            .with(|f| f.hint("请用原来的软件打开，取消密码并另存后再导入"))
    }

    /// The file would take too much memory.
    pub(super) fn bomb(&self, detail: impl std::fmt::Display) -> AppError {
        self.error("RAW-005", "文件展开后过大，已停止读取")
            .with(|f| f.value(told(&detail.to_string())).hint("请删去多余的工作表和区域，或另存为 CSV 再导入"))
    }

    fn io(&self, cause: std::io::Error) -> AppError {
        AppError::io("读取文件", &self.path, cause)
    }

    /// An error while reading.
    pub(super) fn io_error(&self, cause: std::io::Error) -> AppError {
        self.io(cause)
    }
}

/// What is wrong as a reader may be told it: a library's sentence in English becomes ours, the part that it is about
/// stays.
fn told(detail: &str) -> String {
    if detail.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        return detail.to_owned();
    }
    match detail.split_once(": ") {
        Some((part, cause)) if !part.contains(' ') => format!("{part}：{}", in_words(cause)),
        _ => in_words(detail),
    }
}

/// What the usual complaints of libraries mean.
pub(super) fn in_words(cause: &str) -> String {
    let lower = cause.to_lowercase();
    let known = [
        (&["eof", "end of file", "fill whole buffer", "unexpected end", "truncated", "cut"][..], "内容中途断了"),
        (&["checksum", "crc"], "校验码不符"),
        (&["deflate", "inflate", "compress", "corrupt"], "压缩内容已损坏"),
        (&["not found"], "缺少这一部分"),
        (&["utf-8", "utf8", "encod"], "文字编码有误"),
        (&["syntax", "xml", "tag", "attribute", "ill-formed", "entity"], "标记有误"),
        (&["password", "encrypt"], "已加密"),
        (&["unsupported", "not supported", "not yet supported"], "用了不支持的写法"),
    ];
    let known = known.into_iter().find(|(words, _)| words.iter().any(|word| lower.contains(word)));
    known.map_or("内容有误", |(_, words)| words).to_owned()
}
