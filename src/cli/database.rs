//! A database on the command line: its address, its tables, its password.

use std::io::IsTerminal;
use std::path::Path;

use console::Term;

use super::args::{DatabaseArgs, ExportArgs};
use super::output::say;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::engine::RemoteSource;
use crate::engine::database::{Address, DatabaseSource, DatabaseTarget, Password, find_password, quoted};
use crate::engine::feed::{FeedPlace, FeedSource};
use crate::engine::spark::SparkAddress;
use crate::registry::{DatabaseMapping, DatabaseTable, FeedMapping, Mapping, TableKind};
use crate::workspace::intake::import::load_mapping;

/// Asks whoever sits at the terminal for a password; what is typed is not shown.
pub(super) fn ask(address: &Address) -> Option<Password> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    say(&format!("请输入数据库 {address} 的密码并回车（输入时不显示）："));
    Term::stderr().read_secure_line().ok().and_then(Password::new)
}

/// A table by the name that a user gives it.
///
/// # Errors
/// `CLI-002`.
pub(super) fn table_named(name: &str) -> AppResult<TableKind> {
    TableKind::parse(name).ok_or_else(|| {
        let known: Vec<&str> = TableKind::ALL.iter().map(|kind| kind.id()).collect();
        AppError::from(Finding::error("CLI-002", "没有这个表").value(name).expected(known.join("、")))
    })
}

fn table_of(text: &str) -> AppResult<DatabaseTable> {
    let Some((name, from)) = text.split_once('=').filter(|(_, from)| !from.trim().is_empty()) else {
        return Err(Finding::error("CLI-035", "--table 的写法不对")
            .value(text)
            .expected("表=模式.表，如 sources=permit.sources；或 表=\"select …\"")
            .into());
    };
    Ok(DatabaseTable { table: table_named(name.trim())?, from: from.trim().to_owned() })
}

/// Asks whoever sits at the terminal for a token; what is typed is not shown.
fn ask_token(address: &SparkAddress) -> Option<Password> {
    if !std::io::stdin().is_terminal() {
        return None;
    }
    say(&format!("请输入计算引擎 {address} 的令牌并回车（输入时不显示）："));
    Term::stderr().read_secure_line().ok().and_then(Password::new)
}

/// What the arguments name: what they leave out is what the mapping file, or the project, has kept.
///
/// # Errors
/// `CLI-002`, `CLI-035`, `CLI-034` where nothing says which server or which tables, `CLI-052` where nothing says which
/// table a feed is, `DBS-00x`, `ENG-00x`.
pub(super) fn source_in(
    args: &DatabaseArgs,
    mapping: Option<&Path>,
    kept: Option<&Mapping>,
) -> AppResult<Option<RemoteSource>> {
    let in_file = mapping.map(load_mapping).transpose()?.unwrap_or_default();
    let named = args.tables.iter().map(|text| table_of(text)).collect::<AppResult<Vec<_>>>()?;
    // what is counted on an engine is not read whole from a database too
    let pushed = |table: &DatabaseTable| args.engine.is_some() && table.table == TableKind::Monitoring;
    let (pushed, tables): (Vec<_>, Vec<_>) = named.into_iter().partition(pushed);
    let kept_feed = in_file.feed.as_deref().or(kept.and_then(|kept| kept.feed.as_deref()));
    let feed = feed_in(args, pushed, kept_feed, in_file.feed.is_some())?;
    // a project's own is used where it is asked for; a mapping file was named by hand
    let own = kept.and_then(|kept| kept.database.as_deref()).filter(|_| args.database.is_some());
    let database = database_in(args, tables, in_file.database.as_deref().or(own))?;
    let remote = RemoteSource { database, feed };
    Ok((remote.database.is_some() || remote.feed.is_some()).then_some(remote))
}

fn database_in(
    args: &DatabaseArgs,
    tables: Vec<DatabaseTable>,
    kept: Option<&DatabaseMapping>,
) -> AppResult<Option<DatabaseSource>> {
    let address = match (args.database.as_deref(), kept) {
        (None, None) if tables.is_empty() => return Ok(None),
        (None, None) => String::new(),
        (None | Some(""), Some(kept)) => kept.address.clone(),
        (Some(address), _) => address.to_owned(),
    };
    let kept_tables = || {
        let mut tables = kept.map(|kept| kept.tables.clone()).unwrap_or_default();
        tables.retain(|table| args.engine.is_none() || table.table != TableKind::Monitoring);
        tables
    };
    let tables = if tables.is_empty() { kept_tables() } else { tables };
    if address.is_empty() || tables.is_empty() {
        return Err(Finding::error("CLI-034", "没有写明数据库的地址，或从中读取哪些表")
            .hint("请写 --database 地址 与 --table 表=来源；项目或列对应文件已记下的可以不写")
            .into());
    }
    let address = Address::parse(&address)?;
    let password = find_password(&address);
    Ok(Some(DatabaseSource { address, tables, password, ask: Some(ask) }))
}

fn feed_in(
    args: &DatabaseArgs,
    mut named: Vec<DatabaseTable>,
    kept: Option<&FeedMapping>,
    in_file: bool,
) -> AppResult<Option<FeedSource>> {
    let unsaid = || {
        AppError::from(
            Finding::error("CLI-052", "没有写明计算引擎的地址，或其中的哪一张表")
                .expected("--engine 地址 --table monitoring=库.表，或 monitoring=\"select …\"；只能有一张")
                .hint("项目或列对应文件已记下的可以不写"),
        )
    };
    let address = match (args.engine.as_deref(), kept) {
        (None, Some(kept)) if in_file => kept.address.clone(),
        // hours of what
        (None, _) if args.hours => return Err(unsaid()),
        (None, _) => return Ok(None),
        (Some(""), Some(kept)) => kept.address.clone(),
        (Some(address), _) => address.to_owned(),
    };
    let from = named.pop().map(|table| table.from).or_else(|| kept.map(|kept| kept.from.clone()));
    let from = from.filter(|_| !address.is_empty() && named.is_empty()).ok_or_else(unsaid)?;
    let hours = args.hours || kept.is_some_and(|kept| kept.hours && kept.from == from);
    let place = FeedPlace::parse(&address)?;
    Ok(Some(with_questions(FeedSource { place, from, hours, typed: None, ask: None, ask_token: None })))
}

/// A feed whose password or token is asked for at the terminal where it is wanted.
pub(super) fn with_questions(source: FeedSource) -> FeedSource {
    FeedSource { ask: Some(ask), ask_token: Some(ask_token), ..source }
}

/// The server that an export goes to.
///
/// # Errors
/// `DBS-00x`.
pub(super) fn target_in(args: &ExportArgs, address: &str) -> AppResult<DatabaseTarget> {
    let address = Address::parse(address)?;
    quoted(&args.schema)?;
    let password = find_password(&address);
    Ok(DatabaseTarget { address, schema: args.schema.clone(), password, ask: Some(ask) })
}
