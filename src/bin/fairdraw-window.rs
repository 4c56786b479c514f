//! The program that an office starts: opens the window without a console.
//!
//! Windows gives a console to every program that may print, and `fairdraw` has to. This one may not: it starts the
//! `fairdraw` that lies beside it, hidden, with the arguments that it was given itself, and shows in a box what that
//! one would have printed where it could not do its work. One large program is so installed once. The packed name is
//! 「FairDraw 工作站」.

#![cfg_attr(windows, windows_subsystem = "windows")]

use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Exit code of a command that could not do its work, as `fairdraw` gives it.
const COULD_NOT: u8 = 2;
/// A box shows this much of what was said, the last of it, bytes.
const TOLD: usize = 4096;
/// How long the last words of a program that has ended are waited for.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// What the window has shown in a box of its own.
const SHOWN: &str = "[WIN-001]";

fn main() -> ExitCode {
    let ended = match program() {
        Ok(program) => open(&program, std::env::args_os().skip(1)),
        Err(error) => Err(error),
    };
    let (code, told) = ended.unwrap_or_else(|message| (COULD_NOT, message));
    if code >= COULD_NOT && !told.contains(SHOWN) {
        tell(if told.is_empty() { "程序意外结束，没有留下说明" } else { &told });
    }
    ExitCode::from(code)
}

/// `fairdraw` in this program's folder.
fn program() -> Result<PathBuf, String> {
    let this = std::env::current_exe().map_err(|cause| format!("不知道本程序在哪个文件夹：{cause}"))?;
    let program = this.with_file_name(format!("fairdraw{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    Err(format!("本程序旁边没有 {}。请把整个文件夹一起复制，或重新安装", program.display()))
}

/// Starts the program and waits; gives its exit code and the last that it said.
fn open(program: &Path, arguments: impl Iterator<Item = OsString>) -> Result<(u8, String), String> {
    let cannot = |cause: std::io::Error| format!("不能启动 {}：{cause}", program.display());
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    without_console(&mut command);
    let mut child = command.spawn().map_err(cannot)?;
    let said: Said = Arc::default();
    let reading = child.stderr.take().map(|from| {
        let said = Arc::clone(&said);
        std::thread::spawn(move || keep_last(from, &said))
    });
    let ended = child.wait().map_err(cannot)?;
    // whoever the program started may hold the line open for as long as it runs: nobody waits for its end
    let since = Instant::now();
    while reading.as_ref().is_some_and(|reading| !reading.is_finished()) && since.elapsed() < LAST_WORDS {
        std::thread::sleep(Duration::from_millis(20));
    }
    let said = said.lock().unwrap_or_else(PoisonError::into_inner);
    // a program that was stopped from outside has no code, one that crashed a large one
    let code = ended.code().map_or(COULD_NOT, |code| u8::try_from(code).unwrap_or(u8::MAX));
    Ok((code, String::from_utf8_lossy(&said).trim().to_owned()))
}

/// The last that the program said.
type Said = Arc<Mutex<Vec<u8>>>;

/// Keeps the last that comes out of it.
fn keep_last(mut from: impl Read, said: &Said) {
    let mut part = [0; TOLD];
    while let Ok(read @ 1..) = from.read(&mut part) {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(&part[..read]);
        let before = said.len().saturating_sub(TOLD);
        said.drain(..before);
    }
}

/// Windows' flag of a process whose console has no window.
#[cfg(windows)]
fn without_console(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NO_WINDOW);
}

#[cfg(not(windows))]
fn without_console(_command: &mut Command) {}

#[cfg(all(windows, feature = "gui"))]
fn tell(message: &str) {
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("FairDraw 工作站")
        .set_description(message)
        .show();
}

/// Elsewhere a program that opens a window may print.
#[cfg(not(all(windows, feature = "gui")))]
fn tell(message: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{message}");
}
