//! One encrypted realtime connection for a Tauri app.
//!
//! The connection is kept in the Rust process: it outlives the `WebView`, and no key crosses the
//! IPC.
//!
//! ```no_run
//! use tauri_plugin_signal::SignalPluginConfig;
//!
//! # fn with_signal<R: tauri::Runtime>(builder: tauri::Builder<R>) -> tauri::Builder<R> {
//! builder.plugin(tauri_plugin_signal::init(SignalPluginConfig {
//!     server_url: "wss://example.org/ws".into(),
//!     ..Default::default()
//! }))
//! # }
//! ```

mod background;
mod builder;
mod commands;
mod config;
#[cfg(desktop)]
mod desktop;
mod error;
mod event_log;
mod forward;
#[cfg(mobile)]
mod mobile;
mod models;
#[cfg(any(mobile, test))]
mod phone;
mod scope;
mod signal;
mod standing;
mod stream;

#[cfg(desktop)]
use desktop as platform;
#[cfg(mobile)]
use mobile as platform;

pub use aldis_client;
pub use background::BackgroundPolicy;
pub use builder::{Builder, init};
pub use config::{SignalPluginConfig, TlsConfig};
pub use error::{Error, Result};
pub use signal::{Signal, SignalExt};
