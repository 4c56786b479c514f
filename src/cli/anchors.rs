//! Commands of the outside anchors: time stamps come back, the office signs, a witness signs on its own machine.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::Finish;
use super::args::PeriodArgs;
use super::deeds::carry_out;
use super::draw::{period_of, show_steps};
use super::output::{json, line, say};
use crate::anchor::keys::{KeyAlgorithm, SigningKey, public_of};
use crate::anchor::witness::WitnessLog;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::disclosure::check_public_words;
use crate::export::{write_atomic, write_private};
use crate::sampling::{Opening, Seal, SealRegister, ShanghaiTime, as_written, to_canonical_json};
use crate::workspace::deeds::anchors::AnchorsTaken;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::store::draws::StoredDraw;
use crate::workspace::store::project::{CommandContext, Project, load_bytes};
use crate::workspace::store::register::load_register;

/// `stamp`.
#[derive(Debug, Args)]
pub struct StampArgs {
    /// 项目文件夹
    pub project: PathBuf,
    #[command(flatten)]
    pub period: PeriodArgs,
    /// 时间戳机构的应答（.tsr），或见证人的签名文件；可多个
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// 时间戳机构的根证书（.pem）；可多次
    #[arg(long)]
    pub root: Vec<PathBuf>,
}

/// `sign`.
#[derive(Debug, Args)]
pub struct SignArgs {
    /// 项目文件夹
    pub project: PathBuf,
    #[command(flatten)]
    pub period: PeriodArgs,
    /// 本单位的密钥文件；密码取自环境变量 FAIRDRAW_KEY_PASSWORD，没有则从标准输入读一行
    #[arg(long)]
    pub key: PathBuf,
}

/// `keys`.
#[derive(Debug, Args)]
pub struct KeysArgs {
    /// 做什么
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// 生成密钥文件，以密码加锁
    New {
        /// 写入的密钥文件
        file: PathBuf,
        /// 持有人：单位或姓名
        #[arg(long)]
        name: String,
        /// 算法：sm2 或 ed25519
        #[arg(long, default_value = "sm2")]
        algorithm: String,
    },
    /// 显示密钥文件的公钥
    Show {
        /// 密钥文件
        file: PathBuf,
    },
}

/// `witness`.
#[derive(Debug, Args)]
pub struct WitnessArgs {
    /// 送来的封签 seal.json 或开封 opening.json
    pub file: PathBuf,
    /// 见证人的密钥文件；密码取自环境变量 FAIRDRAW_KEY_PASSWORD，没有则从标准输入读一行
    #[arg(long)]
    pub key: PathBuf,
    /// 见证人自己的日志；没有则新建
    #[arg(long)]
    pub log: PathBuf,
    /// 登记簿 register.csv；中间另有封存时需要
    #[arg(long)]
    pub register: Option<PathBuf>,
    /// 签名写入此文件，交回办理单位
    #[arg(long)]
    pub out: PathBuf,
}

/// Where a key file's password may stand; never among the arguments, which others on the machine can see.
const PASSWORD_VARIABLE: &str = "FAIRDRAW_KEY_PASSWORD";

fn password(what: &str) -> AppResult<String> {
    if let Ok(password) = std::env::var(PASSWORD_VARIABLE) {
        return Ok(password);
    }
    say(&format!("请输入{what}的密码并回车："));
    let mut typed = String::new();
    std::io::stdin()
        .read_line(&mut typed)
        .map_err(|cause| AppError::new("CLI-032", "密码读取失败").caused_by(cause))?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}

fn load_key(path: &Path) -> AppResult<SigningKey> {
    SigningKey::unlock(&load_bytes(path)?, &password("密钥文件")?)
        .map_err(|error| error.with(|f| f.file(path.display().to_string())))
}

pub(super) fn stamp(args: &StampArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let (files, roots) = (args.files.clone(), args.root.clone());
    let deed = |project: &_| Ok(Deed::TakeAnchors { period: period_of(&args.period, project)?, files, roots });
    carry_out(&args.project, deed, as_json, context)
}

/// The secret of the seal that waits, for its envelope: shown where it is asked for alone.
pub(super) fn show_envelope(project: &Path) -> AppResult<()> {
    let project = Project::open(project, None)?;
    if let Some(line) = load_register(&project)?.pending() {
        let secret = StoredDraw::load(&project, line.period, line.sequence)?.load_secret()?;
        say(&format!("秘密（只供装入信封，勿公开）：{}", secret.envelope_text()));
    }
    Ok(())
}

pub(super) fn sign(args: &SignArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let key = load_key(&args.key)?;
    let deed = |project: &_| Ok(Deed::SignDraw(period_of(&args.period, project)?, Box::new(key)));
    carry_out(&args.project, deed, as_json, context)
}

pub(super) fn show_taken(taken: &AnchorsTaken, as_json: bool) -> AppResult<Finish> {
    let AnchorsTaken { period, sequence, taken, result } = taken;
    if as_json {
        json(&serde_json::json!({
            "period": period, "sequence": sequence, "taken": taken, "trust": result.levels, "lacking": result.lacking,
            "report": result.report,
        }))?;
    } else {
        let words = if taken.is_empty() { "没有新的".to_owned() } else { taken.join("；") };
        line(&format!("{period} 第 {sequence} 次：{words}"))?;
        show_steps(&result.report)?;
        line(&format!("可信程度：{}", result.words()))?;
    }
    Ok(Finish::Done)
}

pub(super) fn keys(args: &KeysArgs, as_json: bool) -> AppResult<Finish> {
    let (name, public, file) = match &args.command {
        KeysCommand::New { file, name, algorithm } => {
            if file.exists() {
                return Err(Finding::error("ANC-038", "密钥文件已存在，不会覆盖")
                    .hint("请换一个文件名；旧密钥签过的仍要靠它核验")
                    .file(file.display().to_string())
                    .into());
            }
            let algorithm = KeyAlgorithm::from_id(algorithm).ok_or_else(|| {
                AppError::from(
                    Finding::error("ANC-039", "签名算法无法识别").value(algorithm).expected(" sm2 或 ed25519"),
                )
            })?;
            // it stands in the plan and in each signature
            check_public_words("持有人", name)?;
            let key = SigningKey::generate(name, algorithm)?;
            write_private(file, &key.lock(&password("新密钥文件")?)?)?;
            say("密钥文件已生成。请另存一份备份，密码分开保管；公钥写入规则的 anchors 部分，经年度计划批准后生效。");
            (key.name.clone(), key.public(), file)
        }
        KeysCommand::Show { file } => {
            let (name, public) = public_of(&load_bytes(file)?)?;
            (name, public, file)
        }
    };
    if as_json {
        json(&serde_json::json!({ "name": name, "key": public.to_text(), "file": file.display().to_string() }))?;
    } else {
        line(&format!("(name: \"{}\", key: \"{}\")", name.replace('"', "'"), public.to_text()))?;
    }
    Ok(Finish::Done)
}

pub(super) fn witness(args: &WitnessArgs, as_json: bool, context: &CommandContext) -> AppResult<Finish> {
    let key = load_key(&args.key)?;
    let bytes = load_bytes(&args.file)?;
    let bytes = as_written(&bytes);
    let mut log =
        if args.log.exists() { WitnessLog::parse(&load_bytes(&args.log)?, &key)? } else { WitnessLog::default() };
    let register = match &args.register {
        Some(path) => Some(SealRegister::parse_csv(&as_written(&load_bytes(path)?))?),
        None => None,
    };
    let now = ShanghaiTime::new(context.now.to_string()).map_err(|what| AppError::new("ANC-077", what))?;
    let trimmed = bytes.trim_ascii();
    let signed = match (Seal::parse(trimmed), Opening::parse(trimmed)) {
        (Ok(seal), _) => log.sign_seal(&seal, register.as_ref(), &key, &now)?,
        (_, Ok(opening)) => log.sign_opening(&opening, &key, &now)?,
        (Err(fault), Err(_)) => {
            return Err(Finding::error("ANC-078", format!("不是封签，也不是开封文件：{}", fault.text))
                .hint("请给出办理单位送来的 seal.json 或 opening.json")
                .file(args.file.display().to_string())
                .into());
        }
    };
    // the log first: what was signed is never forgotten
    write_atomic(&args.log, &log.to_bytes())?;
    write_atomic(&args.out, &to_canonical_json(&signed))?;
    let said = &signed.statement;
    if as_json {
        json(&signed)?;
    } else {
        let subject = said.subject.label();
        line(&format!("{}：已见证 {} 第 {} 次的{subject}", said.at, said.period, said.sequence))?;
        line(&format!("承诺值 {}", said.commitment))?;
        say(&format!("签名文件 {} 请交回办理单位；见证日志 {} 请自行保存", args.out.display(), args.log.display()));
    }
    Ok(Finish::Done)
}
