//! What a phone tells of its network and of the app's life, and what the client makes of it.
//!
//! Kotlin and Swift tell facts as the system tells them. What follows is decided here, for both, and
//! is tested on a desktop with a clock that stands still.

mod default_network;
mod life;
mod link;

use std::collections::BTreeSet;
use std::future::pending;

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use self::default_network::DefaultNetwork;
use self::life::Life;
use self::link::{Link, LinkTracker};
use crate::background::Background;

/// What the system told.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Fact {
    /// Somebody looks at the app.
    Foreground,
    /// Nobody looks at the app.
    Background,
    /// The device woke up: until now nothing went through.
    Woke,
    /// The app will be frozen in a moment.
    Expiring,
    /// Android: this is the default network now. The former one, if any, is not told as lost.
    NetworkAvailable {
        /// A network that went and came back has another number.
        network: i64,
    },
    /// Android: the default network is gone, and there is no other one yet.
    NetworkLost { network: i64 },
    /// Android: what the network can do.
    NetworkCapabilities {
        network: i64,
        /// The system reached the internet by it.
        validated: bool,
        /// The system was shown a page to log in at.
        captive_portal: bool,
        /// It transfers nothing for the time being, as mobile data during a call.
        suspended: bool,
    },
    /// Android: the addresses that the device has there, without those that reach no router.
    NetworkAddresses { network: i64, addresses: BTreeSet<String> },
    /// Android: whether the system keeps the app off the network, as data saver and Doze do.
    NetworkBlocked { network: i64, blocked: bool },
    /// iOS: by what the device is connected, in a text that changes with it; nothing if it is not.
    Path { link: Option<String> },
}

/// What the client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    NetworkAvailable,
    NetworkLost,
    Resumed,
    Suspended,
}

/// Tells hints for as long as facts may come.
///
/// Timers stand still while the device sleeps, and neither wake it. Where the process was frozen,
/// what fell due is done first when it thaws: a connection that outlived its grace is closed, and one
/// that did not is only probed.
pub(crate) async fn follow(
    background: Background,
    mut facts: mpsc::UnboundedReceiver<Fact>,
    mut tell: impl FnMut(Hint),
) {
    let mut phone = Phone::new(background, Instant::now());
    loop {
        let fact = tokio::select! {
            () = until(phone.due_at()) => None,
            fact = facts.recv() => match fact {
                Some(fact) => Some(fact),
                None => return,
            },
        };
        let now = Instant::now();
        // Before the fact, which may be here sooner than the timer.
        while let Some(hint) = phone.due(now) {
            tell(hint);
        }
        if let Some(hint) = fact.and_then(|fact| phone.take(fact, now)) {
            tell(hint);
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}

/// All that was told, and what is to be made of it. No clock of its own: facts and the time come in.
struct Phone {
    network: DefaultNetwork,
    link: LinkTracker,
    life: Life,
}

impl Phone {
    fn new(background: Background, now: Instant) -> Self {
        Self {
            network: DefaultNetwork::default(),
            link: LinkTracker::new(now),
            life: Life::new(background),
        }
    }

    fn take(&mut self, fact: Fact, now: Instant) -> Option<Hint> {
        match fact {
            Fact::Foreground => return self.life.foreground(),
            Fact::Background => self.life.background(now),
            Fact::Woke => return self.life.woke(),
            Fact::Expiring => return self.life.expiring(),
            Fact::Path { link } => self.link.take(link.map(Link::Path), now),
            of_the_default_network => {
                self.network.take(of_the_default_network);
                self.link.take(self.network.link(), now);
            }
        }
        None
    }

    fn due_at(&self) -> Option<Instant> {
        self.link.due_at().into_iter().chain(self.life.due_at()).min()
    }

    fn due(&mut self, now: Instant) -> Option<Hint> {
        self.link.due(now).or_else(|| self.life.due(now))
    }
}

#[cfg(test)]
mod tests;
