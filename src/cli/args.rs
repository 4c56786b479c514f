//! The command line's words.

mod changes;
mod intake;

use std::path::PathBuf;

use clap::{Arg, ArgAction, Args, Command as Words, CommandFactory, Parser, Subcommand};

pub use changes::{AddCheckArgs, ChangeArgs, ProofOfGround, ReplaceArgs};
pub use intake::{CheckArgs, DatabaseArgs, NewArgs, RunArgs};

/// 双随机执法计划工作站.
#[derive(Debug, Parser)]
#[command(
    name = "fairdraw",
    version,
    about = "双随机执法计划工作站：导入、计划、封存抽取、配对、导出、公开、核验",
    arg_required_else_help = false,
    disable_help_subcommand = true,
    disable_version_flag = true
)]
pub struct Cli {
    /// 操作人姓名，写入每一条操作日志
    #[arg(long, global = true, value_name = "姓名")]
    pub operator: Option<String>,
    /// 以 JSON 输出数据
    #[arg(long, global = true)]
    pub json: bool,
    /// 打开窗口并打开这个项目：项目文件夹，或其中的「打开项目.fairdraw」；不写则打开上次的项目
    #[arg(value_name = "项目")]
    pub project: Option<PathBuf>,
    /// 做什么；不写则打开窗口
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// The command line with its headings and standard options in Chinese.
#[must_use]
pub fn words() -> Words {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本");
    in_chinese(Cli::command().arg(version))
}

/// A command and those under it.
fn in_chinese(command: Words) -> Words {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示帮助");
    command
        .mut_subcommands(in_chinese)
        .subcommand_help_heading("命令")
        .disable_help_flag(true)
        .arg(help)
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "参数" } else { "选项" };
            arg.help_heading(heading)
        })
        .help_template("{about-with-newline}\n用法：{usage}\n\n{all-args}\n")
}

/// What is wrong with the words typed, in Chinese.
#[must_use]
pub fn describe(error: &clap::Error) -> String {
    use clap::error::{ContextKind, ErrorKind};
    let part = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (argument, value) = (part(ContextKind::InvalidArg), part(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::UnknownArgument => format!("没有这个选项或参数：{argument}"),
        ErrorKind::InvalidSubcommand => format!("没有这个命令：{}", part(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少：{}", argument.replace('\n', "、")),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面要写一个值"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("{argument} 的值「{value}」写法不对"),
        ErrorKind::ArgumentConflict => format!("{argument} 不能与 {} 同时使用", part(ContextKind::PriorArg)),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} 的值个数不对")
        }
        _ => error.to_string(),
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 生成模拟城市的输入文件
    Demo(DemoArgs),
    /// 由文件夹新建项目，识别并导入全部文件，输出质量报告
    New(NewArgs),
    /// 以新的名录或某张表更新项目：先看差异，可返回
    Refresh(super::refresh::RefreshArgs),
    /// 不建项目，读取并核查文件
    Check(CheckArgs),
    /// 年度计划：频次、配额、可行性
    Plan(PlanArgs),
    /// 查看或更改规则的数值，套用另一套规则的评分部分
    Policy(PolicyArgs),
    /// 说明一个单位的风险得分：逐条记录、计算与依据，可写成交给该单位的网页
    Explain(super::explain::ExplainArgs),
    /// 批准年度计划（留存为一版），登记备案、公布日期
    PlanDates(super::plan_dates::PlanDatesArgs),
    /// 批准计划、滚动计划、已抽取、已完成的对照与差异
    PlanRecord(super::plan_dates::PlanRecordArgs),
    /// 封存一个月（或年度种子）的抽样框，给出承诺值
    Seal(SealArgs),
    /// 录入公开数并开封抽取对象和执法人员
    Open(OpenArgs),
    /// 以下一个存续的备选单位替换
    Substitute(ChangeArgs),
    /// 按同一规则更换一名执法人员
    ReplaceInspector(ReplaceArgs),
    /// 增加触发式检查
    AddCheck(AddCheckArgs),
    /// 模拟一个月的配对：各主体最可能的一对人员、从未用到的人员
    PairingChances(super::pairing::PairingChancesArgs),
    /// 作废一次封存
    Void(VoidArgs),
    /// 取回时间戳与见证人的签名，核对后存入抽取文件夹
    Stamp(super::anchors::StampArgs),
    /// 以本单位的密钥签封签、开封与证书
    Sign(super::anchors::SignArgs),
    /// 密钥：生成，显示公钥
    Keys(super::anchors::KeysArgs),
    /// 见证：在另一台计算机上，以自己的密钥签封签与开封，拒绝第二条记录
    Witness(super::anchors::WitnessArgs),
    /// 一个单位自己的证明（无论是否抽中）
    Proof(ProofArgs),
    /// 公开网页放在哪里：任务单上二维码打开的地址
    PageAddress(PageAddressArgs),
    /// 录入检查结果
    Results(super::data::ResultsArgs),
    /// 操作日志：谁在何时做了什么
    Journal(super::journal::JournalArgs),
    /// 一行操作日志的证明：凭公布的日志根值即可核对
    LogProof(super::log::LogProofArgs),
    /// 采用在程序之外被改动的项目文件：由两人负责，写明理由
    AcceptChanges(super::log::AcceptChangesArgs),
    /// 共享项目：放到数据库、加入、取得更改
    #[command(subcommand)]
    Shared(super::shared::SharedCommand),
    /// 计算引擎：查询一个单位的监测数据；为数据中心写出统计脚本
    #[command(subcommand)]
    Engine(super::engine::EngineCommand),
    /// 数据质量报告：各类问题；确认无误，或撤回确认
    Findings(super::findings::FindingsArgs),
    /// 诊断包：版本、系统、设置、日志，供技术支持查找问题；不含单位、人员与项目内容
    Diagnostics(super::diagnostics::DiagnosticsArgs),
    /// 整改台账：发现的问题、期限与销号；登记销号、移送公安、免予处罚
    Ledger(super::ledger::LedgerArgs),
    /// 过问、干预执法的记录（内部，记入操作日志）
    Interference(super::ledger::InterferenceArgs),
    /// 登记检查结果的公开日期，或更正、撤回登记
    Publish(super::publish::PublishArgs),
    /// 导出计划、任务、清单、证书
    Export(ExportArgs),
    /// 期限、完整率与待办
    Status(StatusArgs),
    /// 核验证书或操作日志
    Verify(VerifyArgs),
    /// 按清单 manifest.json 核对导出的文件夹
    CheckManifest(CheckManifestArgs),
    /// 由封存的输入重新生成抽样框，逐字节比对
    Rederive(super::rederive::RederiveArgs),
    /// 只按抽样框、封存与开封文件重算抽取
    Draw(DrawArgs),
    /// 一步完成：导入、计划、封存、开封、配对、导出
    Run(RunArgs),
    /// 模拟若干年度：实际频次、覆盖、负荷
    Simulate(super::plan::SimulateArgs),
    /// 用已有检查结果回测评分
    Backtest(super::backtest::BacktestArgs),
    /// 成效：合规率及置信区间、年度对照、随机的代价、名录失效率、检查表、执法人员影响、企业行为分析
    #[command(alias = "estimate")]
    Effect(super::effect::EffectArgs),
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// 写入的文件夹
    pub dir: PathBuf,
    /// 污染源数；不写时城市 38000 家，全国 4000000 家
    #[arg(long)]
    pub sources: Option<usize>,
    /// 模拟全国：三千个虚构的县各有执法主体，用全国通用规则
    #[arg(long)]
    pub nation: bool,
    /// 种子
    #[arg(long, default_value_t = crate::workspace::demo::DEFAULT_SEED)]
    pub seed: u64,
    /// 年度
    #[arg(long, default_value_t = 2027)]
    pub year: i32,
}

/// `plan`.
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 采取办法：缺口序号，或「缺口序号.办法序号」，如 1 或 2.3；可多次
    #[arg(long, value_name = "序号")]
    pub mend: Vec<String>,
    /// 逐项采取最省的办法，直到计划可行
    #[arg(long, conflicts_with = "mend")]
    pub mend_all: bool,
    /// 改动规则数值的办法的依据（文号、条款），记入操作日志
    #[arg(long, value_name = "依据")]
    pub ground: Option<String>,
}

/// `policy`.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 更改一项数值，如 tiers.A.min_score=55；可多次。不写则列出全部数值及其路径
    #[arg(long, value_name = "路径=数值")]
    pub set: Vec<String>,
    /// 先套用另一套规则的评分部分：内置编号，或规则文件（.ron）
    #[arg(long, value_name = "编号或文件")]
    pub preset: Option<String>,
    /// 确认各项数值：编号（如 tiers.A、cap，可多次）或 all；不带编号则列出待本单位确认的各项
    #[arg(long, value_name = "编号", num_args = 0..=1, default_missing_value = "")]
    pub confirm: Vec<String>,
    /// 确认或更改的依据：文件名称与条款，或会议纪要
    #[arg(long)]
    pub basis: Option<String>,
    /// 更改的理由
    #[arg(long)]
    pub reason: Option<String>,
}

/// Which period.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct PeriodArgs {
    /// 月份，如 2027-03
    #[arg(long)]
    pub month: Option<String>,
    /// 年度种子
    #[arg(long)]
    pub year: bool,
}

/// `seal`.
#[derive(Debug, Args)]
pub struct SealArgs {
    /// 项目文件夹
    pub project: PathBuf,
    #[command(flatten)]
    pub period: PeriodArgs,
    /// 公开数的格式：ssq、dice、drand，或几种合用 mixed
    #[arg(long)]
    pub entropy_format: String,
    /// 公开数的来源，如「中国福利彩票双色球」「quicknet」；合用的写「ssq:中国福利彩票双色球;drand:quicknet」
    #[arg(long)]
    pub entropy_source: String,
    /// 公开数的期号或轮次，如「第2027025期」；合用的以分号分隔
    #[arg(long)]
    pub reference: String,
    /// 公开数产生的时间，如 2027-02-28T21:15:00+08:00；双色球与 drand 由期号、轮次算出，可不写
    #[arg(long, default_value = "", hide_default_value = true)]
    pub available_at: String,
    /// 同一期再次封存的理由
    #[arg(long)]
    pub again: Option<String>,
    /// 显示秘密，供装入信封
    #[arg(long)]
    pub envelope: bool,
}

/// `open`.
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// 项目文件夹
    pub project: PathBuf,
    #[command(flatten)]
    pub period: PeriodArgs,
    /// 公开数，按封存的格式书写；drand 写该轮公布的 JSON（quicknet 也可只写签名）
    #[arg(long)]
    pub entropy: String,
    /// 另一人再次录入的公开数（双色球必须两人录入）
    #[arg(long, requires = "second_name")]
    pub second: Option<String>,
    /// 另一人的姓名
    #[arg(long)]
    pub second_name: Option<String>,
    /// 公布号码的页面或图片，留存一份
    #[arg(long)]
    pub source_file: Option<PathBuf>,
    /// 信封中的秘密；只在 secret.json 遗失或损坏时需要
    #[arg(long)]
    pub secret: Option<String>,
}

/// `void`.
#[derive(Debug, Args)]
pub struct VoidArgs {
    /// 项目文件夹
    pub project: PathBuf,
    #[command(flatten)]
    pub period: PeriodArgs,
    /// 理由
    #[arg(long)]
    pub reason: String,
}

/// `proof`.
#[derive(Debug, Args)]
pub struct ProofArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 月份
    #[arg(long)]
    pub month: String,
    /// 单位编号
    #[arg(long)]
    pub unit: String,
    /// 输出二维码的文字（带公开网页的地址），不输出 JSON
    #[arg(long)]
    pub code: bool,
}

/// `page-address`.
#[derive(Debug, Args)]
pub struct PageAddressArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 公开网页的地址，如 https://sthj.example.gov.cn/ssj/verify.html；不写则显示，写空文字则清除
    pub address: Option<String>,
}

/// `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 月份；不写则全部
    #[arg(long)]
    pub month: Option<String>,
    /// 导出到的文件夹
    #[arg(long, required_unless_present = "database")]
    pub to: Option<PathBuf>,
    /// 写入数据库，不写文件：地址如 postgresql://用户@主机/数据库；只追加，不改以前的导出
    #[arg(long, value_name = "地址", conflicts_with_all = ["to", "month", "only", "pack"])]
    pub database: Option<String>,
    /// 数据库中内部表的模式；公开的表在其后加 _public 的模式
    #[arg(long, value_name = "模式", default_value = "fairdraw", requires = "database")]
    pub schema: String,
    /// 只导出这些类型，如 xlsx,csv,json,pdf,docx，或这些文件：内部、抽取存证、公开、任务单、结果填报表、模板、简报
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
    /// 打包发送：每个执法主体一个压缩包，内有清单
    #[arg(long, conflicts_with = "only")]
    pub pack: bool,
    /// 压缩包加密；密码取自环境变量 FAIRDRAW_PACK_PASSWORD，没有则从标准输入读一行
    #[arg(long, requires = "pack")]
    pub encrypt: bool,
}

/// `status`.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 以此日为今天，如 2027-04-20
    #[arg(long)]
    pub today: Option<String>,
}

/// `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// 证书 certificate.json、一家单位的证明，或任务单二维码的文字
    pub certificate: Option<PathBuf>,
    /// 抽样框 frame.csv（可核验有无遗漏）
    #[arg(long)]
    pub frame: Option<PathBuf>,
    /// 人员名册 roster.csv（与 needs.csv、assignment.csv 一起核验配对）
    #[arg(long)]
    pub roster: Option<PathBuf>,
    /// 检查需求 needs.csv
    #[arg(long)]
    pub needs: Option<PathBuf>,
    /// 配对表 assignment.csv
    #[arg(long)]
    pub assignment: Option<PathBuf>,
    /// 只看这个单位
    #[arg(long)]
    pub unit: Option<String>,
    /// 公布的承诺值（64 位十六进制，可照公告分组、大写）
    #[arg(long)]
    pub commitment: Option<String>,
    /// 公布的变更摘要（64 位十六进制，见结果公示）：核对开封之后的变更有无增减、改动
    #[arg(long)]
    pub head: Option<String>,
    /// 核验一家单位的证明时，与此证书核对
    #[arg(long)]
    pub against: Option<PathBuf>,
    /// 时间戳与签名 anchors.json；不写则用证书旁边的
    #[arg(long)]
    pub anchors: Option<PathBuf>,
    /// 封存的规则文件 policy.ron（其中约定了密钥、根证书与可信程度）；不写则用证书旁边的
    #[arg(long)]
    pub policy: Option<PathBuf>,
    /// 信任的时间戳根证书（.pem）；可多次
    #[arg(long)]
    pub root: Vec<PathBuf>,
    /// 时间戳应答（.tsr）；可多次
    #[arg(long)]
    pub stamp: Vec<PathBuf>,
    /// 核验操作日志 journal.jsonl
    #[arg(long)]
    pub journal: Option<PathBuf>,
    /// 项目文件夹或日志：日志、登记簿、变更、证书、文件与导出相互核对；也可以是一行日志的证明
    #[arg(long, value_name = "项目或日志")]
    pub log: Option<PathBuf>,
    /// 已公布的日志根值「行数:根值」；可多次
    #[arg(long, value_name = "行数:根值", requires = "log")]
    pub log_head: Vec<String>,
    /// 导出的文件夹，与日志所记的校验值核对
    #[arg(long, value_name = "文件夹", requires = "log")]
    pub export: Option<PathBuf>,
}

/// `check-manifest`.
#[derive(Debug, Args)]
pub struct CheckManifestArgs {
    /// 导出的文件夹（其中有 manifest.json）
    pub dir: PathBuf,
}

/// `draw`.
#[derive(Debug, Args)]
pub struct DrawArgs {
    /// frame.csv
    pub frame: PathBuf,
    /// seal.json
    pub seal: PathBuf,
    /// opening.json
    pub opening: PathBuf,
    /// 公布的承诺值（可照公告分组、大写）
    #[arg(long)]
    pub commitment: Option<String>,
    /// 与此结果文件比对
    #[arg(long)]
    pub result: Option<PathBuf>,
}
