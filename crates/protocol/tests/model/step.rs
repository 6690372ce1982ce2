//! What may happen in a [`World`](super::World).

use super::wire::Spelling;

/// One of the two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

/// One thing that happens. Numbers choose among what there is, modulo its length.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// The network hands over the next frame.
    Deliver(Side),
    /// The network hands over a later frame first.
    Overtake(Side, u8),
    /// A frame that was handed over comes again.
    Replay(Side, u8, Spelling),
    /// An end gets a frame that it sent.
    Reflect(Side, u8),
    /// A bit of an encrypted frame changes.
    Flip(Side, u8, u8, u8),
    /// An encrypted frame is cut off.
    Truncate(Side, u8, u8),
    /// Somebody without the key says something.
    Inject(Side, u8),
    /// Somebody with the key sends a message under a random vector, as IGNIS does.
    Insider(Side, u8, Spelling),
    /// Somebody with the key encrypts what is no message.
    Junk(Side, u8),
    /// A binary frame comes.
    Binary(Side, u8),
    /// The application lets the client in.
    Accept,
    /// The application does not.
    Reject,
    /// The server sends a message.
    ServerSend(u8),
    /// The server answers a request, pending or not.
    Reply(u8),
    /// The client sends a message.
    Send(u8),
    /// The client sends a request, which waits for this many tenths of a second.
    Request(u8),
    /// The client enters a room.
    Join(u8),
    /// The client leaves a room.
    Leave(u8),
    /// The client asks for a proof of life.
    Probe,
    /// The client's driver reads, or stops reading.
    Reading(bool),
    /// A WebSocket ping comes.
    Ping(Side),
    /// The server's WebSocket layer answers the client's latest ping.
    Pong,
    /// This many tens of milliseconds go by.
    Wait(u8),
    /// Time goes by until an end wants to be woken.
    Wake,
    /// An end closes.
    Close(Side),
}

impl Step {
    /// Any four bytes are a step; the frequent ones take more of the first byte's values.
    pub(crate) fn from_bytes([kind, a, b, c]: [u8; 4]) -> Self {
        let side = if kind & 1 == 0 { Side::Client } else { Side::Server };
        match kind >> 1 {
            0..=15 => Self::Deliver(side),
            16..=19 => Self::Overtake(side, a),
            20..=25 => Self::Replay(side, a, Spelling::from_byte(b)),
            26..=29 => Self::Reflect(side, a),
            30 => Self::Flip(side, a, b, c),
            31 => Self::Truncate(side, a, b),
            32..=37 => Self::Inject(side, a),
            38..=43 => Self::Insider(side, a, Spelling::from_byte(b)),
            44..=46 => Self::Junk(side, a),
            47 => Self::Binary(side, a),
            48..=51 => Self::Accept,
            52 => Self::Reject,
            53..=58 => Self::ServerSend(a),
            59..=62 => Self::Reply(a),
            63..=68 => Self::Send(a),
            69..=73 => Self::Request(a),
            74..=78 => Self::Join(a),
            79..=83 => Self::Leave(a),
            84 => Self::Probe,
            85 => Self::Reading(a & 1 == 0),
            86 => Self::Ping(side),
            87..=92 => Self::Pong,
            93..=99 => Self::Wait(a),
            100..=103 => Self::Wake,
            104 if a < 64 => Self::Close(side),
            _ => Self::Deliver(side),
        }
    }
}
