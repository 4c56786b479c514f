//! The checks that are due: what each opened draw asks for, changes included.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::diagnostic::{AppError, AppResult};
use crate::disclosure::{CheckOrigin, DueCheck, Manner};
use crate::domain::{BodyId, InspectorId, PlanMonth, UnitId};
use crate::policy::Policy;
use crate::registry::columns::{Column, Text};
use crate::registry::schema::{inspectors, sources};
use crate::registry::{Registry, row_of_unit};
use crate::sampling::DrawOrder;
use crate::staffing::Assignment;
use crate::workspace::store::draws::{CurrentTarget, DrawChange, StoredDraw, TargetOrigin};
use crate::workspace::store::project::Project;
use crate::workspace::store::register::load_opened_draws;

/// An opened draw of a month with what follows from it.
#[derive(Debug)]
pub struct OpenedDraw {
    /// Month.
    pub month: PlanMonth,
    /// The draw as it lies in its folder.
    pub draw: StoredDraw,
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
    pub fn of(draw: StoredDraw, registry: &Registry, policy: &Policy) -> AppResult<Option<Self>> {
        let (Some(order), Some(month)) = (draw.order(), draw.period.month()) else { return Ok(None) };
        let assignment = draw.assignment(&order)?;
        let targets = draw.targets(&order);
        let rows = targets.iter().map(|t| row_of_unit(&registry.sources, t.unit_id.as_str())).collect();
        let places = Vec::new();
        let mut opened = Self { month, draw, order, targets, rows, places, assignment, checks: Vec::new() };
        opened.checks = due_checks(&opened, registry, policy)?;
        for check in &opened.checks {
            let district = match registry.unit(check.unit_id.as_str()) {
                Some(unit) => sources::DISTRICT.of(unit.frame)?.get(unit.row).copied().flatten(),
                None => None,
            };
            let body = policy.bodies.iter().position(|body| body.id == check.body).map(|at| at as u16);
            opened.places.push(ListPlace { district, body });
        }
        Ok(Some(opened))
    }
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
    let day = |at: &str| at.get(..10).and_then(|day| day.parse::<NaiveDate>().ok());
    let real = |at: &Option<String>| at.as_deref().filter(|_| !draw.demonstration).and_then(day);
    real(&target.listed_at)
        .or_else(|| real(&draw.opened_at))
        .or_else(|| day(&draw.seal.sealed_at))
        .unwrap_or_else(|| month.first_day())
}

/// Every check due of a draw: targets, substitutes and added ones; withdrawn ones are marked.
fn due_checks(opened: &OpenedDraw, registry: &Registry, policy: &Policy) -> AppResult<Vec<DueCheck>> {
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
        // a unit that left the register stays on its list as it last stood there
        let known = registry.unit(unit);
        let cell = |column: &Column<Text>| -> AppResult<Option<String>> {
            known.map_or(Ok(None), |known| Ok(column.of(known.frame)?.get(known.row).map(str::to_owned)))
        };
        let body_id = match (target.stratum.split_once('/'), added.get(&target.unit_id)) {
            (Some((body, _)), _) => body.to_owned(),
            // an added check is its body's of the day it was added, whatever the register says since
            (None, Some(body)) => body.to_string(),
            (None, None) => cell(&sources::BODY)?.unwrap_or_default(),
        };
        let number_of_body = counts.entry(body_id.clone()).or_insert(0);
        *number_of_body += 1;
        let code = plan_code(month, draw.sequence, &body_id, *number_of_body);
        let body = BodyId::new(body_id)
            .map_err(|why| AppError::new("RES-002", "检查对象的执法主体无法识别").with(|f| f.value(why)))?;
        let reason = draw.frame.position(unit).and_then(|i| draw.frame.row(i)).map_or("", |r| r.reason);
        let mandatory = policy.mandatory.iter().any(|rule| rule.reason == reason);
        let pair = assignment.as_ref().and_then(|a| a.get(&target.unit_id));
        checks.push(DueCheck {
            plan_code: code,
            unit_id: target.unit_id.clone(),
            name: cell(&sources::NAME)?.unwrap_or_default(),
            uscc: cell(&sources::USCC)?,
            number: cell(&sources::NUMBER)?.unwrap_or_default(),
            enterprise: cell(&sources::ENTERPRISE)?.unwrap_or_default(),
            industry: cell(&sources::INDUSTRY)?,
            body_name: policy.body(&body).map_or_else(|| body.to_string(), |rule| rule.name.clone()),
            body,
            month,
            sequence: draw.sequence as u32,
            origin: match &target.origin {
                TargetOrigin::Triggered => CheckOrigin::Triggered,
                _ if mandatory => CheckOrigin::Mandatory,
                _ => CheckOrigin::Drawn,
            },
            drawn_on: listed_on(draw, month, target),
            manner: Manner::OnSite,
            joint: false,
            inspectors: pair.map(|p| vec![p.lead.clone(), p.second.clone()]).unwrap_or_default(),
            commitment: if target.origin == TargetOrigin::Triggered { String::new() } else { commitment.clone() },
            certificate: None,
            withdrawn: target.replaced_by.is_some(),
        });
    }
    Ok(checks)
}

/// Every check due of the year's opened draws.
///
/// # Errors
/// As [`load_opened`].
pub fn all_due_checks(project: &Project, registry: &Registry) -> AppResult<Vec<DueCheck>> {
    Ok(load_opened(project, registry)?.into_iter().flat_map(|opened| opened.checks).collect())
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
