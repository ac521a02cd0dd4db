//! JSON as models write it: in a fence or between words, with trailing commas, single or curly quotes, bare keys, line
//! breaks in strings, Python's constants, or cut off before its end.

use std::iter::Peekable;
use std::str::CharIndices;

use serde_json::{Map, Number, Value};

/// Deeper than any answer that is asked for.
const DEPTH_MAX: u32 = 32;

/// The object in an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Near {
    pub(super) value: Value,
    /// The answer ended before the object did: what it would have said next is not known.
    pub(super) cut: bool,
}

/// The first object of the text, as far as it can be read.
pub(super) fn read(text: &str) -> Option<Near> {
    let start = text.find('{')?;
    let text = &text[start..];
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    if let Some(Ok(value)) = values.next() {
        return Some(Near { value, cut: false });
    }
    let mut reader = Reader { text, chars: text.char_indices().peekable(), cut: false };
    let value = reader.value(0)?;
    Some(Near { value, cut: reader.cut })
}

struct Reader<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
    cut: bool,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, c)| *c)
    }

    /// The next character that means something; the end of the text is remembered.
    fn next_sign(&mut self) -> Option<char> {
        while self.chars.next_if(|(_, c)| c.is_whitespace()).is_some() {}
        let next = self.peek();
        self.cut |= next.is_none();
        next
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        match self.next_sign().filter(|_| depth < DEPTH_MAX)? {
            '{' => Some(self.object(depth)),
            '[' => Some(self.array(depth)),
            quote if closing(quote).is_some() => self.string().map(Value::String),
            _ => self.bare().map(|word| constant(&word)),
        }
    }

    fn object(&mut self, depth: u32) -> Value {
        self.chars.next();
        let mut object = Map::new();
        loop {
            match self.next_sign() {
                None => break,
                Some('}') => {
                    self.chars.next();
                    break;
                }
                Some(',') => {
                    self.chars.next();
                    continue;
                }
                Some(_) => {}
            }
            let quoted = self.peek().and_then(closing).is_some();
            let Some(key) = (if quoted { self.string() } else { self.bare() }) else { break };
            if self.next_sign() == Some(':') {
                self.chars.next();
            }
            // A value that was cut off is not what was meant.
            let Some(value) = self.value(depth + 1) else { break };
            if self.cut && !value.is_array() && !value.is_object() {
                break;
            }
            object.insert(key, value);
            if self.cut {
                break;
            }
        }
        Value::Object(object)
    }

    fn array(&mut self, depth: u32) -> Value {
        self.chars.next();
        let mut array = Vec::new();
        loop {
            match self.next_sign() {
                // Cut off, or closed by the object around it.
                None | Some('}') => break,
                Some(']') => {
                    self.chars.next();
                    break;
                }
                Some(',') => {
                    self.chars.next();
                    continue;
                }
                Some(_) => {}
            }
            let Some(value) = self.value(depth + 1) else { break };
            if self.cut {
                break;
            }
            array.push(value);
        }
        Value::Array(array)
    }

    fn string(&mut self) -> Option<String> {
        let (_, open) = self.chars.next()?;
        let close = closing(open)?;
        let mut text = String::new();
        loop {
            let Some((at, c)) = self.chars.next() else {
                self.cut = true;
                return Some(text);
            };
            match c {
                '\\' => text.push(self.escaped()?),
                // An apostrophe inside a word closes nothing.
                c if c == close && !(close != '"' && self.is_inside_word(at, c)) => return Some(text),
                c => text.push(c),
            }
        }
    }

    fn is_inside_word(&mut self, at: usize, quote: char) -> bool {
        let before = self.text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = self.text[at + quote.len_utf8()..].chars().next().is_some_and(char::is_alphanumeric);
        before && after
    }

    fn escaped(&mut self) -> Option<char> {
        let Some((at, c)) = self.chars.next() else {
            self.cut = true;
            return None;
        };
        Some(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' | 'f' => ' ',
            'u' => {
                let code = self.text.get(at + 1..at + 5).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                for _ in 0..4 {
                    self.chars.next();
                }
                code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            c => c,
        })
    }

    /// A word without quotes: a key, a number or a constant.
    fn bare(&mut self) -> Option<String> {
        let mut word = String::new();
        while let Some((_, c)) = self.chars.next_if(|(_, c)| !",:{}[]\"\n".contains(*c)) {
            word.push(c);
        }
        self.cut |= self.peek().is_none();
        let word = word.trim();
        (!word.is_empty()).then(|| word.to_owned())
    }
}

fn closing(open: char) -> Option<char> {
    match open {
        '"' => Some('"'),
        '\'' => Some('\''),
        '“' | '”' => Some('”'),
        _ => None,
    }
}

fn constant(word: &str) -> Value {
    match word {
        "true" | "True" => Value::Bool(true),
        "false" | "False" => Value::Bool(false),
        "null" | "None" | "undefined" => Value::Null,
        _ => match word.parse::<f64>().ok().and_then(Number::from_f64) {
            Some(number) => Value::Number(number),
            None => Value::String(word.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_models_get_wrong_is_read_as_it_was_meant() {
        let meant = json!({"memories": [{"content": "The user's name is Anna.", "importance": 0.9}]});
        for text in [
            r#"{"memories": [{"content": "The user's name is Anna.", "importance": 0.9}]}"#,
            "Sure! ```json\n{\"memories\": [{\"content\": \"The user's name is Anna.\", \"importance\": 0.9,},],}\n```",
            r#"{memories: [{content: "The user's name is Anna.", importance: 0.9}]}"#,
            r"{'memories': [{'content': 'The user's name is Anna.', 'importance': 0.9}]}",
            r"{“memories”: [{“content”: “The user's name is Anna.”, “importance”: 0.9}]} Done.",
            r#"{"memories": [{"content": "The user's name is Anna.", "importance": 0.9}}"#,
        ] {
            assert_eq!(read(text), Some(Near { value: meant.clone(), cut: false }), "{text}");
        }
        let constants = read("{\"a\": None, \"b\": True, \"c\": 1.5, \"d\": \"x\ny\"}").unwrap().value;
        assert_eq!(constants, json!({"a": null, "b": true, "c": 1.5, "d": "x\ny"}));
        assert_eq!(read("I cannot do that."), None);
    }

    #[test]
    fn what_was_cut_off_keeps_what_was_whole() {
        let whole = r#"{"memories": [{"content": "one", "importance": 0.5}, {"content": "two"}]}"#;
        for end in 1..whole.len() {
            let near = read(&whole[..end]).unwrap();
            assert!(near.cut, "{end}");
            let memories = near.value["memories"].as_array().map_or(0, Vec::len);
            let first_ends = whole.find('}').unwrap() + 1;
            assert_eq!(memories >= 1, end >= first_ends, "{}", &whole[..end]);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_an_end(text in "\\PC{0,60}", deep in 0..200_usize) {
            let _ = read(&text);
            let _ = read(&format!("{}{text}", "{a:[".repeat(deep)));
        }

        #[test]
        fn what_is_valid_is_read_as_it_is(numbers in prop::collection::vec(any::<i32>(), 0..5), text in "\\PC{0,20}") {
            let value = json!({"numbers": numbers, "text": text});
            prop_assert_eq!(read(&value.to_string()), Some(Near { value, cut: false }));
        }
    }
}
