//! The memory of the IVs that came.

use std::collections::HashSet;

use super::crypto::Iv;

/// IVs that are remembered besides the run.
const MAX_SEEN: usize = (1 << 20) / 8 * 7;

/// The exact set of the IVs that a session has received. Those of a sender that counts up are a run,
/// for which the next one is enough to know; the rest are kept one by one.
#[derive(Debug, Default)]
pub(super) struct SeenIvs {
    /// First of the run, and the one behind its last, as numbers.
    run: Option<(u128, u128)>,
    rest: HashSet<Iv>,
}

impl SeenIvs {
    /// Adds an IV. `false` if it was there already, or if there are too many.
    pub(super) fn add(&mut self, iv: Iv) -> bool {
        let number = number_of(iv);
        let (first, end) = *self.run.get_or_insert((number, number));
        if (first..end).contains(&number) || self.rest.contains(&iv) {
            return false;
        }
        if number == end {
            self.run = Some((first, end + 1));
            return true;
        }
        self.rest.len() < MAX_SEEN && self.rest.insert(iv)
    }
}

fn number_of(iv: Iv) -> u128 {
    iv.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_new_once() {
        let mut seen = SeenIvs::default();
        for last in [5, 6, 7, 9, 8, 4, 10, 9] {
            let iv = [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, last];
            let is_new = last != 9 || !seen.rest.contains(&iv);
            assert_eq!(seen.add(iv), is_new, "{last}");
            assert!(!seen.add(iv), "{last}");
        }
        assert!(seen.add([0xff; 12]) && !seen.add([0xff; 12]));
    }
}
