//! The client on a phone: the part in Kotlin or Swift tells of the network and of the app's life, and
//! on Android also whose certificates the system trusts.

use aldis_client::{Builder, SignalClient, SignalEvents};
#[cfg(target_os = "ios")]
use aldis_client::{ConnectionState, StateChange};
use serde::Serialize;
use serde_json::Value;
use tauri::Runtime;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::plugin::{PluginApi, PluginHandle};
use tokio::sync::mpsc;

use crate::background::Background;
#[cfg(target_os = "ios")]
use crate::background::BackgroundPolicy;
use crate::error::Result;
use crate::phone::{self, Fact, Hint};

#[cfg(target_os = "ios")]
tauri::ios_plugin_binding!(init_plugin_signal);

/// Makes the client, and lets the system's news reach it.
///
/// This waits for answers of the part in Kotlin or Swift. They cannot wait for this: on Android they
/// come from its main thread, and setup runs on another one, Tauri's; on iOS they come from a queue
/// of Tauri's.
pub(crate) fn client<R: Runtime>(
    api: &PluginApi<R, Value>,
    builder: Builder,
    background: Background,
) -> Result<(SignalClient, SignalEvents)> {
    #[cfg(target_os = "android")]
    let system = api.register_android_plugin("dev.aldis.tauri", "SignalPlugin")?;
    #[cfg(target_os = "ios")]
    let system = api.register_ios_plugin(init_plugin_signal)?;

    #[cfg(target_os = "android")]
    let builder = {
        let system = system.clone();
        builder.trust_anchors(move || trust_anchors(&system))
    };
    let (client, events) = builder.build()?;
    watch(&system, client.clone(), background)?;
    Ok((client, events))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Watch {
    channel: Channel,
    /// Whether to ask iOS for time behind the foreground.
    #[cfg(target_os = "ios")]
    keep_running: bool,
}

/// Follows what the system tells, and tells the client what it should know of it.
fn watch<R: Runtime>(
    system: &PluginHandle<R>,
    client: SignalClient,
    background: Background,
) -> Result<()> {
    let (sender, facts) = mpsc::unbounded_channel();
    let channel = Channel::new(move |body| {
        let fact: Fact = match body {
            InvokeResponseBody::Json(json) => serde_json::from_str(&json)?,
            InvokeResponseBody::Raw(bytes) => serde_json::from_slice(&bytes)?,
        };
        // Nobody takes it when the app ends.
        let _ = sender.send(fact);
        Ok(())
    });
    let watch = Watch {
        channel,
        #[cfg(target_os = "ios")]
        keep_running: background.policy != BackgroundPolicy::AppManaged,
    };
    system.run_mobile_plugin::<()>("watch", watch)?;
    #[cfg(target_os = "ios")]
    let system = system.clone();
    let tell = move |hint| {
        tracing::debug!(?hint, "told to the client");
        match hint {
            Hint::NetworkAvailable => client.network_available(),
            Hint::NetworkLost => client.network_lost(),
            Hint::Resumed => client.resumed(),
            Hint::Suspended => {
                client.suspended();
                #[cfg(target_os = "ios")]
                tauri::async_runtime::spawn(rest(system.clone(), client.clone()));
            }
        }
    };
    tauri::async_runtime::spawn(phone::follow(background, facts, tell));
    Ok(())
}

/// Gives back the time that iOS granted behind the foreground, once the connection is closed.
#[cfg(target_os = "ios")]
async fn rest<R: Runtime>(system: PluginHandle<R>, client: SignalClient) {
    let mut states = client.watch_state();
    let is_closed = |change: &StateChange| change.state == ConnectionState::Disconnected;
    // A client that is gone is closed.
    let _ = states.wait_for(is_closed).await;
    if let Err(error) = system.run_mobile_plugin_async::<()>("rest", ()).await {
        tracing::warn!(%error, "iOS was not told that the connection is closed");
    }
}

/// The certificates that Android trusts, in DER.
#[cfg(target_os = "android")]
fn trust_anchors<R: Runtime>(
    system: &PluginHandle<R>,
) -> std::result::Result<Vec<Vec<u8>>, String> {
    #[derive(serde::Deserialize)]
    struct Anchors {
        certificates: Vec<String>,
    }
    let anchors: Anchors =
        system.run_mobile_plugin("trustAnchors", ()).map_err(|error| error.to_string())?;
    let decode = |text: String| base64_simd::STANDARD.decode_to_vec(text);
    anchors
        .certificates
        .into_iter()
        .map(decode)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| format!("a certificate of the system's key store is not base64: {error}"))
}
