//! What a contestant is told to do, and what it answers: one line of JSON each.

use serde::{Deserialize, Serialize};

/// A piece of work. A contestant keeps one connection for all of [`Receive`](Self::Receive),
/// [`Send`](Self::Send) and [`Echo`](Self::Echo), which it opens when it is first needed.
///
/// Work is done lot by lot until `millis` have passed, so that it ends in time with slow clients and
/// on slow machines too. Before it answers, a contestant clears away what the work has left behind
/// (garbage) and waits until it does nothing any more: its CPU time is read from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "kebab-case")]
pub enum Order {
    /// Events from the server to the app: asks for `lot` ticks, takes them, and again.
    Receive {
        /// Bytes of a tick's JSON, about.
        bytes: u32,
        /// Ticks at once.
        lot: u32,
        /// How long, at least.
        millis: u32,
    },
    /// Messages from the app: sends `lot` ticks, asks the server to count them, and again.
    Send {
        /// Bytes of a tick's JSON, about.
        bytes: u32,
        /// Ticks at once.
        lot: u32,
        /// How long, at least.
        millis: u32,
    },
    /// Requests and their replies, `window` of them under way at once.
    Echo {
        /// Bytes of a tick's JSON, about.
        bytes: u32,
        /// Requests between two looks at the clock.
        lot: u32,
        /// Requests under way at once.
        window: u32,
        /// How long, at least.
        millis: u32,
    },
    /// Connections one after the other, each by a new client, from nothing until it is
    /// authenticated; closing it is not part of the time, and of the CPU time it is.
    Connect {
        /// Connections between two looks at the clock.
        lot: u32,
        /// How long, at least.
        millis: u32,
    },
    /// Opens clients until there are so many, and keeps them until the process ends.
    Hold {
        /// Clients in all; not fewer than there are.
        clients: u32,
    },
    /// The first thing that a new process is told: loads the library, connects and takes one tick.
    /// The time begins before the library is loaded.
    First,
}

/// What a contestant answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// The work was done.
    Done(Reading),
    /// The contestant does not do this kind of work.
    Unsupported {
        /// Why, for people.
        unsupported: String,
    },
}

/// What was measured inside. Times are in nanoseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Messages, echoes or connections; clients of [`Order::Hold`].
    pub count: u64,
    /// From the first to the last of them. Clearing away is not part of it.
    pub wall: u64,
    /// Median of the single times of echoes and connections; of no other work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<u64>,
    /// Of the same times, what 99 of 100 do not exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<u64>,
    /// Allocations during the work, where the contestant counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocations: Option<u64>,
    /// Bytes allocated during the work, where the contestant counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocated_bytes: Option<u64>,
}
