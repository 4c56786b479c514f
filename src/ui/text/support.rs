//! Texts of the diagnostics and of a run that ended badly.

use crate::workspace::support::running::Ended;

/// Opens the dialog.
pub const OPEN: &str = "导出诊断包…";
/// Its title.
pub const TITLE: &str = "导出诊断包";
/// What it is for, and what is not in it.
pub const WHY: &str = "供技术支持查找问题。下列文件写进一个压缩包，由您保存后转交；不含单位名称与编号、执法人员、项目内容、密码和数据库地址。";
/// While it is gathered.
pub const GATHERING: &str = "正在整理诊断包";
/// It could not be gathered.
pub const FAILED: &str = "诊断包没有整理成";
/// Asks where to.
pub const SAVE: &str = "保存…";
/// Title of that question, and the job that writes it.
pub const SAVING: &str = "保存诊断包";
/// Kind of file.
pub const ZIP: &str = "压缩包";
/// Name of the list.
pub const LIST: &str = "诊断包中的文件";
/// No driver said its name.
pub const GRAPHICS_UNKNOWN: &str = "显卡：不详";

/// Title: a run ended badly.
pub const ENDED: &str = "上次没有正常退出";

/// How it ended, what became of the draft.
#[must_use]
pub fn ended(ended: &Ended) -> &'static str {
    if ended.with_report {
        "上次运行时程序内部出错而终止，错误报告已留下。未保存的草稿在出错时已存好，打开项目即恢复。请导出诊断包转交技术支持。"
    } else {
        "上次运行可能因断电、关机或被系统结束而中断。已保存的内容完整；未保存的草稿每隔一两秒自动存一次，最多丢失最后约两秒的改动。"
    }
}

/// When that run had begun.
#[must_use]
pub fn begun(ended: &Ended) -> String {
    let moment: String = ended.begun.replace('T', " ").chars().take(16).collect();
    format!("那次运行开始于 {moment}")
}

/// A size, of one thousand bytes at least.
#[must_use]
pub fn size(bytes: usize) -> String {
    format!("{} 千字节", crate::ui::widgets::thousands(bytes.div_ceil(1000) as u64))
}

/// Lines of the pack on the window: graphics, sizes in points and pixels, zoom.
#[must_use]
pub fn window(graphics: &str, size: [f32; 2], screen: Option<[f32; 2]>, scale: (f32, f32)) -> Vec<String> {
    let (pixels, zoom) = scale;
    let graphics = if graphics.is_empty() { GRAPHICS_UNKNOWN.to_owned() } else { format!("显卡：{graphics}") };
    let screen = screen.map_or_else(|| "不详".to_owned(), |[w, h]| format!("{w:.0} × {h:.0} 点"));
    vec![
        graphics,
        format!("窗口：{:.0} × {:.0} 点　屏幕：{screen}", size[0], size[1]),
        format!("每点 {pixels:.2} 像素　程序内缩放 {:.0}%", zoom * 100.0),
    ]
}

/// Line of the pack on the open project.
#[must_use]
pub fn project(sources: Option<usize>, read_only: bool, shared: bool) -> String {
    let Some(sources) = sources else { return "项目：没有打开".to_owned() };
    let (read_only, shared) = (if read_only { "，只读" } else { "" }, if shared { "，共享" } else { "" });
    format!("项目：{} 个污染源{read_only}{shared}", crate::ui::widgets::thousands(sources as u64))
}
