//! 更新名录: the differences that other files would make, the word that takes them, and the registers kept before.

mod changed;

use std::path::PathBuf;
use std::sync::Arc;

use egui::{CollapsingHeader, Grid, RichText, ScrollArea, Ui};

use crate::diagnostic::Severity;
use crate::registry::Mapping;
use crate::ui::picker::{Door, PickKind, PickRequest, Picking};
use crate::ui::screens::{Cx, title};
use crate::ui::slot::{Same, Slot};
use crate::ui::text::database::CHOOSE_TABLES;
use crate::ui::text::refresh as t;
use crate::ui::theme;
use crate::ui::widgets;
use crate::workspace::deeds::deed::Deed;
use crate::workspace::intake::database::{DatabaseRead, NextFiles};
use crate::workspace::intake::refresh::may_come_back;
use crate::workspace::perform::{RefreshPreview, preview_refresh};
use crate::workspace::reports::refresh::RefreshChanges;
use crate::workspace::session::{Command, OpenProject, ProjectData, ViewCommand};
use crate::workspace::store::kept::{KeptState, load_kept};
use crate::workspace::store::project::CommandContext;

/// Lines of a list shown at once.
const LIST_HEIGHT: f32 = 200.0;

/// What a click in the page asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Folder,
    File,
    Confirm,
    Leave,
    Export,
    Columns,
    Back(String),
    Forget(String),
}

/// A question that waits for its answer.
enum Question {
    Back(String),
    Forget(String),
}

/// What became of the page.
pub(super) enum RefreshAnswer {
    /// Still there.
    Stay,
    /// Left.
    Leave,
    /// The files are to be looked at column by column.
    Columns(PathBuf),
    /// Tables of the database are to be chosen, or their columns.
    Database,
}

/// Where the next register comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// A folder, or a file.
    Files(PathBuf),
    /// What was read of a database.
    Database(Arc<DatabaseRead>),
}

impl Origin {
    fn said(&self) -> String {
        match self {
            Self::Files(path) => t::from(path),
            Self::Database(read) => crate::ui::text::database::from(&read.place()),
        }
    }
}

/// State of the page.
#[derive(Default)]
pub(super) struct Refresh {
    /// Shown, though nothing may be chosen yet.
    shown: bool,
    from: Option<(Origin, Option<Mapping>)>,
    /// To be looked at in the next frame.
    pending: bool,
    looking: Slot<(), RefreshPreview>,
    preview: Option<RefreshPreview>,
    /// The data that the preview compares with.
    of: Same<ProjectData>,
    failed: Option<String>,
    /// The deed has been sent.
    sent: bool,
    picking: Option<Picking>,
    saving: Option<Picking>,
    question: Option<Question>,
    kept: Slot<u64, Vec<(KeptState, bool)>>,
}

impl Refresh {
    /// Shows the page.
    pub(super) fn show(&mut self) {
        self.shown = true;
    }

    /// Asks for a folder.
    fn ask(&mut self, cx: &mut Cx<'_>) {
        self.picking =
            Some(cx.pick(PickRequest::new(PickKind::Folder, crate::ui::text::shell::PICK_REFRESH).door(Door::Data)));
    }

    /// What is to be looked at as the next register.
    pub(super) fn take(&mut self, from: Origin, mapping: Option<Mapping>) {
        (self.shown, self.pending, self.sent) = (true, true, false);
        self.from = Some((from, mapping));
    }

    /// True while there is something to show.
    pub(super) fn is_active(&self) -> bool {
        self.shown
    }

    /// Takes in answers of dialogs and jobs; true where something to show has just come.
    pub(super) fn poll(&mut self, cx: &mut Cx<'_>) -> bool {
        let mut came = false;
        if let Some(paths) = self.picking.as_ref().and_then(Picking::poll) {
            self.picking = None;
            if let Some(path) = paths.into_iter().next() {
                self.take(Origin::Files(path), None);
                came = true;
            }
        }
        if let Some(paths) = self.saving.as_ref().and_then(Picking::poll) {
            self.saving = None;
            if let (Some(path), Some(preview)) = (paths.into_iter().next(), &self.preview) {
                cx.send(ViewCommand::WriteFile(path, Arc::new(preview.changes.to_csv())));
            }
        }
        self.start(cx);
        match self.looking.take() {
            Some(((), Ok(preview))) => self.preview = Some(preview),
            Some(((), Err(error))) => self.failed = Some(error),
            None => {}
        }
        let is_other = cx.session.project().is_none_or(|open| !self.of.is(&open.data));
        if self.preview.is_some() && (is_other || (self.sent && !cx.session.is_acting())) {
            // taken, or refused with a message: there is nothing to confirm any more
            self.leave();
        }
        came
    }

    fn start(&mut self, cx: &Cx<'_>) {
        let Some((from, mapping)) = self.from.clone().filter(|_| self.pending) else { return };
        let Some(open) = cx.session.project() else { return };
        self.pending = false;
        (self.preview, self.failed) = (None, None);
        let (project, data) = (Arc::clone(&open.saved), Arc::clone(&open.data));
        self.of = Same::of(&data);
        let (operator, now) = (cx.session.preferences().operator.clone(), cx.session.now());
        self.looking.start(cx.session, (), t::LOOKING, move |progress| {
            let context = CommandContext { operator, now, progress: progress.clone() };
            let next = match &from {
                Origin::Files(path) => NextFiles::from(path),
                Origin::Database(read) => NextFiles::from(read),
            };
            preview_refresh(&project, (&data.registry, &data.districts), next, mapping, &context)
        });
    }

    fn leave(&mut self) {
        self.looking.clear();
        (self.preview, self.failed, self.from) = (None, None, None);
        (self.pending, self.sent) = (false, false);
    }

    /// Draws the page.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>, open: &OpenProject) -> RefreshAnswer {
        self.kept.poll();
        if !self.kept.is_for(&open.books_revision) {
            let project = Arc::clone(&open.saved);
            self.kept.ask(cx.session, &open.books_revision, t::KEPT, move |_| {
                let states = load_kept(&project)?;
                states
                    .into_iter()
                    .map(|state| Ok((may_come_back(&project, &state)?, state)))
                    .map(|known| known.map(|(back, state)| (state, back)))
                    .collect()
            });
        }
        let mut asked = None;
        let note = self.from.as_ref().map(|(from, _)| from.said()).unwrap_or_default();
        let why_not = if open.saved.is_read_only() {
            t::READ_ONLY
        } else if cx.session.is_acting() {
            t::BUSY
        } else if self.preview.as_ref().is_some_and(|preview| preview.changes.is_nothing()) {
            t::SAME
        } else {
            ""
        };
        let ready = self.preview.is_some() && why_not.is_empty();
        let of_database = matches!(self.from, Some((Origin::Database(_), _)));
        title(ui, t::TITLE, &note, |ui| {
            if self.preview.is_some() {
                if widgets::primary_if(ui, ready, t::CONFIRM, why_not).clicked() {
                    asked = Some(Asked::Confirm);
                }
                if ui.button(t::EXPORT).clicked() {
                    asked = Some(Asked::Export);
                }
                let (again, way) =
                    if of_database { (CHOOSE_TABLES, Asked::Columns) } else { (t::AGAIN, Asked::Folder) };
                if ui.button(again).clicked() {
                    asked = Some(way);
                }
            }
            if ui.button(t::LEAVE).clicked() {
                asked = Some(Asked::Leave);
            }
        });
        if self.sent {
            widgets::loading(ui, t::TAKING, &crate::diagnostic::ProgressState::default());
        } else if let Some(state) = self.looking.running() {
            widgets::loading(ui, t::LOOKING, &state);
        } else if let Some(failed) = &self.failed {
            let of_files =
                [(t::CHOOSE_FOLDER, Asked::Folder), (t::CHOOSE_FILE, Asked::File), (t::COLUMNS, Asked::Columns)];
            let ways = if of_database { vec![(CHOOSE_TABLES, Asked::Columns)] } else { of_files.to_vec() };
            let buttons: Vec<&str> = ways.iter().map(|(text, _)| *text).collect();
            if let Some(at) = widgets::failed_choice(ui, t::FAILED, failed, &buttons) {
                asked = ways.get(at).map(|(_, way)| way.clone());
            }
        } else if let Some(preview) = &self.preview {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                preview_ui(ui, &open.data, preview, of_database, &mut asked);
                self.kept_ui(ui, &mut asked);
            });
        } else {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                ui.add_space(theme::GRID * 2.0);
                theme::card(ui).show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    widgets::heading(ui, t::NOTHING);
                    ui.add(egui::Label::new(theme::note(ui, t::HINT)).wrap());
                    ui.add_space(theme::GRID);
                    ui.horizontal(|ui| {
                        if widgets::primary(ui, t::CHOOSE_FOLDER).clicked() {
                            asked = Some(Asked::Folder);
                        }
                        if ui.button(t::CHOOSE_FILE).clicked() {
                            asked = Some(Asked::File);
                        }
                    });
                });
                self.kept_ui(ui, &mut asked);
            });
        }
        self.question_ui(ui, cx);
        self.answer(cx, asked)
    }

    fn answer(&mut self, cx: &mut Cx<'_>, asked: Option<Asked>) -> RefreshAnswer {
        match asked {
            None => {}
            Some(Asked::Folder) => self.ask(cx),
            Some(Asked::File) => {
                let endings = ["csv", "txt", "tsv", "xlsx", "xlsm", "xls", "xlsb", "ods", "parquet"];
                let request = PickRequest::new(PickKind::OpenFile, t::PICK_FILE).door(Door::Data);
                self.picking = Some(cx.pick(request.filter(crate::ui::text::shell::TABLES, &endings)));
            }
            Some(Asked::Confirm) => {
                if let (Some((from, mapping)), Some(preview)) = (self.from.clone(), &self.preview) {
                    let looked_at = preview.mark.clone();
                    cx.send(Command::from(match from {
                        Origin::Files(from) => Deed::Refresh { from, mapping, looked_at: Some(looked_at) },
                        Origin::Database(read) => Deed::RefreshRead { read, mapping, looked_at },
                    }));
                    // without an operator the deed waits for the name
                    self.sent = !cx.session.preferences().operator.trim().is_empty();
                }
            }
            Some(Asked::Export) => {
                let kind = PickKind::SaveFile(t::EXPORT_NAME.to_owned());
                let request = PickRequest::new(kind, t::EXPORT_PICK).door(Door::Export).filter("CSV", &["csv"]);
                self.saving = Some(cx.pick(request));
            }
            Some(Asked::Columns) => {
                if let Some((from, _)) = self.from.clone() {
                    self.leave();
                    return match from {
                        Origin::Files(from) => RefreshAnswer::Columns(from),
                        Origin::Database(_) => RefreshAnswer::Database,
                    };
                }
            }
            Some(Asked::Back(id)) => self.question = Some(Question::Back(id)),
            Some(Asked::Forget(id)) => self.question = Some(Question::Forget(id)),
            Some(Asked::Leave) => {
                self.leave();
                self.shown = false;
                return RefreshAnswer::Leave;
            }
        }
        RefreshAnswer::Stay
    }

    fn kept_ui(&self, ui: &mut Ui, asked: &mut Option<Asked>) {
        let Some(states) = self.kept.latest().filter(|states| !states.is_empty()) else { return };
        ui.add_space(theme::GRID * 2.0);
        widgets::heading(ui, t::KEPT);
        ui.label(theme::note(ui, t::KEPT_NOTE));
        for (state, may_come_back) in states.iter() {
            let note = &state.note;
            let sources = note.rows.get("sources").copied().unwrap_or(0);
            ui.horizontal(|ui| {
                ui.label(t::kept(&state.id, &note.kept_at, &note.operator, sources, &note.replaced_by));
                let back = ui.add_enabled(*may_come_back, egui::Button::new(t::BACK));
                if back.on_disabled_hover_text(t::SEALED_SINCE).clicked() {
                    *asked = Some(Asked::Back(state.id.clone()));
                }
                if ui.button(t::FORGET).clicked() {
                    *asked = Some(Asked::Forget(state.id.clone()));
                }
            });
        }
    }

    fn question_ui(&mut self, ui: &Ui, cx: &mut Cx<'_>) {
        let Some(question) = &self.question else { return };
        let (title, words, button, id) = match question {
            Question::Back(id) => (t::BACK_TITLE, t::BACK_WORDS, t::BACK, id),
            Question::Forget(id) => (t::FORGET_TITLE, t::FORGET_WORDS, t::FORGET, id),
        };
        let answer = widgets::dialog(ui.ctx(), "kept register", title, button, true, |ui| {
            ui.label(theme::strong(id.as_str()));
            ui.add(egui::Label::new(words).wrap());
        });
        let Some(yes) = answer else { return };
        if yes {
            let deed = match question {
                Question::Back(id) => Deed::RefreshBack(Some(id.clone())),
                Question::Forget(id) => Deed::ForgetKept(id.clone()),
            };
            cx.send(Command::from(deed));
        }
        self.question = None;
    }
}

/// A list that is unfolded by a click: so many lines, laid out as they come into view.
fn list_ui(ui: &mut Ui, id: &str, heading: String, lines: usize, line: impl Fn(usize) -> String) {
    CollapsingHeader::new(heading).id_salt(id).show(ui, |ui| {
        let height = ui.text_style_height(&egui::TextStyle::Body);
        ScrollArea::vertical().id_salt((id, "lines")).max_height(LIST_HEIGHT).auto_shrink([false, true]).show_rows(
            ui,
            height,
            lines,
            |ui, range| {
                for i in range {
                    ui.add(egui::Label::new(line(i)).truncate());
                }
            },
        );
    });
}

fn preview_ui(ui: &mut Ui, data: &ProjectData, preview: &RefreshPreview, of_database: bool, asked: &mut Option<Asked>) {
    let changes = &preview.changes;
    let palette = *theme::of(ui);
    for warning in &changes.warnings {
        ui.add(egui::Label::new(RichText::new(warning).color(palette.amber)).wrap());
    }
    if !preview.left_out.is_empty() {
        ui.add(egui::Label::new(RichText::new(t::left_out(&preview.left_out)).color(palette.amber)).wrap());
    }
    if changes.is_nothing() {
        ui.label(RichText::new(t::SAME).color(palette.green));
    }
    section(ui, t::UNITS, |ui| units_ui(ui, data, changes));
    section(ui, t::PLAN, |ui| plan_ui(ui, changes));
    section(ui, t::TABLES, |ui| {
        Grid::new("refresh tables").num_columns(3).spacing([24.0, 4.0]).striped(true).show(ui, |ui| {
            for heading in t::TABLE_COLUMNS {
                ui.label(theme::note(ui, heading));
            }
            ui.end_row();
            for table in &changes.tables {
                ui.label(table.table.label());
                let words = RichText::new(table.words());
                let muted = !table.replaced && table.led_anew == 0;
                ui.label(if muted { words.color(palette.muted) } else { words });
                ui.add(egui::Label::new(theme::note(ui, table.files.join("、"))).truncate());
                ui.end_row();
            }
        });
        if !of_database && ui.button(t::COLUMNS).clicked() {
            *asked = Some(Asked::Columns);
        }
    });
    section(ui, t::FINDINGS, |ui| {
        if changes.findings.is_empty() {
            ui.label(theme::note(ui, t::NO_FINDINGS));
        }
        for finding in &changes.findings {
            let ink = match finding.severity {
                Severity::Error => palette.red,
                Severity::Warning => palette.amber,
                Severity::Hint => palette.muted,
            };
            let words = t::finding(finding);
            ui.horizontal_wrapped(|ui| {
                ui.add(egui::Label::new(RichText::new(words).color(ink)).wrap()).on_hover_text(&finding.first);
                ui.label(theme::note(ui, finding.code));
            });
            ui.add(egui::Label::new(theme::note(ui, &finding.first)).wrap());
        }
    });
}

fn section(ui: &mut Ui, heading: &str, add: impl FnOnce(&mut Ui)) {
    ui.add_space(theme::GRID);
    theme::card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        widgets::heading(ui, heading);
        ui.add_space(theme::HALF);
        add(ui);
    });
}

fn units_ui(ui: &mut Ui, data: &ProjectData, changes: &RefreshChanges) {
    let (before, after) = changes.sources;
    ui.label(t::sources(before, after, &changes.headline()));
    let version = std::ptr::from_ref(changes).addr() as u64;
    changed::units(ui, data, changes, version);
    changed::frequencies(ui, data, changes, version);
    let frequency = &changes.frequency;
    if frequency.slight > 0 {
        ui.label(theme::note(ui, t::slight(frequency.slight, frequency.slight_sum)));
    }
}

fn plan_ui(ui: &mut Ui, changes: &RefreshChanges) {
    let plan = &changes.plan;
    let palette = *theme::of(ui);
    Grid::new("refresh plan").num_columns(2).spacing([24.0, 4.0]).show(ui, |ui| {
        ui.label(t::YEAR);
        ui.label(t::change(plan.before.year, plan.after.year));
        ui.end_row();
        ui.label(t::month(plan.month));
        ui.label(t::change(plan.before.month, plan.after.month));
        ui.end_row();
        ui.label(t::VERDICT);
        if plan.before.verdict == plan.after.verdict {
            ui.label(&plan.after.verdict);
        } else {
            let ink = if plan.after.blocking > 0 { palette.red } else { ui.visuals().text_color() };
            let words = format!("{} → {}", plan.before.verdict, plan.after.verdict);
            ui.add(egui::Label::new(RichText::new(words).color(ink)).wrap());
        }
        ui.end_row();
    });
    let moved: Vec<_> = plan.bodies.iter().filter(|body| body.is_changed()).collect();
    if !moved.is_empty() {
        list_ui(ui, "bodies", format!("{} {}", t::BODIES, moved.len()), moved.len(), |i| {
            moved
                .get(i)
                .map_or_else(String::new, |body| format!("{}：{}", body.name, t::change(body.year.0, body.year.1)))
        });
    }
    for (id, label, list) in [
        ("shortages new", t::SHORTAGES_NEW, &plan.shortages_new),
        ("shortages gone", t::SHORTAGES_GONE, &plan.shortages_gone),
    ] {
        if !list.is_empty() {
            let heading = format!("{label} {}", list.len());
            list_ui(ui, id, heading, list.len(), |i| list.get(i).cloned().unwrap_or_default());
        }
    }
}
