//! The native window: renderer, icon, what happens where there is no OpenGL.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use super::app::{Surroundings, Workstation};
use super::text::common as t;
use crate::diagnostic::{AppError, AppResult, Finding};

/// How the window is opened.
#[derive(Debug, Clone, Default)]
pub struct WindowOptions {
    /// A project to open; what was open last, or the demo city, where none is given.
    pub project: Option<PathBuf>,
}

struct Native {
    app: Workstation,
    title: String,
    /// Where `FAIRDRAW_TIMING` is set: since when, and which marks were told.
    timing: Option<(Instant, u8)>,
}

impl Native {
    /// Tells on stderr how long the first frame and the first map took, for measuring the start.
    fn tell_timing(&mut self) {
        let Some((since, told)) = &mut self.timing else { return };
        let ms = since.elapsed().as_millis();
        let mut err = std::io::stderr().lock();
        if *told == 0 {
            let _ = writeln!(err, "first frame: {ms} ms");
            *told = 1;
        }
        if *told == 1 && self.app.session.project().is_some_and(|open| open.view().is_some()) {
            let _ = writeln!(err, "map with figures: {ms} ms");
            *told = 2;
        }
    }
}

impl eframe::App for Native {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.app.logic(ctx);
        let title = self.app.title();
        if title != self.title {
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title.clone()));
            self.title = title;
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.app.ui(ui);
        self.tell_timing();
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.app.session.close();
    }
}

fn options(renderer: eframe::Renderer) -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(t::PROGRAM)
            .with_app_id("fairdraw")
            .with_icon(super::icon::icon())
            .with_inner_size([1366.0, 768.0])
            .with_min_inner_size([960.0, 600.0])
            .with_drag_and_drop(true),
        renderer,
        persist_window: true,
        ..eframe::NativeOptions::default()
    }
}

fn show(renderer: eframe::Renderer, project: Option<PathBuf>) -> Result<(), eframe::Error> {
    let since = Instant::now();
    eframe::run_native(
        "FairDraw",
        options(renderer),
        Box::new(move |creation| {
            let mut app = Workstation::new(&creation.egui_ctx, Surroundings::of_system());
            app.start(project);
            let timing = std::env::var_os("FAIRDRAW_TIMING").map(|_| (since, 0));
            Ok(Box::new(Native { title: app.title(), app, timing }))
        }),
    )
}

/// The window can be driven from outside in the test build only, and only from this machine.
#[cfg(feature = "inspection")]
fn check_inspection() -> AppResult<()> {
    let Some(address) = std::env::var("EGUI_INSPECTION").ok().filter(|a| !a.is_empty()) else { return Ok(()) };
    let loopback = matches!(address.as_str(), "0" | "1" | "true" | "false")
        || address.parse::<std::net::SocketAddr>().is_ok_and(|a| a.ip().is_loopback());
    if loopback {
        return Ok(());
    }
    Err(Finding::error("WIN-002", "测试接口只能绑定本机回环地址")
        .value(address)
        .expected("127.0.0.1:端口".to_owned())
        .into())
}

/// Opens the window and returns when it is closed. Where OpenGL is missing the other renderer is tried; where
/// that is missing too, a message box and the error say so.
///
/// # Errors
/// `WIN-001` where no window can be opened.
pub fn run(options: WindowOptions) -> AppResult<()> {
    let WindowOptions { project } = options;
    #[cfg(feature = "inspection")]
    check_inspection()?;
    let Err(first) = show(eframe::Renderer::Glow, project.clone()) else { return Ok(()) };
    let Err(second) = show(eframe::Renderer::Wgpu, project) else { return Ok(()) };
    let error: AppError = Finding::error("WIN-001", "无法打开窗口：没有可用的图形驱动")
        .value(format!("OpenGL：{first}；Vulkan 或 Direct3D：{second}"))
        .hint("请安装或更新显卡驱动；远程桌面可改在本机运行；没有窗口时可用命令行，fairdraw --help 列出全部命令")
        .into();
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title(t::PROGRAM)
        .set_description(error.to_string())
        .show();
    Err(error)
}
