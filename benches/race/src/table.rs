//! The findings as tables for people, in Markdown: one for each measure, with a row for each
//! contestant and a column for each size.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets};

use crate::contestant::{CONTESTANTS, is_peer};
use crate::finding::Finding;
use crate::measure::{
    CONNECT, ECHO, ECHO_WINDOW, Measure, RECEIVE, SEND, aes, allocated_bytes, allocations,
    crossing, size,
};
use crate::numbers::{bytes, quantity, times};

/// Nothing to tell.
const NOTHING: &str = "–";

/// From here on the server had no more to give.
const BUSY: f64 = 0.95;

/// Findings that share a table.
struct Section {
    title: String,
    columns: Vec<Column>,
}

/// A column of findings.
struct Column {
    label: String,
    measure: Measure,
}

/// All tables that there are findings for.
pub(crate) fn tables(findings: &[Finding]) -> String {
    let filled = sections(findings).into_iter().filter(|section| !section.columns.is_empty());
    filled.map(|section| section.table(findings)).collect::<Vec<_>>().join("\n")
}

/// What is in which table, in the order in which they are printed.
fn sections(findings: &[Finding]) -> Vec<Section> {
    let sized = |measure: Measure| Section {
        title: format!("{} ({})", measure.name, measure.unit),
        columns: columns(findings, |name| (name == measure.name).then_some("")),
    };
    let named = |title: &str, prefix: &str| Section {
        title: title.to_owned(),
        columns: columns(findings, |name| name.strip_prefix(prefix)),
    };
    let mut sections = Vec::new();
    for work in [RECEIVE, SEND] {
        let measures = [work.per_second(), work.cpu_each(), work.per_cpu_second()];
        sections.extend(measures.map(sized));
    }
    for work in [ECHO, ECHO_WINDOW] {
        let measures = [work.p50(), work.p99(), work.per_second(), work.cpu_each()];
        sections.extend(measures.map(sized));
    }
    sections.extend([allocations(), allocated_bytes()].map(sized));
    sections.extend([
        named("connect", &format!("{}, ", CONNECT.label)),
        named("memory", "memory, "),
        named("cold start", "cold start, "),
        named("idle connection", "idle, "),
        sized(size()),
    ]);
    for what in ["deliveries per second", "CPU per delivery", "deliveries per CPU second"] {
        let title = format!("server, {what} to a room of so many");
        sections.push(named(&title, &format!("server, {what} to ")));
    }
    sections.push(named("server, memory", "server, memory of "));
    sections.extend([aes(), crossing()].map(sized));
    sections
}

/// The columns of those findings of whose name `rest` leaves something to label them with.
fn columns<'a>(findings: &'a [Finding], rest: impl Fn(&'a str) -> Option<&'a str>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for Finding { measure, .. } in findings {
        let Some(rest) = rest(&measure.name) else { continue };
        if columns.iter().all(|column| column.measure != *measure) {
            let label = match (rest, measure.payload.map(bytes)) {
                ("", size) => size.unwrap_or_else(|| measure.unit.clone()),
                (rest, None) => format!("{rest} ({})", measure.unit),
                (rest, Some(size)) => format!("{rest}, {size} ({})", measure.unit),
            };
            columns.push(Column { label, measure: measure.clone() });
        }
    }
    columns
}

impl Column {
    /// All findings in it.
    fn findings<'a>(&self, all: &'a [Finding]) -> impl Iterator<Item = &'a Finding> {
        all.iter().filter(|it| it.measure == self.measure)
    }

    fn finding<'a>(&self, all: &'a [Finding], contestant: &str) -> Option<&'a Finding> {
        self.findings(all).find(|it| it.contestant == contestant)
    }
}

impl Section {
    fn table(&self, findings: &[Finding]) -> String {
        let contestants = self.contestants(findings);
        let of = |contestant: &str| {
            let row = self.columns.iter().map(|column| column.finding(findings, contestant));
            row.collect::<Vec<_>>()
        };
        let rows: Vec<_> = contestants.iter().map(|name| (*name, of(name))).collect();
        let has = |ratio: Ratio| {
            rows.iter().flat_map(|row| &row.1).flatten().any(|it| ratio(it).is_some())
        };
        let ratios: Vec<(&str, Ratio)> =
            RATIOS.into_iter().filter(|(_, ratio)| has(*ratio)).collect();

        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN);
        let labels = self.columns.iter().map(|column| column.label.as_str());
        let heads = [""].into_iter().chain(labels).chain(ratios.iter().map(|(head, _)| *head));
        table.set_header(heads);
        for (name, row) in &rows {
            let medians = row.iter().map(|finding| finding.map_or(NOTHING.to_owned(), cell));
            let compared = ratios.iter().map(|(_, ratio)| joined(row, *ratio));
            table.add_row([(*name).to_owned()].into_iter().chain(medians).chain(compared));
        }
        for column in table.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        let mut text = format!("### {}\n\n{}\n", self.title, table.trim_fmt());
        if let Some(best) = self.best_peers(findings) {
            // Writing to a text does not fail.
            let _ = write!(text, "\nBest peer: {best}.\n");
        }
        text
    }

    /// Who has a row: the contestants in their order, and then all others.
    fn contestants<'a>(&self, findings: &'a [Finding]) -> Vec<&'a str> {
        let mut names: Vec<&str> = Vec::new();
        let place = |name: &str| CONTESTANTS.iter().position(|it| it.name == name);
        for finding in findings {
            let name = finding.contestant.as_str();
            let is_here = self.columns.iter().any(|it| it.finding(findings, name).is_some());
            if is_here && !names.contains(&name) {
                names.push(name);
            }
        }
        names.sort_by_key(|name| place(name).unwrap_or(CONTESTANTS.len()));
        names
    }

    /// The best of all peers, column by column.
    fn best_peers(&self, findings: &[Finding]) -> Option<String> {
        let best = |column: &Column| {
            // Who is no peer is compared with all of them.
            let mut others = column.findings(findings).filter(|it| !is_peer(&it.contestant));
            others.find_map(|it| it.best_peer.clone())
        };
        let mut names: Vec<_> = self.columns.iter().map(best).collect::<Option<_>>()?;
        names.dedup();
        Some(names.join(" / "))
    }
}

type Ratio = fn(&Finding) -> Option<f64>;

/// What is compared, in the last columns.
const RATIOS: [(&str, Ratio); 2] =
    [("× best peer", |it| it.ratio_to_best_peer), ("× limit", |it| it.ratio_to_limit)];

fn cell(finding: &Finding) -> String {
    let [median, min, max] = [finding.median, finding.min, finding.max].map(quantity);
    let is_busy = finding.server_share.is_some_and(|share| share > BUSY);
    let mark = if is_busy { "*" } else { "" };
    if min == max { format!("{median}{mark}") } else { format!("{median} ({min} – {max}){mark}") }
}

fn joined(row: &[Option<&Finding>], ratio: Ratio) -> String {
    let ratios = row.iter().map(|finding| finding.and_then(ratio));
    ratios.map(|it| it.map_or(NOTHING.to_owned(), times)).collect::<Vec<_>>().join(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::findings;
    use crate::measure::{Sample, idle_connection, memory_of_each, memory_of_one};

    fn sample(measure: Measure, contestant: &str, value: f64) -> Sample {
        Sample::new(measure, contestant, value)
    }

    #[test]
    fn sizes_are_columns_and_contestants_are_rows_in_their_order() {
        let rate = |bytes| RECEIVE.per_second().of(Some(bytes));
        let busy = Sample { server_share: Some(0.99), ..sample(rate(100), "limit", 9e6) };
        let samples = [
            busy,
            sample(rate(100), "okhttp-jca", 200_000.0),
            sample(rate(100), "aldis-flow", 390_000.0),
            sample(rate(100), "aldis-flow", 410_000.0),
            sample(rate(1024), "aldis-flow", 30_000.0),
            sample(rate(1024), "okhttp-jca", 20_000.0),
        ];
        let expected = "\
### receive, events per second (events/s)

|            |                 100 B |  1 KiB | × best peer |   × limit |
|------------|-----------------------|--------|-------------|-----------|
| aldis-flow | 400 k (390 k – 410 k) | 30.0 k | 2.00 / 1.50 | 0.044 / – |
| okhttp-jca |                 200 k | 20.0 k |       – / – | 0.022 / – |
| limit      |               9.00 M* |      – |       – / – |     – / – |

Best peer: okhttp-jca.
";
        assert_eq!(tables(&findings(&samples)), expected);
    }

    #[test]
    fn measures_of_one_kind_share_a_table() {
        let samples = [
            sample(memory_of_one(), "aldis-rust", 9_000.0),
            sample(memory_of_each(100), "aldis-rust", 30.0),
            sample(memory_of_each(1_000), "aldis-rust", 25.0),
        ];
        let text = tables(&findings(&samples));
        assert!(text.starts_with("### memory\n\n| "), "{text}");
        let heads = "a process with one client (KiB) | each further client of 100 (KiB) | each";
        assert!(text.contains(heads), "{text}");
        // Nobody to compare with: no columns for that.
        assert!(!text.contains('×'), "{text}");
    }

    #[test]
    fn the_server_has_its_own_table_and_peer() {
        let samples = [
            sample(idle_connection(10_000), "ignis", 40.0),
            sample(idle_connection(10_000), "aldis-server", 10.0),
        ];
        let text = tables(&findings(&samples));
        assert!(text.contains("| each of 10000 idle connections (KiB) |"), "{text}");
        assert!(text.contains("Best peer: ignis."), "{text}");
    }

    #[test]
    fn nothing_measured_is_nothing_to_show() {
        assert_eq!(tables(&[]), "");
    }
}
