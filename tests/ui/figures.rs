//! The figures of the ceremony, as a witness reads them: the same from the freeze to the verifier and the overview, or
//! the difference is said where it is seen.

use std::collections::BTreeMap;
use std::process::Command;

use egui::Vec2;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use fairdraw::domain::{Period, PlanMonth};
use fairdraw::text::figure::whole_checks;
use fairdraw::ui::widgets::thousands;

use super::support::{Begin, Window};
use super::walk::painted;
use super::work::{ceremony_with, choose_month, draw_month_with, name_operator};

/// High enough for every stratum and every reason at once.
const TALL: Vec2 = Vec2::new(1600.0, 1500.0);

/// What the page of the freeze says.
#[derive(Debug, Default, Clone, PartialEq)]
struct Frozen {
    frame: u64,
    draw: u64,
    certain: u64,
    strata: u64,
    /// Participants, certain ones, drawn ones of each stratum.
    of_stratum: BTreeMap<String, (u64, u64, u64)>,
    /// Units that are certain, and that take no part, by reason.
    by_reason: BTreeMap<String, u64>,
}

fn number(text: &str) -> u64 {
    text.replace(',', "").trim().parse().unwrap_or_else(|_| panic!("{text:?} is no number"))
}

/// The number between two words of the first text that has both.
#[track_caller]
fn figure(window: &Window, before: &str, after: &str) -> u64 {
    let shown = window.shown();
    let found = shown.iter().find_map(|text| {
        let digits = text.split_once(before)?.1.split_once(after)?.0.trim();
        (!digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == ',')).then(|| number(digits))
    });
    found.unwrap_or_else(|| panic!("no 「{before}…{after}」: {}", shown.join(" | ")))
}

/// Goes to a screen by its button on the rail.
fn rail(window: &mut Window, name: &str) {
    window.harness.get_by_role_and_label(Role::Button, name).click();
    window.harness.run_steps(3);
}

/// A label and the text that stands behind it.
#[track_caller]
fn beside(window: &Window, label: &str) -> String {
    let texts = painted(window);
    let at = texts.iter().position(|text| text == label).unwrap_or_else(|| panic!("{label}: {texts:?}"));
    texts[at + 1].clone()
}

fn read_freeze(window: &Window) -> Frozen {
    let mut frozen = Frozen {
        frame: figure(window, "抽样框 ", " 家"),
        draw: figure(window, "将抽取 ", " 家"),
        certain: figure(window, "其中必定抽取 ", " 家"),
        strata: figure(window, "参加抽取的层 ", " 层"),
        ..Frozen::default()
    };
    for text in window.shown().into_iter().filter(|text| text.contains(" · ") && text.ends_with('%')) {
        let cells: Vec<&str> = text.split('，').collect();
        let [name, free, certain, expected, draw, _] = cells[..] else { panic!("{text}") };
        assert!(!expected.contains('.'), "whole checks are counted: {text}");
        let row = (number(free) + number(certain), number(certain), number(draw));
        frozen.of_stratum.insert(name.to_owned(), row);
    }
    let texts = painted(window);
    let from = texts.iter().position(|text| text == "必定抽取（概率为 1）").unwrap();
    let count = |text: &String| {
        let digits = text.strip_suffix(" 家").filter(|n| n.bytes().all(|b| b.is_ascii_digit() || b == b','));
        digits.map(number)
    };
    for pair in texts[from..].windows(2) {
        frozen.by_reason.extend(count(&pair[1]).map(|count| (pair[0].clone(), count)));
    }
    frozen
}

/// One month from the freeze to the overview; `drawn` is what was drawn in the months before it.
fn follow(window: &mut Window, month: PlanMonth, frozen: &Frozen, drawn: u64) {
    let open = window.app().session.project().unwrap();
    let books = open.books.value().unwrap().clone();
    let opened = books.draws.iter().find(|draw| draw.month == month).unwrap();
    // the sums of the page
    let rows = || frozen.of_stratum.values();
    assert_eq!(rows().count() as u64, frozen.strata);
    assert_eq!(rows().map(|row| row.2).sum::<u64>(), frozen.draw);
    assert_eq!(rows().map(|row| row.1).sum::<u64>(), frozen.certain);
    // all reasons together, those of the chance left out: who is not among the participants is excluded with a reason
    let taking_part: u64 = rows().map(|row| row.0).sum();
    assert_eq!(frozen.by_reason.values().sum::<u64>() - frozen.certain, frozen.frame - taking_part, "{frozen:?}");
    // strata that were rounded to nothing: said with their units
    let none = opened.draw.frame.rows().filter(|row| row.reason == "no_quota").count() as u64;
    assert!(none > 0, "the month has no units without a quota");
    assert_eq!(frozen.by_reason["所在层本月名额取整为零"], none);
    assert!((opened.draw.seal.strata.len() as u64) > frozen.strata, "no stratum without a quota");

    // the replay
    rail(window, "月度抽取");
    choose_month(window, &month.to_string());
    window.until("the list", |w| w.enabled("重放抽取"));
    window.click("重放抽取");
    window.until("the replay", |w| w.enabled("进入配对"));
    read_reveal(window, frozen);
    window.click("进入配对");
    window.until("the pairs", |w| w.enabled("进入本月清单"));
    read_pairs(window, frozen);
    window.click("进入本月清单");
    window.until("the list", |w| w.enabled("导出任务单"));
    read_list(window, frozen);

    // journal and register: the same figures, and the same minutes
    rail(window, "审计");
    window.click("操作日志");
    let line = |window: &Window, command: &str| {
        let of = format!("{command} {}", Period::Month(month).label());
        window.shown().into_iter().find(|text| text.contains(&format!("，{command}，{of}"))).unwrap()
    };
    let (sealed, opening) = (line(window, "封存"), line(window, "开封"));
    assert!(sealed.contains(&format!("抽样框 {} 个单元，将抽取 {} 家", frozen.frame, frozen.draw)), "{sealed}");
    assert!(opening.contains(&format!("抽取 {} 家，配对 {} 项", frozen.draw, frozen.draw)), "{opening}");
    window.click("封签登记簿");
    let of_register = window.shown().into_iter().find(|text| text.starts_with(&format!("{month}，1，"))).unwrap();
    let cells: Vec<&str> = of_register.split('，').collect();
    for (said, at) in [(&sealed, cells[4]), (&opening, cells[5])] {
        let minute = said.split('，').nth(1).unwrap();
        assert!(at.starts_with(minute), "register {at}, journal {minute}");
    }

    // the verifier in the window
    window.click("核验证书");
    window.until("the draw", |w| w.shows(&format!("核验 {month}")));
    window.click(&format!("核验 {month}"));
    window.until("the steps", |w| w.shows("执法人员配对，"));
    let strata = format!("{} 个层，其中 {} 层参加抽取", opened.draw.seal.strata.len(), frozen.strata);
    for words in [
        format!("层，通过，{strata}"),
        format!("抽中单元在抽样框中，通过，{} 个抽中单元", frozen.draw),
        format!("抽样框各行，通过，{} 行", frozen.frame),
        format!("抽取结果，通过，抽中 {} 个", frozen.draw),
    ] {
        assert!(window.shows(&words), "{words}: {}", window.shown().join(" | "));
    }

    // and on the command line
    let folder = window.project_folder().join(format!("draws/{month}/1"));
    let run = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .arg("verify")
        .arg(folder.join("certificate.json"))
        .arg("--frame")
        .arg(folder.join("frame.csv"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}");
    let counts = [format!("{} 个抽中单元", frozen.draw), format!("{} 行", frozen.frame)];
    for words in [strata].iter().chain(&counts) {
        assert!(said.contains(words), "{words}: {said}");
    }

    // the overview and the plan's page count what was drawn
    rail(window, "总览");
    window.settle();
    let all = thousands(drawn + frozen.draw);
    assert!(window.shows(&format!("已抽取 {all} 项")), "{all}: {}", window.shown().join(" | "));
    rail(window, "年度计划");
    window.settle();
    let city = format!("全市 {}月 计划 ", month.month());
    let cell = window.shown().into_iter().find(|text| text.starts_with(&city)).unwrap();
    assert!(cell.contains(&format!("已抽取 {} 项", thousands(frozen.draw))), "{cell}");
}

fn read_reveal(window: &Window, frozen: &Frozen) {
    let (draw, certain, strata) = (frozen.draw, frozen.certain, frozen.strata);
    assert_eq!(figure(window, "抽取 ", " 家"), draw);
    assert_eq!(figure(window, "其中必定抽取 ", " 家"), certain);
    assert!(window.shows(&format!("参加抽取的层 {strata} / {strata} 层")), "{:?}", window.shown());
    // each stratum's line: name, then drawn of participants
    let texts = painted(window);
    for (name, (size, _, drawn)) in &frozen.of_stratum {
        let at = texts.iter().position(|text| text == name).unwrap_or_else(|| panic!("{name}: {texts:?}"));
        assert_eq!(texts[at + 1], format!("{} / {}", thousands(*drawn), thousands(*size)), "{name}");
    }
}

fn read_pairs(window: &Window, frozen: &Frozen) {
    assert_eq!(figure(window, "抽取 ", " 家"), frozen.draw);
    assert_eq!(figure(window, "配对 ", " 组"), frozen.draw);
}

fn read_list(window: &Window, frozen: &Frozen) {
    let draw = frozen.draw;
    assert!(window.shows(&format!("{draw} 家，配对 {draw} 组")), "{:?}", window.shown());
    // by their own chance, or because the quota was rounded up to them
    let reasons = ["概率达到 1", "按取整后的名额概率达到 1"];
    let reached: u64 = reasons.iter().filter_map(|reason| frozen.by_reason.get(*reason)).sum();
    let mandatory = frozen.certain - reached;
    let words = match reached {
        0 => format!("其中必定抽取 {} 家，均为必查", frozen.certain),
        _ => format!("其中必定抽取 {} 家：必查 {mandatory} 家，概率达到 1 的 {reached} 家", frozen.certain),
    };
    assert!(window.shows(&words), "{words}: {:?}", window.shown());
}

/// What each step says, held against the freeze.
fn hold(window: &mut Window, step: &str, planned: f64, frozen: &mut Frozen) {
    match step {
        "freeze" => {
            *frozen = read_freeze(window);
            // the plan's figure: whole, and as it was computed, beside what it was rounded to
            let whole = whole_checks(planned);
            let said = format!(
                "计划预计 {whole} 家（取整前 {planned:.1}）；各层名额已按年度种子取整，合计 {} 家",
                frozen.draw
            );
            assert!(window.shows(&said), "{said}: {}", window.shown().join(" | "));
        }
        "question" => {
            let Frozen { frame, draw, certain, .. } = frozen;
            let said = format!("从 {} 家中抽取 {draw} 家，其中必定抽取 {certain} 家", thousands(*frame));
            assert!(window.shows(&said), "{said}");
        }
        "sealed" => {
            for (label, value, unit) in [
                ("抽样框", frozen.frame, "家"),
                ("将抽取", frozen.draw, "家"),
                ("其中必定抽取", frozen.certain, "家"),
                ("参加抽取的层", frozen.strata, "层"),
            ] {
                assert_eq!(beside(window, label), format!("{} {unit}", thousands(value)), "{label}");
            }
        }
        "reveal" => read_reveal(window, frozen),
        "pairs" => read_pairs(window, frozen),
        "list" => read_list(window, frozen),
        _ => {}
    }
}

/// The city's checks of a month, as 年度计划 and 总览 count them.
fn planned(window: &Window, month: usize) -> f64 {
    let view = window.app().session.project().unwrap().view().unwrap().clone();
    {
        let cell = &view.analysis.plan.city_cells()[month];
        cell.drawn_visits() + cell.mandatory_visits()
    }
}

#[test]
fn the_figures_of_the_ceremony_agree_at_every_step() {
    let mut window = Window::new(TALL, false, Begin::City);
    window.settle();
    name_operator(&mut window, "王晓明");
    let mut january = Frozen::default();
    let month = draw_month_with(&mut window, &mut |w, step| {
        let plan = planned(w, 0);
        hold(w, step, plan, &mut january);
    });
    window.settle();
    // the year's seed: opened when the journal says so
    rail(&mut window, "审计");
    let opening = window.shown().into_iter().find(|text| text.contains("，开封，开封 2027 年度种子")).unwrap();
    let minute = opening.split('，').nth(1).unwrap().to_owned();
    window.click("封签登记簿");
    let line = window.shown().into_iter().find(|text| text.starts_with("2027 年度种子，1，")).unwrap();
    assert!(line.split('，').nth(5).unwrap().starts_with(&minute), "{line}, journal {minute}");
    follow(&mut window, month, &january, 0);

    // the next month, after another one was drawn
    rail(&mut window, "月度抽取");
    window.settle();
    choose_month(&mut window, &month.plus(1).to_string());
    window.settle();
    let plan = planned(&window, 1);
    let mut february = Frozen::default();
    ceremony_with(&mut window, "开封并抽取", &mut |w, step| hold(w, step, plan, &mut february));
    window.until("the reveal", |w| w.enabled("进入配对"));
    read_reveal(&window, &february);
    window.click("进入配对");
    window.until("the pairs", |w| w.enabled("进入本月清单"));
    window.click("进入本月清单");
    window.until("the list", |w| w.enabled("导出任务单"));
    window.settle();
    assert_ne!(january, february);
    follow(&mut window, month.plus(1), &february, january.draw);
}
