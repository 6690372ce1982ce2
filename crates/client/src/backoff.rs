//! How long to wait before the next attempt.

use std::time::Duration;

use rand::{Rng, RngExt};

/// No jittered delay is shorter, so that full jitter never becomes a busy loop.
const MIN_JITTERED: Duration = Duration::from_millis(50);

/// Exponential backoff with full jitter.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    pub(crate) base: Duration,
    pub(crate) multiplier: f64,
    pub(crate) max: Duration,
    pub(crate) jitter: bool,
}

impl Backoff {
    /// The delay before attempt `attempt`, counted from 1.
    pub(crate) fn delay(&self, attempt: u32, rng: &mut impl Rng) -> Duration {
        let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
        let seconds = self.base.as_secs_f64() * self.multiplier.powi(exponent);
        // Not a `Duration` yet: the power may well be infinite.
        let ceiling = Duration::from_secs_f64(seconds.min(self.max.as_secs_f64()));
        if !self.jitter {
            return ceiling;
        }
        rng.random_range(Duration::ZERO..=ceiling).max(MIN_JITTERED.min(ceiling))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    fn backoff(jitter: bool) -> Backoff {
        let (base, max) = (Duration::from_secs(2), Duration::from_secs(30));
        Backoff { base, multiplier: 1.5, max, jitter }
    }

    #[test]
    fn grows_to_the_cap_without_jitter() {
        let mut rng = StdRng::seed_from_u64(1);
        let delays: Vec<_> = [1, 2, 3, 7, 8, 20, u32::MAX]
            .map(|attempt| backoff(false).delay(attempt, &mut rng).as_millis())
            .into();
        assert_eq!(delays, [2_000, 3_000, 4_500, 22_781, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn full_jitter_stays_below_and_spreads() {
        let mut rng = StdRng::seed_from_u64(1);
        let delays: Vec<_> = (0..1_000).map(|_| backoff(true).delay(3, &mut rng)).collect();
        let ceiling = Duration::from_millis(4_500);
        assert!(delays.iter().all(|delay| (MIN_JITTERED..=ceiling).contains(delay)));
        assert!(delays.iter().any(|delay| *delay < ceiling / 4));
        assert!(delays.iter().any(|delay| *delay > ceiling / 4 * 3));
    }
}
