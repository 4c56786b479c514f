//! Where the office has put its public pages: the address that codes on task sheets lead to.

use crate::diagnostic::{AppResult, Finding};
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::staged::Change;

/// The page that reads a proof's code, in the folder of the pages.
const PAGE: &str = "verify.html";
/// Longest address, in characters: a code has to hold it beside the proof.
const LONGEST: usize = 160;

/// An address as it was typed, in full: that of `verify.html`. Empty where none is wanted.
///
/// # Errors
/// `EXP-051` where it is no address of a web page, or too long for a code.
pub fn check_page_address(typed: &str) -> AppResult<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(String::new());
    }
    let rest = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://")).unwrap_or_default();
    let host = rest.split('/').next().unwrap_or_default();
    let plain = typed.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'#' | b'?' | b'"' | b'<' | b'>' | b'\\'));
    if host.is_empty() || !plain || typed.len() > LONGEST {
        return Err(Finding::error("EXP-051", "公开网页的地址不能使用")
            .value(typed)
            .expected(format!(
                "https:// 开头、{LONGEST} 个字符以内的网页地址，如 https://sthj.example.gov.cn/ssj/{PAGE}；中文域名请写成 xn-- 开头的形式"
            ))
            .into());
    }
    Ok(match (typed.to_ascii_lowercase().ends_with(".html"), typed.ends_with('/')) {
        (true, _) => typed.to_owned(),
        (false, true) => format!("{typed}{PAGE}"),
        (false, false) => format!("{typed}/{PAGE}"),
    })
}

/// Saves the address of the public pages; gives back what is saved.
///
/// # Errors
/// `EXP-051`, `PRJ-011`, `IO-…`, `JRN-…`.
pub fn set_page_address(project: &mut Project, typed: &str, context: &CommandContext) -> AppResult<String> {
    project.check_writable()?;
    let address = check_page_address(typed)?;
    if address != project.file.page_address {
        let mut changed = project.clone();
        changed.file.page_address.clone_from(&address);
        let change = Change::begin(project)?;
        changed.put_file(&change)?;
        change.commit(
            context,
            CommandId::Settings,
            serde_json::json!({ "changed": ["page_address"], "page_address": address }),
        )?;
        *project = changed;
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_the_page() {
        for (typed, address) in [
            ("", ""),
            (" https://a.gov.cn ", "https://a.gov.cn/verify.html"),
            ("http://a.gov.cn/ssj/", "http://a.gov.cn/ssj/verify.html"),
            ("https://a.gov.cn/ssj/verify.html", "https://a.gov.cn/ssj/verify.html"),
        ] {
            assert_eq!(check_page_address(typed).unwrap(), address);
        }
        let long = format!("https://a.gov.cn/{}", "x".repeat(200));
        for bad in
            ["a.gov.cn", "https://", "https://环保.cn/", "https://a.cn/#x", "https://a.cn/a b", "ftp://a.cn", &long]
        {
            assert_eq!(check_page_address(bad).unwrap_err().code(), "EXP-051", "{bad}");
        }
    }
}
