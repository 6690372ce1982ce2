//! What the host calls, on any thread: the native methods of `dev.aldis.internal.Lane`.
#![allow(unsafe_code)]

use std::sync::Arc;

use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use jni::{Env, EnvUnowned, Outcome};
use serde_json::value::RawValue;

use super::requests::Requests;
use crate::client::{Core, duration, send};
use crate::lane::find;

/// What `Lane.send` and `Lane.request` answer.
const TAKEN: jint = 0;
const REFUSED: jint = 1;

/// Reads a message of bytes that came from anywhere: the name as text, the payload as JSON.
pub fn read<'a>(event: &'a [u8], data: &'a [u8]) -> Option<(&'a str, &'a RawValue)> {
    Some((std::str::from_utf8(event).ok()?, serde_json::from_slice(data).ok()?))
}

/// Does something with the client of a lane. The default, and nothing else, where the client is gone
/// or something goes wrong.
fn with_core<'local, T: Default>(
    env: &mut EnvUnowned<'local>,
    lane: jlong,
    action: impl FnOnce(&mut Env<'local>, &Arc<Core>) -> jni::errors::Result<T>,
) -> T {
    let outcome = env.with_env(|env| match find(lane) {
        Some(core) => action(env, &core),
        None => Ok(T::default()),
    });
    if let Outcome::Ok(done) = outcome.into_outcome() { done } else { T::default() }
}

/// Offers a message to the client of a lane, and tells whether it was taken.
fn offer<'local>(
    env: &mut EnvUnowned<'local>,
    lane: jlong,
    (event, data): (&JByteArray<'local>, &JByteArray<'local>),
    take: impl FnOnce(&Arc<Core>, &str, &RawValue) -> bool,
) -> jint {
    let is_taken = with_core(env, lane, |env, core| {
        let (event, data) = (env.convert_byte_array(event)?, env.convert_byte_array(data)?);
        Ok(read(&event, &data).is_some_and(|(event, data)| take(core, event, data)))
    });
    if is_taken { TAKEN } else { REFUSED }
}

/// `Lane.send(lane: Long, event: ByteArray, data: ByteArray, ttlMs: Long): Int`
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_aldis_internal_Lane_send<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    lane: jlong,
    event: JByteArray<'local>,
    data: JByteArray<'local>,
    ttl_ms: jlong,
) -> jint {
    offer(&mut env, lane, (&event, &data), |core, event, data| {
        let ttl_ms = (ttl_ms != 0).then_some(ttl_ms);
        core.with(|client| send(client, event, data, ttl_ms)).is_ok_and(|sent| sent.is_ok())
    })
}

/// `Lane.request(lane: Long, ticket: Long, event: ByteArray, data: ByteArray, timeoutMs: Long): Int`
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_aldis_internal_Lane_request<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    lane: jlong,
    ticket: jlong,
    event: JByteArray<'local>,
    data: JByteArray<'local>,
    timeout_ms: jlong,
) -> jint {
    offer(&mut env, lane, (&event, &data), |core, event, data| {
        let timeout = duration(timeout_ms);
        let started = core.with(|client| client.start_request(event, data, timeout));
        let Ok(Ok(pending)) = started else { return false };
        Requests::wait(core, lane, ticket, pending);
        true
    })
}

/// `Lane.cancel(lane: Long, ticket: Long)`
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_aldis_internal_Lane_cancel<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    lane: jlong,
    ticket: jlong,
) {
    // A client that is gone waits for nothing.
    with_core(&mut env, lane, |_, core| {
        core.requests().cancel(ticket);
        Ok(())
    });
}

/// `Lane.resume(lane: Long)`
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_aldis_internal_Lane_resume<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    lane: jlong,
) {
    // A client that is gone has nothing to resume.
    with_core(&mut env, lane, |_, core| {
        core.gate().resume();
        Ok(())
    });
}
