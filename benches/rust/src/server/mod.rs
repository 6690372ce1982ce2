//! A server to measure clients with: it sends them as much as they ask for, and counts what they
//! send.
//!
//! | event | data | what the server does |
//! |---|---|---|
//! | `flood` | `{count, bytes}` | sends `count` events `tick`, as fast as the client takes them |
//! | `echo` | anything | sends the same back |
//! | `sink` | a tick | counts it |
//! | `count` | `{}` | replies `{received, inOrder}` about the ticks since the last `count` |
//!
//! A tick is `{seq, at, text}`: a number from 0, the time in microseconds since 1970, and as much
//! text as makes the whole about `bytes` long. All of it is ASCII but for one letter in every
//! eighth tick.
//!
//! Beside it there is a bare WebSocket for the limit, by which the same goes in frames of the same
//! length, without cryptography and JSON.

mod bare;
mod flood;
mod sink;

use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::{RunningServer, Server};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::Failure;
use flood::Flooding;

/// A running server.
#[derive(Debug)]
pub struct BenchServer {
    running: RunningServer,
    plain_url: String,
    bare: JoinHandle<()>,
}

impl BenchServer {
    /// Listens on loopback, on two free ports.
    pub async fn start() -> Result<Self, Failure> {
        let server = Server::builder()
            .authenticator(InsecureTokenIsUserId)
            .handler(Flooding::default())
            .build()?;
        let running = server.bind("127.0.0.1:0").await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let plain_url = format!("ws://{}/", listener.local_addr()?);
        let bare = tokio::spawn(bare::accept_from(listener));
        Ok(Self { running, plain_url, bare })
    }

    /// Where it speaks the protocol.
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// Where it is bare.
    pub fn plain_url(&self) -> &str {
        &self.plain_url
    }

    /// Says goodbye to all clients.
    pub async fn shutdown(self) {
        self.bare.abort();
        self.running.shutdown().await;
    }
}
