//! What a table costs while somebody works with it: scrolling, Ctrl+A, Ctrl+C, sorting, filters, search by pinyin, in
//! the register's table and in a list whose rows are all at hand; a keystroke in Ctrl+K.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use egui::{Context, Event, Key, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, Vec2};
use fairdraw::diagnostic::Progress;
use fairdraw::registry::schema::sources;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::table::{CellRows, ColumnDef, Desk, List, ListId, ListState, TableInput};
use fairdraw::ui::{fonts, theme};
use fairdraw::workspace::view::{ColumnFilter, Condition, SortKey, ViewRequest, compute_column_summary, compute_view};

use super::{Bench, tell};

fn key(key: Key, modifiers: Modifiers) -> Vec<Event> {
    let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
    vec![event(true), event(false)]
}

fn wheel(lines: f32) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: Vec2::new(0.0, lines),
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Wheel,
        phase: egui::TouchPhase::Move,
    }
}

/// The register's table and the palette, in the window.
pub fn register(bench: &mut Bench) {
    bench.app.go(ScreenId::Data);
    bench.at = Pos2::new(700.0, 620.0);
    bench.idle(60);
    for pressed in [true, false] {
        let event = bench.press(pressed);
        bench.frame(vec![event]);
    }
    let (mut all, mut idle, mut copy, mut scroll) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..5 {
        all.push(bench.frame(key(Key::A, Modifiers::COMMAND)));
        for _ in 0..60 {
            idle.push(bench.frame(Vec::new()));
        }
        for _ in 0..60 {
            scroll.push(bench.frame(vec![wheel(-9.0)]));
        }
        copy.push(bench.frame(vec![Event::Copy]));
        bench.idle(4);
        bench.frame(key(Key::Home, Modifiers::NONE));
    }
    tell("register, Ctrl+A", all);
    tell("register, frames with all rows selected", idle);
    tell("register, scrolled with all rows selected", scroll);
    tell("register, Ctrl+C of all rows", copy);
    bench.settle();

    views(bench);
    for words in ["yxgs", "shiyouhuagong", "石油", "91310115"] {
        let mut strokes = Vec::new();
        for _ in 0..5 {
            bench.frame(key(Key::K, Modifiers::COMMAND));
            bench.frame(Vec::new());
            for letter in words.chars() {
                strokes.push(bench.frame(vec![Event::Text(letter.to_string())]));
            }
            bench.frame(key(Key::Escape, Modifiers::NONE));
            bench.idle(3);
        }
        tell(&format!("Ctrl+K, a keystroke of {words}"), strokes);
    }
}

/// The jobs behind the register's table.
fn views(bench: &Bench) {
    let frame = bench.app.session.project().unwrap().data.registry.sources.clone();
    let sort = |column: &str| vec![SortKey { column: column.to_owned(), descending: false }];
    let name = sources::NAME.name();
    let plain = ViewRequest::default();
    let searched = |text: &str| ViewRequest {
        search: text.to_owned(),
        search_columns: vec![name.to_owned(), sources::UNIT_ID.name().to_owned(), sources::USCC.name().to_owned()],
        ..ViewRequest::default()
    };
    let contains = ColumnFilter { column: name.to_owned(), condition: Condition::Contains("化工".to_owned()) };
    for (what, request) in [
        ("sorted by name", ViewRequest { sort: sort(name), ..plain.clone() }),
        ("filtered by a text", ViewRequest { filters: vec![contains], ..plain }),
        ("searched by initials", searched("yxgs")),
        ("searched by words", searched("化工 9131")),
    ] {
        let times = (0..20).map(|_| timed(|| compute_view(&frame, &request, &Progress::none()).unwrap().rows.len()));
        tell(&format!("register's view, {what}"), times.collect());
    }
    let times = (0..20).map(|_| timed(|| compute_column_summary(&frame, name, None, &Progress::none()).unwrap().rows));
    tell("register's funnel, values counted", times.collect());
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let begin = Instant::now();
    std::hint::black_box(work());
    begin.elapsed()
}

/// A list of so many rows, all at hand.
struct Screen {
    ctx: Context,
    list: ListState,
    names: Vec<String>,
    time: f64,
}

impl Screen {
    fn new(rows: usize) -> Self {
        let ctx = Context::default();
        fonts::install(&ctx);
        theme::apply(&ctx);
        let kinds = ["化工", "金属制品", "石油化工", "电镀", "污水处理", "印染"];
        let name = |i: usize| format!("上海第{}{}有限公司{}", i * 7_919 % rows, kinds[i % kinds.len()], i % 97);
        Self { ctx, list: ListState::default(), names: (0..rows).map(name).collect(), time: 0.0 }
    }

    fn frame(&mut self, events: Vec<Event>) -> Duration {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, super::SIZE)),
            time: Some(self.time),
            predicted_dt: 1.0 / 60.0,
            focused: true,
            events: std::iter::once(Event::PointerMoved(Pos2::new(700.0, 620.0))).chain(events).collect(),
            ..RawInput::default()
        };
        let columns = [
            ColumnDef::text("number", "序号", 80.0),
            ColumnDef::text("name", "单位名称", 200.0).share(1.0),
            ColumnDef::text("code", "统一社会信用代码", 190.0),
            ColumnDef::text("body", "执法主体", 150.0),
            ColumnDef::number("score", "风险分", 90.0).adds(),
            ColumnDef::date("day", "日期", 100.0),
        ];
        let names = &self.names;
        let cell = |row: usize, column: usize| match column {
            0 => Cow::Owned((row + 1).to_string()),
            1 => Cow::Borrowed(names[row].as_str()),
            2 => Cow::Owned(format!("91310115{:010}", row * 31)),
            3 => Cow::Owned(format!("第{}局", row % 20)),
            4 => Cow::Owned(format!("{}.{}", row * 37 % 90, row % 10)),
            _ => Cow::Owned(format!("2027-{:02}-{:02}", row % 12 + 1, row % 28 + 1)),
        };
        let list = &mut self.list;
        let ctx = self.ctx.clone();
        let begin = Instant::now();
        let mut output = ctx.run_ui(input, |ui| {
            let rows = CellRows::new(&columns, names.len(), &cell);
            List::show(ui, list, &TableInput::new(ListId::Month, &rows), 1);
        });
        output.textures_delta.clear();
        std::hint::black_box(ctx.tessellate(output.shapes, output.pixels_per_point));
        begin.elapsed()
    }

    fn frames(&mut self, count: usize, events: impl Fn() -> Vec<Event>) -> Vec<Duration> {
        (0..count).map(|_| self.frame(events())).collect()
    }
}

/// A list whose rows are all at hand: what it sorts, filters and sums it does in the frame.
pub fn list(rows: usize) {
    println!("-- a list of {rows} rows");
    let mut screen = Screen::new(rows);
    screen.frames(20, Vec::new);
    let scrolled = screen.frames(600, || vec![wheel(-9.0)]);
    tell("list, scrolled", scrolled);
    let mut sorted = Vec::new();
    for (column, descending) in [("name", false), ("name", true), ("score", false), ("day", true), ("body", false)] {
        screen.list.table.set_sort(column, Some(descending), false);
        sorted.push(screen.frame(Vec::new()));
        screen.frames(5, Vec::new);
    }
    tell("list, sorted by a column (the first one reads all cells)", sorted);
    let scrolled = screen.frames(300, || vec![wheel(-9.0)]);
    tell("list, scrolled while sorted", scrolled);
    for words in ["yxgs", "化工", "9131"] {
        Desk::find(&screen.ctx);
        screen.frames(3, Vec::new);
        let strokes = words.chars().map(|letter| screen.frame(vec![Event::Text(letter.to_string())]));
        let strokes: Vec<Duration> = strokes.collect();
        tell(&format!("list, a keystroke of {words} in the search"), strokes);
        screen.frames(5, Vec::new);
        screen.frame(key(Key::Escape, Modifiers::NONE));
        screen.frames(5, Vec::new);
    }
    screen.list.table.set_sort("name", None, false);
    let all = screen.frames(5, || key(Key::A, Modifiers::COMMAND));
    tell("list, Ctrl+A", all);
    let idle = screen.frames(60, Vec::new);
    tell("list, frames with all rows selected", idle);
    let scrolled = screen.frames(300, || vec![wheel(-9.0)]);
    tell("list, scrolled with all rows selected", scrolled);
    let copied = screen.frames(5, || vec![Event::Copy]);
    tell("list, Ctrl+C of all rows", copied);
}
