//! The known word that a misspelt one was meant to be.

/// Letters of the written word that are compared; longer ones are no slip of the hand.
const LONGEST: usize = 64;

/// The known word with the fewest letters to change (Levenshtein), the first in alphabetical order among equals;
/// `None` where even that one differs in more than a third of its letters.
#[must_use]
pub fn nearest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    let written: String = written.chars().take(LONGEST).collect();
    known
        .iter()
        .map(|word| (strsim::levenshtein(&written, word), *word))
        .min()
        .filter(|(distance, word)| *distance * 3 <= word.chars().count().max(3))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_of_the_hand_find_their_word() {
        let known = ["base_frequency", "min_score", "share"];
        assert_eq!(nearest("base_freqency", &known), Some("base_frequency"));
        assert_eq!(nearest("min-score", &known), Some("min_score"));
        assert_eq!(nearest("weights", &known), None);
        assert_eq!(nearest("", &known), None);
        assert_eq!(nearest(&"x".repeat(100_000), &known), None);
    }
}
