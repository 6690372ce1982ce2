//! The first program of the README: says hi to a room and prints what comes.
//!
//! Start a server with `cargo run --bin aldis -- serve`, then run this.

use aldis_client::{SignalClient, SignalConfig, SignalEvent};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = SignalConfig::new("ws://127.0.0.1:8787/ws").token("ada").room("lobby");
    let (client, mut events) = SignalClient::new(config)?;
    client.connect().await?;
    client.send("room", &serde_json::json!({ "room": "lobby", "event": "chat", "data": "hi" }))?;
    while let Some(event) = events.next().await {
        if let SignalEvent::Message(message) = event {
            println!("{}: {}", message.event(), message.data());
        }
    }
    Ok(())
}
