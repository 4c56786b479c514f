//! The widget under a test harness: real clicks, drags and keys.

use std::cell::RefCell;
use std::rc::Rc;

use egui::{Key, Modifiers, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use geo::{LineString, MultiPolygon, Polygon};

use super::super::{Card, Caught, MapData, Measure, RowList, TierColumn, TierEntry};
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
            describe_point: &|row| Card { title: format!("企业{row}"), lines: vec![] },
            describe_district: &|_| vec![],
        };
        self.rect = ui.available_rect_before_wrap();
        let output = self.view.show(ui, &input);
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
    assert_eq!(state.view.camera, Camera::whole(&state.data.bounds, state.rect));
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
    assert!(matches!(layer.drawn, Drawn::Picture(_)));
    assert_eq!(layer.count, 40_000);
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
fn furniture_never_overlaps() {
    for (size, points) in [(Vec2::new(700.0, 500.0), 50), (Vec2::new(1500.0, 900.0), 50)] {
        let (mut harness, _) = harness(points);
        harness.set_size(size);
        harness.run_steps(3);
        let taken = &harness.state().view.run.taken;
        assert!(taken.len() >= 5);
        for (i, a) in taken.iter().enumerate() {
            assert!(harness.state().rect.contains_rect(*a), "{a:?}");
            assert!(taken[i + 1..].iter().all(|b| !a.intersects(*b)), "{taken:?}");
        }
    }
}
