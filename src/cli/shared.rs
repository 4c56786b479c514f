//! `shared`: a project on a server, for several desks and the bodies.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Finish;
use super::deeds::{carry_out, open_to_work};
use super::output::{json, line, say};
use crate::diagnostic::AppResult;
use crate::workspace::deeds::bodies::{
    Answer, Member, change_member, load_answers, load_members, not_shared, report_results, told_form, told_reported,
    write_body_form,
};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::share::{join_project, told_joined};
use crate::workspace::perform::{Frames, show_bodies};
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::shared::SharedPlace;

/// Which shared project on which server.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// 数据库地址，postgresql://用户@主机:端口/数据库；密码取自环境变量或 .pgpass
    #[arg(long, value_name = "地址")]
    pub database: String,
    /// 存放这一个项目的模式
    #[arg(long, value_name = "模式", default_value = "fairdraw_project")]
    pub schema: String,
}

/// Who takes part.
#[derive(Debug, Args)]
pub struct MembersArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 加入一个办公室的数据库用户，可办理全部事项；可多次
    #[arg(long, value_name = "用户")]
    pub office: Vec<String>,
    /// 加入一个执法主体的数据库用户，只见本主体的检查：用户=主体编号；可多次
    #[arg(long, value_name = "用户=主体")]
    pub body: Vec<String>,
    /// 除去一个用户；可多次
    #[arg(long, value_name = "用户")]
    pub remove: Vec<String>,
}

/// `shared`.
#[derive(Debug, Subcommand)]
pub enum SharedCommand {
    /// 把项目放到数据库，由几个办公室共同办理；本文件夹成为其中一份
    Create {
        /// 项目文件夹
        project: PathBuf,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// 在空文件夹中加入数据库里的共享项目
    Join {
        /// 新的文件夹
        project: PathBuf,
        #[command(flatten)]
        place: PlaceArgs,
    },
    /// 取得其他办公室的更改，更新各主体所见的检查
    Sync {
        /// 项目文件夹
        project: PathBuf,
    },
    /// 参加共享项目的数据库用户：列出，加入，除去
    Members(MembersArgs),
    /// 取入各主体报送的检查结果，按同一规则核对
    Take {
        /// 项目文件夹
        project: PathBuf,
    },
    /// 执法主体：写出本主体待办检查的填报表（.xlsx），不需要项目文件夹
    Form {
        #[command(flatten)]
        place: PlaceArgs,
        /// 写入此文件
        #[arg(long)]
        to: PathBuf,
    },
    /// 执法主体：报送填好的检查结果；不写文件则列出已报送各项的结论
    Report {
        /// 填好的填报表
        file: Option<PathBuf>,
        #[command(flatten)]
        place: PlaceArgs,
    },
}

impl PlaceArgs {
    fn place(&self) -> AppResult<SharedPlace> {
        SharedPlace::parse(&self.database, &self.schema)
    }
}

pub(super) fn shared(command: &SharedCommand, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    match command {
        SharedCommand::Create { project, place } => {
            let place = place.place()?;
            carry_out(project, |_| Ok(Deed::Share(place)), as_json, context)
        }
        SharedCommand::Join { project, place } => {
            let (project, lines) = join_project(project, place.place()?, &context.operator, &context.progress)?;
            line(&told_joined(&project.file.name, lines))?;
            Ok(Finish::Done)
        }
        SharedCommand::Sync { project } => sync(project, context),
        SharedCommand::Members(args) => members(args, as_json, context),
        SharedCommand::Take { project } => carry_out(project, |_| Ok(Deed::TakeReported), as_json, context),
        SharedCommand::Form { place, to } => {
            let checks = write_body_form(&place.place()?, to, context.now.date(), &context.progress)?;
            line(&told_form(checks, to))?;
            Ok(Finish::Done)
        }
        SharedCommand::Report { file: Some(file), place } => {
            let (rows, found) = report_results(&place.place()?, file, &context.progress)?;
            for finding in found.findings() {
                say(&finding.to_string());
            }
            line(&format!("{}；不写文件再次运行可查看结论", told_reported(rows)))?;
            Ok(Finish::Done)
        }
        SharedCommand::Report { file: None, place } => {
            let answers = load_answers(&place.place()?, &context.progress)?;
            if as_json {
                let of = |answer: &Answer| serde_json::json!({ "code": answer.code, "answer": answer.said });
                json(&answers.iter().map(of).collect::<Vec<_>>())?;
                return Ok(Finish::Done);
            }
            for answer in answers {
                line(&format!("{}：{}", answer.code, answer.said.as_deref().unwrap_or("待取入")))?;
            }
            Ok(Finish::Done)
        }
    }
}

/// Shows the bodies their checks; what failed is said.
fn sync_bodies(project: &Project, context: &CommandContext) -> Finish {
    match show_bodies(project, &Frames::on_disk(), &context.progress) {
        Some(finding) => {
            say(&finding.to_string());
            Finish::Flawed
        }
        None => Finish::Done,
    }
}

fn sync(project: &Path, context: &CommandContext) -> AppResult<Finish> {
    let project = open_to_work(project, context)?;
    let Some(shared) = project.shared() else { return Err(not_shared(&project)) };
    if project.is_behind() {
        return Ok(Finish::Flawed);
    }
    let lines = project.journal().head()?.size;
    line(&format!("已与共享项目一致，操作日志 {lines} 行（{}）", shared.address()))?;
    Ok(sync_bodies(&project, context))
}

fn members(args: &MembersArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let project = open_to_work(&args.project, context)?;
    for role in &args.remove {
        let member = Member { role: role.clone(), body: None };
        change_member(&project, &member, false, &context.progress)?;
    }
    for role in &args.office {
        change_member(&project, &Member { role: role.clone(), body: None }, true, &context.progress)?;
    }
    for text in &args.body {
        let (role, body) = text.split_once('=').unwrap_or((text, ""));
        let member = Member { role: role.trim().to_owned(), body: Some(body.trim().to_owned()) };
        change_member(&project, &member, true, &context.progress)?;
    }
    let members = load_members(&project, &context.progress)?;
    if as_json {
        let of = |member: &Member| serde_json::json!({ "user": member.role, "body": member.body });
        json(&members.iter().map(of).collect::<Vec<_>>())?;
        return Ok(Finish::Done);
    }
    for member in members {
        line(&format!("{}：{}", member.role, member.body.as_deref().unwrap_or("办公室，全部事项")))?;
    }
    Ok(Finish::Done)
}
