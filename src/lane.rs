//! The lane: a shortcut beside `UniFFI` for the two hot operations, a batch of messages up and a
//! message down.
//!
//! A crossing by `UniFFI` takes tens of microseconds, because JNA fills structures field by
//! field; a bare JNI call takes a fraction of one. So on the JVM the class
//! `dev.aldis.internal.Lane` calls in here directly, and is called. Everything else stays with
//! `UniFFI`, errors too: the lane only says whether it took a message, and a host that hears no
//! asks [`SignalClient::send`](crate::SignalClient::send), which tells why.
//!
//! # Layout of a batch
//!
//! Messages one after the other, each of them: three little-endian `u32`, the lengths of event,
//! id ([`NO_ID`] where there is none) and data; then event, id and data themselves in UTF-8.
#![allow(unsafe_code)]
#![cfg_attr(not(fuzzing), expect(unreachable_pub, reason = "the fuzz target sees this module"))]

use std::collections::HashMap;
use std::ffi::c_void;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock, Weak};

use jni::objects::{JByteArray, JClass, JStaticMethodID};
use jni::refs::Global;
use jni::signature::{Primitive, ReturnType};
use jni::sys::{JNI_VERSION_1_6, jint, jlong, jvalue};
use jni::{Env, EnvUnowned, JavaVM, Outcome, jni_sig, jni_str};
use serde_json::value::RawValue;

use crate::client::{Core, send};
use crate::listener::Demand;

/// Stands for the length of an id that is not there.
pub const NO_ID: u32 = u32::MAX;

/// A batch that has grown to this many bytes is handed over. Larger ones were measured to be
/// slower by the byte: they leave the processor's caches.
pub(crate) const FULL_BATCH_BYTES: usize = 256 << 10;

/// What `Lane.send` answers.
const TAKEN: jint = 0;
const REFUSED: jint = 1;

/// What `Lane.deliver` answers.
const PAUSE: jint = 1;

/// The clients that have a lane. Ids instead of pointers: one that is out of date finds nothing.
static LANES: LazyLock<RwLock<HashMap<i64, Weak<Core>>>> = LazyLock::new(RwLock::default);

static NEXT_ID: AtomicI64 = AtomicI64::new(1);

/// The host's end, where the JVM has loaded the library and has the class.
static RECEIVER: OnceLock<Receiver> = OnceLock::new();

struct Receiver {
    class: Global<JClass<'static>>,
    deliver: JStaticMethodID,
}

/// Gives a client a lane, if there is somebody at its other end.
pub(crate) fn open(core: &Arc<Core>) -> Option<i64> {
    RECEIVER.get()?;
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

/// Messages in the layout of the lane.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
}

impl Batch {
    /// Appends a message.
    pub fn push(&mut self, message: &aldis_client::Message) {
        let (event, id, data) = (message.event(), message.id(), message.data());
        let id_length = id.map_or(NO_ID, length);
        for length in [length(event), id_length, length(data)] {
            self.bytes.extend_from_slice(&length.to_le_bytes());
        }
        for part in [event, id.unwrap_or_default(), data] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
    }

    /// Whether it should be handed over now.
    pub(crate) fn is_full(&self) -> bool {
        self.bytes.len() >= FULL_BATCH_BYTES
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes of all messages.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }
}

/// A text of a frame, which the client bounds at a gibibyte.
fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(NO_ID - 1)
}

/// Hands a batch to the host, on the dispatcher.
pub(crate) fn deliver(lane: i64, batch: &Batch) -> jni::errors::Result<Demand> {
    // A lane that is open has both.
    let receiver = RECEIVER.get().ok_or(jni::errors::Error::UninitializedJavaVM)?;
    JavaVM::singleton()?.attach_current_thread(|env| {
        let bytes = env.byte_array_from_slice(batch.as_bytes())?;
        let arguments = [jvalue { j: lane }, jvalue { l: bytes.as_raw() }];
        // SAFETY: the method is the class's own, of the signature that it was looked up by.
        let answer = unsafe {
            env.call_static_method_unchecked(
                &receiver.class,
                receiver.deliver,
                ReturnType::Primitive(Primitive::Int),
                &arguments,
            )
        }?;
        Ok(if answer.i()? == PAUSE { Demand::Pause } else { Demand::More })
    })
}

/// Reads a message of bytes that came from anywhere: the name as text, the payload as JSON.
pub fn read<'a>(event: &'a [u8], data: &'a [u8]) -> Option<(&'a str, &'a RawValue)> {
    Some((std::str::from_utf8(event).ok()?, serde_json::from_slice(data).ok()?))
}

/// Sends a message; false where it was not taken.
fn take(core: &Core, event: &[u8], data: &[u8], ttl_ms: i64) -> bool {
    let Some((event, data)) = read(event, data) else { return false };
    let ttl_ms = (ttl_ms != 0).then_some(ttl_ms);
    core.with(|client| send(client, event, data, ttl_ms)).is_ok_and(|sent| sent.is_ok())
}

/// Called by the JVM when it loads the library by `System.load` or `System.loadLibrary`.
#[unsafe(no_mangle)]
pub(crate) extern "system" fn JNI_OnLoad(
    vm: *mut jni::sys::JavaVM,
    _reserved: *mut c_void,
) -> jint {
    if !vm.is_null() {
        // SAFETY: the JVM passes itself, and outlives the library.
        let vm = unsafe { JavaVM::from_raw(vm) };
        // A host without the class has no lane, and everything else.
        let bound = vm.attach_current_thread(bind);
        if let Err(error) = bound {
            tracing::debug!(%error, "no lane: the JVM does not have its class");
        }
    }
    JNI_VERSION_1_6
}

/// Finds the host's end. Only here, while it loads the library, does the JVM look in the class
/// loader of the library's own classes.
fn bind(env: &mut Env<'_>) -> jni::errors::Result<()> {
    let class = env.find_class(jni_str!("dev/aldis/internal/Lane"))?;
    let deliver = env.get_static_method_id(&class, jni_str!("deliver"), jni_sig!("(J[B)I"))?;
    let class = env.new_global_ref(class)?;
    // A second load finds the same.
    let _ = RECEIVER.set(Receiver { class, deliver });
    Ok(())
}

/// `Lane.send(lane: Long, event: ByteArray, data: ByteArray, ttlMs: Long): Int`, on any thread.
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_aldis_internal_Lane_send<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    lane: jlong,
    event: JByteArray<'local>,
    data: JByteArray<'local>,
    ttl_ms: jlong,
) -> jint {
    let outcome = env.with_env(|env| -> jni::errors::Result<bool> {
        let Some(core) = find(lane) else { return Ok(false) };
        let (event, data) = (env.convert_byte_array(&event)?, env.convert_byte_array(&data)?);
        Ok(take(&core, &event, &data, ttl_ms))
    });
    match outcome.into_outcome() {
        Outcome::Ok(true) => TAKEN,
        _ => REFUSED,
    }
}

/// `Lane.resume(lane: Long)`, on any thread.
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_aldis_internal_Lane_resume<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    lane: jlong,
) {
    let outcome = env.with_env(|_| -> jni::errors::Result<()> {
        if let Some(core) = find(lane) {
            core.gate().resume();
        }
        Ok(())
    });
    // A client that is gone has nothing to resume.
    let _ = outcome.into_outcome();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> aldis_client::Message {
        aldis_client::Message::parse(text.to_owned()).unwrap()
    }

    #[test]
    fn the_layout_is_as_documented() {
        let mut batch = Batch::default();
        assert!(batch.is_empty());
        batch.push(&message(r#"{"event":"é","data":[1, 2]}"#));
        batch.push(&message(r#"{"event":"e","id":"","data":null}"#));
        let expected: &[&[u8]] = &[
            &[2, 0, 0, 0, 255, 255, 255, 255, 6, 0, 0, 0],
            "é[1, 2]".as_bytes(),
            &[1, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0],
            b"enull",
        ];
        assert_eq!(batch.as_bytes(), expected.concat());
        batch.clear();
        assert!(batch.is_empty());
    }

    #[test]
    fn a_batch_is_full_by_its_bytes() {
        let mut batch = Batch::default();
        batch.push(&message(&format!(r#"{{"event":"e","data":"{}"}}"#, "x".repeat(1_000))));
        assert!(!batch.is_full());
        batch.push(&message(&format!(r#"{{"event":"e","data":"{}"}}"#, "x".repeat(300_000))));
        assert!(batch.is_full());
    }
}
