//! `aldis listen`: shows what arrives.

use std::process::ExitCode;

use aldis_client::{ConnectionState, SignalClient, SignalEvent, StateChange};
use futures_util::FutureExt;

use crate::Outcome;
use crate::client_line::Line;
use crate::connect::ServerArgs;
use crate::console::{ACCENT, BAD, Console, FAINT, GOOD, NOTE, PLAIN, short};
use crate::lines::json;
use crate::signals;

const HELP: &str = "\
Examples:
  aldis listen --url ws://127.0.0.1:8787/ws --token ann --room lobby
  aldis listen --url wss://example.org/ws --room orders --json | jq 'select(.type == \"event\")'

It reconnects by itself, and ends at Ctrl-C, or with exit code 1 when the server refuses it for
good. The lines of --json are those of `aldis session --help`.";

/// Show the messages that arrive, and what becomes of the connection.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// Print JSON lines instead of text for people.
    #[arg(long)]
    json: bool,
}

/// Listens until it is told to stop, or there is nothing to listen to any more.
pub(crate) async fn run(args: Args) -> Outcome {
    let (client, mut events) = SignalClient::new(args.server.to_config()?)?;
    // The first poll asks for the connection; the events tell what comes of it.
    let _ = client.connect().now_or_never();
    let mut console = Console::new();
    let mut stopped = std::pin::pin!(signals::stopped()?);
    loop {
        let event = tokio::select! {
            () = &mut stopped => {
                client.disconnect().await;
                return Ok(ExitCode::SUCCESS);
            }
            event = events.next() => event,
        };
        let Some(event) = event else { break };
        if args.json {
            if let Some(line) = line_of(&event) {
                json::print(&line)?;
            }
        } else if let Some(text) = text_of(&event) {
            console.line(text)?;
        }
        if let SignalEvent::State(change) = &event
            && change.state == ConnectionState::Disconnected
        {
            break;
        }
    }
    if !args.json {
        console.line(client.explain())?;
    }
    Ok(ExitCode::FAILURE)
}

fn line_of(event: &SignalEvent) -> Option<Line<'_>> {
    Some(match event {
        SignalEvent::State(change) => Line::state(change),
        SignalEvent::Connected(session) => Line::connected(session),
        SignalEvent::Message(message) => Line::event(message),
        SignalEvent::Error(error) => Line::report(error),
        _ => return None,
    })
}

fn text_of(event: &SignalEvent) -> Option<String> {
    Some(match event {
        SignalEvent::State(change) => return text_of_state(change),
        SignalEvent::Connected(session) => {
            let user = session.user_id.as_deref().unwrap_or("nobody in particular");
            let id = &session.client_id;
            let cipher = if session.encrypted { "encrypted" } else { "NOT ENCRYPTED" };
            format!(
                "{GOOD}●{PLAIN} connected as {ACCENT}{user}{PLAIN} {FAINT}{id}, {cipher}{PLAIN}"
            )
        }
        SignalEvent::Message(message) => {
            format!("{ACCENT}{}{PLAIN} {}", message.event().escape_debug(), message.data())
        }
        SignalEvent::Error(error) => format!("{NOTE}!{PLAIN} {error}"),
        _ => return None,
    })
}

/// The states on the way to a session come and go too fast to be worth a line.
fn text_of_state(change: &StateChange) -> Option<String> {
    let reason = change.reason.as_ref()?;
    Some(match (change.state, change.retry_in) {
        (ConnectionState::Reconnecting, Some(delay)) => {
            let (attempt, delay) = (change.attempt, short(delay));
            format!("{NOTE}○{PLAIN} {reason}; attempt {attempt} in {delay}")
        }
        (ConnectionState::Reconnecting, None) => {
            format!("{NOTE}○{PLAIN} {reason}; waiting for a network")
        }
        _ => format!("{BAD}○{PLAIN} {reason}"),
    })
}
