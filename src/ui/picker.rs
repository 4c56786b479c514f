//! Native file dialogs behind a trait, so that a test can answer them.
//!
//! A dialog runs on a thread of its own and answers through a channel: the window goes on drawing.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickKind {
    /// One file to read.
    OpenFile,
    /// Several files to read.
    OpenFiles,
    /// A folder.
    Folder,
    /// A file to write, with the name proposed.
    SaveFile(String),
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
}

impl PickRequest {
    /// A request without filters.
    #[must_use]
    pub fn new(kind: PickKind, title: impl Into<String>) -> Self {
        Self { kind, title: title.into(), filters: Vec::new() }
    }

    /// Adds a kind of files.
    #[must_use]
    pub fn filter(mut self, name: &str, endings: &[&str]) -> Self {
        self.filters.push((name.to_owned(), endings.iter().map(|e| (*e).to_owned()).collect()));
        self
    }
}

/// Wakes the window.
pub type Waker = Arc<dyn Fn() + Send + Sync>;

/// Something that asks the user for files.
pub trait FilePicker {
    /// Asks; the answer (empty where the user gave up) comes through `reply`.
    fn pick(&mut self, request: PickRequest, reply: Sender<Vec<PathBuf>>, waker: Waker);
}

/// The operating system's dialogs.
#[derive(Debug, Default)]
pub struct NativePicker;

impl FilePicker for NativePicker {
    fn pick(&mut self, request: PickRequest, reply: Sender<Vec<PathBuf>>, waker: Waker) {
        let work = move || {
            let mut dialog = rfd::FileDialog::new().set_title(&request.title);
            for (name, endings) in &request.filters {
                dialog = dialog.add_filter(name, endings);
            }
            let paths = match request.kind {
                PickKind::OpenFile => dialog.pick_file().into_iter().collect(),
                PickKind::OpenFiles => dialog.pick_files().unwrap_or_default(),
                PickKind::Folder => dialog.pick_folder().into_iter().collect(),
                PickKind::SaveFile(name) => dialog.set_file_name(name).save_file().into_iter().collect(),
            };
            let _ = reply.send(paths);
            waker();
        };
        // where no thread is to be had the dialog is not shown, which the closed channel says
        let _ = std::thread::Builder::new().name("fairdraw-dialog".to_owned()).spawn(work);
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

/// An answer on its way.
#[derive(Debug)]
pub struct Picking(Receiver<Vec<PathBuf>>);

impl Picking {
    /// Asks through a picker.
    pub fn start(picker: &mut dyn FilePicker, request: PickRequest, waker: Waker) -> Self {
        let (send, receive) = channel();
        picker.pick(request, send, waker);
        Self(receive)
    }

    /// The answer: `None` while the dialog is open; empty where the user gave up.
    pub fn poll(&self) -> Option<Vec<PathBuf>> {
        match self.0.try_recv() {
            Ok(paths) => Some(paths),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Vec::new()),
        }
    }
}
