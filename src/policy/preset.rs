//! Policies that ship with the product, and bodies derived from districts.
//!
//! A preset is a file in `assets/policy/`; its numbers carry their articles and how sure they are. Presets are
//! starting points: an office copies one into its project and confirms what is marked 待本单位确认.

use std::sync::OnceLock;

use crate::diagnostic::{AppError, AppResult};
use crate::domain::{BodyId, DistrictCode};

use super::{BodyLevel, BodyRule, Policy, load_policy};

const PRESETS: [(&str, &str, &str); 3] = [
    ("shanghai-154", "上海市（沪环执法〔2023〕154号）", include_str!("../../assets/policy/shanghai_154.ron")),
    ("national-88", "全国通用（环办〔2015〕88号）", include_str!("../../assets/policy/national_88.ron")),
    ("generic", "最简（自行填写）", include_str!("../../assets/policy/generic.ron")),
];

/// The preset that a new project gets where nobody chooses.
pub const DEFAULT_PRESET: &str = "shanghai-154";

/// The presets: stable id, name shown, RON text.
#[must_use]
pub fn presets() -> &'static [(&'static str, &'static str, &'static str)] {
    &PRESETS
}

/// The RON text of a preset; `None` for an id that does not exist.
#[must_use]
pub fn preset_text(id: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(known, ..)| *known == id).map(|(_, _, text)| *text)
}

/// Loads a preset by its id.
///
/// # Errors
/// `POL-008` for an id that does not exist.
pub fn load_preset(id: &str) -> AppResult<Policy> {
    let Some(text) = preset_text(id) else {
        let known: Vec<&str> = PRESETS.iter().map(|(known, _, _)| *known).collect();
        return Err(AppError::new("POL-008", "没有这个预置规则")
            .with(|finding| finding.value(id).expected(format!("以下之一：{}", known.join("、")))));
    };
    load_policy(text, id)
}

/// The presets as policies: read once, for those that compare with them at every turn of a knob.
#[must_use]
pub fn preset_policies() -> &'static [Policy] {
    static READ: OnceLock<Vec<Policy>> = OnceLock::new();
    READ.get_or_init(|| PRESETS.iter().filter_map(|(id, _, text)| load_policy(text, id).ok()).collect())
}

/// One county body per district, in the order of the codes, for a policy without bodies of its own.
///
/// A district that appears twice gives one body, with the second name as an alias.
#[must_use]
pub fn derive_bodies(districts: &[(DistrictCode, &str)]) -> Vec<BodyRule> {
    let mut sorted = districts.to_vec();
    sorted.sort_by_key(|(code, _)| *code);
    let mut bodies: Vec<BodyRule> = Vec::with_capacity(sorted.len());
    for (code, name) in sorted {
        let name = name.trim();
        if let Some(last) = bodies.last_mut().filter(|body| body.district == Some(code)) {
            if !name.is_empty() && !last.aliases.iter().any(|alias| alias == name) {
                last.aliases.push(name.to_owned());
            }
            continue;
        }
        // Six digits are always a valid id; a code outside six digits has no body.
        let Ok(id) = BodyId::new(code.to_string()) else { continue };
        let shown = if name.is_empty() { format!("{code} 生态环境局") } else { format!("{name}生态环境局") };
        let aliases = if name.is_empty() { Vec::new() } else { vec![name.to_owned()] };
        bodies.push(BodyRule { id, name: shown, level: BodyLevel::County, district: Some(code), aliases });
    }
    bodies
}
