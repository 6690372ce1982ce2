//! An app with the plugin, a page of it, and a server.

use std::sync::mpsc;
use std::time::Duration;

use aldis_server::handlers::Relay;
use aldis_server::{Authenticator, OpenRooms, Rejection, RunningServer, Server, User};
use serde_json::{Value, json};
use tauri::http::HeaderMap;
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{
    INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder, mock_context, noop_assets,
};
use tauri::utils::acl::ExecutionContext;
use tauri::webview::InvokeRequest;
use tauri::{App, Listener as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder, async_runtime};
use tauri_plugin_signal::{Builder, SignalPluginConfig};

/// Long enough for a busy machine; a test that passes never waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

const COMMANDS: [&str; 13] = [
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

/// The token `good-ann` is that of the user ann; others are refused.
struct Tokens;

impl Authenticator for Tokens {
    async fn authenticate(&self, token: &str) -> Result<User, Rejection> {
        let user = token.strip_prefix("good-").ok_or(Rejection::refused("not a good one"))?;
        Ok(User::new(user))
    }
}

pub(crate) fn server() -> RunningServer {
    async_runtime::block_on(async {
        let server = Server::builder()
            .authenticator(Tokens)
            .room_policy(OpenRooms)
            .handler(Relay)
            .build()
            .unwrap();
        server.bind("127.0.0.1:0").await.unwrap()
    })
}

pub(crate) fn config(server: &RunningServer) -> SignalPluginConfig {
    SignalPluginConfig {
        server_url: server.url(),
        max_retries: 1,
        base_interval_ms: 1,
        ..Default::default()
    }
}

/// Builds an app whose `tauri.conf.json` has this under `plugins.signal`.
pub(crate) fn build(plugin: Builder, json: Value) -> tauri::Result<App<MockRuntime>> {
    build_from(mock_builder(), plugin, json)
}

fn build_from(
    builder: tauri::Builder<MockRuntime>,
    plugin: Builder,
    json: Value,
) -> tauri::Result<App<MockRuntime>> {
    let mut context = mock_context(noop_assets());
    context.config_mut().plugins.0.insert("signal".into(), json);
    for command in COMMANDS {
        let command = format!("plugin:signal|{command}");
        context.runtime_authority_mut().__allow_command(command, ExecutionContext::Local);
    }
    builder.plugin(plugin.build()).build(context)
}

/// An app with one page.
pub(crate) struct Page {
    app: App<MockRuntime>,
    window: WebviewWindow<MockRuntime>,
    /// What comes by its channels.
    batches: Heard,
}

impl Page {
    pub(crate) fn open(config: SignalPluginConfig) -> Self {
        let (sender, batches) = mpsc::channel();
        let builder = mock_builder().channel_interceptor(move |_, _, _, body| {
            let InvokeResponseBody::Json(json) = body else { return false };
            // A test that has seen enough has dropped the receiver.
            let _ = sender.send(serde_json::from_str(json).unwrap());
            true
        });
        let app = build_from(builder, Builder::new().config(config), Value::Null).unwrap();
        let window =
            WebviewWindowBuilder::new(&app, "main", WebviewUrl::default()).build().unwrap();
        Self { app, window, batches: Heard(batches) }
    }

    /// A page of an app that is connected as ann.
    pub(crate) fn connected(server: &RunningServer) -> Self {
        let page = Self::open(config(server));
        let states = page.listen("signal:state");
        page.invoke("connect", json!({ "token": "good-ann" })).unwrap();
        // It may be told behind the answer to `connect`.
        while states.next()["state"] != "authenticated" {}
        page
    }

    pub(crate) fn invoke(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: format!("plugin:signal|{command}"),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        get_ipc_response(&self.window, request).map(|body| body.deserialize().unwrap())
    }

    /// The code of the error that a command ends with.
    pub(crate) fn refusal(&self, command: &str, arguments: Value) -> String {
        let error = self.invoke(command, arguments).unwrap_err();
        assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
        error["code"].as_str().unwrap().to_owned()
    }

    /// Opens a stream, and tells what it begins with.
    pub(crate) fn subscribe(&self, cursor: &Value) -> Value {
        let arguments = json!({ "channel": "__CHANNEL__:7", "cursor": cursor });
        self.invoke("subscribe", arguments).unwrap()
    }

    /// The next batch of the page's stream.
    pub(crate) fn batch(&self) -> Value {
        self.batches.next()
    }

    /// What comes under a name on the app's bus, from now on.
    pub(crate) fn listen(&self, event: &str) -> Heard {
        let (sender, heard) = mpsc::channel();
        self.app.listen_any(event, move |event| {
            // A test that has heard enough has dropped the receiver.
            let _ = sender.send(serde_json::from_str(event.payload()).unwrap());
        });
        Heard(heard)
    }
}

pub(crate) struct Heard(mpsc::Receiver<Value>);

impl Heard {
    pub(crate) fn next(&self) -> Value {
        self.0.recv_timeout(PATIENCE).unwrap()
    }

    pub(crate) fn nothing_so_far(&self) -> bool {
        matches!(self.0.try_recv(), Err(mpsc::TryRecvError::Empty))
    }
}
