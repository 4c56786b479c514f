//! What the system and the encryption say of a connection, in words of an office.

use std::error::Error;

/// "Host not found" of Windows' sockets.
const WSAHOST_NOT_FOUND: i32 = 11_001;

/// The last cause's own words.
pub(super) fn bottom(error: &dyn Error) -> String {
    let mut deepest = error;
    while let Some(cause) = deepest.source() {
        deepest = cause;
    }
    deepest.to_string()
}

/// The system's reason for which there is no connection.
pub(super) fn io_words(error: &(dyn Error + 'static)) -> String {
    use std::io::ErrorKind as Kind;
    let mut cause = Some(error);
    let io = loop {
        match cause {
            Some(found) if found.downcast_ref::<std::io::Error>().is_some() => break found.downcast_ref(),
            Some(found) => cause = found.source(),
            None => break None,
        }
    };
    match io.map(std::io::Error::kind) {
        Some(Kind::ConnectionRefused) => "端口上没有服务".to_owned(),
        Some(Kind::TimedOut) => "没有应答".to_owned(),
        Some(Kind::NetworkUnreachable | Kind::HostUnreachable) => "网络不通".to_owned(),
        Some(Kind::NotFound) => "没有这个套接字文件夹".to_owned(),
        Some(Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe) => "连接被断开".to_owned(),
        // the resolver's errors are of no kind of their own; Windows has a number for them
        _ if bottom(error).contains("lookup address")
            || io.and_then(std::io::Error::raw_os_error) == Some(WSAHOST_NOT_FOUND) =>
        {
            "查不到这台主机的地址".to_owned()
        }
        _ => bottom(error),
    }
}

/// What is wrong with a certificate.
pub(super) fn certificate_words(why: &str) -> String {
    for (sign, words) in [
        ("UnknownIssuer", "签发机构不受信任"),
        ("NotValidForName", "证书上的名称与主机不符"),
        ("not valid for name", "证书上的名称与主机不符"),
        ("Expired", "证书已过期"),
        ("expired", "证书已过期"),
        ("NotValidYet", "证书尚未生效"),
        ("CaUsedAsEndEntity", "服务器用的是机构证书"),
        ("BadSignature", "证书的签名不对"),
    ] {
        if why.contains(sign) {
            return words.to_owned();
        }
    }
    why.to_owned()
}
