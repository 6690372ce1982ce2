//! The WebSocket of one connection: coalesced writing, reading, and a close that arrives.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aldis_protocol::CloseCode;
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Message, Role, WebSocketConfig};

use super::gathered::Gathered;

/// Memory that an idle connection keeps for reading. Small, because most of ten thousand
/// connections are idle; larger messages get what they need.
const BUFFER_BYTES: usize = 4096;

/// Bytes of answers to pings that may wait, of a client that does not read them.
const MAX_WAITING_ANSWERS: usize = 64 << 10;

/// The head of a message. It depends on nothing but its length.
const TEXT: FrameHeader = FrameHeader {
    is_final: true,
    rsv1: false,
    rsv2: false,
    rsv3: false,
    opcode: OpCode::Data(Data::Text),
    mask: None,
};

/// How long the end of a connection may take, from the close frame until the client has ended
/// its side too.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// Messages go out past tungstenite, straight into the stream's buffer: it is only asked to read, to
/// answer pings and to close. The stream keeps the order of what both write.
pub(super) struct Socket {
    ws: WebSocketStream<Gathered<TokioIo<Upgraded>>>,
    /// Since when the network takes nothing, and how much it had taken then.
    stalled: Option<(Instant, u64)>,
}

/// What came of reading.
#[derive(Debug)]
pub(super) enum Read {
    Message(Message),
    /// The client says goodbye.
    Goodbye(CloseCode),
    /// The client broke a rule of WebSocket: close with this.
    Violation(CloseCode, &'static str),
    /// The connection is gone.
    Lost,
}

impl Socket {
    pub(super) async fn new(upgraded: Upgraded, max_message_bytes: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(MAX_WAITING_ANSWERS)
            .max_message_size(Some(max_message_bytes))
            .max_frame_size(Some(max_message_bytes));
        let stream = Gathered::new(TokioIo::new(upgraded));
        Self {
            ws: WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await,
            stalled: None,
        }
    }

    /// Writes what `next` gives for as long as the network takes it, then flushes. Ready once all
    /// is on its way; `false` if the connection is gone.
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        next: impl FnMut() -> Option<String>,
    ) -> Poll<bool> {
        let written = self.poll_write_all(cx, next);
        self.stalled = match (&written, self.stalled) {
            (Poll::Ready(_), _) => None,
            (Poll::Pending, Some((since, bytes))) if bytes == self.bytes_written() => {
                Some((since, bytes))
            }
            (Poll::Pending, _) => Some((Instant::now(), self.bytes_written())),
        };
        written.map(|written| written.is_ok())
    }

    fn poll_write_all(
        &mut self,
        cx: &mut Context<'_>,
        mut next: impl FnMut() -> Option<String>,
    ) -> Poll<Result<(), Error>> {
        let stream = self.ws.get_mut();
        loop {
            if stream.is_full() {
                ready!(stream.poll_send(cx))?;
            }
            let Some(text) = next() else { break };
            let buffer = stream.buffer();
            TEXT.format(text.len() as u64, buffer)?;
            buffer.extend_from_slice(text.as_bytes());
        }
        stream.poll_send(cx).map_err(Error::from)
    }

    /// Since when the network has taken nothing of what there is to write.
    pub(super) fn stalled_since(&self) -> Option<Instant> {
        self.stalled.map(|(since, _)| since)
    }

    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Read> {
        let read = match ready!(self.ws.poll_next_unpin(cx)) {
            Some(Ok(Message::Close(frame))) => {
                let code = frame.map_or(CloseCode::NORMAL, |frame| CloseCode(frame.code.into()));
                Read::Goodbye(code)
            }
            Some(Ok(message)) => Read::Message(message),
            Some(Err(Error::Capacity(_))) => {
                Read::Violation(CloseCode::MESSAGE_TOO_BIG, "message too big")
            }
            Some(Err(Error::Utf8(_))) => {
                Read::Violation(CloseCode::INVALID_PAYLOAD, "invalid UTF-8")
            }
            Some(Err(Error::Protocol(error)))
                if error != ProtocolError::ResetWithoutClosingHandshake =>
            {
                Read::Violation(CloseCode::PROTOCOL_ERROR, "protocol error")
            }
            Some(Err(_)) | None => Read::Lost,
        };
        Poll::Ready(read)
    }

    /// Bytes read so far.
    pub(super) fn bytes_read(&self) -> u64 {
        self.ws.get_ref().bytes_read
    }

    /// Bytes written so far.
    pub(super) fn bytes_written(&self) -> u64 {
        self.ws.get_ref().bytes_written
    }

    /// Sends what `next` gives and a close frame, ends the connection right behind it, and waits until
    /// the client has too.
    ///
    /// Without that wait the kernel would answer what the client still sends with a reset, and the
    /// reset would overtake the close frame.
    pub(super) async fn close(
        &mut self,
        mut next: impl FnMut() -> Option<String>,
        code: CloseCode,
        reason: &'static str,
    ) {
        let close = async {
            poll_fn(|cx| self.poll_write_all(cx, &mut next)).await?;
            let frame = CloseFrame { code: code.0.into(), reason: reason.into() };
            self.ws.send(Message::Close(Some(frame))).await?;
            self.linger().await
        };
        // Whether the client hears it is its own affair: the connection ends either way.
        let _ = timeout(CLOSE_WITHIN, close).await;
    }

    /// Answers the client's close frame and ends the connection.
    pub(super) async fn answer_close(&mut self) {
        let close = async {
            self.ws.flush().await?;
            self.linger().await
        };
        let _ = timeout(CLOSE_WITHIN, close).await;
    }

    /// Ends our side, and reads until the client has ended its own.
    async fn linger(&mut self) -> Result<(), Error> {
        let stream = self.ws.get_mut();
        stream.shutdown().await?;
        let mut ignored = vec![0; BUFFER_BYTES];
        while stream.read(&mut ignored).await? > 0 {}
        Ok(())
    }
}
