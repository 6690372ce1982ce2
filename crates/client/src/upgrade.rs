//! The WebSocket upgrade on a stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Request;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::config::Settings;
use crate::dial::{BoxIo, DialError};

/// tungstenite's own default of 128 KiB suits servers; a phone holds one connection of small
/// messages, and larger ones grow the buffer when they come.
const READ_BUFFER_BYTES: usize = 16 << 10;

/// Written at once when full, and at every flush.
const WRITE_BUFFER_BYTES: usize = 16 << 10;

/// Room in the write buffer beyond the largest message: the answers to pings, which pile up when
/// the server does not read them.
const SPARE_WRITE_BYTES: usize = 64 << 10;

/// A longer head of an answer is handed on in pieces, for tungstenite to refuse.
const MAX_HEAD_BYTES: usize = 16 << 10;

/// Makes a WebSocket of a fresh stream.
pub(crate) async fn upgrade(
    stream: BoxIo,
    settings: &Settings,
) -> Result<WebSocketStream<BoxIo>, DialError> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(settings.session.max_frame_bytes + SPARE_WRITE_BYTES)
        .max_message_size(Some(settings.max_inbound_bytes))
        .max_frame_size(Some(settings.max_inbound_bytes));
    let request = request(settings).map_err(failed)?;
    let stream: BoxIo = Box::new(WholeHead::of(stream));
    let upgraded = client_async_with_config(request, stream, Some(config)).await;
    upgraded.map(|(socket, _response)| socket).map_err(failed)
}

fn request(settings: &Settings) -> Result<Request<()>, Error> {
    let mut request = settings.endpoint.url().as_str().into_client_request()?;
    for (name, value) in settings.endpoint.headers() {
        request.headers_mut().append(name, value.clone());
    }
    Ok(request)
}

fn failed(error: Error) -> DialError {
    match error {
        Error::Http(response) => DialError::UpgradeRefused { status: response.status().as_u16() },
        error => DialError::Upgrade(error.to_string()),
    }
}

/// Reads the head of the server's answer to its end before it hands anything on.
///
/// A slow line may bring the head byte by byte, which tungstenite takes for an attack.
struct WholeHead {
    stream: BoxIo,
    head: Vec<u8>,
    /// Bytes of the head that were handed on, once it is complete.
    taken: Option<usize>,
}

impl WholeHead {
    fn of(stream: BoxIo) -> Self {
        Self { stream, head: Vec::new(), taken: None }
    }

    fn poll_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; 1 << 10];
        while self.taken.is_none() {
            let mut piece = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut self.stream).poll_read(cx, &mut piece))?;
            // Its end may be split between two pieces.
            let seen = self.head.len().saturating_sub(3);
            self.head.extend_from_slice(piece.filled());
            let ended = self.head[seen..].windows(4).any(|end| end == b"\r\n\r\n");
            if ended || piece.filled().is_empty() || self.head.len() > MAX_HEAD_BYTES {
                self.taken = Some(0);
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for WholeHead {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_head(cx))?;
        let this = &mut *self;
        let rest = &this.head[this.taken.unwrap_or_default()..];
        if rest.is_empty() {
            this.head = Vec::new();
            this.taken = Some(0);
            return Pin::new(&mut this.stream).poll_read(cx, buf);
        }
        let bytes = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..bytes]);
        this.taken = this.taken.map(|taken| taken + bytes);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for WholeHead {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
