//! Whether the plan can be carried out: one verdict and its sentence, for every screen and output.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{AnnualPlan, Overload, amount};
use crate::domain::PlanMonth;
use crate::plan::feasibility::ShortageKind;
use crate::plan::model::Body;

/// Places named in the verdict's sentence; more are counted.
const NAMED: usize = 3;

/// Whether the plan can be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Floors, mandatory checks and locked numbers fit every body's months.
    Feasible,
    /// It can be sealed, but some body's month takes more than there is.
    Overloaded,
    /// A shortage stands that must be mended before anything is sealed.
    Blocked,
}

/// A number that the planner locked, against what the rules give and what can be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct LockedNumber {
    /// Body index.
    pub body: u16,
    /// Category index.
    pub category: u8,
    /// Month, 0 to 11.
    pub month: u8,
    /// Visits that the planner asked for.
    pub wanted: f64,
    /// Visits that the rules give.
    pub ruled: f64,
    /// Sites that can be drawn in that month (expected, where months before it are still to be drawn): no more
    /// visits are possible.
    pub possible: f64,
    /// More was asked for than can be drawn.
    pub capped: bool,
    /// Chinese sentence: `黄浦区生态环境局 2 月重点监管对象只有 14 家可抽，按 14 次计（原填 400 次）`.
    pub text: String,
}

impl ShortageKind {
    /// Index of the body concerned.
    #[must_use]
    pub fn body(&self) -> u16 {
        match self {
            Self::Resource { body, .. } | Self::TooFewInspectors { body, .. } | Self::MissingSkill { body, .. } => {
                *body
            }
            Self::Floor(floor) => floor.body,
        }
    }
}

impl AnnualPlan {
    /// Whether the plan can be carried out.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.is_sealable() {
            Verdict::Blocked
        } else if self.overloads.is_empty() {
            Verdict::Feasible
        } else {
            Verdict::Overloaded
        }
    }

    /// The verdict in one Chinese sentence, the same on every screen and in every output. `bodies` are those of
    /// the plan's inputs.
    #[must_use]
    pub fn verdict_text(&self, bodies: &[Body]) -> String {
        match self.verdict() {
            Verdict::Feasible => "计划可行，可以封存".to_owned(),
            Verdict::Blocked => format!("计划不可行：{} 项缺口未解决，不能封存", self.blocking().count()),
            Verdict::Overloaded => {
                let places = self.overloaded_places(bodies);
                let named: Vec<&str> = places.iter().take(NAMED).map(String::as_str).collect();
                let more = if places.len() > NAMED { format!("等 {} 处", places.len()) } else { String::new() };
                format!("计划超载，可以封存但力量不足：{}{more}", named.join("；"))
            }
        }
    }

    /// What the yearly caps of enterprises and the bodies' means took off the frequencies, in sentences: a plan that
    /// can be carried out may have been pressed to that.
    #[must_use]
    pub fn pressed_texts(&self) -> Vec<String> {
        let mut texts = Vec::new();
        let scaled = &self.frequencies.scaled;
        if !scaled.is_empty() {
            let sites: u32 = scaled.iter().map(|of| of.sites).sum();
            let wanted: f64 = scaled.iter().map(|of| of.wanted).sum();
            let left: f64 = scaled.iter().map(|of| of.cap).sum();
            let none = scaled.iter().filter(|of| of.cap <= 0.0).count();
            let below = scaled.iter().filter(|of| of.below_floor).count();
            let mut text = format!(
                "企业年度频次上限压缩了 {} 家企业的 {sites} 个污染源：应抽查合计 {} 次，上限内 {} 次",
                scaled.len(),
                amount(wanted),
                amount(left)
            );
            for (count, words) in [(none, "家的上限已由必查占满，不再抽查"), (below, "家低于最低频次")]
            {
                if count > 0 {
                    let _ = write!(text, "；其中 {count} {words}");
                }
            }
            texts.push(text);
        }
        let shrunk = self.frequencies.shrink.iter().filter(|factor| **factor < 1.0 - 1e-9).count();
        if shrunk > 0 {
            texts.push(format!("{shrunk} 个执法主体力量不足，高于最低频次的部分按比例减少"));
        }
        texts
    }

    /// Bodies' overloaded months with what is short, in words, the worst first.
    fn overloaded_places(&self, bodies: &[Body]) -> Vec<String> {
        let excess = |o: &Overload| if o.have > 0.0 { o.need / o.have } else { f64::INFINITY };
        let mut worst: BTreeMap<(u16, u8), &Overload> = BTreeMap::new();
        for overload in &self.overloads {
            let known = worst.entry((overload.body, overload.month)).or_insert(overload);
            if excess(overload).total_cmp(&excess(known)).is_ge() {
                *known = overload;
            }
        }
        // the map's order stays among equals
        let mut places: Vec<&Overload> = worst.into_values().collect();
        places.sort_by(|a, b| excess(b).total_cmp(&excess(a)));
        places
            .into_iter()
            .map(|Overload { body, month, resource, need, have, .. }| {
                let name = bodies.get(usize::from(*body)).map_or("", |b| b.name.as_str());
                format!(
                    "{name} {} 需 {} {}，可用 {}",
                    PlanMonth::nth_of(self.year, usize::from(*month)),
                    amount(*need),
                    resource.unit(),
                    amount(*have)
                )
            })
            .collect()
    }
}
