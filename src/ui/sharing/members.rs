//! Who takes part in the open project: listed, added, removed.

use std::sync::Arc;

use egui::{ComboBox, Context, Label, TextEdit, Ui};

use super::waiting_ui;
use crate::policy::Policy;
use crate::ui::app::Workstation;
use crate::ui::confirm::confirm;
use crate::ui::slot::{Same, Slot};
use crate::ui::text::sharing as t;
use crate::ui::theme::{self, GRID, HALF};
use crate::ui::widgets;
use crate::workspace::deeds::bodies::{Member, change_member, load_members};
use crate::workspace::session::OpenProject;
use crate::workspace::store::project::Project;

/// Width of the fields, points.
const ROLE: f32 = 160.0;
const AS: f32 = 220.0;
/// Users listed before the list scrolls: about so many points.
const LIST: f32 = 220.0;

/// State of the list.
#[derive(Default)]
pub(super) struct Members {
    list: Slot<(Same<Project>, u64), Vec<Member>>,
    /// Rises with every change: the list is asked for anew.
    round: u64,
    /// What is said once the change stands.
    changing: Slot<String, ()>,
    role: String,
    /// Place of the body among the rules' ones, counted from 1; 0 is an office.
    body: usize,
    /// Somebody is to be removed once that is confirmed: the user, who that is.
    removing: Option<(String, String)>,
    failed: Option<String>,
}

/// Who a member is.
fn who_is(member: &Member, policy: &Policy) -> String {
    let Some(id) = &member.body else { return t::OFFICE.to_owned() };
    let known = policy.bodies.iter().find(|body| body.id.as_str() == id);
    known.map_or_else(|| t::gone_body(id), |body| body.name.clone())
}

impl Members {
    /// Takes in what became of a change.
    pub(super) fn poll(&mut self, app: &mut Workstation) {
        match self.changing.take() {
            Some((said, Ok(()))) => {
                self.round += 1;
                self.role.clear();
                app.session.say(said);
            }
            Some((_, Err(error))) => self.failed = Some(error),
            None => {}
        }
    }

    fn change(&mut self, app: &Workstation, saved: &Arc<Project>, member: Member, joins: bool, said: String) {
        self.failed = None;
        let project = Arc::clone(saved);
        self.changing
            .start(&app.session, said, t::CHANGING, move |progress| change_member(&project, &member, joins, progress));
    }

    /// Asks whether somebody is to be removed; true while it does.
    pub(super) fn question(&mut self, app: &Workstation, ctx: &Context) -> bool {
        let Some((role, who)) = self.removing.take() else { return false };
        let answer = confirm(ctx, "remove member", t::REMOVE_TITLE, t::REMOVE, |ui| {
            ui.add(Label::new(theme::strong(t::whom(&role, &who))).wrap());
            ui.add(Label::new(t::REMOVE_WHY).wrap());
        });
        match answer {
            None => self.removing = Some((role, who)),
            Some(true) => {
                if let Some(open) = app.session.project() {
                    let said = t::removed(&role);
                    self.change(app, &open.saved, Member { role, body: None }, false, said);
                }
            }
            Some(false) => {}
        }
        self.removing.is_some()
    }

    /// Draws the list and the fields below it.
    pub(super) fn ui(&mut self, ui: &mut Ui, app: &mut Workstation, is_behind: bool) {
        ui.label(theme::strong(t::MEMBERS));
        ui.add(Label::new(theme::note(ui, t::MEMBERS_NOTE)).wrap());
        ui.add_space(HALF);
        if is_behind {
            ui.label(theme::note(ui, t::MEMBERS_BEHIND));
            return;
        }
        let Some(open) = app.session.project() else { return };
        let project = Arc::clone(&open.saved);
        let key = (Same::of(&open.saved), self.round);
        self.list.ask(&app.session, &key, t::MEMBERS_LOADING, move |progress| load_members(&project, progress));
        let palette = *theme::of(ui);
        if self.changing.running().is_some() {
            if waiting_ui(ui, t::CHANGING) {
                self.changing.cancel();
            }
        } else if self.list.running().is_some() {
            if waiting_ui(ui, t::MEMBERS_LOADING) {
                self.list.cancel();
            }
        } else if let Some(error) = self.list.error().map(str::to_owned) {
            ui.add(Label::new(widgets::message(ui, &error, palette.red)).wrap().selectable(true));
        }
        if let Some(list) = self.list.latest().cloned() {
            self.list_ui(ui, &list, open);
        }
        if let Some(failed) = &self.failed {
            ui.add(Label::new(widgets::message(ui, failed, palette.red)).wrap().selectable(true));
        }
        ui.add_space(GRID);
        let member = self.fields_ui(ui, &open.project.policy);
        if let Some(member) = member {
            let said = t::added(&member.role, &who_is(&member, &open.project.policy));
            self.change(app, &open.saved, member, true, said);
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, list: &[Member], open: &OpenProject) {
        if list.is_empty() {
            ui.label(theme::note(ui, t::MEMBERS_NONE));
            return;
        }
        let busy = self.changing.running().is_some();
        egui::ScrollArea::vertical().id_salt("members").max_height(LIST).show(ui, |ui| {
            egui::Grid::new("members").num_columns(3).striped(true).spacing([24.0, 4.0]).show(ui, |ui| {
                for heading in t::MEMBER_COLUMNS {
                    ui.label(theme::note(ui, heading));
                }
                ui.end_row();
                for member in list {
                    let who = who_is(member, &open.project.policy);
                    ui.add(Label::new(&member.role).selectable(true));
                    ui.label(&who);
                    let button = ui.add_enabled(!busy, egui::Button::new(t::REMOVE).small());
                    let name = format!("{} {}", t::REMOVE, member.role);
                    button.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, !busy, &name));
                    if button.clicked() {
                        self.removing = Some((member.role.clone(), who));
                    }
                    ui.end_row();
                }
            });
        });
    }

    /// The fields of somebody who joins.
    fn fields_ui(&mut self, ui: &mut Ui, policy: &Policy) -> Option<Member> {
        let mut added = None;
        ui.horizontal_wrapped(|ui| {
            let name = ui.label(t::ROLE);
            ui.add(TextEdit::singleline(&mut self.role).desired_width(ROLE)).labelled_by(name.id);
            let name = ui.label(t::AS);
            let chosen = self.body.checked_sub(1).and_then(|at| policy.bodies.get(at));
            ComboBox::from_id_salt("member as")
                .width(AS)
                .selected_text(chosen.map_or(t::OFFICE, |body| body.name.as_str()))
                .show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.body, 0, t::OFFICE);
                    for (at, body) in policy.bodies.iter().enumerate() {
                        ui.selectable_value(&mut self.body, at + 1, &body.name);
                    }
                })
                .response
                .labelled_by(name.id);
            let role = self.role.trim();
            let gate = widgets::Gate::of(&[(t::ROLE, !role.is_empty())]).and(self.changing.running().is_none());
            if widgets::primary_if(ui, gate.is_open(), t::ADD, gate.said()).clicked() {
                let body = self.body.checked_sub(1).and_then(|at| policy.bodies.get(at));
                added = Some(Member { role: role.to_owned(), body: body.map(|body| body.id.to_string()) });
            }
        });
        added
    }
}
