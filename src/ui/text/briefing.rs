//! Texts of 简报.

/// Title.
pub const TITLE: &str = "简报";
/// Computing the pages.
pub const COMPUTING: &str = "正在汇总各页的数字";
/// Painting the pages.
pub const PAINTING: &str = "正在排版";
/// Pages failed.
pub const FAILED: &str = "简报没有生成";
/// A way out of it.
pub const LOOK_AT_TEMPLATES: &str = "查看文档模板";
/// Show.
pub const SHOW: &str = "放映";
/// What show does.
pub const SHOW_HINT: &str = "全屏放映到投影屏，本屏显示讲稿；→ 或空格下一页，← 上一页，B 黑屏，M 换屏，Esc 结束";
/// Save.
pub const SAVE: &str = "保存为";
/// Kinds of files, in the order of their endings.
pub const SAVE_KINDS: [&str; 3] = ["PDF（16:9）", "演示文稿（.pptx，可编辑）", "图片（每页一张 .png）"];
/// Title of the dialogs.
pub const SAVE_TITLE: &str = "保存简报";
/// While it is saved.
pub const SAVING: &str = "正在保存简报";
/// Templates.
pub const TEMPLATES: &str = "文档模板…";
/// A new own page.
pub const ADD: &str = "新增自拟页";
/// Its title.
pub const NEW_TITLE: &str = "自拟页";
/// Takes an own page away.
pub const REMOVE: &str = "删除此页";
/// Moves a page.
pub const UP: &str = "上移";
/// Moves a page.
pub const DOWN: &str = "下移";
/// Back to the program's order and texts.
pub const RESET: &str = "恢复默认";
/// Title field.
pub const PAGE_TITLE: &str = "标题";
/// Names of the fields of the page looked at.
pub const TITLE_FIELD: &str = "本页标题";
/// The text field.
pub const TEXT_FIELD: &str = "本页补充文字";
/// The field of the notes.
pub const NOTES_FIELD: &str = "本页讲稿";
/// What stands in the empty title field of a page of the program's.
pub const TITLE_HINT: &str = "不填则用程序给出的标题";
/// Text field.
pub const PAGE_TEXT: &str = "补充文字";
/// What stands in the empty field.
pub const TEXT_HINT: &str = "每行一段，放在本页内容之下";
/// Notes.
pub const NOTES: &str = "讲稿";
/// What stands in the empty field.
pub const NOTES_HINT: &str = "放映时只显示在本屏，不上投影";
/// No notes.
pub const NO_NOTES: &str = "本页没有讲稿";
/// The list.
pub const PAGES: &str = "页面";
/// How pages are ordered.
pub const ORDER_HINT: &str = "拖动排序，或选中后按 Alt+↑、Alt+↓；打勾的放映和保存";
/// The next page.
pub const NEXT: &str = "下一页";
/// The page before.
pub const PREVIOUS: &str = "上一页";
/// Nothing follows.
pub const LAST: &str = "已是最后一页";
/// Black.
pub const BLACK: &str = "黑屏";
/// The other screen.
pub const OTHER_SCREEN: &str = "换屏";
/// Ends the show.
pub const END: &str = "结束放映";
/// The projector's window.
pub const PROJECTOR: &str = "简报放映";
/// Nothing is chosen.
pub const NONE_SHOWN: &str = "没有打勾的页面，请至少选一页";
/// Steps of undo.
pub const STEP_ORDER: &str = "简报：页面顺序";
/// Chosen or not.
pub const STEP_SHOWN: &str = "简报：选择页面";
/// Text.
pub const STEP_TEXT: &str = "简报：文字";
/// Notes.
pub const STEP_NOTES: &str = "简报：讲稿";
/// Added.
pub const STEP_ADD: &str = "简报：新增自拟页";
/// Removed.
pub const STEP_REMOVE: &str = "简报：删除自拟页";
/// Reset.
pub const STEP_RESET: &str = "简报：恢复默认";

/// How many pages of how many are shown.
#[must_use]
pub fn count(shown: usize, all: usize) -> String {
    format!("{shown} 页放映，共 {all} 页")
}

/// A page's name in the list, for the screen reader: its number, name and title.
#[must_use]
pub fn page_name(number: usize, kind: &str, title: &str) -> String {
    format!("第 {number} 页 {kind}：{title}")
}

/// The box that chooses a page.
#[must_use]
pub fn choose(kind: &str) -> String {
    format!("放映：{kind}")
}

/// A page's place in the show.
#[must_use]
pub fn place(number: usize, all: usize) -> String {
    format!("第 {number} / {all} 页")
}

/// Time since the start.
#[must_use]
pub fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0) as u64;
    let (hours, minutes) = (whole / 3600, whole / 60 % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{:02}", whole % 60)
    } else {
        format!("{minutes:02}:{:02}", whole % 60)
    }
}

/// The picture of a page, in words.
#[must_use]
pub fn picture(title: &str) -> String {
    format!("页面预览：{title}")
}
