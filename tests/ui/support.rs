//! A window under test: a small city, a clock that the test sets, dialogs that the test answers.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::epaint::{ClippedPrimitive, Mesh, Primitive};
use egui::{Event, Key, Modifiers, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::ui::app::{Surroundings, Workstation};
use fairdraw::ui::fonts;
use fairdraw::ui::picker::{FilePicker, PickRequest, Unanswered, Waker};
use fairdraw::workspace::deeds::evidence::Ground;
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::session::{AppPaths, Command, ThemeChoice};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::project::{CommandContext, bundled_calendar};

use super::picture::{Picture, Textures};

/// Sources of the small city.
pub const SOURCES: usize = 1_500;
pub const LAPTOP: Vec2 = Vec2::new(1366.0, 768.0);
/// What the harness leaves around the window, points.
pub const MARGIN: f32 = 8.0;
pub const PROJECTOR: Vec2 = Vec2::new(1920.0, 1080.0);

struct City {
    _folder: tempfile::TempDir,
    input: PathBuf,
    project: PathBuf,
}

fn city() -> &'static City {
    static CITY: OnceLock<City> = OnceLock::new();
    CITY.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (input, project) = (folder.path().join("某区文件"), folder.path().join("项目"));
        let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
        let options = DemoOptions { sources: SOURCES, ..DemoOptions::default() };
        write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
        let new = NewProject { from: input.clone(), year: Some(2027), ..NewProject::default() };
        let context = CommandContext {
            operator: "测试员".into(),
            now: Moment::parse("2026-12-20T09:00:00+08:00").unwrap(),
            progress: Progress::none(),
        };
        drop(create_project(&project, &new, &context).unwrap());
        City { _folder: folder, input, project }
    })
}

/// The office's files that the small city was made from.
pub fn input_folder() -> &'static Path {
    &city().input
}

/// A ground with a document's number and another person.
pub fn proved(text: &str) -> Ground {
    Ground {
        text: text.to_owned(), evidence: None, document: "检查笔录第7号".to_owned(), second: "李四".to_owned()
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// The first file of this name in a folder or below it.
pub fn find_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    entries.sort();
    entries
        .iter()
        .find(|p| p.is_file() && p.file_name().is_some_and(|n| n.to_string_lossy().ends_with(name)))
        .cloned()
        .or_else(|| entries.iter().filter(|p| p.is_dir()).find_map(|p| find_file(p, name)))
}

/// Answers that dialogs give, in order.
#[derive(Clone, Default)]
pub struct Answers {
    pub given: Arc<Mutex<VecDeque<Vec<PathBuf>>>>,
    pub asked: Arc<Mutex<Vec<PickRequest>>>,
    /// The system has no dialogs: questions come back.
    pub absent: Arc<AtomicBool>,
    /// The system's dialog keeps silent: set, questions come back with this, which is set once it answered.
    pub silent: Arc<Mutex<Option<Arc<AtomicBool>>>>,
    back: Arc<Mutex<Vec<Unanswered>>>,
    /// Folders that were to be shown in the system's file manager.
    pub shown: Arc<Mutex<Vec<PathBuf>>>,
    /// There is no file manager.
    pub no_manager: Arc<AtomicBool>,
    /// The system shows everything in high contrast.
    pub contrast: Arc<AtomicBool>,
}

impl Answers {
    fn open(&self, folder: &Path) -> Result<(), String> {
        self.shown.lock().unwrap().push(folder.to_owned());
        if self.no_manager.load(Ordering::Relaxed) { Err("没有文件管理器".to_owned()) } else { Ok(()) }
    }

    pub fn push(&self, path: impl Into<PathBuf>) {
        self.given.lock().unwrap().push_back(vec![path.into()]);
    }
}

impl FilePicker for Answers {
    fn pick(&mut self, request: PickRequest, reply: Sender<Vec<PathBuf>>, waker: Waker) {
        self.asked.lock().unwrap().push(request.clone());
        if self.absent.load(Ordering::Relaxed) {
            self.back.lock().unwrap().push(Unanswered { request, reply, silent: None });
            waker();
            return;
        }
        let silent = self.silent.lock().unwrap().clone();
        if silent.is_some() {
            self.back.lock().unwrap().push(Unanswered { request, reply, silent });
            waker();
            return;
        }
        let answer = self.given.lock().unwrap().pop_front().unwrap_or_default();
        reply.send(answer).unwrap();
        waker();
    }

    fn unanswered(&mut self) -> Vec<Unanswered> {
        std::mem::take(&mut self.back.lock().unwrap())
    }
}

/// A window under test.
pub struct Window {
    pub harness: Harness<'static, Option<Workstation>>,
    pub folder: Arc<tempfile::TempDir>,
    pub answers: Answers,
    pub clock: Arc<Mutex<Moment>>,
    stopped: Arc<AtomicBool>,
    allowed: Arc<AtomicUsize>,
    textures: Textures,
}

/// Every look at the clock is ten seconds after the one before, as if somebody worked, unless it was stopped.
fn tick(time: &Mutex<Moment>, stopped: &AtomicBool) -> Moment {
    let mut now = time.lock().unwrap();
    if !stopped.load(Ordering::Relaxed) {
        *now = now.plus_seconds(10).unwrap();
    }
    *now
}

/// How it begins.
pub enum Begin {
    /// Nothing opened.
    Nothing,
    /// A copy of the small city.
    City,
    /// This folder.
    Folder(PathBuf),
    /// As the program begins: the last project, or the demo city.
    Program,
}

impl Window {
    /// A window that shows itself but takes in nothing that was computed, until it is let go.
    pub fn held(size: Vec2, dark: bool, begin: Begin) -> Self {
        Self::build(Arc::new(tempfile::tempdir().unwrap()), size, dark, begin, true)
    }

    pub fn new(size: Vec2, dark: bool, begin: Begin) -> Self {
        Self::within(Arc::new(tempfile::tempdir().unwrap()), size, dark, begin)
    }

    /// A window whose own files lie in this folder: a second start of the program.
    pub fn within(folder: Arc<tempfile::TempDir>, size: Vec2, dark: bool, begin: Begin) -> Self {
        Self::build(folder, size, dark, begin, false)
    }

    fn build(folder: Arc<tempfile::TempDir>, size: Vec2, dark: bool, begin: Begin, hold: bool) -> Self {
        let answers = Answers::default();
        let clock = Arc::new(Mutex::new(Moment::parse("2026-12-21T09:00:00+08:00").unwrap()));
        let project = match &begin {
            Begin::City => {
                let path = folder.path().join("项目");
                if !path.exists() {
                    copy_folder(&city().project, &path);
                }
                Some(path)
            }
            Begin::Folder(path) => Some(path.clone()),
            Begin::Nothing | Begin::Program => None,
        };
        let (opener, system_contrast) = (answers.clone(), Arc::clone(&answers.contrast));
        let (paths, picker, time) = (AppPaths::below(folder.path()), answers.clone(), Arc::clone(&clock));
        let (stopped, textures) = (Arc::<AtomicBool>::default(), Textures::default());
        let stop = Arc::clone(&stopped);
        let allowed = Arc::new(AtomicUsize::new(if hold { 0 } else { usize::MAX }));
        let allow = Arc::clone(&allowed);
        let mut make = Some(move |ctx: &egui::Context| {
            let surroundings = Surroundings {
                paths,
                clock: Arc::new(move || tick(&time, &stop)),
                picker: Box::new(picker),
                open_folder: Arc::new(move |folder: &Path| opener.open(folder)),
                contrast: Arc::new(move || system_contrast.load(Ordering::Relaxed)),
            };
            let mut app = Workstation::new(ctx, surroundings);
            app.session.set_preferences(|prefs| {
                prefs.theme = if dark { ThemeChoice::Dark } else { ThemeChoice::Light };
                prefs.still = true;
            });
            match (begin, project) {
                (Begin::Program, _) => app.start(None),
                (_, Some(path)) => app.start(Some(path)),
                _ => {}
            }
            app
        });
        let harness = Harness::builder()
            .with_size(size + 2.0 * Vec2::splat(MARGIN))
            .with_max_steps(64)
            .with_context_setup(fonts::install)
            .renderer(textures.clone())
            .build_ui_state(
                move |ui, state: &mut Option<Workstation>| {
                    if let Some(make) = make.take() {
                        *state = Some(make(ui.ctx()));
                    }
                    let app = state.as_mut().unwrap();
                    let left = allow.load(Ordering::Relaxed);
                    if left > 0 {
                        app.logic(&ui.ctx().clone());
                        allow.store(if left == usize::MAX { left } else { left - 1 }, Ordering::Relaxed);
                    }
                    app.ui(ui);
                },
                None,
            );
        Self { harness, folder, answers, clock, stopped, allowed, textures }
    }

    pub fn app(&self) -> &Workstation {
        self.harness.state().as_ref().unwrap()
    }

    pub fn app_mut(&mut self) -> &mut Workstation {
        self.harness.state_mut().as_mut().unwrap()
    }

    pub fn project_folder(&self) -> PathBuf {
        self.folder.path().join("项目")
    }

    pub fn at(&self, time: &str) {
        *self.clock.lock().unwrap() = Moment::parse(&format!("{time}+08:00")).unwrap();
    }

    /// Takes in what has been computed by now, once.
    pub fn take_in_once(&mut self) {
        self.allowed.store(1, Ordering::Relaxed);
        self.harness.step();
    }

    /// Lets a held window go.
    pub fn let_go(&self) {
        self.allowed.store(usize::MAX, Ordering::Relaxed);
    }

    /// From now on it is the same moment.
    pub fn stop_the_clock(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        self.at("2026-12-21T09:00:00");
    }

    /// Puts it on a screen of such a scaling (pixels a point), so many pixels large, as the real window learns of it.
    /// Where it sets a zoom of its own, as the whole-screen ceremony does, its points follow.
    pub fn resize(&mut self, pixels: Vec2, scaling: f32) {
        self.harness.input_mut().viewports.get_mut(&egui::ViewportId::ROOT).unwrap().native_pixels_per_point =
            Some(scaling);
        for _ in 0..4 {
            let zoom = self.harness.ctx.zoom_factor();
            self.harness.set_size(pixels / (scaling * zoom) + 2.0 * Vec2::splat(MARGIN));
            self.harness.run_steps(2);
            if (self.harness.ctx.zoom_factor() - zoom).abs() < 0.01 {
                break;
            }
        }
    }

    fn primitives(&self) -> Vec<ClippedPrimitive> {
        let output = self.harness.output();
        self.harness.ctx.tessellate(output.shapes.clone(), output.pixels_per_point)
    }

    /// Steps until nothing moves any more: no work runs, no message stands, and frames are alike.
    #[track_caller]
    pub fn rest(&mut self) {
        let (mut alike, mut before) = (0, Vec::new());
        self.settle();
        let start = Instant::now();
        while alike < 8 {
            assert!(start.elapsed() < Duration::from_mins(2), "the window never rests: {}", self.shown().join(" | "));
            self.harness.step();
            std::thread::sleep(Duration::from_millis(20));
            let quiet = !self.app().session.is_busy() && self.app().session.toasts().is_empty();
            let now: Vec<Primitive> = self.primitives().into_iter().map(|clipped| clipped.primitive).collect();
            let same = now.len() == before.len()
                && now.iter().zip(&before).all(|pair| match pair {
                    (Primitive::Mesh(a), Primitive::Mesh(b)) => a == b,
                    _ => false,
                });
            alike = if quiet && same { alike + 1 } else { 0 };
            before = now;
        }
    }

    /// What the last frame painted, to be compared with another frame's.
    pub fn meshes(&self) -> Vec<Mesh> {
        let mesh = |clipped: ClippedPrimitive| match clipped.primitive {
            Primitive::Mesh(mesh) => Some(mesh),
            Primitive::Callback(_) => None,
        };
        self.primitives().into_iter().filter_map(mesh).collect()
    }

    /// What the window shows, as a picture.
    pub fn picture(&self) -> Picture {
        let scale = self.harness.ctx.pixels_per_point();
        let size = (self.harness.ctx.viewport_rect().size() * scale).round();
        let mut primitives = self.primitives();
        for clipped in &mut primitives {
            clipped.clip_rect = clipped.clip_rect * scale;
            if let Primitive::Mesh(mesh) = &mut clipped.primitive {
                mesh.vertices.iter_mut().for_each(|vertex| vertex.pos = (vertex.pos.to_vec2() * scale).to_pos2());
            }
        }
        let whole = Picture::paint(size.x as usize, size.y as usize, &primitives, &self.textures);
        whole.without_margin((MARGIN * scale).round() as usize)
    }

    pub fn send(&mut self, command: impl Into<Command>) {
        self.app_mut().send(command);
        self.harness.run_steps(3);
    }

    /// Steps until the condition holds; fails after a minute with what the window shows.
    #[track_caller]
    pub fn until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !condition(self) {
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "waited in vain for {what}; toasts {:?}; the window shows: {}",
                self.app().session.toasts(),
                self.shown().join(" | ")
            );
            self.harness.step();
            std::thread::sleep(Duration::from_millis(5));
        }
        // what has just arrived is drawn, and layouts that take a second frame settle
        self.harness.run_steps(3);
    }

    /// Steps until nothing runs and the analysis is up to date.
    #[track_caller]
    pub fn settle(&mut self) {
        self.until("a quiet session", |w| {
            let session = &w.app().session;
            !session.is_busy() && session.project().is_some_and(|p| p.is_current() && p.books.value().is_some())
        });
    }

    /// All names of nodes, for messages.
    pub fn shown(&self) -> Vec<String> {
        let mut names = Vec::new();
        let root = self.harness.root();
        names.extend(root.accesskit_node().label());
        for node in root.children_recursive() {
            if let Some(label) = node.accesskit_node().label()
                && !label.is_empty()
            {
                names.push(label);
            }
            if let Some(value) = node.accesskit_node().value()
                && !value.is_empty()
            {
                names.push(value);
            }
        }
        names
    }

    /// The same without the lines that a text was broken into: where it breaks hangs on a folder's name.
    pub fn whole_texts(&self) -> Vec<String> {
        let root = self.harness.root();
        let nodes = root.children_recursive().filter(|node| node.accesskit_node().role() != Role::TextRun);
        let said = |node: egui_kittest::Node<'_>| {
            let node = node.accesskit_node();
            [node.label(), node.value()].into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>()
        };
        root.accesskit_node().label().into_iter().chain(nodes.flat_map(said)).collect()
    }

    pub fn shows(&self, text: &str) -> bool {
        self.shown().iter().any(|name| name.contains(text))
    }

    /// True where a control of this name is shown and on.
    pub fn enabled(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).any(|node| !node.accesskit_node().is_disabled())
    }

    #[track_caller]
    pub fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run_steps(3);
    }

    pub fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(3);
    }

    pub fn text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run_steps(2);
    }

    /// What an input method commits.
    pub fn ime(&mut self, text: &str) {
        self.harness.event(Event::Ime(egui::ImeEvent::Preedit { text: "pin yin".into(), active_range_chars: None }));
        self.harness.step();
        self.harness.event(Event::Ime(egui::ImeEvent::Commit(text.to_owned())));
        self.harness.run_steps(2);
    }
}
