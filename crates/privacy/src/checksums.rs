//! Check digits: what tells a real number from digits that look like one.

/// Luhn, ISO/IEC 7812-1 annex B: cards. `digits` are ASCII digits.
pub(crate) fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, digit)| {
            let value = u32::from(digit - b'0');
            match (i % 2, value * 2) {
                (0, _) => value,
                (_, doubled) if doubled > 9 => doubled - 9,
                (_, doubled) => doubled,
            }
        })
        .sum();
    !digits.is_empty() && sum.is_multiple_of(10)
}

/// ISO 7064 MOD 97-10 as IBANs use it: the first four characters go to the end, letters count from 10.
/// `iban` is ASCII letters and digits without separators.
pub(crate) fn mod_97(iban: &[u8]) -> bool {
    if iban.len() < 5 {
        return false;
    }
    let (head, tail) = iban.split_at(4);
    let remainder = tail.iter().chain(head).fold(0u32, |remainder, character| match character {
        b'0'..=b'9' => (remainder * 10 + u32::from(character - b'0')) % 97,
        letter => (remainder * 100 + u32::from(letter.to_ascii_uppercase() - b'A') + 10) % 97,
    });
    remainder == 1
}

/// The check digit of a US bank routing number (ABA): weights 3, 7, 1 over nine digits.
pub(crate) fn aba(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .zip([3, 7, 1].iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    digits.len() == 9 && sum > 0 && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_knows_test_cards() {
        for good in
            ["4111111111111111", "5555555555554444", "378282246310005", "6011111111111117", "30569309025904"]
        {
            assert!(luhn(good.as_bytes()), "{good}");
        }
        for bad in ["4111111111111112", "5555555555554445", "378282246310006", "", "1"] {
            assert!(!luhn(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn mod_97_knows_the_registry_examples() {
        for good in
            ["GB29NWBK60161331926819", "DE89370400440532013000", "NO9386011117947", "gb29nwbk60161331926819"]
        {
            assert!(mod_97(good.as_bytes()), "{good}");
        }
        for bad in ["GB29NWBK60161331926818", "DE88370400440532013000", "GB29", ""] {
            assert!(!mod_97(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn aba_knows_routing_numbers() {
        for good in ["021000021", "121000358", "011401533"] {
            assert!(aba(good.as_bytes()), "{good}");
        }
        for bad in ["421042111", "021000022", "000000000", "12100035"] {
            assert!(!aba(bad.as_bytes()), "{bad}");
        }
    }
}
