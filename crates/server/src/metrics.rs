//! What a server counts, for Prometheus.

use std::time::Duration;

use aldis_protocol::CloseCode;
use aldis_protocol::drops::DropCounts;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry as Exposition;

use crate::registry::Registry;

type Label<V> = [(&'static str, V); 1];
type CounterBy<V> = Family<Label<V>, Counter>;

/// The counters of one server. Handles of them are cheap, and counting takes no lock that another
/// connection holds for long.
#[derive(Debug)]
pub(crate) struct Metrics {
    exposition: Exposition,
    connections: Gauge,
    clients: Gauge,
    rooms: Gauge,
    handshakes: CounterBy<&'static str>,
    authentication: Histogram,
    messages_received: Counter,
    messages_sent: Counter,
    bytes_received: Counter,
    bytes_sent: Counter,
    frames_dropped: CounterBy<&'static str>,
    messages_lost: CounterBy<&'static str>,
    publications: CounterBy<&'static str>,
    joins: CounterBy<&'static str>,
    slow_consumers: Counter,
    panics: Counter,
    closes: CounterBy<u16>,
}

/// How a handshake ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Handshake {
    Accepted,
    /// The token is no good.
    Refused,
    /// The check failed, or the client's key cannot be used.
    Failed,
    NoKey,
    TimedOut,
    /// The client left before, or the server shut down.
    Abandoned,
}

impl Handshake {
    fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NoKey => "no_key",
            Self::TimedOut => "timed_out",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Why a message did not reach the client that it was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// It was longer than any message may be.
    TooLarge,
    /// The client's queue was full.
    Overflow,
    /// The client went before it was sent.
    Disconnected,
    /// It could not be encrypted.
    Unsealed,
    /// It was received, but the connection ended by a panic or a shutdown before it was handled.
    Unhandled,
}

impl Lost {
    fn label(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Overflow => "overflow",
            Self::Disconnected => "disconnected",
            Self::Unsealed => "unsealed",
            Self::Unhandled => "unhandled",
        }
    }
}

/// What one connection has counted by itself since it last told the server, so that
/// connections on different cores do not fight for the same counters at every message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Traffic {
    pub(crate) messages_received: u64,
    pub(crate) messages_sent: u64,
    pub(crate) bytes_received: u64,
    pub(crate) bytes_sent: u64,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut exposition = Exposition::with_prefix("aldis");
        macro_rules! metric {
            ($metric:expr, $name:literal, $help:literal) => {{
                let metric = $metric;
                exposition.register($name, $help, metric.clone());
                metric
            }};
        }
        // From half a millisecond to 16 s, which is more than an authentication may take.
        let latency = exponential_buckets(0.000_5, 2.0, 16);
        Self {
            connections: metric!(Gauge::default(), "connections", "Open WebSockets"),
            clients: metric!(Gauge::default(), "clients", "Clients that were let in"),
            rooms: metric!(Gauge::default(), "rooms", "Rooms with members"),
            handshakes: metric!(
                Family::default(),
                "handshakes",
                "Handshakes that ended, by result"
            ),
            authentication: metric!(
                Histogram::new(latency),
                "authentication_seconds",
                "Time that the authenticator took"
            ),
            messages_received: metric!(
                Counter::default(),
                "messages_received",
                "WebSocket messages received, control events among them"
            ),
            messages_sent: metric!(
                Counter::default(),
                "messages_sent",
                "WebSocket messages handed to the network"
            ),
            bytes_received: metric!(
                Counter::default(),
                "bytes_received",
                "Bytes received after the upgrade, frame headers included"
            ),
            bytes_sent: metric!(
                Counter::default(),
                "bytes_sent",
                "Bytes sent after the upgrade, frame headers included"
            ),
            frames_dropped: metric!(
                Family::default(),
                "frames_dropped",
                "Received frames that were dropped, by reason"
            ),
            messages_lost: metric!(
                Family::default(),
                "messages_lost",
                "Messages that were not delivered, by reason"
            ),
            publications: metric!(Family::default(), "publications", "Publications, by target"),
            joins: metric!(Family::default(), "joins", "Joins of a room, by result"),
            slow_consumers: metric!(
                Counter::default(),
                "slow_consumers",
                "Clients closed because they did not keep up"
            ),
            panics: metric!(
                Counter::default(),
                "panics",
                "Panics of the application's code that were caught"
            ),
            closes: metric!(Family::default(), "closes", "Connections that ended, by close code"),
            exposition,
        }
    }

    pub(crate) fn opened(&self) {
        self.connections.inc();
    }

    pub(crate) fn closed(&self, code: CloseCode) {
        self.connections.dec();
        self.closes.get_or_create(&[("code", code.0)]).inc();
    }

    pub(crate) fn handshake(&self, result: Handshake) {
        self.handshakes.get_or_create(&[("result", result.label())]).inc();
    }

    pub(crate) fn authentication_took(&self, took: Duration) {
        self.authentication.observe(took.as_secs_f64());
    }

    pub(crate) fn traffic(&self, traffic: &mut Traffic) {
        let Traffic { messages_received, messages_sent, bytes_received, bytes_sent } =
            std::mem::take(traffic);
        for (counter, count) in [
            (&self.messages_received, messages_received),
            (&self.messages_sent, messages_sent),
            (&self.bytes_received, bytes_received),
            (&self.bytes_sent, bytes_sent),
        ] {
            if count > 0 {
                counter.inc_by(count);
            }
        }
    }

    /// Counts what has been dropped between two looks at a session's counts.
    pub(crate) fn dropped(&self, before: DropCounts, now: DropCounts) {
        for (reason, before, now) in [
            ("before_connected", before.before_connected, now.before_connected),
            ("plaintext", before.plaintext, now.plaintext),
            ("reflected", before.reflected, now.reflected),
            ("replayed", before.replayed, now.replayed),
            ("malformed", before.malformed, now.malformed),
            ("binary", before.binary, now.binary),
        ] {
            if now > before {
                self.frames_dropped.get_or_create(&[("reason", reason)]).inc_by(now - before);
            }
        }
    }

    pub(crate) fn lost(&self, reason: Lost, count: usize) {
        if count > 0 {
            self.messages_lost.get_or_create(&[("reason", reason.label())]).inc_by(count as u64);
        }
    }

    pub(crate) fn published(&self, target: &'static str) {
        self.publications.get_or_create(&[("target", target)]).inc();
    }

    pub(crate) fn joined(&self) {
        self.joins.get_or_create(&[("result", "joined")]).inc();
    }

    pub(crate) fn join_refused(&self) {
        self.joins.get_or_create(&[("result", "refused")]).inc();
    }

    /// Counts names that no room can have.
    pub(crate) fn joins_invalid(&self, count: usize) {
        if count > 0 {
            self.joins.get_or_create(&[("result", "invalid")]).inc_by(count as u64);
        }
    }

    pub(crate) fn slow_consumer(&self) {
        self.slow_consumers.inc();
    }

    pub(crate) fn panicked(&self) {
        self.panics.inc();
    }

    pub(crate) fn text(&self, registry: &Registry) -> String {
        self.clients.set(signed(registry.client_count()));
        self.rooms.set(signed(registry.room_count()));
        let mut text = String::new();
        // Writing to a text cannot fail.
        let _ = encode(&mut text, &self.exposition);
        text
    }
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_readable() {
        let metrics = Metrics::new();
        metrics.opened();
        metrics.closed(CloseCode::GOING_AWAY);
        metrics.handshake(Handshake::Refused);
        metrics.lost(Lost::Overflow, 3);
        let replayed = DropCounts { replayed: 2, ..DropCounts::default() };
        metrics.dropped(DropCounts::default(), replayed);
        let mut traffic = Traffic { bytes_sent: 7, ..Traffic::default() };
        metrics.traffic(&mut traffic);
        assert_eq!(traffic, Traffic::default());
        let text = metrics.text(&Registry::default());
        for line in [
            "aldis_connections 0",
            "aldis_closes_total{code=\"1001\"} 1",
            "aldis_handshakes_total{result=\"refused\"} 1",
            "aldis_messages_lost_total{reason=\"overflow\"} 3",
            "aldis_frames_dropped_total{reason=\"replayed\"} 2",
            "aldis_bytes_sent_total 7",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
    }
}
