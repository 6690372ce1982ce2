//! The WebSocket of one connection, read and written from one task.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aldis_protocol::Transmit;
use bytes::Bytes;
use futures_util::future::poll_fn;
use futures_util::{Sink, Stream};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

/// Bytes that may wait behind a socket that does not take them. Beyond it messages stay in the
/// outbox, unencrypted, where they can still expire or be told from those that were sent.
const HIGH_WATER_BYTES: usize = 64 << 10;

/// A WebSocket with a short queue of what is to be written.
///
/// Writing never keeps from reading, nor the other way: one call does what both sides allow.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    socket: WebSocketStream<S>,
    queue: VecDeque<Queued>,
    queued_bytes: usize,
    unflushed: bool,
    /// Why nothing can be written any more.
    broken: Option<Error>,
}

#[derive(Debug)]
struct Queued {
    frame: Message,
    /// Whether it is a message of the host's, not one of the protocol.
    is_message: bool,
}

/// What happened on the wire.
#[derive(Debug)]
pub(crate) enum WireEvent {
    /// A message came.
    Received(Message),
    /// There is room for more to write, where there was none.
    Writable,
    /// The connection is over, with the error if it did not end by a close frame.
    Ended(Option<Error>),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub(crate) fn new(socket: WebSocketStream<S>) -> Self {
        Self { socket, queue: VecDeque::new(), queued_bytes: 0, unflushed: false, broken: None }
    }

    /// Queues a frame; returns the bytes that it takes.
    pub(crate) fn push(&mut self, frame: Transmit, is_message: bool) -> usize {
        let frame = match frame {
            Transmit::Text(text) => Message::Text(text.into()),
            Transmit::Ping(payload) => Message::Ping(Bytes::copy_from_slice(&payload)),
            Transmit::Close { code, reason } => Message::Close(Some(CloseFrame {
                code: code.0.into(),
                reason: Utf8Bytes::from_static(reason),
            })),
        };
        let bytes = frame.len();
        self.queued_bytes += bytes;
        self.queue.push_back(Queued { frame, is_message });
        bytes
    }

    /// Whether messages should be queued now.
    pub(crate) fn has_room(&self) -> bool {
        self.queued_bytes < HIGH_WATER_BYTES
    }

    /// Writes, and reads too if `reading`, until something happens. Safe to drop at any time.
    pub(crate) async fn next(&mut self, reading: bool) -> WireEvent {
        poll_fn(|cx| {
            let had_room = self.has_room();
            if self.broken.is_none()
                && let Poll::Ready(Err(error)) = self.poll_write(cx)
            {
                self.broken = Some(error);
            }
            if reading {
                if let received @ Poll::Ready(_) = self.poll_read(cx) {
                    return received;
                }
                // What came before the break is read to its end: a close frame says more about
                // what happened than the write that failed behind it.
                if let Some(error) = self.broken.take() {
                    return Poll::Ready(WireEvent::Ended(Some(error)));
                }
            }
            // Behind reading, from which a host that sends without a pause must not keep.
            if !had_room && self.has_room() {
                return Poll::Ready(WireEvent::Writable);
            }
            Poll::Pending
        })
        .await
    }

    /// Takes a message that is there already.
    pub(crate) async fn try_next(&mut self) -> Option<WireEvent> {
        poll_fn(|cx| match self.poll_read(cx) {
            Poll::Ready(event) => Poll::Ready(Some(event)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }

    /// Writes everything that is queued.
    pub(crate) async fn flush(&mut self) -> Result<(), Error> {
        poll_fn(|cx| self.poll_write(cx)).await
    }

    /// Writes everything that is queued. If `wait`, reads on until the server ends the connection:
    /// a socket that is closed over unread bytes is reset, and what is on its way then is lost.
    pub(crate) async fn finish(&mut self, wait: bool) {
        if self.flush().await.is_ok() && wait {
            while !matches!(poll_fn(|cx| self.poll_read(cx)).await, WireEvent::Ended(_)) {}
        }
    }

    /// Messages of the host that are queued and not handed to the socket.
    pub(crate) fn unsent(&self) -> u64 {
        let is_unsent = |queued: &&Queued| queued.is_message && !queued.frame.is_close();
        self.queue.iter().filter(is_unsent).count() as u64
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<WireEvent> {
        Poll::Ready(match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
            Some(Ok(message)) => {
                // These two are answered by the socket itself, at the next flush.
                self.unflushed |= message.is_ping() || message.is_close();
                WireEvent::Received(message)
            }
            Some(Err(error)) => WireEvent::Ended(Some(error)),
            None => WireEvent::Ended(None),
        })
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.queue.is_empty() {
            ready!(Pin::new(&mut self.socket).poll_ready(cx))?;
            let Some(Queued { frame, is_message }) = self.queue.pop_front() else {
                break;
            };
            self.queued_bytes -= frame.len();
            self.unflushed = true;
            match Pin::new(&mut self.socket).start_send(frame) {
                // The answers to pings fill the buffer: they go first. Empty, it holds any frame.
                Err(Error::WriteBufferFull(frame)) => {
                    self.queued_bytes += frame.len();
                    self.queue.push_front(Queued { frame: *frame, is_message });
                    ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
                }
                sent => sent?,
            }
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, split};
    use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

    #[tokio::test]
    async fn who_writes_without_a_pause_still_reads() {
        let (near, mut far) = tokio::io::duplex(1 << 20);
        let mut wire = Wire::new(WebSocketStream::from_raw_socket(near, Role::Client, None).await);
        far.write_all(b"\x81\x02hi").await.unwrap();
        let text = "x".repeat(HIGH_WATER_BYTES);
        wire.push(Transmit::Text(text), true);
        // Everything is taken at once, and there is room for the next message again.
        let event = wire.next(true).await;
        assert!(matches!(&event, WireEvent::Received(message) if message.is_text()), "{event:?}");
        assert!(wire.has_room());
        assert!(far.read(&mut [0; 16]).await.unwrap() > 0);
    }

    #[tokio::test]
    async fn answers_to_pings_that_nobody_reads_are_bounded_and_let_messages_through() {
        const PINGS: usize = 10_000;
        const BUFFER_BYTES: usize = 64 << 10;
        let config = WebSocketConfig::default()
            .write_buffer_size(1 << 10)
            .max_write_buffer_size(BUFFER_BYTES);
        let (near, far) = tokio::io::duplex(1 << 10);
        let socket = WebSocketStream::from_raw_socket(near, Role::Client, Some(config));
        let (mut wire, (mut from_near, mut to_near)) = (Wire::new(socket.await), split(far));
        let pings = [&[0x89, 100][..], &[b'x'; 100]].concat().repeat(PINGS);
        let reading = async {
            for _ in 0..PINGS {
                let event = wire.next(true).await;
                assert!(matches!(&event, WireEvent::Received(message) if message.is_ping()));
            }
        };
        let (sent, ()) = tokio::join!(to_near.write_all(&pings), reading);
        sent.unwrap();

        wire.push(Transmit::Text("the message".to_owned()), true);
        wire.push(Transmit::Close { code: aldis_protocol::CloseCode::NORMAL, reason: "" }, false);
        let mut written = Vec::new();
        let writing = async {
            wire.flush().await.unwrap();
            drop(wire);
        };
        let (read, ()) = tokio::join!(from_near.read_to_end(&mut written), writing);
        read.unwrap();
        assert!(written.len() < 2 * BUFFER_BYTES, "{} bytes", written.len());
        // Text, final, masked, eleven bytes long.
        assert!(written.windows(2).any(|head| head == [0x81, 0x8b]));
    }
}
