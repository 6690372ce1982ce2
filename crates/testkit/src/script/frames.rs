//! WebSocket frames without any behaviour: nothing is answered that the script does not answer.

use std::fmt;
use std::io::Cursor;

use bytes::{Bytes, BytesMut};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Control, Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{CloseFrame, Frame as RawFrame, FrameHeader};

use super::ScriptError;
use super::stream::Stream;

const MAX_MESSAGE_BYTES: usize = 64 * 1024 * 1024;

/// A WebSocket message or control frame.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Bytes),
    /// A ping with its payload.
    Ping(Bytes),
    /// A pong with its payload.
    Pong(Bytes),
    /// A close frame, with code and reason if it has any.
    Close(Option<(u16, String)>),
}

impl Frame {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Binary(_) => "a binary message",
            Self::Ping(_) => "a ping",
            Self::Pong(_) => "a pong",
            Self::Close(_) => "a close frame",
        }
    }

    fn to_raw(&self) -> RawFrame {
        match self {
            Self::Text(text) => {
                RawFrame::message(text.clone().into_bytes(), OpCode::Data(Data::Text), true)
            }
            Self::Binary(bytes) => {
                RawFrame::message(bytes.clone(), OpCode::Data(Data::Binary), true)
            }
            Self::Ping(bytes) => RawFrame::ping(bytes.clone()),
            Self::Pong(bytes) => RawFrame::pong(bytes.clone()),
            Self::Close(close) => RawFrame::close(close.as_ref().map(|(code, reason)| {
                CloseFrame { code: CloseCode::from(*code), reason: reason.as_str().into() }
            })),
        }
    }
}

/// Sizes only: texts may hold tokens and payloads.
impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Binary(bytes) => write!(f, "Binary({} bytes)", bytes.len()),
            Self::Ping(bytes) => write!(f, "Ping({} bytes)", bytes.len()),
            Self::Pong(bytes) => write!(f, "Pong({} bytes)", bytes.len()),
            Self::Close(close) => f.debug_tuple("Close").field(close).finish(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Frames {
    stream: Stream,
    fragments: Option<Fragments>,
}

#[derive(Debug)]
struct Fragments {
    kind: Data,
    payload: BytesMut,
}

impl Frames {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream, fragments: None }
    }

    pub(super) fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    pub(super) fn into_stream(self) -> Stream {
        self.stream
    }

    pub(super) async fn send(&mut self, frame: &Frame) -> Result<(), ScriptError> {
        let mut bytes = Vec::new();
        frame
            .to_raw()
            .format(&mut bytes)
            .map_err(|_| ScriptError::Protocol("the script's frame cannot be written"))?;
        Ok(self.stream.write(&bytes).await?)
    }

    /// Reads the next message or control frame; fragments are joined. `None` at the end of the
    /// stream, be it within a frame. Nothing is lost if it is cancelled.
    pub(super) async fn next(&mut self) -> Result<Option<Frame>, ScriptError> {
        loop {
            while let Some((header, payload)) = self.parse()? {
                if let Some(frame) = self.take(&header, payload)? {
                    return Ok(Some(frame));
                }
            }
            if !self.stream.read_more().await? {
                return Ok(None);
            }
        }
    }

    fn parse(&mut self) -> Result<Option<(FrameHeader, BytesMut)>, ScriptError> {
        let mut cursor = Cursor::new(self.stream.unread());
        let parsed = FrameHeader::parse(&mut cursor)
            .map_err(|_| ScriptError::Protocol("an opcode that does not exist"))?;
        let Some((header, length)) = parsed else {
            return Ok(None);
        };
        let head = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= MAX_MESSAGE_BYTES)
            .ok_or(ScriptError::Protocol("a frame above 64 MiB"))?;
        let Some(mask) = header.mask else {
            return Err(ScriptError::Protocol("a frame without a mask"));
        };
        if header.rsv1 || header.rsv2 || header.rsv3 {
            return Err(ScriptError::Protocol("an extension that was not agreed on"));
        }
        if self.stream.unread().len() < head + length {
            return Ok(None);
        }
        self.stream.consume(head);
        let mut payload = self.stream.take(length);
        for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
            *byte ^= mask;
        }
        Ok(Some((header, payload)))
    }

    fn take(
        &mut self,
        header: &FrameHeader,
        payload: BytesMut,
    ) -> Result<Option<Frame>, ScriptError> {
        let kind = match header.opcode {
            OpCode::Control(control) => return control_frame(control, payload.freeze()).map(Some),
            OpCode::Data(kind) => kind,
        };
        let joined = match (kind, self.fragments.take()) {
            (Data::Continue, Some(mut fragments)) => {
                if fragments.payload.len() + payload.len() > MAX_MESSAGE_BYTES {
                    return Err(ScriptError::Protocol("a message above 64 MiB"));
                }
                fragments.payload.extend_from_slice(&payload);
                fragments
            }
            (Data::Text | Data::Binary, None) => Fragments { kind, payload },
            _ => return Err(ScriptError::Protocol("fragments out of order")),
        };
        if !header.is_final {
            self.fragments = Some(joined);
            return Ok(None);
        }
        let payload = joined.payload.freeze();
        match joined.kind {
            Data::Text => text(&payload).map(|text| Some(Frame::Text(text))),
            _ => Ok(Some(Frame::Binary(payload))),
        }
    }
}

fn control_frame(control: Control, payload: Bytes) -> Result<Frame, ScriptError> {
    match control {
        Control::Ping => Ok(Frame::Ping(payload)),
        Control::Pong => Ok(Frame::Pong(payload)),
        Control::Close => match payload.split_first_chunk() {
            None if payload.is_empty() => Ok(Frame::Close(None)),
            None => Err(ScriptError::Protocol("a close code of one byte")),
            Some((code, reason)) => {
                Ok(Frame::Close(Some((u16::from_be_bytes(*code), text(reason)?))))
            }
        },
        Control::Reserved(_) => Err(ScriptError::Protocol("a reserved opcode")),
    }
}

fn text(payload: &[u8]) -> Result<String, ScriptError> {
    let text = std::str::from_utf8(payload);
    text.map(ToOwned::to_owned).map_err(|_| ScriptError::Protocol("a text that is not UTF-8"))
}
