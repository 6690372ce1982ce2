//! One client of a server.

use std::sync::Arc;
use std::time::Instant;

use aldis_protocol::client::{ClientConfig, Event};
use aldis_protocol::{ClientSession, Inbound, Message, Outgoing, RoomName, Transmit};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::sleep_until;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message as Frame};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::Failure;
use crate::payloads::Empty;

/// Memory for reading: there are thousands of members.
const BUFFER_BYTES: usize = 4096;

/// The event by which both servers tell who is who.
const WHO: &str = "who";

/// A session over tokio-tungstenite, and nothing more.
pub(super) struct Member {
    socket: WebSocketStream<TcpStream>,
    session: ClientSession,
}

#[derive(Deserialize)]
struct Who {
    rooms: Vec<String>,
}

impl Member {
    /// Connects, authenticates, and enters a room.
    pub(super) async fn connect(
        url: &str,
        number: u32,
        room: Option<&RoomName>,
    ) -> Result<Self, Failure> {
        let address = url.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(BUFFER_BYTES);
        let (socket, _) = client_async_with_config(url, stream, Some(config)).await?;
        let session = ClientSession::new(
            Arc::new(ClientConfig::default()),
            // IGNIS takes tokens of this form, and ours any.
            &format!("good-{number}"),
            room.cloned().into_iter().collect(),
            &mut rand::rng(),
            Instant::now(),
        )?;
        let mut member = Self { socket, session };
        while !matches!(member.next().await?, Event::Authenticated(_)) {}
        if let Some(room) = room {
            while !member.is_in(room.as_str()).await? {}
        }
        Ok(member)
    }

    /// Whether the server has let it into a room.
    async fn is_in(&mut self, room: &str) -> Result<bool, Failure> {
        self.session.send(Outgoing::new(WHO, &Empty {}, None)?)?;
        loop {
            if let Event::Message(message) = self.next().await?
                && message.event() == WHO
            {
                let who: Who = message.decode()?;
                return Ok(who.rooms.iter().any(|name| name == room));
            }
        }
    }

    /// Takes messages until something fails, and sends those of `outbox`.
    pub(super) async fn run(
        mut self,
        mut outbox: Option<mpsc::Receiver<Outgoing>>,
        mut on_message: impl FnMut(&Message) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        loop {
            self.advance(&mut outbox).await?;
            while let Some(event) = self.take_event()? {
                if let Event::Message(message) = event {
                    on_message(&message)?;
                }
            }
        }
    }

    async fn next(&mut self) -> Result<Event, Failure> {
        loop {
            if let Some(event) = self.take_event()? {
                return Ok(event);
            }
            self.advance(&mut None).await?;
        }
    }

    fn take_event(&mut self) -> Result<Option<Event>, Failure> {
        match self.session.poll_event() {
            Some(Event::ServerError { message }) => Err(message.into()),
            Some(Event::Dropped(reason)) => Err(reason.to_string().into()),
            Some(Event::Ended(reason)) => Err(reason.into()),
            event => Ok(event),
        }
    }

    /// Sends what there is to send, and waits for something to happen.
    async fn advance(
        &mut self,
        outbox: &mut Option<mpsc::Receiver<Outgoing>>,
    ) -> Result<(), Failure> {
        while let Some(transmit) = self.session.poll_transmit() {
            let frame = match transmit {
                Transmit::Text(text) => Frame::text(text),
                Transmit::Ping(payload) => Frame::Ping(Bytes::copy_from_slice(&payload)),
                Transmit::Close { .. } => Frame::Close(None),
            };
            self.socket.send(frame).await?;
        }
        let due = self.session.poll_timeout().ok_or("the session is over")?;
        let published = async {
            match outbox {
                Some(outbox) => outbox.recv().await,
                None => None,
            }
        };
        tokio::select! {
            biased;
            frame = self.socket.next() => {
                let frame = frame.ok_or("the server is gone")??;
                let inbound = match &frame {
                    Frame::Text(text) => Inbound::Text(text),
                    Frame::Binary(bytes) => Inbound::Binary(bytes),
                    Frame::Ping(_) => Inbound::Ping,
                    Frame::Pong(payload) => Inbound::Pong(payload),
                    Frame::Close(frame) => return Err(format!("the server closed: {frame:?}").into()),
                    Frame::Frame(_) => return Ok(()),
                };
                self.session.handle_frame(inbound, Instant::now());
            }
            Some(message) = published => self.session.send(message)?,
            () = sleep_until(due.into()) => self.session.handle_timeout(Instant::now()),
        }
        Ok(())
    }
}
