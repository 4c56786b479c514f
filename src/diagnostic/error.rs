//! The error that stops a piece of work.

use std::fmt;
use std::path::Path;

use super::Finding;

/// A result whose error is an [`AppError`].
pub type AppResult<T> = Result<T, AppError>;

/// One finding that stops the work, with its underlying cause where there is one.
#[derive(Debug)]
pub struct AppError {
    finding: Box<Finding>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl AppError {
    /// An error with a stable code and a Chinese sentence saying what went wrong.
    #[must_use]
    pub fn new(code: &'static str, what: impl Into<String>) -> Self {
        Finding::error(code, what).into()
    }

    /// An error of the file system: what was tried, on which path, and why it failed.
    #[must_use]
    pub fn io(what: &str, path: &Path, cause: std::io::Error) -> Self {
        let (code, why) = cause_in_words(&cause);
        let finding = Finding::error(code, format!("{what}：{why}"))
            .hint("请检查路径与权限后重试")
            .file(path.display().to_string());
        Self::from(finding).caused_by(cause)
    }

    /// Attaches the underlying error.
    #[must_use]
    pub fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.finding.code
    }

    /// What, where, got, expected, what to do.
    #[must_use]
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// Changes the finding, to add a place on the way up.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(Finding) -> Finding) -> Self {
        self.finding = Box::new(change(*self.finding));
        self
    }
}

/// Why a file could not be read or written: a code and words. What the system says in a way of its own is quoted.
fn cause_in_words(cause: &std::io::Error) -> (&'static str, String) {
    use std::io::ErrorKind as Kind;
    let (code, why) = match cause.kind() {
        Kind::NotFound => ("IO-001", "文件或文件夹不存在"),
        Kind::PermissionDenied | Kind::ResourceBusy | Kind::ExecutableFileBusy => {
            ("IO-002", "没有权限，或文件正被其他程序占用")
        }
        Kind::AlreadyExists => ("IO-003", "已经存在"),
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => ("IO-004", "磁盘已满，或超出了允许的用量"),
        Kind::UnexpectedEof => ("IO-005", "文件不完整"),
        Kind::ReadOnlyFilesystem => ("IO-006", "所在的磁盘或共享文件夹是只读的"),
        Kind::IsADirectory | Kind::NotADirectory => ("IO-007", "同名的文件与文件夹相冲突"),
        Kind::TimedOut | Kind::NetworkUnreachable | Kind::HostUnreachable | Kind::StaleNetworkFileHandle => {
            ("IO-008", "磁盘或网络共享出错（故障、已断开或没有响应）")
        }
        // EIO has no kind of its own
        _ if cfg!(unix) && cause.raw_os_error() == Some(5) => {
            ("IO-008", "磁盘或网络共享出错（故障、已断开或没有响应）")
        }
        _ => return ("IO-009", format!("读写失败，系统给出的原因：{cause}")),
    };
    (code, why.to_owned())
}

impl From<Finding> for AppError {
    fn from(finding: Finding) -> Self {
        Self { finding: Box::new(finding), cause: None }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.finding)
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}
