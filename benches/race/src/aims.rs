//! What Aldis is to reach, and whether it did. A report: nothing fails by it.

use comfy_table::{Table, presets};

use crate::contestant::{CLIENT_PEERS, KOTLIN_PEERS, LIMIT, SERVER_PEER};
use crate::finding::{Finding, best, times_as_good};
use crate::measure::{
    CONNECT, ECHO, ECHO_WINDOW, Measure, RECEIVE, SEND, allocations, memory_of_each,
};
use crate::numbers::{quantity, times};
use crate::plan::PAYLOADS;

/// Something to reach, at each of the measures.
struct Aim {
    what: String,
    ours: &'static str,
    measures: Vec<Measure>,
    yardstick: Yardstick,
}

/// What it is compared with.
enum Yardstick {
    /// At least so many times as good as the best of these.
    Times(f64, &'static [&'static str]),
    /// At most so much.
    AtMost(f64),
}

/// How it came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Met,
    Missed,
    NotMeasured,
}

/// The table of the aims.
pub(crate) fn table(findings: &[Finding]) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(["aim", "measured", "met"]);
    for aim in aims(findings) {
        let values = aim.values(findings);
        let values_or_none = if values.is_empty() { &[None][..] } else { &values };
        let shown = values_or_none.iter().map(|it| it.map_or("–".to_owned(), |it| aim.show(it)));
        let shown = shown.collect::<Vec<_>>().join(" / ");
        let met = match aim.verdict(&values) {
            Verdict::Met => "yes",
            Verdict::Missed => "NO",
            Verdict::NotMeasured => "not measured",
        };
        table.add_row([&aim.what, &shown, met]);
    }
    table.trim_fmt()
}

fn aims(findings: &[Finding]) -> Vec<Aim> {
    let sized = |measure: Measure| PAYLOADS.map(|bytes| measure.clone().of(Some(bytes))).to_vec();
    let times = |what: &str, ours, factor, theirs, measures| Aim {
        what: what.to_owned(),
        ours,
        measures,
        yardstick: Yardstick::Times(factor, theirs),
    };
    let at_most = |what: &str, ours, most, measures| Aim {
        what: what.to_owned(),
        ours,
        measures,
        yardstick: Yardstick::AtMost(most),
    };
    let okhttp = &["okhttp-jca"];
    let large = |measure: Measure| vec![measure.of(PAYLOADS.last().copied())];
    let mut aims = vec![
        times(
            "receive: aldis-flow ≥ 2 × the best Kotlin peer, events per CPU second",
            "aldis-flow",
            2.0,
            &KOTLIN_PEERS,
            sized(RECEIVE.per_cpu_second()),
        ),
        times(
            "receive: aldis-flow ≥ 2 × the best peer of all, events per CPU second",
            "aldis-flow",
            2.0,
            &CLIENT_PEERS,
            sized(RECEIVE.per_cpu_second()),
        ),
        times(
            "receive at 16 KiB: aldis-rust ≥ 0.7 of the limit, events per second",
            "aldis-rust",
            0.7,
            &[LIMIT],
            large(RECEIVE.per_second()),
        ),
        times(
            "receive at 16 KiB: aldis-rust ≥ 0.7 of the limit, events per CPU second",
            "aldis-rust",
            0.7,
            &[LIMIT],
            large(RECEIVE.per_cpu_second()),
        ),
        times(
            "send: aldis-flow ≥ 1.5 × okhttp-jca, messages per CPU second",
            "aldis-flow",
            1.5,
            okhttp,
            sized(SEND.per_cpu_second()),
        ),
    ];
    for work in [ECHO, ECHO_WINDOW] {
        for (quantile, measure) in [("p50", work.p50()), ("p99", work.p99())] {
            let what = format!("{}: {quantile} of aldis-flow ≤ that of okhttp-jca", work.label);
            aims.push(times(&what, "aldis-flow", 1.0, okhttp, sized(measure)));
        }
    }
    let (per_cpu_second, idle) = (
        named(findings, "server, deliveries per CPU second to "),
        named(findings, "server, memory of each of "),
    );
    aims.extend([
        times(
            "connect: aldis-flow ≥ 1.5 × as fast as okhttp-jca, p50",
            "aldis-flow",
            1.5,
            okhttp,
            vec![CONNECT.p50()],
        ),
        times(
            "memory: each client of 1,000, aldis-flow ≤ a fifth of okhttp-jca",
            "aldis-flow",
            5.0,
            okhttp,
            vec![memory_of_each(1_000)],
        ),
        at_most("allocations per event: aldis-rust ≤ 2", "aldis-rust", 2.0, sized(allocations())),
        times(
            "server: ≥ 4 × IGNIS, deliveries per CPU second",
            "aldis-server",
            4.0,
            &[SERVER_PEER],
            per_cpu_second,
        ),
        at_most("server: < 20 kB for each idle connection, in KiB", "aldis-server", 19.53, idle),
    ]);
    aims
}

/// The measures that were measured and whose names begin so.
fn named(findings: &[Finding], prefix: &str) -> Vec<Measure> {
    let mut measures = Vec::new();
    for finding in findings.iter().filter(|it| it.measure.name.starts_with(prefix)) {
        if !measures.contains(&finding.measure) {
            measures.push(finding.measure.clone());
        }
    }
    measures
}

impl Aim {
    /// What was reached at each measure.
    fn values(&self, findings: &[Finding]) -> Vec<Option<f64>> {
        let median = |measure: &Measure, contestant: &str| {
            let is_it = |it: &&Finding| it.contestant == contestant && it.measure == *measure;
            findings.iter().find(is_it).map(|it| it.median)
        };
        let value = |measure: &Measure| {
            let ours = median(measure, self.ours)?;
            let Yardstick::Times(_, theirs) = self.yardstick else { return Some(ours) };
            let theirs = theirs.iter().filter_map(|name| Some((*name, median(measure, name)?)));
            times_as_good(measure.better, ours, best(measure.better, theirs)?.1)
        };
        self.measures.iter().map(value).collect()
    }

    fn verdict(&self, values: &[Option<f64>]) -> Verdict {
        let Some(values) = values.iter().copied().collect::<Option<Vec<f64>>>() else {
            return Verdict::NotMeasured;
        };
        // As it is shown: the request for each lot of events allocates too, some thousandths for
        // each of them.
        let is_met = |value: f64| match self.yardstick {
            Yardstick::Times(least, _) => hundredths(value) >= hundredths(least),
            Yardstick::AtMost(most) => hundredths(value) <= hundredths(most),
        };
        if values.is_empty() {
            Verdict::NotMeasured
        } else if values.into_iter().all(is_met) {
            Verdict::Met
        } else {
            Verdict::Missed
        }
    }

    fn show(&self, value: f64) -> String {
        match self.yardstick {
            Yardstick::Times(..) => times(value),
            Yardstick::AtMost(_) => quantity(value),
        }
    }
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::findings;
    use crate::measure::{Room, Sample, deliveries_per_cpu_second};

    fn sized(measure: &Measure, contestant: &str, value: f64) -> Vec<Sample> {
        let sample = |bytes| Sample::new(measure.clone().of(Some(bytes)), contestant, value);
        PAYLOADS.map(sample).to_vec()
    }

    /// The line of the table that begins so.
    fn line(samples: &[Sample], start: &str) -> String {
        let table = table(&findings(samples));
        let line = table.lines().find(|line| line.trim_start_matches("| ").starts_with(start));
        let cells = line.expect("a line").split('|').map(str::trim);
        cells.filter(|cell| !cell.is_empty()).skip(1).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn kotlin_peers_and_all_peers_are_told_apart() {
        let rate = RECEIVE.per_cpu_second();
        let samples = [
            sized(&rate, "aldis-flow", 400.0),
            sized(&rate, "okhttp-jca", 200.0),
            sized(&rate, "rust-plain", 300.0),
            // Neither is a peer.
            sized(&rate, "okhttp-jca-unchecked", 900.0),
            sized(&rate, "limit", 900.0),
        ]
        .concat();
        let aim = |whom| line(&samples, &format!("receive: aldis-flow ≥ 2 × the best {whom}"));
        assert_eq!(aim("Kotlin peer"), "2.00 / 2.00 / 2.00, yes");
        assert_eq!(aim("peer of all"), "1.33 / 1.33 / 1.33, NO");
    }

    #[test]
    fn an_aim_is_met_when_it_is_met_at_each_size() {
        let mut samples = sized(&ECHO.p99(), "aldis-flow", 10.0);
        samples.extend(sized(&ECHO.p99(), "okhttp-jca", 20.0));
        let aim = |samples: &[Sample]| line(samples, "echo one at a time: p99");
        assert_eq!(aim(&samples), "2.00 / 2.00 / 2.00, yes");
        samples[2].value = 21.0;
        assert_eq!(aim(&samples), "2.00 / 2.00 / 0.95, NO");
        samples.remove(2);
        assert_eq!(aim(&samples), "2.00 / 2.00 / –, not measured");
    }

    #[test]
    fn a_bound_is_compared_with_nobody() {
        let two = sized(&allocations(), "aldis-rust", 2.0);
        assert_eq!(line(&two, "allocations"), "2.00 / 2.00 / 2.00, yes");
        let lots = sized(&allocations(), "aldis-rust", 2.004);
        assert_eq!(line(&lots, "allocations"), "2.00 / 2.00 / 2.00, yes");
        let more = sized(&allocations(), "aldis-rust", 2.01);
        assert_eq!(line(&more, "allocations"), "2.01 / 2.01 / 2.01, NO");
    }

    #[test]
    fn rooms_are_those_that_were_measured() {
        let rate = |contestant, members, value| {
            let room = Room { members, at_once: 16 };
            Sample::new(deliveries_per_cpu_second(room), contestant, value)
        };
        let samples = [
            rate("aldis-server", 200, 90.0),
            rate("ignis", 200, 10.0),
            rate("aldis-server", 1_000, 50.0),
            rate("ignis", 1_000, 10.0),
        ];
        assert_eq!(line(&samples, "server: ≥ 4"), "9.00 / 5.00, yes");
        assert_eq!(line(&[], "server: ≥ 4"), "–, not measured");
    }
}
