//! The client on a phone: the part in Kotlin or Swift tells it of the network and of the app's life,
//! and on Android also whose certificates the system trusts.

use aldis_client::{SignalClient, SignalConfig, SignalEvents};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tauri::Runtime;
use tauri::ipc::{Channel, InvokeResponseBody};
use tauri::plugin::{PluginApi, PluginHandle};

use crate::error::Result;

#[cfg(target_os = "ios")]
tauri::ios_plugin_binding!(init_plugin_signal);

/// Makes the client, and lets the system's news reach it.
pub(crate) fn client<R: Runtime>(
    api: &PluginApi<R, Value>,
    config: SignalConfig,
) -> Result<(SignalClient, SignalEvents)> {
    #[cfg(target_os = "android")]
    let system = api.register_android_plugin("dev.aldis.tauri", "SignalPlugin")?;
    #[cfg(target_os = "ios")]
    let system = api.register_ios_plugin(init_plugin_signal)?;

    let builder = SignalClient::builder(config);
    #[cfg(target_os = "android")]
    let builder = {
        let system = system.clone();
        builder.trust_anchors(move || trust_anchors(&system))
    };
    let (client, events) = builder.build()?;
    watch(&system, client.clone())?;
    Ok((client, events))
}

/// What the system tells.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum News {
    NetworkAvailable,
    NetworkLost,
    Resumed,
}

#[derive(Serialize)]
struct Watch {
    channel: Channel,
}

fn watch<R: Runtime>(system: &PluginHandle<R>, client: SignalClient) -> Result<()> {
    let channel = Channel::new(move |body| {
        let news = match body {
            InvokeResponseBody::Json(json) => serde_json::from_str(&json)?,
            InvokeResponseBody::Raw(bytes) => serde_json::from_slice(&bytes)?,
        };
        match news {
            News::NetworkAvailable => client.network_available(),
            News::NetworkLost => client.network_lost(),
            News::Resumed => client.resumed(),
        }
        Ok(())
    });
    Ok(system.run_mobile_plugin("watch", Watch { channel })?)
}

/// The certificates that Android trusts, in DER.
#[cfg(target_os = "android")]
fn trust_anchors<R: Runtime>(
    system: &PluginHandle<R>,
) -> std::result::Result<Vec<Vec<u8>>, String> {
    #[derive(Deserialize)]
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
