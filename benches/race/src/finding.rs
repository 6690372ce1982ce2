//! From single rounds to medians and ratios.

use indexmap::IndexMap;
use serde::Serialize;

use crate::contestant::{LIMIT, is_peer};
use crate::measure::{Better, Measure, Sample};

/// The middle, the least and the most of some values.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

impl Spread {
    /// `None` without values.
    fn of(values: &[f64]) -> Option<Self> {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let half = sorted.len() / 2;
        let median = if sorted.len().is_multiple_of(2) {
            f64::midpoint(sorted[half - 1], sorted[half])
        } else {
            sorted[half]
        };
        Some(Self { median, min, max })
    }
}

/// One number of the report, as it is written as JSON.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Finding {
    #[serde(flatten)]
    pub(crate) measure: Measure,
    pub(crate) contestant: String,
    pub(crate) median: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// How many times as good as the best peer that is another one. Above 1 is better, always.
    pub(crate) ratio_to_best_peer: Option<f64>,
    pub(crate) best_peer: Option<String>,
    /// How many times as good as the limit, which does no more than move the bytes.
    pub(crate) ratio_to_limit: Option<f64>,
    /// How much of its core the server used. Near 1 the server is what was measured.
    pub(crate) server_share: Option<f64>,
}

/// Sums up what all rounds told, in the order in which it was first told.
pub(crate) fn findings(samples: &[Sample]) -> Vec<Finding> {
    let mut groups: IndexMap<&Measure, IndexMap<&str, Vec<&Sample>>> = IndexMap::new();
    for sample in samples {
        let contestants = groups.entry(&sample.measure).or_default();
        contestants.entry(&sample.contestant).or_default().push(sample);
    }
    groups.into_iter().flat_map(|(measure, contestants)| compared(measure, &contestants)).collect()
}

/// The findings about one measure, each beside the others.
fn compared(measure: &Measure, contestants: &IndexMap<&str, Vec<&Sample>>) -> Vec<Finding> {
    let spreads: IndexMap<&str, Spread> = contestants
        .iter()
        .filter_map(|(name, samples)| Some((*name, spread(samples, |it| Some(it.value))?)))
        .collect();
    let limit = spreads.get(LIMIT).map(|limit| limit.median);
    let finding = |(name, spread): (&&str, &Spread)| {
        let peers = spreads.iter().filter(|(peer, _)| is_peer(peer) && *peer != name);
        let best = best(measure.better, peers.map(|(peer, spread)| (*peer, spread.median)))
            .filter(|_| *name != LIMIT);
        let times = |other: f64| times_as_good(measure.better, spread.median, other);
        let share = contestants.get(name).and_then(|all| self::spread(all, |it| it.server_share));
        Finding {
            measure: measure.clone(),
            contestant: (*name).to_owned(),
            median: spread.median,
            min: spread.min,
            max: spread.max,
            ratio_to_best_peer: best.and_then(|(_, median)| times(median)),
            best_peer: best.map(|(peer, _)| peer.to_owned()),
            ratio_to_limit: limit.filter(|_| *name != LIMIT).and_then(times),
            server_share: share.map(|share| share.median),
        }
    };
    spreads.iter().map(finding).collect()
}

fn spread(samples: &[&Sample], of: impl Fn(&Sample) -> Option<f64>) -> Option<Spread> {
    let values: Vec<f64> = samples.iter().filter_map(|sample| of(sample)).collect();
    Spread::of(&values)
}

/// The best of several.
pub(crate) fn best<'a>(
    better: Better,
    medians: impl Iterator<Item = (&'a str, f64)>,
) -> Option<(&'a str, f64)> {
    match better {
        Better::Higher => medians.max_by(|a, b| a.1.total_cmp(&b.1)),
        Better::Lower => medians.min_by(|a, b| a.1.total_cmp(&b.1)),
    }
}

/// How many times as good `ours` is as `theirs`: above 1 is better, whichever way the measure
/// points. `None` where one of them is 0.
pub(crate) fn times_as_good(better: Better, ours: f64, theirs: f64) -> Option<f64> {
    let ratio = match better {
        Better::Higher => ours / theirs,
        Better::Lower => theirs / ours,
    };
    (ratio.is_finite() && ratio > 0.0).then_some(ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(measure: &Measure, values: &[(&str, &[f64])]) -> Vec<Sample> {
        let of_one = |(name, values): &(&str, &[f64])| {
            let sample = |value: &f64| Sample::new(measure.clone(), *name, *value);
            values.iter().map(sample).collect::<Vec<_>>()
        };
        values.iter().flat_map(of_one).collect()
    }

    fn about<'a>(findings: &'a [Finding], contestant: &str) -> &'a Finding {
        findings.iter().find(|it| it.contestant == contestant).expect("there is one")
    }

    #[test]
    fn the_median_stands_between_the_extremes() {
        let spread = |values: &[f64]| Spread::of(values);
        let expected = |median, min, max| Some(Spread { median, min, max });
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[3.0]), expected(3.0, 3.0, 3.0));
        assert_eq!(spread(&[9.0, 1.0, 2.0]), expected(2.0, 1.0, 9.0));
        assert_eq!(spread(&[4.0, 1.0, 2.0, 9.0]), expected(3.0, 1.0, 9.0));
    }

    #[test]
    fn a_ratio_above_one_is_better_whichever_way_the_measure_points() {
        assert_eq!(times_as_good(Better::Higher, 300.0, 100.0), Some(3.0));
        assert_eq!(times_as_good(Better::Lower, 50.0, 100.0), Some(2.0));
        assert_eq!(times_as_good(Better::Higher, 1.0, 0.0), None);
        assert_eq!(times_as_good(Better::Lower, 0.0, 1.0), None);
    }

    #[test]
    fn each_is_compared_with_the_best_peer_that_is_another_one() {
        let measure = Measure::higher("rate", "1/s");
        let findings = findings(&samples(
            &measure,
            &[
                ("aldis-flow", &[390.0, 400.0, 410.0]),
                ("okhttp-jca", &[200.0]),
                // Not a peer: it leaves out what the others do.
                ("okhttp-jca-unchecked", &[1_000.0]),
                ("rust-plain", &[100.0]),
                ("limit", &[800.0]),
            ],
        ));

        let ours = about(&findings, "aldis-flow");
        assert_eq!((ours.median, ours.min, ours.max), (400.0, 390.0, 410.0));
        assert_eq!(ours.best_peer.as_deref(), Some("okhttp-jca"));
        assert_eq!(ours.ratio_to_best_peer, Some(2.0));
        assert_eq!(ours.ratio_to_limit, Some(0.5));
        let best = about(&findings, "okhttp-jca");
        assert_eq!(best.best_peer.as_deref(), Some("rust-plain"));
        assert_eq!(best.ratio_to_best_peer, Some(2.0));
        let limit = about(&findings, "limit");
        assert_eq!((limit.ratio_to_best_peer, limit.ratio_to_limit), (None, None));
    }

    #[test]
    fn the_best_of_what_should_be_small_is_the_smallest() {
        let measure = Measure::lower("time", "µs");
        let values: [(&str, &[f64]); 3] =
            [("aldis-rust", &[10.0]), ("okhttp-jca", &[40.0]), ("ts-bun", &[90.0])];
        let findings = findings(&samples(&measure, &values));
        let ours = about(&findings, "aldis-rust");
        assert_eq!(ours.best_peer.as_deref(), Some("okhttp-jca"));
        assert_eq!(ours.ratio_to_best_peer, Some(4.0));
        assert_eq!(ours.ratio_to_limit, None);
    }

    #[test]
    fn sizes_are_kept_apart() {
        let measure = Measure::higher("rate", "1/s");
        let mut all = samples(&measure.clone().of(Some(100)), &[("limit", &[2.0])]);
        all.extend(samples(&measure.of(Some(1024)), &[("limit", &[1.0])]));
        let payloads: Vec<_> =
            findings(&all).iter().map(|it| (it.measure.payload, it.median)).collect();
        assert_eq!(payloads, [(Some(100), 2.0), (Some(1024), 1.0)]);
    }

    #[test]
    fn the_json_has_the_fields_that_were_promised() {
        let measure = Measure::higher("rate", "1/s").of(Some(100));
        let values: [(&str, &[f64]); 2] = [("aldis-flow", &[3.0]), ("okhttp-jca", &[2.0])];
        let json = serde_json::to_value(findings(&samples(&measure, &values))).expect("JSON");
        let expected = serde_json::json!({
            "name": "rate", "contestant": "aldis-flow", "payload": 100, "unit": "1/s",
            "better": "higher", "median": 3.0, "min": 3.0, "max": 3.0, "ratio_to_best_peer": 1.5,
            "best_peer": "okhttp-jca", "ratio_to_limit": null, "server_share": null,
        });
        assert_eq!(json[0], expected);
    }
}
