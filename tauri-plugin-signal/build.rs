//! Makes the permissions of the commands, and the schema of the scope.

const COMMANDS: &[&str] = &[
    "connect",
    "disconnect",
    "send_message",
    "request",
    "join_rooms",
    "leave_rooms",
    "get_state",
    "get_client_id",
    "update_token",
    "subscribe",
    "acknowledge",
    "stats",
    "explain",
];

/// What a window may send, or where it may go. Of each kind, everything is allowed until one is
/// listed; what is denied stays denied.
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its schema is read")]
enum SignalScopeEntry {
    /// Events that may be sent, by `send_message` and `request`.
    Event {
        /// A name, in which `*` stands for anything: `chat.*`.
        event: String,
    },
    /// Rooms that may be joined and left.
    Room {
        /// A name, in which `*` stands for anything: `team-*`.
        room: String,
    },
}

fn main() {
    tauri_plugin::Builder::new(COMMANDS)
        .android_path("android")
        .ios_path("ios")
        .global_scope_schema(schemars::schema_for!(SignalScopeEntry))
        .build();
}
