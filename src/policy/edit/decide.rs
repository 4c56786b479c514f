//! The office's decisions: numbers changed on a basis, parts confirmed, a floor of one body's own.

use chrono::NaiveDate;

use super::super::decision::CAP;
use super::super::{Decision, FloorOverride, Policy, policy_fault};
use super::set_value;
use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::BodyId;

/// What is decided of one or several parts at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// The parts, by ids ([`Policy::part_id`]) or by place; those whose numbers change are taken with them.
    pub parts: Vec<String>,
    /// Numbers set: path and text, as for [`set_value`].
    pub values: Vec<(String, String)>,
    /// Document and article, or the meeting, that it rests on.
    pub basis: String,
    /// Why; needed where numbers change.
    pub reason: String,
    /// Who decides.
    pub by: String,
    /// When.
    pub on: NaiveDate,
    /// The office stands to the parts from now on.
    pub confirmed: bool,
}

/// Words of a preset's text that go once the office has confirmed it.
const YET_TO_CONFIRM: &str = "（口径待本单位确认）";

/// The policy with the numbers set and the decision noted at each part.
///
/// # Errors
/// `POL-142` without a basis, a name or, where numbers change, a reason; `POL-143` for a part that the policy has not;
/// as [`set_value`]. The policy stays as it was.
pub fn decide(policy: &Policy, what: &Deciding) -> AppResult<Policy> {
    let changes = !what.values.is_empty();
    let wanted = [
        ("依据", &what.basis, true),
        ("理由", &what.reason, changes),
        (if what.confirmed { "确认人" } else { "调整人" }, &what.by, true),
    ];
    let missing: Vec<&str> =
        wanted.iter().filter(|(_, text, needed)| *needed && text.trim().is_empty()).map(|(name, ..)| *name).collect();
    if !missing.is_empty() {
        return Err(AppError::from(
            Finding::error("POL-142", format!("{}未填写", missing.join("、")))
                .expected("文件名称与条款（或会议纪要），更改数值的另写理由")
                .hint("补齐后再确认；规则没有更改"),
        ));
    }
    let mut next = policy.clone();
    for (path, text) in &what.values {
        next = set_value(&next, path, text)?;
    }
    let known: Vec<(String, String)> =
        next.bases().into_iter().map(|(placed, ..)| (next.part_id(&placed), placed)).collect();
    let mut parts: Vec<&(String, String)> = Vec::new();
    for part in &what.parts {
        parts.push(known.iter().find(|(id, placed)| id == part || placed == part).ok_or_else(|| {
            AppError::from(
                Finding::error("POL-143", "规则中没有这一项")
                    .value(part)
                    .hint("不带编号执行 policy --confirm 命令，列出待确认的各项"),
            )
        })?);
    }
    if changes {
        let touched = |placed: &str| policy.part_value(placed) != next.part_value(placed);
        let also: Vec<_> = known.iter().filter(|one| !parts.contains(one) && touched(&one.1)).collect();
        parts.extend(also);
    }
    for (id, placed) in parts {
        if id == CAP {
            next.cap.confirmed = what.confirmed;
            if what.confirmed {
                next.cap.rule_set = next.cap.rule_set.replace(YET_TO_CONFIRM, "");
            }
        }
        let value = next.part_value(placed).unwrap_or_default();
        next.decisions.retain(|decision| decision.part != *id);
        next.decisions.push(Decision {
            part: id.clone(),
            confirmed: what.confirmed,
            basis: what.basis.trim().to_owned(),
            reason: what.reason.trim().to_owned(),
            by: what.by.trim().to_owned(),
            on: what.on,
            value,
        });
    }
    next.decisions.sort_by(|a, b| a.part.cmp(&b.part));
    match policy_fault(&next) {
        Some(fault) => Err(fault.into()),
        None => Ok(next),
    }
}

/// The policy with a floor of one body's own for a category, as its level has it now, and the place of that floor; the
/// policy as it is where the body has one already.
///
/// # Errors
/// `POL-144` for a body or category that the policy has not.
pub fn floor_of_body(policy: &Policy, body: &BodyId, category: &str, note: &str) -> AppResult<(Policy, usize)> {
    let same = |item: &FloorOverride| item.body == *body && item.category == category;
    if let Some(at) = policy.floor_overrides.iter().position(same) {
        return Ok((policy.clone(), at));
    }
    let (Some(own), Some(rule)) = (policy.body(body), policy.category(category)) else {
        return Err(AppError::from(
            Finding::error("POL-144", "规则中没有这个执法主体或监管类别").value(format!("{body} {category}")),
        ));
    };
    let mut next = policy.clone();
    next.floor_overrides.push(FloorOverride {
        body: body.clone(),
        category: category.to_owned(),
        floor: policy.floor(own, rule).clone(),
        note: note.trim().to_owned(),
    });
    Ok((next, policy.floor_overrides.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::edit::compare_policies;
    use crate::policy::{Milli, Standing, load_policy, load_preset, write_policy};

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()
    }

    fn deciding(parts: &[&str], values: &[(&str, &str)]) -> Deciding {
        Deciding {
            parts: parts.iter().map(|p| (*p).to_owned()).collect(),
            values: values.iter().map(|(p, v)| ((*p).to_owned(), (*v).to_owned())).collect(),
            basis: "局务会纪要〔2026〕12号".to_owned(),
            reason: "经测算".to_owned(),
            by: "张三".to_owned(),
            on: day(),
            confirmed: true,
        }
    }

    #[test]
    fn what_is_confirmed_is_open_no_more_until_it_changes() {
        let policy = load_preset("shanghai-154").unwrap();
        let open = policy.unconfirmed(day()).len();
        assert!(open > 40, "{open}");
        let next = decide(&policy, &deciding(&["tiers.A", "cap", "factors.violations"], &[])).unwrap();
        assert_eq!(next.unconfirmed(day()).len(), open - 3);
        assert!(next.is_cap_confirmed() && !next.cap.rule_set.contains("待本单位确认"));
        // kept in the file, and read back
        let bytes = write_policy(&next).unwrap();
        let again = load_policy(std::str::from_utf8(&bytes).unwrap(), "policy.ron").unwrap();
        assert_eq!(again, next);
        // a number turned afterwards is open again, and confirmed once it is put back
        let turned = set_value(&next, "factors.violations.cap", "30").unwrap();
        assert_eq!(turned.unconfirmed(day()).len(), open - 2);
        let turned = set_value(&next, "cap.visits", "4").unwrap();
        assert!(!turned.is_cap_confirmed());
        assert!(turned.unconfirmed(day()).iter().any(|item| item.path == "cap"));
        let back = set_value(&turned, "cap.visits", "2").unwrap();
        assert!(back.is_cap_confirmed());
        // the order of a list means nothing
        let mut moved = next.clone();
        moved.factors.reverse();
        assert_eq!(moved.unconfirmed(day()).len(), open - 3);
    }

    #[test]
    fn a_change_needs_basis_and_reason_and_is_told() {
        let policy = load_preset("shanghai-154").unwrap();
        let what = deciding(&[], &[("window.days", "30")]);
        let next = decide(&policy, &what).unwrap();
        assert_eq!(next.window.days, 30);
        let told: Vec<String> = compare_policies(&policy, &next).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(
            told,
            [
                "检查间隔 window.days：60 → 30",
                "检查间隔 window：无 → 张三 2026-12-01 确认，依据：局务会纪要〔2026〕12号，理由：经测算"
            ]
        );
        for (basis, reason, by) in [(" ", "理由", "张三"), ("依据", "", "张三"), ("依据", "理由", "")] {
            let what = Deciding { basis: basis.into(), reason: reason.into(), by: by.into(), ..what.clone() };
            assert_eq!(decide(&policy, &what).unwrap_err().code(), "POL-142");
        }
        let nowhere = deciding(&["tiers.Z"], &[]);
        assert_eq!(decide(&policy, &nowhere).unwrap_err().code(), "POL-143");
        let wrong = deciding(&["window"], &[("window.days", "很久")]);
        assert_eq!(decide(&policy, &wrong).unwrap_err().code(), "POL-141");
        let changed = Deciding { confirmed: false, ..what };
        let next = decide(&policy, &changed).unwrap();
        let standing = next.standings(day()).into_iter().find(|(part, ..)| part == "window").unwrap().1;
        assert_eq!(standing, Standing::Changed);
    }

    #[test]
    fn a_body_has_a_floor_of_its_own_which_is_decided_like_any() {
        let policy = load_preset("shanghai-154").unwrap();
        let body = BodyId::new("310101").unwrap();
        let (next, at) = floor_of_body(&policy, &body, "key", "黄浦区方案").unwrap();
        let path = format!("floor_overrides[{at}].floor.quarter_ratio[0]");
        let what = deciding(&["floor_overrides.310101.key"], &[(&path, "0.3")]);
        let next = decide(&next, &what).unwrap();
        let own = next.floor(next.body(&body).unwrap(), next.category("key").unwrap());
        assert_eq!(own.quarter_ratio[0], Milli(300));
        let placed = format!("floor_overrides[{at}].floor");
        assert!(next.decision_of(&placed).is_some_and(|decision| decision.confirmed));
        assert_eq!(floor_of_body(&next, &body, "key", "").unwrap().1, at);
        assert_eq!(floor_of_body(&policy, &body, "other", "").unwrap_err().code(), "POL-144");
    }
}
