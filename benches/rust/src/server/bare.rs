//! The bare WebSocket.

use std::task::Poll;

use futures_util::{SinkExt, StreamExt, poll};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::sink::Sink;
use crate::Failure;
use crate::frames::{Frames, Kind, seq_of};
use crate::payloads::Flood;

/// Serves who connects, until it is aborted.
pub(super) async fn accept_from(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            // A connection that fails does so at the client too, which tells.
            let _ = serve(stream).await;
        });
    }
}

async fn serve(stream: TcpStream) -> Result<(), Failure> {
    stream.set_nodelay(true)?;
    let mut socket = accept_async(stream).await?;
    let mut sink = Sink::default();
    loop {
        // Answers leave together, once there is nothing more to answer.
        let next = match poll!(socket.next()) {
            Poll::Ready(next) => next,
            Poll::Pending => {
                socket.flush().await?;
                socket.next().await
            }
        };
        let Some(message) = next else { return Ok(()) };
        let Message::Text(frame) = message? else { continue };
        match Kind::of(&frame) {
            Some(Kind::Sink) => sink.add(seq_of(&frame).ok_or("a tick has no number")?),
            Some(Kind::Echo) => socket.feed(Message::Text(frame)).await?,
            Some(Kind::Count) => {
                let count = std::mem::take(&mut sink).count();
                socket.feed(Message::text(serde_json::to_string(&count)?)).await?;
            }
            Some(Kind::Flood) => flood(&mut socket, &frame).await?,
            Some(Kind::Tick) | None => return Err("this frame means nothing".into()),
        }
    }
}

async fn flood(socket: &mut WebSocketStream<TcpStream>, order: &str) -> Result<(), Failure> {
    let mut words = order.split(' ').skip(1).map(str::parse);
    let (Some(count), Some(bytes)) = (words.next().transpose()?, words.next().transpose()?) else {
        return Err("a flood has two numbers".into());
    };
    let Flood { count, bytes } = Flood { count, bytes };
    let frames = Frames::new(Kind::Tick, bytes)?;
    for seq in 0..u64::from(count) {
        socket.feed(Message::text(frames.of(seq))).await?;
    }
    Ok(())
}
