//! The wire format of protocol buffers: numbered fields, one after the other.
//! <https://protobuf.dev/programming-guides/encoding/>

/// A field's value. Which type it has, its number tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message in their order; ends early where it is damaged.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = self.varint()?;
        let value = match tag & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Bytes(self.take(8)?),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Bytes(self.take(4)?),
            _ => return None,
        };
        Some((tag >> 3, value))
    }
}

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Numbers that stand side by side without tags.
    pub(super) fn packed(bytes: &'a [u8]) -> impl Iterator<Item = u64> + 'a {
        let mut rest = Fields(bytes);
        std::iter::from_fn(move || rest.varint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_until_something_is_wrong() {
        let message = [0x08, 0x96, 0x01, 0x12, 0x02, b'o', b'k', 0x1a, 0x09, b'!'];
        let fields: Vec<_> = Fields(&message).collect();
        assert_eq!(fields, [(1, Value::Number(150)), (2, Value::Bytes(b"ok"))]);
        assert_eq!(Fields::packed(&[0x01, 0x96, 0x01]).collect::<Vec<_>>(), [1, 150]);
    }
}
