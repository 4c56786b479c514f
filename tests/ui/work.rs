//! Pieces of the operator's work, by clicks and typing alone.

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use fairdraw::domain::{Period, PlanMonth};

use super::support::Window;

/// Number of dice throws typed as the public number.
pub const DICE: &str = "4162253614235516";

/// Says who works here, in the dialog of the status bar.
pub fn name_operator(window: &mut Window, name: &str) {
    window.click("操作人未填写");
    window.harness.get_by_role_and_label(Role::TextInput, "操作人").focus();
    window.harness.run_steps(2);
    window.ime(name);
    window.click("确定");
    assert!(window.shows(&format!("操作人 {name}")));
}

/// Chooses the month above the screens.
pub fn choose_month(window: &mut Window, month: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, "月份").click();
    window.harness.run_steps(3);
    let entry = window.harness.get_all_by_role_and_label(Role::Button, month).last().unwrap();
    entry.click();
    window.harness.run_steps(3);
    assert_eq!(window.app().session.month(), Some(month.parse().unwrap()));
}

/// Freeze, seal, publish, type the public number, open.
pub fn ceremony(window: &mut Window, open: &str) {
    window.until("the freeze", |w| w.enabled("核对无误，选定公开数"));
    window.click("核对无误，选定公开数");
    window.until("the pledge", |w| w.enabled("冻结并封存"));
    window.click("冻结并封存");
    window.until("the question", |w| w.enabled("确认封存"));
    window.click("确认封存");
    window.until("the commitment", |w| w.enabled("承诺值已公布，录入公开数"));
    window.click("承诺值已公布，录入公开数");
    window.until("the field", |w| w.shows("再录一遍"));
    if window.shows("填入演示数") {
        window.click("填入演示数");
    } else {
        window.harness.get_by_label("公开数").focus();
        window.text(DICE);
    }
    window.until("its spelling", |w| w.shows("写法正确"));
    window.click("两名见证人已核对");
    window.until("the opening", |w| w.enabled(open));
    window.click(open);
}

/// The year's seed; ends before the first month's sealing.
pub fn seal_year(window: &mut Window) -> PlanMonth {
    window.click("月度抽取");
    ceremony(window, "开封取种子");
    window.until("the year's seed", |w| {
        w.app().session.project().and_then(|p| p.books.value().map(|b| b.year_opened)).unwrap_or(false)
    });
    let month = window.app().session.month().unwrap();
    let label = Period::Month(month).label();
    window.until("the month", |w| w.enabled(&format!("开始 {label} 抽取")));
    window.click(&format!("开始 {label} 抽取"));
    month
}

/// The year's seed, then the month's draw and its pairs; ends on the month's list.
pub fn draw_month(window: &mut Window) -> PlanMonth {
    let month = seal_year(window);
    ceremony(window, "开封并抽取");
    window.until("the draw", |w| {
        w.app().session.project().and_then(|p| p.books.value().map(|b| !b.draws.is_empty())).unwrap_or(false)
    });
    window.until("the reveal", |w| w.enabled("进入配对"));
    window.click("进入配对");
    window.until("the pairs", |w| w.enabled("进入本月清单"));
    window.click("进入本月清单");
    window.until("the list", |w| w.enabled("导出任务单"));
    month
}
