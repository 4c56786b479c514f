//! The address of a cluster's Spark Connect server: `sc://host:port/;use_ssl=true;user_id=name;sslrootcert=ca.pem`.
//!
//! Source: the connection string of Spark Connect's clients (Apache Spark, `connect/docs/client-connection-string.md`).
//!
//! Invariants: an address never holds a token (one is refused, since addresses are kept in projects and seen in lists
//! of processes); off this machine the connection is encrypted, whatever the address says.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::diagnostic::{AppError, AppResult, Finding};

/// Port of a Spark Connect server.
const PORT: u16 = 15_002;
/// Seconds that a query may take unless the address says otherwise: billions of rows are read.
const QUERY_SECONDS: u64 = 7_200;

/// A Spark Connect server, without any token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SparkAddress {
    /// Name or number of the host.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Encrypted.
    pub encrypted: bool,
    /// User, as the cluster's logs name it.
    pub user: Option<String>,
    /// Certificates of authorities (PEM), or of the very server; the system's own where `None`.
    pub root: Option<PathBuf>,
    /// How long a query may take.
    pub limit: Duration,
    written: String,
}

fn wrong(what: &str, value: &str) -> AppError {
    Finding::error("ENG-001", format!("计算引擎的地址写法不对：{what}"))
        .value(value)
        .expected("sc://主机:端口，可加 /;use_ssl=true;sslrootcert=根证书.pem；或 postgresql://用户@主机/数据库")
        .into()
}

impl SparkAddress {
    /// Reads an address.
    ///
    /// # Errors
    /// `ENG-001` not of the form, `ENG-002` with a token in it (the address is not quoted then), `ENG-003` without
    /// encryption although the server is another machine.
    pub fn parse(text: &str) -> AppResult<Self> {
        let written = text.trim();
        let Some(rest) = written.strip_prefix("sc://") else {
            // what is no address may be anything, a token too
            return Err(wrong("应以 sc:// 或 postgresql:// 开头", ""));
        };
        let (authority, behind) = rest.split_once('/').unwrap_or((rest, ""));
        let pairs = behind.split(';').map(str::trim).filter(|pair| !pair.is_empty());
        let pairs: Vec<(&str, &str)> = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
        let secret = |name: &str| ["token", "password"].iter().any(|word| name.to_ascii_lowercase().contains(word));
        if authority.contains('@') || pairs.iter().any(|(name, _)| secret(name)) {
            return Err(Finding::error("ENG-002", "计算引擎的地址里不能写令牌或密码")
                .hint("请从地址中删去，改用环境变量 FAIRDRAW_ENGINE_TOKEN 或在提示后输入；写过的令牌应当更换")
                .into());
        }
        let (host, port) = place_of(authority)?;
        let mut address = Self {
            host,
            port,
            encrypted: false,
            user: None,
            root: None,
            limit: Duration::from_secs(QUERY_SECONDS),
            written: written.to_owned(),
        };
        let mut asked = None;
        for (name, value) in pairs {
            match name {
                "use_ssl" => {
                    let truth = value.parse().map_err(|_| wrong("use_ssl 应为 true 或 false", value))?;
                    asked = Some(truth);
                }
                "user_id" => address.user = Some(value.to_owned()).filter(|user| !user.is_empty()),
                "sslrootcert" => address.root = Some(PathBuf::from(value)),
                "timeout" => {
                    let seconds = value.parse().ok().filter(|seconds| (1..=604_800).contains(seconds));
                    let seconds = seconds.ok_or_else(|| wrong("timeout 应为 1 到 604800 秒", value))?;
                    address.limit = Duration::from_secs(seconds);
                }
                _ => return Err(wrong("无法识别的参数", name)),
            }
        }
        if asked == Some(false) && !address.is_local() {
            return Err(Finding::error("ENG-003", "计算引擎不在本机，连接必须加密")
                .value("use_ssl=false")
                .expected("use_ssl=true")
                .hint("请平台管理员在 Spark Connect 前配置 TLS（如 nginx、envoy）；内部证书用 sslrootcert 指明")
                .into());
        }
        address.encrypted = asked.unwrap_or(!address.is_local() || address.root.is_some());
        Ok(address)
    }

    /// True where the server is this machine: nothing of the connection leaves it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost") || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn place_of(authority: &str) -> AppResult<(String, u16)> {
    let (host, port) = if let Some(inner) = authority.strip_prefix('[') {
        let (host, rest) = inner.split_once(']').ok_or_else(|| wrong("方括号没有关闭", authority))?;
        let port = rest.strip_prefix(':').or_else(|| rest.is_empty().then_some(""));
        (host, port.ok_or_else(|| wrong("主机之后应为端口", authority))?)
    } else {
        authority.split_once(':').unwrap_or((authority, ""))
    };
    if host.is_empty() {
        return Err(wrong("没有写主机", authority));
    }
    if host.contains([',', ' ', ';', '?', '\n']) {
        return Err(wrong("只能写一台主机", host));
    }
    let port = match port {
        "" => PORT,
        port => port.parse().ok().filter(|port| *port > 0).ok_or_else(|| wrong("端口应为 1 到 65535", port))?,
    };
    Ok((host.to_owned(), port))
}

impl fmt::Display for SparkAddress {
    /// As it was written; there is no token in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_address() {
        let a = SparkAddress::parse("sc://spark.example.gov.cn:443/;user_id=fd;sslrootcert=/etc/ca.pem;timeout=60");
        let a = a.unwrap();
        assert_eq!((a.host.as_str(), a.port, a.encrypted), ("spark.example.gov.cn", 443, true));
        assert_eq!((a.user.as_deref(), a.limit.as_secs()), (Some("fd"), 60));
        let a = SparkAddress::parse("sc://[::1]").unwrap();
        assert_eq!((a.host.as_str(), a.port, a.encrypted, a.is_local()), ("::1", PORT, false, true));
        assert!(SparkAddress::parse("sc://127.0.0.1:1/;use_ssl=true").unwrap().encrypted);
    }

    #[test]
    fn other_machines_are_reached_encrypted_only_and_no_token_is_kept() {
        let code = |text: &str| SparkAddress::parse(text).unwrap_err().code();
        assert!(SparkAddress::parse("sc://10.0.0.5").unwrap().encrypted);
        assert_eq!(code("sc://10.0.0.5/;use_ssl=false"), "ENG-003");
        for text in ["sc://h/;token=hunter2", "sc://h/;use_ssl=true;Token=hunter2", "sc://u:hunter2@h"] {
            let error = SparkAddress::parse(text).unwrap_err();
            assert_eq!(error.code(), "ENG-002");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
        }
        let unsaid = SparkAddress::parse("hunter2@h").unwrap_err();
        assert!(!unsaid.to_string().contains("hunter2"));
        for text in ["", "http://h", "sc://", "sc://h:0", "sc://h:70000", "sc://[::1", "sc://h/;x=1", "sc://h,i"] {
            assert_eq!(code(text), "ENG-001", "{text}");
        }
    }
}
