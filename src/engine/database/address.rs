//! The address of a database: `postgresql://user@host:port/database?sslmode=verify-full&sslrootcert=ca.pem`.
//!
//! Invariants: an address never holds a password (one is refused, since addresses are kept in projects and seen in
//! lists of processes); off this machine the connection is encrypted and the server's certificate checked, whatever the
//! address says.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::diagnostic::{AppError, AppResult, Finding};

/// Port of PostgreSQL.
const PORT: u16 = 5432;
/// Seconds that a statement may take unless the address says otherwise.
const STATEMENT_SECONDS: u64 = 600;

/// How a connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all: only to this machine.
    None,
    /// TLS; the certificate must come from a trusted authority, whatever name it bears.
    Authority,
    /// TLS; the certificate must be the host's own too.
    Full,
}

/// Whether the password's proof is bound to the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// Never.
    Disable,
    /// Where server and certificate allow it.
    Prefer,
    /// Always: no connection without.
    Require,
}

/// A server and a database on it, without any password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Name or number of the host; empty where a socket of this machine is used.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Folder of the socket, in place of a host.
    pub socket: Option<PathBuf>,
    /// Database.
    pub database: String,
    /// User; that of the environment, then of the system, where the address names none.
    pub user: Option<String>,
    /// Protection.
    pub encryption: Encryption,
    /// Binding of the password's proof to the connection.
    pub binding: Binding,
    /// Certificates of authorities (PEM), or of the very server; the system's own where `None`.
    pub root: Option<PathBuf>,
    /// How long a statement may take.
    pub statement: Duration,
    written: String,
}

pub(super) fn wrong(what: &str, value: &str) -> AppError {
    Finding::error("DBS-001", format!("数据库地址写法不对：{what}"))
        .value(value)
        .expected("postgresql://用户@主机:端口/数据库，可加 ?sslmode=verify-full&sslrootcert=根证书.pem")
        .into()
}

fn with_password() -> AppError {
    Finding::error("DBS-002", "数据库地址里不能写密码")
        .hint("请从地址中删去密码，改用环境变量 FAIRDRAW_DB_PASSWORD、PGPASSWORD 或 .pgpass 文件，也可在密码栏或提示后输入；写过的密码应当更换")
        .into()
}

/// `%41` → `A`.
fn decoded(text: &str) -> AppResult<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(wrong("百分号之后应为两位十六进制", text));
        };
        bytes.push((high * 16 + low) as u8);
    }
    let text = String::from_utf8(bytes).map_err(|_| wrong("百分号编码不是 UTF-8", text))?;
    if text.contains('\0') { Err(wrong("不能含有空字符", "")) } else { Ok(text) }
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// `DBS-001` not of the form, `DBS-002` with a password in it (the address is not quoted then), `DBS-004` without
    /// encryption although the server is another machine.
    pub fn parse(text: &str) -> AppResult<Self> {
        let written = text.trim();
        // a `?` in a password ends the address before its `@`: what would be quoted as wrong is a part of it
        let is_cut = |(before, behind): (&str, &str)| !before.contains('@') && behind.contains('@');
        Self::read(written).map_err(|fault| match fault.code() {
            "DBS-001" if written.split_once('?').is_some_and(is_cut) => with_password(),
            _ => fault,
        })
    }

    fn read(written: &str) -> AppResult<Self> {
        let scheme = ["postgresql://", "postgres://"].into_iter().find_map(|scheme| written.strip_prefix(scheme));
        let Some(rest) = scheme else {
            // what is no address may be anything, a password too
            return Err(wrong("应以 postgresql:// 开头", ""));
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
        let secret = |name: &str| ["password", "passfile", "sslpassword"].iter().any(|s| name.eq_ignore_ascii_case(s));
        if user.is_some_and(|user| user.contains(':')) || names.into_iter().any(secret) || database.contains('@') {
            return Err(with_password());
        }
        let mut address = Self {
            host: String::new(),
            port: PORT,
            socket: None,
            database: decoded(database)?,
            user: user.map(decoded).transpose()?.filter(|user| !user.is_empty()),
            encryption: Encryption::Full,
            binding: Binding::Prefer,
            root: None,
            statement: Duration::from_secs(STATEMENT_SECONDS),
            written: written.to_owned(),
        };
        address.take_place(place)?;
        let mut mode = None;
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decoded(value)?;
            match name {
                // where there are no sockets, nothing may count as one: it would go to the host in the clear
                "host" if cfg!(unix) && Path::new(&value).is_absolute() => address.socket = Some(PathBuf::from(value)),
                "host" => address.take_host(&value)?,
                "port" => address.port = port_of(&value)?,
                "user" => address.user = Some(value),
                "sslmode" => mode = Some(value),
                "sslrootcert" => address.root = Some(PathBuf::from(value)),
                "channel_binding" => address.binding = binding_of(&value)?,
                "statement_timeout" => address.statement = seconds_of(&value)?,
                _ => return Err(wrong("无法识别的参数", name)),
            }
        }
        if address.host.is_empty() && address.socket.is_none() {
            return Err(wrong("没有写主机", written));
        }
        if address.database.is_empty() {
            return Err(wrong("没有写数据库", written));
        }
        address.encryption = address.protection(mode.as_deref())?;
        if address.binding == Binding::Require && address.encryption == Encryption::None {
            return Err(wrong("channel_binding=require 只用于加密的连接", written));
        }
        Ok(address)
    }

    fn take_place(&mut self, place: &str) -> AppResult<()> {
        let (host, port) = if let Some(inner) = place.strip_prefix('[') {
            let (host, rest) = inner.split_once(']').ok_or_else(|| wrong("方括号没有关闭", place))?;
            (host, rest.strip_prefix(':').or_else(|| rest.is_empty().then_some("")))
        } else {
            let (host, port) = place.split_once(':').unwrap_or((place, ""));
            (host, Some(port))
        };
        let port = port.ok_or_else(|| wrong("主机之后应为端口", place))?;
        if !port.is_empty() {
            self.port = port_of(port)?;
        }
        self.take_host(&decoded(host)?)
    }

    fn take_host(&mut self, host: &str) -> AppResult<()> {
        if host.contains([',', '/', '@', ' ', '\n']) {
            return Err(wrong("只能写一台主机", host));
        }
        host.clone_into(&mut self.host);
        Ok(())
    }

    /// True where the server is this machine: nothing of the connection leaves it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.socket.is_some()
            || self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    fn protection(&self, mode: Option<&str>) -> AppResult<Encryption> {
        match mode {
            None | Some("disable" | "allow" | "prefer") if self.is_local() => Ok(Encryption::None),
            None | Some("require" | "verify-full") => Ok(Encryption::Full),
            Some("verify-ca") => Ok(Encryption::Authority),
            Some(mode @ ("disable" | "allow" | "prefer")) => {
                Err(Finding::error("DBS-004", "数据库不在本机，连接必须加密")
                    .value(format!("sslmode={mode}"))
                    .expected("sslmode=verify-full 或 verify-ca")
                    .hint("请管理员在服务器上启用 ssl；内部证书用 sslrootcert 指明")
                    .into())
            }
            Some(mode) => Err(wrong("无法识别的 sslmode", mode)),
        }
    }

    /// The host as certificates name it.
    #[must_use]
    pub fn server_name(&self) -> &str {
        if self.host.is_empty() { "localhost" } else { &self.host }
    }
}

fn port_of(text: &str) -> AppResult<u16> {
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| wrong("端口应为 1 到 65535", text))
}

fn binding_of(text: &str) -> AppResult<Binding> {
    match text {
        "disable" => Ok(Binding::Disable),
        "prefer" => Ok(Binding::Prefer),
        "require" => Ok(Binding::Require),
        _ => Err(wrong("channel_binding 应为 require、prefer 或 disable", text)),
    }
}

fn seconds_of(text: &str) -> AppResult<Duration> {
    let seconds = text.parse().ok().filter(|seconds| (1..=86_400).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| wrong("statement_timeout 应为 1 到 86400 秒", text))
}

impl fmt::Display for Address {
    /// As it was written; there is no password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        Address::parse(text).unwrap_err().code()
    }

    #[test]
    fn parts_of_an_address() {
        let a = Address::parse("postgresql://fd@db.example.gov.cn:6432/hjjc?sslmode=verify-ca&sslrootcert=/etc/ca.pem")
            .unwrap();
        assert_eq!((a.host.as_str(), a.port, a.database.as_str()), ("db.example.gov.cn", 6432, "hjjc"));
        assert_eq!((a.user.as_deref(), a.encryption), (Some("fd"), Encryption::Authority));
        assert_eq!(a.root.as_deref(), Some(Path::new("/etc/ca.pem")));
        let a = Address::parse("postgresql://h/d?channel_binding=require").unwrap();
        assert_eq!(a.binding, Binding::Require);
        let a = Address::parse("postgres://[2001:db8::1]/%E5%BA%93").unwrap();
        assert_eq!((a.host.as_str(), a.database.as_str(), a.encryption), ("2001:db8::1", "库", Encryption::Full));
        let a = Address::parse("postgresql:///hjjc?host=/run/postgresql&statement_timeout=5").unwrap();
        assert!(a.is_local() && a.encryption == Encryption::None && a.statement.as_secs() == 5);
    }

    #[test]
    fn this_machine_needs_no_encryption_and_others_do() {
        for host in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert_eq!(
                Address::parse(&format!("postgresql://{host}/d")).unwrap().encryption,
                Encryption::None,
                "{host}"
            );
        }
        for host in ["10.0.0.1", "db", "localhost.example.com", "0.0.0.0"] {
            let address = Address::parse(&format!("postgresql://{host}/d")).unwrap();
            assert_eq!(address.encryption, Encryption::Full, "{host}");
            assert_eq!(code(&format!("postgresql://{host}/d?sslmode=disable")), "DBS-004");
            assert_eq!(code(&format!("postgresql://{host}/d?sslmode=prefer")), "DBS-004");
        }
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        for text in [
            "postgresql://u:hunter2@h/d",
            "postgresql://u:hunter2@@h/d",
            "postgresql://h/d?password=hunter2",
            "postgresql://h/d?PASSWORD=hunter2",
            "postgresql://u:hunt/er2@h/d",
            "postgresql://u:hunt?er2@h/d",
            "postgresql://u:1?hunt=er2@h/d",
        ] {
            let error = Address::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunt"), "{text}: {error}");
            assert_eq!(error.code(), "DBS-002", "{text}");
        }
        let error = Address::parse("u:hunter2@h/d").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "mysql://h/d",
            "postgresql://",
            "postgresql://h",
            "postgresql://h/",
            "postgresql:///d",
            "postgresql://h:0/d",
            "postgresql://h:70000/d",
            "postgresql://h,i/d",
            "postgresql://[::1/d",
            "postgresql://[::1]5/d",
            "postgresql://h/d%",
            "postgresql://h/d%zz",
            "postgresql://h/%ff",
            "postgresql://h/a%00b",
            "postgresql://h/d?sslmode=maybe",
            "postgresql://h/d?channel_binding=maybe",
            "postgresql://localhost/d?channel_binding=require",
            "postgresql://h/d?options=-c",
            "postgresql://h/d?statement_timeout=0",
        ] {
            assert_eq!(code(text), "DBS-001", "{text}");
        }
    }
}
