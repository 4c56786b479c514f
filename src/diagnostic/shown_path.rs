//! Paths as people know them: without the prefixes by which Windows is told to take a path as it stands.

use std::path::{Path, PathBuf};

/// Begins a path that Windows takes as it stands, and one of a share.
const VERBATIM: &str = r"\\?\";
const VERBATIM_SHARE: &str = r"\\?\UNC\";

/// `\\?\D:\计划` is `D:\计划`, `\\?\UNC\server\share` is `\\server\share`; any other text as it is. What remains of a path
/// that needs the prefix (`\\?\Volume{…}`) keeps it.
fn without_prefix(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix(VERBATIM_SHARE) {
        return Some(format!(r"\\{rest}"));
    }
    let rest = text.strip_prefix(VERBATIM)?;
    let mut chars = rest.chars();
    let is_drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':');
    is_drive.then(|| rest.to_owned())
}

/// A path for a message or a field.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    let text = path.display().to_string();
    without_prefix(&text).unwrap_or(text)
}

/// A path as a user would give it: what resolving it (`canonicalize`) put before it on Windows is taken off, so that it
/// can be compared, kept and handed to other programs.
#[must_use]
pub fn plain_path(path: &Path) -> PathBuf {
    path.to_str().and_then(without_prefix).map_or_else(|| path.to_owned(), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_as_people_write_it() {
        for (path, shown) in [
            (r"\\?\D:\双随机\2027 年", r"D:\双随机\2027 年"),
            (r"\\?\UNC\jcserver\执法 共享\计划", r"\\jcserver\执法 共享\计划"),
            (r"\\jcserver\执法共享", r"\\jcserver\执法共享"),
            (
                r"\\?\Volume{b75e2c83-0000-0000-0000-602f00000000}\x",
                r"\\?\Volume{b75e2c83-0000-0000-0000-602f00000000}\x",
            ),
            ("/home/环境 局/计划", "/home/环境 局/计划"),
            ("", ""),
        ] {
            assert_eq!(shown_path(Path::new(path)), shown);
            assert_eq!(plain_path(Path::new(path)), PathBuf::from(shown));
        }
    }
}
