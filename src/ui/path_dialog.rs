//! The window's own question for a path: where the system has no file dialogs.
//!
//! A field that takes what is typed or pasted (quotes, `~` and `file://` included), says whether it is there and what
//! it is, and lists what begins so; folders are listed in the background.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use egui::{RichText, ScrollArea, TextEdit};

use super::picker::{PickKind, PickRequest, Unanswered};
use super::slot::Slot;
use super::text::path as t;
use super::{theme, widgets};
use crate::diagnostic::AppResult;
use crate::workspace::session::Session;

/// Entries of a folder that are listed at most.
const MOST_ENTRIES: usize = 200;
/// Height of the list.
const LIST_HEIGHT: f32 = 150.0;

/// What lies at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Found {
    #[default]
    Nothing,
    File,
    Folder,
}

/// A path looked at.
#[derive(Debug, Clone, Default)]
struct Look {
    found: Found,
    /// The folder that it lies in is there.
    has_parent: bool,
    /// What begins so: name, folder or not.
    entries: Vec<(String, bool)>,
}

/// A question being answered.
pub(super) struct PathDialog {
    asked: Unanswered,
    text: String,
    look: Slot<String, Look>,
    fresh: bool,
}

/// The path that was typed or pasted: without quotes, with the home folder in place of `~`, of a `file://` address the
/// path.
#[must_use]
pub fn typed_path(text: &str) -> Option<PathBuf> {
    let text = text.trim().trim_matches(['"', '\'', '“', '”']);
    if text.is_empty() {
        return None;
    }
    if let Some(address) = text.strip_prefix("file://") {
        return Some(PathBuf::from(decode_percent(address)));
    }
    let home = || std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(PathBuf::from);
    if text == "~" {
        return home();
    }
    match text.strip_prefix("~/") {
        Some(rest) => home().map(|home| home.join(rest)),
        None => Some(PathBuf::from(text)),
    }
}

/// `%E4%B8%AD` → 中; what is no such sequence stays.
fn decode_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match digits.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(value) if *byte == b'%' => {
                out.push(value);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn look_at(text: &str, folders_only: bool) -> Look {
    let Some(path) = typed_path(text) else { return Look::default() };
    let found = match std::fs::metadata(&path) {
        Ok(data) if data.is_dir() => Found::Folder,
        Ok(_) => Found::File,
        Err(_) => Found::Nothing,
    };
    let (folder, start) = if found == Found::Folder && text.ends_with(['/', '\\']) {
        (path.clone(), String::new())
    } else {
        let start = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        (path.parent().map(Path::to_owned).unwrap_or_default(), start)
    };
    let mut entries: Vec<(String, bool)> = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir()))
        .filter(|(name, is_folder)| {
            !name.starts_with('.') && name.to_lowercase().starts_with(&start) && (*is_folder || !folders_only)
        })
        .take(MOST_ENTRIES)
        .collect();
    entries.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Look { found, has_parent: folder.is_dir(), entries }
}

/// The paths that the text stands for: several are written one behind the other with `;`.
fn paths_of(request: &PickRequest, text: &str) -> Vec<PathBuf> {
    let several = request.kind == PickKind::OpenFiles;
    let parts: Vec<&str> = if several { text.split([';', '；', '\n']).collect() } else { vec![text] };
    parts.into_iter().filter_map(typed_path).collect()
}

/// Why a path can't be taken; empty where it can.
fn fault(request: &PickRequest, path: &Path, look: &Look) -> &'static str {
    let has_ending = || {
        let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        let mut known = request.filters.iter().flat_map(|(_, endings)| endings).peekable();
        known.peek().is_none() || known.any(|known| *known == ending)
    };
    match (&request.kind, look.found) {
        (PickKind::OpenFile | PickKind::OpenFiles, Found::Nothing) => t::NO_SUCH_FILE,
        (PickKind::OpenFile, Found::Folder) => t::IS_FOLDER,
        (PickKind::OpenFile, Found::File) if !has_ending() => t::OTHER_ENDING,
        (PickKind::Folder, Found::Nothing) => t::NO_SUCH_FOLDER,
        (PickKind::Folder | PickKind::TargetFolder, Found::File) => t::IS_FILE,
        (PickKind::TargetFolder | PickKind::SaveFile(_), Found::Nothing) if !look.has_parent => t::NO_PARENT,
        _ => "",
    }
}

/// What will be done with the path, where that is worth a word.
fn remark(request: &PickRequest, look: &Look) -> &'static str {
    match (&request.kind, look.found) {
        (PickKind::TargetFolder, Found::Nothing) => t::WILL_MAKE,
        (PickKind::SaveFile(_), Found::File) => t::WILL_REPLACE,
        (PickKind::SaveFile(_), Found::Folder) => t::WILL_NAME,
        (_, Found::File) => t::FILE_THERE,
        (_, Found::Folder) => t::FOLDER_THERE,
        _ => "",
    }
}

impl PathDialog {
    /// The dialog for a question; it begins where its door was last.
    pub(super) fn new(asked: Unanswered) -> Self {
        let mut text = String::new();
        if let Some(folder) = &asked.request.start_in {
            text = folder.join("").display().to_string();
        }
        if let PickKind::SaveFile(name) = &asked.request.kind {
            text.push_str(name);
        }
        Self { asked, text, look: Slot::default(), fresh: true }
    }

    /// Draws the dialog; true once it is answered.
    pub(super) fn ui(&mut self, ctx: &egui::Context, session: &Session) -> bool {
        let silent = self.asked.silent.as_ref();
        if silent.is_some_and(|answered| answered.load(Ordering::Relaxed)) {
            // the system's dialog was there after all
            return true;
        }
        let why = if silent.is_some() { t::SILENT } else { t::WHY };
        let request = self.asked.request.clone();
        let folders_only = matches!(request.kind, PickKind::Folder | PickKind::TargetFolder);
        // of several paths the last is the one being typed
        let typed = match request.kind {
            PickKind::OpenFiles => self.text.rsplit([';', '；']).next().unwrap_or_default().to_owned(),
            _ => self.text.clone(),
        };
        let asked = typed.clone();
        self.look.ask(session, &typed, t::LOOKING, move |_| -> AppResult<Look> { Ok(look_at(&asked, folders_only)) });
        let look = self.look.current().cloned();
        let paths = paths_of(&request, &self.text);
        let why_not = match (&look, paths.last()) {
            (_, None) => t::TYPE_ONE,
            (None, _) => t::LOOKING,
            (Some(look), Some(path)) => fault(&request, path, look),
        };
        let (mut chosen, mut entered) = (None, false);
        let answer = widgets::dialog(ctx, "path", &request.title, t::OK, why_not.is_empty(), |ui| {
            let palette = *theme::of(ui);
            ui.add(egui::Label::new(theme::note(ui, why)).wrap());
            let reads = matches!(request.kind, PickKind::OpenFile | PickKind::OpenFiles | PickKind::Folder);
            if reads {
                ui.add(egui::Label::new(theme::note(ui, t::DROP)).wrap());
            }
            ui.add_space(theme::HALF);
            let hint = if folders_only { t::HINT_FOLDER } else { t::HINT_FILE };
            let label = ui.label(if request.kind == PickKind::OpenFiles { t::PATHS } else { t::PATH });
            let field = ui
                .add(TextEdit::singleline(&mut self.text).desired_width(f32::INFINITY).hint_text(hint))
                .labelled_by(label.id);
            entered = field.lost_focus() && ui.input(|i| i.key_pressed(egui::Key::Enter));
            if std::mem::take(&mut self.fresh) {
                field.request_focus();
            }
            let empty = Look::default();
            let shown = look.as_deref().unwrap_or(&empty);
            if self.text.trim().is_empty() || look.is_none() {
                ui.label("");
            } else if why_not.is_empty() {
                ui.label(RichText::new(remark(&request, shown)).color(palette.green));
            } else {
                ui.label(RichText::new(why_not).color(palette.amber));
            }
            ScrollArea::vertical().max_height(LIST_HEIGHT).min_scrolled_height(LIST_HEIGHT).show(ui, |ui| {
                ui.set_width(ui.available_width());
                for (name, is_folder) in &shown.entries {
                    let words = if *is_folder { format!("{name}/") } else { name.clone() };
                    if ui.selectable_label(false, words).clicked() {
                        chosen = Some((name.clone(), *is_folder));
                    }
                }
            });
        });
        if let Some((name, is_folder)) = chosen {
            self.complete(&typed, &name, is_folder);
        }
        let Some(yes) = answer.or((entered && why_not.is_empty()).then_some(true)) else {
            ctx.request_repaint_after_secs(0.1);
            return false;
        };
        let mut answer = Vec::new();
        if yes {
            answer = paths;
            if let (PickKind::SaveFile(name), Some(Found::Folder)) = (&request.kind, look.map(|look| look.found)) {
                for path in &mut answer {
                    *path = path.join(name);
                }
            }
        }
        let _ = self.asked.reply.send(answer);
        true
    }

    /// Puts an entry in the place of what was typed of it.
    fn complete(&mut self, typed: &str, name: &str, is_folder: bool) {
        let Some(path) = typed_path(typed) else { return };
        let inside = typed.ends_with(['/', '\\']);
        let folder = if inside { path } else { path.parent().map(Path::to_owned).unwrap_or_default() };
        let mut whole = folder.join(name);
        if is_folder {
            whole = whole.join("");
        }
        let before = self.text.len() - typed.len();
        let kept: String = self
            .text
            .chars()
            .scan(0, |at, c| {
                *at += c.len_utf8();
                (*at <= before).then_some(c)
            })
            .collect();
        self.text = format!("{kept}{}", whole.display());
        self.fresh = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_or_pasted_is_a_path() {
        let path = |text: &str| typed_path(text).map(|path| path.display().to_string());
        assert_eq!(path("  \"/data/某区 名录.xlsx\" ").as_deref(), Some("/data/某区 名录.xlsx"));
        assert_eq!(path("file:///data/%E5%90%8D%E5%BD%95%201.csv").as_deref(), Some("/data/名录 1.csv"));
        assert_eq!(path("/data/100%.csv").as_deref(), Some("/data/100%.csv"));
        assert_eq!(path("  "), None);
        let home = std::env::var("HOME").unwrap_or_default();
        assert_eq!(path("~/数据"), Some(format!("{}/数据", home.trim_end_matches('/'))));
    }

    #[test]
    fn a_path_is_looked_at_and_what_is_wrong_is_said() {
        let folder = tempfile::tempdir().unwrap();
        crate::export::write_atomic(&folder.path().join("名录.csv"), b"x").unwrap();
        std::fs::create_dir(folder.path().join("名录旧")).unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let look = look_at(&at("名"), false);
        assert_eq!(look.entries, [("名录旧".to_owned(), true), ("名录.csv".to_owned(), false)]);
        assert_eq!(look_at(&at("名"), true).entries.len(), 1, "files are no folders");
        let said = |kind: PickKind, name: &str| {
            let request = PickRequest::new(kind, "").filter("CSV", &["csv"]);
            let text = at(name);
            fault(&request, Path::new(&text), &look_at(&text, false))
        };
        assert_eq!(said(PickKind::OpenFile, "名录.csv"), "");
        assert_eq!(said(PickKind::OpenFile, "没有.csv"), t::NO_SUCH_FILE);
        assert_eq!(said(PickKind::OpenFile, "名录旧"), t::IS_FOLDER);
        assert_eq!(said(PickKind::Folder, "名录.csv"), t::IS_FILE);
        assert_eq!(said(PickKind::Folder, "没有"), t::NO_SUCH_FOLDER);
        assert_eq!(said(PickKind::TargetFolder, "新"), "");
        assert_eq!(said(PickKind::SaveFile("a.csv".into()), "没有/a.csv"), t::NO_PARENT);
    }
}
