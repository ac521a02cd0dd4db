//! Which prompts lie in the KV cache. Sequences share one pool of cells: a conversation's next turn goes on where its
//! kept prompt and the new one part ways, and the least recently used is evicted when cells or sequences run out.
//!
//! Prompts are matched within one cache key only. Matching across keys would tell one conversation, by its speed and
//! its `cached_tokens`, how another began. The shared prefixes are exempt: they are the same for all and hold no secrets.

/// The KV cache, as this module needs it.
pub(super) trait Cells {
    /// Empties `sequence` from position `from` on.
    fn remove(&mut self, sequence: i32, from: usize);
    /// Lets the empty sequence `to` use the first `tokens` cells of the sequence `from`.
    fn borrow(&mut self, from: i32, to: i32, tokens: usize);
    /// Overwrites all cells, then restores the shared prefixes. False if one is lost.
    fn wipe(&mut self) -> bool;
}

/// Requests without a cache key run here and leave nothing.
const PASSING_SEQUENCE: i32 = 0;
/// Then come the shared prefixes, and then the sequences of the prompts that are kept.
const FIRST_SHARED_SEQUENCE: i32 = 1;

#[derive(Debug)]
pub(super) struct KeptPrompts<T> {
    cells_max: usize,
    /// Empty where a prefix could not be computed.
    shared: Vec<Vec<T>>,
    prompts: Vec<Option<Kept<T>>>,
    uses: u64,
}

#[derive(Debug)]
struct Kept<T> {
    key: String,
    tokens: Vec<T>,
    /// Leading tokens whose cells belong to a shared prefix.
    borrowed: usize,
    last_use: u64,
}

/// A sequence that is ready for one prompt. Give it back with `KeptPrompts::keep` or `discard`.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) sequence: i32,
    /// Leading tokens of the prompt that are in the cache already; less than all of them.
    pub(super) reused: usize,
    borrowed: usize,
    key: Option<String>,
}

impl Seat {
    /// Leaves nothing of the prompt.
    pub(super) fn discard(self, cells: &mut impl Cells) {
        cells.remove(self.sequence, 0);
    }
}

impl<T: Copy + PartialEq> KeptPrompts<T> {
    pub(super) fn new(prompts_max: usize, cells_max: usize, shared: Vec<Vec<T>>) -> Self {
        Self { cells_max, shared, prompts: (0..prompts_max).map(|_| None).collect(), uses: 0 }
    }

    /// Sequences that the KV cache must have.
    pub(super) fn sequences(&self) -> usize {
        FIRST_SHARED_SEQUENCE as usize + self.shared.len() + self.prompts.len()
    }

    /// The shared prefixes and where each is to lie.
    pub(super) fn shared(&self) -> impl Iterator<Item = (i32, &[T])> {
        (FIRST_SHARED_SEQUENCE..).zip(self.shared.iter().map(Vec::as_slice))
    }

    /// Goes on without shared prefixes.
    pub(super) fn give_up_shared(&mut self) {
        self.shared.iter_mut().for_each(Vec::clear);
    }

    /// A sequence for `prompt` and an answer of up to `answer_max` tokens, with as much of the prompt in it as the
    /// cache holds.
    pub(super) fn take(
        &mut self,
        cells: &mut impl Cells,
        key: Option<&str>,
        prompt: &[T],
        answer_max: usize,
    ) -> Seat {
        // The last token is computed in any case: its logits choose the first of the answer.
        let reusable = &prompt[..prompt.len().saturating_sub(1)];
        let (from_shared, shared_sequence) = self.longest_shared(reusable);
        let index = key.and_then(|key| self.index_for(key));
        let sequence = index.map_or(PASSING_SEQUENCE, |index| self.sequence_at(index));
        let own = index.and_then(|index| self.prompts[index].take());
        let own = own.filter(|own| key == Some(own.key.as_str()));
        let from_own = own.as_ref().map_or(0, |own| common_prefix(&own.tokens, reusable));

        let (reused, borrowed) = match own {
            Some(own) if from_own >= from_shared => {
                cells.remove(sequence, from_own);
                (from_own, own.borrowed.min(from_own))
            }
            _ => {
                cells.remove(sequence, 0);
                if from_shared > 0 {
                    cells.borrow(shared_sequence, sequence, from_shared);
                }
                (from_shared, from_shared)
            }
        };
        self.evict_for(cells, prompt.len() + answer_max - borrowed);
        Seat { sequence, reused, borrowed, key: key.filter(|_| index.is_some()).map(str::to_owned) }
    }

    /// Leaves `tokens`, which are in the seat's sequence, for the next prompt of the same key.
    pub(super) fn keep(&mut self, cells: &mut impl Cells, seat: Seat, tokens: Vec<T>) {
        let Some(key) = seat.key.clone() else {
            seat.discard(cells);
            return;
        };
        self.uses += 1;
        let index = (seat.sequence - self.sequence_at(0)) as usize;
        self.prompts[index] = Some(Kept { key, tokens, borrowed: seat.borrowed, last_use: self.uses });
    }

    /// Leaves nothing but the shared prefixes.
    pub(super) fn forget(&mut self, cells: &mut impl Cells) {
        self.prompts.fill_with(|| None);
        if !cells.wipe() {
            self.give_up_shared();
        }
    }

    /// How much of `prompt` a shared prefix has, and the sequence of the one that has most.
    fn longest_shared(&self, prompt: &[T]) -> (usize, i32) {
        let lengths = self.shared().map(|(sequence, shared)| (common_prefix(shared, prompt), sequence));
        lengths.max().unwrap_or_default()
    }

    /// The place of `key`'s prompt, or else a free one, or else the least recently used.
    fn index_for(&self, key: &str) -> Option<usize> {
        let own = self.prompts.iter().position(|one| one.as_ref().is_some_and(|one| one.key == key));
        own.or_else(|| (0..self.prompts.len()).min_by_key(|&index| self.last_use(index)))
    }

    /// 0 for a free place.
    fn last_use(&self, index: usize) -> u64 {
        self.prompts[index].as_ref().map_or(0, |one| one.last_use)
    }

    fn evict_for(&mut self, cells: &mut impl Cells, needed: usize) {
        while self.cells_used() + needed > self.cells_max {
            let occupied = (0..self.prompts.len()).filter(|&index| self.prompts[index].is_some());
            let Some(oldest) = occupied.min_by_key(|&index| self.last_use(index)) else { return };
            self.prompts[oldest] = None;
            cells.remove(self.sequence_at(oldest), 0);
        }
    }

    fn cells_used(&self) -> usize {
        let kept: usize = self.prompts.iter().flatten().map(|one| one.tokens.len() - one.borrowed).sum();
        self.shared.iter().map(Vec::len).sum::<usize>() + kept
    }

    /// Where the prompt with this index lies.
    fn sequence_at(&self, index: usize) -> i32 {
        FIRST_SHARED_SEQUENCE + (self.shared.len() + index) as i32
    }
}

fn common_prefix<T: PartialEq>(left: &[T], right: &[T]) -> usize {
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// How many tokens each sequence holds.
    #[derive(Debug, Default)]
    struct Fake {
        held: BTreeMap<i32, usize>,
        wiped: bool,
    }

    impl Cells for Fake {
        fn remove(&mut self, sequence: i32, from: usize) {
            let held = self.held.entry(sequence).or_default();
            *held = from.min(*held);
        }

        fn borrow(&mut self, from: i32, to: i32, tokens: usize) {
            assert!(self.held[&from] >= tokens, "the shared sequence is filled");
            assert_eq!(self.held.insert(to, tokens), Some(0), "borrowing needs an empty sequence");
        }

        fn wipe(&mut self) -> bool {
            self.held.clear();
            self.wiped = true;
            true
        }
    }

    struct Cache {
        kept: KeptPrompts<u8>,
        cells: Fake,
    }

    impl Cache {
        fn new(prompts_max: usize, cells_max: usize, shared: &[&str]) -> Self {
            let shared = shared.iter().map(|one| one.as_bytes().to_vec()).collect();
            let kept = KeptPrompts::new(prompts_max, cells_max, shared);
            let held = kept.shared().map(|(sequence, tokens)| (sequence, tokens.len())).collect();
            Self { kept, cells: Fake { held, wiped: false } }
        }

        /// Runs a prompt with an answer of one token and gives what was re-used.
        fn run(&mut self, key: Option<&str>, prompt: &str) -> usize {
            let seat = self.kept.take(&mut self.cells, key, prompt.as_bytes(), 1);
            assert_eq!(
                self.cells.held.get(&seat.sequence),
                Some(&seat.reused),
                "the sequence holds what is re-used"
            );
            self.cells.held.insert(seat.sequence, prompt.len());
            let reused = seat.reused;
            self.kept.keep(&mut self.cells, seat, prompt.as_bytes().to_vec());
            assert!(self.kept.cells_used() <= self.kept.cells_max);
            reused
        }

        fn cells_held(&self) -> usize {
            self.cells.held.values().sum()
        }
    }

    #[test]
    fn the_next_turn_goes_on_where_the_prompts_part() {
        let mut cache = Cache::new(2, 100, &[]);
        assert_eq!(cache.run(Some("a"), "hello"), 0);
        assert_eq!(cache.run(Some("a"), "hello world"), 5);
        assert_eq!(cache.run(Some("a"), "help"), 3);
    }

    #[test]
    fn the_same_prompt_again_computes_its_last_token() {
        let mut cache = Cache::new(2, 100, &[]);
        cache.run(Some("a"), "hello");
        assert_eq!(cache.run(Some("a"), "hello"), 4);
    }

    #[test]
    fn keys_do_not_see_each_other() {
        let mut cache = Cache::new(2, 100, &[]);
        cache.run(Some("a"), "hello");
        assert_eq!(cache.run(Some("b"), "hello"), 0);
        assert_eq!(cache.run(Some("a"), "hello"), 4);
    }

    #[test]
    fn without_a_key_nothing_is_kept() {
        let mut cache = Cache::new(2, 100, &[]);
        assert_eq!(cache.run(None, "hello"), 0);
        assert_eq!(cache.cells_held(), 0);
        assert_eq!(cache.run(None, "hello"), 0);
    }

    #[test]
    fn the_least_recently_used_gives_way_to_a_new_key() {
        let mut cache = Cache::new(2, 100, &[]);
        cache.run(Some("a"), "hello");
        cache.run(Some("b"), "hello");
        cache.run(Some("a"), "hello");
        cache.run(Some("c"), "hello");
        assert_eq!(cache.run(Some("a"), "hello"), 4);
        assert_eq!(cache.run(Some("b"), "hello"), 0);
    }

    #[test]
    fn cells_are_freed_before_they_run_out() {
        let mut cache = Cache::new(3, 20, &[]);
        cache.run(Some("a"), "12345678");
        cache.run(Some("b"), "12345678");
        cache.run(Some("c"), "12345678");
        assert_eq!(cache.run(Some("b"), "12345678"), 7);
        assert_eq!(cache.run(Some("a"), "12345678"), 0);
    }

    #[test]
    fn the_shared_prefix_serves_everyone_and_costs_its_cells_once() {
        let mut cache = Cache::new(2, 40, &["shared ", "shared by all "]);
        assert_eq!(cache.run(None, "shared x"), 7);
        assert_eq!(cache.run(Some("a"), "shared abc"), 7);
        assert_eq!(cache.run(Some("b"), "shared abd"), 7);
        assert_eq!(cache.kept.cells_used(), 7 + 14 + 3 + 3);
        assert_eq!(cache.run(None, "shared by all x"), 14);
        assert_eq!(cache.run(Some("a"), "shared abx"), 9);
    }

    #[test]
    fn forgetting_leaves_nothing() {
        let mut cache = Cache::new(2, 100, &[]);
        cache.run(Some("a"), "hello");
        cache.kept.forget(&mut cache.cells);
        assert!(cache.cells.wiped);
        assert_eq!(cache.kept.cells_used(), 0);
        assert_eq!(cache.run(Some("a"), "hello"), 0);
    }

    #[test]
    fn a_discarded_prompt_leaves_nothing() {
        let mut cache = Cache::new(2, 100, &[]);
        let seat = cache.kept.take(&mut cache.cells, Some("a"), b"hello", 1);
        cache.cells.held.insert(seat.sequence, 5);
        seat.discard(&mut cache.cells);
        assert_eq!(cache.cells_held(), 0);
        assert_eq!(cache.run(Some("a"), "hello"), 0);
    }

    #[test]
    fn with_no_room_to_keep_any_prompt_requests_still_run() {
        let mut cache = Cache::new(0, 100, &[]);
        assert_eq!(cache.run(Some("a"), "hello"), 0);
        assert_eq!(cache.run(Some("a"), "hello"), 0);
        assert_eq!(cache.cells_held(), 0);
    }
}
