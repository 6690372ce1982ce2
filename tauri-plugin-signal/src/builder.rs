//! How the plugin comes into an app.

use std::sync::Arc;

use aldis_client::{Builder as ClientBuilder, SignalClient};
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
    client: Option<ClientHook>,
}

type ClientHook = Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>;

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

    /// Adds to the client what only code can give it, such as a provider of tokens:
    ///
    /// ```no_run
    /// # async fn fetch_token() -> std::io::Result<String> { Ok(String::new()) }
    /// tauri_plugin_signal::Builder::new()
    ///     .client(|client| client.token_provider(|_request| async { fetch_token().await }));
    /// ```
    #[must_use]
    pub fn client(
        mut self,
        hook: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static,
    ) -> Self {
        self.client = Some(Box::new(hook));
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
                commands::acknowledge,
                commands::stats,
                commands::explain,
            ])
            .setup(move |app, api| Ok(self.start(app, &api)?))
            .on_page_load(|webview, load| {
                // Channels of the page before lead nowhere.
                if load.event() == PageLoadEvent::Started {
                    webview.signal().streams().close_all(webview.label());
                }
            })
            .on_event(on_event)
            .build()
    }

    fn start<R: Runtime>(self, app: &AppHandle<R>, api: &PluginApi<R, Value>) -> Result<()> {
        let config = match self.config {
            Some(config) => config,
            None => SignalPluginConfig::from_json(api.config())?,
        };
        let log = Arc::new(EventLog::new(config.replay_limits()?));
        // The client starts its task on the runtime that it is made in.
        let runtime = tauri::async_runtime::handle();
        let _entered = runtime.inner().enter();
        let builder = SignalClient::builder(config.to_client());
        let builder = match self.client {
            Some(hook) => hook(builder),
            None => builder,
        };
        let (client, events) = platform::client(api, builder, config.background()?)?;
        // Where windows are chosen, only their streams carry events: any can listen to the bus.
        let bus = config.windows.is_none().then(|| app.clone());
        tauri::async_runtime::spawn(forward::run(events, Arc::clone(&log), bus));
        app.manage(Signal::new(client, log, config.windows));
        Ok(())
    }
}

fn on_event<R: Runtime>(app: &AppHandle<R>, event: &RunEvent) {
    match event {
        // On a phone what follows from its life is the policy's.
        #[cfg(desktop)]
        RunEvent::Resumed => app.signal().client().resumed(),
        RunEvent::WindowEvent { label, event: WindowEvent::Destroyed, .. } => {
            app.signal().streams().close_all(label);
            // A phone takes the window away and gives it back; on a desktop it is another one.
            #[cfg(desktop)]
            app.signal().streams().forget(label);
        }
        RunEvent::Exit => {
            tauri::async_runtime::block_on(app.signal().client().disconnect());
        }
        _ => {}
    }
}
