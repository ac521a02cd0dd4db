//! From bytes to the data of server-sent events, wherever the network cuts them.
//!
//! By the rules of <https://html.spec.whatwg.org/multipage/server-sent-events.html>, less what completions do not use:
//! names, ids and retry times of events are skipped.

use crate::ModelError;

/// A token with its log-probabilities is a few kB.
const EVENT_BYTES_MAX: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct SseParser {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    /// The last byte was a CR; an LF after it belongs to it.
    after_cr: bool,
}

impl SseParser {
    /// The data of the events that `bytes` completes.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Vec<String>, ModelError> {
        let mut events = Vec::new();
        for &byte in bytes {
            match byte {
                b'\n' if self.after_cr => {}
                b'\n' | b'\r' => events.extend(self.end_line()?),
                _ => self.line.push(byte),
            }
            self.after_cr = byte == b'\r';
        }
        if self.line.len() + self.data.len() > EVENT_BYTES_MAX {
            return Err(ModelError::Malformed { reason: "an event is too long".to_owned() });
        }
        Ok(events)
    }

    /// The event that the end of the stream completes. The rules would drop it, but servers forget the empty line
    /// after the last one.
    pub(super) fn finish(&mut self) -> Result<Option<String>, ModelError> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        self.end_event()
    }

    fn end_line(&mut self) -> Result<Option<String>, ModelError> {
        if self.line.is_empty() {
            return self.end_event();
        }
        if let Some(value) = value_of_data(&self.line) {
            if self.has_data {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value);
            self.has_data = true;
        }
        self.line.clear();
        Ok(None)
    }

    fn end_event(&mut self) -> Result<Option<String>, ModelError> {
        let data = std::mem::take(&mut self.data);
        if !std::mem::take(&mut self.has_data) {
            return Ok(None);
        }
        // Only now: a character may have been split.
        let text = String::from_utf8(data);
        text.map(Some).map_err(|_| ModelError::Malformed { reason: "an event is not UTF-8".to_owned() })
    }
}

fn value_of_data(line: &[u8]) -> Option<&[u8]> {
    let value = match line.strip_prefix(b"data")? {
        [] => &[],
        [b':', b' ', value @ ..] | [b':', value @ ..] => value,
        _ => return None,
    };
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = ": hello\n\ndata: {\"a\": \"hé 🙂\"}\r\n\r\ndata:{\"b\":1}\n\nevent: ping\nid: 3\nretry: 5\n\n\
                          data: two\ndata:  lines\ndatabase: no\n\r:\n\ndata\r\rdata: [DONE]\n";

    fn events(chunks: &[&[u8]]) -> Vec<String> {
        let mut parser = SseParser::default();
        let mut events = Vec::new();
        for chunk in chunks {
            events.extend(parser.push(chunk).unwrap());
        }
        events.extend(parser.finish().unwrap());
        events
    }

    #[test]
    fn the_same_events_wherever_the_bytes_are_cut() {
        let bytes = STREAM.as_bytes();
        let expected = ["{\"a\": \"hé 🙂\"}", "{\"b\":1}", "two\n lines", "", "[DONE]"];
        assert_eq!(events(&[bytes]), expected);
        assert_eq!(events(&bytes.chunks(1).collect::<Vec<_>>()), expected);
        for at in 0..=bytes.len() {
            assert_eq!(events(&[&bytes[..at], &[], &bytes[at..]]), expected, "cut at {at}");
        }
    }

    #[test]
    fn broken_text_and_endless_events_are_errors() {
        assert!(SseParser::default().push(b"data: \xff\n\n").is_err());
        let mut parser = SseParser::default();
        let line = [b'x'; 4096];
        assert!((0..1000).any(|_| parser.push(&line).is_err()));
    }
}
