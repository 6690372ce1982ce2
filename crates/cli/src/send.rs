//! `aldis send`: one message, or one question and its answer.

use std::io::{self, Read};
use std::process::ExitCode;
use std::time::Duration;

use aldis_client::SignalClient;
use serde_json::value::RawValue;

use crate::Outcome;
use crate::connect::ServerArgs;
use crate::console::Console;

/// How long the server may take to let us in, all attempts together.
const CONNECT_WITHIN: Duration = Duration::from_secs(30);

const HELP: &str = r#"Examples, with a server of `aldis serve`:
  aldis send --url ws://127.0.0.1:8787/ws --token ann --request who
  aldis send --url ws://127.0.0.1:8787/ws --token ann --room lobby \
      room '{"room": "lobby", "event": "chat", "data": "hello"}'
  jq -c . order.json | aldis send --url wss://example.org/ws orders.new -

A text is JSON only within quotes: '"hello"'."#;

/// Send one message, and wait for its reply if asked to.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// Wait for the reply, and print its data.
    #[arg(long, short)]
    request: bool,
    /// How long to wait for the reply, in milliseconds.
    #[arg(long, default_value_t = 10_000, value_name = "MS")]
    timeout_ms: u64,
    /// Name of the event.
    event: String,
    /// Payload as JSON; `-` reads it from standard input. Default: null.
    #[arg(default_value = "null")]
    data: String,
}

/// Why nothing was sent.
#[derive(Debug, thiserror::Error)]
enum SendFailure {
    #[error("the data is not JSON ({0}); a text needs quotes: '\"hello\"'")]
    NotJson(serde_json::Error),
    #[error("not connected within {CONNECT_WITHIN:?}:\n{explanation}")]
    NotConnected { explanation: String },
}

/// Sends, and goes.
pub(crate) async fn run(args: Args) -> Outcome {
    let data = match args.data.as_str() {
        "-" => read_input()?,
        text => text.to_owned(),
    };
    let data = RawValue::from_string(data).map_err(SendFailure::NotJson)?;
    let mut config = args.server.to_config()?;
    // A person waits: a few attempts tell.
    (config.max_retries, config.base_interval) = (3, Duration::from_millis(500));
    let (client, events) = SignalClient::new(config)?;
    drop(events);
    let connected = tokio::time::timeout(CONNECT_WITHIN, client.connect()).await;
    connected.map_err(|_| SendFailure::NotConnected { explanation: client.explain() })??;
    if args.request {
        let timeout = Duration::from_millis(args.timeout_ms);
        let reply = client.request(&args.event, &data, timeout).await;
        client.disconnect().await;
        Console::new().line(reply?.data())?;
    } else {
        client.send(&args.event, &data)?;
        client.disconnect().await;
    }
    Ok(ExitCode::SUCCESS)
}

fn read_input() -> io::Result<String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    Ok(text)
}
