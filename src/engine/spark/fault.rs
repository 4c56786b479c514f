//! What can go wrong with a cluster, each as one message.
//!
//! Source: gRPC's status codes; Spark's error conditions, which stand in brackets at the head of its messages
//! (`[TABLE_OR_VIEW_NOT_FOUND] …`).

use std::error::Error;

use tonic::{Code, Status};

use super::address::SparkAddress;
use crate::diagnostic::{AppError, Finding, Progress};
use crate::engine::words::{bottom, certificate_words, io_words};

fn at(finding: Finding, address: &SparkAddress) -> AppError {
    finding.file(format!("计算引擎：{address}")).into()
}

/// Why no connection was made.
pub(super) fn connecting(error: &(dyn Error + 'static), address: &SparkAddress) -> AppError {
    let mut cause = Some(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            if let Some(tls) = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                return encrypting(tls, address);
            }
            return at(
                Finding::error("ENG-005", "连接不上计算引擎")
                    .value(io_words(io))
                    .hint("请核对地址与端口（Spark Connect 通常为 15002）、网络与防火墙，服务是否已启动"),
                address,
            );
        }
        cause = inner.source();
    }
    at(Finding::error("ENG-005", "连接不上计算引擎").value(bottom(error)).hint("请核对地址、端口与网络"), address)
}

fn encrypting(error: &rustls::Error, address: &SparkAddress) -> AppError {
    let finding = match error {
        rustls::Error::InvalidMessage(_) => {
            Finding::error("ENG-026", "计算引擎没有启用加密（TLS），或这不是它的加密端口")
                .hint("请平台管理员在 Spark Connect 前配置 TLS；不在本机的连接不予明文传送")
        }
        other => Finding::error("ENG-006", "与计算引擎的加密连接没有建立")
            .value(certificate_words(&other.to_string()))
            .hint("内部签发的证书请在地址后加 ;sslrootcert=根证书.pem"),
    };
    at(finding, address)
}

/// A server that takes the call and says nothing.
pub(super) fn silent(address: &SparkAddress) -> AppError {
    at(
        Finding::error("ENG-005", "连接不上计算引擎")
            .value("没有应答")
            .hint("请核对地址与端口（Spark Connect 通常为 15002）、网络与防火墙，服务是否已启动"),
        address,
    )
}

/// A token that would go over the line in the clear.
pub(super) fn open_token(address: &SparkAddress) -> AppError {
    at(
        Finding::error("ENG-004", "令牌只能经加密的连接发送")
            .hint("请在地址后加 /;use_ssl=true；不需要令牌的，请清除环境变量 FAIRDRAW_ENGINE_TOKEN"),
        address,
    )
}

/// True where the server did not say no: the line broke, or it is busy for the moment.
pub(super) fn is_passing(status: &Status) -> bool {
    let torn = status.source().is_some() && [Code::Unknown, Code::Internal].contains(&status.code());
    status.code() == Code::Unavailable || torn || status.message().contains("CURSOR_DISCONNECTED")
}

/// True where the server no longer knows the session or the query: it was started anew, or too much time passed.
pub(super) fn is_forgotten(status: &Status) -> bool {
    ["INVALID_HANDLE.", "SESSION_NOT_FOUND", "SESSION_CHANGED", "OPERATION_NOT_FOUND", "SESSION_CLOSED"]
        .iter()
        .any(|word| status.message().contains(word))
}

pub(super) fn forgotten(address: &SparkAddress) -> AppError {
    at(
        Finding::error("ENG-013", "计算引擎重新启动过，正在进行的查询已丢失，没有采用任何内容")
            .hint("请待其恢复后再做一次；项目没有改动"),
        address,
    )
}

pub(super) fn lost(address: &SparkAddress) -> AppError {
    at(
        Finding::error("ENG-014", "与计算引擎的连接中途断开，多次重连没有成功，没有采用任何内容")
            .hint("请核对网络与服务后重试；项目没有改动"),
        address,
    )
}

pub(super) fn late(address: &SparkAddress) -> AppError {
    at(
        Finding::error("ENG-022", format!("计算引擎的查询超过 {} 秒，已停止", address.limit.as_secs()))
            .hint("请在地址后加 ;timeout=秒数，或缩小查询"),
        address,
    )
}

pub(super) fn strange(why: &str, address: &SparkAddress) -> AppError {
    at(Finding::error("ENG-015", "计算引擎返回的内容不合协议").value(why), address)
}

pub(super) fn too_much(address: &SparkAddress, what: &str) -> AppError {
    at(
        Finding::error("ENG-017", "从计算引擎取回的行过多，没有采用")
            .value(what)
            .hint("请用 select 查询只取需要的年份，如 where 监测时间 >= '2025-01-01'"),
        address,
    )
}

/// What the server said to a query.
pub(super) fn stated(status: &Status, address: &SparkAddress, what: &str, progress: &Progress) -> AppError {
    if let Err(cancelled) = progress.check() {
        return cancelled;
    }
    let message = status.message().trim_start();
    let condition = message.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or("", |(name, _)| name);
    let words = first_line(message);
    let finding = match (status.code(), condition) {
        (Code::Unauthenticated, _) => token_refused(&words),
        (Code::PermissionDenied, _) => {
            Finding::error("ENG-027", "计算引擎的用户没有权限").value(words).hint("请平台管理员授予读取权限")
        }
        (_, "TABLE_OR_VIEW_NOT_FOUND" | "SCHEMA_NOT_FOUND" | "CATALOG_NOT_FOUND") => {
            Finding::error("ENG-008", "计算引擎中没有这张表或视图").value(words).hint("请核对库名与表名")
        }
        (_, name) if name.contains("UNRESOLVED_COLUMN") || name.starts_with("PARSE_") || name.contains("SYNTAX") => {
            Finding::error("ENG-009", "计算引擎不能执行查询，写法或列名不对").value(words)
        }
        _ => Finding::error("ENG-016", "计算引擎报告错误").value(words).hint("请把此信息交给平台管理员"),
    };
    let place = if what.is_empty() { String::new() } else { format!("{what}，") };
    finding.file(format!("{place}计算引擎：{address}")).into()
}

fn token_refused(words: &str) -> Finding {
    Finding::error("ENG-007", "计算引擎要求令牌，没有令牌或令牌不对")
        .value(words)
        .hint("请设环境变量 FAIRDRAW_ENGINE_TOKEN，或在提示后输入")
}

fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default().trim();
    line.chars().take(300).collect()
}
