//! What there is to win at most: the same bytes over a bare connection.

use std::collections::VecDeque;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt, poll};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::Failure;
use crate::frames::{Frames, Kind};
use crate::lots::{Lots, Pace, all_counted};

/// tungstenite on tokio, as the other contestants in Rust have it, and nothing above it: no
/// cryptography, no JSON, no queue, no task.
#[derive(Debug)]
pub struct Limit {
    socket: WebSocketStream<TcpStream>,
}

/// The frames of one size.
#[derive(Debug)]
pub struct Payload {
    bytes: u32,
    tick: Frames,
    sink: Frames,
    echo: Frames,
}

impl Lots for Limit {
    type Payload = Payload;

    fn payload(bytes: u32) -> Result<Payload, Failure> {
        let of = |kind| Frames::new(kind, bytes);
        Ok(Payload { bytes, tick: of(Kind::Tick)?, sink: of(Kind::Sink)?, echo: of(Kind::Echo)? })
    }

    async fn connect(url: &str) -> Result<Self, Failure> {
        let address = url.trim_start_matches("ws://").trim_end_matches('/');
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(url, stream).await?;
        Ok(Self { socket })
    }

    fn dropped(&self) -> u64 {
        0
    }

    async fn receive(&mut self, payload: &Payload, lot: u32) -> Result<(), Failure> {
        let order = format!("{} {lot} {}", Kind::Flood.letter(), payload.bytes);
        self.socket.send(Message::text(order)).await?;
        for seq in 0..u64::from(lot) {
            if !payload.tick.fits(seq, &self.next().await?) {
                return Err(format!("tick {seq} is not what came").into());
            }
        }
        Ok(())
    }

    async fn send(&mut self, payload: &Payload, lot: u32) -> Result<(), Failure> {
        for seq in 0..u64::from(lot) {
            self.socket.feed(Message::text(payload.sink.of(seq))).await?;
        }
        self.socket.send(Message::text(Kind::Count.letter().to_string())).await?;
        all_counted(serde_json::from_str(&self.next().await?)?, lot)
    }

    async fn echo(&mut self, payload: &Payload, pace: Pace) -> Result<Vec<Duration>, Failure> {
        let (mut times, mut under_way, mut next) = (Vec::new(), VecDeque::new(), 0);
        let look_every = u64::from(pace.lot) * u64::from(pace.window);
        let mut goes_on = true;
        while goes_on || !under_way.is_empty() {
            while goes_on && under_way.len() < pace.window as usize {
                under_way.push_back((next, Instant::now()));
                self.socket.feed(Message::text(payload.echo.of(next))).await?;
                next += 1;
                goes_on = !next.is_multiple_of(look_every) || pace.goes_on();
            }
            self.socket.flush().await?;
            // The first that comes, and all that are there with it.
            let mut reply = Some(self.next().await?);
            while let Some(frame) = reply {
                let (seq, since) = under_way.pop_front().ok_or("a reply too many came")?;
                if !payload.echo.fits(seq, &frame) {
                    return Err(format!("echo {seq} is not what came").into());
                }
                times.push(since.elapsed());
                reply = match poll!(pin!(self.next())) {
                    Poll::Ready(frame) => Some(frame?),
                    Poll::Pending => None,
                };
            }
        }
        Ok(times)
    }

    async fn close(mut self) {
        // The server ends the connection either way.
        let _ = self.socket.close(None).await;
    }
}

impl Limit {
    /// The next frame with something in it.
    async fn next(&mut self) -> Result<Utf8Bytes, Failure> {
        loop {
            match self.socket.next().await.ok_or("the server is gone")?? {
                Message::Text(frame) => return Ok(frame),
                Message::Close(_) => return Err("the server closed".into()),
                _ => {}
            }
        }
    }
}
