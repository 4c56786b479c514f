//! Texts: tables of a database.

use crate::registry::TableKind;
use crate::ui::widgets::thousands;
use crate::workspace::intake::database_look::PasswordPlace;

/// Title, tab.
pub const TITLE: &str = "从数据库导入";
/// Button on the way there.
pub const OPEN: &str = "从数据库导入…";
/// What the page is for.
pub const TITLE_NOTE: &str = "只读取，不更改数据库";
/// Leave.
pub const LEAVE: &str = "关闭";
/// Field: address.
pub const ADDRESS: &str = "服务器地址";
/// How an address is written.
pub const ADDRESS_HINT: &str = "postgresql://用户@主机:端口/数据库";
/// Field: password.
pub const PASSWORD: &str = "密码";
/// Button: connect.
pub const CONNECT: &str = "连接";
/// Button: connect anew.
pub const CONNECT_AGAIN: &str = "重新连接";
/// Connecting.
pub const CONNECTING: &str = "正在连接，列出可以读取的表";
/// Why one can't connect.
pub const NO_ADDRESS: &str = "请先填写服务器地址";
/// Button: stop.
pub const STOP: &str = "停止";
/// A password was typed.
pub const PASSWORD_TYPED: &str = "密码只用于这一次，不保存；不写入项目、日志与设置";
/// No password is known.
pub const PASSWORD_UNKNOWN: &str = "没有找到已存的密码：服务器要求密码时请在此输入，不会保存";
/// No tables may be read.
pub const NO_TABLES: &str = "这个用户没有可以读取的表或视图，请管理员授予权限";
/// Before the first connection.
pub const NOT_CONNECTED: &str = "填写地址后连接";
/// What comes then.
pub const NOT_CONNECTED_HINT: &str = "连接后列出可以读取的表与视图，按列名认出各是哪张表；看过前一百行、核对各列之后再读取。地址与所选的表记在项目里，密码不记。";
/// Not connected, tables known.
pub const REMEMBERED: &str = "地址与表取自项目：可直接读取，也可连接后另选";
/// Stopped.
pub const STOPPED: &str = "已停止，没有读入任何内容";
/// List of tables.
pub const TABLES: &str = "数据库中的表";
/// Its columns.
pub const TABLE_COLUMNS: [&str; 6] = ["读作", "模式", "表", "类别", "约有行数", "说明"];
/// First rows.
pub const ROWS: &str = "数据库表的前一百行";
/// Combo: what a table is read as.
pub const READ_AS: &str = "读作";
/// Not read.
pub const NOT_READ: &str = "不读取";
/// A query among tables.
pub const QUERY: &str = "查询";
/// A remembered table that is not listed.
pub const NOT_LISTED: &str = "服务器没有列出";
/// Button: columns.
pub const MAP_COLUMNS: &str = "指定列…";
/// Button: a query as a table.
pub const ADD_QUERY: &str = "用查询语句…";
/// Button: change a query.
pub const EDIT_QUERY: &str = "修改查询语句…";
/// Query dialog: title.
pub const QUERY_TITLE: &str = "用一句查询作为表";
/// Query dialog: the text.
pub const QUERY_TEXT: &str = "查询语句";
/// Query dialog: how.
pub const QUERY_NOTE: &str = "一句查询，在只读事务中执行；只取需要的列、年份和行。";
/// Query dialog: no query.
pub const QUERY_NOT: &str = "这不是一句查询语句";
/// Button: use.
pub const QUERY_USE: &str = "使用";
/// No row chosen.
pub const CHOOSE: &str = "选中一张表，查看前一百行与认出的列";
/// No rows without a connection.
pub const CONNECT_FOR_ROWS: &str = "连接后可看前一百行与认出的列";
/// Rows on their way.
pub const FIRST_ROWS: &str = "正在读取前一百行";
/// Rows of a table that may not be shown now.
pub const VEILED: &str = "保密遮盖打开时不显示表的内容";
/// A table without rows.
pub const EMPTY_ROWS: &str = "这张表没有行";
/// Rows could not be read.
pub const ROWS_FAILED: &str = "没有读出前一百行";
/// Button: again.
pub const AGAIN: &str = "重试";
/// Button: read for the open project.
pub const READ: &str = "读取并比较";
/// Button: read for a new project.
pub const READ_NEW: &str = "导入为新项目…";
/// Pick: where the new project goes.
pub const PICK_FOLDER: &str = "新项目放在哪个文件夹";
/// Reading.
pub const READING: &str = "正在读取数据库";
/// Nothing chosen.
pub const NOTHING_CHOSEN: &str = "请先选定至少一张要读取的表";
/// Button of the comparison: back to the tables.
pub const CHOOSE_TABLES: &str = "另选表…";
/// No register.
pub const NO_SOURCES: &str = "新项目须有污染源名录：请先选定一张表读作污染源名录";

/// What the password is taken from.
#[must_use]
pub fn known_password(known: PasswordPlace) -> &'static str {
    match known {
        PasswordPlace::Environment => "密码取自环境变量，不必输入",
        PasswordPlace::PassFile => "密码取自本人的密码文件，不必输入",
    }
}

/// A table that looks like one of ours and is not read.
#[must_use]
pub fn looks_like(kind: TableKind) -> String {
    format!("像是{}", kind.label())
}

/// What was listed.
#[must_use]
pub fn listed(tables: usize, more: bool) -> String {
    let more = if more { "（只列出前面的；其余可用查询语句读取）" } else { "" };
    format!("可以读取的表与视图 {} 张{more}", thousands(tables as u64))
}

/// What will be read.
#[must_use]
pub fn chosen(tables: usize) -> String {
    format!("已选 {tables} 张")
}

/// Rows that have come.
#[must_use]
pub fn rows_read(rows: u64) -> String {
    format!("已读 {} 行", thousands(rows))
}

/// Heading of a column that is known.
#[must_use]
pub fn heading(own: &str, meant: &str) -> String {
    if own == meant { own.to_owned() } else { format!("{own} → {meant}") }
}

/// Heading of a column that means nothing here.
#[must_use]
pub fn kept_column(own: &str) -> String {
    format!("{own}（原样）")
}

/// Columns that are known, and those that are kept as they are.
#[must_use]
pub fn columns(kind: TableKind, known: usize, rest: usize) -> String {
    let rest = if rest > 0 { format!("，其余 {rest} 列照原样保留") } else { String::new() };
    format!("按{}认出 {known} 列{rest}", kind.label())
}

/// Where the register is read from.
#[must_use]
pub fn from(address: &str) -> String {
    format!("数据库 {address}")
}
