//! The checks that are due: what each opened draw asks for, changes included.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{CheckOrigin, DueCheck, Manner, OFF_SITE_SEQUENCE};
use crate::domain::{BodyId, InspectorId, PlanMonth, UnitId};
use crate::policy::{BodyPlaces, Policy};
use crate::registry::columns::{Column, Text};
use crate::registry::schema::{inspectors, sources};
use crate::registry::{Registry, row_of_unit};
use crate::sampling::DrawOrder;
use crate::staffing::Assignment;
use crate::workspace::store::changes::DrawChange;
use crate::workspace::store::draws::{CurrentTarget, StoredDraw, TargetOrigin};
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_opened_draws;

/// An opened draw of a month with what follows from it.
#[derive(Debug)]
pub struct OpenedDraw {
    /// Month.
    pub month: PlanMonth,
    /// The draw as it lies in its folder.
    pub draw: Arc<StoredDraw>,
    /// Every stratum's order.
    pub order: DrawOrder,
    /// The month's list, changes included.
    pub targets: Vec<CurrentTarget>,
    /// Row of the sources frame of each target; `None` where the register has it no more.
    pub rows: Vec<Option<u32>>,
    /// Where each target counts.
    pub places: Vec<ListPlace>,
    /// Pairs; `None` where nobody was paired.
    pub assignment: Option<Assignment>,
    /// Checks due, in the order of `targets`.
    pub checks: Vec<DueCheck>,
    /// Off-site checks of the month, which no draw made: they are no targets and close no certificate.
    pub off_site: Vec<OffSiteCheck>,
}

/// An off-site check of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffSiteCheck {
    /// The check.
    pub check: DueCheck,
    /// Row of the sources frame; `None` where the register has it no more.
    pub row: Option<u32>,
    /// Where it counts.
    pub place: ListPlace,
}

/// Where an entry of a list counts: in the body that it was drawn for, and the district of its unit, which may have
/// left the register since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPlace {
    /// Code of the district; `None` where no register says.
    pub district: Option<u32>,
    /// Body as an index of the policy's; `None` where the policy has it no more.
    pub body: Option<u16>,
}

impl OpenedDraw {
    /// What follows from a draw; `None` where it isn't opened or isn't a month's.
    ///
    /// # Errors
    /// `FRM-001`, `ROS-…`, `RES-002`.
    pub fn of(draw: impl Into<Arc<StoredDraw>>, registry: &Registry, policy: &Policy) -> AppResult<Option<Self>> {
        let draw = draw.into();
        let (Some(order), Some(month)) = (draw.order(), draw.period.month()) else { return Ok(None) };
        let assignment = draw.assignment(&order)?;
        let targets = draw.targets(&order);
        let rows = targets.iter().map(|t| row_of_unit(&registry.sources, t.unit_id.as_str())).collect();
        let (places, checks, off_site) = (Vec::new(), Vec::new(), Vec::new());
        let mut opened = Self { month, draw, order, targets, rows, places, assignment, checks, off_site };
        let bodies = policy.body_places();
        opened.checks = due_checks(&opened, registry, (policy, &bodies))?;
        opened.places =
            opened.checks.iter().map(|check| place_of(check, registry, &bodies)).collect::<AppResult<Vec<_>>>()?;
        for check in off_site_checks(&opened, registry, &bodies)? {
            let row = row_of_unit(&registry.sources, check.unit_id.as_str());
            let place = place_of(&check, registry, &bodies)?;
            opened.off_site.push(OffSiteCheck { check, row, place });
        }
        Ok(Some(opened))
    }

    /// All that is to be recorded and disclosed of the month: the list's checks, then the off-site ones.
    pub fn all_checks(&self) -> impl Iterator<Item = &DueCheck> {
        self.checks.iter().chain(self.off_site.iter().map(|turn| &turn.check))
    }

    /// A check by its place in [`Self::all_checks`], with its row in the sources frame and where it counts.
    #[must_use]
    pub fn check_at(&self, at: usize) -> Option<(&DueCheck, Option<u32>, Option<ListPlace>)> {
        if let Some(check) = self.checks.get(at) {
            return Some((check, self.rows.get(at).copied().flatten(), self.places.get(at).copied()));
        }
        let turn = self.off_site.get(at.checked_sub(self.checks.len())?)?;
        Some((&turn.check, turn.row, Some(turn.place)))
    }
}

fn place_of(check: &DueCheck, registry: &Registry, bodies: &BodyPlaces<'_>) -> AppResult<ListPlace> {
    let district = match registry.unit(check.unit_id.as_str()) {
        Some(unit) => sources::DISTRICT.lookup(unit.frame)?.get(unit.row),
        None => None,
    };
    Ok(ListPlace { district, body: bodies.of(check.body.as_str()) })
}

/// The opened draws of the year's months, in the register's order.
///
/// # Errors
/// Those of [`StoredDraw::load`] and [`OpenedDraw::of`].
pub fn load_opened(project: &Project, registry: &Registry) -> AppResult<Vec<OpenedDraw>> {
    let mut opened = Vec::new();
    for draw in load_opened_draws(project, |_| true)? {
        opened.extend(OpenedDraw::of(draw, registry, &project.policy)?);
    }
    Ok(opened)
}

/// The plan code of a check: year, month, body and running number, the same in every export.
#[must_use]
pub fn plan_code(month: PlanMonth, sequence: u64, body: &str, number: usize) -> String {
    format!(
        "SSJ{:04}{:02}-{}-{}{number:04}",
        month.year(),
        month.month(),
        body.to_uppercase(),
        if sequence > 1 { format!("{sequence}.") } else { String::new() }
    )
}

/// The day on which a target came onto its list: nothing before it can be its check. A demonstration's number was
/// known beforehand: its days are those of its seal.
#[must_use]
pub fn listed_on(draw: &StoredDraw, month: PlanMonth, target: &CurrentTarget) -> NaiveDate {
    let added = target.listed_at.as_deref().filter(|_| !draw.demonstration).and_then(day_of);
    added.unwrap_or_else(|| opened_on(draw, month))
}

fn day_of(at: &str) -> Option<NaiveDate> {
    at.get(..10).and_then(|day| day.parse().ok())
}

/// The day on which a draw was opened; that of its seal where it is a demonstration.
fn opened_on(draw: &StoredDraw, month: PlanMonth) -> NaiveDate {
    let opened = draw.opened_at.as_deref().filter(|_| !draw.demonstration).and_then(day_of);
    opened.or_else(|| day_of(&draw.seal.sealed_at)).unwrap_or_else(|| month.first_day())
}

/// Every check due of a draw: targets, substitutes and added ones; withdrawn ones are marked.
fn due_checks(
    opened: &OpenedDraw,
    registry: &Registry,
    (policy, bodies): (&Policy, &BodyPlaces<'_>),
) -> AppResult<Vec<DueCheck>> {
    let OpenedDraw { month, draw, targets, assignment, .. } = opened;
    let month = *month;
    let commitment = crate::sampling::to_hex(&draw.seal.commitment());
    let added: BTreeMap<&UnitId, &BodyId> = draw
        .changes
        .iter()
        .filter_map(
            |change| if let DrawChange::Add { need, .. } = change { Some((&need.unit_id, &need.body)) } else { None },
        )
        .collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut checks = Vec::with_capacity(targets.len());
    for target in targets {
        let unit = target.unit_id.as_str();
        let body_id = match (target.stratum.split_once('/'), added.get(&target.unit_id)) {
            (Some((body, _)), _) => body.to_owned(),
            // an added check is its body's of the day it was added, whatever the register says since
            (None, Some(body)) => body.to_string(),
            (None, None) => match registry.unit(unit) {
                Some(known) => sources::BODY.of(known.frame)?.get(known.row).unwrap_or_default().to_owned(),
                None => String::new(),
            },
        };
        let number_of_body = counts.entry(body_id.clone()).or_insert(0);
        *number_of_body += 1;
        let code = plan_code(month, draw.sequence, &body_id, *number_of_body);
        let reason = draw.frame.position(unit).and_then(|i| draw.frame.row(i)).map_or("", |r| r.reason);
        let mandatory = policy.mandatory.iter().any(|rule| rule.reason == reason);
        let pair = assignment.as_ref().and_then(|a| a.get(&target.unit_id));
        checks.push(DueCheck {
            plan_code: code,
            sequence: draw.sequence as u32,
            origin: match &target.origin {
                TargetOrigin::Triggered => CheckOrigin::Triggered,
                _ if mandatory => CheckOrigin::Mandatory,
                _ => CheckOrigin::Drawn,
            },
            drawn_on: listed_on(draw, month, target),
            inspectors: pair.map(|p| vec![p.lead.clone(), p.second.clone()]).unwrap_or_default(),
            commitment: if target.origin == TargetOrigin::Triggered { String::new() } else { commitment.clone() },
            withdrawn: target.replaced_by.is_some(),
            ..blank_check(&target.unit_id, &body_id, month, registry, bodies)?
        });
    }
    Ok(checks)
}

/// What the register says of a unit that is to be checked; a unit that left it stays on its list as it last stood there.
fn blank_check(
    unit: &UnitId,
    body: &str,
    month: PlanMonth,
    registry: &Registry,
    bodies: &BodyPlaces<'_>,
) -> AppResult<DueCheck> {
    let known = registry.unit(unit.as_str());
    let cell = |column: &Column<Text>| -> AppResult<Option<String>> {
        known.map_or(Ok(None), |known| Ok(column.of(known.frame)?.get(known.row).map(str::to_owned)))
    };
    let body = BodyId::new(body)
        .map_err(|why| AppError::new("RES-002", "检查对象的执法主体无法识别").with(|f| f.value(why)))?;
    let rule = bodies.rule(body.as_str());
    Ok(DueCheck {
        plan_code: String::new(),
        unit_id: unit.clone(),
        name: cell(&sources::NAME)?.unwrap_or_default(),
        uscc: cell(&sources::USCC)?,
        number: cell(&sources::NUMBER)?.unwrap_or_default(),
        enterprise: cell(&sources::ENTERPRISE)?.unwrap_or_default(),
        industry: cell(&sources::INDUSTRY)?,
        body_name: rule.map_or_else(|| body.to_string(), |rule| rule.name.clone()),
        body,
        month,
        sequence: 0,
        origin: CheckOrigin::Drawn,
        drawn_on: month.first_day(),
        manner: Manner::OnSite,
        joint: false,
        inspectors: Vec::new(),
        commitment: String::new(),
        certificate: None,
        withdrawn: false,
    })
}

/// The plan code of an off-site check.
#[must_use]
pub fn off_site_code(month: PlanMonth, body: &str, number: usize) -> String {
    format!("FXC{:04}{:02}-{}-{number:04}", month.year(), month.month(), body.to_uppercase())
}

/// The off-site checks of a draw's month, in the order of the year's seed.
fn off_site_checks(opened: &OpenedDraw, registry: &Registry, bodies: &BodyPlaces<'_>) -> AppResult<Vec<DueCheck>> {
    let month = opened.month;
    let Some(turns) = &opened.draw.off_site else { return Ok(Vec::new()) };
    let drawn_on = opened_on(&opened.draw, month);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut checks = Vec::with_capacity(turns.units.len());
    for unit in &turns.units {
        let frame = &opened.draw.frame;
        let body = frame.position(unit.as_str()).and_then(|at| frame.row(at)).map(|row| row.stratum.body().to_owned());
        let body = body.unwrap_or_default();
        let number = counts.entry(body.clone()).or_insert(0);
        *number += 1;
        let plan_code = off_site_code(month, &body, *number);
        checks.push(DueCheck {
            plan_code,
            sequence: OFF_SITE_SEQUENCE,
            origin: CheckOrigin::OffSite,
            drawn_on,
            manner: Manner::OffSite,
            ..blank_check(unit, &body, month, registry, bodies)?
        });
    }
    Ok(checks)
}

/// Every check due of the year's opened draws, off-site ones too.
///
/// # Errors
/// As [`load_opened`].
pub fn all_due_checks(project: &Project, registry: &Registry) -> AppResult<Vec<DueCheck>> {
    let opened = load_opened(project, registry)?;
    Ok(opened.iter().flat_map(OpenedDraw::all_checks).cloned().collect())
}

/// The people who may have made a check.
#[derive(Debug, Clone, Default)]
pub struct KnownInspectors {
    /// Certificates of the register's inspectors, of those too who left it; `None` where the office has no roster.
    pub roster: Option<BTreeSet<InspectorId>>,
    /// Name → certificate; names that two people share are left out.
    pub by_name: BTreeMap<String, InspectorId>,
}

impl KnownInspectors {
    /// Those of a register.
    ///
    /// # Errors
    /// `FRM-001`.
    pub fn of(registry: &Registry) -> AppResult<Self> {
        let (mut roster, mut by_name, mut shared) = (BTreeSet::new(), BTreeMap::new(), BTreeSet::new());
        // who left may have made the checks of past months
        for frame in [&registry.inspectors, &registry.former_inspectors] {
            let certificates = inspectors::CERTIFICATE.of(frame)?;
            let names = inspectors::NAME.of(frame)?;
            for (name, certificate) in names.iter().zip(certificates.iter()) {
                let Some(Ok(certificate)) = certificate.map(InspectorId::new) else { continue };
                if let Some(name) = name
                    && by_name.insert(name.to_owned(), certificate.clone()).is_some()
                {
                    shared.insert(name.to_owned());
                }
                roster.insert(certificate);
            }
        }
        by_name.retain(|name, _| !shared.contains(name));
        Ok(Self { roster: (!roster.is_empty()).then_some(roster), by_name })
    }

    /// The certificate of a name that one person has.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<InspectorId> {
        self.by_name.get(name).cloned()
    }
}
