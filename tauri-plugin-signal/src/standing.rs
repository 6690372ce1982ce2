//! Where the connection stands, for a page that comes and has not been told.

use std::time::Duration;

use tokio::time::Instant;

use crate::models::{Event, Reconnecting, State, StatePayload, millis};

/// Where the connection stands by the events so far.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The number of the latest event that told it.
    number: u64,
    since: Instant,
    state: StatePayload,
    next: Option<Reconnecting>,
}

impl Standing {
    pub(crate) fn new() -> Self {
        let state = StatePayload { state: State::Disconnected, reason: None, cause: None };
        Self { number: 0, since: Instant::now(), state, next: None }
    }

    pub(crate) fn update(&mut self, number: u64, event: &Event) {
        match event {
            Event::State(state) => {
                self.state = state.clone();
                self.next = None;
            }
            Event::Reconnecting(next) => self.next = Some(next.clone()),
            Event::Connected(_) | Event::Disconnected(_) | Event::Message(_) | Event::Error(_) => {
                return;
            }
        }
        self.number = number;
        self.since = Instant::now();
    }

    /// As it is to be told to a page that has seen the events up to a number; `None` if it will hear
    /// it from an event that it has not seen.
    pub(crate) fn after(&self, number: u64) -> Option<(StatePayload, Option<Reconnecting>)> {
        (self.number <= number).then(|| {
            let next = self.next.clone().map(|next| next.after(self.since.elapsed()));
            (self.state.clone(), next)
        })
    }
}

impl Reconnecting {
    /// The same attempt, told a while later.
    fn after(self, elapsed: Duration) -> Self {
        let elapsed = millis(elapsed);
        Self { delay_ms: self.delay_ms.map(|delay| delay.saturating_sub(elapsed)), ..self }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]

    use super::*;

    fn state(state: State) -> Event {
        Event::State(StatePayload { state, reason: None, cause: None })
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_attempt_comes_nearer_while_a_page_is_away() {
        let mut standing = Standing::new();
        standing.update(1, &state(State::Reconnecting));
        standing.update(2, &Event::Reconnecting(Reconnecting { attempt: 3, delay_ms: Some(500) }));
        tokio::time::advance(Duration::from_millis(200)).await;
        let (_, next) = standing.after(2).unwrap();
        assert_eq!(next.map(|next| (next.attempt, next.delay_ms)), Some((3, Some(300))));
        standing.update(3, &state(State::Connecting));
        assert!(standing.after(3).unwrap().1.is_none());
    }

    #[tokio::test]
    async fn what_an_event_will_tell_is_not_told_before() {
        let mut standing = Standing::new();
        assert!(standing.after(0).is_some());
        standing.update(5, &state(State::Connecting));
        assert!(standing.after(4).is_none());
        assert!(standing.after(5).is_some());
    }
}
