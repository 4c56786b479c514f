//! Arguments of what is done by hand after a draw.

use std::path::PathBuf;

use clap::Args;

use crate::workspace::deeds::evidence::Ground;

/// What proves a ground, and who answers for it.
#[derive(Debug, Args)]
pub struct ProofOfGround {
    /// 证据文件（照片、笔录、截图）：留存一份，其散列值写入证书
    #[arg(long)]
    pub evidence: Option<PathBuf>,
    /// 证明事由的文书编号；替换单位、更换人员时，证据文件与文书编号至少有一项
    #[arg(long, value_name = "编号")]
    pub document: Option<String>,
    /// 操作人之外共同负责的另一人；替换单位、更换人员时必填
    #[arg(long, value_name = "姓名")]
    pub second: Option<String>,
}

impl ProofOfGround {
    /// The ground with this reason.
    #[must_use]
    pub fn ground(&self, reason: &str) -> Ground {
        Ground {
            text: reason.to_owned(),
            evidence: self.evidence.clone(),
            document: self.document.clone().unwrap_or_default(),
            second: self.second.clone().unwrap_or_default(),
        }
    }
}

/// `substitute`.
#[derive(Debug, Args)]
pub struct ChangeArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 月份
    #[arg(long)]
    pub month: String,
    /// 单位编号、统一社会信用代码或名称的一部分
    #[arg(long)]
    pub unit: String,
    /// 情形：关闭、搬迁、合并、停产；停产的不再抽取至间隔期满或查到恢复生产，其余的查到存续前不再抽取
    #[arg(long, default_value = "关闭")]
    pub case: String,
    /// 理由（关闭、搬迁、合并、停产的依据与日期）
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub proof: ProofOfGround,
}

/// `replace-inspector`.
#[derive(Debug, Args)]
pub struct ReplaceArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 月份
    #[arg(long)]
    pub month: String,
    /// 单位编号、统一社会信用代码或名称的一部分
    #[arg(long)]
    pub unit: String,
    /// 被更换人员的执法证号
    #[arg(long)]
    pub certificate: String,
    /// 理由
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub proof: ProofOfGround,
}

/// `add-check`.
#[derive(Debug, Args)]
pub struct AddCheckArgs {
    /// 项目文件夹
    pub project: PathBuf,
    /// 月份
    #[arg(long)]
    pub month: String,
    /// 单位编号、统一社会信用代码或名称的一部分
    #[arg(long)]
    pub unit: String,
    /// 来源：triggered
    #[arg(long, default_value = "triggered")]
    pub origin: String,
    /// 触发来源：举报、督办、监测异常、转办、专项、其他
    #[arg(long, default_value = "其他")]
    pub kind: String,
    /// 理由
    #[arg(long)]
    pub reason: String,
    #[command(flatten)]
    pub proof: ProofOfGround,
    /// 名录或检查已记为关闭、搬迁、合并的单位，仍须检查的依据
    #[arg(long, value_name = "依据")]
    pub although_closed: Option<String>,
}
