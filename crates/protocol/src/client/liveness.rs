//! Heartbeats to the server, and the question whether it is still there.

use std::time::{Duration, Instant};

/// Keeps the beat, measures round trips and notices a connection that went dead.
///
/// TCP does not tell that the other end has gone (a phone that changed networks, a NAT that
/// forgot): only a ping that nothing answers does.
#[derive(Debug)]
pub(super) struct Liveness {
    interval: Duration,
    pong_timeout: Duration,
    next_beat: Instant,
    sequence: u64,
    /// The ping whose pong measures the round trip.
    in_flight: Option<(u64, Instant)>,
    /// When the connection is dead unless anything comes in before.
    deadline: Option<Instant>,
    /// A ping whose own pong must come: data may have waited in the kernel since before a sleep.
    probe: Option<Probe>,
    reading: bool,
    rtt: Option<Duration>,
}

#[derive(Debug)]
struct Probe {
    sequence: u64,
    deadline: Instant,
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Send a heartbeat, and a ping with this payload.
    Beat([u8; 8]),
    /// Nothing came in for too long.
    Dead,
}

impl Liveness {
    pub(super) fn new(interval: Duration, pong_timeout: Duration, now: Instant) -> Self {
        Self {
            interval,
            pong_timeout,
            next_beat: now + interval,
            sequence: 0,
            in_flight: None,
            deadline: None,
            probe: None,
            reading: true,
            rtt: None,
        }
    }

    /// Counts the interval to the next beat from now.
    pub(super) fn start(&mut self, now: Instant) {
        self.next_beat = now + self.interval;
    }

    pub(super) fn rtt(&self) -> Option<Duration> {
        self.rtt
    }

    pub(super) fn handle_activity(&mut self) {
        self.deadline = None;
    }

    pub(super) fn handle_pong(&mut self, payload: &[u8], now: Instant) {
        let Some(sequence) = payload.try_into().ok().map(u64::from_be_bytes) else {
            return;
        };
        // A pong that nobody asked for proves nothing.
        if sequence > self.sequence {
            return;
        }
        // A peer may answer the latest of several pings only: then an older one is not waited for.
        if let Some((expected, sent)) =
            self.in_flight.take_if(|(expected, _)| *expected <= sequence)
            && expected == sequence
        {
            self.rtt = Some(now.saturating_duration_since(sent));
        }
        self.probe.take_if(|probe| probe.sequence <= sequence);
    }

    /// While nobody reads, silence proves nothing.
    pub(super) fn set_reading(&mut self, reading: bool, now: Instant) {
        if reading && !self.reading {
            let again = now + self.pong_timeout;
            self.deadline = self.deadline.map(|_| again);
            if let Some(probe) = &mut self.probe {
                probe.deadline = again;
            }
        }
        self.reading = reading;
    }

    /// Asks for a proof of life within `deadline`: send the ping at once.
    pub(super) fn probe(&mut self, deadline: Duration, now: Instant) -> [u8; 8] {
        let payload = self.ping(now);
        self.probe = Some(Probe { sequence: self.sequence, deadline: now + deadline });
        payload
    }

    fn ping(&mut self, now: Instant) -> [u8; 8] {
        self.sequence += 1;
        self.in_flight.get_or_insert((self.sequence, now));
        self.sequence.to_be_bytes()
    }

    pub(super) fn poll_timeout(&self) -> Instant {
        let deadlines = [self.deadline, self.probe.as_ref().map(|probe| probe.deadline)];
        let dead = deadlines.into_iter().flatten().min().filter(|_| self.reading);
        dead.map_or(self.next_beat, |dead| dead.min(self.next_beat))
    }

    pub(super) fn handle_timeout(&mut self, now: Instant) -> Option<Due> {
        let probe = self.probe.as_ref().map(|probe| probe.deadline);
        if self.reading && [self.deadline, probe].into_iter().flatten().any(|at| at <= now) {
            return Some(Due::Dead);
        }
        if now < self.next_beat {
            return None;
        }
        // From now, not from when it was due: after a sleep of the machine one beat is enough.
        self.next_beat = now + self.interval;
        self.deadline.get_or_insert(now + self.pong_timeout);
        Some(Due::Beat(self.ping(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVAL: Duration = Duration::from_secs(30);
    const PONG: Duration = Duration::from_secs(10);

    fn beating(now: Instant) -> (Liveness, [u8; 8], Instant) {
        let mut liveness = Liveness::new(INTERVAL, PONG, now);
        let at = liveness.poll_timeout();
        let Some(Due::Beat(payload)) = liveness.handle_timeout(at) else { panic!("no beat") };
        (liveness, payload, at)
    }

    #[test]
    fn silence_after_a_ping_is_death() {
        let start = Instant::now();
        let (mut liveness, _, at) = beating(start);
        assert_eq!(at, start + INTERVAL);
        assert_eq!(liveness.poll_timeout(), at + PONG);
        assert_eq!(liveness.handle_timeout(at + PONG / 2), None);
        assert_eq!(liveness.handle_timeout(at + PONG), Some(Due::Dead));
    }

    #[test]
    fn any_message_is_life_and_the_pong_measures() {
        let (mut liveness, payload, at) = beating(Instant::now());
        liveness.handle_activity();
        assert_eq!(liveness.poll_timeout(), at + INTERVAL);
        liveness.handle_pong(b"foreign!", at);
        assert_eq!(liveness.rtt(), None);
        liveness.handle_pong(&payload, at + Duration::from_millis(40));
        assert_eq!(liveness.rtt(), Some(Duration::from_millis(40)));
    }

    #[test]
    fn a_skipped_pong_does_not_end_the_measuring() {
        let start = Instant::now();
        let mut liveness = Liveness::new(INTERVAL, PONG, start);
        liveness.probe(PONG, start);
        let latest = liveness.probe(PONG, start);
        liveness.handle_pong(&latest, start + Duration::from_millis(40));
        assert_eq!(liveness.rtt(), None);
        let next = liveness.probe(PONG, start);
        liveness.handle_pong(&next, start + Duration::from_millis(40));
        assert_eq!(liveness.rtt(), Some(Duration::from_millis(40)));
    }

    #[test]
    fn a_probe_wants_its_own_pong() {
        let start = Instant::now();
        let mut liveness = Liveness::new(INTERVAL, PONG, start);
        let stale = liveness.probe(Duration::from_secs(1), start);
        let payload = liveness.probe(Duration::from_secs(1), start);
        liveness.handle_activity();
        liveness.handle_pong(&stale, start);
        liveness.handle_pong(b"foreign!", start);
        assert_eq!(liveness.poll_timeout(), start + Duration::from_secs(1));
        liveness.handle_pong(&payload, start);
        assert_eq!(liveness.poll_timeout(), start + INTERVAL);
    }

    #[test]
    fn a_pause_in_reading_stops_the_clock() {
        let (mut liveness, _, at) = beating(Instant::now());
        liveness.set_reading(false, at);
        assert_eq!(liveness.poll_timeout(), at + INTERVAL);
        let later = at + INTERVAL;
        assert!(matches!(liveness.handle_timeout(later), Some(Due::Beat(_))));
        liveness.set_reading(true, later);
        assert_eq!(liveness.poll_timeout(), later + PONG);
    }
}
