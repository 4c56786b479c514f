//! An opened month as the screen shows it: marks of every ticket, the list, the pairs, districts; made once in
//! a background job.

use std::collections::BTreeMap;

use crate::diagnostic::{AppResult, Progress};
use crate::disclosure::CheckOrigin;
use crate::district::DistrictMesh;
use crate::domain::{BodyId, DistrictCode, InspectorId, PlanMonth, UnitId};
use crate::export::TargetRole;
use crate::policy::Policy;
use crate::registry::row_of_unit;
use crate::registry::schema::sources;
use crate::sampling::{TicketMaker, compute_key, to_hex};
use crate::ui::table::Target;
use crate::ui::text::draw as t;
use crate::ui::widgets::decimal;
use crate::workspace::reports::month_list::{ListEntry, ResultsByCheck, TargetState, list_entries};
use crate::workspace::session::{Books, NOWHERE, OpenedDraw, ProjectData};
use crate::workspace::store::project::Project;

/// Places on a stratum's line in which reserves are gathered.
pub const BINS: usize = 240;
/// Tolerance of the small map's outlines, kilometres.
const TOLERANCE_KM: f32 = 0.2;

/// A stratum's line.
#[derive(Debug, Clone, PartialEq)]
pub struct StratumFacts {
    /// Body and category.
    pub name: String,
    /// Units with a chance.
    pub size: usize,
    /// Selected.
    pub drawn: usize,
    /// Places of the selected units, 0 to 1, in the order of their keys.
    pub selected: Vec<f32>,
    /// Reserves at each place, as a share of the fullest place.
    pub reserves: Vec<f32>,
    /// Between the last selected unit and the first reserve.
    pub threshold: f32,
    /// Selected units by district.
    pub districts: Vec<(u16, u32)>,
}

/// A draw.
#[derive(Debug, Clone, PartialEq)]
pub struct DrawFacts {
    /// Sequence within the month.
    pub sequence: u64,
    /// Seed, hexadecimal.
    pub seed: String,
    /// Selected units.
    pub drawn: usize,
    /// Of these certain to be drawn.
    pub certain: usize,
    /// Of these checks that the rules ask for by date.
    pub mandatory: usize,
    /// Pairs.
    pub pairs: usize,
    /// Units of the positive list whose turn it is to be checked without a visit.
    pub off_site: usize,
    /// The public number was known beforehand.
    pub demonstration: bool,
    /// Lines.
    pub strata: Vec<StratumFacts>,
    /// Rows of the list that are paired.
    pub paired: Vec<usize>,
}

/// A row of the month's list; texts ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Running number.
    pub number: String,
    /// The unit.
    pub unit: UnitId,
    /// Its name.
    pub name: String,
    /// Its stratum.
    pub stratum: String,
    /// Its district.
    pub district: String,
    /// Where it comes from.
    pub origin: String,
    /// Ticket, 13 hexadecimal digits; empty for triggered checks.
    pub ticket: String,
    /// Key.
    pub key: String,
    /// Lead with certificate.
    pub lead: String,
    /// Second with certificate.
    pub second: String,
    /// Certificates of both.
    pub pair: Option<(InspectorId, InspectorId)>,
    /// State of the check.
    pub state: &'static str,
    /// A reserve may take its place.
    pub may_substitute: bool,
    /// Another took its place.
    pub replaced: bool,
    /// Row of the sources frame.
    pub source: Option<u32>,
    /// Social credit code.
    pub uscc: String,
    /// District and body, as the window's filter has them.
    pub place: (u16, u16),
    /// Why it came onto the list by hand, or left it.
    pub reason: String,
    /// Plan code.
    pub code: String,
}

impl ListRow {
    /// What the row is about, for the menu of its unit.
    pub fn target(&self, month: PlanMonth) -> Target {
        Target {
            unit: self.unit.to_string(),
            name: self.name.clone(),
            source: self.source,
            month: Some(month),
            code: self.code.clone(),
            uscc: self.uscc.clone(),
        }
    }
}

/// The districts, 0 to 1 from the north-west, and how wide the map is for its height.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SmallMap {
    /// Corners of all districts.
    pub vertices: Vec<[f32; 2]>,
    /// Triangles of each district, three corners each.
    pub triangles: Vec<Vec<u32>>,
    /// Closed lines of each district.
    pub lines: Vec<Vec<Vec<[f32; 2]>>>,
    /// Where a district's count stands, and how far its border is (in heights of the map).
    pub centres: Vec<([f32; 2], f32)>,
    /// Width / height.
    pub aspect: f32,
}

/// An opened month.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Its draws.
    pub draws: Vec<DrawFacts>,
    /// Its list.
    pub rows: Vec<ListRow>,
    /// Map.
    pub map: SmallMap,
}

/// Place of a key on a line: 0 for certainties, one half where the chance is just used, towards 1 behind.
#[must_use]
pub fn place(key: f64) -> f32 {
    if key.is_finite() { (key / (1.0 + key)) as f32 } else { 1.0 }
}

/// Category and body, the category first: where room is short a body can be told by its district, a category by nothing.
fn stratum_name(policy: &Policy, id: &str) -> String {
    let (body, category) = id.split_once('/').unwrap_or((id, ""));
    let body_name = BodyId::new(body).ok().and_then(|id| policy.body(&id)).map_or(body, |b| b.name.as_str());
    let category = policy.categories.iter().find(|c| c.id == category).map_or(category, |c| c.name.as_str());
    t::stratum(category, body_name)
}

fn strata_of(policy: &Policy, data: &ProjectData, opened: &OpenedDraw) -> Vec<StratumFacts> {
    let index = |code: u32| data.districts.index_of(DistrictCode(code)).map(|index| index as u16);
    let district_of: BTreeMap<&UnitId, u16> = opened
        .targets
        .iter()
        .zip(&opened.places)
        .filter_map(|(target, place)| Some((&target.unit_id, index(place.district?)?)))
        .collect();
    let order = opened.order.strata.iter().filter(|stratum| !stratum.units.is_empty());
    order
        .map(|stratum| {
            let mut districts: BTreeMap<u16, u32> = BTreeMap::new();
            for unit in stratum.selected() {
                let id = UnitId::new(opened.draw.frame.unit_id(unit.row as usize)).ok();
                let district = id.and_then(|id| district_of.get(&id).copied()).unwrap_or(NOWHERE);
                *districts.entry(district).or_default() += 1;
            }
            let mut bins = vec![0_u32; BINS];
            for unit in stratum.reserves() {
                bins[((place(unit.key) * BINS as f32) as usize).min(BINS - 1)] += 1;
            }
            let most = bins.iter().copied().max().unwrap_or(0).max(1) as f32;
            let last = stratum.selected().last().map_or(0.0, |u| place(u.key));
            let first = stratum.reserves().first().map_or(1.0, |u| place(u.key));
            StratumFacts {
                name: stratum_name(policy, &stratum.id),
                size: stratum.units.len(),
                drawn: stratum.selected().len(),
                selected: stratum.selected().iter().map(|u| place(u.key)).collect(),
                reserves: bins.into_iter().map(|n| n as f32 / most).collect(),
                threshold: f32::midpoint(last, first),
                districts: districts.into_iter().collect(),
            }
        })
        .collect()
}

fn small_map(data: &ProjectData) -> SmallMap {
    let mesh = DistrictMesh::of(&data.districts);
    let [width, height] = mesh.bounds.size();
    if mesh.bounds.is_empty() || width <= 0.0 || height <= 0.0 {
        return SmallMap::default();
    }
    let level = &mesh.levels[mesh.level_for(TOLERANCE_KM)];
    let [west, north] = [mesh.bounds.centre()[0] - width / 2.0, mesh.bounds.centre()[1] + height / 2.0];
    let at = |p: &[f32; 2]| [(p[0] - west) / width, (north - p[1]) / height];
    let line = |ring: &std::ops::Range<usize>| {
        let mut points: Vec<[f32; 2]> = level.vertices[ring.clone()].iter().map(at).collect();
        points.extend(points.first().copied());
        points
    };
    SmallMap {
        vertices: level.vertices.iter().map(at).collect(),
        triangles: level.parts.iter().map(|part| level.indices[part.indices.clone()].to_vec()).collect(),
        lines: level.parts.iter().map(|part| level.rings[part.rings.clone()].iter().map(line).collect()).collect(),
        centres: mesh
            .labels
            .iter()
            .map(|label| label.map_or(([-1.0, -1.0], 0.0), |label| (at(&label.at), label.radius / height)))
            .collect(),
        aspect: width / height,
    }
}

/// Where an entry comes from, in the window's short words.
fn origin_of(entry: &ListEntry, name: impl Fn(&UnitId) -> String) -> String {
    match (&entry.role, entry.origin) {
        (_, CheckOrigin::Triggered) => entry
            .trigger
            .map_or_else(|| t::O_TRIGGERED.to_owned(), |kind| format!("{} · {}", t::O_TRIGGERED, kind.label())),
        (TargetRole::Substitute { replaces }, _) => t::substitutes(&name(replaces)),
        (_, CheckOrigin::Mandatory) => {
            entry.rule.as_ref().map_or_else(|| t::O_CERTAIN.to_owned(), |rule| format!("{} · {rule}", t::O_CERTAIN))
        }
        // as the freeze page has it: no chance decided about this one
        (_, CheckOrigin::Drawn) if entry.certain => format!("{} · {}", t::O_DRAWN, t::O_SURE),
        (_, CheckOrigin::Drawn) => t::O_DRAWN.to_owned(),
        (_, origin @ CheckOrigin::OffSite) => origin.label().to_owned(),
    }
}

fn uscc_of(data: &ProjectData, row: u32) -> Option<&str> {
    sources::USCC.of(&data.registry.sources).ok()?.get(row as usize)
}

/// A unit's name; its number where the register has it no more.
fn name_of(data: &ProjectData, unit: &UnitId) -> String {
    let row = row_of_unit(&data.registry.sources, unit.as_str());
    row.and_then(|row| data.name(row)).map_or_else(|| unit.to_string(), str::to_owned)
}

/// Places of the entries in the order in which they are shown: a reserve right after the unit whose place it took.
fn shown_order(entries: &[ListEntry]) -> Vec<usize> {
    let mut after: BTreeMap<&UnitId, Vec<usize>> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if let TargetRole::Substitute { replaces } = &entry.role {
            after.entry(replaces).or_default().push(at);
        }
    }
    let mut order = Vec::with_capacity(entries.len());
    let mut seen = vec![false; entries.len()];
    let first = (0..entries.len()).filter(|at| !matches!(entries[*at].role, TargetRole::Substitute { .. }));
    // a reserve may have been replaced itself; one whose unit is not on the list stands at the end
    for start in first.chain(0..entries.len()) {
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut seen[at], true) {
                order.push(at);
                open.extend(after.get(&entries[at].unit_id).into_iter().flatten().rev());
            }
        }
    }
    order
}

/// A row of the list, as texts.
fn row_of(
    number: usize,
    policy: &Policy,
    data: &ProjectData,
    opened: &OpenedDraw,
    maker: Option<&TicketMaker>,
    person: &impl Fn(&InspectorId) -> String,
    entry: ListEntry,
) -> ListRow {
    let unit = entry.unit_id.as_str();
    let drawn = entry.origin != CheckOrigin::Triggered;
    let ticket = maker.filter(|_| drawn).map(|maker| maker.ticket(unit));
    let frame_row = opened.draw.frame.position(unit).and_then(|i| opened.draw.frame.row(i));
    let key = match (ticket, frame_row) {
        (Some(ticket), Some(row)) => decimal(compute_key(ticket, u64::from(row.rank_ppb)), 4),
        _ => String::new(),
    };
    ListRow {
        number: number.to_string(),
        name: data.unit_name(unit).unwrap_or_default().to_owned(),
        stratum: if entry.stratum.is_empty() {
            t::O_TRIGGERED.to_owned()
        } else {
            stratum_name(policy, &entry.stratum)
        },
        district: data.unit_district(unit).and_then(|d| data.district_name(d)).unwrap_or_default().to_owned(),
        origin: origin_of(&entry, |unit| name_of(data, unit)),
        ticket: ticket.map(|n| format!("{n:013x}")).unwrap_or_default(),
        key,
        lead: entry.pair.as_ref().map(|p| person(&p.0)).unwrap_or_default(),
        second: entry.pair.as_ref().map(|p| person(&p.1)).unwrap_or_default(),
        state: match entry.state {
            TargetState::Replaced => t::S_REPLACED,
            TargetState::Done(_) => t::S_DONE,
            TargetState::Due | TargetState::Reserve => t::S_DUE,
        },
        uscc: entry.source.and_then(|row| uscc_of(data, row)).unwrap_or_default().to_owned(),
        place: entry.source.map_or((NOWHERE, NOWHERE), |row| {
            let of = |column: &[u16]| column.get(row as usize).copied().unwrap_or(NOWHERE);
            (of(&data.district), of(&data.body))
        }),
        reason: entry.reason.clone(),
        code: entry.plan_code.clone(),
        may_substitute: entry.may_substitute(),
        replaced: entry.state == TargetState::Replaced,
        source: entry.source,
        pair: entry.pair,
        unit: entry.unit_id,
    }
}

/// Arranges a month's opened draws.
///
/// # Errors
/// `FRM-001`, `JOB-001`.
pub fn compute_facts(
    project: &Project,
    data: &ProjectData,
    books: &Books,
    month: PlanMonth,
    progress: &Progress,
) -> AppResult<Facts> {
    let policy = &project.policy;
    let names = data.registry.inspector_names()?;
    let person = |id: &InspectorId| match names.get(id.as_str()) {
        Some(name) => format!("{name} {id}"),
        None => id.to_string(),
    };
    let results: ResultsByCheck<'_> = books.results.iter().map(|r| (r.key(), r)).collect();
    let (mut draws, mut rows) = (Vec::new(), Vec::new());
    for opened in books.draws_of(month) {
        progress.check()?;
        let seed = opened.draw.seed();
        let maker = seed.as_ref().map(TicketMaker::new);
        let mut paired = Vec::new();
        let entries = list_entries(opened, policy, &results);
        let is_mandatory =
            |e: &&ListEntry| e.origin == CheckOrigin::Mandatory && !matches!(e.role, TargetRole::Substitute { .. });
        let mandatory = entries.iter().filter(is_mandatory).count();
        let before = rows.len();
        for at in shown_order(&entries) {
            let Some(entry) = entries.get(at) else { continue };
            if entry.pair.is_some() {
                paired.push(rows.len());
            }
            // the number is the place on the published list, wherever the row stands
            rows.push(row_of(before + at + 1, policy, data, opened, maker.as_ref(), &person, entry.clone()));
        }
        draws.push(DrawFacts {
            sequence: opened.draw.sequence,
            seed: seed.map(|seed| to_hex(&seed.0)).unwrap_or_default(),
            drawn: opened.order.strata.iter().map(|s| s.selected().len()).sum(),
            certain: opened.draw.frame.certain(),
            mandatory,
            pairs: paired.len(),
            off_site: opened.off_site.len(),
            demonstration: opened.draw.demonstration,
            strata: strata_of(policy, data, opened),
            paired,
        });
    }
    Ok(Facts { draws, rows, map: small_map(data) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reserve_stands_behind_the_unit_whose_place_it_took() {
        let unit = |id: &str| UnitId::new(id).unwrap();
        let entry = |id: &str, replaces: Option<&str>| ListEntry {
            unit_id: unit(id),
            source: None,
            role: replaces.map_or(TargetRole::Selected, |of| TargetRole::Substitute { replaces: unit(of) }),
            origin: CheckOrigin::Drawn,
            rule: None,
            certain: false,
            stratum: String::new(),
            rank: None,
            plan_code: String::new(),
            trigger: None,
            pair: None,
            state: TargetState::Due,
            reason: String::new(),
        };
        let list = [
            entry("A1", None),
            entry("A2", None),
            entry("A3", None),
            entry("B1", Some("A1")),
            entry("B2", Some("B1")),
            entry("B3", Some("X9")),
        ];
        assert_eq!(shown_order(&list), [0, 3, 4, 1, 2, 5]);
        assert_eq!(shown_order(&list[..3]), [0, 1, 2]);
    }

    #[test]
    fn places_keep_the_order_of_keys() {
        assert!(place(0.0).abs() < 1e-6 && (place(1.0) - 0.5).abs() < 1e-6);
        assert!(place(3.0) > place(2.9) && place(1e300) <= 1.0 && place(f64::INFINITY) >= 1.0);
    }
}
