//! What the pages are made of: figures by one job, the deck by the office's choice, pictures by another job.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use egui::{ColorImage, TextureFilter, TextureHandle, TextureOptions, Ui};

use super::super::Cx;
use crate::diagnostic::ProgressState;
use crate::export::documents::{Fonts, PagePicture, Painted, Typesetter};
use crate::export::slides::{Deck, paint_deck};
use crate::ui::slot::{Same, Slot};
use crate::ui::text::briefing as t;
use crate::ui::veil::Veil;
use crate::workspace::deeds::seal::PROGRAM;
use crate::workspace::reports::briefing::{Briefing, compute_briefing, deck_of};
use crate::workspace::reports::export::workbook_date;
use crate::workspace::session::job::Stage;
use crate::workspace::session::{AnalysisView, Books, OpenProject};
use crate::workspace::store::briefing::{BriefingChoice, PageChoice};
use crate::workspace::store::templates::load_templates;

/// Pixels across of a page in the window, and on a projector.
const IN_WINDOW: u32 = 1280;
const ON_PROJECTOR: u32 = 1920;

/// The fonts of this machine: looked through once.
pub(in crate::ui) static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::of_this_machine);

/// What the figures are of.
type Source = (Same<AnalysisView>, Same<Books>);

/// What a deck was made of.
#[derive(Clone, PartialEq)]
struct DeckKey {
    briefing: Same<Briefing>,
    choice: BriefingChoice,
    veiled: bool,
}

/// The pages as they are shown, and all of them.
struct Decks {
    key: DeckKey,
    /// Without what is left out: what is shown and saved.
    shown: Arc<Deck>,
    /// All pages, without notes: what is painted.
    whole: Arc<Deck>,
}

/// Pages with their pictures. Pages that are left out are painted, too: they are looked at before they are chosen.
#[derive(Default)]
pub(super) struct Pages {
    briefing: Slot<Source, Briefing>,
    decks: Option<Decks>,
    /// Rises with each deck, and when templates may have changed.
    revision: u64,
    painted: Slot<(u64, u32), Painted>,
    textures: HashMap<usize, (usize, TextureHandle)>,
}

impl Pages {
    /// Asks for what is missing; `shown` on the projector, where pages are larger.
    pub(super) fn refresh(&mut self, ui: &Ui, cx: &Cx<'_>, open: &OpenProject, shown: bool) {
        if let (Some(view), Stage::Ready(_, books)) = (open.view().filter(|_| open.is_current()), &open.books) {
            let (project, data, view, books) =
                (Arc::clone(&open.project), Arc::clone(&open.data), Arc::clone(view), Arc::clone(books));
            let key = (Same::of(&view), Same::of(&books));
            self.briefing.ask(cx.session, &key, t::COMPUTING, move |progress| {
                compute_briefing(&project, &data, &view, &books, progress)
            });
        } else {
            self.briefing.poll();
        }
        let Some(briefing) = self.briefing.latest() else { return };
        let key = DeckKey {
            briefing: Same::of(briefing),
            choice: open.project.file.briefing.clone(),
            veiled: cx.session.is_veiled(),
        };
        if self.decks.as_ref().is_none_or(|decks| decks.key != key) {
            let silent = |page| PageChoice { hidden: false, notes: Some(String::new()), ..page };
            let all = BriefingChoice { pages: key.choice.complete().into_iter().map(silent).collect() };
            let (mut deck, mut whole) = (deck_of(briefing, &key.choice), deck_of(briefing, &all));
            if let Some(veil) = ui.ctx().plugin_opt::<Veil>() {
                let mut veil = veil.lock();
                for text in deck.texts_mut().into_iter().chain(whole.texts_mut()) {
                    veil.hide_string(text);
                }
            }
            // a word in the notes changes no picture
            if self.decks.as_ref().is_none_or(|decks| *decks.whole != whole) {
                self.revision += 1;
            }
            self.decks = Some(Decks { key, shown: Arc::new(deck), whole: Arc::new(whole) });
        }
        let Some(Decks { whole, .. }) = &self.decks else { return };
        let width = if shown { ON_PROJECTOR } else { IN_WINDOW };
        let (deck, project) = (Arc::clone(whole), Arc::clone(&open.project));
        let created = workbook_date(cx.session.now());
        self.painted.ask_in_turn(cx.session, &(self.revision, width), t::PAINTING, move |_| {
            let templates = load_templates(&project)?;
            let typesetter = Typesetter { fonts: &FONTS, templates: &templates, program: PROGRAM, created };
            paint_deck(&deck, &typesetter, (width, &|_| true))
        });
    }

    /// Paints all pages anew: a template was changed.
    pub(super) fn forget(&mut self) {
        self.revision += 1;
    }

    pub(super) fn briefing(&self) -> Option<&Arc<Briefing>> {
        self.briefing.latest()
    }

    /// The deck as it is shown and saved: without what is left out.
    pub(super) fn deck(&self) -> Option<&Arc<Deck>> {
        self.decks.as_ref().map(|decks| &decks.shown)
    }

    pub(super) fn painted(&self) -> Option<&Arc<Painted>> {
        self.painted.latest()
    }

    pub(super) fn is_painting(&self) -> bool {
        self.painted.running().is_some()
    }

    pub(super) fn error(&self) -> Option<&str> {
        self.briefing.error().or(self.painted.error())
    }

    pub(super) fn progress(&self) -> ProgressState {
        self.briefing.running().unwrap_or_default()
    }

    /// The page's title as it stands on it; `at` among all pages.
    pub(super) fn title(&self, at: usize) -> &str {
        let slide = self.decks.as_ref().and_then(|decks| decks.whole.slides.get(at));
        slide.map_or("", |slide| slide.title.as_str())
    }

    /// The notes as they are written, the program's own where nothing was.
    pub(super) fn notes(&self, page: &PageChoice) -> String {
        let own = || {
            let made = self.briefing()?.pages.iter().find(|(kind, _)| *kind == page.page)?;
            Some(made.1.notes.clone())
        };
        page.notes.clone().or_else(own).unwrap_or_default()
    }

    /// A page's picture on the graphics card; `at` among all pages.
    pub(super) fn texture(&mut self, ctx: &egui::Context, at: usize) -> Option<&TextureHandle> {
        let painted = self.painted.latest()?;
        let page = painted.pages.get(at)?;
        let of = Arc::as_ptr(painted).addr();
        if self.textures.get(&at).is_none_or(|(was, _)| *was != of) {
            let options = TextureOptions::LINEAR.with_mipmap_mode(Some(TextureFilter::Linear));
            let texture = ctx.load_texture(format!("briefing-{at}"), image_of(page), options);
            self.textures.insert(at, (of, texture));
        }
        self.textures.get(&at).map(|(_, texture)| texture)
    }
}

/// A page as the window takes it.
pub(in crate::ui) fn image_of(page: &PagePicture) -> ColorImage {
    ColorImage::from_rgba_premultiplied([page.width as usize, page.height as usize], &page.pixels)
}
