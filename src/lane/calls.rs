//! What the host calls, on any thread: the native methods of `dev.aldis.internal.Lane`.
#![allow(unsafe_code)]

use std::sync::Arc;

use jni::objects::{JByteArray, JClass};
use jni::sys::{jint, jlong};
use jni::{EnvUnowned, Outcome};
use serde_json::value::RawValue;

use super::find;
use super::requests::Requests;
use crate::client::{Core, duration, send};

/// What `Lane.send` and `Lane.request` answer.
const TAKEN: jint = 0;
const REFUSED: jint = 1;

/// Reads a message of bytes that came from anywhere: the name as text, the payload as JSON.
pub fn read<'a>(event: &'a [u8], data: &'a [u8]) -> Option<(&'a str, &'a RawValue)> {
    Some((std::str::from_utf8(event).ok()?, serde_json::from_slice(data).ok()?))
}

/// Sends a message; false where it was not taken.
fn take_message(core: &Core, event: &[u8], data: &[u8], ttl_ms: i64) -> bool {
    let Some((event, data)) = read(event, data) else { return false };
    let ttl_ms = (ttl_ms != 0).then_some(ttl_ms);
    core.with(|client| send(client, event, data, ttl_ms)).is_ok_and(|sent| sent.is_ok())
}

/// Sends a request; false where it was not taken.
fn take_request(
    core: &Arc<Core>,
    (lane, ticket): (i64, i64),
    event: &[u8],
    data: &[u8],
    timeout_ms: i64,
) -> bool {
    let Some((event, data)) = read(event, data) else { return false };
    let timeout = duration(timeout_ms);
    let Ok(Ok(pending)) = core.with(|client| client.start_request(event, data, timeout)) else {
        return false;
    };
    Requests::wait(core, lane, ticket, pending);
    true
}

fn answer(taken: bool) -> jint {
    if taken { TAKEN } else { REFUSED }
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
        Ok(take_message(&core, &event, &data, ttl_ms))
    });
    answer(matches!(outcome.into_outcome(), Outcome::Ok(true)))
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
    let outcome = env.with_env(|env| -> jni::errors::Result<bool> {
        let Some(core) = find(lane) else { return Ok(false) };
        let (event, data) = (env.convert_byte_array(&event)?, env.convert_byte_array(&data)?);
        Ok(take_request(&core, (lane, ticket), &event, &data, timeout_ms))
    });
    answer(matches!(outcome.into_outcome(), Outcome::Ok(true)))
}

/// `Lane.cancel(lane: Long, ticket: Long)`
#[unsafe(no_mangle)]
pub(crate) extern "system" fn Java_dev_aldis_internal_Lane_cancel<'local>(
    mut env: EnvUnowned<'local>,
    _class: JClass<'local>,
    lane: jlong,
    ticket: jlong,
) {
    let outcome = env.with_env(|_| -> jni::errors::Result<()> {
        if let Some(core) = find(lane) {
            core.requests().cancel(ticket);
        }
        Ok(())
    });
    // A client that is gone waits for nothing.
    let _ = outcome.into_outcome();
}
