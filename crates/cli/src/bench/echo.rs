//! Echoes over loopback: through Aldis, and through a plain WebSocket.

use std::time::{Duration, Instant};

use aldis_client::{OverflowPolicy, SignalClient, SignalConfig, SignalEvent, SignalEvents};
use aldis_server::auth::StaticTokens;
use aldis_server::handlers::{Relay, event};
use aldis_server::{RunningServer, Server, User};
use futures_util::{SinkExt, StreamExt};
use serde_json::value::RawValue;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async, client_async};

use super::rates::Rates;
use super::{Effort, Failure, payload};

const TOKEN: &str = "bench";

/// Events that are taken at once.
const BATCH: usize = 64;

/// One row of the table.
pub(super) struct Echo {
    window: u32,
    rounds: usize,
    /// Echoes in one round.
    count: u32,
    data: serde_json::Value,
}

impl Echo {
    pub(super) fn new(window: u32, size: usize, effort: Effort) -> Self {
        let count = if window == 1 { effort.echoes / 10 } else { effort.echoes };
        Self { window, rounds: effort.rounds, count, data: payload(size) }
    }

    /// Runs the rounds of both in turn: through Aldis first, then the plain ones.
    pub(super) async fn run(self) -> Result<(Rates, Rates), Failure> {
        let (mut aldis, mut plain) = (Aldis::start().await?, Plain::start().await?);
        let data = serde_json::value::to_raw_value(&self.data)?;
        let (mut ours, mut theirs) = (Rates::default(), Rates::default());
        for round in 0..=self.rounds {
            let (a, b) = (
                aldis.round(self.window, self.count, &data).await?,
                plain.round(self.window, self.count, data.get()).await?,
            );
            let is_warm_up = round == 0;
            if !is_warm_up {
                ours.add(self.count, a);
                theirs.add(self.count, b);
            }
        }
        aldis.client.disconnect().await;
        aldis.server.shutdown().await;
        plain.server.abort();
        Ok((ours, theirs))
    }
}

/// A client of ours on a server of ours.
struct Aldis {
    server: RunningServer,
    client: SignalClient,
    events: SignalEvents,
}

impl Aldis {
    async fn start() -> Result<Self, Failure> {
        let tokens = StaticTokens::new().with(TOKEN, User::new(TOKEN));
        let server = Server::builder().authenticator(tokens).handler(Relay).build()?;
        let server = server.bind("127.0.0.1:0").await?;
        let mut config = SignalConfig::new(server.url()).token(TOKEN);
        config.overflow = OverflowPolicy::Backpressure;
        let (client, events) = SignalClient::new(config)?;
        client.connect().await?;
        Ok(Self { server, client, events })
    }

    /// Sends and receives `count` echoes, `window` of them under way at once.
    async fn round(
        &mut self,
        window: u32,
        count: u32,
        data: &RawValue,
    ) -> Result<Duration, Failure> {
        let start = Instant::now();
        let (mut sent, mut received) = (0, 0);
        let mut batch = Vec::new();
        while received < count {
            while sent < count && sent - received < window {
                self.client.send(event::ECHO, data)?;
                sent += 1;
            }
            if self.events.next_batch(&mut batch, BATCH).await == 0 {
                return Err("the client is gone".into());
            }
            let is_message = |event: &SignalEvent| matches!(event, SignalEvent::Message(_));
            received += batch.drain(..).filter(is_message).fold(0, |count, _| count + 1);
        }
        Ok(start.elapsed())
    }
}

/// Both ends of a plain WebSocket.
struct Plain {
    server: JoinHandle<()>,
    socket: WebSocketStream<TcpStream>,
}

impl Plain {
    async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(async move {
            // A failure ends the client's side too, which reports it.
            let _ = echo_all(listener).await;
        });
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(format!("ws://{address}/"), stream).await?;
        Ok(Self { server, socket })
    }

    async fn round(&mut self, window: u32, count: u32, text: &str) -> Result<Duration, Failure> {
        let start = Instant::now();
        let (mut sent, mut received) = (0, 0);
        while received < count {
            while sent < count && sent - received < window {
                self.socket.feed(Message::text(text)).await?;
                sent += 1;
            }
            self.socket.flush().await?;
            // As many as there are, like the other side does.
            let mut next = self.socket.next().await;
            while let Some(message) = next {
                received += u32::from(message?.is_text());
                next = match futures_util::poll!(self.socket.next()) {
                    std::task::Poll::Ready(message) => message,
                    std::task::Poll::Pending => None,
                };
            }
        }
        Ok(start.elapsed())
    }
}

async fn echo_all(listener: TcpListener) -> Result<(), Failure> {
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    let mut socket = accept_async(stream).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() {
            socket.send(message).await?;
        }
    }
    Ok(())
}
