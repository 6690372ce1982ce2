//! Rates of several rounds.

use std::fmt;
use std::time::Duration;

/// Rates, each of one round, in things a second.
#[derive(Debug, Default)]
pub(super) struct Rates(Vec<f64>);

impl Rates {
    /// Adds a round in which `count` things took `elapsed`.
    pub(super) fn add(&mut self, count: u32, elapsed: Duration) {
        self.0.push(f64::from(count) / elapsed.as_secs_f64());
        self.0.sort_by(f64::total_cmp);
    }

    /// The rate in the middle; 0 without rounds.
    pub(super) fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or_default()
    }
}

impl fmt::Display for Rates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |rate: Option<&f64>| quantity(rate.copied().unwrap_or_default());
        let (least, most) = (at(self.0.first()), at(self.0.last()));
        write!(f, "{} ({least} – {most})", quantity(self.median()))
    }
}

/// A number with three digits that matter, in thousands where it is large.
pub(super) fn quantity(number: f64) -> String {
    match number {
        n if n >= 1e6 => format!("{:.2} M", n / 1e6),
        n if n >= 1e4 => format!("{:.1} k", n / 1e3),
        n if n >= 100.0 => format!("{n:.0}"),
        n => format!("{n:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_between_the_extremes() {
        let mut rates = Rates::default();
        for count in [500, 100, 20_000] {
            rates.add(count, Duration::from_secs(1));
        }
        assert_eq!(rates.to_string(), "500 (100 – 20.0 k)");
    }
}
