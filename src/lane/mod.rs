//! The lane: a shortcut beside `UniFFI` for the hot operations.
//!
//! A crossing by `UniFFI` fills structures field by field. On the JVM, by JNA, that takes tens of
//! microseconds, where a bare JNI call takes a fraction of one: there a batch of messages goes up
//! by the lane, a message down, and a request down whose reply comes up. In Swift a call by `UniFFI`
//! is cheap and only its structures are not: there the lane takes messages up alone. Everything else
//! stays with `UniFFI`, errors too: the lane only says whether it took a message, and a host that
//! hears no asks [`SignalClient::send`](crate::SignalClient::send), which tells why.
//!
//! - `batch`: how messages are laid out.
//! - `jvm`: the lane by JNI; nothing where there is no JVM.
//! - `native`: the lane by a function of C.
//!
//! A process has one host. One that speaks C has attached itself.
#![cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "the fuzz target sees this module"))]

mod batch;
#[cfg_attr(target_os = "ios", path = "no_jvm.rs")]
mod jvm;
mod native;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError, RwLock, Weak};

pub use batch::Batch;
pub(crate) use batch::FULL_BATCH_BYTES;
pub(crate) use jvm::{Requests, Undelivered};
#[cfg(fuzzing)]
pub use {batch::LATIN_1, batch::NO_ID, jvm::read};

use crate::client::Core;
use crate::listener::Demand;

/// The clients that have a lane. Ids instead of pointers: one that is out of date finds nothing.
static LANES: LazyLock<RwLock<HashMap<i64, Weak<Core>>>> = LazyLock::new(RwLock::default);

static NEXT_ID: AtomicI64 = AtomicI64::new(1);

/// Gives a client a lane, if there is somebody at its other end.
pub(crate) fn open(core: &Arc<Core>) -> Option<i64> {
    (native::is_there() || jvm::is_there()).then_some(())?;
    let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
    LANES.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::downgrade(core));
    Some(id)
}

pub(crate) fn close(id: i64) {
    LANES.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
}

/// A batch in the characters that the host reads fastest.
pub(crate) fn batch() -> Batch {
    if native::is_there() { Batch::utf_8() } else { Batch::default() }
}

/// Hands a batch to the host, on the dispatcher.
pub(crate) fn deliver(lane: i64, batch: &Batch) -> Result<Demand, Undelivered> {
    if native::is_there() { Ok(native::deliver(lane, batch)) } else { jvm::deliver(lane, batch) }
}

#[cfg(not(target_os = "ios"))]
fn find(id: i64) -> Option<Arc<Core>> {
    LANES.read().unwrap_or_else(PoisonError::into_inner).get(&id)?.upgrade()
}
