//! Where a feed lies, and how it is reached.

use std::fmt;
use std::path::{Path, PathBuf};

use super::Engine;
use crate::diagnostic::{AppResult, Finding, Progress};
use crate::engine::database::{Address, Ask, Password, find_password, with_queries};
use crate::engine::spark::SparkAddress;

/// The variable of the process that holds a cluster's token.
const TOKEN_VARIABLE: &str = "FAIRDRAW_ENGINE_TOKEN";

/// A server that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedPlace {
    /// PostgreSQL's protocol.
    Database(Box<Address>),
    /// Spark Connect.
    Spark(Box<SparkAddress>),
    /// Scripts, and what came back of them.
    Folder(PathBuf),
}

impl FeedPlace {
    /// Reads an address of either kind.
    ///
    /// # Errors
    /// `DBS-001` to `DBS-004`, `ENG-001` to `ENG-003`.
    pub fn parse(text: &str) -> AppResult<Self> {
        let text = text.trim();
        if text.starts_with("postgresql://") || text.starts_with("postgres://") {
            return Address::parse(text).map(|address| Self::Database(Box::new(address)));
        }
        if !text.contains("://") && Path::new(text).is_dir() {
            return Ok(Self::Folder(PathBuf::from(text)));
        }
        SparkAddress::parse(text).map(|address| Self::Spark(Box::new(address)))
    }
}

impl fmt::Display for FeedPlace {
    /// As it was written; there is neither a password nor a token in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(address) => address.fmt(f),
            Self::Spark(address) => address.fmt(f),
            Self::Folder(path) => path.display().fmt(f),
        }
    }
}

/// A feed: a table or query on a server.
#[derive(Debug, Clone)]
pub struct FeedSource {
    /// The server.
    pub place: FeedPlace,
    /// `database.table`, or a query.
    pub from: String,
    /// The rows are raw hours, of which days are to be made.
    pub hours: bool,
    /// Password or token that was typed for this once; goes before what the environment has.
    pub typed: Option<Password>,
    /// Asks whoever sits at the machine for the password of a database that wants one.
    pub ask: Ask,
    /// Asks for the token of a cluster that wants one.
    pub ask_token: Option<fn(&SparkAddress) -> Option<Password>>,
}

/// Does work with the engine of a feed: one connection, and where the engine has such a thing one snapshot of its data.
///
/// # Errors
/// `DBS-…`, `ENG-…`, `JOB-001`, those of the work.
pub fn with_engine<T>(
    source: &FeedSource,
    progress: &Progress,
    work: impl FnOnce(&mut dyn Engine) -> AppResult<T>,
) -> AppResult<T> {
    match &source.place {
        FeedPlace::Database(address) => {
            let known = source.typed.clone().or_else(|| find_password(address));
            with_queries(address, (known.as_ref(), source.ask), progress, work)
        }
        FeedPlace::Spark(address) => spark(address, source, progress, work),
        FeedPlace::Folder(path) => Err(Finding::error("ENG-025", "文件夹里的脚本结果只能取回，不能再提问")
            .value(path.display().to_string())
            .into()),
    }
}

#[cfg(feature = "engine")]
fn spark<T>(
    address: &SparkAddress,
    source: &FeedSource,
    progress: &Progress,
    work: impl FnOnce(&mut dyn Engine) -> AppResult<T>,
) -> AppResult<T> {
    use crate::engine::spark::Spark;
    let token = source.typed.clone().or_else(|| std::env::var(TOKEN_VARIABLE).ok().and_then(Password::new));
    let mut engine = match Spark::connect(address, token.as_ref(), progress) {
        Err(error) if error.code() == "ENG-007" && token.is_none() => {
            let typed = source.ask_token.and_then(|ask| ask(address)).ok_or(error)?;
            Spark::connect(address, Some(&typed), progress)?
        }
        other => other?,
    };
    work(&mut engine)
}

#[cfg(not(feature = "engine"))]
fn spark<T>(
    address: &SparkAddress,
    _: &FeedSource,
    _: &Progress,
    _: impl FnOnce(&mut dyn Engine) -> AppResult<T>,
) -> AppResult<T> {
    let _ = TOKEN_VARIABLE;
    Err(Finding::error("ENG-021", "本程序没有编入分布式计算引擎的客户端")
        .value(address.to_string())
        .hint("请用完整版的程序；或用 fairdraw engine sql 写出脚本，由数据中心执行后取回结果")
        .into())
}
