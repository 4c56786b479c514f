//! A fence around readers of third parties, which may panic on damaged files: one bad file must not take the
//! window down, and nothing that was being read is used after a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::input::Input;
use crate::diagnostic::AppResult;

/// Runs a third party's reader; a panic in it becomes `RAW-010`.
///
/// # Errors
/// What `read` gives; `RAW-010` after a panic.
pub(super) fn fenced<T>(input: &Input, read: impl FnOnce() -> AppResult<T>) -> AppResult<T> {
    // Unwinding is safe here: everything that `read` touches is dropped with the error.
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(input
            .error("RAW-010", "文件内容异常，读取程序无法处理")
            .with(|f| f.hint("请用原来的软件打开并另存为 xlsx 或 CSV 再导入")))
    })
}
