//! What a search box looks for: words, each found as it is written or by its pinyin.

use std::borrow::Cow;

use super::fold_width;
use super::pinyin::PinyinQuery;

/// How well a text answers a search; the lesser the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is what was typed.
    Same,
    /// It begins with what was typed.
    Begins,
    /// It contains what was typed.
    Contains,
    /// Its pinyin begins with what was typed.
    PinyinBegins,
    /// Its pinyin contains what was typed.
    PinyinContains,
}

/// One word of a search.
#[derive(Debug, Clone)]
pub struct Word {
    /// At half width, in lower case.
    text: String,
    pinyin: Option<PinyinQuery>,
}

impl Word {
    /// How the word stands in a text; `None` where it doesn't.
    #[must_use]
    pub fn fit(&self, text: &str) -> Option<Fit> {
        self.fit_folded(&fold_case(text)).or_else(|| {
            let pinyin = self.pinyin.as_ref().filter(|pinyin| pinyin.is_in(text))?;
            Some(if pinyin.begins(text) { Fit::PinyinBegins } else { Fit::PinyinContains })
        })
    }

    fn fit_folded(&self, text: &str) -> Option<Fit> {
        if text == self.text {
            return Some(Fit::Same);
        }
        let at = text.find(&self.text)?;
        Some(if at == 0 { Fit::Begins } else { Fit::Contains })
    }

    /// The word's pinyin query, where it can be one.
    #[must_use]
    pub fn pinyin(&self) -> Option<&PinyinQuery> {
        self.pinyin.as_ref()
    }
}

/// At half width and in lower case, borrowed where there is nothing to change (Han characters begin with the bytes e4
/// to e9).
fn fold_case(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|b| b.is_ascii_uppercase() || (0xc3..=0xe3).contains(&b) || b >= 0xea) {
        Cow::Owned(fold_width(text).to_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

/// The words of a search box.
#[derive(Debug, Clone, Default)]
pub struct Search {
    words: Vec<Word>,
}

impl Search {
    /// The words of a text, parted by blanks.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let word = |text: &str| Word { text: text.to_owned(), pinyin: PinyinQuery::new(text) };
        Self { words: fold_case(text).split_whitespace().map(word).collect() }
    }

    /// True where nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// How a text answers: each word must stand in it, the worst of them counts. Anything answers an empty search.
    #[must_use]
    pub fn fit(&self, text: &str) -> Option<Fit> {
        let mut worst = Fit::Same;
        for word in &self.words {
            worst = worst.max(word.fit(text)?);
        }
        Some(worst)
    }

    /// True where each word stands in some of the texts.
    #[must_use]
    pub fn is_in(&self, texts: &[&str]) -> bool {
        self.words.iter().all(|word| texts.iter().any(|text| word.fit(text).is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_comes_before_what_is_spelt() {
        let fit = |query: &str, text: &str| Search::new(query).fit(text);
        assert_eq!(fit("风险", "风险"), Some(Fit::Same));
        assert_eq!(fit("ｓｈ", "SH-01"), Some(Fit::Begins));
        assert_eq!(fit("油", "石油"), Some(Fit::Contains));
        assert_eq!(fit("shiyou", "石油公司"), Some(Fit::PinyinBegins));
        assert_eq!(fit("you", "石油公司"), Some(Fit::PinyinContains));
        assert_eq!(fit("石油 gs", "石油公司"), Some(Fit::PinyinContains));
        assert_eq!(fit("石油 bj", "石油公司"), None);
        assert_eq!(fit("", "石油公司"), Some(Fit::Same));
    }

    #[test]
    fn words_may_stand_in_different_cells() {
        let search = Search::new("shiyou 2026-001");
        assert!(search.is_in(&["石油公司", "SH-2026-001"]));
        assert!(!search.is_in(&["石油公司", "SH-2026-002"]));
    }
}
