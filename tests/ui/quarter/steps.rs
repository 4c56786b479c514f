//! Steps of the work that come again each month, by clicks and typing, each with what must be seen on its way.

use super::super::support::Window;
use super::super::work::DICE;
use super::desk::{
    beginning, choose, fill, later, number_after, press, press_beginning, said, screen, see, whole_after,
};

/// Freezes, pledges dice to be thrown on the spot at three o'clock, seals, publishes, waits, types the number, opens.
pub fn ceremony(window: &mut Window, day: &str, open: &str) {
    // thrown the day after: a day at least between the seal and its number
    let day = &day.parse::<chrono::NaiveDate>().unwrap().succ_opt().unwrap().to_string();
    press(window, "核对无误，选定公开数");
    press(window, "演示（公开数事先已知）");
    choose(window, "公开数格式", "第三方掷骰");
    fill(window, "来源", "区公证处掷骰");
    fill(window, "期次", &format!("{day} 抽取现场"));
    fill(window, "产生日期", day);
    fill(window, "产生时间", "15:00");
    press(window, "冻结并封存");
    press(window, "确认封存");
    see(window, &["距公开数产生还有", "承诺值（SHA-256）", "区公证处掷骰"]);
    assert!(!window.enabled("承诺值已公布，录入公开数"), "not before its hour");
    let notice = window.folder.path().join(format!("公告{day}.txt"));
    window.answers.push(&notice);
    press(window, "存为公告文本");
    window.until("the notice", |_| notice.exists());
    window.at(&format!("{day}T15:00:10"));
    press(window, "承诺值已公布，录入公开数");
    fill(window, "公开数", DICE);
    see(window, &["写法正确"]);
    assert!(!window.enabled(open), "not until it was typed twice");
    fill(window, "再录一遍", DICE);
    see(window, &["两遍一致"]);
    press(window, open);
}

/// Draws the month that the overview sends to; gives back how many are on its list.
pub fn draw_month(window: &mut Window, month: u32, day: &str) -> usize {
    later(window, &format!("{day}T09:00:00"));
    screen(window, "总览");
    see(window, &[&format!("封存 2027-{month:02} 的抽样框，公布承诺值")]);
    press(window, "去办理");
    see(window, &[&format!("2027 年 {month} 月"), "请见证人核对数量"]);
    let draw = whole_after(&beginning(window, "将抽取 "), "将抽取 ");
    let strata = whole_after(&beginning(window, "参加抽取的层 "), "参加抽取的层 ");
    ceremony(window, day, "开封并抽取");
    see(window, &[&format!("抽取 {draw} 家"), &format!("参加抽取的层 {strata} / {strata} 层")]);
    press(window, "进入配对");
    see(window, &[&format!("配对 {draw} 组")]);
    press(window, "进入本月清单");
    see(window, &[&format!("{draw} 家，配对 {draw} 组"), "导出任务单"]);
    window.settle();
    draw
}

/// Approves the plan as it stands, and reads that it was kept as this version.
pub fn approve(window: &mut Window, version: usize, day: &str) {
    screen(window, "年度计划");
    press(window, "批准、备案与公布…");
    fill(window, "批准日期", day);
    see(window, &[&format!("留存为第 {version} 版")]);
    press(window, "批准并留存");
    see(window, &[&format!("年度检查计划第 {version} 版：批准 {day}")]);
    window.settle();
}

/// The checks of the month that wait for their result.
pub fn open_checks(window: &mut Window, month: &str) -> (usize, Vec<String>) {
    screen(window, "执行与公开");
    super::super::work::choose_month(window, month);
    press_beginning(window, "待录入 ");
    let figure = beginning(window, "待检查或待录入 ");
    let rows = window.shown().into_iter().filter(|name| name.contains(" SSJ2")).collect();
    (whole_after(&figure, &format!("其中 {month} 有 ")), rows)
}

/// Enters one result with a problem; `completed` may be empty.
pub fn enter_problem(window: &mut Window, row: &str, outcome: &str, (inspected, completed): (&str, &str)) {
    window.click(row);
    choose(window, "检查结果", outcome);
    assert!(window.shows("没有写明问题或处理情况"), "{}", said(window));
    super::desk::fill_lines(window, "发现的问题", "危险废物台账不全");
    fill(window, "处理情况", "责令限期改正");
    fill(window, "检查日期", inspected);
    fill(window, "办结日期", completed);
    press(window, "录入");
    see(window, &["已录入"]);
    window.settle();
}

/// Enters what is ticked as free of problems.
pub fn enter_batch(window: &mut Window, count: usize, (inspected, completed): (&str, &str)) {
    press(window, &format!("{count} 项均为未发现问题…"));
    fill(window, "检查日期", inspected);
    fill(window, "办结日期", completed);
    press(window, &format!("录入 {count} 项"));
    see(window, &[&format!("已录入 {count} 项「未发现问题」")]);
    window.settle();
}

/// Registers what is ticked on the board as public since a day.
pub fn publish(window: &mut Window, count: usize, day: &str) {
    press(window, &format!("登记公开（{count} 项）…"));
    fill(window, "公开日期", day);
    press(window, "确已公开，登记");
    window.until("the question answered", |w| !w.enabled("确已公开，登记"));
    window.settle();
}

/// Published and due as the figure over the board says.
pub fn published(window: &mut Window) -> (usize, usize) {
    let figure = beginning(window, "结果公开率 ");
    (whole_after(&figure, "已公开 "), whole_after(&figure, "应公开 "))
}

/// Another register by the menu: what its page says is read, then it is confirmed.
pub fn refresh(window: &mut Window, folder: &std::path::Path, headline: &str) {
    press(window, "文件");
    press(window, "更新名录…");
    if !window.enabled("选择文件夹…") {
        press(window, "另选文件…");
    }
    window.answers.push(folder);
    press(window, "选择文件夹…");
    see(window, &[headline, "全年预计检查", "可行性", "各执法主体全年预计检查"]);
    press(window, "确认更新");
    see(window, &["保留的旧名录"]);
    window.settle();
}

/// The year's checks as the overview says.
pub fn year_total(window: &mut Window) -> f64 {
    screen(window, "总览");
    number_after(&beginning(window, "全年计划检查 "), "全年计划检查 ")
}

/// Off-site checks of the opened months that wait for their result; of one month all of them.
pub fn off_site(window: &Window, month: Option<&str>) -> usize {
    let books = window.app().session.project().unwrap().books.value().unwrap();
    let of_month = books.draws.iter().filter(|draw| month.is_none_or(|of| draw.month.to_string() == of));
    let turns = of_month.flat_map(|draw| &draw.off_site);
    turns.filter(|turn| month.is_some() || books.results.iter().all(|r| r.plan_code != turn.check.plan_code)).count()
}
