//! `aldis session`: a client on standard input and output.
//!
//! Three things run beside each other and never wait for one another: commands, events, and the
//! connection. Reading and writing have threads of their own.

mod command;
mod events;
mod executor;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use aldis_client::{SignalClient, SignalConfig};

use crate::Outcome;
use crate::client_line::Line;
use crate::connect::{ServerArgs, SetupError};
use crate::lines::json::ErrorLine;
use crate::lines::{input, output};
use crate::signals;
use executor::Executor;

/// The exit code of a configuration that cannot be used.
const INVALID_CONFIG: u8 = 2;

const HELP: &str = r#"Commands, one JSON object a line on standard input:
  {"cmd":"send","event":E,"data":D,"ttl_ms":N}       ttl_ms: wait that long for a connection
  {"cmd":"request","event":E,"data":D,"timeout_ms":N,"tag":T}
  {"cmd":"join","rooms":[R]}   {"cmd":"leave","rooms":[R]}
  {"cmd":"token","token":T}                          for the next session
  {"cmd":"network","online":true|false}              what the system says of the network
  {"cmd":"stats"}   {"cmd":"explain"}
  {"cmd":"connect"}   {"cmd":"disconnect"}   {"cmd":"exit"}

`data` is optional, and goes through as it is written, both ways. `tag` is any JSON value; every
command may have one, and its reply or its error has it too. Commands take effect in their order.
A line that is no command gets an error with code bad_line, and does nothing. The end of the
input, Ctrl-C and SIGTERM are an exit: what was accepted goes out if the network takes it at
once, and the exit code is 0.

Answers, one JSON object a line on standard output, each written at once:
  {"type":"state","state":S,"reason":R,"message":M,"closeCode":N,"attempt":N,"retryInMs":N}
      S: disconnected, connecting, connected, authenticating, authenticated, reconnecting.
      All but S only where known. A failure is told by an error with the code R before it.
  {"type":"connected","id":I,"userId":U}             a session, after "authenticated"
  {"type":"event","event":E,"data":D,"id":I}
  {"type":"reply","tag":T,"data":D}
  {"type":"error","code":C,"message":M,"tag":T}
  {"type":"stats","state":S,"rttMs":N,"sessions":N,"messagesReceived":N,"dropped":{…},…}
  {"type":"explain","text":T}

If nobody reads the output, events wait: 256 KiB of them here, 1,024 messages or 16 MiB in the
client, and the rest in the network. Commands, `disconnect` among them, work all the while. After
an exit, a reader that takes nothing for 5 seconds is given up, with exit code 1.

A configuration that cannot be used: one error line with the code invalid_config and the `field`,
and exit code 2.

A send without ttl_ms and a request need a session: wait for "connected" before them.

Example:
  (sleep 1; echo '{"cmd":"request","event":"who","timeout_ms":5000,"tag":1}'; sleep 1) |
      aldis session --url ws://127.0.0.1:8787/ws --token ann"#;

/// A client on standard input and output in JSON lines: for scripts, other languages, and
/// conformance tests.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    #[command(flatten)]
    server: ServerArgs,
    /// How often to send a heartbeat and a ping, in milliseconds. Default: 30,000.
    #[arg(long, value_name = "MS")]
    heartbeat_ms: Option<u64>,
    /// Delay before the first retry in milliseconds. Default: 2,000.
    #[arg(long, value_name = "MS")]
    base_ms: Option<u64>,
    /// Longest delay in milliseconds. Default: 30,000.
    #[arg(long, value_name = "MS")]
    max_ms: Option<u64>,
    /// Factor from one delay to the next. Default: 1.5.
    #[arg(long, value_name = "FACTOR")]
    multiplier: Option<f64>,
    /// Attempts in a row after the first. Default: 20.
    #[arg(long, value_name = "N")]
    max_retries: Option<u32>,
    /// Wait for the whole delay, instead of a random part of it.
    #[arg(long)]
    no_jitter: bool,
    /// Wait for the command `connect`.
    #[arg(long)]
    no_connect: bool,
}

impl Args {
    fn to_config(&self) -> Result<SignalConfig, SetupError> {
        let mut config = self.server.to_config()?;
        let set = |field: &mut Duration, milliseconds: Option<u64>| {
            if let Some(milliseconds) = milliseconds {
                *field = Duration::from_millis(milliseconds);
            }
        };
        set(&mut config.heartbeat_interval, self.heartbeat_ms);
        set(&mut config.base_interval, self.base_ms);
        set(&mut config.max_interval, self.max_ms);
        // Who asks for quick heartbeats wants a dead connection found quickly, yet a machine
        // that is busy for a moment is not dead.
        config.pong_timeout =
            config.heartbeat_interval.clamp(Duration::from_secs(2), config.pong_timeout);
        config.backoff_multiplier = self.multiplier.unwrap_or(config.backoff_multiplier);
        config.max_retries = self.max_retries.unwrap_or(config.max_retries);
        config.jitter = !self.no_jitter;
        Ok(config)
    }
}

/// Runs until the end of the input, an exit, or a signal.
pub(crate) async fn run(args: Args) -> Outcome {
    let stopped = signals::stopped()?;
    let (output, mut writer) = output::start(io::stdout())?;
    let made = args.to_config().and_then(|config| Ok(SignalClient::new(config)?));
    let (client, events) = match made {
        Ok(made) => made,
        Err(error) => {
            output.answer(&Line::Error(ErrorLine {
                field: Some(error.field()),
                ..ErrorLine::new("invalid_config", &error, None)
            }));
            drop(output);
            writer.finished().await;
            return Ok(ExitCode::from(INVALID_CONFIG));
        }
    };
    let telling = tokio::spawn(events::tell_all(events, output.clone()));
    let mut executor = Executor::new(client, output);
    if !args.no_connect {
        executor.connect();
    }
    executor.run(input::start(io::stdin())?, stopped).await;
    // The writer ends behind the last of those that write to it.
    tokio::spawn(executor.end(telling));
    let all_written = writer.finished().await;
    Ok(if all_written { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
