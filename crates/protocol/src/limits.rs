//! Numbers that both ends of the protocol agree on.
//!
//! All were observed against `@venizia/ignis-helpers` 0.0.7; see `docs/protocol.md`.

use std::time::Duration;

/// Largest message, in bytes on the wire, that a server accepts from a client.
///
/// A larger one makes the server close with [1009](crate::CloseCode::MESSAGE_TOO_BIG).
pub const MAX_CLIENT_FRAME_BYTES: usize = 131_072;

/// Bytes that the `encrypted` envelope takes around the base64 ciphertext.
pub const ENCRYPTED_ENVELOPE_BYTES: usize = 62;

/// Length of the AES-GCM tag that follows the ciphertext, in bytes.
pub const TAG_BYTES: usize = 16;

/// Length of an AES-GCM initialisation vector, in bytes.
pub const IV_BYTES: usize = 12;

/// How long after the upgrade a server waits for `authenticate`.
pub const AUTHENTICATE_WITHIN: Duration = Duration::from_secs(5);

/// How long a server lets its authenticator work on one token.
pub const AUTHENTICATION_MAY_TAKE: Duration = Duration::from_secs(15);

/// How often a client sends `heartbeat`, and how often a server sweeps.
pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(30);

/// How long a server lives with a client that sends no message.
pub const HEARTBEAT_TIMEOUT: Duration = Duration::from_secs(90);

/// Received initialisation vectors that one session remembers.
///
/// The number is what a hash table of 2^20 slots holds before it doubles, so that the replay
/// memory of a connection never takes more than 14 MB. A peer that counts its vectors up, as
/// Aldis does, costs no memory at all.
pub const MAX_SEEN_IVS: usize = (1 << 20) / 8 * 7;

/// The largest plaintext whose encrypted frame is no longer than `frame_bytes`.
///
/// ```
/// use aldis_protocol::limits;
/// let limit = limits::max_plaintext_bytes(limits::MAX_CLIENT_FRAME_BYTES);
/// assert_eq!(limit, 98_240);
/// ```
pub const fn max_plaintext_bytes(frame_bytes: usize) -> usize {
    let base64 = frame_bytes.saturating_sub(ENCRYPTED_ENVELOPE_BYTES);
    (base64 / 4 * 3).saturating_sub(TAG_BYTES)
}
