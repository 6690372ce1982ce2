//! What is sent either way.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// Names of the events that `bench-server` understands.
pub mod event {
    /// A [`Flood`](super::Flood): the server sends that many [`TICK`]s.
    pub const FLOOD: &str = "flood";
    /// A [`Tick`](super::Tick) from the server.
    pub const TICK: &str = "tick";
    /// A [`Tick`](super::Tick) that comes back as the reply.
    pub const ECHO: &str = "echo";
    /// A [`Tick`](super::Tick) that the server counts.
    pub const SINK: &str = "sink";
    /// Asks for the [`SinkCount`](super::SinkCount) since the last time.
    pub const COUNT: &str = "count";
}

/// What the text of a tick is made of.
const WORDS: &str = "a message as people and programs send it: some words, 42 numbers, and so on; ";

/// What a tick takes besides its text, about.
const TICK_WITHOUT_TEXT_BYTES: usize = 48;

/// Every so many ticks have a text that is not all ASCII.
const NOT_ASCII_EVERY: u64 = 8;

/// The message of the benchmark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick<'a> {
    /// 0, 1, 2, …
    pub seq: u64,
    /// Microseconds since 1970.
    pub at: u64,
    /// What makes the message as long as it is.
    #[serde(borrow)]
    pub text: Cow<'a, str>,
}

/// The order to send ticks.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Flood {
    /// How many.
    pub count: u32,
    /// Bytes of a tick's JSON, about.
    pub bytes: u32,
}

/// What the server has counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SinkCount {
    /// Ticks.
    pub received: u64,
    /// Whether their numbers were 0, 1, 2, …
    pub in_order: bool,
}

/// Nothing but braces.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Empty {}

/// The texts of the ticks: not all ASCII in every eighth.
#[derive(Debug, Clone)]
pub struct Texts {
    ascii: String,
    not_ascii: String,
}

impl Texts {
    /// The texts of ticks with about so many bytes of JSON.
    pub fn new(bytes: u32) -> Self {
        let length = usize::try_from(bytes).unwrap_or(usize::MAX);
        let length = length.saturating_sub(TICK_WITHOUT_TEXT_BYTES);
        let ascii: String = WORDS.chars().cycle().take(length).collect();
        let not_ascii = "é".chars().chain(ascii.chars().skip(1)).take(length).collect();
        Self { ascii, not_ascii }
    }

    /// Whether the tick of this number has nothing but ASCII in it.
    pub fn is_ascii(seq: u64) -> bool {
        !seq.is_multiple_of(NOT_ASCII_EVERY)
    }

    /// The text of the tick of this number.
    pub fn of(&self, seq: u64) -> &str {
        if Self::is_ascii(seq) { &self.ascii } else { &self.not_ascii }
    }

    /// The tick of this number, now.
    pub fn tick(&self, seq: u64) -> Tick<'_> {
        Tick { seq, at: now_us(), text: self.of(seq).into() }
    }

    /// Whether this could be the text of the tick of this number; a quick look, which costs the
    /// same whoever is measured.
    pub fn fits(&self, seq: u64, text: &str) -> bool {
        let expected = self.of(seq);
        text.len() == expected.len() && text.chars().next() == expected.chars().next()
    }
}

/// The time in microseconds since 1970.
pub fn now_us() -> u64 {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO);
    u64::try_from(since_1970.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_about_as_long_as_asked() {
        for bytes in [100, 1024, 16 << 10] {
            let tick = serde_json::to_string(&Texts::new(bytes).tick(12_345)).unwrap();
            assert!(tick.len().abs_diff(bytes as usize) < 10, "{}", tick.len());
        }
    }

    #[test]
    fn another_text_does_not_fit() {
        let texts = Texts::new(100);
        assert!(texts.fits(0, texts.of(8)) && texts.fits(1, texts.of(2)));
        assert!(!texts.fits(0, texts.of(1)) && !texts.fits(1, &texts.of(1)[1..]));
    }
}
