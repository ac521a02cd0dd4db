//! Tokens may end inside a character. This holds back the beginning until the rest has come.

/// Bytes that do not yet make a whole character: at most three.
#[derive(Debug, Default)]
pub(super) struct Utf8Stream {
    held: Vec<u8>,
}

impl Utf8Stream {
    /// The text that is complete with these bytes. What can never become UTF-8 turns into U+FFFD. A beginning that is
    /// still held at the end of an answer is dropped with this value: it was never a character.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let mut text = String::new();
        let mut rest = self.held.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(whole) => {
                    text.push_str(whole);
                    rest = &[];
                    break;
                }
                Err(error) => {
                    let (whole, broken) = rest.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(whole));
                    let Some(wrong) = error.error_len() else {
                        rest = broken;
                        break;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest = &broken[wrong..];
                }
            }
        }
        self.held = rest.to_vec();
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_comes_when_its_last_byte_has_come() {
        let mut stream = Utf8Stream::default();
        let [first, second, third, fourth] = *"🦀".as_bytes() else { panic!("four bytes") };
        assert_eq!(stream.push(&[b'a', first]), "a");
        assert_eq!(stream.push(&[second]), "");
        assert_eq!(stream.push(&[third]), "");
        assert_eq!(stream.push(&[fourth, b'b']), "🦀b");
    }

    #[test]
    fn any_split_of_a_text_gives_the_text() {
        let text = "Zoë – 日本語 🦀 ok";
        for size in 1..=text.len() {
            let mut stream = Utf8Stream::default();
            let whole: String = text.as_bytes().chunks(size).map(|piece| stream.push(piece)).collect();
            assert_eq!(whole, text, "pieces of {size} bytes");
        }
    }

    #[test]
    fn bytes_that_are_no_text_do_not_block_what_follows() {
        let mut stream = Utf8Stream::default();
        assert_eq!(stream.push(&[0xff, b'a', 0xe2, 0x28, b'b']), "\u{fffd}a\u{fffd}(b");
        assert_eq!(stream.push(&[0xe2, 0x82]), "");
        assert_eq!(stream.push(b"c"), "\u{fffd}c");
    }
}
