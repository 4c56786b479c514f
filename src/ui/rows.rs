//! What is done with a row of any table: the items of its menu, and the file of what a table shows.

use std::path::PathBuf;
use std::sync::Arc;

use egui::Context;

use super::app::{Asked, Drawn, Workstation};
use super::picker::{PickKind, PickRequest};
use super::plot;
use super::screens::ScreenId;
use super::table::{Guide, Offer, RowAct, SheetFile, TableAsk, Target};
use super::text::{rows as t, table as table_text};
use crate::domain::{PlanMonth, UnitId};
use crate::export::{BookMeta, render_workbook};
use crate::workspace::deeds::deed::Deed;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::reports::export::{data_mark, workbook_date};
use crate::workspace::reports::proof::own_proof;
use crate::workspace::reports::publication::{Publication, publication};
use crate::workspace::session::{Books, Session, ViewCommand};
use crate::workspace::store::draws::TargetOrigin;

/// What may be done with a row as the session stands now.
pub(super) fn guide(session: &Session) -> Guide {
    let Some(open) = session.project() else { return Arc::new(|_| Vec::new()) };
    let (data, books) = (Arc::clone(&open.data), open.books.value().cloned());
    let month = session.month();
    let busy = if open.saved.is_read_only() {
        Some(t::READ_ONLY)
    } else if session.is_acting() {
        Some(t::ACTING)
    } else {
        None
    };
    Arc::new(move |target: &Target| {
        let unknown = target.source.is_none().then_some(t::NOT_REGISTERED);
        let placed = |row: u32| data.lon.get(row as usize).is_some_and(|lon| lon.is_finite());
        let nowhere = target.source.is_some_and(|row| !placed(row)).then_some(t::NO_PLACE);
        let check = check_of(books.as_deref(), target);
        let offer = |act: RowAct| {
            let why_not = match act {
                RowAct::Copy => None,
                RowAct::Card => unknown,
                RowAct::Map => unknown.or(nowhere),
                RowAct::Substitute => match &check {
                    None => Some(t::NOT_LISTED),
                    Some(check) => check.fixed.or(busy),
                },
                RowAct::Result => match &check {
                    None => Some(t::NOT_LISTED),
                    Some(check) if check.withdrawn => Some(t::IS_REPLACED),
                    Some(_) => busy,
                },
                RowAct::Proof => {
                    let wanted = target.month.or(month);
                    let draws = books.iter().flat_map(|books| wanted.into_iter().flat_map(|m| books.draws_of(m)));
                    let mut draws = draws.peekable();
                    if draws.peek().is_none() {
                        Some(t::NO_DRAW)
                    } else {
                        let mut known = draws.filter(|opened| opened.draw.frame.position(&target.unit).is_some());
                        known.next().is_none().then_some(t::NOT_IN_FRAME)
                    }
                }
            };
            Offer { act, why_not: why_not.map(str::to_owned) }
        };
        RowAct::ALL.into_iter().map(offer).collect()
    })
}

/// A unit's check on a month's list.
struct Listed {
    /// Another unit took its place.
    withdrawn: bool,
    /// Why no reserve may take its place; `None` where one may.
    fixed: Option<&'static str>,
}

fn check_of(books: Option<&Books>, target: &Target) -> Option<Listed> {
    let (books, month) = (books?, target.month?);
    for opened in books.draws_of(month) {
        let Some(at) = opened.targets.iter().position(|listed| listed.unit_id.as_str() == target.unit) else {
            continue;
        };
        let (listed, check) = (opened.targets.get(at)?, opened.checks.get(at)?);
        let withdrawn = listed.replaced_by.is_some();
        let key = (&check.unit_id, check.month, check.sequence);
        let fixed = if withdrawn {
            Some(t::IS_REPLACED)
        } else if listed.origin == TargetOrigin::Triggered {
            Some(t::IS_TRIGGERED)
        } else if books.results.iter().any(|result| result.key() == key) {
            Some(t::IS_DONE)
        } else {
            None
        };
        return Some(Listed { withdrawn, fixed });
    }
    None
}

impl Workstation {
    /// Does what a table asks for.
    pub(super) fn table_ask(&mut self, ctx: &Context, ask: TableAsk) {
        match ask {
            TableAsk::Save(file) => {
                let name = format!("{}.xlsx", plot::file_stem(&file.title));
                let request =
                    PickRequest::new(PickKind::SaveFile(name), table_text::EXPORT_TITLE).filter("Excel", &["xlsx"]);
                self.ask(Asked::Table(file), request);
            }
            TableAsk::Chart(action, chart) => self.chart_action(action, *chart),
            TableAsk::Act(act, target) => self.row_act(ctx, act, target),
        }
        ctx.request_repaint();
    }

    fn row_act(&mut self, ctx: &Context, act: RowAct, target: Target) {
        let select = |app: &mut Self| {
            if target.source.is_some() {
                app.send(ViewCommand::SelectRows(target.source.map(|row| vec![row]).unwrap_or_default().into()));
                app.send(ViewCommand::SelectUnit(target.source));
            }
            if let Some(month) = target.month {
                app.send(ViewCommand::SetMonth(month));
            }
        };
        match act {
            RowAct::Copy => {
                let code = if target.code.is_empty() { &target.unit } else { &target.code };
                ctx.copy_text(code.clone());
                self.session.say(t::copied(code));
            }
            RowAct::Card => {
                select(self);
                self.screens.data.show_card();
                self.go(ScreenId::Data);
            }
            RowAct::Map => {
                select(self);
                self.go(ScreenId::Map);
            }
            RowAct::Substitute | RowAct::Result => {
                select(self);
                let (Ok(unit), Some(month)) = (UnitId::new(&target.unit), target.month) else { return };
                if act == RowAct::Substitute {
                    self.screens.draw.substitute(unit, month);
                    self.go(ScreenId::Draw);
                } else {
                    self.screens.results.enter(unit, month);
                    self.go(ScreenId::Results);
                }
            }
            RowAct::Proof => {
                let Some(month) = target.month.or(self.session.month()) else { return };
                let name = t::proof_file(&plot::file_stem(&target.name), &month.to_string());
                let request = PickRequest::new(PickKind::SaveFile(name), t::PROOF_TITLE).filter("JSON", &["json"]);
                self.ask(Asked::Proof(Target { month: Some(month), ..target }), request);
            }
        }
    }

    /// Writes what a table shows.
    pub(super) fn write_table(&mut self, path: PathBuf, file: SheetFile) {
        let Some(open) = self.session.project() else { return };
        let meta = BookMeta {
            title: file.title.clone(),
            agency: open.saved.policy.agency_name.clone(),
            program: PROGRAM.to_owned(),
            created: workbook_date(self.session.now()),
            audience: crate::disclosure::Audience::Internal,
            data_mark: data_mark(&open.saved, open.books.value().iter().flat_map(|books| &books.draws)),
        };
        self.make(t::WRITING, move || {
            let bytes = Arc::new(render_workbook(&[file.spec()], &meta)?);
            Ok(if file.names_targets {
                let deed = Deed::WriteList {
                    to: with_ending(path, "xlsx"),
                    list: file.title.clone(),
                    rows: file.len(),
                    bytes,
                };
                Drawn::Deed(Box::new(deed))
            } else {
                Drawn::File(with_ending(path, "xlsx"), bytes.to_vec())
            })
        });
    }

    /// Writes a unit's own proof.
    pub(super) fn write_proof(&mut self, path: PathBuf, target: &Target) {
        let Some(books) = self.session.project().and_then(|open| open.books.value()).cloned() else { return };
        let (Ok(unit), Some(month)) = (UnitId::new(&target.unit), target.month) else { return };
        let today = self.session.now().date();
        let Some(policy) = self.session.project().map(|open| open.saved.policy.clone()) else { return };
        let chance_alone = |opened: &crate::workspace::inputs::due::OpenedDraw| match publication(
            opened,
            &books.results,
            &policy,
            today,
        ) {
            Publication::NotYet => true,
            Publication::Now(masked) => masked.contains(&target.unit),
        };
        if books.draws_of(month).any(chance_alone) {
            self.session.say(t::proof_of_chance(month));
        }
        self.make(t::PROVING, move || {
            Ok(Drawn::File(with_ending(path, "json"), proof(&books, &policy, month, today, &unit)?))
        });
    }
}

fn proof(
    books: &Books,
    policy: &crate::policy::Policy,
    month: PlanMonth,
    today: chrono::NaiveDate,
    unit: &UnitId,
) -> crate::diagnostic::AppResult<Vec<u8>> {
    let opened = books.draws_of(month).last();
    let opened = opened.ok_or_else(|| crate::workspace::deeds::change::none_opened(month))?;
    let mut bytes = own_proof(opened, &books.results, policy, today, unit)?.proof.to_json();
    bytes.push(b'\n');
    Ok(bytes)
}

fn with_ending(path: PathBuf, ending: &str) -> PathBuf {
    if path.extension().is_some() { path } else { path.with_extension(ending) }
}
