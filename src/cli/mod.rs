//! The same commands without a window.
//!
//! Chinese messages on stderr, data on stdout, progress on a terminal only. Exit 0 done; 1 done, with rows
//! set aside or checks failed; 2 could not (one message with its code).

mod anchors;
mod args;
mod backtest;
mod data;
mod database;
mod deeds;
mod diagnostics;
mod draw;
mod effect;
mod engine;
mod explain;
mod findings;
mod journal;
mod ledger;
mod log;
mod output;
mod pairing;
mod plan;
mod plan_dates;
mod policy;
mod publish;
mod rederive;
mod refresh;
mod shared;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::FromArgMatches;

use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::workspace::session::AppPaths;
use crate::workspace::store::clock::Moment;
use crate::workspace::store::door::{is_door, project_at};
use crate::workspace::store::project::CommandContext;
use crate::workspace::store::shared::ask_passwords_with;
use crate::workspace::support::{crash, log as support_log};
use args::{Cli, Command};

/// How a command ended where it did end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// Done.
    Done,
    /// Done, with rows set aside or checks failed.
    Flawed,
}

/// Parses the arguments, runs the command, prints its message.
#[must_use]
pub fn main() -> ExitCode {
    let named = |matches: &clap::ArgMatches| matches.subcommand_name().unwrap_or("window").to_owned();
    let read = |matches: clap::ArgMatches| Cli::from_arg_matches(&matches).map(|cli| (named(&matches), cli));
    let (what, cli) = match args::words().try_get_matches().and_then(read) {
        Ok(read) => read,
        Err(error) if error.use_stderr() => {
            output::say(&format!("[CLI-013] {}。fairdraw --help 列出全部命令与选项", args::describe(&error)));
            return ExitCode::from(2);
        }
        Err(error) => {
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
    };
    let paths = AppPaths::of_system();
    support_log::begin(&paths.logs());
    crash::report_faults(&paths.logs());
    support_log::started(&what, paths.is_portable());
    let since = Instant::now();
    let result = run(cli);
    support_log::command(&what, since, &result);
    match result {
        Ok(Finish::Done) => ExitCode::SUCCESS,
        Ok(Finish::Flawed) => ExitCode::from(1),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::say(&error.to_string());
            ExitCode::from(2)
        }
    }
}

/// A reader that closed early (`fairdraw … | head`) is no failure.
fn is_broken_pipe(error: &AppError) -> bool {
    error.code() == output::CLOSED
}

/// The project that a path without a command asks for. A folder that is none is opened all the same: the window says
/// what is the matter with it, and what can be done.
fn asked_for(path: &Path) -> AppResult<PathBuf> {
    let hint = "打开项目请给出项目文件夹，或其中的「打开项目.fairdraw」；fairdraw --help 列出全部命令";
    let refused = |finding: Finding| AppError::from(finding.value(path.display().to_string()).hint(hint));
    if !path.exists() {
        return Err(refused(Finding::error("CLI-036", "没有这个命令，也没有这个文件或文件夹")));
    }
    if let Some(project) = project_at(path) {
        return Ok(project);
    }
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if whole.is_dir() {
        return Ok(whole);
    }
    match whole.parent() {
        Some(folder) if is_door(&whole) => Ok(folder.to_owned()),
        _ => Err(refused(Finding::error("CLI-037", "这个文件不是项目"))),
    }
}

/// Without a command: the window.
#[cfg(feature = "gui")]
fn window(project: Option<PathBuf>) -> AppResult<Finish> {
    crate::ui::run(crate::ui::WindowOptions { project }).map(|()| Finish::Done)
}

#[cfg(not(feature = "gui"))]
fn window(_project: Option<PathBuf>) -> AppResult<Finish> {
    Err(AppError::new("CLI-001", "此程序没有带窗口界面，请使用命令；fairdraw --help 列出全部命令"))
}

fn run(cli: Cli) -> AppResult<Finish> {
    let operator = cli.operator.clone().unwrap_or_else(|| "命令行".to_owned());
    let context = CommandContext { operator, now: Moment::now(), progress: Progress::none() };
    let Some(command) = cli.command else {
        return window(cli.project.as_deref().map(asked_for).transpose()?);
    };
    if cli.project.is_some() {
        return Err(AppError::new("CLI-038", "命令之前不能再写项目：项目文件夹写在命令之后"));
    }
    ask_passwords_with(database::ask);
    let watched = output::watch(&context.progress);
    let finish = match command {
        Command::Demo(args) => data::demo(&args, &context),
        Command::New(args) => data::new_project(&args, cli.json, &context),
        Command::Refresh(args) => refresh::refresh(&args, cli.json, &context),
        Command::Check(args) => data::check(&args, cli.json, &context),
        Command::Plan(args) => plan::plan(&args, cli.json, &context),
        Command::Policy(args) => policy::policy(&args, cli.json, &context),
        Command::Explain(args) => explain::explain(&args, cli.json, &context),
        Command::PlanDates(args) => plan_dates::plan_dates(&args, cli.json, &context),
        Command::PlanRecord(args) => plan_dates::plan_record(&args, cli.json, &context),
        Command::Seal(args) => draw::seal(&args, cli.json, &context),
        Command::Open(args) => draw::open(&args, cli.json, &context),
        Command::Substitute(args) => draw::substitute(&args, cli.json, &context),
        Command::ReplaceInspector(args) => draw::replace(&args, cli.json, &context),
        Command::AddCheck(args) => draw::add(&args, cli.json, &context),
        Command::PairingChances(args) => pairing::pairing_chances(&args, cli.json),
        Command::Void(args) => draw::void(&args, &context),
        Command::Stamp(args) => anchors::stamp(&args, cli.json, &context),
        Command::Sign(args) => anchors::sign(&args, cli.json, &context),
        Command::Keys(args) => anchors::keys(&args, cli.json),
        Command::Witness(args) => anchors::witness(&args, cli.json, &context),
        Command::Rederive(args) => rederive::rederive(&args, cli.json, &context),
        Command::Proof(args) => draw::proof(&args, &context),
        Command::PageAddress(args) => plan::page_address(&args, cli.json, &context),
        Command::Results(args) => data::results(&args, cli.json, &context),
        Command::Journal(args) => journal::journal(&args, cli.json),
        Command::LogProof(args) => log::prove(&args),
        Command::Engine(command) => engine::engine(&command, cli.json, &context),
        Command::Shared(command) => shared::shared(&command, cli.json, &context),
        Command::AcceptChanges(args) => log::accept(&args, &context),
        Command::Findings(args) => findings::findings(&args, cli.json, &context),
        Command::Diagnostics(args) => diagnostics::diagnostics(&args, cli.json, &context),
        Command::Ledger(args) => ledger::ledger(&args, cli.json, &context),
        Command::Interference(args) => ledger::interference(&args, cli.json, &context),
        Command::Publish(args) => publish::publish(&args, cli.json, &context),
        Command::Export(args) => plan::export(&args, cli.json, &context),
        Command::Status(args) => plan::status(&args, cli.json, &context),
        Command::Verify(args) => verify::verify(&args, cli.json),
        Command::CheckManifest(args) => draw::manifest(&args, cli.json),
        Command::Draw(args) => draw::bare(&args),
        Command::Run(args) => plan::run(&args, cli.json, &context),
        Command::Simulate(args) => plan::simulate(&args, cli.json, &context),
        Command::Backtest(args) => backtest::backtest(&args, cli.json, &context),
        Command::Effect(args) => effect::effect(&args, cli.json, &context),
    };
    watched.finish();
    finish
}
