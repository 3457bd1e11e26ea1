//! Some words, looked for in one pass.

use aho_corasick::packed::Searcher;

/// Words that mean the same where one of them stands in a text.
pub(super) struct AnyOf {
    words: &'static [&'static str],
    /// None on processors that it has no instructions for.
    searcher: Option<Searcher>,
}

impl AnyOf {
    /// Takes longer to make than to search a prompt of usual length: make it once.
    pub(super) fn new(words: &'static [&'static str]) -> Self {
        Self { words, searcher: Searcher::new(words) }
    }

    /// Whether one of them is in the text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match &self.searcher {
            Some(searcher) => searcher.find(text).is_some(),
            None => self.words.iter().any(|word| text.contains(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 3] = ["\"file\"", "\"url\"", "\\u00"];

    #[test]
    fn each_word_is_found_wherever_it_stands_with_and_without_the_processors_help() {
        let helped = AnyOf::new(&WORDS);
        let alone = AnyOf { words: &WORDS, searcher: None };
        for length in [0, 1, 15, 16, 31, 64, 1_000] {
            let prose = "\"fil\" u00 \"ur ".chars().cycle().take(length).collect::<String>();
            assert!(!helped.is_in(&prose) && !alone.is_in(&prose), "{length}");
            for word in WORDS {
                for text in
                    [format!("{word}{prose}"), format!("{prose}{word}"), format!("{prose}{word}{prose}")]
                {
                    assert!(helped.is_in(&text) && alone.is_in(&text), "{word} in {text}");
                }
            }
        }
    }
}
