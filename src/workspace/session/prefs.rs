//! What the program remembers of its user: operator, recent projects, look.
//!
//! One RON file in the user's configuration folder, written atomically; a damaged one is set aside and said,
//! never a reason not to start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::export::write_atomic;
use crate::workspace::store::project::{create_folder, load_bytes};

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
}

/// Where the program keeps things of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppPaths {
    /// Preferences.
    pub config: PathBuf,
    /// The demo city's project.
    pub data: PathBuf,
}

impl AppPaths {
    /// The usual folders of the operating system; a folder beside the program where it names none.
    #[must_use]
    pub fn of_system() -> Self {
        let (config, data) = directories::BaseDirs::new().map_or_else(
            || (PathBuf::from("."), PathBuf::from(".")),
            |dirs| (dirs.config_dir().to_owned(), dirs.data_local_dir().to_owned()),
        );
        Self { config: config.join("FairDraw"), data: data.join("FairDraw") }
    }

    /// Both below one folder: for tests and for a program on a stick.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        Self { config: folder.join("config"), data: folder.join("data") }
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
                        (preferences, None)
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
        let text = ron::ser::to_string_pretty(preferences, ron::ser::PrettyConfig::new().struct_names(false))
            .map_err(|cause| AppError::new("PRF-002", "程序设置无法写成文本").caused_by(cause))?;
        write_atomic(&self.file(), text.as_bytes())
    }
}
