//! The widget under a test harness: real clicks, drags and keys.

use std::cell::RefCell;
use std::rc::Rc;

use egui::{Key, Modifiers, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use geo::{LineString, MultiPolygon, Polygon};

use super::super::{Card, Caught, Drawn, MapData, Measure, RowList, TierColumn, TierEntry};
use super::*;
use crate::district::{District, DistrictSet};
use crate::domain::DistrictCode;

/// Four square districts, and points on a lattice with one more point in the very middle of the first.
fn city(points: usize) -> Arc<MapData> {
    let square = |x: f64, y: f64| {
        let ring = vec![(x, y), (x + 0.1, y), (x + 0.1, y + 0.1), (x, y + 0.1)];
        MultiPolygon(vec![Polygon::new(LineString::from(ring), vec![])])
    };
    let districts = [("甲区", 0.0, 0.0), ("乙区", 0.1, 0.0), ("丙区", 0.0, 0.1), ("丁区", 0.1, 0.1)]
        .into_iter()
        .enumerate()
        .map(|(i, (name, x, y))| District {
            code: DistrictCode(310_101 + i as u32),
            name: name.to_owned(),
            shape: square(121.0 + x, 31.0 + y),
            attributes: vec![],
        })
        .collect();
    let side = points.isqrt().max(1);
    let at = |i: usize| 0.2 * (i as f64 + 0.5) / side as f64;
    let lon: Vec<f64> = (0..points).map(|i| 121.0 + at(i % side)).collect();
    let lat: Vec<f64> = (0..points).map(|i| 31.0 + at(i / side)).collect();
    Arc::new(MapData::new(Arc::new(DistrictSet::of(districts)), &lon, &lat))
}

struct State {
    view: MapView,
    data: Arc<MapData>,
    tiers: TierColumn,
    selected: RowList,
    selected_district: Option<usize>,
    log: Rc<RefCell<Vec<MapOutput>>>,
    rect: Rect,
}

impl State {
    fn ui(&mut self, ui: &mut Ui) {
        let measure = Measure { name: "污染源数".to_owned(), unit: "家".to_owned(), decimals: 0 };
        let input = MapInput {
            data: &self.data,
            values: &[Some(1.0), Some(20.0), None, Some(300.0)],
            values_revision: 1,
            measure: &measure,
            method: ClassMethod::Quantile,
            class_count: 3,
            tiers: &self.tiers,
            filter: None,
            selected: &self.selected,
            highlighted: &RowList::default(),
            selected_district: self.selected_district,
            show_points: true,
            show_labels: true,
            notice: "示意图，不作为界线依据",
            review_number: "",
            mark: "模拟数据",
            describe_point: &|row| Card { title: format!("企业{row}"), ..Card::default() },
            describe_district: &|_| vec![],
        };
        self.rect = ui.available_rect_before_wrap();
        let output = self.view.show(ui, &input);
        // without the strip below it
        self.rect = self.view.run.laid.rect.unwrap_or(self.rect);
        self.log.borrow_mut().push(output);
    }
}

fn harness(points: usize) -> (Harness<'static, State>, Rc<RefCell<Vec<MapOutput>>>) {
    let log = Rc::new(RefCell::new(vec![]));
    let tiers: Vec<u8> = (0..points).map(|i| (i % 3) as u8).collect();
    let entry = |id: &str, n: u64| TierEntry { id: id.to_owned(), name: format!("{id}级"), count: n, shown: true };
    let state = State {
        view: MapView::default(),
        data: city(points),
        tiers: TierColumn {
            of_row: tiers.into(),
            entries: vec![entry("A", 1), entry("B", 2), entry("C", 3)],
            revision: 1,
        },
        selected: RowList::default(),
        selected_district: None,
        log: Rc::clone(&log),
        rect: Rect::NOTHING,
    };
    let harness = Harness::builder()
        .with_size(Vec2::new(900.0, 600.0))
        .with_context_setup(|ctx| {
            crate::ui::fonts::install(ctx);
            theme::apply(ctx);
        })
        .build_ui_state(|ui, state: &mut State| state.ui(ui), state);
    (harness, log)
}

/// Screen place of fractions of the city's width and height, from the south-west.
fn at(state: &State, x: f32, y: f32) -> Pos2 {
    let b = state.data.bounds;
    let p = [b.min[0] + b.size()[0] * x, b.min[1] + b.size()[1] * y];
    state.view.camera.screen(state.rect, p)
}

fn click(harness: &mut Harness<'_, State>, p: Pos2) {
    harness.hover_at(p);
    harness.run_steps(2);
    for pressed in [true, false] {
        harness.event(egui::Event::PointerButton {
            pos: p,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.step();
    }
    harness.run_steps(2);
}

#[test]
fn a_click_selects_the_district_or_the_point_under_it() {
    let (mut harness, log) = harness(16);
    harness.run_steps(2);
    // Between the lattice's points.
    let p = at(harness.state(), 0.75, 0.25);
    click(&mut harness, p);
    let clicked: Vec<usize> = log.borrow().iter().filter_map(|o| o.clicked_district).collect();
    assert_eq!(clicked, [1]);
    log.borrow_mut().clear();
    let p = at(harness.state(), 0.125 + 0.25, 0.125 + 0.5);
    click(&mut harness, p);
    let clicked: Vec<u32> = log.borrow().iter().filter_map(|o| o.clicked_point).collect();
    assert_eq!(clicked, [2 * 4 + 1]);
    assert!(log.borrow().iter().all(|o| o.clicked_district.is_none()));
    log.borrow_mut().clear();
    let p = harness.state().rect.left_center() + Vec2::new(20.0, 0.0);
    click(&mut harness, p);
    assert!(log.borrow().iter().any(|o| o.cleared));
}

fn drag(harness: &mut Harness<'_, State>, line: &[Pos2]) {
    harness.hover_at(line[0]);
    harness.step();
    harness.drag_at(line[0]);
    harness.step();
    for p in line {
        harness.hover_at(*p);
        harness.step();
    }
    harness.drop_at(line[line.len() - 1]);
    harness.run_steps(3);
}

fn caught(log: &Rc<RefCell<Vec<MapOutput>>>) -> Vec<Caught> {
    log.borrow().iter().filter_map(|o| o.caught.clone()).collect()
}

#[test]
fn a_lasso_and_a_box_catch_the_points_inside() {
    let (mut harness, log) = harness(400);
    harness.run_steps(2);
    harness.get_by_label("套索").click();
    harness.run_steps(2);
    assert_eq!(harness.state().view.mode, DragMode::Lasso);
    let line: Vec<Pos2> =
        [(0.1, 0.1), (0.6, 0.1), (0.6, 0.6), (0.35, 0.3)].iter().map(|(x, y)| at(harness.state(), *x, *y)).collect();
    drag(&mut harness, &line);
    let rows = caught(&log);
    assert_eq!(rows.len(), 1);
    let state = harness.state();
    let plane: Vec<[f32; 2]> = line.iter().map(|p| state.view.camera.plane(state.rect, *p)).collect();
    let want: Vec<u32> =
        (0..400).filter(|r| super::super::inside_line(&plane, state.data.points.place(*r).unwrap())).collect();
    assert!(want.len() > 20);
    assert_eq!(rows[0], Caught { rows: want, add: false });
    log.borrow_mut().clear();
    harness.get_by_label("框选").click();
    harness.run_steps(2);
    let corners = [at(harness.state(), 0.5, 0.5), at(harness.state(), 0.76, 0.74)];
    drag(&mut harness, &corners);
    let want: Vec<u32> = (0..400).filter(|r| (10..15).contains(&(r % 20)) && (10..15).contains(&(r / 20))).collect();
    assert_eq!(caught(&log), [Caught { rows: want, add: false }]);
}

#[test]
fn dragging_pans_and_keys_choose_a_district() {
    let (mut harness, log) = harness(100);
    harness.run_steps(2);
    let (before, from) = (harness.state().view.camera, at(harness.state(), 0.5, 0.4));
    drag(&mut harness, &[from, from + Vec2::new(60.0, 0.0), from + Vec2::new(100.0, 40.0)]);
    let after = harness.state().view.camera;
    assert!(((before.x - after.x) * before.scale - 100.0).abs() < 8.0, "{before:?} {after:?}");
    assert!(caught(&log).is_empty());
    harness.get_by_label("行政区地图").focus();
    harness.run_steps(2);
    for key in
        [Key::CloseBracket, Key::CloseBracket, Key::OpenBracket, Key::CloseBracket, Key::CloseBracket, Key::Enter]
    {
        harness.key_press(key);
        harness.run_steps(2);
    }
    let clicked: Vec<usize> = log.borrow().iter().filter_map(|o| o.clicked_district).collect();
    assert_eq!(clicked, [2]);
    harness.key_press(Key::Plus);
    harness.run_steps(40);
    assert!((harness.state().view.camera.scale / after.scale - 1.6).abs() < 1e-6);
    harness.key_press(Key::Home);
    harness.run_steps(40);
    let state = harness.state();
    // all of it, beside legend and buttons
    let camera = state.view.camera;
    let [legend, buttons] = state.view.run.laid.sides.unwrap();
    let (from, to) = (Pos2::new(legend.right(), state.rect.top()), Pos2::new(buttons.left(), state.rect.bottom()));
    let free = Rect::from_min_max(from, to);
    for corner in [state.data.bounds.min, state.data.bounds.max] {
        assert!(free.contains(camera.screen(state.rect, corner)), "{corner:?} {free}");
    }
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(log.borrow().iter().any(|o| o.cleared));
}

#[test]
fn dense_points_come_as_a_picture_and_sparse_ones_as_marks() {
    let (mut harness, _) = harness(40_000);
    for _ in 0..400 {
        harness.step();
        if harness.state().view.run.texture.is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let layer = harness.state().view.run.layer.as_ref().unwrap();
    assert!(matches!(layer.drawn, Drawn::Picture { .. }));
    assert_eq!(layer.count, 40_000);
    // on a screen of another scaling it is painted anew with that screen's pixels
    let (before, layers) = (layer.scale, harness.state().view.run.layers);
    harness.input_mut().viewports.get_mut(&egui::ViewportId::ROOT).unwrap().native_pixels_per_point = Some(1.25);
    harness.set_size(Vec2::new(900.0, 600.0));
    for _ in 0..400 {
        harness.step();
        if harness.state().view.run.layers > layers {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let layer = harness.state().view.run.layer.as_ref().unwrap();
    assert!((layer.scale / before - 1.25).abs() < 0.01, "{} after {before}", layer.scale);
    harness.input_mut().viewports.get_mut(&egui::ViewportId::ROOT).unwrap().native_pixels_per_point = Some(1.0);
    harness.set_size(Vec2::new(900.0, 600.0));
    harness.run_steps(4);
    let state = harness.state_mut();
    state.view.whole = false;
    state.view.camera.scale *= 12.0;
    harness.run_steps(3);
    let layer = harness.state().view.run.layer.as_ref().unwrap();
    assert!(matches!(layer.drawn, Drawn::Rows(_)), "{}", layer.count);
    assert!(harness.state().view.run.marks.is_some());
}

#[test]
fn the_legend_toggles_tiers_and_folds() {
    let (mut harness, log) = harness(50);
    harness.run_steps(2);
    harness.get_by_label("B级").click();
    harness.run_steps(2);
    let toggled: Vec<usize> = log.borrow().iter().filter_map(|o| o.toggled_tier).collect();
    assert_eq!(toggled, [1]);
    harness.get_by_label("收起图例").click();
    harness.run_steps(2);
    assert!(!harness.state().view.legend_open);
    assert!(harness.query_by_label("B级").is_none());
}

#[test]
fn a_framed_district_fills_the_map_until_it_is_moved() {
    let (mut harness, _) = harness(50);
    harness.run_steps(3);
    let whole = harness.state().view.camera;
    let data = Arc::clone(&harness.state().data);
    let bounds = data.bounds_of(2).unwrap();
    harness.state_mut().view.run.framed = Some(bounds);
    harness.run_steps(3);
    let state = harness.state();
    assert!(state.view.camera.scale > whole.scale * 1.2, "{:?} {whole:?}", state.view.camera);
    for corner in [bounds.min, bounds.max] {
        assert!(state.rect.contains(state.view.camera.screen(state.rect, corner)));
    }
    // 全图 gives it up
    harness.get_by_label("全图").click();
    harness.run_steps(40);
    assert!((harness.state().view.camera.scale - whole.scale).abs() < 1e-9);
}

#[test]
fn furniture_never_overlaps() {
    for (size, points) in [(Vec2::new(700.0, 500.0), 50), (Vec2::new(1500.0, 900.0), 50)] {
        let (mut harness, _) = harness(points);
        harness.set_size(size);
        harness.run_steps(3);
        assert_eq!(harness.state().view.run.laid.taken.len(), 4, "scale, mark, legend, buttons");
        harness.hover_at(harness.state().rect.center());
        harness.run_steps(3);
        let taken = &harness.state().view.run.laid.taken;
        assert_eq!(taken.len(), 5, "and the coordinate; the notice stands below the map");
        for (i, a) in taken.iter().enumerate() {
            assert!(harness.state().rect.contains_rect(*a), "{a:?}");
            assert!(taken[i + 1..].iter().all(|b| !a.intersects(*b)), "{taken:?}");
        }
    }
}

/// Frames of a map of the bundled districts (or those of `FAIRDRAW_MAP`) while it is panned, or panned and zoomed.
fn frame_cost(points: usize, zoom: f32) -> (f64, f64, usize) {
    let set = std::env::var("FAIRDRAW_MAP").map_or_else(
        |_| crate::district::load_bundled_districts(&mut crate::diagnostic::Diagnostics::new()).unwrap(),
        |path| {
            let options = crate::district::DistrictOptions::default();
            let mut findings = crate::diagnostic::Diagnostics::new();
            crate::district::load_districts(
                std::path::Path::new(&path),
                &options,
                &mut findings,
                &crate::diagnostic::Progress::none(),
            )
            .unwrap()
        },
    );
    let b = set.bounds().unwrap();
    let mut x = 1_u64;
    let mut next = || {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (x >> 11) as f64 / (1_u64 << 53) as f64
    };
    // Clusters over the districts, as sources stand in industrial parks.
    let parks: Vec<(f64, f64)> =
        (0..60).map(|_| (b.west + (b.east - b.west) * next(), b.south + (b.north - b.south) * next())).collect();
    let spread = |next: &mut dyn FnMut() -> f64| (next() + next() + next() - 1.5) * 0.1;
    let (lon, lat): (Vec<f64>, Vec<f64>) =
        (0..points).map(|i| (parks[i % 60].0 + spread(&mut next), parks[i % 60].1 + spread(&mut next))).unzip();
    let made = std::time::Instant::now();
    let data = Arc::new(MapData::new(Arc::new(set), &lon, &lat));
    let made = made.elapsed();
    let vertices = data.mesh.levels.iter().map(|l| l.vertices.len()).collect::<Vec<_>>();
    let values: Vec<Option<f64>> = (0..data.set.len()).map(|i| Some(i as f64)).collect();
    let entry = |id: &str| TierEntry { id: id.to_owned(), name: format!("{id}级"), count: 3, shown: true };
    let tiers = TierColumn {
        of_row: (0..points).map(|i| (i * i % 5) as u8).collect::<Vec<u8>>().into(),
        entries: ["A", "B", "C", "D", "E"].map(entry).to_vec(),
        revision: 1,
    };
    let measure = Measure { name: "污染源数".to_owned(), unit: "家".to_owned(), decimals: 0 };
    let none = RowList::default();
    let input = MapInput {
        data: &data,
        values: &values,
        values_revision: 1,
        measure: &measure,
        method: ClassMethod::Quantile,
        class_count: 5,
        tiers: &tiers,
        filter: None,
        selected: &none,
        highlighted: &none,
        selected_district: Some(2),
        show_points: true,
        show_labels: true,
        notice: "示意图，不作为界线依据",
        review_number: "",
        mark: "模拟数据",
        describe_point: &|_| Card::default(),
        describe_district: &|_| vec![],
    };
    let ctx = egui::Context::default();
    crate::ui::fonts::install(&ctx);
    theme::apply(&ctx);
    let mut view = MapView::default();
    let size = Vec2::new(1500.0, 900.0);
    let mut costs = vec![];
    for i in 0..240_u32 {
        let at = Pos2::new(400.0 + f32::from(u16::try_from(i * 3 % 700).unwrap()), 450.0);
        let mut events = vec![egui::Event::PointerMoved(at)];
        if i == 20 || i % 200 == 0 {
            let pressed = i == 20;
            let button = PointerButton::Primary;
            events.push(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        }
        let raw = egui::RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)),
            time: Some(f64::from(i) / 60.0),
            events,
            ..Default::default()
        };
        let start = std::time::Instant::now();
        let mut out = ctx.run_ui(raw, |ui| {
            let _ = view.show(ui, &input);
        });
        let meshes = ctx.tessellate(out.shapes, 1.0);
        let took = start.elapsed();
        out.textures_delta.clear();
        costs.push(took.as_secs_f64() * 1000.0);
        assert!(!meshes.is_empty());
        if i == 10 {
            view.whole = false;
            view.camera.scale *= f64::from(zoom);
        }
        std::thread::sleep(std::time::Duration::from_millis(6));
    }
    let mut moving = costs.split_off(24);
    moving.sort_by(f64::total_cmp);
    let (median, high) = (moving[moving.len() / 2], moving[moving.len() * 99 / 100]);
    let layers = view.run.layers as usize;
    eprintln!(
        "{points} points, zoom {zoom}, vertices {vertices:?}: built in {made:?}; median {median:.2} ms, p99 {high:.2} ms, {layers} layers"
    );
    (median, high, layers)
}

#[test]
#[ignore = "a measurement: run it with --release -- --ignored --nocapture"]
fn panning_costs_little() {
    for (points, zoom) in [(3000, 1.0), (100_000, 1.0), (100_000, 8.0), (4_000_000, 1.0), (4_000_000, 3.0)] {
        let (median, high, layers) = frame_cost(points, zoom);
        assert!(median <= 4.0 && high <= 12.0, "{points} at zoom {zoom}: {median:.2} ms, {high:.2} ms");
        assert!(layers >= 1);
    }
}
