//! Every screen empty, loading, failed and full, light and dark, at a laptop's and a projector's size: each time it
//! says what belongs there, with the figures of the data.

use egui_kittest::kittest::NodeT;
use fairdraw::disclosure::DeadlineState;
use fairdraw::registry::TableKind;
use fairdraw::ui::screens::ScreenId;
use fairdraw::ui::text::{audit, briefing, common, data, draw, effect, map, overview, plan, results, risk, table};
use fairdraw::ui::widgets::{decimal, thousands};
use fairdraw::workspace::reports::mandatory::month_sentences;
use fairdraw::workspace::session::job::Stage;
use fairdraw::workspace::session::{AnalysisView, ViewCommand};

use super::support::{Begin, LAPTOP, PROJECTOR, SOURCES, Window};
use super::work::{draw_month, name_operator};

/// Goes to each screen; says which of the texts wanted are nowhere on it.
fn each_screen(window: &mut Window, wanted: impl Fn(&Window, ScreenId) -> Vec<String>) {
    let mut faults = Vec::new();
    for screen in ScreenId::ALL {
        window.app_mut().go(screen);
        window.harness.run_steps(4);
        let wanted = wanted(window, screen);
        assert!(!wanted.is_empty(), "{screen:?} is asked for nothing");
        let start = std::time::Instant::now();
        let mut missing = wanted.clone();
        // a screen's own work may come a little later
        while start.elapsed() < std::time::Duration::from_secs(20) {
            let shown = window.shown();
            missing = wanted.iter().filter(|text| !shown.iter().any(|name| name.contains(*text))).cloned().collect();
            if missing.is_empty() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
            window.harness.step();
        }
        if !missing.is_empty() {
            faults.push(format!("{screen:?} lacks {missing:?}; it shows: {}", window.shown().join(" | ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[test]
fn empty() {
    for dark in [false, true] {
        let mut window = Window::new(LAPTOP, dark, Begin::Nothing);
        window.harness.run_steps(2);
        each_screen(&mut window, |_, screen| match screen {
            // here files are what is asked for
            ScreenId::Data => texts([data::NO_FILES, data::IMPORT_FOLDER, data::IMPORT_FILES, common::OPEN_DEMO]),
            _ => texts([common::NO_PROJECT, common::NO_PROJECT_HINT, common::OPEN_OTHER, common::OPEN_DEMO]),
        });
    }
}

#[test]
fn failed() {
    for dark in [false, true] {
        let missing = std::env::temp_dir().join("没有这个项目");
        let mut window = Window::new(LAPTOP, dark, Begin::Folder(missing));
        window.until("the failure", |w| matches!(w.app().session.opening(), Stage::Failed(_)));
        each_screen(&mut window, |_, _| {
            texts([common::OPEN_FAILED, "PRJ-002", "没有这个项目", common::OPEN_OTHER, common::OPEN_DEMO])
        });
    }
}

#[test]
fn loading() {
    for dark in [false, true] {
        // while the project is read every screen says so
        let mut window = Window::held(LAPTOP, dark, Begin::City);
        assert!(matches!(window.app().session.opening(), Stage::Running(_)));
        each_screen(&mut window, |w, _| {
            let Stage::Running(progress) = w.app().session.opening() else { return texts(["the project is open"]) };
            let label = progress.state().label;
            vec![if label.is_empty() { common::OPENING.to_owned() } else { label }]
        });
        // once it is read, plan and books are still on their way: what is known is shown, the rest is said to come
        while window.app().session.project().is_none() {
            window.take_in_once();
        }
        let open = window.app().session.project().unwrap();
        assert!(open.view().is_none());
        // the books of a young project may have come with it
        let read = open.books.value().is_some();
        let (name, sources) = (open.saved.file.name.clone(), table_of_sources(&window));
        each_screen(&mut window, |_, screen| match screen {
            ScreenId::Overview => vec![name.clone(), common::COMPUTING.to_owned(), format!("{} …", overview::PLANNED)],
            ScreenId::Data => vec![sources.clone()],
            ScreenId::Map | ScreenId::Risk | ScreenId::Plan | ScreenId::Effect => texts([common::COMPUTING]),
            ScreenId::Briefing => texts([briefing::COMPUTING]),
            ScreenId::Draw | ScreenId::Results | ScreenId::Audit if !read => texts([common::READING_BOOKS]),
            ScreenId::Draw => texts([draw::F_FRAME, draw::FREEZE_NEXT]),
            ScreenId::Results => texts([results::NO_DRAW, results::NO_DRAW_HINT]),
            ScreenId::Audit => texts([audit::CHAIN_WHOLE]),
        });
        window.let_go();
        window.settle();
        each_screen(&mut window, before_the_draw);
    }
}

/// The register's table with its rows.
fn table_of_sources(window: &Window) -> String {
    let rows = window.app().session.project().unwrap().data.len();
    assert!((SOURCES - 100..=SOURCES).contains(&rows), "{rows}");
    table::named(TableKind::Sources.label(), &thousands(rows as u64))
}

/// The note under the year's number: both parts of it.
fn mandatory_and_drawn(view: &AnalysisView) -> String {
    let cells = view.analysis.plan.city_cells();
    let drawn = cells.iter().flat_map(|cell| &cell.drawn).sum();
    overview::split(drawn, cells.iter().flat_map(|cell| &cell.mandatory).sum())
}

/// What each screen must show of a project that is planned and not yet drawn.
fn before_the_draw(window: &Window, screen: ScreenId) -> Vec<String> {
    let session = &window.app().session;
    let open = session.project().unwrap();
    let view = open.view().unwrap();
    let data = &open.data;
    let all = data.len() as u64;
    let year = view.areas.city.expected_year();
    assert!(year > 50.0, "a plan of {year} visits");
    let mut bodies = open.project.policy.bodies.iter().map(|body| body.name.clone());
    let (first_body, second_body) = (bodies.next().unwrap(), bodies.next().unwrap());
    match screen {
        ScreenId::Overview => vec![
            format!("{} {}{}", overview::PLANNED, decimal(year, 0), overview::VISITS),
            mandatory_and_drawn(view),
            overview::month_title(0, 0, 0, year),
            // two colours, each with its name
            overview::S_PLAN.to_owned(),
            overview::S_MANDATORY.to_owned(),
            overview::BY_QUARTER.to_owned(),
            overview::NONE_FINISHED.to_owned(),
            month_sentences(&open.project.policy, &view.analysis)[0].clone(),
        ],
        ScreenId::Data => vec![
            table_of_sources(window),
            format!("{}，", data.name(0).unwrap()),
            format!("{}，", data.name(5).unwrap()),
            data.unit_id(5).unwrap().to_owned(),
        ],
        ScreenId::Map => {
            let located = data.lon.iter().filter(|lon| lon.is_finite()).count() as u64;
            vec![map::shown(all, located), map::CITY.to_owned(), map::SELECTION_NONE.to_owned()]
        }
        ScreenId::Risk => {
            let mut wanted = vec![
                risk::of_sites(view.analysis.population.inputs.sites.tier.len() as u64),
                format!("{} {}{}", risk::VISITS, decimal(year, 0), risk::CHECKS),
                risk::NO_MOVERS.to_owned(),
            ];
            wanted.extend(open.project.policy.tiers.iter().map(|tier| tier.name.clone()));
            wanted
        }
        ScreenId::Plan => vec![
            plan::title_note(2027, &decimal(year, 0), "2027-01".parse().unwrap()),
            format!("{} 1", plan::CITY),
            first_body,
            second_body,
        ],
        ScreenId::Draw => vec![
            format!("{} {} {}", draw::F_FRAME, thousands(all), draw::U_UNITS),
            format!("{} {} {}", draw::F_BODIES, open.project.policy.bodies.len(), draw::U_BODIES),
            draw::FREEZE_NEXT.to_owned(),
        ],
        ScreenId::Results => texts([results::NO_DRAW, results::NO_DRAW_HINT, results::GO_DRAW]),
        ScreenId::Effect => texts([effect::NOTHING, effect::NOTHING_HINT, effect::GO_RESULTS]),
        ScreenId::Briefing => {
            texts([briefing::PAGES, briefing::NOTES, "2027 年双随机检查工作简报", "尚无应公开的检查结果"])
        }
        ScreenId::Audit => {
            let journal = &open.books.value().unwrap().journal;
            vec![
                audit::CHAIN_WHOLE.to_owned(),
                table::rows_shown(&thousands(journal.len() as u64), &thousands(journal.len() as u64)),
                table::named(audit::PAGES[0], &thousands(journal.len() as u64)),
                journal[0].operator.clone(),
            ]
        }
    }
}

/// What each screen must show besides once a month is drawn.
fn after_the_draw(window: &Window, screen: ScreenId) -> Vec<String> {
    let open = window.app().session.project().unwrap();
    let (view, books) = (open.view().unwrap(), open.books.value().unwrap());
    let opened = &books.draws[0];
    let drawn = opened.checks.len() as u64;
    assert!(drawn > 5, "{drawn} drawn");
    let year = decimal(view.areas.city.expected_year(), 0);
    let check = &opened.checks[0];
    match screen {
        ScreenId::Overview => vec![
            format!("{} 0{}", overview::DONE, overview::ITEMS),
            // the month has not begun: nothing is behind
            overview::listed(drawn as u32, 0, 0.0),
            overview::progress_title(0, drawn as u32, 0),
            mandatory_and_drawn(view),
            overview::month_title(0, drawn as u32, 0, view.areas.city.expected_year()),
        ],
        ScreenId::Data | ScreenId::Map | ScreenId::Risk | ScreenId::Effect => before_the_draw(window, screen),
        ScreenId::Plan => {
            // the plan as it stood before the draw, beside what was drawn and done
            let before = &books.plans.before[&opened.month];
            let planned: f64 = before.bodies.iter().map(|body| body.month(0).total()).sum();
            vec![
                plan::title_note(2027, &year, "2027-02".parse().unwrap()),
                plan::cell_past(plan::CITY, 1, &decimal(planned, 1), &thousands(drawn), "0"),
            ]
        }
        ScreenId::Draw => vec![
            table::named(draw::LIST, &thousands(drawn)),
            check.name.clone(),
            check.unit_id.as_str().to_owned(),
            opened.draw.period.to_string(),
        ],
        ScreenId::Results => {
            let open: usize = books.status.open_checks.iter().map(|(_, n)| n).sum();
            assert_eq!(books.status.board.of_state(DeadlineState::Overdue).count(), 0);
            vec![
                format!("{} {}{}", results::TO_CHECK, thousands(open as u64), results::ITEMS),
                results::as_of(books.status.today),
                results::tab(results::TAB_ENTRY, open),
                results::NO_RESULTS.to_owned(),
            ]
        }
        // the title of the year's page is the chart's of the overview
        ScreenId::Briefing => {
            vec![overview::month_title(0, drawn as u32, 0, view.areas.city.expected_year()), briefing::SHOW.to_owned()]
        }
        ScreenId::Audit => {
            let journal = &books.journal;
            assert!(journal.len() >= 4, "seals and openings are entered");
            vec![
                table::rows_shown(&thousands(journal.len() as u64), &thousands(journal.len() as u64)),
                "王晓明".to_owned(),
                audit::command("seal").to_owned(),
            ]
        }
    }
}

#[test]
fn full_at_both_sizes_in_both_themes() {
    for (size, dark) in [(LAPTOP, false), (PROJECTOR, true)] {
        let mut window = Window::new(size, dark, Begin::City);
        window.settle();
        each_screen(&mut window, before_the_draw);
        name_operator(&mut window, "王晓明");
        draw_month(&mut window);
        window.settle();
        each_screen(&mut window, after_the_draw);
    }
}

#[test]
fn a_chosen_district_and_source_are_followed_by_the_screens() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.send(ViewCommand::SetDistrict(Some(310_115)));
    let open = window.app().session.project().unwrap();
    let index = open.data.districts.index_of(fairdraw::domain::DistrictCode(310_115)).unwrap();
    let (first, _) = open.data.district.iter().enumerate().find(|(_, d)| usize::from(**d) == index).unwrap();
    window.send(ViewCommand::SelectUnit(Some(first as u32)));
    window.settle();
    each_screen(&mut window, |w, screen| {
        let open = w.app().session.project().unwrap();
        let (name, view) = (open.data.name(first as u32).unwrap().to_owned(), open.view().unwrap());
        let rows = open.data.district.iter().filter(|d| usize::from(**d) == index).count();
        let year = decimal(view.areas.districts[index].expected_year(), 0);
        match screen {
            ScreenId::Data => {
                vec![table::named(TableKind::Sources.label(), &thousands(rows as u64)), name, data::LAMBDA.to_owned()]
            }
            ScreenId::Map => vec![name, map::selected(1), "浦东新区".to_owned()],
            ScreenId::Risk => vec![risk::of_sites(rows as u64), format!("{} {year}{}", risk::VISITS, risk::CHECKS)],
            _ => vec!["浦东新区".to_owned()],
        }
    });
}

#[test]
fn a_small_window_at_a_large_zoom_stands() {
    for size in [egui::Vec2::new(683.0, 384.0), egui::Vec2::new(480.0, 300.0)] {
        let mut window = Window::new(size, false, Begin::City);
        window.settle();
        for screen in ScreenId::ALL {
            window.app_mut().go(screen);
            window.harness.run_steps(4);
            window.settle();
            let rail = window.shown().into_iter().filter(|name| name.contains(screen.label())).count();
            assert!(rail > 0, "{screen:?} is on the rail");
            assert!(window.harness.root().children().next().is_some(), "{screen:?}");
        }
    }
}
