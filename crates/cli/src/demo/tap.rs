//! Listens in on what arrives, to show it as it crossed the wire.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use aldis_client::dial::{BoxIo, Dial, DialError, DialFuture, Endpoint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

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
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let start = heard.windows(FRAME_HEAD.len()).rposition(|part| part == FRAME_HEAD)?;
        let frame = heard.get(start..)?;
        let end = frame.windows(FRAME_TAIL.len()).position(|part| part == FRAME_TAIL)?;
        let frame = frame.get(..end + FRAME_TAIL.len())?;
        Some(String::from_utf8_lossy(frame).into_owned())
    }
}

impl Dial for Tap {
    fn dial<'a>(&'a self, endpoint: &'a Endpoint) -> DialFuture<'a> {
        Box::pin(async move {
            let (host, port) = (endpoint.host(), endpoint.port());
            let stream = TcpStream::connect((host, port)).await.map_err(|cause| {
                DialError::Tcp { target: format!("{host}:{port}"), cause: Arc::new(cause) }
            })?;
            Ok(Box::new(Tapped { stream, tap: self.clone() }) as BoxIo)
        })
    }
}

struct Tapped {
    stream: TcpStream,
    tap: Tap,
}

impl AsyncRead for Tapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        let mut heard = self.tap.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.extend_from_slice(buffer.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Tapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
