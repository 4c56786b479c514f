//! What does not fit, in words, with the cheapest ways to mend it.
//!
//! A shortage is a value: floors and mandatory checks that a body's month can't carry, a floor above the
//! cap or the window, a body without two inspectors or without a needed skill. Nothing can be sealed until a mend is taken
//! (rules, item 2); the choice is the office's, never silent. A mend that lowers a floor is tried out
//! before it is offered (see [`compute_mends`]).

use super::annual::amount;
use super::capacity::{cost_by_resource, usable_capacity, window_limit};
use super::frequency::{ClippedFloor, Frequencies, LimitKind, Use, compute_frequencies};
use super::mend::{Mend, MendAction, apply_mend, sort_mends};
use super::model::{MONTHS, PlanInputs, Resource};
use super::reason::Exclusion;
use super::shares::{ShareProfiles, compute_shares, floor_of};
use crate::domain::BodyId;
use crate::domain::PlanMonth;
use crate::policy::{Milli, Policy};

/// What is short.
#[derive(Debug, Clone, PartialEq)]
pub enum ShortageKind {
    /// Floors and mandatory checks need more than a body's month has.
    Resource {
        /// Body index.
        body: u16,
        /// Month, 0 to 11.
        month: u8,
        /// Which resource.
        resource: Resource,
        /// Needed.
        need: f64,
        /// There for planned checks.
        have: f64,
    },
    /// A floor above what cap, window or blackouts allow.
    Floor(ClippedFloor),
    /// Fewer inspectors than a check takes.
    TooFewInspectors {
        /// Body index.
        body: u16,
        /// There.
        have: u32,
        /// Needed.
        need: u32,
    },
    /// Nobody has a skill that checks of the body need.
    MissingSkill {
        /// Body index.
        body: u16,
        /// Index into `Policy::skills`.
        skill: u8,
        /// Sites that need it.
        sites: u32,
    },
}

/// A shortage with its mends, cheapest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortage {
    /// What is short.
    pub kind: ShortageKind,
    /// Chinese sentence.
    pub text: String,
    /// Articles.
    pub basis: Vec<String>,
    /// Ways out, cheapest first.
    pub mends: Vec<Mend>,
    /// Must be mended before anything is sealed.
    pub blocking: bool,
}

/// All shortages: by body and month, then floors, then people.
#[must_use]
pub fn compute_shortages(policy: &Policy, inputs: &PlanInputs, frequencies: &Frequencies) -> Vec<Shortage> {
    let mut found = Vec::new();
    for gap in resource_gaps(policy, inputs, frequencies) {
        found.push(resource_shortage(policy, inputs, frequencies, &gap));
    }
    found.extend(frequencies.clipped.iter().map(|c| floor_shortage(policy, inputs, c)));
    found.extend(people_shortages(policy, inputs));
    found
}

struct Gap {
    body: usize,
    month: usize,
    resource: Resource,
    need: f64,
    have: f64,
}

fn resource_gaps(policy: &Policy, inputs: &PlanInputs, frequencies: &Frequencies) -> Vec<Gap> {
    let usable = usable_capacity(policy, &inputs.capacity_in_effect());
    let mut gaps = Vec::new();
    for (body, floors) in frequencies.floor_use.iter().enumerate() {
        // what is past can't be mended
        let open = inputs.history.next as usize..MONTHS;
        for (month, resource) in open.flat_map(|m| Resource::ALL.map(|r| (m, r))) {
            let need = floors[resource.index()][month];
            if let Some(have) = usable.limits[body][resource.index()][month].filter(|h| need > h + 1e-6) {
                gaps.push(Gap { body, month, resource, need, have });
            }
        }
    }
    gaps
}

fn resource_shortage(policy: &Policy, inputs: &PlanInputs, frequencies: &Frequencies, gap: &Gap) -> Shortage {
    let Gap { body, month, resource, need, have } = *gap;
    let (name, unit, when) = (&inputs.bodies[body].name, resource.unit(), PlanMonth::nth_of(inputs.year, month));
    let reserve = policy.capacity.triggered_reserve.to_f64();
    let note = if reserve > 0.0 {
        format!("（已留 {}% 给触发式检查）", amount(reserve * 100.0))
    } else {
        String::new()
    };
    let text =
        format!("{name} {when}：需 {} {unit}，现有 {}{note}，缺 {}", amount(need), amount(have), amount(need - have));
    let mut mends = move_mends(policy, inputs, frequencies, gap);
    mends.extend(loan_mends(policy, inputs, frequencies, gap));
    mends.extend(reserve_mend(policy, inputs, gap));
    sort_mends(&mut mends);
    let mut basis = policy.capacity.basis.clone();
    for category in 0..policy.categories.len() {
        basis.extend(floor_of(policy, &inputs.bodies[body], category).basis.iter().cloned());
    }
    basis.sort();
    basis.dedup();
    let kind = ShortageKind::Resource { body: body as u16, month: month as u8, resource, need, have };
    Shortage { kind, text, basis, mends, blocking: true }
}

/// Drawn visits, or mandatory checks, to a month of the body that has room for them.
fn move_mends(policy: &Policy, inputs: &PlanInputs, frequencies: &Frequencies, gap: &Gap) -> Vec<Mend> {
    let Gap { body, month, resource, need, have } = *gap;
    let usable = usable_capacity(policy, &inputs.capacity_in_effect());
    let (all, fixed) = (&frequencies.floor_use[body], &frequencies.mandatory_use[body]);
    let r = resource.index();
    let id = inputs.bodies[body].id.clone();
    let fits = |to: usize, added: &dyn Fn(usize) -> f64| {
        (0..all.len()).all(|k| usable.limits[body][k][to].is_none_or(|limit| all[k][to] + added(k) <= limit + 1e-6))
    };
    let (from_month, short) = (PlanMonth::nth_of(inputs.year, month), need - have);
    let mut mends = Vec::new();
    let drawn = |k: usize, m: usize| all[k][m] - fixed[k][m];
    let share = short / drawn(r, month).max(1e-12) + 1e-9;
    for to in (0..MONTHS).filter(|to| *to != month && drawn(0, *to) + drawn(r, *to) > 0.0) {
        let to_month = PlanMonth::nth_of(inputs.year, to);
        let same_quarter = to / 3 == month / 3;
        if share <= 1.0 && fits(to, &|k| drawn(k, month) * share) {
            let note = if same_quarter { "" } else { "（跨季度，该季度比例将降低）" };
            mends.push(Mend {
                text: format!("把 {from_month} 的 {} {}抽查移到 {to_month}{note}", amount(short), resource.unit()),
                cost: short * if same_quarter { 1.0 } else { 1.5 } + to.abs_diff(month) as f64 * 0.01,
                action: MendAction::MoveVisits { body: id.clone(), from: from_month, to: to_month, share },
            });
        }
        if let Some((checks, load)) = mandatory_to_move(policy, inputs, gap)
            && fits(to, &|k| load[k])
        {
            mends.push(Mend {
                text: format!("把 {from_month} 的 {checks} 项必查移到 {to_month}（请核对法定时限）"),
                cost: short * 4.0 + to.abs_diff(month) as f64 * 0.01,
                action: MendAction::MoveMandatory { body: id.clone(), from: from_month, to: to_month, checks },
            });
        }
    }
    sort_mends(&mut mends);
    // The two nearest of each kind are enough to choose from.
    let mut kept = [0; 2];
    mends.retain(|m| {
        let kind = usize::from(matches!(m.action, MendAction::MoveMandatory { .. }));
        kept[kind] += 1;
        kept[kind] <= 2
    });
    mends
}

/// How many of the month's mandatory checks, in unit order, carry the gap away, and what they take.
fn mandatory_to_move(policy: &Policy, inputs: &PlanInputs, gap: &Gap) -> Option<(u32, [f64; 5])> {
    let mut load = [0.0; 5];
    let mut checks = 0;
    for v in inputs.mandatory_in_effect() {
        let site = v.site as usize;
        if v.month as usize != gap.month || inputs.sites.body[site] as usize != gap.body {
            continue;
        }
        let cost = cost_by_resource(&policy.categories[inputs.sites.category[site] as usize].cost);
        for (sum, c) in load.iter_mut().zip(cost) {
            *sum += c;
        }
        checks += 1;
        if load[gap.resource.index()] >= gap.need - gap.have {
            return Some((checks, load));
        }
    }
    None
}

fn loan_mends(policy: &Policy, inputs: &PlanInputs, frequencies: &Frequencies, gap: &Gap) -> Vec<Mend> {
    let Gap { body, month, resource, need, have } = *gap;
    let r = resource.index();
    let keep = (1.0 - policy.capacity.triggered_reserve.to_f64()).clamp(0.0, 1.0);
    if keep <= 0.0 {
        return Vec::new();
    }
    let usable = usable_capacity(policy, &inputs.capacity_in_effect());
    let lent = (need - have) / keep + 1e-6;
    let when = PlanMonth::nth_of(inputs.year, month);
    let to = inputs.bodies[body].id.clone();
    // The lender with most room left, of its own planned use, first.
    let room = |b: usize| usable.limits[b][r][month].map_or(0.0, |l| (l - frequencies.floor_use[b][r][month]) / keep);
    let mut lenders: Vec<usize> = (0..inputs.bodies.len()).filter(|b| *b != body && room(*b) >= lent + 1e-6).collect();
    lenders.sort_by(|a, b| room(*b).total_cmp(&room(*a)).then(a.cmp(b)));
    let action =
        |from: Option<BodyId>| MendAction::LendCapacity { resource, from, to: to.clone(), month: when, amount: lent };
    let mut mends: Vec<Mend> = lenders
        .into_iter()
        .take(2)
        .enumerate()
        .map(|(rank, b)| Mend {
            text: format!("{when} 从{}借 {} {}", inputs.bodies[b].name, amount(lent), resource.unit()),
            cost: lent * 2.0 + rank as f64 * 0.01,
            action: action(Some(inputs.bodies[b].id.clone())),
        })
        .collect();
    mends.push(Mend {
        text: format!("{when} 另行增加 {} {}", amount(lent), resource.unit()),
        cost: lent * 6.0,
        action: action(None),
    });
    mends
}

fn reserve_mend(policy: &Policy, inputs: &PlanInputs, gap: &Gap) -> Option<Mend> {
    let raw = inputs.capacity_in_effect().limits[gap.body][gap.resource.index()][gap.month]?;
    let now = policy.capacity.triggered_reserve;
    let share = ((1.0 - gap.need / raw) * 1000.0 - 1e-6).floor();
    if now.0 <= 0 || raw <= 0.0 || share < 0.0 || share as i64 >= now.0 {
        return None;
    }
    let reserve = Milli(share as i64);
    Some(Mend {
        text: format!("触发式检查预留由 {}% 降到 {}%", amount(now.to_f64() * 100.0), amount(reserve.to_f64() * 100.0)),
        cost: (gap.need - gap.have) * 3.0,
        action: MendAction::LowerTriggeredReserve { reserve },
    })
}

/// Every mend of a shortage of the plan, those that lower a floor included, cheapest first.
///
/// Floors are tried out, each for the price of a few computations of all frequencies; so this is for the one shortage that
/// somebody looks at, and [`Shortage::mends`] has the others' cheaper ways only.
#[must_use]
pub fn compute_mends(policy: &Policy, inputs: &PlanInputs, shares: &ShareProfiles, shortage: &Shortage) -> Vec<Mend> {
    let mut mends = shortage.mends.clone();
    if let ShortageKind::Resource { body, month, resource, need, have } = shortage.kind {
        let gap = Gap { body: body as usize, month: month as usize, resource, need, have };
        mends.extend(floor_mends(policy, inputs, shares, &gap));
        sort_mends(&mut mends);
    }
    mends
}

/// Lower ratios of the month's quarter, or fewer checks per inspector: the least cut that was tried out
/// and closes the gap.
fn floor_mends(policy: &Policy, inputs: &PlanInputs, shares: &ShareProfiles, gap: &Gap) -> Vec<Mend> {
    let body = &inputs.bodies[gap.body];
    let quarter = gap.month / 3;
    let mut candidates: Vec<MendAction> = Vec::new();
    let scale = |v: Milli, factor: f64| Milli((v.0.max(0) as f64 * factor).floor() as i64);
    let present = |p: &super::shares::ShareProfile| p.body as usize == gap.body;
    for (c, category) in policy.categories.iter().enumerate() {
        if !shares.profiles.iter().any(|p| present(p) && p.category as usize == c) {
            continue;
        }
        let own = floor_of(policy, body, c);
        let id = category.id.clone();
        for factor in [0.9, 0.75, 0.5, 0.25, 0.0] {
            if own.quarter_ratio[quarter].0 > 0 {
                let mut quarter_ratio = own.quarter_ratio;
                quarter_ratio[quarter] = scale(quarter_ratio[quarter], factor);
                candidates.push(MendAction::LowerFloor { body: body.id.clone(), category: id.clone(), quarter_ratio });
            }
            if own.per_inspector.0 > 0 {
                let per_inspector = scale(own.per_inspector, factor);
                candidates.push(MendAction::LowerPerInspector {
                    body: body.id.clone(),
                    category: id.clone(),
                    per_inspector,
                });
            }
        }
    }
    if policy.special.quarter_ratio[quarter].0 > 0 {
        for factor in [0.75, 0.5, 0.25, 0.0] {
            let mut quarter_ratio = policy.special.quarter_ratio;
            quarter_ratio[quarter] = scale(quarter_ratio[quarter], factor);
            candidates.push(MendAction::LowerSpecialFloor { quarter_ratio });
        }
    }
    // Largest cut first: what doesn't help at 0 never helps; then the mildest that does.
    let mut mends: Vec<Mend> = Vec::new();
    let mut groups: Vec<Vec<MendAction>> = Vec::new();
    for action in candidates {
        match groups.iter_mut().find(|g| g[0].same_target(&action)) {
            Some(group) => group.push(action),
            None => groups.push(vec![action]),
        }
    }
    for group in groups {
        let helps = |action: &MendAction| closes(policy, inputs, gap, action);
        if !group.last().is_some_and(helps) {
            continue;
        }
        let mildest = group.iter().find(|a| helps(a)).or(group.last());
        if let Some(action) = mildest {
            let text = action.describe(policy);
            mends.push(Mend { text, cost: (gap.need - gap.have) * 10.0, action: action.clone() });
        }
    }
    mends
}

fn closes(policy: &Policy, inputs: &PlanInputs, gap: &Gap, action: &MendAction) -> bool {
    let (mut policy, mut inputs) = (policy.clone(), inputs.clone());
    if apply_mend(&mut policy, &mut inputs.edits, action).is_err() {
        return false;
    }
    let shares = compute_shares(&policy, &inputs);
    let after: Vec<Use> = compute_frequencies(&policy, &inputs, &shares).floor_use;
    after[gap.body][gap.resource.index()][gap.month] <= gap.have + 1e-6
}

fn floor_shortage(policy: &Policy, inputs: &PlanInputs, clipped: &ClippedFloor) -> Shortage {
    let body = &inputs.bodies[clipped.body as usize];
    let category = &policy.categories[clipped.category as usize];
    let who =
        if clipped.special { format!("{}中的特殊监管对象", category.name) } else { category.name.clone() };
    let (floor, limit) = (amount(clipped.floor), amount(clipped.limit));
    let why = match clipped.by {
        LimitKind::Cap => format!("每家企业每年至多 {limit} 次"),
        LimitKind::Window => format!("两次检查间隔 {} 日，每年至多 {limit} 次", policy.window.days),
        LimitKind::OpenMonths => format!("停检时段外仅 {limit} 个月可查"),
    };
    let text = format!("{} {who}（{} 家）：最低每年 {floor} 次，但{why}，二者不能同时满足", body.name, clipped.sites);
    let own = floor_of(policy, body, clipped.category as usize);
    let scaled = |ratios: [Milli; 4]| {
        let sum: i64 = ratios.iter().map(|r| r.0.max(0)).sum();
        let most = (clipped.limit * 1000.0).floor() as i64;
        ratios.map(|r| if sum > most { Milli(r.0.max(0) * most / sum) } else { r })
    };
    let mut actions: Vec<(f64, MendAction)> = Vec::new();
    let id = category.id.clone();
    let cut = (clipped.floor - clipped.limit) * f64::from(clipped.sites);
    if clipped.per_inspector {
        let sites = &*inputs.sites;
        let size = (0..sites.len())
            .filter(|i| sites.exclusion[*i] == Exclusion::None)
            .filter(|i| (sites.body[*i], sites.category[*i]) == (clipped.body, clipped.category))
            .count();
        let people = inputs.bodies_in_effect(policy)[clipped.body as usize].inspectors.max(1);
        let most = clipped.limit * size as f64 / f64::from(people) * 1000.0;
        let per_inspector = Milli((most - 1e-6).floor().max(0.0) as i64);
        actions.push((1.0, MendAction::LowerPerInspector { body: body.id.clone(), category: id, per_inspector }));
    } else if clipped.special {
        let tried = scaled(policy.special.quarter_ratio);
        let both: i64 = (0..4).map(|q| tried[q].0.max(own.quarter_ratio[q].0)).sum();
        let quarter_ratio = if both as f64 <= clipped.limit * 1000.0 { tried } else { [Milli(0); 4] };
        actions.push((1.0, MendAction::LowerSpecialFloor { quarter_ratio }));
    } else {
        let quarter_ratio = scaled(own.quarter_ratio);
        actions.push((1.0, MendAction::LowerFloor { body: body.id.clone(), category: id, quarter_ratio }));
    }
    match clipped.by {
        LimitKind::Cap => {
            // No use where the window leaves no room for it.
            if clipped.floor <= f64::from(window_limit(policy)) + 1e-9 {
                actions.push((2.0, MendAction::RaiseCap { visits: (clipped.floor - 1e-9).ceil() as u32 }));
            }
        }
        LimitKind::Window => {
            let visits = ((clipped.floor - 1e-9).ceil() as u32).max(1);
            let months = (MONTHS as u32 / visits).saturating_sub(1);
            let capped = policy.cap.counts_drawn && clipped.floor > f64::from(policy.cap.visits) + 1e-9;
            if clipped.floor <= MONTHS as f64 && !capped {
                actions.push((2.0, MendAction::ShortenWindow { days: months * 30 }));
            }
        }
        LimitKind::OpenMonths => {}
    }
    let mut mends: Vec<Mend> = actions
        .into_iter()
        .map(|(weight, action)| Mend { text: action.describe(policy), cost: cut * weight, action })
        .collect();
    sort_mends(&mut mends);
    let mut basis = if clipped.special { policy.special.basis.clone() } else { own.basis.clone() };
    basis.extend(match clipped.by {
        LimitKind::Cap => policy.cap.basis.clone(),
        LimitKind::Window => policy.window.basis.clone(),
        LimitKind::OpenMonths => policy.periods.iter().flat_map(|p| p.basis.iter().cloned()).collect(),
    });
    Shortage { kind: ShortageKind::Floor(clipped.clone()), text, basis, mends, blocking: true }
}

fn people_shortages(policy: &Policy, inputs: &PlanInputs) -> Vec<Shortage> {
    let sites = &*inputs.sites;
    let skills = policy.skills.len();
    let bodies = inputs.bodies_in_effect(policy);
    let mut checks = vec![0_u32; bodies.len()];
    let mut wanted = vec![0_u32; bodies.len() * skills];
    for site in 0..sites.len() {
        if sites.exclusion[site] != Exclusion::None {
            continue;
        }
        let body = sites.body[site] as usize;
        checks[body] += 1;
        let skill = sites.skill.get(site).copied().unwrap_or(0) as usize;
        if skill > 0 {
            wanted[body * skills + skill - 1] += 1;
        }
    }
    let need = policy.capacity.inspectors_per_check.max(2);
    let basis = policy.capacity.basis.clone();
    let mut found = Vec::new();
    for (b, body) in bodies.iter().enumerate().filter(|(b, _)| checks[*b] > 0) {
        if body.inspectors < need {
            let short = need - body.inspectors;
            let lend =
                |from: Option<BodyId>| MendAction::LendInspectors { from, to: body.id.clone(), inspectors: short };
            let mut mends = Vec::new();
            let spare = |o: usize| bodies[o].inspectors.saturating_sub(need);
            let lender = (0..bodies.len())
                .filter(|o| *o != b && spare(*o) >= short)
                .max_by_key(|o| (spare(*o), usize::MAX - *o));
            if let Some(lender) = lender {
                let text = format!("从{}借调 {short} 名执法人员", bodies[lender].name);
                mends.push(Mend { text, cost: f64::from(short), action: lend(Some(bodies[lender].id.clone())) });
            }
            let text = format!("为{}另行配备 {short} 名执法人员", body.name);
            mends.push(Mend { text, cost: f64::from(short) * 5.0, action: lend(None) });
            let text = format!("{}：仅有 {} 名执法人员，每次检查至少 {need} 名", body.name, body.inspectors);
            let kind = ShortageKind::TooFewInspectors { body: b as u16, have: body.inspectors, need };
            found.push(Shortage { kind, text, basis: basis.clone(), mends, blocking: true });
        }
        for (s, skill) in policy.skills.iter().enumerate() {
            let sites = wanted[b * skills + s];
            if sites == 0 || body.skills.get(s).copied().unwrap_or(0) > 0 {
                continue;
            }
            let name = skill.names.first().map_or(skill.id.as_str(), String::as_str);
            let mut mends = Vec::new();
            if body.inspectors > 0 {
                mends.push(Mend {
                    text: format!("培训 1 名{}执法人员取得「{name}」资质", body.name),
                    cost: 3.0,
                    action: MendAction::TrainSkill { body: body.id.clone(), skill: skill.id.clone(), inspectors: 1 },
                });
            }
            let spare = |o: usize| {
                let left = bodies[o].skills.get(s).copied().unwrap_or(0);
                let own = u32::from(wanted[o * skills + s] > 0);
                if bodies[o].inspectors > need { left.saturating_sub(own) } else { 0 }
            };
            let lender =
                (0..bodies.len()).filter(|o| *o != b && spare(*o) > 0).max_by_key(|o| (spare(*o), usize::MAX - *o));
            if let Some(lender) = lender {
                mends.push(Mend {
                    text: format!("从{}借调 1 名有「{name}」资质的执法人员", bodies[lender].name),
                    cost: 1.0,
                    action: MendAction::LendSkill {
                        from: Some(bodies[lender].id.clone()),
                        to: body.id.clone(),
                        skill: skill.id.clone(),
                        inspectors: 1,
                    },
                });
            }
            mends.push(Mend {
                text: format!("为{}另行聘请 1 名有「{name}」资质的执法人员", body.name),
                cost: 5.0,
                action: MendAction::LendSkill {
                    from: None,
                    to: body.id.clone(),
                    skill: skill.id.clone(),
                    inspectors: 1,
                },
            });
            sort_mends(&mut mends);
            let text = format!("{}：{sites} 家污染源需「{name}」资质，现有资质人员 0 名，缺 1 名", body.name);
            let kind = ShortageKind::MissingSkill { body: b as u16, skill: s as u8, sites };
            found.push(Shortage { kind, text, basis: basis.clone(), mends, blocking: true });
        }
    }
    found
}
