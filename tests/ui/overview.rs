//! 总览 after a month was drawn: what it says of the plan, and that its links lead where they say.

use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{draw, overview};

use super::support::{Begin, LAPTOP, Window};
use super::work::{draw_month, name_operator};

#[test]
fn the_next_step_leads_to_the_month_that_it_names() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    draw_month(&mut window);
    window.settle();
    assert_eq!(window.app().session.month(), "2027-01".parse().ok(), "January is looked at");
    window.app_mut().go(ScreenId::Overview);
    window.until("the next step", |w| w.shows(&overview::step_seal("2027-02")));
    // Drawn the day before the month begins: nobody is behind, nothing is late.
    assert!(window.shown().iter().any(|text| text.contains("均未落后于进度")), "{:?}", window.shown());
    assert!(window.shown().iter().any(|text| text.contains(overview::NONE_FINISHED)));
    // Both parts of the plan, and what was drawn and done, by their names.
    for name in [overview::S_PLAN, overview::S_MANDATORY, overview::S_DRAWN, overview::S_DONE] {
        assert!(window.shown().iter().any(|text| text.contains(name)), "{name}");
    }
    assert!(window.shown().iter().any(|text| text.contains("预留触发式检查")));
    window.click(overview::BY_QUARTER);
    window.harness.run_steps(3);
    window.click(overview::BY_MONTH);
    window.harness.run_steps(3);
    window.click(overview::GO);
    window.until("February", |w| w.app().session.month() == "2027-02".parse().ok());
    window.until("its freeze", |w| w.shows(draw::FREEZE_NEXT) || w.enabled(draw::FREEZE_NEXT));
}
