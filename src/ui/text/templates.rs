//! Texts of the dialog of templates.

/// Title.
pub const TITLE: &str = "文档模板";
/// What it is for.
pub const INTRO: &str = "本单位可改版式：把模板导出到项目的「模板」文件夹后用文本编辑器修改，以后的导出和简报都用它。";
/// Standing of a template: the product's; the office's own and the same; the office's own and different.
pub const STANDINGS: [&str; 3] = ["程序自带", "本单位（与自带相同）", "本单位（已修改）"];
/// Writes the product's text into the project.
pub const TAKE: &str = "导出到项目以便修改";
/// Reads and sets it anew.
pub const AGAIN: &str = "重新排版";
/// Being set.
pub const SETTING: &str = "正在排版样张";
/// The page before, the next page.
pub const PREVIOUS: &str = "上一页";
/// The next page.
pub const NEXT: &str = "下一页";
/// Said of the sample.
pub const SAMPLE: &str = "样张用示例数据，版面与正式文档相同；「公文」以通告为样张";
/// Fault.
pub const FAULT: &str = "模板有误";

/// Where a template was written.
#[must_use]
pub fn taken(path: &str) -> String {
    format!("模板已写入 {path}，修改后按「{AGAIN}」")
}

/// The page looked at.
#[must_use]
pub fn page(number: usize, all: usize) -> String {
    format!("第 {number} / {all} 页")
}

/// A template's line in the list.
#[must_use]
pub fn line(name: &str, standing: &str) -> String {
    format!("{name}　{standing}")
}

/// The picture, for the screen reader.
#[must_use]
pub fn picture(name: &str, number: usize) -> String {
    format!("{name}样张第 {number} 页")
}
