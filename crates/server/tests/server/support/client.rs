//! A client: the protocol crate's session over a WebSocket.

use aldis_protocol::client::{ClientConfig, Event, Welcome};
use aldis_protocol::{ClientSession, Inbound, Message, Outgoing, RoomName, Transmit};
use aldis_server::Server;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{authenticate_text, bare};

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) code: u16,
    pub(crate) reason: String,
}

impl Ended {
    pub(crate) const LOST: Self = Self { code: 1006, reason: String::new() };

    pub(crate) fn new(code: u16, reason: &str) -> Self {
        let reason = reason.to_owned();
        Self { code, reason }
    }

    pub(crate) fn from_frame(frame: Option<CloseFrame>) -> Self {
        frame.map_or(Self::new(1005, ""), |frame| Self::new(frame.code.into(), &frame.reason))
    }
}

pub(crate) struct TestClient<S = DuplexStream> {
    ws: WebSocketStream<S>,
    session: ClientSession,
    pub(crate) welcome: Welcome,
    /// The text of the frame that came last.
    pub(crate) last_received: String,
    /// The text of the frame that was sent last.
    pub(crate) last_sent: String,
    /// Answers to pings so far.
    pub(crate) pongs: usize,
}

impl TestClient {
    /// Connects in memory.
    pub(crate) async fn connect(server: &Server, token: &str) -> Self {
        Self::over(bare(server), ClientConfig::default(), token).await.unwrap()
    }

    pub(crate) async fn connect_with(
        server: &Server,
        config: ClientConfig,
        token: &str,
    ) -> Result<Self, (Vec<String>, Ended)> {
        Self::over(bare(server), config, token).await
    }
}

impl TestClient<TcpStream> {
    /// Connects over TCP.
    pub(crate) async fn dial(addr: SocketAddr, token: &str) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        Self::over(stream, ClientConfig::default(), token).await.unwrap()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TestClient<S> {
    /// Errors that came instead of `connected`, and how it ended, if it was not let in.
    pub(crate) async fn over(
        stream: S,
        config: ClientConfig,
        token: &str,
    ) -> Result<Self, (Vec<String>, Ended)> {
        let (mut ws, _) = client_async("ws://server/ws", stream).await.unwrap();
        let (mut session, text) = authenticate_text(config, token);
        ws.send(Frame::text(text.clone())).await.unwrap();
        let mut errors = Vec::new();
        loop {
            let frame = match ws.next().await {
                Some(Ok(Frame::Close(frame))) => return Err((errors, Ended::from_frame(frame))),
                Some(Ok(frame)) => frame,
                Some(Err(_)) | None => return Err((errors, Ended::LOST)),
            };
            let last_received = frame.to_text().unwrap_or_default().to_owned();
            session.handle_frame(Inbound::Text(&last_received), Instant::now().into_std());
            match session.poll_event() {
                Some(Event::Authenticated(welcome)) => {
                    return Ok(Self {
                        ws,
                        session,
                        welcome,
                        last_received,
                        last_sent: text,
                        pongs: 0,
                    });
                }
                Some(Event::ServerError { message }) => errors.push(message),
                event => panic!("{event:?}"),
            }
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.welcome.client_id
    }

    /// Sends without waiting for anything.
    pub(crate) async fn send(&mut self, event: &str, data: &Value, id: Option<&str>) {
        self.feed(event, data, id).await;
        self.flush().await;
    }

    pub(crate) async fn flush(&mut self) {
        self.ws.flush().await.unwrap();
    }

    /// As `send`, but leaves it in the buffer.
    pub(crate) async fn feed(&mut self, event: &str, data: &Value, id: Option<&str>) {
        let message = Outgoing::new(event, data, id).unwrap();
        self.session.send(message).unwrap();
        self.transmit().await;
    }

    pub(crate) async fn join(&mut self, rooms: &[&str]) {
        let rooms = names(rooms);
        self.session.join(&rooms, Instant::now().into_std()).unwrap();
        self.transmit().await;
        self.ws.flush().await.unwrap();
    }

    async fn transmit(&mut self) {
        while let Some(transmit) = self.session.poll_transmit() {
            if let Transmit::Text(text) = transmit {
                self.last_sent.clone_from(&text);
                self.ws.feed(Frame::text(text)).await.unwrap();
            }
        }
    }

    /// Sends a frame as it is.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.ws.send(Frame::text(text)).await.unwrap();
    }

    pub(crate) async fn send_frame(&mut self, frame: Frame) {
        self.ws.send(frame).await.unwrap();
    }

    /// The next message, or how it ended.
    pub(crate) async fn next(&mut self) -> Result<Message, Ended> {
        loop {
            match self.ws.next().await {
                Some(Ok(Frame::Text(text))) => {
                    text.as_str().clone_into(&mut self.last_received);
                    let now = Instant::now().into_std();
                    self.session.handle_frame(Inbound::Text(&text), now);
                }
                Some(Ok(Frame::Close(frame))) => return Err(Ended::from_frame(frame)),
                Some(Ok(frame)) => self.pongs += usize::from(frame.is_pong()),
                Some(Err(_)) | None => return Err(Ended::LOST),
            }
            match self.session.poll_event() {
                Some(Event::Message(message)) => return Ok(message),
                None => {}
                event => panic!("{event:?}"),
            }
        }
    }

    /// The next message as event and data.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        let message = self.next().await.unwrap();
        (message.event().to_owned(), message.decode().unwrap())
    }

    /// Sends a message and gives the next one that comes, which must be its reply.
    pub(crate) async fn ask(&mut self, event: &str, data: Value) -> Value {
        self.send(event, &data, Some("ask")).await;
        let reply = self.next().await.unwrap();
        assert_eq!((reply.event(), reply.id()), (event, Some("ask")));
        reply.decode().unwrap()
    }

    /// How it ends; messages that come before are passed over.
    pub(crate) async fn ended(&mut self) -> Ended {
        loop {
            if let Err(ended) = self.next().await {
                return ended;
            }
        }
    }
}

pub(crate) fn names(names: &[&str]) -> Vec<RoomName> {
    names.iter().map(|name| RoomName::new(name).unwrap()).collect()
}
