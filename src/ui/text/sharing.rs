//! Texts: projects that live on a server, for several offices and the bodies.

/// Title, menu.
pub const TITLE: &str = "数据库共享";
/// Menu.
pub const OPEN: &str = "数据库共享…";
/// Pages.
pub const PAGES: [&str; 3] = ["本项目", "加入共享项目", "执法主体填报"];

/// Fields of a place.
pub const SCHEMA: &str = "模式";
/// On it.
pub const SCHEMA_HINT: &str = "存放这一个项目的模式";
/// On the password.
pub const PASSWORD_NOTE: &str = "已存有密码的不必填写。填写的只在程序运行期间留在内存，不写入项目、日志与设置。";
/// Stop waiting for the server.
pub const STOP: &str = "停止";

/// No project is open.
pub const NO_PROJECT: &str = "没有打开的项目：打开后可以放到数据库，或在另一页加入已有的共享项目。";
/// What sharing means.
pub const WHY: [&str; 3] = [
    "放到数据库后，几个办公室可以共同办理同一个项目：每一步都写入服务器上的同一条操作日志，先到先得，互不覆盖。",
    "各执法主体只见自己的检查，公开后才见全部；抽签的秘密只留在封存它的办公室。",
    "本文件夹成为其中一份副本，不能再改回单机项目。",
];
/// Button.
pub const SHARE: &str = "放到数据库";
/// A question before it.
pub const SHARE_TITLE: &str = "把项目放到数据库";
/// Something is being done with the project, or it can't be written.
pub const NOT_NOW: &str = "项目正在办理其他事项，或只读";

/// Brings what other desks did.
pub const LEVEL: &str = "取得更改";
/// The server could not be asked.
pub const BEHIND: &str = "没有同步：这里看到的是上次同步时的情况，可能已被其他办公室更改。";
/// It could.
pub const IS_LEVEL: &str = "打开时已与服务器一致。";

/// Who takes part.
pub const MEMBERS: &str = "参加的用户";
/// How they come to be.
pub const MEMBERS_NOTE: &str = "用户由数据库管理员建立；在这里只定他参加与否、属于哪个主体。";
/// Asking.
pub const MEMBERS_LOADING: &str = "正在读取参加的用户";
/// Not asked.
pub const MEMBERS_BEHIND: &str = "取得更改之后列出参加的用户。";
/// None.
pub const MEMBERS_NONE: &str = "还没有其他用户参加。";
/// Columns.
pub const MEMBER_COLUMNS: [&str; 2] = ["数据库用户", "身份"];
/// An office.
pub const OFFICE: &str = "办公室（可办理全部事项）";
/// Field.
pub const ROLE: &str = "用户";
/// Field.
pub const AS: &str = "身份";
/// Button.
pub const ADD: &str = "加入";
/// Button.
pub const REMOVE: &str = "移除";
/// Changing.
pub const CHANGING: &str = "正在更改参加的用户";
/// A question.
pub const REMOVE_TITLE: &str = "移除用户";
/// What follows from it.
pub const REMOVE_WHY: &str = "移除后，这个用户不能再连接这个共享项目；已写入的操作与报送仍然保留。";

/// What joining means.
pub const JOIN_WHY: &str = "在本机的空文件夹中建立共享项目的一份副本，之后像其他项目一样打开。";
/// Field.
pub const FOLDER: &str = "副本的文件夹";
/// Button.
pub const CHOOSE_FOLDER: &str = "选择文件夹…";
/// No folder yet.
pub const NO_FOLDER: &str = "还没有选择";
/// Button.
pub const JOIN: &str = "加入并打开";
/// Joining.
pub const JOINING: &str = "正在取得共享项目";

/// What a body does here.
pub const BODY_WHY: &str =
    "执法主体不需要项目文件夹：写出本主体待办检查的填报表，填好后在此报送；办公室取入后，这里可以看到每项的结论。";
/// Button.
pub const WRITE_FORM: &str = "写出填报表…";
/// Dialog.
pub const PICK_FORM: &str = "填报表写到哪里";
/// Name of the file.
pub const FORM_NAME: &str = "检查结果填报表.xlsx";
/// Writing it.
pub const WRITING_FORM: &str = "正在写出填报表";
/// Button.
pub const REPORT: &str = "报送填好的表…";
/// Dialog.
pub const PICK_REPORT: &str = "选择填好的填报表";
/// Reporting.
pub const REPORTING: &str = "正在报送";
/// Button.
pub const ANSWERS: &str = "查看结论";
/// Asking.
pub const ANSWERS_LOADING: &str = "正在读取结论";
/// None.
pub const ANSWERS_NONE: &str = "还没有报送过。";
/// Columns.
pub const ANSWER_COLUMNS: [&str; 2] = ["计划编码", "结论"];
/// An answer that is not there yet.
pub const WAITING: &str = "待办公室取入";

/// A user joined.
#[must_use]
pub fn added(role: &str, who: &str) -> String {
    format!("{role} 已加入：{who}")
}

/// A user left.
#[must_use]
pub fn removed(role: &str) -> String {
    format!("{role} 已移除")
}

/// Who is meant by the question.
#[must_use]
pub fn whom(role: &str, who: &str) -> String {
    format!("{role}，{who}")
}

/// A body that the rules no longer have.
#[must_use]
pub fn gone_body(id: &str) -> String {
    format!("{id}（规则中已没有）")
}
