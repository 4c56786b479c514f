//! Why a file could not be read or written, and what to do about it: from the numbers of the operating system.
//!
//! One place for every message about a file. It works from numbers, so that what Windows says is tested on any system:
//! an error may carry the number of another system ([`FileError`]). Numbers of Windows: System Error Codes of the
//! Windows SDK (`winerror.h`); of Unix: `asm-generic/errno.h` of Linux, by the names of POSIX.1-2017. What another Unix
//! numbers otherwise goes by the standard library's kind.

use std::fmt;
use std::io::{self, ErrorKind};

/// Whose numbers an error has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// `GetLastError`.
    Windows,
    /// `errno`.
    Unix,
}

impl System {
    /// The system that this program runs on.
    #[must_use]
    pub fn here() -> Self {
        if cfg!(windows) { Self::Windows } else { Self::Unix }
    }
}

/// An error by its number, of this system or of another: what a watched disk is made to fail with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileError {
    /// Whose number.
    pub system: System,
    /// The number.
    pub number: i32,
}

impl FileError {
    /// The number that the system gave, where it gave one.
    #[must_use]
    pub fn of(cause: &io::Error) -> Option<Self> {
        let carried = cause.get_ref().and_then(|inner| inner.downcast_ref::<Self>()).copied();
        let own = || cause.raw_os_error().map(|number| Self { system: System::here(), number });
        carried.or_else(own)
    }

    /// As an error of reading or writing.
    #[must_use]
    pub fn to_io(self) -> io::Error {
        if self.system == System::here() {
            io::Error::from_raw_os_error(self.number)
        } else {
            let kind = FileFault::of_number(self).map_or(ErrorKind::Other, FileFault::kind);
            io::Error::new(kind, self)
        }
    }

    /// True where another program holds the file for a moment, as a virus scanner or a cloud's synchronisation does
    /// after each write: trying again soon may succeed. A file that an office program has open looks the same at first.
    #[must_use]
    pub fn may_pass(self) -> bool {
        match self.system {
            // access denied, sharing, lock, busy, delete pending, mapped; a cloud's file in use, locked
            System::Windows => matches!(self.number, 5 | 32 | 33 | 170 | 303 | 391 | 397 | 1224),
            // EBUSY, ETXTBSY
            System::Unix => matches!(self.number, 16 | 26),
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "os error {}", self.number)
    }
}

impl std::error::Error for FileError {}

/// Why a file could not be read or written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileFault {
    /// No such file or folder; a drive that went looks so too.
    Missing,
    /// No right to; on Windows also a file that another program is about to remove.
    Denied,
    /// There is one already.
    Exists,
    /// No room.
    Full,
    /// Ends before it should.
    Cut,
    /// The disk or the share takes no writing.
    ReadOnly,
    /// A file where a folder should be, or the other way.
    Clash,
    /// Disk or share fails or does not answer.
    Unreachable,
    /// Another program has it open.
    Open,
    /// The drive was taken out, or is not ready.
    Removed,
    /// The path or a name in it is too long.
    TooLong,
    /// A name that the system does not take.
    BadName,
    /// A cloud's folder has not got the file ready.
    Cloud,
    /// File or disk is damaged.
    Damaged,
    /// A virus scanner keeps it.
    Quarantined,
}

impl FileFault {
    /// Why this error came; `None` where the system's own words must do.
    #[must_use]
    pub fn of(cause: &io::Error) -> Option<Self> {
        FileError::of(cause).and_then(Self::of_number).or_else(|| Self::of_kind(cause.kind()))
    }

    /// By the number alone.
    #[must_use]
    pub fn of_number(error: FileError) -> Option<Self> {
        match error.system {
            System::Windows => Self::of_windows(error.number),
            System::Unix => Self::of_unix(error.number),
        }
    }

    fn of_windows(number: i32) -> Option<Self> {
        Some(match number {
            // file, path not found
            2 | 3 => Self::Missing,
            // access denied; by policy; a privilege; network access denied
            5 | 65 | 1260 | 1314 => Self::Denied,
            80 | 183 => Self::Exists,
            // disk full, quota exceeded, too large for the file system
            39 | 112 | 223 | 314 | 1295 | 1816 => Self::Full,
            38 => Self::Cut,
            19 => Self::ReadOnly,
            // the directory name is invalid: a file stands there
            267 => Self::Clash,
            // write fault, read fault, general failure, device hardware, device; of the network: not listening, bad path,
            // busy, hardware, unexpected, deleted, bad name, paused, time-out, no path, none, unreachable, host, aborted
            29..=31 | 483 | 1117 | 51 | 53 | 54 | 57 | 59 | 64 | 67 | 70 | 121 | 1203 | 1222 | 1231 | 1232 | 1236 => {
                Self::Unreachable
            }
            // sharing, lock, busy, delete pending, mapped by another program
            32 | 33 | 170 | 303 | 1224 => Self::Open,
            // invalid drive, unknown unit, not ready, device gone (55: of the network), media, not connected, removed
            15 | 20 | 21 | 55 | 433 | 1006 | 1110 | 1112 | 1167 | 1617 => Self::Removed,
            111 | 206 => Self::TooLong,
            123 | 161 => Self::BadName,
            // ERROR_CLOUD_FILE_…, ERROR_FILE_SYSTEM_VIRTUALIZATION_…
            358 | 362..=366 | 369..=372 | 374..=383 | 385..=398 | 404 | 405 | 426 | 434 | 475 => Self::Cloud,
            // checksum, seek, unrecognised volume, file and disk corrupt
            23 | 25 | 1005 | 1392 | 1393 => Self::Damaged,
            225 | 226 => Self::Quarantined,
            _ => return None,
        })
    }

    fn of_unix(number: i32) -> Option<Self> {
        Some(match number {
            // ENOENT
            2 => Self::Missing,
            // EPERM, EACCES
            1 | 13 => Self::Denied,
            // EEXIST
            17 => Self::Exists,
            // EFBIG, ENOSPC, EDQUOT
            27 | 28 | 122 => Self::Full,
            // EROFS
            30 => Self::ReadOnly,
            // ENOTDIR, EISDIR
            20 | 21 => Self::Clash,
            // EIO; ENONET, ENOLINK, ECOMM, ENETDOWN, ENETUNREACH, ECONNABORTED, ECONNRESET, ENOTCONN, ETIMEDOUT,
            // EHOSTDOWN, EHOSTUNREACH, ESTALE, EREMOTEIO
            5 | 64 | 67 | 70 | 100 | 101 | 103 | 104 | 107 | 110 | 112 | 113 | 116 | 121 => Self::Unreachable,
            // EBUSY, ETXTBSY
            16 | 26 => Self::Open,
            // ENXIO, ENODEV, ENOMEDIUM
            6 | 19 | 123 => Self::Removed,
            // ENAMETOOLONG
            36 => Self::TooLong,
            // EILSEQ: the file system can't write the name
            84 => Self::BadName,
            // EUCLEAN
            117 => Self::Damaged,
            _ => return None,
        })
    }

    fn of_kind(kind: ErrorKind) -> Option<Self> {
        Some(match kind {
            ErrorKind::NotFound => Self::Missing,
            ErrorKind::PermissionDenied => Self::Denied,
            ErrorKind::AlreadyExists => Self::Exists,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::UnexpectedEof => Self::Cut,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::IsADirectory | ErrorKind::NotADirectory => Self::Clash,
            ErrorKind::TimedOut
            | ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::StaleNetworkFileHandle => Self::Unreachable,
            ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => Self::Open,
            ErrorKind::InvalidFilename => Self::TooLong,
            _ => return None,
        })
    }

    /// The kind of the standard library that comes nearest.
    #[must_use]
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Missing => ErrorKind::NotFound,
            Self::Denied => ErrorKind::PermissionDenied,
            Self::Exists => ErrorKind::AlreadyExists,
            Self::Full => ErrorKind::StorageFull,
            Self::Cut => ErrorKind::UnexpectedEof,
            Self::ReadOnly => ErrorKind::ReadOnlyFilesystem,
            Self::Clash => ErrorKind::NotADirectory,
            Self::Unreachable => ErrorKind::NetworkUnreachable,
            Self::Open => ErrorKind::ResourceBusy,
            Self::TooLong | Self::BadName => ErrorKind::InvalidFilename,
            Self::Removed | Self::Cloud | Self::Damaged | Self::Quarantined => ErrorKind::Other,
        }
    }

    /// The stable code, what happened and what to do.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Missing => ("IO-001", "文件或文件夹不存在", "请核对路径；文件在 U 盘或网络共享上的，请先插好或连上"),
            Self::Denied => (
                "IO-002",
                "没有权限，或文件正被其他程序占用",
                "请关闭可能打开它的程序后重试；仍不行时换一个可以写入的文件夹",
            ),
            Self::Exists => ("IO-003", "已经存在", "请换一个名称，或先移走已有的"),
            Self::Full => ("IO-004", "磁盘已满，或超出了允许的用量", "请清理出空间后重试，或换一个位置"),
            Self::Cut => ("IO-005", "文件不完整", "请重新取得或复制这个文件"),
            Self::ReadOnly => {
                ("IO-006", "所在的磁盘或共享文件夹是只读的", "请解除写保护后重试，或换一个可以写入的位置")
            }
            Self::Clash => ("IO-007", "同名的文件与文件夹相冲突", "请换一个名称或文件夹"),
            Self::Unreachable => {
                ("IO-008", "磁盘或网络共享出错（故障、已断开或没有响应）", "请检查磁盘与网络，能打开所在的文件夹后重试")
            }
            Self::Open => ("IO-010", "文件正被其他程序打开（例如 WPS 或 Excel）", "请关闭它后重试"),
            Self::Removed => ("IO-011", "U 盘或磁盘已拔出，或没有就绪", "请插好后重试，或换一个位置"),
            Self::TooLong => ("IO-012", "路径或名称太长", "请换一个层次较少、名称较短的文件夹"),
            Self::BadName => ("IO-013", "路径或名称中有系统不接受的字符", "请改用汉字、字母、数字与短横的名称"),
            Self::Cloud => (
                "IO-014",
                "网盘没有把文件准备好（OneDrive、WPS 云文档等没有运行、没有登录或正在同步）",
                "请登录网盘并等同步完成后重试，或换到本机的文件夹",
            ),
            Self::Damaged => ("IO-015", "文件或磁盘已损坏", "请检查磁盘，并用备份恢复这个文件"),
            Self::Quarantined => ("IO-016", "杀毒软件拦下了文件", "请在杀毒软件中放行后重试"),
        }
    }
}

/// What is said of a failed reading or writing: code, why, what to do. What the system says in a way of its own is quoted.
pub(super) fn said_of(cause: &io::Error) -> (&'static str, String, &'static str) {
    match FileFault::of(cause) {
        Some(fault) => {
            let (code, why, hint) = fault.words();
            (code, why.to_owned(), hint)
        }
        None => ("IO-009", format!("读写失败，系统给出的原因：{cause}"), "请检查路径与权限后重试"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::diagnostic::AppError;

    /// Every number that an office is likely to meet, with what is said of it.
    const NUMBERS: [(System, &[i32], &str); 27] = [
        (System::Windows, &[2, 3], "文件或文件夹不存在"),
        (System::Windows, &[5, 65, 1260], "没有权限"),
        (System::Windows, &[32, 33, 303, 1224], "正被其他程序打开（例如 WPS 或 Excel）"),
        (System::Windows, &[19], "只读"),
        (System::Windows, &[39, 112, 1295], "磁盘已满"),
        (System::Windows, &[53, 64, 67, 59, 1231, 121], "网络共享出错"),
        (System::Windows, &[21, 15, 55, 1112, 1167], "已拔出"),
        (System::Windows, &[1117, 31], "磁盘或网络共享出错"),
        (System::Windows, &[206, 111], "太长"),
        (System::Windows, &[123, 161], "不接受的字符"),
        (System::Windows, &[358, 362, 366, 374, 377, 388, 391, 398, 404, 426], "网盘没有把文件准备好"),
        (System::Windows, &[1392, 1393, 23], "已损坏"),
        (System::Windows, &[225, 226], "杀毒软件"),
        (System::Windows, &[183, 80], "已经存在"),
        (System::Windows, &[267], "相冲突"),
        (System::Windows, &[38], "不完整"),
        (System::Unix, &[2], "文件或文件夹不存在"),
        (System::Unix, &[1, 13], "没有权限"),
        (System::Unix, &[16, 26], "正被其他程序打开"),
        (System::Unix, &[30], "只读"),
        (System::Unix, &[28, 122, 27], "磁盘已满"),
        (System::Unix, &[5, 116, 110, 113, 107], "磁盘或网络共享出错"),
        (System::Unix, &[6, 19, 123], "已拔出"),
        (System::Unix, &[36], "太长"),
        (System::Unix, &[84], "不接受的字符"),
        (System::Unix, &[117], "已损坏"),
        (System::Unix, &[17], "已经存在"),
    ];

    #[test]
    fn every_number_is_one_sentence_with_the_file_and_what_to_do() {
        let path = Path::new("Z:/双随机/2027 年/计划.xlsx");
        for (system, numbers, why) in NUMBERS {
            for number in numbers {
                let error = AppError::io("保存文件失败", path, FileError { system, number: *number }.to_io());
                let said = error.to_string();
                assert!(said.contains(why), "{system:?} {number}: {said}");
                assert!(
                    said.contains("保存文件失败：") && said.contains("计划.xlsx") && said.contains("。请"),
                    "{said}"
                );
                assert!(!said.contains("os error") && error.code() != "IO-009", "{said}");
            }
        }
    }

    #[test]
    fn the_sentence_of_a_file_open_in_an_office_program() {
        let cause = FileError { system: System::Windows, number: 32 }.to_io();
        let said = AppError::io("保存文件失败", Path::new("D:/计划.xlsx"), cause).to_string();
        assert_eq!(
            said,
            "[IO-010] 保存文件失败：文件正被其他程序打开（例如 WPS 或 Excel）。请关闭它后重试（文件：D:/计划.xlsx）"
        );
    }

    #[test]
    fn a_code_says_one_thing_and_an_unknown_number_is_quoted() {
        let mut codes = std::collections::BTreeMap::new();
        for system in [System::Windows, System::Unix] {
            for number in 0..2_000 {
                if let Some(fault) = FileFault::of_number(FileError { system, number }) {
                    let (code, why, _) = fault.words();
                    assert_eq!(codes.insert(code, why).unwrap_or(why), why);
                }
            }
        }
        assert_eq!(codes.len(), 15);
        let odd = FileError { system: System::Windows, number: 1_450 }.to_io();
        let said = AppError::io("读取文件", Path::new("x"), odd).to_string();
        assert!(said.starts_with("[IO-009]") && said.contains("1450"), "{said}");
    }

    #[test]
    fn what_has_no_number_goes_by_its_kind() {
        for (kind, fault) in [
            (ErrorKind::NotFound, FileFault::Missing),
            (ErrorKind::UnexpectedEof, FileFault::Cut),
            (ErrorKind::StorageFull, FileFault::Full),
        ] {
            assert_eq!(FileFault::of(&kind.into()), Some(fault));
        }
        assert_eq!(FileFault::of(&io::Error::other("odd")), None);
    }

    #[test]
    fn what_may_pass_is_said_to_be_open_or_denied_or_a_clouds() {
        for system in [System::Windows, System::Unix] {
            for number in 0..2_000 {
                let error = FileError { system, number };
                let fault = FileFault::of_number(error);
                let passing = [FileFault::Open, FileFault::Denied, FileFault::Cloud].map(Some);
                assert!(!error.may_pass() || passing.contains(&fault), "{error:?}: {fault:?}");
            }
        }
    }
}
