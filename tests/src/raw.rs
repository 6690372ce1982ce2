//! A WebSocket without a client behind it.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::within;

/// How a server closed a connection: code and reason.
pub type CloseFrame = (u16, String);

/// An upgraded connection that says only what it is told to.
#[derive(Debug)]
pub struct RawClient {
    socket: WebSocketStream<TcpStream>,
}

impl RawClient {
    /// Connects and upgrades.
    pub async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        let upgrade = client_async(format!("ws://{addr}/ws"), stream);
        let (socket, _) = within("the upgrade", upgrade).await.unwrap();
        Self { socket }
    }

    /// Sends a text frame.
    pub async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Waits for the close frame. Any other message before it is a failure.
    pub async fn closed(&mut self) -> CloseFrame {
        match within("a close frame", self.socket.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => {
                (frame.code.into(), frame.reason.as_str().to_owned())
            }
            other => panic!("a close frame was to come, not {other:?}"),
        }
    }

    /// Answers nothing any more, not even pings, and waits until the server ends the connection.
    pub async fn play_dead(self) {
        let mut stream = self.socket.into_inner();
        let mut ignored = [0; 64];
        let end = async { while !matches!(stream.read(&mut ignored).await, Ok(0) | Err(_)) {} };
        within("the end of the connection", end).await;
    }
}
