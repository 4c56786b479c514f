//! The ceremony's screens: what the freeze shows is what is sealed; a lost secret is typed from its envelope; an
//! exported folder is checked on the verification page.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::kittest::Queryable;
use fairdraw::domain::{Period, PlanMonth};
use fairdraw::sampling::{AnyCertificate, DEMONSTRATION_SOURCE, EntropyFormat};
use fairdraw::ui::screens::ScreenId;
use fairdraw::workspace::deeds::deed::Deed;
use fairdraw::workspace::deeds::seal::Pledge;
use fairdraw::workspace::session::ViewCommand;

use super::support::{Begin, LAPTOP, Window};
use super::work::write_exported;

const DICE: &str = "4162253614235516";

fn pledge(demonstration: bool) -> Pledge {
    Pledge {
        format: EntropyFormat::Dice,
        entropy_source: if demonstration { DEMONSTRATION_SOURCE } else { "区公证处掷骰" }.into(),
        reference: "第1次".into(),
        available_at: "2026-12-22T20:00:00+08:00".into(),
        again: None,
        demonstration,
    }
}

fn type_number(window: &mut Window) {
    window.until("the field", |w| w.shows("再录一遍"));
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "公开数").focus();
    window.harness.run_steps(2);
    window.text(DICE);
    window.until("its spelling", |w| w.shows("写法正确"));
    window.click("两名见证人已核对");
}

#[test]
fn the_freeze_shows_what_is_sealed() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    window.send(Deed::SealYear(pledge(true)));
    window.until("the seal", |w| w.app().session.last_done().0 == 1);
    window.settle();
    window.send(Deed::Open(Period::Year(2027), DICE.into()));
    window.until("the seed", |w| w.app().session.last_done().0 == 2);
    window.settle();
    let month: PlanMonth = "2027-01".parse().unwrap();
    window.app_mut().go(ScreenId::Draw);
    window.until("the freeze", |w| w.enabled("核对无误，选定公开数"));
    let shown = window.shown();
    window.send(Deed::SealMonth(month, pledge(true)));
    window.until("the month's seal", |w| w.app().session.last_done().0 == 3);
    window.settle();
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let seal = &books.pending.as_ref().unwrap().draw.seal;
    let certain = books.pending.as_ref().unwrap().draw.frame.rows().filter(|r| r.pi_ppb == 1_000_000_000).count();
    for (label, value, unit) in [
        ("抽样框", seal.frame_size, "家"),
        ("将抽取", seal.total_draw(), "家"),
        ("其中必定抽取", certain as u64, "家"),
        ("参加抽取的层", seal.strata_with_chance() as u64, "层"),
    ] {
        let figure = format!("{label} {} {unit}", fairdraw::ui::widgets::thousands(value));
        assert!(shown.contains(&figure), "{figure}: {shown:?}");
    }
    assert!(shown.iter().any(|text| text == "所在层本月名额取整为零"), "{shown:?}");
    // and the sealed page says the same
    window.until("the commitment", |w| w.shows("承诺值（SHA-256）"));
    assert!(window.shows(&format!("{} 层", seal.strata_with_chance())));
}

#[test]
fn a_lost_secret_is_typed_from_its_envelope() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    window.send(Deed::SealYear(pledge(false)));
    window.until("the seal", |w| w.app().session.last_done().0 == 1);
    window.settle();
    let envelope = {
        let books = window.app().session.project().unwrap().books.value().unwrap().clone();
        books.pending.as_ref().unwrap().envelope.clone().unwrap()
    };
    let folder = Arc::clone(&window.folder);
    let secret = window.project_folder().join("draws/2027-00/1/secret.json");
    drop(window);
    std::fs::remove_file(&secret).unwrap();

    // the computer comes back without the file
    let mut window = Window::within(folder, LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    window.at("2026-12-22T20:00:10");
    window.app_mut().go(ScreenId::Draw);
    window.until("the number's hour", |w| w.enabled("承诺值已公布，录入公开数"));
    assert!(window.shows("秘密文件 secret.json 遗失或损坏"), "{:?}", window.shown());
    window.click("承诺值已公布，录入公开数");
    type_number(&mut window);
    assert!(!window.enabled("开封取种子"), "not without the secret");
    let field = |window: &mut Window, text: &str| {
        window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "信封中的秘密").focus();
        window.harness.run_steps(2);
        window.text(text);
    };
    field(&mut window, "1234");
    assert!(window.shows("写法不对"), "{:?}", window.shown());
    let rest: String = "1234abcd ".repeat(8).chars().skip(4).collect();
    field(&mut window, &rest);
    window.harness.run_steps(2);
    assert!(window.shows("与封签不符"), "{:?}", window.shown());
    assert!(!window.enabled("开封取种子"));
    window.key(egui::Modifiers::COMMAND, egui::Key::A);
    field(&mut window, &envelope);
    window.until("the fit", |w| w.shows("与封签相符"));
    window.click("开封取种子");
    window.until("the seed", |w| {
        w.app().session.project().and_then(|p| p.books.value().map(|b| b.year_opened)).unwrap_or(false)
    });
    assert!(window.app().session.findings().1.findings().iter().any(|f| f.code == "SEL-051"), "it is said");
}

#[test]
fn an_exported_folder_is_checked_by_a_button() {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    let folder = window.folder.path().join("导出");
    write_exported(&folder, &["任务.csv"]);
    window.app_mut().go(ScreenId::Audit);
    window.harness.run_steps(2);
    window.click("核验证书");
    let check = |window: &mut Window| {
        window.answers.push(&folder);
        window.click("选择导出的文件夹…");
    };
    check(&mut window);
    window.until("the check", |w| w.shows("1 个文件与清单一致"));
    std::fs::write(folder.join("任务.csv"), b"1,3\n").unwrap();
    check(&mut window);
    window.until("the fault", |w| w.shows("与清单有 1 处不符"));
    assert!(window.shows("EXP-038") && window.shows("任务.csv"), "{:?}", window.shown());
    window.answers.push(window.folder.path().join("项目"));
    window.click("选择导出的文件夹…");
    window.until("no manifest", |w| w.shows("EXP-043"));
}

#[test]
fn the_journal_is_held_against_its_published_head() {
    let mut window = opened_january();
    window.app_mut().go(ScreenId::Audit);
    window.harness.run_steps(2);
    window.click("核验证书");
    let fill = |window: &mut Window, text: &str| {
        window.harness.get_by_role_and_label(Role::MultilineTextInput, "已公布的日志根值").scroll_to_me();
        window.harness.run_steps(4);
        window.harness.get_by_role_and_label(Role::MultilineTextInput, "已公布的日志根值").click();
        window.harness.run_steps(2);
        window.key(egui::Modifiers::COMMAND, egui::Key::A);
        window.text(text);
    };
    let check = |window: &mut Window| {
        window.harness.get_by_label("核对日志").scroll_to_me();
        window.harness.run_steps(4);
        window.click("核对日志");
    };
    check(&mut window);
    window.until("the check without a head", |w| w.shows("日志与项目文件相符，未与公布的日志根值核对"));
    let now =
        window.shown().into_iter().find_map(|line| line.strip_prefix("现在的日志根值 ").map(str::to_owned)).unwrap();
    fill(&mut window, "12");
    window.until("the fault", |w| w.shows("日志根值应为「行数:64 位十六进制数字」"));
    assert!(!window.enabled("核对日志"));
    fill(&mut window, &now.to_uppercase());
    check(&mut window);
    window.until("the whole journal", |w| w.shows("日志完整，与已公布的根值一致"));
    let (lines, _) = now.split_once(':').unwrap();
    fill(&mut window, &format!("{lines}:{}", "ab".repeat(32)));
    check(&mut window);
    window.until("another journal", |w| w.shows("LOG-016"));
    assert!(window.shows("日志根值，不通过"), "{:?}", window.shown());
}

#[test]
fn the_verifier_takes_the_published_head_of_the_changes() {
    let mut window = opened_january();
    let path = window.project_folder().join("draws/2027-01/1/certificate.json");
    let certificate = AnyCertificate::parse(&std::fs::read(&path).unwrap()).unwrap();
    let head = certificate.head().unwrap().to_owned();
    let commitment = certificate.opening().commitment.clone();
    window.app_mut().go(ScreenId::Audit);
    window.harness.run_steps(2);
    window.click("核验证书");
    window.answers.push(&path);
    window.click("选择 certificate.json");
    window.until("what lies beside it", |w| w.shows("frame.csv"));
    let fill = |window: &mut Window, field: &str, text: &str| {
        window.harness.get_by_role_and_label(Role::MultilineTextInput, field).click();
        window.harness.run_steps(2);
        window.key(egui::Modifiers::COMMAND, egui::Key::A);
        window.text(text);
    };
    fill(&mut window, "已公布的承诺值", &commitment);
    assert!(window.shows("不填则不核对开封之后的变更是否齐全"));
    // what is none is told before anything is checked
    fill(&mut window, "已公布的变更摘要", "abc");
    window.until("the fault", |w| w.shows("变更摘要应为 64 位十六进制数字"));
    assert!(!window.enabled("开始核验"));
    // another one is told by its step, the right one passes, in groups and upper case too
    fill(&mut window, "已公布的变更摘要", &"ab".repeat(32));
    window.click("开始核验");
    window.until("the steps", |w| w.shows("公布的变更摘要，不通过"));
    assert!(window.shows("VER-059"), "{:?}", window.shown());
    let (one, other) = head.split_at(32);
    let grouped = format!("{} {other}", one.to_uppercase());
    fill(&mut window, "已公布的变更摘要", &grouped);
    window.click("开始核验");
    window.until("the steps", |w| w.shows("公布的变更摘要，通过，与公布的变更摘要一致"));
    assert!(window.shows("日志与外部改动，通过"), "{:?}", window.shown());
}

/// January sealed and opened as a demonstration, by commands.
fn opened_january() -> Window {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    let january = Period::Month("2027-01".parse().unwrap());
    for (count, command) in [
        Deed::SealYear(pledge(true)),
        Deed::Open(Period::Year(2027), DICE.into()),
        Deed::SealMonth("2027-01".parse().unwrap(), pledge(true)),
        Deed::Open(january, DICE.into()),
    ]
    .into_iter()
    .enumerate()
    {
        window.send(command);
        window.until("the ceremony's next step", |w| w.app().session.last_done().0 == count as u64 + 1);
        window.settle();
    }
    window
}

/// The check added last stands at the end of the month's list.
fn assert_origin(window: &mut Window, origin: &str) {
    window.settle();
    let first = window.shown().into_iter().find(|text| text.starts_with("1，")).unwrap();
    window.click(&first);
    window.key(egui::Modifiers::NONE, egui::Key::End);
    window.until("where it comes from", |w| w.shows(origin));
}

#[test]
fn a_closed_unit_is_only_added_with_grounds() {
    let mut window = opened_january();
    window.app_mut().session.apply(ViewCommand::SetMonth("2027-01".parse().unwrap()));
    window.app_mut().go(ScreenId::Draw);
    window.until("the list", |w| w.enabled("新增触发式检查"));
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let frame = &books.draws[0].draw.frame;
    let closed = frame.rows().find(|row| row.reason == "closed").unwrap().unit_id.to_owned();
    window.click("新增触发式检查");
    let field = |window: &mut Window, label: &str, text: &str| {
        window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, label).focus();
        window.harness.run_steps(2);
        window.text(text);
    };
    field(&mut window, "理由", "举报夜间生产");
    field(&mut window, "单位", &closed);
    window.until("what the unit is", |w| w.shows("该单位已关闭"));
    window.click("举报");
    assert!(!window.enabled("确定"), "not without grounds");
    field(&mut window, "仍须检查的依据", "群众提供当日照片");
    window.until("the grounds", |w| w.enabled("确定"));
    window.click("确定");
    window.until("the check on the list", |w| {
        let books = w.app().session.project().unwrap().books.value();
        books.is_some_and(|b| b.draws[0].draw.changes.len() == 1)
    });
    let books = window.app().session.project().unwrap().books.value().unwrap().clone();
    let change = format!("{:?}", books.draws[0].draw.changes[0]);
    assert!(change.contains("群众提供当日照片") && change.contains("Report"), "{change}");
    assert_origin(&mut window, "触发 · 举报");
}

#[test]
fn a_triggered_check_is_found_by_name_code_or_selection() {
    let mut window = opened_january();
    window.app_mut().session.apply(ViewCommand::SetMonth("2027-01".parse().unwrap()));
    let (name, code, row, listed) = {
        let open = window.app().session.project().unwrap();
        let listed = open.books.value().unwrap().listed_rows[&"2027-01".parse().unwrap()].clone();
        let sources = &open.data.registry.sources;
        let codes = fairdraw::registry::schema::sources::USCC.of(sources).unwrap();
        // a unit of an enterprise of its own, not on the list
        let alone = |row: &u32| {
            let code = codes.get(*row as usize);
            code.is_some() && codes.iter().filter(|other| *other == code).count() == 1
        };
        let exclusion = &open.view().unwrap().analysis.population.inputs.sites.exclusion;
        let row = (0..open.data.len() as u32)
            .find(|row| !listed.contains(row) && alone(row) && !exclusion[*row as usize].is_dead())
            .unwrap();
        let name = open.data.name(row).unwrap().to_owned();
        (name, codes.get(row as usize).unwrap().to_owned(), row, listed)
    };
    window.app_mut().go(ScreenId::Draw);
    window.until("the list", |w| w.enabled("新增触发式检查"));
    window.click("新增触发式检查");
    let field = |window: &mut Window, text: &str| {
        window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "单位").focus();
        window.harness.run_steps(2);
        window.key(egui::Modifiers::COMMAND, egui::Key::A);
        window.text(text);
    };
    // several fit: each with what tells it apart, none presumed
    field(&mut window, "公司");
    assert!(window.shows("请选定是哪一家"), "{:?}", window.shown());
    assert!(!window.enabled("确定"));
    field(&mut window, "没有这样一家");
    assert!(window.shows("名录中没有这样的名称、信用代码或编号"));
    // the code is answered with the company
    field(&mut window, &code);
    window.until("the company", |w| w.shown().iter().any(|text| text.starts_with(&name)));
    field(&mut window, &name);
    window.until("the company", |w| w.shown().iter().any(|text| text.starts_with(&name)));
    window.key(egui::Modifiers::NONE, egui::Key::Escape);
    // what was picked elsewhere is proposed
    window.send(ViewCommand::SelectRows(Arc::new(vec![listed[0], row])));
    window.click("新增触发式检查");
    window.until("the selection", |w| w.shows("地图或表格中选中的"));
    let choice = window.shown().into_iter().find(|text| text.starts_with(&name)).unwrap();
    window.click(&choice);
    window.click("监测异常");
    window.harness.get_by_role_and_label(egui::accesskit::Role::TextInput, "理由").focus();
    window.harness.run_steps(2);
    window.text("自动监控连续超标");
    window.until("the button", |w| w.enabled("确定"));
    window.click("确定");
    window.until("the check on the list", |w| {
        let books = w.app().session.project().unwrap().books.value();
        books.is_some_and(|b| b.draws[0].draw.changes.len() == 1)
    });
    assert_origin(&mut window, "触发 · 监测异常");
}

fn at_the_number(pledge: Pledge, hour: &str) -> Window {
    let mut window = Window::new(LAPTOP, false, Begin::City);
    window.settle();
    window.app_mut().session.apply(ViewCommand::SetOperator("王晓明".into()));
    window.send(Deed::SealYear(pledge));
    window.until("the seal", |w| w.app().session.last_done().0 == 1);
    window.settle();
    window.at(hour);
    window.app_mut().go(ScreenId::Draw);
    window.until("the number's hour", |w| w.enabled("承诺值已公布，录入公开数"));
    window.click("承诺值已公布，录入公开数");
    window.until("the field", |w| w.shows("再录一遍"));
    window
}

/// Types into a field; what stood there is gone.
fn write(window: &mut Window, field: &str, text: &str) {
    window.harness.get_by_role_and_label(Role::TextInput, field).focus();
    window.harness.run_steps(2);
    window.key(egui::Modifiers::COMMAND, egui::Key::A);
    window.text(text);
    window.harness.run_steps(3);
}

#[test]
fn a_round_is_opened_with_its_signature_alone() {
    let quicknet = &fairdraw::anchor::beacon::CHAINS[0];
    let round = quicknet.round_at(1_797_940_800); // 2026-12-22T20:00:00+08:00
    let sealed = Pledge {
        format: EntropyFormat::Drand,
        entropy_source: "drand quicknet".into(),
        reference: round.to_string(),
        available_at: String::new(),
        again: None,
        demonstration: false,
    };
    let mut window = at_the_number(sealed, "2026-12-22T20:00:10");
    assert!(window.shows(&format!("粘贴 drand 公布的第 {round} 轮的 JSON")), "{:?}", window.shown());
    // the randomness, which everybody can read, proves nothing; another round's JSON neither
    write(&mut window, "公开数", &"1f20851f06544882".repeat(4));
    assert!(window.shows("写法不符，应为：粘贴 drand 公布的"), "{:?}", window.shown());
    let signature = "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";
    write(&mut window, "公开数", &format!(r#"{{"round":123,"signature":"{signature}"}}"#));
    assert!(window.shows("写法不符"), "{:?}", window.shown());
    write(&mut window, "公开数", &format!(r#"{{"round":{round},"signature":"{signature}"}}"#));
    assert!(
        window.shows("写法正确") && window.shows(&format!("第 {round} 轮 b75c69d0 b72a5d90")),
        "{:?}",
        window.shown()
    );
    window.click("两名见证人已核对");
    window.until("sure", |w| w.shows(&format!("第 {round} 轮的签名，两名见证人已核对")));
    // spelt well and not that round's: one sentence, and what was typed stays
    window.click("开封取种子");
    window.until("the refusal", |w| w.shows("签名不成立"));
    window.until("what was typed", |w| w.shows("写法正确"));
    assert!(window.app().session.findings().1.findings().iter().any(|f| f.code == "ANC-016"), "it is said");
}

#[test]
fn a_lottery_number_takes_two_people_and_its_page_is_kept() {
    let issue = "2026-12-20（周日）开奖的一期;2026-12-22（周二）开奖的一期";
    let sealed = Pledge {
        format: EntropyFormat::Mixed,
        entropy_source: "ssq:中国福利彩票双色球;ssq:中国福利彩票双色球".into(),
        reference: issue.into(),
        available_at: String::new(),
        again: None,
        demonstration: false,
    };
    let mut window = at_the_number(sealed, "2026-12-22T21:30:00");
    let number = "ssq=03 07 12 18 25 31+09;ssq=01 02 03 04 05 33+16";
    assert!(window.shows("另一人对照公布的页面再录一遍，并写明姓名。") && !window.shows("两名见证人已核对"));
    write(&mut window, "公开数", number);
    write(&mut window, "再录一遍", &number.replace("+16", "+15"));
    write(&mut window, "另一人", "李建国");
    assert!(window.shows("两遍不一致") && !window.enabled("开封取种子"), "{:?}", window.shown());
    write(&mut window, "再录一遍", number);
    assert!(window.shows("两遍一致") && window.enabled("开封取种子"), "{:?}", window.shown());
    // the operator is no second person, however the name is spaced
    write(&mut window, "另一人", "王 晓明");
    assert!(window.shows("所写的就是操作人") && !window.enabled("开封取种子"), "{:?}", window.shown());
    write(&mut window, "另一人", "李建国");
    let page = window.folder.path().join("开奖公告.png");
    std::fs::write(&page, b"page").unwrap();
    window.answers.push(&page);
    window.click("选择页面或图片…");
    window.until("the page", |w| w.shows("开奖公告.png"));
    assert!(window.shows(&format!("{number}，两人录入一致。")), "{:?}", window.shown());
    window.click("开封取种子");
    window.until("the seed", |w| {
        w.app().session.project().and_then(|p| p.books.value().map(|b| b.year_opened)).unwrap_or(false)
    });
    let folder = window.project_folder().join("draws/2027-00/1");
    assert_eq!(std::fs::read(folder.join("number-source.png")).unwrap(), b"page");
    let anchors = std::fs::read_to_string(folder.join("anchors.json")).unwrap();
    assert!(anchors.contains("李建国") && anchors.contains("source_sha256"), "{anchors}");
}
