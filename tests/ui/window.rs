//! The real window on a virtual screen: opens the demo city, seals, opens, exports; the certificate verifies.
//!
//! Driven through eframe's inspection, which only the build for tests has, over the loopback interface:
//! `cargo test --test window -- --ignored`. Needs Xvfb.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at a fault"
)]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use egui::accesskit::{self, Affine, Node, NodeId, Rect, TreeUpdate};
use egui::{Event, Key, Modifiers, PointerButton, Pos2, pos2};
use egui_inspection::{Request, Response, protocol, read_message, write_message};

/// One window at a time: each takes the next free display.
static ALONE: Mutex<()> = Mutex::new(());

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Driver {
    stream: TcpStream,
    app: Killed,
    _screen: Killed,
    log: PathBuf,
}

fn start(folder: &Path) -> Driver {
    start_on(folder, &[], &[])
}

/// With a screen of these options, and these variables for the program.
fn start_on(folder: &Path, screen: &[&str], variables: &[(&str, &str)]) -> Driver {
    let display =
        (70..99).find(|n| !Path::new(&format!("/tmp/.X11-unix/X{n}")).exists()).expect("a free display number");
    let screen = Command::new("Xvfb")
        .args([&format!(":{display}"), "-screen", "0", "1366x768x24"])
        .args(screen)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("Xvfb is needed for this test");
    let screen = Killed(screen);
    let socket = format!("/tmp/.X11-unix/X{display}");
    wait("the virtual screen", Duration::from_secs(20), || Path::new(&socket).exists().then_some(()));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let log = folder.join("window.log");
    let out = std::fs::File::create(&log).unwrap();
    let app = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .env("DISPLAY", format!(":{display}"))
        .env_remove("WAYLAND_DISPLAY")
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("EGUI_INSPECTION", format!("127.0.0.1:{port}"))
        .env("FAIRDRAW_PICK", folder.join("导出"))
        .env("FAIRDRAW_FAIL", folder.join("fail"))
        .envs(variables.iter().copied())
        .stdout(Stdio::null())
        .stderr(out)
        .spawn()
        .unwrap();
    let app = Killed(app);
    let mut stream =
        wait("the window's port", Duration::from_secs(90), || TcpStream::connect(("127.0.0.1", port)).ok());
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    protocol::read_handshake(&mut stream).unwrap();
    Driver { stream, app, _screen: screen, log }
}

#[track_caller]
fn wait<T>(what: &str, most: Duration, mut ask: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(begin.elapsed() < most, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn words(node: &Node) -> String {
    format!("{} {}", node.label().unwrap_or_default(), node.value().unwrap_or_default())
}

/// Bounds of a node in points of the window: its own, through the transforms of its ancestors.
fn bounds(tree: &TreeUpdate, id: NodeId) -> Option<Rect> {
    let find = |id: NodeId| tree.nodes.iter().find(|(n, _)| *n == id).map(|(_, node)| node);
    let mut rect = find(id)?.bounds()?;
    let mut at = id;
    loop {
        if let Some(node) = find(at)
            && let Some(transform) = node.transform()
        {
            let transform: Affine = *transform;
            rect = transform.transform_rect_bbox(rect);
        }
        let parent = tree.nodes.iter().find(|(_, node)| node.children().contains(&at)).map(|(id, _)| *id);
        match parent {
            Some(parent) => at = parent,
            None => return Some(rect),
        }
    }
}

impl Driver {
    fn ask(&mut self, request: &Request) -> Response {
        write_message(&mut self.stream, request).unwrap();
        read_message(&mut self.stream).unwrap_or_else(|error| {
            let gone = self.app.0.try_wait().ok().flatten();
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            panic!("the window gave no answer: {error}; ended {gone:?}; it said: {log}")
        })
    }

    fn tree(&mut self) -> (TreeUpdate, f32) {
        match self.ask(&Request::GetTree) {
            Response::Tree { accesskit: Some(tree), pixels_per_point, .. } => (tree, pixels_per_point),
            // the first tree comes with the first frame after the inspector attached
            _ => {
                (TreeUpdate { nodes: Vec::new(), tree: None, tree_id: accesskit::TreeId::ROOT, focus: NodeId(0) }, 1.0)
            }
        }
    }

    /// A picture of the window for whoever looks into a failure, where `FAIRDRAW_PICTURES` names a folder.
    fn picture(&mut self) {
        let Some(folder) = std::env::var_os("FAIRDRAW_PICTURES") else { return };
        if let Response::Screenshot(png) = self.ask(&Request::GetScreenshot { pixels_per_point: None }) {
            let _ = std::fs::write(Path::new(&folder).join("window.png"), png.bytes);
        }
    }

    fn shown(&mut self) -> String {
        let (tree, _) = self.tree();
        tree.nodes.iter().map(|(_, node)| words(node)).filter(|w| w.len() > 1).collect::<Vec<_>>().join(" | ")
    }

    fn find(&mut self, text: &str) -> Option<(Pos2, bool)> {
        let (tree, zoom) = self.tree();
        let exact = |node: &Node| node.label() == Some(text) || node.value() == Some(text);
        let near = |node: &Node| words(node).contains(text);
        let at = tree
            .nodes
            .iter()
            .find(|(_, node)| exact(node) && node.role() == accesskit::Role::Button)
            .or_else(|| tree.nodes.iter().find(|(_, node)| exact(node)))
            .or_else(|| tree.nodes.iter().find(|(_, node)| near(node)))?;
        let (id, disabled) = (at.0, at.1.is_disabled());
        let rect = bounds(&tree, id)?;
        let zoom = f64::from(zoom);
        let middle =
            pos2((f64::midpoint(rect.x0, rect.x1) / zoom) as f32, (f64::midpoint(rect.y0, rect.y1) / zoom) as f32);
        Some((middle, disabled))
    }

    #[track_caller]
    fn until(&mut self, text: &str) -> Pos2 {
        let begin = Instant::now();
        loop {
            if let Some((at, false)) = self.find(text) {
                return at;
            }
            if begin.elapsed() > Duration::from_mins(3) {
                let shown = self.shown();
                self.picture();
                panic!("waited in vain for 「{text}」; the window shows: {shown}");
            }
            std::thread::sleep(Duration::from_millis(150));
        }
    }

    fn events(&mut self, events: Vec<Event>) {
        assert!(matches!(self.ask(&Request::ApplyEvents { events }), Response::Done));
        std::thread::sleep(Duration::from_millis(120));
    }

    #[track_caller]
    fn click(&mut self, text: &str) {
        let pos = self.until(text);
        let button =
            |pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
        self.events(vec![Event::PointerMoved(pos)]);
        self.events(vec![button(true)]);
        self.events(vec![button(false)]);
    }

    fn key(&mut self, modifiers: Modifiers, key: Key) {
        let press = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
        self.events(vec![press(true), press(false)]);
    }

    fn text(&mut self, text: &str) {
        self.events(vec![Event::Text(text.to_owned())]);
    }
}

/// The public number of a demonstration, as the screen proposes it.
fn ceremony(driver: &mut Driver, open: &str) {
    driver.click("核对无误，选定公开数");
    driver.click("冻结并封存");
    driver.click("确认封存");
    driver.click("承诺值已公布，录入公开数");
    driver.click("填入演示数");
    driver.until("写法正确");
    driver.click("两名见证人已核对");
    driver.click(open);
}

fn find_file(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.filter_map(|e| e.ok().map(|e| e.path())).collect();
    entries.sort();
    let own = entries.iter().find(|p| p.is_file() && p.to_string_lossy().ends_with(name)).cloned();
    own.or_else(|| entries.iter().filter(|p| p.is_dir()).find_map(|p| find_file(p, name)))
}

#[test]
#[ignore = "needs Xvfb"]
fn a_killed_window_says_what_it_recovered() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let mut driver = start(folder.path());
    driver.until("全年计划检查");
    driver.click("年度计划");
    driver.click("重点监管对象 加一次");
    driver.until("草稿未保存");
    let draft = folder.path().join("data/FairDraw/演示城市-2027/draft.ron");
    wait("the draft's file", Duration::from_secs(20), || draft.exists().then_some(()));
    // dropping the driver kills the process, without any farewell
    drop(driver);
    let mut again = start(folder.path());
    again.until("已恢复");
    again.until("上次没有正常退出");
    again.key(Modifiers::NONE, Key::Escape);
    again.until("草稿未保存");
    again.click("编辑");
    again.until("放弃草稿，回到已保存的状态");
}

#[test]
#[ignore = "needs Xvfb"]
fn a_fault_in_the_window_keeps_the_draft_leaves_a_report_and_is_told_at_the_next_start() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let mut driver = start(folder.path());
    driver.until("全年计划检查");
    driver.click("年度计划");
    driver.click("重点监管对象 加一次");
    std::fs::write(folder.path().join("fail"), "").unwrap();
    // whatever asks for the next frame
    let moved = Request::ApplyEvents { events: vec![Event::PointerMoved(pos2(400.0, 300.0))] };
    let _ = write_message(&mut driver.stream, &moved);
    let ended = wait("the end", Duration::from_mins(1), || driver.app.0.try_wait().unwrap());
    assert_eq!(ended.code(), Some(2), "{}", std::fs::read_to_string(&driver.log).unwrap());
    assert!(std::fs::read_to_string(&driver.log).unwrap().contains("[WIN-011]"));
    drop(driver);
    let own = folder.path().join("data/FairDraw");
    assert!(own.join("演示城市-2027/draft.ron").exists());
    let report = find_file(&own.join("logs"), ".txt").expect("a report");
    let report = std::fs::read_to_string(report).unwrap();
    assert!(report.contains("a fault was asked for") && report.contains("src/ui/window.rs"), "{report}");
    std::fs::remove_file(folder.path().join("fail")).unwrap();
    let mut again = start(folder.path());
    again.until("上次没有正常退出");
    again.until("上次运行时程序内部出错而终止");
    again.click("导出诊断包…");
    again.until("程序内部错误的位置");
    again.key(Modifiers::NONE, Key::Escape);
    again.until("草稿未保存");
}

/// A machine without OpenGL, as in many remote desktops: the window opens with Vulkan, here without a graphics card.
#[test]
#[ignore = "needs Xvfb and Mesa's software Vulkan"]
fn without_opengl_the_window_is_painted_by_the_other_renderer() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let no_opengl = [("LIBGL_DRIVERS_PATH", "/nowhere"), ("__EGL_VENDOR_LIBRARY_DIRS", "/nowhere")];
    let mut driver = start_on(folder.path(), &["-extension", "GLX"], &no_opengl);
    driver.until("全年计划检查");
    let picture = |driver: &mut Driver| match driver.ask(&Request::GetScreenshot { pixels_per_point: None }) {
        Response::Screenshot(png) => png.bytes.clone(),
        _ => panic!("no picture"),
    };
    let before = picture(&mut driver);
    driver.click("地图");
    driver.until("显示污染源");
    let after = picture(&mut driver);
    // a picture of one colour is a few kilobytes
    assert!(before.len() > 30_000 && after.len() > 30_000 && before != after, "{} {}", before.len(), after.len());
    let log = find_file(&folder.path().join("data/FairDraw/logs"), ".log").expect("a log");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("graphics words=\"Vulkan"), "{log}");
}

#[test]
#[ignore = "needs Xvfb"]
fn the_real_window_draws_and_its_certificate_verifies() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("导出");
    std::fs::create_dir_all(&out).unwrap();
    let mut driver = start(folder.path());
    // opens on the demo city
    driver.until("这是模拟数据，单位与人员均为虚构。");
    driver.until("全年计划检查");
    // the operator, by the palette and the keyboard
    driver.key(Modifiers::COMMAND, Key::K);
    driver.text("操作人");
    driver.key(Modifiers::NONE, Key::Enter);
    driver.until("请填写操作人姓名");
    driver.text("王晓明");
    driver.key(Modifiers::NONE, Key::Enter);
    driver.until("操作人 王晓明");
    // the year's seed, then January
    driver.click("月度抽取");
    ceremony(&mut driver, "开封取种子");
    driver.click("开始 2027 年 1 月 抽取");
    ceremony(&mut driver, "开封并抽取");
    driver.click("跳过");
    driver.click("进入配对");
    driver.click("跳过");
    driver.click("进入本月清单");
    driver.click("导出任务单");
    wait("the task sheets", Duration::from_mins(6), || find_file(&out, "检查任务单_2027-01_第1版_内部_模拟数据.xlsx"));
    assert!(find_file(&out, "certificate.json").is_none(), "the task sheets go out alone");
    // everything else by the shortcut, once the window says that it is done
    // that targets are secret, and in which faces the sheets are set
    driver.until("提示与问题 2");
    driver.key(Modifiers::COMMAND, Key::E);
    let certificate = wait("the export", Duration::from_mins(6), || find_file(&out, "certificate.json"));
    // what was exported holds, by the program that the office gives to anybody
    std::thread::sleep(Duration::from_secs(3));
    let frame = certificate.with_file_name("frame.csv");
    assert!(frame.exists(), "{}", frame.display());
    let verified = Command::new(env!("CARGO_BIN_EXE_fairdraw"))
        .arg("verify")
        .arg(&certificate)
        .arg("--frame")
        .arg(&frame)
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&verified.stdout).into_owned() + &String::from_utf8_lossy(&verified.stderr);
    // a demonstration is said to be one, which is no fault of the certificate
    assert!(verified.status.success(), "{words}");
    assert!(words.contains("全部单元"), "{words}");
    assert!(words.contains("演示"), "{words}");
}
