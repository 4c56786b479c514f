//! The file in a project's folder that opens it by a double click, and what a path given to the program stands for.
//!
//! The file says nothing of a machine: it opens the folder that it lies in, wherever that was copied to. A deed writes
//! it with its own files where it is missing, so that older projects get it with their next change, and never by being
//! looked at. It is not held ([`super::log`]): who deletes it loses a convenience, no evidence.

use std::path::{Path, PathBuf};

use crate::workspace::store::project::PROJECT_FILE;

/// Name of the file.
pub const DOOR_FILE: &str = "打开项目.fairdraw";
/// Its ending, which the installer ties to the program.
const ENDING: &str = "fairdraw";

/// What it says to whoever opens it in an editor; the mark at its begin lets old editors of Windows read it as UTF-8.
pub(super) const DOOR_TEXT: &str = "\u{feff}FairDraw 双随机执法计划工作站的项目\r\n\r\n\
    双击本文件，即在工作站中打开它所在的文件夹。\r\n\
    移动、复制或打包项目时请带上整个文件夹。本文件不含数据，删除后在下次写入项目时重新生成。\r\n";

fn is_project(folder: &Path) -> bool {
    folder.join(PROJECT_FILE).is_file()
}

/// The project's folder that a path stands for: the folder itself, the `project.ron` in it, or a `.fairdraw` file in it or
/// beside it (of the same name, or beside the only project there). `None` where it stands for none.
#[must_use]
pub fn project_at(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if path.is_dir() {
        return is_project(&path).then_some(path);
    }
    let folder = path.parent().filter(|_| path.is_file())?;
    if path.file_name().is_some_and(|name| name == PROJECT_FILE) {
        return Some(folder.to_owned());
    }
    if !is_door(&path) {
        return None;
    }
    if is_project(folder) {
        return Some(folder.to_owned());
    }
    let named = path.with_extension("");
    if is_project(&named) {
        return Some(named);
    }
    let entries = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    let mut projects = entries.filter(|entry| is_project(entry));
    projects.next().filter(|_| projects.next().is_none())
}

/// True for a file that opens projects.
#[must_use]
pub fn is_door(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(folder: &Path) -> PathBuf {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::File::create(folder.join(PROJECT_FILE)).unwrap();
        folder.to_owned()
    }

    #[test]
    fn a_folder_its_file_and_a_door_in_it_or_beside_it_open_the_project() {
        let dir = tempfile::tempdir().unwrap();
        let touch = |path: PathBuf| {
            std::fs::File::create(&path).unwrap();
            path
        };
        let first = project(&dir.path().join("2027年 双随机计划"));
        for path in [first.clone(), first.join(PROJECT_FILE), touch(first.join(DOOR_FILE))] {
            assert_eq!(project_at(&path).as_ref(), Some(&first), "{}", path.display());
        }
        // beside the only one, then beside the one of its name, whatever the case of its ending
        let beside = touch(dir.path().join("计划.FairDraw"));
        assert_eq!(project_at(&beside), Some(first));
        let second = project(&dir.path().join("另一个"));
        assert_eq!(project_at(&beside), None);
        assert_eq!(project_at(&touch(dir.path().join("另一个.fairdraw"))), Some(second));
        for path in [dir.path().to_owned(), dir.path().join("没有"), touch(dir.path().join("名录.xlsx"))] {
            assert_eq!(project_at(&path), None, "{}", path.display());
        }
    }
}
