//! `diagnostics`: the pack that goes to whoever helps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Finish;
use super::output::{json, line, say};
use crate::diagnostic::AppResult;
use crate::export::write_atomic;
use crate::registry::kinds_of;
use crate::workspace::session::AppPaths;
use crate::workspace::store::project::{CommandContext, Project};
use crate::workspace::store::quality::load_report;
use crate::workspace::support::pack::{Situation, gather};

/// `diagnostics`.
#[derive(Debug, Args)]
pub struct DiagnosticsArgs {
    /// 项目文件夹：加入它的数据问题的代码与条数
    pub project: Option<PathBuf>,
    /// 写成这个压缩包；不写则只列出其中有什么
    #[arg(long, value_name = "文件.zip")]
    pub to: Option<PathBuf>,
}

/// Codes of a project's quality report, with how often each.
fn codes_of(project: &Path) -> AppResult<BTreeMap<String, u64>> {
    let project = Project::open(project, None)?;
    let mut codes = BTreeMap::new();
    for kind in kinds_of(&load_report(project.root())?)? {
        *codes.entry(kind.code).or_insert(0) += kind.count;
    }
    Ok(codes)
}

/// Lists the pack's files, and writes it.
pub(super) fn diagnostics(args: &DiagnosticsArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let paths = AppPaths::of_system();
    let situation = Situation {
        program: vec!["由命令行生成，没有打开窗口".to_owned()],
        settings: paths.load_preferences().0.told(),
        codes: args.project.as_deref().map(codes_of).transpose()?.unwrap_or_default(),
    };
    let pack = gather(&paths.logs(), &situation, context.now);
    if as_json {
        let part = |part: &crate::workspace::support::pack::Part| serde_json::json!({ "name": part.name, "what": part.what, "bytes": part.bytes.len() });
        json(&pack.parts.iter().map(part).collect::<Vec<_>>())?;
    } else {
        for part in &pack.parts {
            line(&format!("{}\t{}\t{} 字节", part.name, part.what, part.bytes.len()))?;
        }
    }
    match &args.to {
        None => say("以上是诊断包中的文件；加 --to 文件.zip 写出"),
        Some(to) => {
            write_atomic(to, &pack.render()?)?;
            say(&format!("诊断包已写到 {}", to.display()));
        }
    }
    Ok(Finish::Done)
}
