//! The draws of a project: their folders, files and changes of the day after.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::diagnostic::{AppError, AppResult, Finding};
use crate::domain::{Period, TriggerKind, UnitId};
use crate::sampling::as_written;
use crate::sampling::{
    DrawOrder, DrawSeed, FROM_ENVELOPE, Hash32, InterventionEntry, Method, Opening, SamplingFrame, Seal, Secret,
    SecretFile, compute_seed, draw_units, hash_from_hex,
};
use crate::staffing::{Assignment, Change, Needs, PairChange, PairingRule, Roster, apply_change, assign_inspectors};
use crate::workspace::store::changes::{DrawChange, pair_change};
use crate::workspace::store::log::{HEADS_FILE, HeadNote, load_heads};
use crate::workspace::store::project::{Project, load_bytes};
use crate::workspace::store::staged;

/// Name of the file of a month's off-site checks in its draw's folder.
pub const OFF_SITE: &str = "off_site.json";

/// Whose turn it is to be checked off-site in a month, as written at its opening (`off_site.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffSiteTurns {
    /// Share of the positive list that is checked in the year, thousandths.
    pub share: u32,
    /// Which of the months that share the year's checks this one is, from 1.
    pub at: u32,
    /// How many months share them.
    pub of: u32,
    /// The units by body, in the order of the year's seed.
    pub units: Vec<UnitId>,
}

impl OffSiteTurns {
    /// Those of a draw's folder; `None` where it was opened by an earlier version.
    ///
    /// # Errors
    /// `DRW-001`, `IO-…`.
    pub fn load(folder: &Path) -> AppResult<Option<Self>> {
        let path = folder.join(OFF_SITE);
        if path.exists() { parse_json(&path).map(Some) } else { Ok(None) }
    }
}

/// One sealed draw of a month or year, as it lies in its folder.
#[derive(Debug)]
pub struct StoredDraw {
    /// Where.
    pub folder: PathBuf,
    /// Which period.
    pub period: Period,
    /// Which sequence within the period.
    pub sequence: u64,
    /// The frame.
    pub frame: SamplingFrame,
    /// The seal.
    pub seal: Seal,
    /// The roster and the needs of every unit that may be drawn; as sealed.
    pub roster: Roster,
    /// Needs.
    pub needs: Needs,
    /// The opening, once opened.
    pub opening: Option<Opening>,
    /// Changes after the draw, in their order.
    pub changes: Vec<DrawChange>,
    /// True where the entropy was known beforehand, as the seal says.
    pub demonstration: bool,
    /// When it was opened, as its notes say.
    pub opened_at: Option<String>,
    /// Off-site checks of the month; `None` where it was opened by an earlier version, which had none.
    pub off_site: Option<OffSiteTurns>,
    /// Heads of the log at what was done to it; none where an earlier version did it.
    pub heads: Vec<HeadNote>,
    /// What another hand did to the project's files and concerns it, in order; its seal binds those before the sealing.
    pub interventions: Vec<InterventionEntry>,
}

/// Facts of a draw that are neither sealed nor published. Other fields are passed over: earlier versions kept a
/// `demonstration` here, which only the seal may say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawNotes {
    /// When it was opened.
    pub opened_at: Option<String>,
    /// When it was voided.
    pub voided_at: Option<String>,
}

fn parse_json<T: for<'de> Deserialize<'de>>(path: &Path) -> AppResult<T> {
    serde_json::from_slice(&load_bytes(path)?).map_err(|cause| {
        AppError::from(
            Finding::error("DRW-001", format!("第 {} 行无法识别", cause.line()))
                .hint("文件可能被改动或不完整，请用备份恢复")
                .file(path.display().to_string()),
        )
    })
}

/// Name of the file in a draw's folder that keeps its secret until it is opened or given up.
pub const SECRET_FILE: &str = "secret.json";
/// Name of the file in a draw's folder that keeps what another hand did and concerns the draw.
pub const INTERVENTIONS_FILE: &str = "interventions.json";

/// The interventions that a draw's folder keeps; none where there were none.
///
/// # Errors
/// `DRW-001`, `IO-…`.
pub fn load_interventions(folder: &Path) -> AppResult<Vec<InterventionEntry>> {
    let path = folder.join(INTERVENTIONS_FILE);
    if path.exists() { parse_json(&path) } else { Ok(Vec::new()) }
}

/// A value as indented JSON with a line end.
pub(in crate::workspace) fn json_bytes<T: Serialize>(value: &T) -> AppResult<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|cause| AppError::new("DRW-002", "无法写成 JSON 文本").caused_by(cause))?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn needs_file(name: &str, period: Period) -> AppError {
    Finding::error("DRW-003", format!("{period} 的抽取缺少文件 {name}")).hint("请用备份恢复抽取文件夹").into()
}

impl StoredDraw {
    /// Loads a draw.
    ///
    /// # Errors
    /// `DRW-001`, `DRW-003`, `IO-…`, or the fault of a file.
    pub fn load(project: &Project, period: Period, sequence: u64) -> AppResult<Self> {
        let folder = project.draw_folder(period, sequence);
        let at = |name: &str| folder.join(name);
        if !at("seal.json").exists() {
            return Err(needs_file("seal.json", period));
        }
        let opening =
            if at("opening.json").exists() { Some(Opening::parse(&load_bytes(&at("opening.json"))?)?) } else { None };
        let seal = Seal::parse(&load_bytes(&at("seal.json"))?)?;
        let notes: DrawNotes =
            if at("notes.json").exists() { parse_json(&at("notes.json"))? } else { DrawNotes::default() };
        let changes = if at("changes.json").exists() { parse_json(&at("changes.json"))? } else { Vec::new() };
        let off_site = OffSiteTurns::load(&folder)?;
        Ok(Self {
            period,
            sequence,
            frame: SamplingFrame::parse_csv(&load_bytes(&at("frame.csv"))?)?,
            demonstration: seal.is_demonstration(),
            seal,
            roster: Roster::parse(&as_written(&load_bytes(&at("roster.csv"))?))?,
            needs: Needs::parse(&as_written(&load_bytes(&at("needs.csv"))?))?,
            opening,
            changes,
            opened_at: notes.opened_at,
            off_site,
            heads: load_heads(&at(HEADS_FILE))?,
            interventions: load_interventions(&folder)?,
            folder,
        })
    }

    /// The secret, before the opening, as `secret.json` keeps it.
    ///
    /// # Errors
    /// `DRW-003` where the file is lost, `SEL-003` where it is damaged, `VER-014` where it holds another secret than
    /// the sealed one.
    pub fn load_secret(&self) -> AppResult<Secret> {
        let path = self.folder.join(SECRET_FILE);
        if !path.exists() {
            return Err(needs_file(SECRET_FILE, self.period).with(|f| f.hint(FROM_ENVELOPE)));
        }
        let SecretFile { secret, .. } = SecretFile::parse(&load_bytes(&path)?)?;
        if !self.seal.binds(&secret) {
            return Err(Finding::error("VER-014", "secret.json 中的秘密与封签不符")
                .hint(FROM_ENVELOPE)
                .file(path.display().to_string())
                .into());
        }
        Ok(secret)
    }

    /// The seed, once opened.
    #[must_use]
    pub fn seed(&self) -> Option<DrawSeed> {
        let opening = self.opening.as_ref()?;
        let secret: Hash32 = hash_from_hex(&opening.secret)?;
        Some(compute_seed(&self.seal.commitment(), &secret, &opening.entropy_value))
    }

    /// The whole order of every stratum, once opened.
    #[must_use]
    pub fn order(&self) -> Option<DrawOrder> {
        self.seed().map(|seed| draw_units(&self.frame, &self.seal, &seed))
    }

    /// Units drawn, by stratum in key order.
    #[must_use]
    pub fn selected(&self, order: &DrawOrder) -> BTreeMap<String, Vec<UnitId>> {
        order
            .strata
            .iter()
            .map(|stratum| (stratum.id.clone(), self.units(stratum.selected().iter().map(|u| u.row))))
            .collect()
    }

    /// Reserves, by stratum in order.
    #[must_use]
    pub fn reserves(&self, order: &DrawOrder) -> BTreeMap<String, Vec<UnitId>> {
        order
            .strata
            .iter()
            .map(|stratum| (stratum.id.clone(), self.units(stratum.reserves().iter().map(|u| u.row))))
            .collect()
    }

    fn units(&self, rows: impl Iterator<Item = u32>) -> Vec<UnitId> {
        rows.filter_map(|row| UnitId::new(self.frame.unit_id(row as usize)).ok()).collect()
    }

    /// The units to be visited now: drawn, less those substituted, with substitutes and added checks; each
    /// with the stratum it was drawn in (empty for added checks).
    #[must_use]
    pub fn targets(&self, order: &DrawOrder) -> Vec<CurrentTarget> {
        let mut targets: Vec<CurrentTarget> = Vec::new();
        for stratum in &order.strata {
            for (i, unit) in stratum.selected().iter().enumerate() {
                if let Ok(unit_id) = UnitId::new(self.frame.unit_id(unit.row as usize)) {
                    targets.push(CurrentTarget {
                        unit_id,
                        stratum: stratum.id.clone(),
                        rank: i as u32 + 1,
                        origin: TargetOrigin::Drawn,
                        replaced_by: None,
                        trigger: None,
                        note: String::new(),
                        listed_at: None,
                    });
                }
            }
        }
        for change in &self.changes {
            match change {
                DrawChange::Substitute { unit, by, reason, at, .. } => {
                    let Some(dropped) = targets.iter_mut().find(|t| t.unit_id == *unit && t.replaced_by.is_none())
                    else {
                        continue;
                    };
                    dropped.replaced_by = Some(by.clone());
                    dropped.note.clone_from(reason);
                    let (stratum, rank) = (dropped.stratum.clone(), dropped.rank);
                    targets.push(CurrentTarget {
                        unit_id: by.clone(),
                        stratum,
                        rank,
                        origin: TargetOrigin::Substitute(unit.clone()),
                        replaced_by: None,
                        trigger: None,
                        note: String::new(),
                        listed_at: Some(at.clone()),
                    });
                }
                DrawChange::Add { need, trigger, reason, at, .. } => targets.push(CurrentTarget {
                    unit_id: need.unit_id.clone(),
                    stratum: String::new(),
                    rank: 0,
                    origin: TargetOrigin::Triggered,
                    replaced_by: None,
                    trigger: *trigger,
                    note: trigger.map_or_else(|| reason.clone(), |kind| format!("{}：{reason}", kind.label())),
                    listed_at: Some(at.clone()),
                }),
                DrawChange::Replace { .. } => {}
            }
        }
        targets
    }

    /// The needs of the drawn units; `None` where nothing was opened.
    ///
    /// # Errors
    /// A drawn unit without a need (`ROS-…`).
    pub fn drawn_needs(&self, order: &DrawOrder) -> AppResult<Needs> {
        let units: Vec<UnitId> =
            order.strata.iter().flat_map(|s| self.units(s.selected().iter().map(|u| u.row))).collect();
        self.needs.only(units.iter())
    }

    /// The changes as the pairing replays them.
    #[must_use]
    pub fn pair_changes(&self) -> Vec<Change> {
        self.changes.iter().filter_map(|change| self.pair_change(change)).collect()
    }

    /// A change as the pairing knows it; `None` where the unit has no sealed need (it can't be paired).
    #[must_use]
    pub fn pair_change(&self, change: &DrawChange) -> Option<Change> {
        pair_change(&self.needs, change)
    }

    /// The pairing with all changes; `None` where the draw has no roster or the sealed roster could not
    /// staff it.
    ///
    /// # Errors
    /// A change that can't be applied (`ROS-…`).
    pub fn assignment(&self, order: &DrawOrder) -> AppResult<Option<Assignment>> {
        let Some(seed) = self.seed() else { return Ok(None) };
        if self.roster.inspectors().is_empty() {
            return Ok(None);
        }
        let rule = pairing_rule(&self.seal);
        let Ok(mut assignment) = assign_inspectors(rule, &seed.0, &self.roster, &self.drawn_needs(order)?) else {
            return Ok(None);
        };
        for change in self.pair_changes() {
            assignment = apply_change(rule, &seed.0, &self.roster, &assignment, &change)?.0;
        }
        Ok(Some(assignment))
    }

    /// Applies one more change to the pairing as it stands.
    ///
    /// # Errors
    /// `ROS-…` where the rules leave nobody.
    pub fn try_change(&self, order: &DrawOrder, change: &DrawChange) -> AppResult<Option<PairChange>> {
        let (Some(seed), Some(assignment)) = (self.seed(), self.assignment(order)?) else { return Ok(None) };
        let Some(change) = self.pair_change(change) else { return Ok(None) };
        let rule = pairing_rule(&self.seal);
        Ok(Some(apply_change(rule, &seed.0, &self.roster, &assignment, &change)?.1))
    }

    /// Appends a change and puts the list among the files of a deed.
    ///
    /// # Errors
    /// `IO-…`.
    pub(in crate::workspace) fn push_change(
        &mut self,
        change: DrawChange,
        files: &staged::Change<'_>,
    ) -> AppResult<()> {
        self.changes.push(change);
        files.put(&self.folder.join("changes.json"), &json_bytes(&self.changes)?)
    }
}

/// Where a target comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetOrigin {
    /// Drawn (mandatory ones are drawn with certainty).
    Drawn,
    /// In the place of another.
    Substitute(UnitId),
    /// Triggered.
    Triggered,
}

/// A unit on the month's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentTarget {
    /// The unit.
    pub unit_id: UnitId,
    /// Stratum it was drawn in.
    pub stratum: String,
    /// Place in the draw's order, from 1; 0 for added checks.
    pub rank: u32,
    /// Where it comes from.
    pub origin: TargetOrigin,
    /// Who took its place.
    pub replaced_by: Option<UnitId>,
    /// Where a triggered check comes from, where that is known.
    pub trigger: Option<TriggerKind>,
    /// Reason of a change.
    pub note: String,
    /// When it came onto the list, where a change put it there.
    pub listed_at: Option<String>,
}

/// The rule by which a draw's inspectors are paired: that of its seal's method.
#[must_use]
pub fn pairing_rule(seal: &Seal) -> PairingRule {
    match seal.method() {
        Some(Method::V1) | None => PairingRule::LeastLoad,
        Some(Method::V2) => PairingRule::WithinOne,
    }
}
