use std::collections::VecDeque;
use std::fmt;

use aldis_protocol::Message;
use aldis_protocol::cipher::{EncryptedFrame, SessionCipher};
use bytes::Bytes;
use serde::Serialize;

use super::frames::Frames;
use super::session::message_text;
use super::stream::Stream;
use super::{Acceptance, Authenticate, Frame, Request, ScriptError};

/// A client that is connected to a [`ScriptedServer`](crate::ScriptedServer).
///
/// It has two levels, which mix. `send`, `recv` and what is named after a frame do just that and
/// nothing by itself: no ping is answered. What is named after messages behaves as an honest
/// server: it answers pings on the way, and a close frame with another. Nothing has a timeout.
///
/// Dropping it closes the connection; [`cut`](Self::cut) does it in order.
pub struct Peer {
    index: usize,
    request: Option<Request>,
    frames: Frames,
    answers_pings: bool,
    cipher: Option<SessionCipher>,
    events: VecDeque<Message>,
    controls: VecDeque<Message>,
}

impl Peer {
    pub(super) fn new(index: usize, stream: Stream, request: Option<Request>) -> Self {
        Self {
            index,
            request,
            frames: Frames::new(stream),
            answers_pings: true,
            cipher: None,
            events: VecDeque::new(),
            controls: VecDeque::new(),
        }
    }

    /// Which connection of the server this is, from zero: the second is the first reconnect.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The request that was upgraded, where it was read.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        self.request.as_ref()
    }

    /// Sets whether pings are answered while the script waits for messages. They are by default.
    pub fn answer_pings(&mut self, answer: bool) {
        self.answers_pings = answer;
    }

    /// Waits for the next frame of any kind. Fragments are joined.
    ///
    /// # Errors
    /// If the client ends the connection or breaks the WebSocket protocol.
    pub async fn recv(&mut self) -> Result<Frame, ScriptError> {
        self.frames.next().await?.ok_or(ScriptError::Ended("a frame"))
    }

    /// Sends a frame of any kind.
    pub async fn send(&mut self, frame: Frame) -> Result<(), ScriptError> {
        self.frames.send(&frame).await
    }

    /// Sends a text, whatever it says: a frame sealed earlier, a reflected one, no JSON.
    pub async fn send_text(&mut self, text: impl Into<String>) -> Result<(), ScriptError> {
        self.send(Frame::Text(text.into())).await
    }

    /// Sends a binary message.
    pub async fn send_binary(&mut self, bytes: impl Into<Bytes>) -> Result<(), ScriptError> {
        self.send(Frame::Binary(bytes.into())).await
    }

    /// Sends a ping, and does not wait for the pong.
    pub async fn send_ping(&mut self, payload: impl Into<Bytes>) -> Result<(), ScriptError> {
        self.send(Frame::Ping(payload.into())).await
    }

    /// Sends bytes below the frames: broken frames, half frames.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), ScriptError> {
        Ok(self.frames.stream().write(bytes).await?)
    }

    /// Sends a close frame and ends the connection right behind it, as IGNIS does; then waits for
    /// the client to end its side.
    ///
    /// # Errors
    /// If the stream fails before the close frame is written.
    pub async fn close(mut self, code: u16, reason: &str) -> Result<(), ScriptError> {
        self.send(Frame::Close(Some((code, reason.to_owned())))).await?;
        self.cut().await;
        Ok(())
    }

    /// Ends the connection without a close frame (the client sees 1006), and waits for the client
    /// to end its side.
    pub async fn cut(self) {
        self.frames.into_stream().end().await;
    }

    /// Never answers again, pings included: reads until the client ends the connection.
    pub async fn hold(mut self) {
        self.frames.stream().read_to_end().await;
    }

    /// Waits for the client to authenticate, which must be the next message.
    ///
    /// # Errors
    /// If something else comes.
    pub async fn expect_authenticate(&mut self) -> Result<Authenticate, ScriptError> {
        const EXPECTED: &str = "authenticate";
        let text = self.next_text().await?.ok_or(ScriptError::Ended(EXPECTED))?;
        let message = Message::parse(text)?;
        let authenticate = Authenticate::parse(&message).filter(|_| message.event() == EXPECTED);
        authenticate.ok_or_else(|| ScriptError::Unexpected {
            expected: EXPECTED,
            got: format!("the event {:?}, or data without a token", message.event()),
        })
    }

    /// Lets the client in, as an honest server does, with new keys. From here on events can be
    /// sent and received.
    ///
    /// # Errors
    /// If the client sent no usable key, or the stream fails.
    pub async fn accept(
        &mut self,
        authenticate: &Authenticate,
        acceptance: &Acceptance,
    ) -> Result<(), ScriptError> {
        let connected = self.prepare(authenticate, acceptance)?;
        self.send_text(connected).await
    }

    /// The first half of [`accept`](Self::accept): agrees on the session key, and returns the
    /// text of `connected` instead of sending it, so that the script can change, delay or
    /// repeat it.
    ///
    /// # Errors
    /// If the client sent no usable key.
    pub fn prepare(
        &mut self,
        authenticate: &Authenticate,
        acceptance: &Acceptance,
    ) -> Result<String, ScriptError> {
        let (cipher, connected) = acceptance.agree(self.index, authenticate)?;
        self.cipher = Some(cipher);
        Ok(connected)
    }

    /// Seals an event and sends it.
    ///
    /// # Errors
    /// If the client is not accepted yet, or the stream fails.
    pub async fn send_event(
        &mut self,
        event: &str,
        data: impl Serialize,
    ) -> Result<(), ScriptError> {
        let frame = self.seal(&message_text(event, data, None)?)?;
        self.send_text(frame).await
    }

    /// Answers an event that has an id with another of the same name and id.
    ///
    /// # Errors
    /// As [`send_event`](Self::send_event).
    pub async fn reply(
        &mut self,
        request: &Message,
        data: impl Serialize,
    ) -> Result<(), ScriptError> {
        let frame = self.seal(&message_text(request.event(), data, request.id())?)?;
        self.send_text(frame).await
    }

    /// Sends an event in plaintext, which only `connected` and `error` may be.
    ///
    /// # Errors
    /// If the data is not JSON, or the stream fails.
    pub async fn send_plain(
        &mut self,
        event: &str,
        data: impl Serialize,
    ) -> Result<(), ScriptError> {
        self.send_text(message_text(event, data, None)?).await
    }

    /// Seals a plaintext, be it a message or not, into the text of a frame, which can be sent once,
    /// twice, [tampered](crate::tampered) with, or never.
    ///
    /// # Errors
    /// If the client is not accepted yet.
    pub fn seal(&mut self, plaintext: &str) -> Result<String, ScriptError> {
        let cipher = self.cipher.as_mut().ok_or(ScriptError::NotAccepted)?;
        Ok(cipher.seal_in_place(plaintext.as_bytes().to_vec())?)
    }

    /// Opens the text of an encrypted frame that [`recv`](Self::recv) returned. A frame opens
    /// once.
    ///
    /// # Errors
    /// If it does not open, or holds no message, or the client is not accepted yet.
    pub fn open(&mut self, frame: &str) -> Result<Message, ScriptError> {
        let cipher = self.cipher.as_mut().ok_or(ScriptError::NotAccepted)?;
        let frame = EncryptedFrame::parse(frame).ok_or_else(|| ScriptError::Unexpected {
            expected: "an encrypted frame",
            got: "another text".to_owned(),
        })?;
        let plaintext = String::from_utf8(cipher.open(&frame)?)
            .map_err(|_| ScriptError::Protocol("a plaintext that is not UTF-8"))?;
        Ok(Message::parse(plaintext)?)
    }

    /// Waits for the next event that the client seals, and opens it. What it sends in plaintext
    /// meanwhile is kept for [`recv_control`](Self::recv_control).
    ///
    /// # Errors
    /// If the client leaves instead, or sends what it must not.
    pub async fn recv_event(&mut self) -> Result<Message, ScriptError> {
        self.next_event().await?.ok_or(ScriptError::Ended("an event"))
    }

    /// As [`recv_event`](Self::recv_event), for a loop: `None` once the client has left, in order
    /// or not.
    ///
    /// # Errors
    /// If the client sends what it must not.
    pub async fn next_event(&mut self) -> Result<Option<Message>, ScriptError> {
        while self.events.is_empty() {
            if !self.sort_next().await? {
                return Ok(None);
            }
        }
        Ok(self.events.pop_front())
    }

    /// Waits for the next plaintext message: `heartbeat`, `join`, `leave`. Events that the client
    /// seals meanwhile are kept for [`recv_event`](Self::recv_event).
    ///
    /// # Errors
    /// If the client leaves instead, or sends what it must not.
    pub async fn recv_control(&mut self) -> Result<Message, ScriptError> {
        while self.controls.is_empty() {
            if !self.sort_next().await? {
                break;
            }
        }
        self.controls.pop_front().ok_or(ScriptError::Ended("a control message"))
    }

    async fn sort_next(&mut self) -> Result<bool, ScriptError> {
        let text = match self.next_text().await {
            Ok(Some(text)) => text,
            Ok(None) => return Ok(false),
            Err(error) if error.is_end() => return Ok(false),
            Err(error) => return Err(error),
        };
        if self.cipher.is_some() && EncryptedFrame::parse(&text).is_some() {
            let event = self.open(&text)?;
            self.events.push_back(event);
        } else {
            self.controls.push_back(Message::parse(text)?);
        }
        Ok(true)
    }

    async fn next_text(&mut self) -> Result<Option<String>, ScriptError> {
        loop {
            match self.frames.next().await? {
                Some(Frame::Text(text)) => return Ok(Some(text)),
                Some(Frame::Ping(payload)) if self.answers_pings => {
                    self.send(Frame::Pong(payload)).await?;
                }
                Some(Frame::Ping(_) | Frame::Pong(_)) => {}
                Some(Frame::Close(close)) => {
                    self.send(Frame::Close(close)).await?;
                    return Ok(None);
                }
                None => return Ok(None),
                Some(frame @ Frame::Binary(_)) => {
                    let got = frame.kind().to_owned();
                    return Err(ScriptError::Unexpected { expected: "a text", got });
                }
            }
        }
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer")
            .field("index", &self.index)
            .field("accepted", &self.cipher.is_some())
            .finish_non_exhaustive()
    }
}
