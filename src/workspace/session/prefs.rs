//! What the program remembers of its user: operator, recent projects, look.
//!
//! One RON file in the user's configuration folder, written atomically; a damaged one is set aside and said,
//! never a reason not to start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::write_atomic;
use crate::text::ron_layout;
use crate::workspace::store::project::{create_folder, load_bytes};
use crate::workspace::store::shared::SharedPlace;
use crate::workspace::support::plain;

/// Recent projects kept.
const MOST_RECENT: usize = 12;

/// Light, dark, or as the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeChoice {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// White on black, for eyes that need it.
    HighContrast,
}

/// The preferences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Operator's name; asked once.
    pub operator: String,
    /// Projects opened, the latest first.
    pub recent: Vec<PathBuf>,
    /// Look.
    pub theme: ThemeChoice,
    /// Zoom, 1.0 to 2.0.
    pub zoom: f32,
    /// No motion.
    pub still: bool,
    /// Screen shown last, by its id.
    pub screen: String,
    /// Folder that each kind of file dialog opened last, by the kind's id.
    pub folders: BTreeMap<String, PathBuf>,
    /// The shared project's place that was named last; never with a password.
    pub shared_place: Option<SharedPlace>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            operator: String::new(),
            recent: Vec::new(),
            theme: ThemeChoice::System,
            zoom: 1.0,
            still: false,
            screen: String::new(),
            folders: BTreeMap::new(),
            shared_place: None,
        }
    }
}

impl Preferences {
    /// Puts a project to the head of the recent ones.
    pub fn remember(&mut self, project: &Path) {
        self.recent.retain(|p| p != project);
        self.recent.insert(0, project.to_owned());
        self.recent.truncate(MOST_RECENT);
    }

    /// The settings for whoever helps: no names, and of paths only what can be the matter with them.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let given = if self.operator.trim().is_empty() { "未填写" } else { "已填写" };
        let (still, screen) = (if self.still { "关" } else { "开" }, plain(&self.screen));
        let mut lines = vec![
            format!("操作人姓名：{given}"),
            format!("主题：{:?}　缩放：{:.0}%　动画：{still}　页面：{screen}", self.theme, self.zoom * 100.0),
            format!("最近的项目：{} 个", self.recent.len()),
        ];
        lines.extend(self.recent.iter().map(|path| told_path(path)));
        lines
    }
}

/// What can be the matter with a path, without its names.
fn told_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is = |holds: bool, words: &'static str| if holds { words } else { "" };
    format!(
        "　{} 级，{} 个字符{}{}{}，{}",
        path.components().count(),
        text.chars().count(),
        is(text.starts_with("\\\\") || text.starts_with("//"), "，网络共享"),
        is(!text.is_ascii(), "，含汉字"),
        is(text.contains(' '), "，含空格"),
        if path.join("project.ron").exists() { "在" } else { "不在" },
    )
}

/// Where the program keeps things of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPaths {
    /// Preferences.
    pub config: PathBuf,
    /// The demo city's project, logs.
    pub data: PathBuf,
    /// The program's folder, where it keeps its things beside itself: on a stick.
    beside: Option<PathBuf>,
}

/// Names the folder that the program keeps its own things in.
const FOLDER_VARIABLE: &str = "FAIRDRAW_FOLDER";
/// Beside the program, it keeps its own things there.
const BESIDE: &str = "FairDraw 数据";
/// A file of this name beside the program has that folder made; Windows hides the second one's ending.
const PORTABLE: [&str; 2] = ["portable", "portable.txt"];

impl AppPaths {
    /// The folder that the environment names; the one beside a program that is not installed; else the usual folders of
    /// the operating system.
    #[must_use]
    pub fn of_system() -> Self {
        if let Some(folder) = std::env::var_os(FOLDER_VARIABLE).filter(|folder| !folder.is_empty()) {
            return Self::below(Path::new(&folder));
        }
        let program = std::env::current_exe().ok();
        if let Some(paths) = program.as_deref().and_then(Path::parent).and_then(Self::beside) {
            return paths;
        }
        let (config, data) = directories::BaseDirs::new().map_or_else(
            || (PathBuf::from("."), PathBuf::from(".")),
            |dirs| (dirs.config_dir().to_owned(), dirs.data_local_dir().to_owned()),
        );
        Self { config: config.join("FairDraw"), data: data.join("FairDraw"), beside: None }
    }

    /// Both below one folder.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        Self { config: folder.join("config"), data: folder.join("data"), beside: None }
    }

    /// Those beside a program in this folder; `None` where nothing there says that it keeps its things beside itself.
    #[must_use]
    pub fn beside(program: &Path) -> Option<Self> {
        let own = program.join(BESIDE);
        let asked = own.is_dir() || PORTABLE.iter().any(|name| program.join(name).is_file());
        asked.then(|| Self { beside: Some(program.to_owned()), ..Self::below(&own) })
    }

    /// True where the program keeps its things beside itself.
    #[must_use]
    pub fn is_portable(&self) -> bool {
        self.beside.is_some()
    }

    /// Logs and reports of faults.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.data.join("logs")
    }

    /// A path as the preferences keep it: near a program on a stick without the stick's letter, which is another one in
    /// the next machine.
    fn kept(&self, path: &Path) -> PathBuf {
        let Some(program) = &self.beside else { return path.to_owned() };
        if let Ok(below) = path.strip_prefix(program) {
            return below.to_owned();
        }
        let above = program.parent().and_then(|above| path.strip_prefix(above).ok());
        above.map_or_else(|| path.to_owned(), |below| Path::new("..").join(below))
    }

    /// The path that was kept.
    fn found(&self, kept: &Path) -> PathBuf {
        match &self.beside {
            Some(program) if kept.is_relative() => match (kept.strip_prefix(".."), program.parent()) {
                (Ok(below), Some(above)) => above.join(below),
                _ => program.join(kept),
            },
            _ => kept.to_owned(),
        }
    }

    fn with_paths(preferences: &Preferences, change: impl Fn(&Path) -> PathBuf) -> Preferences {
        let folders = preferences.folders.iter().map(|(kind, path)| (kind.clone(), change(path))).collect();
        let recent = preferences.recent.iter().map(|path| change(path)).collect();
        Preferences { recent, folders, ..preferences.clone() }
    }

    fn file(&self) -> PathBuf {
        self.config.join("preferences.ron")
    }

    /// The preferences; the defaults where there are none, with a finding where the file is damaged.
    #[must_use]
    pub fn load_preferences(&self) -> (Preferences, Option<Finding>) {
        let path = self.file();
        if !path.exists() {
            return (Preferences::default(), None);
        }
        let damaged = |detail: String| {
            let aside = path.with_extension("damaged");
            let _ = std::fs::rename(&path, &aside);
            let finding = Finding::warning("PRF-001", "程序设置文件无法识别，已用默认设置启动")
                .value(detail)
                .hint("原文件已另存，可删除")
                .file(aside.display().to_string());
            (Preferences::default(), Some(finding))
        };
        match load_bytes(&path) {
            Err(error) => damaged(error.code().to_owned()),
            Ok(bytes) => match std::str::from_utf8(&bytes) {
                Err(_) => damaged("UTF-8".to_owned()),
                Ok(text) => match ron::from_str::<Preferences>(text) {
                    Ok(mut preferences) => {
                        preferences.zoom = preferences.zoom.clamp(0.5, 3.0);
                        (Self::with_paths(&preferences, |path| self.found(path)), None)
                    }
                    Err(error) => damaged(error.code.to_string()),
                },
            },
        }
    }

    /// Writes the preferences.
    ///
    /// # Errors
    /// `PRF-002`, `IO-…`.
    pub fn save_preferences(&self, preferences: &Preferences) -> AppResult<()> {
        create_folder(&self.config)?;
        let kept = Self::with_paths(preferences, |path| self.kept(path));
        let text = ron::ser::to_string_pretty(&kept, ron_layout())
            .map_err(|cause| AppError::new("PRF-002", "程序设置无法写成文本").caused_by(cause))?;
        write_atomic(&self.file(), text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_a_stick_finds_its_projects_under_another_letter() {
        let stick = tempfile::tempdir().unwrap();
        let program = stick.path().join("E/FairDraw");
        std::fs::create_dir_all(&program).unwrap();
        assert_eq!(AppPaths::beside(&program), None, "an installed program keeps nothing beside itself");
        std::fs::File::create(program.join(PORTABLE[0])).unwrap();
        let paths = AppPaths::beside(&program).unwrap();
        assert!(paths.is_portable() && paths.logs().starts_with(program.join(BESIDE)));
        let mut preferences = Preferences::default();
        let elsewhere = stick.path().join("C/计划");
        for project in [elsewhere.clone(), stick.path().join("E/2027年计划"), program.join("试用")] {
            preferences.remember(&project);
        }
        preferences.folders.insert("data".to_owned(), stick.path().join("E/名录"));
        paths.save_preferences(&preferences).unwrap();
        assert_eq!(paths.load_preferences(), (preferences, None));
        // the same stick in another machine
        std::fs::rename(stick.path().join("E"), stick.path().join("F")).unwrap();
        let moved = AppPaths::beside(&stick.path().join("F/FairDraw")).unwrap().load_preferences().0;
        let expected = [stick.path().join("F/FairDraw/试用"), stick.path().join("F/2027年计划"), elsewhere];
        assert_eq!(moved.recent, expected);
        assert_eq!(moved.folders["data"], stick.path().join("F/名录"));
    }

    #[test]
    fn settings_are_told_without_names() {
        let mut preferences = Preferences { operator: "张三丰".to_owned(), ..Preferences::default() };
        preferences.remember(Path::new("/home/zhangsan/环境局 计划"));
        let told = preferences.told().join("\n");
        for name in ["张三", "zhangsan", "环境局"] {
            assert!(!told.contains(name), "{told}");
        }
        assert!(told.contains("已填写") && told.contains("含汉字，含空格，不在"), "{told}");
    }
}
