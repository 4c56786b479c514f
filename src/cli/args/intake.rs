//! Arguments of what comes in: files, and tables of a database.

use std::path::PathBuf;

use clap::Args;

/// Tables of a database.
#[derive(Debug, Args)]
pub struct DatabaseArgs {
    /// 数据库地址，如 postgresql://用户@主机/数据库；不写密码（取自 FAIRDRAW_DB_PASSWORD、PGPASSWORD、.pgpass，或提示输入）。
    /// 只写选项、不写地址，即用项目或列对应文件所记的
    #[arg(long, value_name = "地址", num_args = 0..=1, default_missing_value = "")]
    pub database: Option<String>,
    /// 数据库中的表或查询，如 sources=permit.sources、monitoring="select …"；可多次
    #[arg(long = "table", value_name = "表=来源")]
    pub tables: Vec<String>,
    /// 自动监控留在原处统计：计算引擎的地址，Spark 如 sc://主机:15002，或数据库如 postgresql://用户@主机/数据库；
    /// 只取回可能计入的行。表用 --table monitoring=库.表 写明。不写令牌（取自 FAIRDRAW_ENGINE_TOKEN，或提示输入）。
    /// 只写选项、不写地址，即用项目或列对应文件所记的
    #[arg(long, value_name = "地址", num_args = 0..=1, default_missing_value = "")]
    pub engine: Option<String>,
    /// 引擎中的各行是原始小时值：由引擎按日求均值（有效小时不少于 20 个），再与限值比较
    #[arg(long)]
    pub hours: bool,
}

/// `new`.
#[derive(Debug, Args)]
pub struct NewArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 输入文件所在文件夹
    #[arg(long, required_unless_present_any = ["database", "engine"])]
    pub from: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// 年度；不写为当年，10 月起为下一年
    #[arg(long)]
    pub year: Option<i32>,
    /// 规则文件（.ron），或内置规则的编号
    #[arg(long)]
    pub policy: Option<String>,
    /// 列对应文件（.ron）
    #[arg(long)]
    pub mapping: Option<PathBuf>,
}

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// 文件或文件夹；其中的规则（.ron）、区划（.shp）用于核查
    #[arg(required_unless_present_any = ["database", "engine"])]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// 只读取原样单元格，不识别为表
    #[arg(long, conflicts_with = "database")]
    pub raw: bool,
    /// 按此表识别，如 sources、credit
    #[arg(long = "as", value_name = "表")]
    pub table: Option<String>,
    /// 列对应文件（.ron）
    #[arg(long)]
    pub mapping: Option<PathBuf>,
    /// 字符编码，如 GB18030、macintosh
    #[arg(long)]
    pub encoding: Option<String>,
    /// 质量报告写入此 csv
    #[arg(long)]
    pub report: Option<PathBuf>,
}

/// `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// 输入文件所在文件夹
    #[arg(required_unless_present_any = ["demo", "database"])]
    pub dir: Option<PathBuf>,
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// 用模拟城市
    #[arg(long, conflicts_with_all = ["dir", "database"])]
    pub demo: bool,
    /// 输出文件夹
    #[arg(long)]
    pub to: PathBuf,
    /// 年度
    #[arg(long)]
    pub year: Option<i32>,
    /// 月份，1 到 12 或 2027-03
    #[arg(long)]
    pub month: Option<String>,
    /// 演示用公开数（骰子点数，16 至 64 位 1–6）
    #[arg(long)]
    pub entropy: Option<String>,
    /// 规则文件或内置规则编号
    #[arg(long)]
    pub policy: Option<String>,
    /// 列对应文件（.ron）
    #[arg(long)]
    pub mapping: Option<PathBuf>,
    /// 模拟城市的污染源数
    #[arg(long, default_value_t = 38_000)]
    pub sources: usize,
}
