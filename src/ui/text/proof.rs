//! Evidence and second person, wherever they are asked for.

/// The file.
pub const FILE: &str = "证据文件";
/// Hint.
pub const FILE_HINT: &str = "照片、笔录或截图，留存一份";
/// Choose it.
pub const CHOOSE: &str = "选择…";
/// A document.
pub const DOCUMENT: &str = "文书编号";
/// Hint.
pub const DOCUMENT_HINT: &str = "没有文件时填写，如现场检查笔录编号";
/// Which of both.
pub const EITHER: &str = "证据文件或文书编号";
/// The second person.
pub const SECOND: &str = "共同负责的另一人";
/// What for.
pub const WHY: &str = "单位因此不再参加抽取：须有证据，并由操作人之外的另一人共同负责，都记入操作日志。";
