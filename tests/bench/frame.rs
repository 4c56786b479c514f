//! Cost of a frame on the processor: `cargo bench --bench frame [-- SOURCES] [slider]` (100 000 by default; `slider`
//! times the weight's alone).
//!
//! A city of so many sources is made and imported in a temporary folder; then the window's own code runs without
//! a window: `logic`, `ui` and the tessellation of every frame are timed while the map is panned with all its
//! points, the table scrolled and worked with ([`tables`]), and a weight dragged. The graphics card's share is not in it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench prints its figures and stops at a fault"
)]

mod tables;

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Context, Event, Modifiers, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect, Vec2, pos2};
use fairdraw::diagnostic::{Diagnostics, Progress};
use fairdraw::district::load_bundled_districts;
use fairdraw::policy::Milli;
use fairdraw::ui::app::{Surroundings, Workstation};
use fairdraw::ui::picker::NativePicker;
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::demo::{DemoOptions, write_demo};
use fairdraw::workspace::inputs::analysis::recompute_analysis;
use fairdraw::workspace::intake::import::{NewProject, create_project};
use fairdraw::workspace::session::{AnalysisView, AppPaths, DraftCommand};
use fairdraw::workspace::store::clock::Moment;
use fairdraw::workspace::store::project::{CommandContext, bundled_calendar};

const SIZE: Vec2 = Vec2::new(1920.0, 1080.0);

struct Bench {
    ctx: Context,
    app: Workstation,
    time: f64,
    at: Pos2,
}

impl Bench {
    /// One frame; what it cost.
    fn frame(&mut self, mut events: Vec<Event>) -> Duration {
        self.time += 1.0 / 60.0;
        events.insert(0, Event::PointerMoved(self.at));
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.time),
            predicted_dt: 1.0 / 60.0,
            focused: true,
            events,
            ..RawInput::default()
        };
        let begin = Instant::now();
        let ctx = self.ctx.clone();
        let app = &mut self.app;
        let mut output = ctx.run_ui(input, |ui| {
            app.logic(&ui.ctx().clone());
            app.ui(ui);
        });
        // no graphics card takes them
        output.textures_delta.clear();
        let meshes = ctx.tessellate(output.shapes, output.pixels_per_point);
        std::hint::black_box(meshes);
        begin.elapsed()
    }

    fn idle(&mut self, frames: usize) {
        for _ in 0..frames {
            self.frame(Vec::new());
            std::thread::sleep(Duration::from_millis(4));
        }
    }

    fn settle(&mut self) {
        let begin = Instant::now();
        loop {
            self.frame(Vec::new());
            let session = &self.app.session;
            let open = session.project();
            if !session.is_busy() && open.is_some_and(|p| p.is_current() && p.books.value().is_some()) {
                break;
            }
            assert!(begin.elapsed() < Duration::from_mins(5), "it never came to rest");
            std::thread::sleep(Duration::from_millis(2));
        }
        self.idle(30);
    }

    fn press(&self, pressed: bool) -> Event {
        Event::PointerButton { pos: self.at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
    }
}

fn tell(name: &str, mut frames: Vec<Duration>) {
    frames.sort_unstable();
    let ms = |d: Duration| d.as_secs_f64() * 1e3;
    let at = |part: f64| ms(frames[((frames.len() - 1) as f64 * part).round() as usize]);
    println!(
        "{name}: median {:.2} ms, 99th percentile {:.2} ms, worst {:.2} ms ({} frames)",
        at(0.5),
        at(0.99),
        at(1.0),
        frames.len()
    );
}

fn map_and_tables(bench: &mut Bench, sources: usize) {
    // the map, panned with all its points
    bench.app.go(ScreenId::Map);
    bench.idle(120);
    let mut frames = Vec::new();
    let press = bench.press(true);
    bench.frame(vec![press]);
    for i in 0..600 {
        let turn = f64::from(i) / 60.0 * std::f64::consts::TAU / 4.0;
        bench.at = pos2(900.0 + 220.0 * turn.sin() as f32, 560.0 + 160.0 * (1.0 - turn.cos()) as f32);
        frames.push(bench.frame(Vec::new()));
    }
    let release = bench.press(false);
    bench.frame(vec![release]);
    tell("map, panned with all points", frames);

    // the table, scrolled
    bench.app.go(ScreenId::Data);
    bench.at = pos2(700.0, 620.0);
    bench.idle(120);
    let mut frames = Vec::new();
    for i in 0..600 {
        let lines = if i % 200 < 100 { -3.0 } else { -40.0 };
        frames.push(bench.frame(vec![Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: Vec2::new(0.0, lines),
            modifiers: Modifiers::NONE,
            source: egui::MouseWheelSource::Wheel,
            phase: egui::TouchPhase::Move,
        }]));
    }
    tell("table, scrolled", frames);

    tables::register(bench);
    tables::list(sources);
}

fn main() {
    let sources = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(100_000_usize);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("== frame: {sources} sources, {cores} cores, {} × {} points", SIZE.x, SIZE.y);
    let folder = tempfile::tempdir().unwrap();
    let (input, root) = (folder.path().join("in"), folder.path().join("project"));
    let districts = load_bundled_districts(&mut Diagnostics::new()).unwrap();
    let options = DemoOptions { sources, ..DemoOptions::default() };
    write_demo(&input, options, &districts, &bundled_calendar().unwrap(), &Progress::none()).unwrap();
    let context = CommandContext {
        operator: "bench".into(),
        now: Moment::parse("2026-12-20T09:00:00+08:00").unwrap(),
        progress: Progress::none(),
    };
    let new = NewProject { from: input, year: Some(2027), ..NewProject::default() };
    drop(create_project(&root, &new, &context).unwrap());

    let ctx = Context::default();
    let surroundings = Surroundings {
        contrast: Arc::new(|| false),
        paths: AppPaths::below(folder.path()),
        clock: Arc::new(|| Moment::parse("2026-12-20T09:00:00+08:00").unwrap()),
        picker: Box::new(NativePicker::default()),
        open_folder: Arc::new(|_| Ok(())),
    };
    let mut app = Workstation::new(&ctx, surroundings);
    app.start(Some(root));
    let mut bench = Bench { ctx, app, time: 0.0, at: pos2(900.0, 560.0) };
    let begin = Instant::now();
    bench.settle();
    println!("opened, scored and planned: {:.0} ms", begin.elapsed().as_secs_f64() * 1e3);

    if !std::env::args().any(|a| a == "slider") {
        map_and_tables(&mut bench, sources);
    }
    slider(&mut bench);
}

fn slider(bench: &mut Bench) {
    // a weight, dragged: the draft changes in every frame
    bench.app.go(ScreenId::Risk);
    bench.idle(120);
    let policy = bench.app.session.project().unwrap().draft.now().policy.clone();
    let cap = policy.factors[0].cap.0;
    let mut frames = Vec::new();
    for i in 0..600_i64 {
        let mut next = (*policy).clone();
        next.factors[0].cap = Milli((cap + (i % 120 - 60) * 100).max(1000));
        bench.app.send(DraftCommand::SetPolicy { policy: Arc::new(next), label: "权重".into(), gesture: 1 });
        frames.push(bench.frame(Vec::new()));
    }
    tell("weight slider, dragged", frames);
    bench.settle();

    // from the change to the plan that is shown
    let mut waits = Vec::new();
    for i in 0..40_i64 {
        let mut next = (*policy).clone();
        next.factors[0].cap = Milli((cap + (i % 20 - 10) * 200 + 50).max(1000));
        let begin = Instant::now();
        bench.app.send(DraftCommand::SetPolicy { policy: Arc::new(next), label: "权重".into(), gesture: 2 });
        loop {
            bench.app.session.poll(bench.time);
            if bench.app.session.project().unwrap().is_current() {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        waits.push(begin.elapsed());
        // the screen's own jobs for this change end before the next one
        bench.idle(25);
        std::thread::sleep(Duration::from_millis(150));
        bench.idle(5);
    }
    tell("slider to score, tiers and plan", waits);

    // of which: the recomputation, and what the screens are told of it
    let open = bench.app.session.project().unwrap();
    let (project, data) = (open.project.clone(), open.data.clone());
    let view = open.view().unwrap().clone();
    let (mut computing, mut summing) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        let begin = Instant::now();
        let analysis = Arc::new(recompute_analysis(&project, &view.analysis).unwrap());
        computing.push(begin.elapsed());
        let begin = Instant::now();
        let made = AnalysisView::new(&project, &data, analysis);
        summing.push(begin.elapsed());
        drop(made.unwrap());
    }
    tell("  recomputation", computing);
    tell("  summing up", summing);
}
