//! A chart in a window without a screen: seen, hovered, walked by keys, its menu used.

use std::cell::RefCell;
use std::rc::Rc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::*;
use crate::chart::{Axis, Categories, ChartKind, Columns, Ink, Series};

fn chart() -> Chart {
    Chart {
        title: "A 级增加 12 家".to_owned(),
        x: Axis::new("等级", ""),
        y: Axis::new("排污单位", "家"),
        source: "数据：测试".to_owned(),
        kind: ChartKind::Columns(Columns {
            categories: Categories::Labels { names: ["A", "B", "C"].map(str::to_owned).to_vec(), ordered: true },
            series: vec![
                Series::new("之前", Ink::Muted, vec![10.0, 1240.0, 30.0]),
                Series::new("之后", Ink::Accent, vec![22.0, 1230.0, 28.0]),
            ],
            grouped: true,
            ..Columns::default()
        }),
    }
}

type Last = Rc<RefCell<Option<(Option<PlotAction>, Option<usize>, usize, Rect)>>>;

fn harness(last: &Last) -> Harness<'static> {
    let (last, chart) = (Rc::clone(last), chart());
    let mut fonts_set = false;
    Harness::builder().with_size(egui::vec2(640.0, 400.0)).with_pixels_per_point(1.5).build_ui(move |ui| {
        if !fonts_set {
            crate::ui::fonts::install(ui.ctx());
            theme::apply(ui.ctx());
            fonts_set = true;
            return;
        }
        let plotted = show(ui, "test", &chart, egui::vec2(600.0, 320.0), 1);
        let id = ui.scope_id().with(("plot", "test"));
        let kept = ui.data(|data| data.get_temp::<Arc<Kept>>(id)).unwrap();
        let mut last = last.borrow_mut();
        let action = plotted.action.or(last.as_ref().and_then(|l| l.0));
        *last = Some((action, plotted.hovered, Arc::as_ptr(&kept) as usize, plotted.response.rect));
    })
}

#[test]
fn is_kept_while_nothing_changes_and_says_what_it_shows() {
    let last = Last::default();
    let mut harness = harness(&last);
    harness.run_steps(3);
    let first = last.borrow().unwrap().2;
    harness.run_steps(3);
    assert_eq!(last.borrow().unwrap().2, first, "drawn again without a change");
    let node = harness.get_by_role(Role::Image);
    let label = node.accesskit_node().label().unwrap_or_default();
    assert!(label.starts_with("A 级增加 12 家；之前 1,280 家"), "{label}");
}

#[test]
fn hover_card_says_the_mark() {
    let last = Last::default();
    let mut harness = harness(&last);
    harness.run_steps(3);
    let rect = last.borrow().unwrap().3;
    harness.hover_at(rect.center() + egui::vec2(10.0, 0.0));
    harness.run_steps(3);
    assert_eq!(last.borrow().unwrap().1, Some(1));
    harness.get_by_label("之前：1,240 家");
}

#[test]
fn keys_walk_the_marks_and_open_the_menu() {
    let last = Last::default();
    let mut harness = harness(&last);
    harness.run_steps(3);
    harness.get_by_role(Role::Image).focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    assert_eq!(last.borrow().unwrap().1, Some(0));
    harness.get_by_label("之后：22 家");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label(text::SAVE_SVG).click();
    harness.run_steps(3);
    assert_eq!(last.borrow().unwrap().0, Some(PlotAction::SaveSvg));
}
