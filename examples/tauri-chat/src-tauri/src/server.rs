//! Which server the app talks to.

use std::env::{self, VarError};
use std::num::ParseIntError;

use tauri_plugin_signal::SignalPluginConfig;

/// Where `aldis serve` listens unless it is told otherwise.
const DEFAULT_URL: &str = "ws://127.0.0.1:8787/ws";

/// Where everybody meets.
const LOBBY: &str = "lobby";

/// The server, as the environment names it.
pub(crate) struct Server {
    pub(crate) url: String,
    base_interval_ms: Option<u64>,
}

/// Why the environment cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvError {
    #[error("{name}: {error}")]
    Unreadable { name: &'static str, error: VarError },
    #[error("ALDIS_BASE_INTERVAL_MS: `{text}` is no number of milliseconds: {error}")]
    NoNumber { text: String, error: ParseIntError },
}

impl Server {
    /// `ALDIS_URL`, and `ALDIS_BASE_INTERVAL_MS`, the delay before the first retry.
    pub(crate) fn from_env() -> Result<Self, EnvError> {
        let base_interval_ms = match variable("ALDIS_BASE_INTERVAL_MS")? {
            None => None,
            Some(text) => match text.parse() {
                Ok(millis) => Some(millis),
                Err(error) => return Err(EnvError::NoNumber { text, error }),
            },
        };
        let url = variable("ALDIS_URL")?.unwrap_or_else(|| DEFAULT_URL.to_owned());
        Ok(Self { url, base_interval_ms })
    }

    /// What the plugin is to do.
    pub(crate) fn config(&self) -> SignalPluginConfig {
        let mut config = SignalPluginConfig {
            server_url: self.url.clone(),
            auto_join_rooms: vec![LOBBY.to_owned()],
            ..SignalPluginConfig::default()
        };
        if let Some(millis) = self.base_interval_ms {
            config.base_interval_ms = millis;
        }
        config
    }
}

fn variable(name: &'static str) -> Result<Option<String>, EnvError> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(error) => Err(EnvError::Unreadable { name, error }),
    }
}
