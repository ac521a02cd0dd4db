//! Collections that are cheap to copy: a copy shares what does not change, and a change copies only what is around it.
//! So an index can be changed beside those who search it as it was.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Index;
use std::sync::Arc;

/// Elements that are copied together when one of them changes.
const BLOCK: usize = 256;
/// A layer that has at least one entry for so many of the layer below is merged into it.
const MERGED_FROM: usize = 4;

/// A list in blocks.
#[derive(Clone, Debug)]
pub(super) struct Column<T> {
    blocks: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self { blocks: Vec::new(), len: 0 }
    }
}

impl<T: Clone> Column<T> {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, element: T) {
        if self.len.is_multiple_of(BLOCK) {
            self.blocks.push(Arc::new(Vec::new()));
        }
        if let Some(last) = self.blocks.last_mut() {
            Arc::make_mut(last).push(element);
            self.len += 1;
        }
    }

    pub(super) fn set(&mut self, at: usize, element: T) {
        Arc::make_mut(&mut self.blocks[at / BLOCK])[at % BLOCK] = element;
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.blocks.iter().flat_map(|block| block.iter())
    }
}

impl<T> Index<usize> for Column<T> {
    type Output = T;

    #[inline]
    fn index(&self, at: usize) -> &T {
        &self.blocks[at / BLOCK][at % BLOCK]
    }
}

/// A map that only grows, in layers: each has far fewer entries than the one below. A key may stand in several.
#[derive(Clone, Debug)]
pub(super) struct Layers<K, V> {
    /// The oldest first.
    layers: Vec<Arc<HashMap<K, V>>>,
}

impl<K, V> Default for Layers<K, V> {
    fn default() -> Self {
        Self { layers: Vec::new() }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Layers<K, V> {
    /// What stands under a key, the oldest first.
    pub(super) fn all<'a, Q>(&'a self, key: &'a Q) -> impl DoubleEndedIterator<Item = &'a V> + 'a
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.layers.iter().filter_map(move |layer| layer.get(key))
    }

    /// The newest of them.
    pub(super) fn newest<Q>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.layers.iter().rev().find_map(|layer| layer.get(key))
    }

    /// The layer that takes what is new. It may be changed at no cost until the map is copied.
    pub(super) fn top(&mut self) -> &mut HashMap<K, V> {
        if self.layers.last_mut().is_none_or(|top| Arc::get_mut(top).is_none()) {
            self.layers.push(Arc::default());
        }
        let top = self.layers.len() - 1;
        // Nobody else has this layer, so nothing is copied.
        Arc::make_mut(&mut self.layers[top])
    }

    /// Merges layers that have become too many, by `join` where both have a key.
    pub(super) fn settle(&mut self, join: impl Fn(&mut V, V)) {
        while let [.., below, top] = self.layers.as_mut_slice()
            && top.len() * MERGED_FROM >= below.len()
        {
            let merged = Arc::make_mut(below);
            for (key, value) in Arc::unwrap_or_clone(std::mem::take(top)) {
                match merged.get_mut(&key) {
                    Some(known) => join(known, value),
                    None => drop(merged.insert(key, value)),
                }
            }
            self.layers.pop();
        }
    }

    /// Changes every value and gives back the room that was taken for more.
    pub(super) fn shrink(&mut self, shrink: impl Fn(&mut V)) {
        for layer in &mut self.layers {
            let layer = Arc::make_mut(layer);
            layer.values_mut().for_each(&shrink);
            layer.shrink_to_fit();
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.layers.iter().flat_map(|layer| layer.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_a_column_stays_as_it_was() {
        let mut column = Column::default();
        (0..BLOCK + 3).for_each(|n| column.push(n));
        let before = column.clone();
        column.set(1, 1_000);
        column.push(2_000);
        assert_eq!((before[1], before.len()), (1, BLOCK + 3));
        assert_eq!((column[1], column[BLOCK + 3], column.len()), (1_000, 2_000, BLOCK + 4));
        assert!(Arc::ptr_eq(&before.blocks[0], &before.clone().blocks[0]));
        assert_eq!(column.iter().filter(|n| **n >= 1_000).count(), 2);
    }

    #[test]
    fn only_the_block_that_changes_is_copied() {
        let mut column = Column::default();
        (0..3 * BLOCK).for_each(|n| column.push(n));
        let before = column.clone();
        column.set(BLOCK, 0);
        let shared = |block: usize| Arc::ptr_eq(&before.blocks[block], &column.blocks[block]);
        assert_eq!([shared(0), shared(1), shared(2)], [true, false, true]);
    }

    #[test]
    fn layers_keep_what_every_copy_had_and_stay_few() {
        let mut map: Layers<u32, Vec<u32>> = Layers::default();
        let mut copies = Vec::new();
        for n in 0..500 {
            copies.push(map.clone());
            map.top().entry(n % 50).or_default().push(n);
            map.settle(Extend::extend);
        }
        let values = |map: &Layers<u32, Vec<u32>>, key: u32| -> Vec<u32> {
            map.all(&key).flatten().copied().collect()
        };
        assert_eq!(values(&map, 7), (0..10).map(|n| 50 * n + 7).collect::<Vec<_>>());
        assert_eq!(values(&copies[60], 7), [7, 57]);
        assert!(values(&copies[7], 7).is_empty());
        assert_eq!(map.newest(&7).and_then(|values| values.last()), Some(&457));
        assert!(map.layers.len() <= 4, "{}", map.layers.len());
    }
}
