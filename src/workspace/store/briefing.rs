//! How the office wants its briefing: which pages, in which order, with its own texts and the speaker's notes.
//!
//! Kept in `project.ron` and changed through the draft, so that it can be undone like every other edit. Pages that a
//! later version adds come at the end of a kept order.

use serde::{Deserialize, Serialize};

/// What a page tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// Title, agency, day.
    Cover,
    /// Where the year stands.
    Year,
    /// The map of the districts with their progress.
    Districts,
    /// Progress by enforcing body.
    Bodies,
    /// Disclosure.
    Disclosure,
    /// Problems found, by industry.
    Problems,
    /// Who moved tier since the year began.
    Tiers,
    /// The month that comes next.
    NextMonth,
    /// What needs a decision.
    Decisions,
    /// A page of the office's own.
    Own,
}

impl PageKind {
    /// The pages that the program makes, in the order in which a leader asks for them.
    pub const MADE: [Self; 9] = [
        Self::Cover,
        Self::Year,
        Self::Districts,
        Self::Bodies,
        Self::Disclosure,
        Self::Problems,
        Self::Tiers,
        Self::NextMonth,
        Self::Decisions,
    ];

    /// Chinese name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Cover => "封面",
            Self::Year => "全年进展",
            Self::Districts => "各区进度",
            Self::Bodies => "各执法主体进度",
            Self::Disclosure => "结果公开",
            Self::Problems => "发现的问题",
            Self::Tiers => "等级变动",
            Self::NextMonth => "下月安排",
            Self::Decisions => "需要决定的事项",
            Self::Own => "自拟页",
        }
    }
}

/// A page as the office wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageChoice {
    /// Which.
    pub page: PageKind,
    /// Left out of show and files, but kept with its notes.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Title of an own page; of another, in place of the program's where it is not empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Text of an own page, a sentence a line; of another, lines under its content.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What the speaker reads; the program's proposal where nothing was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl PageChoice {
    /// The page as the program makes it.
    #[must_use]
    pub fn new(page: PageKind) -> Self {
        Self { page, hidden: false, title: String::new(), text: String::new(), notes: None }
    }
}

/// The pages of a briefing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BriefingChoice {
    /// In order; empty for the program's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PageChoice>,
}

impl BriefingChoice {
    /// True where nothing was chosen: such a project's file says nothing of it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Every page in order, hidden ones too.
    #[must_use]
    pub fn complete(&self) -> Vec<PageChoice> {
        let mut pages = self.pages.clone();
        for kind in PageKind::MADE {
            if !pages.iter().any(|page| page.page == kind) {
                pages.push(PageChoice::new(kind));
            }
        }
        pages
    }

    /// With the page at `from` moved to stand at `to`.
    #[must_use]
    pub fn with_moved(&self, from: usize, to: usize) -> Self {
        let mut pages = self.complete();
        if from < pages.len() {
            let page = pages.remove(from);
            pages.insert(to.min(pages.len()), page);
        }
        Self { pages }
    }

    /// With another page at `at`.
    #[must_use]
    pub fn with_page(&self, at: usize, page: PageChoice) -> Self {
        let mut pages = self.complete();
        if let Some(place) = pages.get_mut(at) {
            *place = page;
        }
        Self { pages }
    }

    /// With a page of the office's own after `at`.
    #[must_use]
    pub fn with_own_after(&self, at: usize, title: &str) -> Self {
        let mut pages = self.complete();
        let own = PageChoice { title: title.to_owned(), ..PageChoice::new(PageKind::Own) };
        pages.insert((at + 1).min(pages.len()), own);
        Self { pages }
    }

    /// Without the own page at `at`; a page of the program's stays.
    #[must_use]
    pub fn without_own(&self, at: usize) -> Self {
        let mut pages = self.complete();
        if pages.get(at).is_some_and(|page| page.page == PageKind::Own) {
            pages.remove(at);
        }
        Self { pages }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_moved_added_and_taken_away() {
        let order = |choice: &BriefingChoice| choice.complete().iter().map(|p| p.page).collect::<Vec<_>>();
        let none = BriefingChoice::default();
        assert_eq!(order(&none), PageKind::MADE);
        let moved = none.with_moved(8, 1);
        assert_eq!(order(&moved)[..3], [PageKind::Cover, PageKind::Decisions, PageKind::Year]);
        assert_eq!(order(&moved.with_moved(1, 99)), PageKind::MADE);
        let own = moved.with_own_after(0, "说明");
        assert_eq!(order(&own)[1], PageKind::Own);
        assert_eq!(own.without_own(1), moved);
        assert_eq!(own.without_own(0), own, "what the program makes is hidden, never lost");
    }

    #[test]
    fn what_was_kept_by_an_earlier_version_is_read() {
        let read: BriefingChoice = ron::from_str("(pages:[(page:year),(page:own,title:\"甲\",text:\"乙\")])").unwrap();
        assert_eq!(read.complete().len(), PageKind::MADE.len() + 1);
        assert_eq!(read.complete()[0].page, PageKind::Year);
        assert_eq!(ron::to_string(&PageChoice::new(PageKind::Year)).unwrap(), "(page:year)");
    }
}
