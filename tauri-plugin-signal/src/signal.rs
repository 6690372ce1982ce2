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
    log: Arc<EventLog>,
    streams: Streams,
    windows: Option<Vec<String>>,
}

impl Signal {
    pub(crate) fn new(
        client: SignalClient,
        log: Arc<EventLog>,
        windows: Option<Vec<String>>,
    ) -> Self {
        Self { client, log, streams: Streams::default(), windows }
    }

    /// The client, to send, to ask and to watch from Rust. Scopes bind windows only.
    pub fn client(&self) -> &SignalClient {
        &self.client
    }

    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Opens a stream to a page: from now on, or from behind the cursor that the page kept.
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
        let cursor = cursor.map_or_else(|| self.log.end(), |cursor| self.log.cursor(cursor));
        // Read behind the cursor: a change meanwhile is in the snapshot and in the stream, never
        // in neither.
        let snapshot = Snapshot {
            state: self.client.state().as_str(),
            client_id: self.client.client_id(),
            cursor: cursor.to_string(),
        };
        self.streams.open(webview, channel, Arc::clone(&self.log), cursor);
        Ok(snapshot)
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
