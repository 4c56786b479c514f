//! Texts: a path that is typed.

/// Why it is asked for so.
pub const WHY: &str = "这台电脑没有可用的系统文件对话框，请在此输入或粘贴路径。";
/// The system's dialog has not answered.
pub const SILENT: &str =
    "系统文件对话框一直没有回应。已看到它的，请在其中选择，本窗口随即关闭；没有看到的，请在此输入或粘贴路径。";
/// The other way.
pub const DROP: &str = "也可以取消后把文件或文件夹直接拖到窗口上。";
/// The field.
pub const PATH: &str = "路径";
/// The field, for several files.
pub const PATHS: &str = "路径（多个文件用分号隔开）";
/// Hint: a folder.
pub const HINT_FOLDER: &str = "/home/…/数据";
/// Hint: a file.
pub const HINT_FILE: &str = "/home/…/名录.xlsx";
/// Button.
pub const OK: &str = "确定";
/// Nothing typed.
pub const TYPE_ONE: &str = "请输入路径";
/// Looking.
pub const LOOKING: &str = "正在查看路径";
/// Not there.
pub const NO_SUCH_FILE: &str = "没有这个文件";
/// Not there.
pub const NO_SUCH_FOLDER: &str = "没有这个文件夹";
/// A folder where a file is wanted.
pub const IS_FOLDER: &str = "这是文件夹，要的是文件";
/// A file where a folder is wanted.
pub const IS_FILE: &str = "这是文件，要的是文件夹";
/// Another kind of file.
pub const OTHER_ENDING: &str = "文件类型不对，请看文件名的后缀";
/// No folder to write into.
pub const NO_PARENT: &str = "所在的文件夹不存在";
/// A folder that will be made.
pub const WILL_MAKE: &str = "将新建这个文件夹";
/// A file that will be another.
pub const WILL_REPLACE: &str = "文件已存在，将被覆盖";
/// A folder: the name proposed is used in it.
pub const WILL_NAME: &str = "将以建议的文件名存入这个文件夹";
/// A file that is there.
pub const FILE_THERE: &str = "文件存在";
/// A folder that is there.
pub const FOLDER_THERE: &str = "文件夹存在";
