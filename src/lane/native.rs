//! The lane for a host that speaks C: it gives one function, which is called with batches. What it
//! calls is declared for it in `lane.h`.
#![allow(unsafe_code)]

use std::sync::OnceLock;

use super::Batch;
use crate::listener::Demand;

/// Takes the batch of a lane, which is the caller's and gone when this returns.
pub(crate) type Deliver = extern "C" fn(lane: i64, batch: *const u8, length: usize) -> i32;

/// What a [`Deliver`] answers.
const PAUSE: i32 = 1;

/// The host's end, where it has attached one.
static RECEIVER: OnceLock<Deliver> = OnceLock::new();

/// Whether there is somebody at the lane's other end.
pub(super) fn is_there() -> bool {
    RECEIVER.get().is_some()
}

/// Hands a batch to the host, on the dispatcher.
pub(super) fn deliver(lane: i64, batch: &Batch) -> Demand {
    let Some(deliver) = RECEIVER.get() else { return Demand::More };
    let bytes = batch.as_bytes();
    if deliver(lane, bytes.as_ptr(), bytes.len()) == PAUSE { Demand::Pause } else { Demand::More }
}

/// Gives the process a host's end of the lane; the first one stays. Clients that open a lane later
/// have their messages delivered there. Not for Android: there the host is a JVM.
#[cfg(not(target_os = "android"))]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn aldis_lane_attach(deliver: Deliver) {
    let _ = RECEIVER.set(deliver);
}
