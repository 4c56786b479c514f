//! A tour of everything that the window can show: each screen, its tabs and pages, its dialogs, by clicks and keys.

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Vec2};
use egui_kittest::kittest::Queryable;
use fairdraw::registry::TableKind;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{audit, briefing, data, database, draw, effect, plan, refresh, results, sharing, table};
use fairdraw::workspace::session::{ThemeChoice, ViewCommand};

use super::quarter::desk::{fill, later};
use super::support::{Window, input_folder};
use super::work::name_operator;

/// A window's size in pixels, its screen's scaling, its theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    pub pixels: Vec2,
    pub scaling: f32,
    pub theme: ThemeChoice,
}

/// Themes by the ends of layouts' names.
const THEMES: [(&str, ThemeChoice); 2] = [("-dark", ThemeChoice::Dark), ("-contrast", ThemeChoice::HighContrast)];

impl Layout {
    pub const fn new(width: f32, height: f32, scaling: f32) -> Self {
        Self { pixels: Vec2::new(width, height), scaling, theme: ThemeChoice::Light }
    }

    pub const fn in_theme(self, theme: ThemeChoice) -> Self {
        Self { theme, ..self }
    }

    /// The layout of such a name.
    pub fn named(name: &str) -> Self {
        let themed = THEMES.iter().find_map(|(end, theme)| Some((name.strip_suffix(end)?, *theme)));
        let (rest, theme) = themed.unwrap_or((name, ThemeChoice::Light));
        let numbers: Vec<f32> = rest.split(['x', '@']).map(|number| number.parse().unwrap()).collect();
        let [width, height, percent] = numbers.try_into().expect("as 1366x768@150");
        Self::new(width, height, percent / 100.0).in_theme(theme)
    }

    /// `1366x768@150` and `-dark` or `-contrast`.
    pub fn name(&self) -> String {
        let end = THEMES.iter().find(|(_, theme)| *theme == self.theme).map_or("", |(end, _)| end);
        format!("{}x{}@{:.0}{end}", self.pixels.x, self.pixels.y, self.scaling * 100.0)
    }

    /// Gives the window this size; what it shows settles.
    pub fn take(&self, window: &mut Window) {
        let theme = self.theme;
        window.app_mut().session.set_preferences(|prefs| prefs.theme = theme);
        window.resize(self.pixels, self.scaling);
        quiet(window);
    }
}

/// Lets jobs end, layouts of a second frame settle; what counts down may go on.
pub fn quiet(window: &mut Window) {
    window.harness.run_steps(3);
    let start = Instant::now();
    // a screen's own work is not the session's: until then it asks for frames
    let moves = |w: &Window| w.app().session.is_busy() || w.harness.ctx.has_requested_repaint();
    let (mut still, most) = (0, Duration::from_secs(3));
    while still < 3 && start.elapsed() < most {
        std::thread::sleep(Duration::from_millis(5));
        window.harness.step();
        still = if moves(window) { 0 } else { still + 1 };
    }
}

/// Clicks the first control whose name begins so, where there is one.
pub fn press(window: &mut Window, name: &str) -> bool {
    let Some(full) = window.shown().into_iter().find(|shown| shown.starts_with(name)) else { return false };
    window.harness.get_all_by_label(&full).next().unwrap().click();
    quiet(window);
    true
}

/// Who looks at each stop of the tour.
pub type Look<'a> = dyn FnMut(&mut Window, &str) + 'a;

fn escape(window: &mut Window) {
    window.key(Modifiers::NONE, Key::Escape);
    quiet(window);
}

pub fn go(window: &mut Window, screen: ScreenId) {
    window.app_mut().go(screen);
    quiet(window);
}

/// The screens of a project that was not drawn yet; the window is at rest in one screen's size.
pub fn before_the_draw(window: &mut Window, look: &mut Look<'_>) {
    go(window, ScreenId::Overview);
    look(window, "overview");
    tables(window, look);
    maps(window, look);
    go(window, ScreenId::Risk);
    look(window, "risk");
    plans(window, look);
    go(window, ScreenId::Results);
    look(window, "results-empty");
    dialogs(window, look);
}

fn tables(window: &mut Window, look: &mut Look<'_>) {
    go(window, ScreenId::Data);
    for kind in TableKind::ALL {
        press(window, &format!("{} ", data::tab(kind)));
        look(window, &format!("data-{}", kind.id()));
    }
    press(window, &format!("{} ", data::tab(TableKind::Sources)));
    window.app_mut().session.apply(ViewCommand::SelectUnit(Some(3)));
    quiet(window);
    look(window, "data-card");
    for (tool, name) in [(table::PIVOT, "data-pivot"), (table::PASTE, "data-paste")] {
        if window.harness.query_by_label(tool).is_none() {
            press(window, table::TOOLS);
        }
        press(window, tool);
        look(window, name);
        escape(window);
    }
    press(window, data::QUALITY);
    look(window, "data-quality");
    press(window, data::SET_ASIDE);
    look(window, "data-aside");
    press(window, "文件");
    press(window, "更新名录…");
    look(window, "data-refresh-empty");
    window.answers.push(input_folder());
    press(window, refresh::CHOOSE_FOLDER);
    window.until("the differences", |w| w.shows(refresh::TABLES));
    quiet(window);
    look(window, "data-refresh");
    press(window, refresh::LEAVE);
    press(window, database::OPEN);
    look(window, "data-database");
    press(window, database::LEAVE);
    window.app_mut().take_paths(vec![input_folder().to_owned()]);
    window.until("the look", |w| w.enabled(data::START_IMPORT));
    quiet(window);
    look(window, "data-import");
    press(window, data::MAP_COLUMNS);
    look(window, "data-mapping");
    escape(window);
    press(window, data::LEAVE);
    press(window, &format!("{} ", data::tab(TableKind::Sources)));
}

fn maps(window: &mut Window, look: &mut Look<'_>) {
    go(window, ScreenId::Map);
    look(window, "map");
    window.send(ViewCommand::SetDistrict(Some(310_115)));
    quiet(window);
    look(window, "map-district");
    window.send(ViewCommand::SetDistrict(None));
}

fn plans(window: &mut Window, look: &mut Look<'_>) {
    go(window, ScreenId::Plan);
    for (tab, name) in [
        (plan::TAB_RECORD, "plan-record"),
        (plan::TAB_LIGHTS, "plan-lights"),
        (plan::TAB_VALUES, "plan-values"),
        (plan::TAB_SHORTAGES, "plan-shortages"),
        (plan::TAB_FREQUENCIES, "plan-frequencies"),
        (plan::TAB_CALENDAR, "plan-calendar"),
        (plan::TAB_TRIAL, "plan-trial"),
        (plan::TAB_MATRIX, "plan"),
    ] {
        assert!(press(window, tab), "{tab}");
        look(window, name);
        if tab == plan::TAB_VALUES {
            press(window, plan::TICK_OPEN);
            press(window, "确认所选");
            look(window, "plan-confirm");
            escape(window);
            press(window, plan::UNTICK);
        }
    }
    press(window, plan::LOAD_CHART);
    look(window, "plan-load");
    press(window, plan::LOAD_CHART);
    press(window, plan::BY_DISTRICT);
    look(window, "plan-districts");
    press(window, plan::BY_BODY);
    press(window, plan::PLAN_DATES);
    look(window, "plan-dates");
    escape(window);
}

fn dialogs(window: &mut Window, look: &mut Look<'_>) {
    go(window, ScreenId::Overview);
    window.key(Modifiers::COMMAND, Key::K);
    window.text("浦东");
    quiet(window);
    look(window, "palette");
    escape(window);
    window.key(Modifiers::NONE, Key::F1);
    quiet(window);
    look(window, "help");
    escape(window);
    for menu in ["文件", "查看"] {
        press(window, menu);
        look(window, &format!("menu-{menu}"));
        escape(window);
    }
    window.answers.absent.store(true, std::sync::atomic::Ordering::Relaxed);
    window.key(Modifiers::COMMAND, Key::I);
    window.until("the question", |w| w.shows(fairdraw::ui::text::path::WHY));
    quiet(window);
    look(window, "path");
    escape(window);
    window.answers.absent.store(false, std::sync::atomic::Ordering::Relaxed);
    window.app_mut().session.apply(ViewCommand::Veil(true));
    quiet(window);
    look(window, "veiled");
    window.app_mut().session.apply(ViewCommand::Veil(false));
    quiet(window);
}

/// The ceremony from the freeze to the pairs, each step looked at.
fn ceremony(window: &mut Window, open: &str, named: &str, look: &mut Look<'_>) {
    window.until("the freeze", |w| w.enabled("核对无误，选定公开数"));
    quiet(window);
    look(window, &format!("{named}-freeze"));
    press(window, "核对无误，选定公开数");
    window.until("the pledge", |w| w.enabled("冻结并封存"));
    look(window, &format!("{named}-pledge"));
    press(window, "冻结并封存");
    window.until("the question", |w| w.enabled("确认封存"));
    look(window, &format!("{named}-question"));
    press(window, "确认封存");
    window.until("the commitment", |w| w.enabled("承诺值已公布，录入公开数"));
    quiet(window);
    look(window, &format!("{named}-publish"));
    press(window, "承诺值已公布，录入公开数");
    window.until("the field", |w| w.shows("再录一遍"));
    look(window, &format!("{named}-number"));
    press(window, "填入演示数");
    window.until("its spelling", |w| w.shows("写法正确"));
    press(window, "两名见证人已核对");
    window.until("the opening", |w| w.enabled(open));
    look(window, &format!("{named}-opening"));
    press(window, open);
}

/// The year's seed and a month's draw, then the screens that speak of what was drawn.
pub fn the_draw(window: &mut Window, look: &mut Look<'_>) {
    go(window, ScreenId::Overview);
    name_operator(window, "王晓明");
    go(window, ScreenId::Draw);
    ceremony(window, "开封取种子", "draw-year", &mut |_, _| {});
    window.until("the month", |w| w.enabled("开始 2027 年 1 月 抽取"));
    quiet(window);
    look(window, "draw-year-opened");
    press(window, "开始 2027 年 1 月 抽取");
    ceremony(window, "开封并抽取", "draw", look);
    window.until("the reveal", |w| w.enabled("进入配对"));
    quiet(window);
    look(window, "draw-reveal");
    press(window, "进入配对");
    window.until("the pairs", |w| w.enabled("进入本月清单"));
    quiet(window);
    look(window, "draw-pairs");
    press(window, "进入本月清单");
    window.until("the list", |w| w.enabled("导出任务单"));
    quiet(window);
    window.harness.run_steps(4);
    // the messages of what was done go
    window.until("no message", |w| w.app().session.toasts().is_empty());
    look(window, "draw-list");
    press(window, "1，");
    window.harness.get_by_role_and_label(Role::Button, draw::SUBSTITUTE).click();
    quiet(window);
    look(window, "draw-substitute");
    escape(window);
    press(window, draw::ADD);
    look(window, "draw-trigger");
    escape(window);
    after_the_draw(window, look);
}

/// The pages for leadership, the show, the dialogs of templates and of shared projects.
fn briefings(window: &mut Window, look: &mut Look<'_>) {
    go(window, ScreenId::Briefing);
    let painted = |w: &Window| w.enabled(briefing::SHOW) && !w.shows(briefing::PAINTING);
    window.until("the pages", painted);
    window.key(Modifiers::NONE, Key::ArrowDown);
    quiet(window);
    look(window, "briefing");
    press(window, briefing::SHOW);
    window.until("the show", |w| w.shows(briefing::END));
    quiet(window);
    look(window, "briefing-show");
    escape(window);
    press(window, briefing::TEMPLATES);
    window.until("a sample", |w| w.shows("样张第 1 页"));
    quiet(window);
    look(window, "briefing-templates");
    escape(window);
    press(window, "文件");
    press(window, sharing::OPEN);
    for (page, name) in sharing::PAGES.iter().zip(["sharing-project", "sharing-join", "sharing-body"]) {
        assert!(press(window, page), "{page}");
        look(window, name);
    }
    escape(window);
}

/// The month is visited; what its results say, tab by tab.
fn effects(window: &mut Window, look: &mut Look<'_>) {
    later(window, "2027-01-28T09:00:00");
    go(window, ScreenId::Results);
    press(window, "待录入 ");
    press(window, results::TICK_LISTED);
    let all = window.shown().into_iter().find(|shown| shown.contains("项均为未发现问题")).unwrap();
    press(window, &all);
    fill(window, "检查日期", "2027-01-26");
    fill(window, "办结日期", "2027-01-27");
    assert!(press(window, "录入 "), "the results are entered");
    window.settle();
    window.until("no message", |w| w.app().session.toasts().is_empty());
    go(window, ScreenId::Effect);
    window.until("the estimates", |w| w.shows(effect::EXPORT));
    for (at, tab) in [
        effect::RATES,
        effect::YEARS,
        effect::PRICE,
        effect::DEAD,
        effect::FIRMS,
        effect::PEOPLE,
        effect::COVER,
        effect::LISTS,
        effect::ITEMS_LIST,
    ]
    .iter()
    .enumerate()
    {
        assert!(press(window, tab), "{tab}");
        look(window, &format!("effect-{at}"));
    }
}

fn after_the_draw(window: &mut Window, look: &mut Look<'_>) {
    for (screen, name) in [
        (ScreenId::Overview, "drawn-overview"),
        (ScreenId::Map, "drawn-map"),
        (ScreenId::Plan, "drawn-plan"),
        (ScreenId::Results, "results"),
    ] {
        go(window, screen);
        look(window, name);
    }
    for (tab, name) in [
        ("待录入 ", "results-entry"),
        ("公开清单", "results-lists"),
        ("指标与分主体", "results-figures"),
        ("公开期限 ", "results-board"),
    ] {
        press(window, tab);
        look(window, name);
        if name == "results-entry"
            && let Some(check) = window.shown().into_iter().find(|shown| shown.contains("202701-"))
        {
            press(window, &check);
            look(window, "results-form");
            press(window, results::TICK_LISTED);
            let all = window.shown().into_iter().find(|shown| shown.contains("项均为未发现问题")).unwrap();
            press(window, &all);
            look(window, "results-batch");
            escape(window);
            press(window, results::SELECT_NONE);
        }
    }
    briefings(window, look);
    effects(window, look);
    go(window, ScreenId::Audit);
    for (at, page) in audit::PAGES.iter().enumerate() {
        press(window, page);
        look(window, &format!("audit-{at}"));
    }
    // the next month on the whole screen
    go(window, ScreenId::Draw);
    window.send(ViewCommand::SetMonth("2027-02".parse().unwrap()));
    window.until("the freeze", |w| w.enabled("核对无误，选定公开数"));
    window.key(Modifiers::NONE, Key::F11);
    quiet(window);
    look(window, "stage-freeze");
    press(window, "核对无误，选定公开数");
    look(window, "stage-pledge");
}
