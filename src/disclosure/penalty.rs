//! Penalties that a result's handling speaks of, and what of them may be published.
//!
//! Repaired ones, those past their publication date and those never published must not appear in a public list
//! (上海市优化营商环境条例 第65、67条). The office writes the handling by hand: document numbers are compared
//! without blanks, with brackets of any kind and digits of any width.

use super::result::PenaltyNote;
use crate::text::half_width;

/// Fewer characters make no document number: `1号` stands in too many sentences.
const SHORTEST: usize = 6;

/// Words of a clause that speaks of a penalty.
const WORDS: [&str; 8] = ["处罚", "罚款", "没收", "吊销", "决定书", "文号", "警告", "通报批评"];

/// Text for comparing: no blanks, one kind of bracket, ASCII digits and letters.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '[' | '(' | '【' | '（' | '［' | '﹝' => '〔',
            ']' | ')' | '】' | '）' | '］' | '﹞' => '〕',
            // Signs stay as wide as they are: only letters and digits make a number.
            _ if half_width(c).is_ascii_alphanumeric() => half_width(c),
            _ => c,
        })
        .filter(|c| *c != '第')
        .collect()
}

/// True where a text, already [`plain`], has the number; a longer number that ends in it is another one.
fn has_number(text: &str, document: &str) -> bool {
    let document = plain(document);
    !document.is_empty()
        && text.match_indices(&document).any(|(at, _)| {
            !text.get(..at).unwrap_or_default().ends_with(|c: char| c.is_ascii_digit())
                || !document.starts_with(|c: char| c.is_ascii_digit())
        })
}

/// True where a text, already [`plain`], has the penalty in words: `罚款3万元`.
fn has_words(text: &str, penalty: &PenaltyNote) -> bool {
    let words = plain(&penalty.text);
    !words.is_empty() && text.contains(&words)
}

impl PenaltyNote {
    /// True where the handling names the penalty's document.
    #[must_use]
    pub fn is_named_in(&self, handling: &str) -> bool {
        self.document.chars().count() >= SHORTEST && has_number(&plain(handling), &self.document)
    }

    /// True where the handling gives the penalty in words, e.g. `罚款3万元`.
    #[must_use]
    pub fn is_told_in(&self, handling: &str) -> bool {
        has_words(&plain(handling), self)
    }
}

/// The handling without the clauses that speak of hidden penalties. A clause that names a penalty that may
/// appear stays.
pub(super) fn without_hidden(text: &str, shown: &[&PenaltyNote], hidden: &[&PenaltyNote]) -> String {
    let mut kept = String::new();
    for sentence in text.split_inclusive(['；', ';', '。', '\n']) {
        let whole = plain(sentence);
        let touched = hidden.iter().any(|p| has_number(&whole, &p.document));
        for clause in sentence.split_inclusive(['，', ',', '；', ';', '。', '\n']) {
            let clean = plain(clause);
            let is_hidden = hidden.iter().any(|p| has_number(&clean, &p.document));
            let is_shown = shown.iter().any(|p| has_number(&clean, &p.document));
            // around a hidden number the amount and the kind of penalty go with it, however they are written
            let told = hidden.iter().any(|p| has_words(&clean, p))
                || (touched && WORDS.iter().any(|word| clean.contains(word)));
            if !(is_hidden || (told && !is_shown)) {
                kept.push_str(clause);
            }
        }
    }
    kept.trim_end_matches(['，', ',', '；', ';', '\n', ' ']).to_owned()
}

/// What a result's handling speaks of among the penalties of its enterprise: those whose document it names,
/// and those it gives in words alone where no publishable one reads the same.
#[must_use]
pub fn select_penalties(handling: &str, of_enterprise: &[PenaltyNote], on: chrono::NaiveDate) -> Vec<PenaltyNote> {
    let known_otherwise = |penalty: &PenaltyNote| {
        of_enterprise.iter().any(|p| p.may_appear(on) && plain(&p.text) == plain(&penalty.text))
    };
    of_enterprise
        .iter()
        .filter(|p| p.is_named_in(handling) || (p.is_told_in(handling) && !p.may_appear(on) && !known_otherwise(p)))
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(document: &str, text: &str, repaired: bool) -> PenaltyNote {
        PenaltyNote {
            document: document.into(),
            text: text.into(),
            publicity_until: None,
            repaired_on: repaired.then(|| "2026-05-01".parse().unwrap()),
            publishable: true,
        }
    }

    fn cut(handling: &str, penalties: &[PenaltyNote]) -> String {
        let on = "2026-06-01".parse().unwrap();
        let chosen = select_penalties(handling, penalties, on);
        let (shown, hidden): (Vec<_>, Vec<_>) = chosen.iter().partition(|p| p.may_appear(on));
        without_hidden(handling, &shown, &hidden)
    }

    #[test]
    fn a_hidden_penalty_leaves_the_handling_however_it_is_written() {
        let repaired = [note("沪0115环罚〔2026〕12号", "罚款3万元", true)];
        for (handling, expected) in [
            ("责令改正；罚款3万元（沪0115环罚〔2026〕12号）", "责令改正"),
            ("责令改正；处罚款 30000 元，文号沪０１１５环罚[2026]第12号。限期整改", "责令改正；限期整改"),
            ("责令改正，罚款 3 万元", "责令改正"),
            ("责令改正；罚款5万元（沪0115环罚〔2026〕112号）", "责令改正；罚款5万元（沪0115环罚〔2026〕112号）"),
            ("责令改正", "责令改正"),
        ] {
            assert_eq!(cut(handling, &repaired), expected, "{handling}");
        }
    }

    #[test]
    fn a_publishable_penalty_stays_beside_a_hidden_one() {
        let both =
            [note("沪0115环罚〔2026〕12号", "罚款3万元", true), note("沪0115环罚〔2026〕13号", "罚款3万元", false)];
        let handling = "罚款3万元（沪0115环罚〔2026〕12号），罚款3万元（沪0115环罚〔2026〕13号）";
        assert_eq!(cut(handling, &both), "罚款3万元（沪0115环罚〔2026〕13号）");
        // in words alone it is the one that may appear
        assert_eq!(cut("罚款3万元", &both), "罚款3万元");
        // what the handling doesn't speak of isn't added to it
        assert!(select_penalties("责令改正", &both, "2026-06-01".parse().unwrap()).is_empty());
    }
}
