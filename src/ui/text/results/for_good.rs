//! What is entered for good: results in batches, publications and their corrections.

use chrono::NaiveDate;

use super::field_message;
use crate::diagnostic::Finding;
use crate::domain::PlanMonth;
use crate::ui::widgets::thousands;

/// Button that enters results as public.
#[must_use]
pub fn publish_button(count: usize) -> String {
    if count == 0 { "登记公开…".to_owned() } else { format!("登记公开（{count} 项）…") }
}

/// Button that corrects the entry of publications.
#[must_use]
pub fn correct_button(count: usize) -> String {
    if count == 0 { "更正公开登记…".to_owned() } else { format!("更正公开登记（{count} 项）…") }
}

/// Button that enters what is ticked at once.
#[must_use]
pub fn batch_button(count: usize) -> String {
    if count == 0 {
        "均为未发现问题…".to_owned()
    } else {
        format!("{} 项均为未发现问题…", thousands(count as u64))
    }
}

/// Button of the batch's dialog.
#[must_use]
pub fn batch_yes(count: usize) -> String {
    format!("录入 {} 项", thousands(count as u64))
}

/// What is entered at once.
#[must_use]
pub fn batch_text(count: usize, first: &str) -> String {
    let count = thousands(count as u64);
    format!(
        "以下日期对所勾选的 {count} 项检查（{first} 等）都成立，检查结果均为「未发现问题」。全部录入，或一项也不录入。"
    )
}

/// Some can't be entered.
#[must_use]
pub fn batch_refused(count: usize) -> String {
    format!("有 {count} 项不能录入，原因如下：")
}

/// Leaves them out.
#[must_use]
pub fn batch_untick(count: usize) -> String {
    format!("取消勾选这 {count} 项")
}

/// A check that can't be entered.
#[must_use]
pub fn batch_refusal(code: &str, name: &str, finding: &Finding) -> String {
    format!("{name}（{code}）：{}", field_message(finding))
}

/// A day of publication that is yet to come.
#[must_use]
pub fn publish_ahead(today: NaiveDate) -> String {
    format!("公开日期在今天（{today}）之后：请在公布之后登记")
}

/// A day of publication before the check was closed.
#[must_use]
pub fn publish_before_completion(name: &str, completed: NaiveDate) -> String {
    format!("公开日期早于办结日期：{name} 于 {completed} 办结")
}

/// What a correction means.
#[must_use]
pub fn correct_text(count: usize) -> String {
    format!("更正以下 {count} 项结果的公开登记；期限与公开率随之重算。更正前的日期与原因记入操作日志。")
}

/// What entering as public means.
#[must_use]
pub fn publish_text(count: usize) -> String {
    format!(
        "登记以下 {count} 项结果的公开日期：名单在本单位网站或公示平台公布的那一天。登记记入操作日志，有误可以更正并写明原因。"
    )
}

/// What exporting public lists means.
#[must_use]
pub fn export_text(month: Option<PlanMonth>, fresh: usize, agency: &str) -> String {
    let month = month.map_or_else(|| "全年".to_owned(), |month| month.to_string());
    let counted = if fresh > 0 {
        format!("导出不等于公开：{fresh} 项已办结的结果仍待登记，公布之后请在「公开期限」勾选并登记真实的公开日期。")
    } else {
        "没有尚未公开的结果，登记不变。".to_owned()
    };
    format!(
        "将写出{agency} {month} 的公开文件（检查结果清单与通告、年度计划、封签登记簿、已全部检查月份的抽取证书）。{counted}"
    )
}
