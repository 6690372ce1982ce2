//! The client on a desktop, whose system gives it all that it needs.

use aldis_client::{Builder, SignalClient, SignalEvents};
use serde_json::Value;
use tauri::Runtime;
use tauri::plugin::PluginApi;

use crate::background::Background;
use crate::error::Result;

/// Makes the client.
pub(crate) fn client<R: Runtime>(
    _api: &PluginApi<R, Value>,
    builder: Builder,
    _background: Background,
) -> Result<(SignalClient, SignalEvents)> {
    Ok(builder.build()?)
}
