//! The connection as the app's Rust code sees it.

use std::sync::Arc;

use aldis_client::SignalClient;
use tauri::ipc::Channel;
use tauri::{Manager, Runtime};

use crate::error::{Error, Result};
use crate::event_log::{Batch, EventLog};
use crate::models::Snapshot;
use crate::stream::Streams;

/// The app's one connection, and the pages that follow it.
#[derive(Debug)]
pub struct Signal {
    client: SignalClient,
    streams: Streams,
    windows: Option<Vec<String>>,
}

impl Signal {
    pub(crate) fn new(
        client: SignalClient,
        log: Arc<EventLog>,
        windows: Option<Vec<String>>,
    ) -> Self {
        Self { client, streams: Streams::new(log), windows }
    }

    /// The client, to send, to ask and to watch from Rust. Scopes bind windows only.
    pub fn client(&self) -> &SignalClient {
        &self.client
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Opens a stream to a page.
    pub(crate) fn subscribe(
        &self,
        webview: &str,
        channel: Channel<Batch>,
        cursor: Option<&str>,
    ) -> Result<Snapshot> {
        let is_chosen = |windows: &Vec<String>| windows.iter().any(|label| label == webview);
        if !self.windows.as_ref().is_none_or(is_chosen) {
            return Err(Error::WindowNotAllowed(webview.to_owned()));
        }
        let opening = self.streams.open(webview, channel, cursor);
        Ok(Snapshot {
            state: opening.state,
            reconnecting: opening.reconnecting,
            client_id: self.client.client_id(),
            cursor: opening.cursor.to_string(),
        })
    }
}

/// Gives the app's Rust code the connection.
pub trait SignalExt<R: Runtime> {
    /// The app's connection.
    ///
    /// # Panics
    ///
    /// Without the plugin.
    fn signal(&self) -> &Signal;
}

impl<R: Runtime, T: Manager<R>> SignalExt<R> for T {
    fn signal(&self) -> &Signal {
        self.state::<Signal>().inner()
    }
}
