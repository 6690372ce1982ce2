//! Exact memory of the initialisation vectors that a session has received.

use hashbrown::HashSet;

use crate::limits::IV_BYTES;

/// An AES-GCM initialisation vector: 8 bytes of prefix, and a big-endian counter where the
/// sender counts.
pub(crate) type Iv = [u8; IV_BYTES];

/// Length of the part of an IV that stays the same over a connection of Aldis, in bytes.
pub(crate) const IV_PREFIX_BYTES: usize = 8;

/// Splits an IV into its prefix and its counter.
pub(crate) fn split(iv: &Iv) -> ([u8; IV_PREFIX_BYTES], u32) {
    let (mut prefix, mut counter) = ([0; IV_PREFIX_BYTES], [0; 4]);
    prefix.copy_from_slice(&iv[..IV_PREFIX_BYTES]);
    counter.copy_from_slice(&iv[IV_PREFIX_BYTES..]);
    (prefix, u32::from_be_bytes(counter))
}

/// Joins a prefix and a counter.
pub(crate) fn join(prefix: [u8; IV_PREFIX_BYTES], counter: u32) -> Iv {
    let mut iv = [0; IV_BYTES];
    iv[..IV_PREFIX_BYTES].copy_from_slice(&prefix);
    iv[IV_PREFIX_BYTES..].copy_from_slice(&counter.to_be_bytes());
    iv
}

/// The vectors seen so far: a run of consecutive counters as two numbers, and a set of the rest.
///
/// Nothing is ever forgotten, so a replay is never let through. A sender that counts stays in
/// the run and costs no memory; one that draws at random, as IGNIS does, fills the set, whose
/// limit is for the session to respect.
#[derive(Debug)]
pub(crate) struct ReplayMemory {
    run: Option<Run>,
    rest: HashSet<Iv>,
    limit: usize,
}

#[derive(Debug)]
struct Run {
    prefix: [u8; IV_PREFIX_BYTES],
    first: u32,
    /// One behind the last; wider than a counter, so that the last counter fits too.
    end: u64,
}

impl Run {
    fn contains(&self, prefix: [u8; IV_PREFIX_BYTES], counter: u32) -> bool {
        self.prefix == prefix && counter >= self.first && u64::from(counter) < self.end
    }

    /// The vector that would make the run longer.
    fn next(&self) -> Option<Iv> {
        u32::try_from(self.end).ok().map(|counter| join(self.prefix, counter))
    }
}

impl ReplayMemory {
    pub(crate) fn new(limit: usize) -> Self {
        Self { run: None, rest: HashSet::new(), limit }
    }

    pub(crate) fn contains(&self, iv: &Iv) -> bool {
        let (prefix, counter) = split(iv);
        self.run.as_ref().is_some_and(|run| run.contains(prefix, counter))
            || (!self.rest.is_empty() && self.rest.contains(iv))
    }

    /// Remembers a vector. To be called for authentic frames only: otherwise anyone could fill
    /// the memory.
    pub(crate) fn insert(&mut self, iv: &Iv) {
        let Some(run) = &mut self.run else {
            let (prefix, first) = split(iv);
            self.run = Some(Run { prefix, first, end: u64::from(first) + 1 });
            return;
        };
        if run.next().as_ref() != Some(iv) {
            self.rest.insert(*iv);
            return;
        }
        run.end += 1;
        // A frame that had overtaken this one may continue the run now.
        while !self.rest.is_empty() && run.next().is_some_and(|next| self.rest.remove(&next)) {
            run.end += 1;
        }
    }

    /// Whether the next session should start, because the set has reached its limit.
    pub(crate) fn is_full(&self) -> bool {
        self.rest.len() >= self.limit
    }

    #[cfg(test)]
    fn stored(&self) -> usize {
        self.rest.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PREFIX: [u8; IV_PREFIX_BYTES] = *b"prefix:)";

    #[test]
    fn counting_costs_no_memory() {
        let mut memory = ReplayMemory::new(4);
        for counter in 0..10_000 {
            let iv = join(PREFIX, counter);
            assert!(!memory.contains(&iv));
            memory.insert(&iv);
            assert!(memory.contains(&iv));
        }
        assert_eq!(memory.stored(), 0);
        assert!(!memory.is_full());
    }

    #[test]
    fn reordered_counters_fold_back_into_the_run() {
        let mut memory = ReplayMemory::new(100);
        for counter in [0, 3, 2, 4, 1] {
            memory.insert(&join(PREFIX, counter));
        }
        assert_eq!(memory.stored(), 0);
        assert!((0..5).all(|counter| memory.contains(&join(PREFIX, counter))));
        assert!(!memory.contains(&join(PREFIX, 5)));
    }

    #[test]
    fn the_last_counter_does_not_wrap() {
        let mut memory = ReplayMemory::new(100);
        for counter in [u32::MAX - 1, u32::MAX, 0] {
            assert!(!memory.contains(&join(PREFIX, counter)));
            memory.insert(&join(PREFIX, counter));
        }
        assert!(memory.contains(&join(PREFIX, u32::MAX)));
        assert!(!memory.contains(&join(PREFIX, 1)));
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_set(ivs in prop::collection::vec((0u8..3, 0u32..12), 0..64)) {
            let mut memory = ReplayMemory::new(usize::MAX);
            let mut model = std::collections::HashSet::new();
            for (prefix, counter) in ivs {
                let iv = join([prefix; IV_PREFIX_BYTES], counter);
                prop_assert_eq!(memory.contains(&iv), model.contains(&iv));
                if model.insert(iv) {
                    memory.insert(&iv);
                }
            }
            prop_assert!(model.iter().all(|iv| memory.contains(iv)));
        }
    }
}
