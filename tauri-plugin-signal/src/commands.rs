//! What a page can ask for.
#![expect(clippy::needless_pass_by_value, reason = "Tauri hands a command its arguments by value")]

use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;
use tauri::ipc::{Channel, CommandScope, GlobalScope};
use tauri::{Runtime, State, Webview, command};

use crate::error::Result;
use crate::event_log::Batch;
use crate::models::{self, Identity, Received, Snapshot, Stats};
use crate::scope::{Entry, Scope};
use crate::signal::Signal;

/// Connects with a token, or with the one that there is, and waits for the session.
#[command]
pub(crate) async fn connect(signal: State<'_, Signal>, token: Option<String>) -> Result<Identity> {
    if let Some(token) = token {
        signal.client().update_token(token)?;
    }
    Ok(signal.client().connect().await?.into())
}

/// Disconnects and stops reconnecting.
#[command]
pub(crate) async fn disconnect(signal: State<'_, Signal>) -> Result<()> {
    signal.client().disconnect().await;
    Ok(())
}

/// Sends a message now, or fails; with a time to live it may wait for a connection.
#[command]
pub(crate) async fn send_message(
    signal: State<'_, Signal>,
    command_scope: CommandScope<Entry>,
    global_scope: GlobalScope<Entry>,
    event: String,
    data: Option<Value>,
    ttl_ms: Option<u64>,
) -> Result<()> {
    Scope::new(&command_scope, &global_scope).check_event(&event)?;
    let client = signal.client();
    Ok(match ttl_ms.map(Duration::from_millis) {
        Some(ttl) => client.send_with_ttl(&event, &data, ttl),
        None => client.send(&event, &data),
    }?)
}

/// Sends a message, and waits for the payload of its reply.
#[command]
pub(crate) async fn request(
    signal: State<'_, Signal>,
    command_scope: CommandScope<Entry>,
    global_scope: GlobalScope<Entry>,
    event: String,
    data: Option<Value>,
    timeout_ms: u64,
) -> Result<Box<RawValue>> {
    Scope::new(&command_scope, &global_scope).check_event(&event)?;
    let timeout = Duration::from_millis(timeout_ms);
    let reply = signal.client().request(&event, &data, timeout).await?;
    Ok(Received::try_from(&reply)?.data)
}

/// Enters rooms, now and in every session to come.
#[command]
pub(crate) async fn join_rooms(
    signal: State<'_, Signal>,
    command_scope: CommandScope<Entry>,
    global_scope: GlobalScope<Entry>,
    rooms: Vec<String>,
) -> Result<()> {
    Scope::new(&command_scope, &global_scope).check_rooms(&rooms)?;
    Ok(signal.client().join(rooms)?)
}

/// Leaves rooms, and does not enter them again.
#[command]
pub(crate) async fn leave_rooms(
    signal: State<'_, Signal>,
    command_scope: CommandScope<Entry>,
    global_scope: GlobalScope<Entry>,
    rooms: Vec<String>,
) -> Result<()> {
    Scope::new(&command_scope, &global_scope).check_rooms(&rooms)?;
    Ok(signal.client().leave(rooms)?)
}

/// The state now.
#[command]
pub(crate) fn get_state(signal: State<'_, Signal>) -> models::State {
    signal.client().state().into()
}

/// The server's id of this connection, while a session is authenticated.
#[command]
pub(crate) fn get_client_id(signal: State<'_, Signal>) -> Option<String> {
    signal.client().client_id()
}

/// Sets the token for the next session.
#[command]
pub(crate) fn update_token(signal: State<'_, Signal>, token: String) -> Result<()> {
    Ok(signal.client().update_token(token)?)
}

/// Opens a stream of events: behind the cursor that the page kept, or where the page before it
/// stood in the same webview, or from now on.
#[command]
pub(crate) async fn subscribe<R: Runtime>(
    webview: Webview<R>,
    signal: State<'_, Signal>,
    channel: Channel<Batch>,
    cursor: Option<String>,
) -> Result<Snapshot> {
    signal.subscribe(webview.label(), channel, cursor.as_deref())
}

/// Says that a page has dealt with a stream up to a cursor. Without it the stream stops after a few
/// batches.
#[command]
pub(crate) fn acknowledge<R: Runtime>(
    webview: Webview<R>,
    signal: State<'_, Signal>,
    channel: u32,
    cursor: String,
) {
    signal.streams().acknowledge(webview.label(), channel, &cursor);
}

/// What was counted so far.
#[command]
pub(crate) fn stats(signal: State<'_, Signal>) -> Stats {
    signal.client().stats().into()
}

/// Where the connection stands, in words.
#[command]
pub(crate) fn explain(signal: State<'_, Signal>) -> String {
    signal.client().explain()
}
