//! What can go wrong with a server, each as one sentence with a code.
//!
//! The server's own words are quoted where they help whoever runs it; they hold no password (the protocol never sends
//! one back), and the driver's texts are not shown at all.

use postgres::Error;
use postgres::error::SqlState;

use super::address::Address;
use super::copy::CopyFault;
use crate::diagnostic::{AppError, AppResult, Finding, Progress};
use crate::engine::words::{bottom, certificate_words, io_words};

/// What was being read or written, for messages.
pub(super) type What<'a> = Option<&'a str>;

fn about(finding: Finding, address: &Address, what: What<'_>) -> AppError {
    let place = match what {
        Some(what) => format!("{what}，{address}"),
        None => address.to_string(),
    };
    finding.file(place).into()
}

/// Why a connection was not made.
pub(super) fn connecting(error: &Error, address: &Address, user: &str) -> AppError {
    if error.as_db_error().is_some() {
        return stated(error, address, None, user);
    }
    let (kind, why) = (error.to_string(), bottom(error));
    let finding = match kind.as_str() {
        "invalid configuration" | "authentication error" if why.contains("password missing") => password_missing(user),
        "error performing TLS handshake" if why.contains("server does not support TLS") => no_tls(),
        "error performing TLS handshake" => Finding::error("DBS-014", "数据库服务器的证书不受信任，或加密连接没有建立")
            .value(certificate_words(&why))
            .hint("内部签发的证书，请用 sslrootcert 指明签发机构或服务器本身的证书（.pem）；证书上的名称应与地址中的主机一致"),
        "authentication error" if why.contains("channel binding") => unbound(),
        "error communicating with the server" if why.contains("authentication") => strange_handshake(&why),
        "authentication error" | "error parsing response from server" | "unexpected message from server" => {
            strange_handshake(&why)
        }
        "connection closed" => Finding::error("DBS-035", "数据库服务器在握手时断开了连接")
            .hint("请核对主机与端口是否为 PostgreSQL 协议的服务，以及服务器的日志"),
        _ => Finding::error("DBS-010", "无法连接数据库服务器")
            .value(io_words(error))
            .hint("请核对主机、端口与网络，确认服务器已启动、防火墙已放行"),
    };
    about(finding, address, None)
}

/// A server that takes the call and says nothing.
pub(super) fn silent(address: &Address) -> AppError {
    about(
        Finding::error("DBS-036", "数据库服务器没有应答")
            .hint("请核对端口是否为 PostgreSQL 协议的服务，以及网络与服务器的状态"),
        address,
        None,
    )
}

fn no_tls() -> Finding {
    Finding::error("DBS-013", "数据库服务器没有启用加密（TLS），不在本机的连接不予明文传送")
        .hint("请管理员在 postgresql.conf 中设 ssl = on 并配置证书，pg_hba.conf 用 hostssl")
}

fn password_missing(user: &str) -> Finding {
    Finding::error("DBS-012", "数据库服务器要求密码，没有找到密码").value(format!("用户 {user}")).hint(
        "请设环境变量 FAIRDRAW_DB_PASSWORD 或 PGPASSWORD，或写入 .pgpass（仅本人可读），或在窗口的密码栏、终端的提示后输入",
    )
}

/// A server that proves the password otherwise, or whose certificate has no hash to be bound to.
fn unbound() -> Finding {
    Finding::error("DBS-038", "数据库服务器的密码验证没有与加密连接绑定，地址要求绑定（channel_binding=require）")
        .expected("scram-sha-256，服务器证书以 RSA 或 ECDSA 签名")
        .hint("请管理员为此用户改用 scram-sha-256，或从地址中去掉 channel_binding=require")
}

/// Handshakes that stock clients don't know: openGauss's SHA256, national SM3, Kerberos.
fn strange_handshake(why: &str) -> Finding {
    Finding::error("DBS-015", "数据库服务器要求的密码验证方式不受支持（如 openGauss 的 SHA256、国密 SM3、Kerberos）")
        .value(why)
        .expected("scram-sha-256 或 md5")
        .hint("请管理员为此用户改用：PostgreSQL、金仓设 password_encryption = scram-sha-256；openGauss、GaussDB 设 password_encryption_type = 1，在 pg_hba.conf 中对此地址用 md5，并重设该用户的密码")
}

/// Why a statement failed.
pub(super) fn asking(error: &Error, address: &Address, what: What<'_>, progress: &Progress) -> AppError {
    if let Err(cancelled) = progress.check() {
        return cancelled;
    }
    if error.as_db_error().is_some() {
        return stated(error, address, what, "");
    }
    match error.to_string().as_str() {
        "connection closed" | "error communicating with the server" => cut(address, what),
        _ => about(Finding::error("DBS-026", "数据库服务器返回的内容不合协议").value(bottom(error)), address, what),
    }
}

pub(super) fn cut(address: &Address, what: What<'_>) -> AppError {
    about(
        Finding::error("DBS-017", "与数据库的连接中途断开，没有采用任何内容")
            .hint("请核对网络与服务器后重试；项目没有改动"),
        address,
        what,
    )
}

/// Why reading a stream failed.
pub(super) fn streaming(fault: CopyFault, address: &Address, what: What<'_>, progress: &Progress) -> AppError {
    match fault {
        CopyFault::Stream(cause) => match cause.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(error) => asking(error, address, what, progress),
            None => progress.check().err().unwrap_or_else(|| cut(address, what)),
        },
        CopyFault::Format(found) => {
            about(Finding::error("DBS-026", "数据库服务器返回的内容不合协议").value(found), address, what)
        }
        CopyFault::TooLarge(found) => about(
            Finding::error("DBS-029", "数据库中的表过大，没有读取")
                .value(found)
                .hint("请用 select 查询只取需要的列、年份和行"),
            address,
            what,
        ),
    }
}

fn writing_elsewhere() -> Finding {
    Finding::error("SHR-005", "另一处正在写入共享项目，请稍候再做一次")
}

/// Another desk writes, and did not end.
pub(super) fn busy(address: &Address) -> AppError {
    about(writing_elsewhere(), address, None)
}

/// What the server itself said.
fn stated(error: &Error, address: &Address, what: What<'_>, user: &str) -> AppError {
    let Some(said) = error.as_db_error() else { return cut(address, what) };
    let state = said.code();
    let words = format!("{}（{}）", said.message(), state.code());
    let finding = if *state == SqlState::INVALID_PASSWORD {
        Finding::error("DBS-011", "数据库的用户名或密码不对").value(format!("用户 {user}"))
    } else if *state == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        // the server's list of who may come in from where
        let unencrypted = said.message().contains("no encryption") || said.message().contains("SSL off");
        let hint = if unencrypted {
            "服务器可能只接受加密连接，请在地址后加 ?sslmode=verify-full；否则请管理员在 pg_hba.conf 中放行"
        } else {
            "请管理员在 pg_hba.conf 中放行此用户、数据库与本机地址"
        };
        Finding::error("DBS-019", "数据库服务器不接受此用户或此地址的连接").value(words).hint(hint)
    } else if *state == SqlState::INVALID_CATALOG_NAME {
        Finding::error("DBS-016", "服务器上没有这个数据库").value(&address.database)
    } else if [SqlState::TOO_MANY_CONNECTIONS, SqlState::CANNOT_CONNECT_NOW].contains(state) {
        Finding::error("DBS-018", "数据库服务器暂不接受连接（正在启动、停机，或连接已满）")
            .value(words)
            .hint("请稍后重试")
    } else if [SqlState::UNDEFINED_TABLE, SqlState::INVALID_SCHEMA_NAME].contains(state) {
        Finding::error("DBS-020", "数据库中没有这张表或视图")
            .value(words)
            .hint("请核对模式与表名，大小写须与数据库中一致")
    } else if *state == SqlState::UNDEFINED_COLUMN {
        Finding::error("DBS-021", "数据库的表中没有这一列").value(words)
    } else if *state == SqlState::INSUFFICIENT_PRIVILEGE {
        Finding::error("DBS-022", "数据库用户没有权限")
            .value(words)
            .hint("读取需要模式的 USAGE 与表的 SELECT 权限；写出需要建立模式或在其中建表的权限")
    } else if *state == SqlState::QUERY_CANCELED {
        Finding::error("DBS-024", format!("数据库查询超过 {} 秒，已停止", address.statement.as_secs()))
            .hint("请缩小查询，或在地址后加 ?statement_timeout=秒数")
    } else if *state == SqlState::LOCK_NOT_AVAILABLE {
        writing_elsewhere()
    } else if *state == SqlState::READ_ONLY_SQL_TRANSACTION {
        Finding::error("DBS-031", "查询要更改数据库，已拒绝：读取只在只读事务中进行").value(words)
    } else if state.code().starts_with("57P0") {
        return cut(address, what);
    } else if ["42", "22", "21"].iter().any(|class| state.code().starts_with(class)) {
        Finding::error("DBS-025", "查询不能执行，写法或数据不对").value(words)
    } else {
        Finding::error("DBS-027", "数据库服务器报告错误").value(words).hint("请把此信息交给数据库管理员")
    };
    about(finding, address, what)
}

/// A column whose type has no place in a table.
pub(super) fn strange_type(column: &str, kind: &str, address: &Address, what: What<'_>) -> AppError {
    about(
        Finding::error("DBS-023", "数据库中此列的类型不能读取")
            .column(column)
            .value(kind)
            .expected("文字、整数、numeric、浮点、布尔、日期、时间、uuid 或 json")
            .hint("请改用查询，把此列转为文字（列::text），或不取此列"),
        address,
        what,
    )
}

/// A result as an answer.
pub(super) fn answered<T>(
    result: Result<T, Error>,
    address: &Address,
    what: What<'_>,
    progress: &Progress,
) -> AppResult<T> {
    result.map_err(|error| asking(&error, address, what, progress))
}
