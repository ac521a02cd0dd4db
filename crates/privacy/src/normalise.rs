//! One spelling for characters that look alike, so that the rules see `4111` in `４１１１`, with the way back to the
//! bytes of the original text.

use std::borrow::Cow;

/// A text as the rules read it.
pub(crate) struct Normalised<'a> {
    original: &'a str,
    text: Cow<'a, str>,
    /// For each byte of `text`, where its character starts in the original. Empty when nothing was changed.
    origins: Vec<usize>,
}

impl<'a> Normalised<'a> {
    pub(crate) fn new(original: &'a str) -> Self {
        let unchanged =
            original.is_ascii() || original.chars().all(|character| plain(character) == Some(character));
        if unchanged {
            return Self { original, text: Cow::Borrowed(original), origins: Vec::new() };
        }
        let mut text = String::with_capacity(original.len());
        let mut origins = Vec::with_capacity(original.len());
        for (at, character) in original.char_indices() {
            if let Some(character) = plain(character) {
                text.push(character);
                origins.resize(text.len(), at);
            }
        }
        Self { original, text: Cow::Owned(text), origins }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The span of the original that became `start..end`, a non-empty span on character boundaries.
    pub(crate) fn original_span(&self, start: usize, end: usize) -> (usize, usize) {
        if self.origins.is_empty() {
            return (start, end);
        }
        let origin = |at: usize| self.origins.get(at).copied().unwrap_or(self.original.len());
        let last = origin(end.saturating_sub(1));
        let last_len = self.original[last..].chars().next().map_or(0, char::len_utf8);
        (origin(start), last + last_len)
    }
}

/// The character that the rules see, or none for what is invisible.
fn plain(character: char) -> Option<char> {
    if character.is_ascii() {
        return Some(character);
    }
    let digit = |zero: u32| char::from_digit(character as u32 - zero, 10);
    match character {
        // Soft hyphen, joiners, zero-width spaces, direction marks, invisible operators, variation selectors, the
        // keycap frame.
        '\u{ad}'
        | '\u{34f}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{20e3}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' => None,
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => Some('-'),
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => Some('\''),
        '\u{201c}'..='\u{201f}' => Some('"'),
        '\u{2024}' | '\u{fe52}' => Some('.'),
        '\u{fe6b}' => Some('@'),
        // Full-width forms of the ASCII characters.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0),
        // Arabic-Indic, Persian, Devanagari, mathematical bold digits.
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),
        '\u{966}'..='\u{96f}' => digit(0x966),
        '\u{1d7ce}'..='\u{1d7d7}' => digit(0x1d7ce),
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn look_alikes_become_ascii() {
        for (original, text) in [
            ("plain", "plain"),
            ("Zoë 日本", "Zoë 日本"),
            ("４１１１－１１１１", "4111-1111"),
            ("555\u{a0}123\u{202f}4567", "555 123 4567"),
            ("555\u{2011}123\u{2013}4567", "555-123-4567"),
            ("j\u{200b}a\u{ad}ne＠x.org", "jane@x.org"),
            ("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}", "12"),
            ("٠١٢ ۳۴ ५६ 𝟕", "012 34 56 7"),
            ("I\u{2019}m \u{201c}in\u{201d}", "I'm \"in\""),
        ] {
            assert_eq!(Normalised::new(original).text(), text);
        }
    }

    #[test]
    fn a_span_leads_back_to_the_characters_it_came_from() {
        let original = "é ４１\u{200b}１１ ü";
        let normalised = Normalised::new(original);
        let start = normalised.text().find("4111").unwrap();
        let (start, end) = normalised.original_span(start, start + 4);
        assert_eq!(&original[start..end], "４１\u{200b}１１");
    }

    proptest! {
        #[test]
        fn every_span_leads_back_to_character_boundaries(original in "\\PC{0,40}|[\u{200b}0-9０-９é-]{0,20}") {
            let normalised = Normalised::new(&original);
            let text = normalised.text();
            let boundaries: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            for (i, start) in boundaries.iter().enumerate() {
                for end in &boundaries[i + 1..] {
                    let (start, end) = normalised.original_span(*start, *end);
                    prop_assert!(start < end);
                    prop_assert!(original.is_char_boundary(start) && original.is_char_boundary(end));
                }
            }
        }
    }
}
