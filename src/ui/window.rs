//! The native window: renderer, icon, what happens where there is no OpenGL.

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use super::app::{Surroundings, Workstation};
use super::text::common as t;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::workspace::session::AppPaths;
use crate::workspace::support::log;

/// The smallest window, points: what a screen of 1366×768 at 150 % has beside its task bar must not be less, or the window
/// would reach beyond the screen.
const LEAST: [f32; 2] = [900.0, 430.0];

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
        #[cfg(feature = "inspection")]
        fail_where_asked();
        self.app.ui(ui);
        self.tell_timing();
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.app.session.close();
        self.app.ended_well();
        log::closed();
    }
}

/// The window's place is kept with the other things of a program on a stick.
fn options(renderer: eframe::Renderer, paths: &AppPaths) -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(t::PROGRAM)
            .with_app_id("fairdraw")
            .with_icon(super::icon::icon())
            .with_inner_size([1366.0, 768.0])
            .with_min_inner_size(LEAST)
            .with_drag_and_drop(true),
        renderer,
        persist_window: true,
        persistence_path: paths.is_portable().then(|| paths.config.join("window.ron")),
        ..eframe::NativeOptions::default()
    }
}

/// What paints, in its own words. The version of OpenGL names the driver; the adapter behind it would have to be asked
/// for past what is safe.
fn graphics(creation: &eframe::CreationContext<'_>) -> String {
    use eframe::glow::HasContext as _;
    if let Some(gl) = &creation.gl {
        let version = gl.version();
        let embedded = if version.is_embedded { " ES" } else { "" };
        return format!("OpenGL{embedded} {}.{} {}", version.major, version.minor, version.vendor_info);
    }
    creation.wgpu_render_state.as_ref().map_or_else(String::new, |state| {
        let adapter = state.adapter.get_info();
        format!("{:?} {} {} {}", adapter.backend, adapter.name, adapter.driver, adapter.driver_info)
    })
}

fn show(renderer: eframe::Renderer, project: Option<PathBuf>) -> Result<(), eframe::Error> {
    let since = Instant::now();
    let surroundings = Surroundings::of_system();
    eframe::run_native(
        "FairDraw",
        options(renderer, &surroundings.paths),
        Box::new(move |creation| {
            let mut app = Workstation::new(&creation.egui_ctx, surroundings);
            app.set_graphics(graphics(creation));
            app.start(project);
            let timing = std::env::var_os("FAIRDRAW_TIMING").map(|_| (since, 0));
            Ok(Box::new(Native { title: app.title(), app, timing }))
        }),
    )
}

/// A fault on demand, in the test build only: once the file that the test names has come to be.
#[cfg(feature = "inspection")]
fn fail_where_asked() {
    let asked = std::env::var_os("FAIRDRAW_FAIL").is_some_and(|file| std::path::Path::new(&file).exists());
    assert!(!asked, "a fault was asked for");
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
    let Err(first) = shown(eframe::Renderer::Glow, project.clone())? else { return Ok(()) };
    let Err(second) = shown(eframe::Renderer::Wgpu, project)? else { return Ok(()) };
    let error: AppError = Finding::error("WIN-001", "无法打开窗口：没有可用的图形驱动")
        .value(format!("OpenGL：{first}；Vulkan 或 Direct3D：{second}"))
        .hint("请安装或更新显卡驱动；远程桌面可改在本机运行；没有窗口时可用命令行，fairdraw --help 列出全部命令")
        .into();
    Err(in_a_box(error))
}

fn in_a_box(error: AppError) -> AppError {
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title(t::PROGRAM)
        .set_description(error.to_string())
        .show();
    error
}

/// Opens the window until it is closed. A fault of the program ends it with a message instead of without a word; the
/// draft was written on the way out, the report before it.
fn shown(renderer: eframe::Renderer, project: Option<PathBuf>) -> AppResult<Result<(), eframe::Error>> {
    std::panic::catch_unwind(|| show(renderer, project)).map_err(|_| {
        let finding = Finding::error("WIN-011", "程序内部出错，窗口已关闭")
            .hint("未保存的草稿已存好，重新打开程序即恢复；请用「帮助」菜单的「导出诊断包」转交技术支持");
        in_a_box(finding.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_window_fits_a_laptop_beside_its_task_bar() {
        let paths = AppPaths::below(std::path::Path::new("program"));
        let least = options(eframe::Renderer::Glow, &paths).viewport.min_inner_size.unwrap_or_default();
        // pixels beside the window's frame and the task bar, scaling
        for (width, height, scaling) in [(1366.0, 648.0, 1.5), (1920.0, 920.0, 2.0), (2560.0, 1440.0, 2.0)] {
            assert!(least.x * scaling <= width && least.y * scaling <= height, "{least:?} at {scaling}");
        }
    }
}
