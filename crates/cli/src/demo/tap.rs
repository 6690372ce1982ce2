//! Listens in on what arrives, to show it as it crossed the wire.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aldis_client::dial::{BoxIo, Dial, DialError, DialFuture, Endpoint};
use tokio::net::TcpStream;
use tokio_util::io::InspectReader;

/// How an encrypted frame begins and ends.
const FRAME_HEAD: &[u8] = br#"{"event":"encrypted""#;
const FRAME_TAIL: &[u8] = br#""}}"#;

/// A dialer whose connections remember what came in. Clones share the memory.
#[derive(Clone, Default)]
pub(super) struct Tap {
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    /// The last encrypted frame that came in. A server's frames are not masked, so they stand in
    /// the stream as they are.
    pub(super) fn last_encrypted_frame(&self) -> Option<String> {
        let heard = self.heard();
        let start = heard.windows(FRAME_HEAD.len()).rposition(|part| part == FRAME_HEAD)?;
        let frame = heard.get(start..)?;
        let end = frame.windows(FRAME_TAIL.len()).position(|part| part == FRAME_TAIL)?;
        let frame = frame.get(..end + FRAME_TAIL.len())?;
        Some(String::from_utf8_lossy(frame).into_owned())
    }

    fn heard(&self) -> MutexGuard<'_, Vec<u8>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dial for Tap {
    fn dial<'a>(&'a self, endpoint: &'a Endpoint) -> DialFuture<'a> {
        Box::pin(async move {
            let (host, port) = (endpoint.host(), endpoint.port());
            let stream = TcpStream::connect((host, port)).await.map_err(|cause| {
                DialError::Tcp { target: format!("{host}:{port}"), cause: Arc::new(cause) }
            })?;
            let tap = self.clone();
            let listen = move |bytes: &[u8]| tap.heard().extend_from_slice(bytes);
            Ok(Box::new(InspectReader::new(stream, listen)) as BoxIo)
        })
    }
}
