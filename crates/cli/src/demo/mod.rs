//! `aldis demo`: two people talk, lose the connection and find each other again.

mod person;
mod tap;

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use aldis_server::auth::StaticTokens;
use aldis_server::handlers::{Relay, event};
use aldis_server::{OpenRooms, RunningServer, Server, User};
use aldis_testkit::{Cut, FaultProxy};
use serde_json::json;

use crate::console::{ACCENT, Console, FAINT, GOOD, PLAIN, STRONG, short};
use crate::serve::Hint;
use crate::{Outcome, signals};
use person::{Person, Words};
use tap::Tap;

const ROOM: &str = "lobby";

/// The event by which people talk.
const CHAT: &str = "chat";

/// How long anything in the demo may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(10);

/// Characters of a ciphertext that are shown.
const SHOWN: usize = 44;

/// See it work: two clients talk through a server, lose the connection, and find each other again.
///
/// Everything is real and on loopback: the server, the sockets, the encryption, the cut.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Leave the server running at the end, and print how to talk to it.
    #[arg(long)]
    keep: bool,
}

type Failure = Box<dyn Error + Send + Sync>;

/// Plays the whole piece.
pub(crate) async fn run(args: Args) -> Outcome {
    let mut console = Console::new();
    let tokens = StaticTokens::new()
        .with("ada-token", User::new("ada"))
        .with("grace-token", User::new("grace"));
    let server = Server::builder().authenticator(tokens).room_policy(OpenRooms).handler(Relay);
    let server = server.build()?.bind("127.0.0.1:0").await?;
    let proxy = FaultProxy::start(server.local_addr())?;
    let url = format!("ws://{}/ws", proxy.addr());

    act(&mut console, "A server, and a line to it that can be cut")?;
    console.line(format_args!("  {:<8}{ACCENT}{}{PLAIN}", "server", server.url()))?;
    console.line(format_args!("  {:<8}{ACCENT}{url}{PLAIN}", "line"))?;

    act(&mut console, "Ada and Grace connect: new keys, and a token each")?;
    let tap = Tap::default();
    let mut ada = Person::connect("Ada", &url, Tap::default(), &mut console).await?;
    let mut grace = Person::connect("Grace", &url, tap.clone(), &mut console).await?;

    act(&mut console, "They talk in a room")?;
    ada.say(ROOM, "Hello Grace, can you read me?")?;
    let heard = grace.hear(&mut console).await?;
    grace.say(ROOM, "Loud and clear 👋")?;
    ada.hear(&mut console).await?;

    act(&mut console, "What Ada's words looked like on the line to Grace")?;
    show_frame(&mut console, &tap, &heard)?;

    act(&mut console, "Somebody cuts the line")?;
    let cut = Instant::now();
    proxy.faults().cut(Cut::Reset);
    ada.recover(&mut console).await?;
    grace.recover(&mut console).await?;
    console.line(format_args!(
        "  {:<8}{GOOD}both are back after {}{PLAIN}, with new keys and in their room",
        "",
        short(cut.elapsed())
    ))?;

    act(&mut console, "They go on")?;
    grace.say(ROOM, "Where were we?")?;
    ada.hear(&mut console).await?;

    act(&mut console, "What was counted")?;
    for person in [&ada, &grace] {
        person.sum_up(&mut console).await?;
    }
    ada.client.disconnect().await;
    grace.client.disconnect().await;
    console.gap()?;
    console
        .line(format_args!("{GOOD}Done.{PLAIN} All of it was encrypted, and nothing was lost."))?;
    if args.keep {
        keep(&mut console, &server).await?;
    }
    server.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

fn act(console: &mut Console, title: &str) -> std::io::Result<()> {
    console.gap()?;
    console.line(format_args!("{STRONG}{title}{PLAIN}"))
}

/// Shows the frame that carried `heard`, beside what it said.
fn show_frame(
    console: &mut Console,
    tap: &Tap,
    heard: &aldis_client::Message,
) -> Result<(), Failure> {
    let frame = tap.last_encrypted_frame().ok_or("no encrypted frame crossed the line")?;
    let mut shown = frame.clone();
    if let Some(start) = frame.find(r#""ct":""#).map(|at| at + r#""ct":""#.len() + SHOWN)
        && let Some(end) = frame.len().checked_sub(r#""}}"#.len())
        && start < end
    {
        shown.replace_range(start..end, "…");
    }
    console.line(format_args!("  {:<8}{shown} {FAINT}{} bytes{PLAIN}", "sent", frame.len()))?;
    let says = format!(r#"{{"event":"{}","data":{}}}"#, heard.event(), heard.data());
    console.line(format_args!("  {:<8}{says}", "says"))?;
    Ok(())
}

async fn keep(console: &mut Console, server: &RunningServer) -> Result<(), Failure> {
    let stopped = signals::stopped()?;
    let url = server.url();
    act(console, "The server stays. Talk to it from another terminal:")?;
    let (token, room) = ("ada-token", ROOM);
    console.line(format_args!("  listen  {}", Hint::Listen { url: &url, token, room }))?;
    let token = "grace-token";
    console.line(format_args!("  speak   {}", Hint::Send { url: &url, token, room }))?;
    console.line(format_args!("{FAINT}Ctrl-C stops it.{PLAIN}"))?;
    stopped.await;
    Ok(())
}

/// The message to a room, in the form that [`Relay`] takes.
fn to_room(room: &str, words: &Words<'_>) -> (&'static str, serde_json::Value) {
    (event::ROOM, json!({ "room": room, "event": CHAT, "data": words }))
}
