//! Native file dialogs behind a trait, so that a test can answer them.
//!
//! A dialog runs on a thread of its own and answers through a channel: the window goes on drawing. Where the system
//! has no dialogs (on Linux neither a desktop portal nor zenity), the question comes back unanswered and the window
//! asks for the path itself (`super::path_dialog`).
//!
//! How absence shows: rfd tells it like a dialog that was given up. It is known beforehand where neither a session bus
//! nor zenity is there, and by the time an answer took: nobody gives a dialog up before it is on the screen. A portal
//! that hangs shows nothing and never answers: after `PATIENCE` the window offers its own field beside the dialog,
//! and whichever of the two answers first counts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::veil::Secrets;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickKind {
    /// One file to read.
    OpenFile,
    /// Several files to read.
    OpenFiles,
    /// A folder that is there.
    Folder,
    /// A folder to write into; it may be made.
    TargetFolder,
    /// A file to write, with the name proposed.
    SaveFile(String),
}

/// Kinds of doors: each opens where it was last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Door {
    /// An office's data come in: register, results.
    Data,
    /// Projects.
    Project,
    /// Plans, lists, reports and pictures go out.
    #[default]
    Export,
    /// Maps, calendars and policies.
    Setting,
    /// Certificates and manifests to be verified.
    Evidence,
}

impl Door {
    /// Stable id, kept in the preferences.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Project => "project",
            Self::Export => "export",
            Self::Setting => "setting",
            Self::Evidence => "evidence",
        }
    }
}

/// A question to the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickRequest {
    /// What.
    pub kind: PickKind,
    /// Title of the dialog.
    pub title: String,
    /// Kinds of files: name shown, endings.
    pub filters: Vec<(String, Vec<String>)>,
    /// Kind of door.
    pub door: Door,
    /// Where the dialog opens.
    pub start_in: Option<PathBuf>,
}

impl PickRequest {
    /// A request without filters.
    #[must_use]
    pub fn new(kind: PickKind, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), filters: Vec::new(), door: Door::default(), start_in: None }
    }

    /// Adds a kind of files.
    #[must_use]
    pub fn filter(mut self, name: &str, endings: &[&str]) -> Self {
        self.filters.push((name.to_owned(), endings.iter().map(|e| (*e).to_owned()).collect()));
        self
    }

    /// Says which kind of door it is.
    #[must_use]
    pub fn door(mut self, door: Door) -> Self {
        self.door = door;
        self
    }
}

/// Wakes the window.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// A question that the system has no dialog for.
#[derive(Debug)]
pub struct Unanswered {
    /// What was asked.
    pub request: PickRequest,
    /// Where the answer goes: empty where the user gives up.
    pub reply: Sender<Vec<PathBuf>>,
    /// Where the system was asked and has kept silent so far: set once its dialog gave an answer after all.
    pub silent: Option<Arc<AtomicBool>>,
}

/// Something that asks the user for files.
pub trait FilePicker {
    /// Asks; the answer (empty where the user gave up) comes through `reply`.
    fn pick(&mut self, request: PickRequest, reply: Sender<Vec<PathBuf>>, waker: Waker);

    /// Questions that it has no dialog for: the window asks them itself.
    fn unanswered(&mut self) -> Vec<Unanswered> {
        Vec::new()
    }
}

/// An answer that comes sooner than this was given by nobody.
const QUICKEST: Duration = Duration::from_millis(250);
/// A dialog that has not answered for so long may have never come up.
const PATIENCE: Duration = Duration::from_secs(15);

/// Set to anything but `0`: paths are typed into the window, whatever dialogs the system has.
const BY_HAND: &str = "FAIRDRAW_PATHS_BY_HAND";

/// The operating system's dialogs.
#[derive(Debug)]
pub struct NativePicker {
    by_hand: bool,
    give_back: Sender<Unanswered>,
    given_back: Receiver<Unanswered>,
}

impl Default for NativePicker {
    /// The system's dialogs, or none where it has none or the environment says so.
    fn default() -> Self {
        let asked = std::env::var_os(BY_HAND).is_some_and(|value| value != "0");
        let (give_back, given_back) = channel();
        Self { by_hand: asked || has_no_dialogs(), give_back, given_back }
    }
}

/// True where no dialog can be had: neither a bus that a portal could be on, nor zenity.
#[cfg(all(unix, not(target_os = "macos")))]
fn has_no_dialogs() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let bus = set("DBUS_SESSION_BUS_ADDRESS").is_some()
        || set("XDG_RUNTIME_DIR").is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists());
    let zenity = set("PATH").is_some_and(|paths| std::env::split_paths(&paths).any(|p| p.join("zenity").is_file()));
    !bus && !zenity
}

/// Elsewhere the dialogs are part of the system.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn has_no_dialogs() -> bool {
    false
}

/// Shows the system's dialog and waits for its answer.
fn show(request: &PickRequest) -> Vec<PathBuf> {
    let mut dialog = rfd::FileDialog::new().set_title(&request.title);
    for (name, endings) in &request.filters {
        dialog = dialog.add_filter(name, endings);
    }
    if let Some(folder) = &request.start_in {
        dialog = dialog.set_directory(folder);
    }
    match &request.kind {
        PickKind::OpenFile => dialog.pick_file().into_iter().collect(),
        PickKind::OpenFiles => dialog.pick_files().unwrap_or_default(),
        PickKind::Folder | PickKind::TargetFolder => dialog.pick_folder().into_iter().collect(),
        PickKind::SaveFile(name) => dialog.set_file_name(name).save_file().into_iter().collect(),
    }
}

/// Shows a dialog on a thread of its own. What it answers goes to `reply`; where it can't be had, or keeps silent for
/// longer than `patience`, the question is given back.
fn ask_system(
    request: PickRequest,
    reply: Sender<Vec<PathBuf>>,
    waker: Waker,
    give_back: Sender<Unanswered>,
    patience: Duration,
    show: impl FnOnce(&PickRequest) -> Vec<PathBuf> + Send + 'static,
) {
    let (answered, answers) = channel();
    let asked = request.clone();
    let work = move || {
        let began = Instant::now();
        let paths = show(&asked);
        let _ = answered.send((paths, began.elapsed()));
    };
    let wait = move || {
        let mut silent = None;
        let answer = match answers.recv_timeout(patience) {
            Err(RecvTimeoutError::Timeout) => {
                let flag = Arc::clone(silent.insert(Arc::new(AtomicBool::new(false))));
                let _ =
                    give_back.send(Unanswered { request: request.clone(), reply: reply.clone(), silent: Some(flag) });
                waker();
                answers.recv().ok()
            }
            answer => answer.ok(),
        };
        match (answer, silent) {
            (Some((paths, took)), None) if paths.is_empty() && took < QUICKEST => {
                let _ = give_back.send(Unanswered { request, reply, silent: None });
            }
            (Some((paths, _)), None) => _ = reply.send(paths),
            // given up, or timed out: the field that was offered stays
            (Some((paths, _)), Some(_)) if paths.is_empty() => {}
            (Some((paths, _)), Some(silent)) => {
                silent.store(true, Ordering::Relaxed);
                let _ = reply.send(paths);
            }
            (None, _) => {}
        }
        waker();
    };
    // where no thread is to be had the dialog is not shown, which the closed channel says
    let spawn =
        |name: &str, work: Box<dyn FnOnce() + Send>| std::thread::Builder::new().name(name.to_owned()).spawn(work);
    if spawn("fairdraw-dialog", Box::new(work)).is_ok() {
        let _ = spawn("fairdraw-dialog-wait", Box::new(wait));
    }
}

impl FilePicker for NativePicker {
    fn pick(&mut self, request: PickRequest, reply: Sender<Vec<PathBuf>>, waker: Waker) {
        let give_back = self.give_back.clone();
        if self.by_hand {
            let _ = give_back.send(Unanswered { request, reply, silent: None });
            waker();
            return;
        }
        ask_system(request, reply, waker, give_back, PATIENCE, show);
    }

    fn unanswered(&mut self) -> Vec<Unanswered> {
        let back: Vec<Unanswered> = self.given_back.try_iter().collect();
        // what failed once is not tried again; a silent dialog may still be on the screen
        self.by_hand |= back.iter().any(|asked| asked.silent.is_none());
        back
    }
}

/// Dialogs answered by a folder in the environment: only in the build that the test of the real window makes.
#[cfg(feature = "inspection")]
#[derive(Debug)]
pub struct EnvironmentPicker(pub PathBuf);

#[cfg(feature = "inspection")]
impl FilePicker for EnvironmentPicker {
    fn pick(&mut self, request: PickRequest, reply: Sender<Vec<PathBuf>>, waker: Waker) {
        let path = match request.kind {
            PickKind::SaveFile(name) => self.0.join(name),
            _ => self.0.clone(),
        };
        let _ = reply.send(vec![path]);
        waker();
    }
}

/// The folder that each kind of door opened last, by [`Door::id`].
pub type LastFolders = BTreeMap<String, PathBuf>;

/// The doors of the window: a picker, and where each kind was last.
pub struct Doors {
    picker: Box<dyn FilePicker>,
    /// What a dialog's title and the name that it proposes must not say.
    secrets: Option<Arc<Secrets>>,
    folders: Arc<Mutex<LastFolders>>,
}

impl Doors {
    /// Doors that open where they were last.
    #[must_use]
    pub fn new(picker: Box<dyn FilePicker>, folders: LastFolders) -> Self {
        Self { picker, secrets: None, folders: Arc::new(Mutex::new(folders)) }
    }

    /// Keeps these out of the dialogs from now on; nothing where there are none.
    pub fn veil(&mut self, secrets: Option<Arc<Secrets>>) {
        self.secrets = secrets;
    }

    /// Asks for files.
    pub fn ask(&mut self, mut request: PickRequest, waker: Waker) -> Picking {
        if let Some(secrets) = &self.secrets {
            let proposed = if let PickKind::SaveFile(name) = &mut request.kind { Some(name) } else { None };
            for text in std::iter::once(&mut request.title).chain(proposed) {
                if let Some(hidden) = secrets.hide(text) {
                    *text = hidden;
                }
            }
        }
        let (send, receive) = channel();
        let last = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(request.door.id()).cloned();
        request.start_in = last.filter(|folder| folder.is_dir());
        let picking = Picking {
            receive,
            door: request.door,
            is_folder: matches!(request.kind, PickKind::Folder | PickKind::TargetFolder),
            folders: Arc::clone(&self.folders),
        };
        self.picker.pick(request, send, waker);
        picking
    }

    /// Questions that the system has no dialog for.
    pub fn unanswered(&mut self) -> Vec<Unanswered> {
        self.picker.unanswered()
    }

    /// Where each kind of door was last.
    #[must_use]
    pub fn folders(&self) -> LastFolders {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An answer on its way.
#[derive(Debug)]
pub struct Picking {
    receive: Receiver<Vec<PathBuf>>,
    door: Door,
    is_folder: bool,
    folders: Arc<Mutex<LastFolders>>,
}

impl Picking {
    /// The answer: `None` while the dialog is open; empty where the user gave up.
    pub fn poll(&self) -> Option<Vec<PathBuf>> {
        match self.receive.try_recv() {
            Ok(paths) => {
                self.remember(&paths);
                Some(paths)
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Vec::new()),
        }
    }

    fn remember(&self, paths: &[PathBuf]) {
        let Some(path) = paths.first() else { return };
        let folder = if self.is_folder { Some(path.as_path()) } else { path.parent() };
        if let Some(folder) = folder.filter(|folder| !folder.as_os_str().is_empty()) {
            let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
            folders.insert(self.door.id().to_owned(), folder.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Asked = (Receiver<Vec<PathBuf>>, Receiver<Unanswered>, Sender<Vec<PathBuf>>);

    /// A dialog that answers what is sent to it.
    fn dialog(patience: Duration) -> Asked {
        let (reply, replies) = channel();
        let (give_back, given_back) = channel();
        let (answer, answers) = channel();
        let show = move |_: &PickRequest| answers.recv().unwrap_or_default();
        let waker: Waker = Arc::new(|| {});
        ask_system(PickRequest::new(PickKind::Folder, "t"), reply, waker, give_back, patience, show);
        (replies, given_back, answer)
    }

    #[test]
    fn a_dialog_that_keeps_silent_is_offered_by_hand_and_may_answer_still() {
        let soon = Duration::from_secs(20);
        let (replies, given_back, answer) = dialog(Duration::from_millis(20));
        let offered = given_back.recv_timeout(soon).unwrap();
        let silent = offered.silent.clone().unwrap();
        assert!(!silent.load(Ordering::Relaxed) && replies.try_recv().is_err());
        answer.send(vec![PathBuf::from("/a")]).unwrap();
        assert_eq!(replies.recv_timeout(soon).unwrap(), [PathBuf::from("/a")]);
        assert!(silent.load(Ordering::Relaxed), "the field beside it closes");

        // a portal that times out looks like a dialog given up: the field stays, and answers
        let (replies, given_back, answer) = dialog(Duration::from_millis(20));
        let offered = given_back.recv_timeout(soon).unwrap();
        answer.send(Vec::new()).unwrap();
        assert!(replies.recv_timeout(Duration::from_millis(100)).is_err());
        offered.reply.send(vec![PathBuf::from("/b")]).unwrap();
        assert_eq!(replies.recv_timeout(soon).unwrap(), [PathBuf::from("/b")]);
        assert!(!offered.silent.unwrap().load(Ordering::Relaxed));
    }

    #[test]
    fn a_dialog_that_answers_at_once_with_nothing_is_none() {
        let soon = Duration::from_secs(20);
        let (_replies, given_back, answer) = dialog(soon);
        answer.send(Vec::new()).unwrap();
        assert!(given_back.recv_timeout(soon).unwrap().silent.is_none());
        let (replies, given_back, answer) = dialog(soon);
        answer.send(vec![PathBuf::from("/a")]).unwrap();
        assert_eq!(replies.recv_timeout(soon).unwrap(), [PathBuf::from("/a")]);
        assert!(given_back.try_recv().is_err());
    }
}
