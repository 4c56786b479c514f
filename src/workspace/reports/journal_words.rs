//! The journal in sentences: what an entry's parameters say, with the names of companies, people and bodies.
//!
//! The journal keeps what a machine reads; window, export and command line show it by [`JournalWords::sentence`]. An
//! entry of a command that is not known here (another version's) is told field by field.

mod register;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use crate::disclosure::{CheckResult, Outcome, PlanDates, VersionDates, write_answers};
use crate::domain::Period;
use crate::policy::Policy;
use crate::registry::Registry;
use crate::registry::schema::sources;
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::command_id::CommandId;
use crate::workspace::store::journal::JournalEntry;
pub use crate::workspace::store::journal::time_text;
use register::{database, files, refreshed};

/// Names that a sentence lists before it counts the others.
const NAMED: usize = 5;

/// Who is who: the register and the rules that the sentences take their names from.
#[derive(Debug)]
pub struct JournalWords<'a> {
    registry: &'a Registry,
    policy: &'a Policy,
    people: BTreeMap<&'a str, &'a str>,
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn number(value: &Value, key: &str) -> Option<u64> {
    value.get(key).and_then(Value::as_u64)
}

fn of<T: serde::de::DeserializeOwned>(value: &Value, key: &str) -> Option<T> {
    value.get(key).and_then(|v| serde_json::from_value(v.clone()).ok())
}

/// The parts that say something, with commas.
fn join(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，")
}

/// `2027 年 2 月`, or the year's seed.
fn period(detail: &Value) -> String {
    let words = text(detail, "period");
    match words.parse::<Period>().ok().map(|period| (period, period.month())) {
        Some((_, Some(month))) => format!("{} 年 {} 月", month.year(), month.month()),
        Some((period, None)) => period.label(),
        None => words.to_owned(),
    }
}

/// Which draw: its month, and which one of the month where it is not the first.
fn draw(detail: &Value) -> String {
    let again = number(detail, "sequence").filter(|n| *n > 1).map(|n| format!("第 {n} 次")).unwrap_or_default();
    format!("{}{again}", period(detail))
}

/// Findings confirmed, or their confirmations taken back: the kind, how many, about whom.
fn findings(detail: &Value) -> String {
    let about = detail.get("about").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names: Vec<&str> = about.iter().filter_map(Value::as_str).take(NAMED).collect();
    let more = if about.len() > NAMED { "等" } else { "" };
    let same = match text(detail, "same_as") {
        "" => String::new(),
        name => format!("，与名录中的「{name}」为同一单位"),
    };
    let count = number(detail, "findings").unwrap_or_default();
    format!("{} {count} 条：{}{more}{same}", text(detail, "kind"), names.join("、"))
}

fn day_text(day: Option<NaiveDate>, none: &str) -> String {
    day.map_or_else(|| none.to_owned(), |day| day.to_string())
}

impl<'a> JournalWords<'a> {
    /// The words of a project.
    #[must_use]
    pub fn new(registry: &'a Registry, policy: &'a Policy) -> Self {
        let people = registry.inspector_names().unwrap_or_default();
        Self { registry, policy, people }
    }

    /// A site's name with its number; the number alone where no register had it.
    #[must_use]
    pub fn unit(&self, id: &str) -> String {
        let name = self.registry.unit(id).and_then(|unit| sources::NAME.of(unit.frame).ok()?.get(unit.row));
        name.map_or_else(|| id.to_owned(), |name| format!("{name}（{id}）"))
    }

    /// A site's name alone, where a register had it.
    fn name(&self, id: &str, written: &str) -> String {
        let name = self.registry.unit(id).and_then(|unit| sources::NAME.of(unit.frame).ok()?.get(unit.row));
        name.unwrap_or(if written.is_empty() { id } else { written }).to_owned()
    }

    /// An inspector's name with the certificate.
    #[must_use]
    pub fn inspector(&self, certificate: &str) -> String {
        let name = self.people.get(certificate);
        name.map_or_else(|| certificate.to_owned(), |name| format!("{name}（{certificate}）"))
    }

    /// A body's name.
    fn body(&self, id: &str) -> String {
        self.policy.bodies.iter().find(|body| body.id.as_str() == id).map_or(id, |body| body.name.as_str()).to_owned()
    }

    /// The rules' name of `id name` or of an id.
    fn rules(&self, words: &str) -> String {
        match words.split_once(' ') {
            Some((_, name)) => format!("规则「{name}」"),
            None if words == self.policy.id || self.policy.id.is_empty() => format!("规则「{}」", self.policy.name),
            None => String::new(),
        }
    }

    /// The checks that an entry names: some by name, the others counted.
    fn checks(&self, detail: &Value) -> String {
        let checks = detail.get("checks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let names: Vec<String> =
            checks.iter().take(NAMED).map(|check| self.name(text(check, "unit"), text(check, "name"))).collect();
        match (names.is_empty(), checks.len() > NAMED) {
            (true, _) => String::new(),
            (false, false) => names.join("、"),
            (false, true) => format!("{} 等 {} 家", names.join("、"), checks.len()),
        }
    }

    /// What a change of a draw says.
    #[must_use]
    pub fn change(&self, change: &DrawChange) -> String {
        match change {
            DrawChange::Substitute { unit, by, case, .. } => {
                format!("{}（{}）由 {} 替换", self.unit(unit.as_str()), case.label(), self.unit(by.as_str()))
            }
            DrawChange::Replace { unit, certificate, .. } => {
                format!("{} 的检查更换 {}", self.unit(unit.as_str()), self.inspector(certificate.as_str()))
            }
            DrawChange::Add { need, trigger, past_cap, .. } => {
                let past = past_cap
                    .map(|past| format!("（企业本年第 {} 次，上限 {} 次）", past.visits, past.cap))
                    .unwrap_or_default();
                let kind = trigger.map(|kind| format!("（{}）", kind.label())).unwrap_or_default();
                format!("{}{kind}，由 {} 检查{past}", self.unit(need.unit_id.as_str()), self.body(need.body.as_str()))
            }
        }
    }

    /// A result: who, when, how, what.
    fn result(&self, result: &CheckResult) -> String {
        join([
            self.unit(result.unit_id.as_str()),
            format!("{} {}", result.inspected_on, result.manner.label()),
            result.outcome.label().to_owned(),
            result.completed_on.map(|day| format!("{day} 办结")).unwrap_or_default(),
        ])
    }

    /// What a correction changed, field by field.
    fn corrected(&self, before: &CheckResult, after: &CheckResult) -> String {
        let people =
            |r: &CheckResult| r.inspectors.iter().map(|id| self.inspector(id.as_str())).collect::<Vec<_>>().join("、");
        let ground = |r: &CheckResult| r.withheld.as_ref().map_or_else(String::new, |g| g.as_str().to_owned());
        let yes = |recheck: bool| (if recheck { "复查" } else { "不是复查" }).to_owned();
        let list = |r: &CheckResult| r.checklist.clone().unwrap_or_default();
        let fields = [
            ("检查日期", before.inspected_on.to_string(), after.inspected_on.to_string()),
            ("办结日期", day_text(before.completed_on, "未办结"), day_text(after.completed_on, "未办结")),
            ("检查方式", before.manner.label().to_owned(), after.manner.label().to_owned()),
            ("检查结果", before.outcome.label().to_owned(), after.outcome.label().to_owned()),
            ("检查事项", before.matters.clone(), after.matters.clone()),
            ("处理情况", before.handling.clone(), after.handling.clone()),
            ("发现的问题", before.problem.clone(), after.problem.clone()),
            ("整改期限", day_text(before.rectify_by, ""), day_text(after.rectify_by, "")),
            ("销号日期", day_text(before.closed_on, "未销号"), day_text(after.closed_on, "未销号")),
            ("销号依据", before.follow_up.evidence.clone(), after.follow_up.evidence.clone()),
            ("销号人", before.follow_up.closed_by.clone(), after.follow_up.closed_by.clone()),
            (
                "移送公安日期",
                day_text(before.follow_up.handed_over_on, ""),
                day_text(after.follow_up.handed_over_on, ""),
            ),
            ("移送文号", before.follow_up.handed_over.clone(), after.follow_up.handed_over.clone()),
            ("免予处罚依据", before.follow_up.exempted.clone(), after.follow_up.exempted.clone()),
            ("执法人员", people(before), people(after)),
            ("检查表", list(before).name, list(after).name),
            ("检查表答复", write_answers(&list(before).answers), write_answers(&list(after).answers)),
            ("性质", yes(before.recheck), yes(after.recheck)),
            ("公开日期", day_text(before.disclosed_on, "未公开"), day_text(after.disclosed_on, "未公开")),
            ("不公开依据", ground(before), ground(after)),
        ];
        let changed = fields.into_iter().filter(|(_, old, new)| old != new).map(|(name, old, new)| {
            let or_none = |text: String| if text.is_empty() { "空".to_owned() } else { format!("「{text}」") };
            format!("{name}由{}改为{}", or_none(old), or_none(new))
        });
        format!("{}：{}", self.unit(after.unit_id.as_str()), join(changed))
    }

    /// What the entry says, in one or two sentences, without its operator and time.
    #[must_use]
    pub fn sentence(&self, entry: &JournalEntry) -> String {
        let detail = &entry.detail;
        let told = CommandId::from_id(&entry.command).and_then(|command| self.told(command, detail));
        let told = told.unwrap_or_else(|| fields(detail));
        let reason = text(detail, "reason");
        let reason =
            if reason.is_empty() || told.contains(reason) { String::new() } else { format!("。原因：{reason}") };
        format!("{told}{reason}{}", proved(detail))
    }

    fn told(&self, command: CommandId, detail: &Value) -> Option<String> {
        Some(match command {
            CommandId::Import => self.imported(detail),
            CommandId::Refresh => refreshed(detail),
            CommandId::RefreshBack => join([
                format!("返回 {} 保留的名录", text(detail, "back_to")),
                number(detail, "sources").map(|n| format!("污染源 {n} 个")).unwrap_or_default(),
                format!("此前的名录留存为 {}", text(detail, "kept")),
            ]),
            CommandId::ForgetKept => format!("删除保留的名录 {}", text(detail, "kept")),
            CommandId::ConfirmFindings | CommandId::WithdrawFindings => findings(detail),
            CommandId::Districts => join([
                format!("区划图「{}」", text(detail, "file")),
                number(detail, "districts").map(|n| format!("{n} 个区")).unwrap_or_default(),
            ]),
            CommandId::Calendar => format!("工作日历「{}」", text(detail, "file")),
            CommandId::Settings => saved(detail),
            CommandId::Mend => {
                let ground = text(detail, "ground");
                join([
                    text(detail, "mend").to_owned(),
                    text(detail, "change").to_owned(),
                    if ground.is_empty() { String::new() } else { format!("依据：{ground}") },
                ])
            }
            CommandId::Seal => sealed(detail),
            CommandId::Open => opened(detail),
            CommandId::Void => format!("作废 {} 的封签", draw(detail)),
            CommandId::Anchors => {
                let taken: Vec<String> = of(detail, "taken").unwrap_or_default();
                let words = if taken.is_empty() { "没有新的".to_owned() } else { taken.join("；") };
                format!("{} 的时间戳与签名：{words}", draw(detail))
            }
            CommandId::Substitute | CommandId::ReplaceInspector | CommandId::AddCheck => {
                let change: DrawChange = of(detail, "change")?;
                let (DrawChange::Substitute { reason, .. }
                | DrawChange::Replace { reason, .. }
                | DrawChange::Add { reason, .. }) = &change;
                let closed = match &change {
                    DrawChange::Add { although_closed: Some(grounds), .. } => format!("；已关闭仍须检查：{grounds}"),
                    _ => String::new(),
                };
                format!("{}：{}。原因：{reason}{closed}", draw(detail), self.change(&change))
            }
            CommandId::Results => taken(detail),
            CommandId::RecordResult => self.result(&of(detail, "after")?),
            CommandId::CorrectResult => self.corrected(&of(detail, "before")?, &of(detail, "after")?),
            CommandId::RecordResults => {
                let outcome: Outcome = of(detail, "outcome")?;
                let count = number(detail, "count").unwrap_or_default();
                let days = join([
                    format!("检查日期 {}", text(detail, "inspected_on")),
                    Some(text(detail, "completed_on"))
                        .filter(|day| !day.is_empty())
                        .map(|day| format!("办结日期 {day}"))
                        .unwrap_or_default(),
                ]);
                format!("{count} 项检查均为「{}」，{days}：{}", outcome.label(), self.checks(detail))
            }
            CommandId::Publish => {
                let count = number(detail, "results").unwrap_or_default();
                match (text(detail, "on"), self.checks(detail)) {
                    ("", _) => format!("登记 {count} 项结果当日公开"),
                    (on, names) => format!("登记 {count} 项结果于 {on} 公开：{names}"),
                }
            }
            CommandId::CorrectPublication => {
                let count = number(detail, "results").unwrap_or_default();
                match text(detail, "on") {
                    "" => format!("撤回 {count} 项结果的公开登记：{}", self.checks(detail)),
                    on => format!("把 {count} 项结果的公开日期更正为 {on}：{}", self.checks(detail)),
                }
            }
            CommandId::FollowUp => {
                let changes = detail.get("changes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let told = |change: &Value| Some(self.corrected(&of(change, "before")?, &of(change, "after")?));
                changes.iter().filter_map(told).collect::<Vec<_>>().join("；")
            }
            CommandId::Interference => {
                let unit = text(detail, "unit");
                join([
                    format!("{} {}", text(detail, "on"), text(detail, "who")),
                    text(detail, "how").to_owned(),
                    if unit.is_empty() { String::new() } else { format!("涉及 {}", self.unit(unit)) },
                    format!("处置：{}", text(detail, "handled")),
                ])
            }
            CommandId::PlanDates => {
                let (before, after): (PlanDates, PlanDates) = (of(detail, "before")?, of(detail, "after")?);
                dates(&before, &after)
            }
            CommandId::AcceptChanges => {
                let changed = detail.get("changed").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let names: Vec<&str> = changed.iter().map(|file| text(file, "path")).take(NAMED).collect();
                let more = if changed.len() > NAMED { "等" } else { "" };
                format!("{}{more}（与 {} 共同负责）", names.join("、"), text(detail, "second"))
            }
            CommandId::Share => join([
                format!("项目自此由数据库 {} 共享", text(detail, "database")),
                format!("模式 {}", text(detail, "schema")),
            ]),
            CommandId::Export if !text(detail, "list").is_empty() => {
                format!("导出名单「{}」{} 行", text(detail, "list"), number(detail, "rows").unwrap_or_default())
            }
            CommandId::Export if !text(detail, "database").is_empty() => {
                let number = number(detail, "number").unwrap_or_default();
                format!("导出到数据库 {}，第 {number} 次", text(detail, "database"))
            }
            CommandId::Export => {
                let month = text(detail, "month");
                let of = if month.is_empty() { "全年".to_owned() } else { month.to_owned() };
                format!("导出 {of} 的文件 {} 个", number(detail, "files").unwrap_or_default())
            }
        })
    }

    fn imported(&self, detail: &Value) -> String {
        let refresh = detail.get("refresh").and_then(Value::as_bool).unwrap_or(false);
        let what = if refresh { "更新名录" } else { "导入" };
        let from = text(detail, "from");
        join([
            if from.is_empty() { what.to_owned() } else { format!("从「{from}」{what}") },
            database(detail),
            number(detail, "year").map(|year| format!("{year} 年度")).unwrap_or_default(),
            self.rules(text(detail, "policy")),
            number(detail, "sources").map(|n| format!("污染源 {n} 个")).unwrap_or_default(),
            number(detail, "set_aside").filter(|n| *n > 0).map(|n| format!("搁置 {n} 行")).unwrap_or_default(),
            files(detail),
        ])
    }
}

fn saved(detail: &Value) -> String {
    let list = |key: &str| -> Vec<&str> {
        detail
            .get(key)
            .and_then(Value::as_array)
            .map(|a| a.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    };
    let steps = list("steps");
    if !steps.is_empty() {
        return steps.join("；");
    }
    let changed = list("changed").into_iter().map(|what| match what {
        "policy" => "规则",
        "edits" => "计划调整",
        "briefing" => "简报",
        other => other,
    });
    format!("更改了{}", changed.collect::<Vec<_>>().join("、"))
}

fn sealed(detail: &Value) -> String {
    let demonstration = detail.get("demonstration").and_then(Value::as_bool).unwrap_or(false);
    let again = text(detail, "again");
    join([
        format!("封存 {}", draw(detail)),
        number(detail, "frame_size").map(|n| format!("抽样框 {n} 个单元")).unwrap_or_default(),
        number(detail, "draw").filter(|n| *n > 0).map(|n| format!("将抽取 {n} 家")).unwrap_or_default(),
        format!("承诺值 {}", text(detail, "commitment")),
        if demonstration { "演示".to_owned() } else { String::new() },
        if again.is_empty() { String::new() } else { format!("再次封存的理由：{again}") },
    ])
}

fn opened(detail: &Value) -> String {
    let lost = text(detail, "secret_lost");
    join([
        format!("开封 {}", draw(detail)),
        format!("公开数 {}", text(detail, "entropy")),
        number(detail, "drawn").filter(|n| *n > 0).map(|n| format!("抽取 {n} 家")).unwrap_or_default(),
        number(detail, "pairs").filter(|n| *n > 0).map(|n| format!("配对 {n} 项")).unwrap_or_default(),
        text(detail, "unpaired").to_owned(),
        if lost.is_empty() { String::new() } else { format!("秘密取自信封：{lost}") },
        format!("种子 {}", text(detail, "seed")),
    ])
}

fn taken(detail: &Value) -> String {
    let count = |key: &str, what: &str, unit: &str| {
        number(detail, key).filter(|n| *n > 0).map(|n| format!("{what} {n} {unit}")).unwrap_or_default()
    };
    join([
        format!("从「{}」导入检查结果", text(detail, "file")),
        count("added", "新增", "项"),
        count("updated", "更新", "项"),
        count("set_aside", "搁置", "行"),
    ])
}

fn dates(before: &PlanDates, after: &PlanDates) -> String {
    let day = |what: &str, old: Option<NaiveDate>, new: Option<NaiveDate>| match (old, new) {
        (old, new) if old == new => String::new(),
        (None, Some(new)) => format!("{what} {new}"),
        (Some(old), Some(new)) => format!("{what}由 {old} 改为 {new}"),
        (_, None) => format!("{what}已删去"),
    };
    // Another version starts without days; within one a day may be entered or put right.
    let earlier = if before.version() == after.version() { before.standing() } else { VersionDates::default() };
    let later = after.standing();
    let words = join([
        day("批准日期", earlier.approved_on, later.approved_on),
        day("备案日期", earlier.filed_on, later.filed_on),
        day("公布日期", earlier.published_on, later.published_on),
    ]);
    format!("年度计划{words}，第 {} 版", after.version())
}

/// Names of fields that entries of other versions may have.
const FIELDS: [(&str, &str); 12] = [
    ("period", "期间"),
    ("sequence", "序号"),
    ("file", "文件"),
    ("files", "文件数"),
    ("month", "月份"),
    ("year", "年度"),
    ("sources", "污染源"),
    ("count", "项数"),
    ("version", "版次"),
    ("plan_code", "计划编码"),
    ("unit", "单位编号"),
    ("certificate", "执法证号"),
];

/// The fields whose names are known, and whatever is written in Chinese.
fn fields(detail: &Value) -> String {
    let Value::Object(fields) = detail else { return String::new() };
    let words = fields.iter().filter(|(key, _)| *key != "reason").map(|(key, value)| {
        let name = FIELDS.iter().find(|(id, _)| id == key).map(|(_, name)| *name);
        match (name, value) {
            (Some(name), Value::String(text)) if !text.is_empty() => format!("{name} {text}"),
            (Some(name), Value::Number(n)) => format!("{name} {n}"),
            (None, Value::String(text)) if !text.is_ascii() => text.clone(),
            _ => String::new(),
        }
    });
    join(words)
}

/// What proves a ground and who answers for it beside the operator; empty where the line has neither.
fn proved(detail: &Value) -> String {
    let of = if detail["proof"].is_object() { &detail["proof"] } else { &detail["change"] };
    let file = if of["evidence"].is_object() { "证据文件" } else { "" };
    let papers: Vec<&str> = [file, text(of, "document")].into_iter().filter(|one| !one.is_empty()).collect();
    match text(of, "second") {
        "" => String::new(),
        second => format!("。依据：{}。共同负责：{second}", papers.join("、")),
    }
}
