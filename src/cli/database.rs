//! A database on the command line: its address, its tables, its password.

use std::io::IsTerminal;
use std::path::Path;

use console::Term;

use super::args::{DatabaseArgs, ExportArgs};
use super::output::say;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::engine::database::{Address, DatabaseSource, DatabaseTarget, Password, find_password, quoted};
use crate::registry::{DatabaseMapping, DatabaseTable, TableKind};
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

/// The source that the arguments name: what they leave out is what the mapping file, or the project, has kept.
///
/// # Errors
/// `CLI-002`, `CLI-035`, `CLI-034` where nothing says which server or which tables, `DBS-00x`.
pub(super) fn source_in(
    args: &DatabaseArgs,
    mapping: Option<&Path>,
    kept: Option<&DatabaseMapping>,
) -> AppResult<Option<DatabaseSource>> {
    let in_file = mapping.map(load_mapping).transpose()?.and_then(|mapping| mapping.database);
    // a project's own is used where it is asked for; a mapping file was named by hand
    let named = args.database.as_deref();
    let kept = in_file.as_deref().or(kept.filter(|_| named.is_some()));
    let address = match (named, kept) {
        (None, None) => return Ok(None),
        (None | Some(""), Some(kept)) => kept.address.clone(),
        (Some(address), _) => address.to_owned(),
    };
    let tables = if args.tables.is_empty() {
        kept.map(|kept| kept.tables.clone()).unwrap_or_default()
    } else {
        args.tables.iter().map(|text| table_of(text)).collect::<AppResult<_>>()?
    };
    if address.is_empty() || tables.is_empty() {
        return Err(Finding::error("CLI-034", "没有写明数据库的地址，或从中读取哪些表")
            .hint("请写 --database 地址 与 --table 表=来源；项目或列对应文件已记下的可以不写")
            .into());
    }
    let address = Address::parse(&address)?;
    let password = find_password(&address);
    Ok(Some(DatabaseSource { address, tables, password, ask: Some(ask) }))
}

/// The server that an export goes to.
///
/// # Errors
/// `DBS-00x`.
pub(super) fn target_in(args: &ExportArgs, address: &str) -> AppResult<DatabaseTarget> {
    target_at(address, &args.schema)
}

/// A schema of a server.
///
/// # Errors
/// `DBS-00x`.
pub(super) fn target_at(address: &str, schema: &str) -> AppResult<DatabaseTarget> {
    let address = Address::parse(address)?;
    quoted(schema)?;
    let password = find_password(&address);
    Ok(DatabaseTarget { address, schema: schema.to_owned(), password, ask: Some(ask) })
}
