//! How the plugin comes into an app.

use std::sync::Arc;

use serde_json::Value;
use tauri::plugin::{PluginApi, TauriPlugin};
use tauri::webview::PageLoadEvent;
use tauri::{AppHandle, Manager, RunEvent, Runtime, WindowEvent, generate_handler};

use crate::config::SignalPluginConfig;
use crate::error::Result;
use crate::event_log::EventLog;
use crate::signal::{Signal, SignalExt};
use crate::{commands, forward, platform};

/// Makes the plugin with a configuration, which goes before that of `tauri.conf.json`.
pub fn init<R: Runtime>(config: SignalPluginConfig) -> TauriPlugin<R, Value> {
    Builder::new().config(config).build()
}

/// Makes the plugin.
#[derive(Default)]
pub struct Builder {
    config: Option<SignalPluginConfig>,
}

impl Builder {
    /// A plugin that is configured under `plugins.signal` in `tauri.conf.json`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the configuration in code. That of `tauri.conf.json` is not looked at then.
    #[must_use]
    pub fn config(mut self, config: SignalPluginConfig) -> Self {
        self.config = Some(config);
        self
    }

    /// The plugin. A setting that cannot be used stops the app, with the setting's name.
    pub fn build<R: Runtime>(self) -> TauriPlugin<R, Value> {
        tauri::plugin::Builder::new("signal")
            .invoke_handler(generate_handler![
                commands::connect,
                commands::disconnect,
                commands::send_message,
                commands::request,
                commands::join_rooms,
                commands::leave_rooms,
                commands::get_state,
                commands::get_client_id,
                commands::update_token,
                commands::subscribe,
                commands::unsubscribe,
                commands::stats,
                commands::explain,
            ])
            .setup(move |app, api| Ok(start(app, &api, self.config)?))
            .on_page_load(|webview, load| {
                // Channels of the page before lead nowhere.
                if load.event() == PageLoadEvent::Started {
                    webview.signal().streams().close_all(webview.label());
                }
            })
            .on_event(on_event)
            .build()
    }
}

fn start<R: Runtime>(
    app: &AppHandle<R>,
    api: &PluginApi<R, Value>,
    config: Option<SignalPluginConfig>,
) -> Result<()> {
    let config = match config {
        Some(config) => config,
        None => SignalPluginConfig::from_json(api.config())?,
    };
    // The client starts its task on the runtime that it is made in.
    let runtime = tauri::async_runtime::handle();
    let _entered = runtime.inner().enter();
    let (client, events) = platform::client(api, config.to_client())?;
    let log = Arc::new(EventLog::new(config.replay_limits()));
    // Where windows are chosen, only their streams carry events: any window can listen to the bus.
    let bus = config.windows.is_none().then(|| app.clone());
    tauri::async_runtime::spawn(forward::run(events, Arc::clone(&log), bus));
    app.manage(Signal::new(client, log, config.windows));
    Ok(())
}

fn on_event<R: Runtime>(app: &AppHandle<R>, event: &RunEvent) {
    match event {
        RunEvent::Resumed => app.signal().client().resumed(),
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. } => {
            app.signal().streams().close_all(label);
        }
        RunEvent::Exit => {
            tauri::async_runtime::block_on(app.signal().client().disconnect());
        }
        _ => {}
    }
}
