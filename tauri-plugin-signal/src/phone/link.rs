//! When a change of the network is told.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::Hint;

/// Without a change for so long, a link has settled.
pub(super) const SETTLE: Duration = Duration::from_millis(500);
/// Without a link for so long, there is none.
pub(super) const LOST: Duration = Duration::from_secs(1);
/// No hint waits longer than this.
pub(super) const LONGEST: Duration = Duration::from_secs(2);

/// What a connection is bound to: when it changes, sockets are dead or dying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    Network { network: i64, addresses: Option<BTreeSet<String>> },
    Path(String),
}

/// Makes a few hints out of the many changes of the link.
///
/// - A hint is due when the link has not changed for [`SETTLE`], so that a new network's burst of
///   facts is one hint, and that of its loss after [`LOST`], so that a hand-over from Wi-Fi to mobile
///   data is one change and not a loss and a return. Telling a loss late costs little: it only saves
///   attempts. No hint waits for longer than [`LONGEST`], however restless the network.
/// - Another link is told as available even where no loss was.
/// - The first link is taken for what the client dialed by anyway, and not told: that would begin the
///   attempt under way anew. When none has been seen [`LOST`] after the start, there is none.
#[derive(Debug)]
pub(super) struct LinkTracker {
    link: Option<Link>,
    /// What the client goes by.
    told: Told,
    /// When what is not told yet began to differ from what is.
    pending_since: Option<Instant>,
    due_at: Option<Instant>,
}

#[derive(Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    Link(Option<Link>),
}

impl LinkTracker {
    pub(super) fn new(now: Instant) -> Self {
        Self { link: None, told: Told::Nothing, pending_since: Some(now), due_at: Some(now + LOST) }
    }

    pub(super) fn due_at(&self) -> Option<Instant> {
        self.due_at
    }

    /// Takes the link as it is now. Times never go back.
    pub(super) fn take(&mut self, link: Option<Link>, now: Instant) {
        // Most facts are about what does not matter here, such as the strength of the signal.
        if link == self.link {
            return;
        }
        self.link = link;
        if matches!(&self.told, Told::Link(told) if *told == self.link) {
            self.settle();
            return;
        }
        let since = *self.pending_since.get_or_insert(now);
        let settled = now + if self.link.is_some() { SETTLE } else { LOST };
        self.due_at = Some(settled.min(since + LONGEST));
    }

    /// The hint that is due, if one is.
    pub(super) fn due(&mut self, now: Instant) -> Option<Hint> {
        if self.due_at.is_none_or(|at| now < at) {
            return None;
        }
        self.settle();
        let is_first = self.told == Told::Nothing;
        self.told = Told::Link(self.link.clone());
        match self.link {
            None => Some(Hint::NetworkLost),
            Some(_) if is_first => None,
            Some(_) => Some(Hint::NetworkAvailable),
        }
    }

    fn settle(&mut self) {
        self.pending_since = None;
        self.due_at = None;
    }
}
