//! A WebSocket without a session, for what a well-behaved client would never do.

use aldis_protocol::client::ClientConfig;
use aldis_protocol::{ClientSession, Transmit};
use aldis_server::Server;
use futures_util::{SinkExt, StreamExt};
use tokio::io::DuplexStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::Ended;

/// A WebSocket in memory.
pub(crate) struct RawSocket {
    pub(crate) ws: WebSocketStream<DuplexStream>,
}

/// A connection in memory that a server serves.
pub(crate) fn bare(server: &Server) -> DuplexStream {
    let (near, far) = tokio::io::duplex(16 * 1024);
    let server = server.clone();
    tokio::spawn(async move { server.serve_stream(far).await });
    near
}

impl RawSocket {
    pub(crate) async fn connect(server: &Server) -> Self {
        let (ws, _) = client_async("ws://server/ws", bare(server)).await.unwrap();
        Self { ws }
    }

    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        self.ws.send(Frame::text(text.into())).await.unwrap();
    }

    /// The next text, or how it ended.
    pub(crate) async fn next(&mut self) -> Result<String, Ended> {
        loop {
            match self.ws.next().await {
                Some(Ok(Frame::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Frame::Close(frame))) => return Err(Ended::from_frame(frame)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(Ended::LOST),
            }
        }
    }
}

/// What a client of this configuration says first.
pub(crate) fn authenticate_text(config: ClientConfig, token: &str) -> (ClientSession, String) {
    let now = tokio::time::Instant::now().into_std();
    let mut session =
        ClientSession::new(config.into(), token, Vec::new(), &mut rand::rng(), now).unwrap();
    let Some(Transmit::Text(text)) = session.poll_transmit() else {
        panic!("a session starts with authenticate");
    };
    (session, text)
}
