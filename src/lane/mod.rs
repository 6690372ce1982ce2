//! The lane: a shortcut beside `UniFFI` for the hot operations: a batch of messages up, a message
//! down, and a request down whose reply comes up.
//!
//! A crossing by `UniFFI` takes tens of microseconds, because JNA fills structures field by
//! field; a bare JNI call takes a fraction of one. So on the JVM the class
//! `dev.aldis.internal.Lane` calls in here directly, and is called. Everything else stays with
//! `UniFFI`, errors too: the lane only says whether it took a message, and a host that hears no
//! asks [`SignalClient::send`](crate::SignalClient::send), which tells why.
//!
//! - `batch`: how messages are laid out.
//! - `calls`: what the host calls.
//! - `host`: what is called there.
//! - `requests`: who waits for a reply.
#![cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "the fuzz target sees this module"))]

mod batch;
mod calls;
mod host;
mod requests;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock, Weak};

pub use batch::Batch;
pub(crate) use batch::FULL_BATCH_BYTES;
pub(crate) use host::deliver;
pub(crate) use requests::Requests;
#[cfg(fuzzing)]
pub use {batch::LATIN_1, batch::NO_ID, calls::read};

use crate::client::Core;

/// The clients that have a lane. Ids instead of pointers: one that is out of date finds nothing.
static LANES: LazyLock<RwLock<HashMap<i64, Weak<Core>>>> = LazyLock::new(RwLock::default);

static NEXT_ID: AtomicI64 = AtomicI64::new(1);

/// Gives a client a lane, if there is somebody at its other end.
pub(crate) fn open(core: &Arc<Core>) -> Option<i64> {
    host::is_there().then_some(())?;
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    LANES.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::downgrade(core));
    Some(id)
}

pub(crate) fn close(id: i64) {
    LANES.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
}

fn find(id: i64) -> Option<Arc<Core>> {
    LANES.read().unwrap_or_else(PoisonError::into_inner).get(&id)?.upgrade()
}
