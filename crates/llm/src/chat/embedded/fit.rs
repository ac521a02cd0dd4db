//! Shortens a conversation until it fits the context: the oldest messages go first, the newest is the last to be cut.

use domain::message::Role;

/// A message's content in tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part<T> {
    pub(super) role: Role,
    pub(super) tokens: Vec<T>,
}

/// Leaves of `parts` what fits `budget` tokens. `markup` says how many tokens the template adds to such a list.
///
/// First whole messages are dropped, oldest first, except system messages and the last. If that is not enough, the
/// last message keeps its end (a question follows what it is about) and the others their beginning; the last gets at
/// least half of the room.
pub(super) fn fit<T, E>(
    parts: &mut Vec<Part<T>>,
    budget: usize,
    markup: impl Fn(&[Part<T>]) -> Result<usize, E>,
) -> Result<(), E> {
    // By contents alone first: counting the markup costs a rendering of the whole list.
    while content_tokens(parts) > budget && drop_oldest(parts) {}
    let mut markup_tokens = markup(parts)?;
    while content_tokens(parts) + markup_tokens > budget && drop_oldest(parts) {
        markup_tokens = markup(parts)?;
    }
    cut(parts, budget.saturating_sub(markup_tokens));
    Ok(())
}

fn content_tokens<T>(parts: &[Part<T>]) -> usize {
    parts.iter().map(|part| part.tokens.len()).sum()
}

/// Drops the oldest message that may go, and the answer to it. False when there is none.
fn drop_oldest<T>(parts: &mut Vec<Part<T>>) -> bool {
    let last = parts.len().saturating_sub(1);
    let Some(oldest) = parts[..last].iter().position(|part| part.role != Role::System) else { return false };
    let answered = oldest + 1 < last && parts[oldest + 1].role == Role::Assistant;
    parts.drain(oldest..=oldest + usize::from(answered));
    true
}

fn cut<T>(parts: &mut [Part<T>], room: usize) {
    let Some((last, others)) = parts.split_last_mut() else { return };
    let mut others_room = room.saturating_sub(last.tokens.len()).max(room / 2);
    for part in others.iter_mut() {
        part.tokens.truncate(others_room);
        others_room -= part.tokens.len();
    }
    let last_room = room.saturating_sub(content_tokens(others));
    let too_many = last.tokens.len().saturating_sub(last_room);
    last.tokens.drain(..too_many);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tokens of markup a message.
    fn fitted(parts: &[(Role, std::ops::Range<u32>)], budget: usize) -> Vec<(Role, Vec<u32>)> {
        let mut parts: Vec<Part<u32>> = parts
            .iter()
            .map(|(role, tokens)| Part { role: *role, tokens: tokens.clone().collect() })
            .collect();
        fit(&mut parts, budget, |parts| Ok::<_, ()>(2 * parts.len())).unwrap();
        assert!(content_tokens(&parts) + 2 * parts.len() <= budget, "{parts:?}");
        parts.into_iter().map(|part| (part.role, part.tokens)).collect()
    }

    fn range(range: std::ops::Range<u32>) -> Vec<u32> {
        range.collect()
    }

    const TALK: [(Role, std::ops::Range<u32>); 6] = [
        (Role::System, 0..10),
        (Role::User, 10..20),
        (Role::Assistant, 20..30),
        (Role::User, 30..40),
        (Role::Assistant, 40..50),
        (Role::User, 50..60),
    ];

    #[test]
    fn what_fits_stays_whole() {
        assert_eq!(fitted(&TALK, 72).len(), 6);
    }

    #[test]
    fn the_oldest_exchange_goes_first_and_goes_together() {
        let kept = fitted(&TALK, 71);
        let firsts: Vec<u32> = kept.iter().map(|(_, tokens)| tokens[0]).collect();
        assert_eq!(firsts, [0, 30, 40, 50]);
        let kept = fitted(&TALK, 24);
        assert_eq!(kept, [(Role::System, range(0..10)), (Role::User, range(50..60))]);
    }

    #[test]
    fn a_last_message_that_is_too_long_keeps_its_end() {
        let kept = fitted(&[(Role::System, 0..10), (Role::User, 100..200)], 64);
        assert_eq!(kept, [(Role::System, range(0..10)), (Role::User, range(150..200))]);
    }

    #[test]
    fn a_system_message_that_is_too_long_keeps_its_beginning() {
        let kept = fitted(&[(Role::System, 0..100), (Role::User, 100..110)], 64);
        assert_eq!(kept, [(Role::System, range(0..50)), (Role::User, range(100..110))]);
    }

    #[test]
    fn when_both_are_too_long_each_gets_half() {
        let kept = fitted(&[(Role::System, 0..100), (Role::User, 100..200)], 64);
        assert_eq!(kept, [(Role::System, range(0..30)), (Role::User, range(170..200))]);
    }

    #[test]
    fn a_budget_below_the_markup_leaves_no_content() {
        let mut parts = vec![Part { role: Role::User, tokens: vec![1, 2, 3] }];
        fit(&mut parts, 1, |_| Ok::<_, ()>(2)).unwrap();
        assert_eq!(parts, [Part { role: Role::User, tokens: Vec::new() }]);
    }
}
