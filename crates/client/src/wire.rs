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
    queue: VecDeque<Message>,
    queued_bytes: usize,
    unflushed: bool,
    /// Why nothing can be written any more.
    broken: Option<Error>,
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
    pub(crate) fn push(&mut self, frame: Transmit) -> usize {
        let message = match frame {
            Transmit::Text(text) => Message::Text(text.into()),
            Transmit::Ping(payload) => Message::Ping(Bytes::copy_from_slice(&payload)),
            Transmit::Close { code, reason } => Message::Close(Some(CloseFrame {
                code: code.0.into(),
                reason: Utf8Bytes::from_static(reason),
            })),
        };
        let bytes = message.len();
        self.queued_bytes += bytes;
        self.queue.push_back(message);
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
            if !had_room && self.has_room() {
                return Poll::Ready(WireEvent::Writable);
            }
            if !reading {
                return Poll::Pending;
            }
            match self.poll_read(cx) {
                // What came before the break is read to its end: a close frame says more about
                // what happened than the write that failed behind it.
                Poll::Pending if self.broken.is_some() => {
                    Poll::Ready(WireEvent::Ended(self.broken.take()))
                }
                read => read,
            }
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

    /// Messages that are queued and not handed to the socket.
    pub(crate) fn unsent(&self) -> u64 {
        self.queue.iter().filter(|message| message.is_text()).count() as u64
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<WireEvent> {
        Poll::Ready(match ready!(Pin::new(&mut self.socket).poll_next(cx)) {
            Some(Ok(message)) => WireEvent::Received(message),
            Some(Err(error)) => WireEvent::Ended(Some(error)),
            None => WireEvent::Ended(None),
        })
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        while !self.queue.is_empty() {
            ready!(Pin::new(&mut self.socket).poll_ready(cx))?;
            let Some(message) = self.queue.pop_front() else {
                break;
            };
            self.queued_bytes -= message.len();
            Pin::new(&mut self.socket).start_send(message)?;
            self.unflushed = true;
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}
