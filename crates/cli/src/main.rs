//! The `aldis` program: a server, clients for people and for scripts, and the tools around them.

mod bench;
mod client_line;
mod connect;
mod console;
mod demo;
mod doctor;
mod lines;
mod listen;
mod proxy;
mod send;
mod serve;
mod session;
mod signals;
mod vectors;

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use console::{BAD, PLAIN};

/// How a subcommand ends. An error is printed for people, and the program exits with 1.
type Outcome = Result<ExitCode, Box<dyn Error + Send + Sync>>;

const EXAMPLES: &str = "\
Examples:
  aldis demo                                  see it work, in a few seconds
  aldis serve                                 a server on this machine
  aldis listen --url ws://127.0.0.1:8787/ws --token ann --room lobby
  aldis send --url ws://127.0.0.1:8787/ws --token ben --room lobby \\
      room '{\"room\": \"lobby\", \"event\": \"chat\", \"data\": \"hello\"}'
  aldis doctor wss://example.org/ws           what stands between here and there
  aldis proxy --upstream 127.0.0.1:8787       a line to it that fails on command

Tokens are better given by ALDIS_TOKEN than by --token, which every user of the machine can read.";

/// Encrypted realtime messages for servers of the IGNIS family.
#[derive(Parser)]
#[command(name = "aldis", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    /// What to log to standard error: off, error, warn, info, debug, trace, or a filter such as
    /// `aldis_client=debug`. Never tokens, keys or payloads.
    #[arg(long, global = true, env = "ALDIS_LOG", default_value = "error", value_name = "LEVEL")]
    log: EnvFilter,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Serve(serve::Args),
    Listen(listen::Args),
    Send(send::Args),
    Session(session::Args),
    Proxy(proxy::Args),
    Doctor(doctor::Args),
    Demo(demo::Args),
    Bench(bench::Args),
    Vectors(vectors::Args),
}

impl Command {
    async fn run(self) -> Outcome {
        match self {
            Self::Serve(args) => serve::run(args).await,
            Self::Listen(args) => listen::run(args).await,
            Self::Send(args) => send::run(args).await,
            Self::Session(args) => session::run(args).await,
            Self::Proxy(args) => proxy::run(args).await,
            Self::Doctor(args) => doctor::run(args).await,
            Self::Demo(args) => demo::run(args).await,
            Self::Bench(args) => bench::run(args).await,
            Self::Vectors(args) => vectors::run(&args),
        }
    }
}

fn main() -> ExitCode {
    let Cli { log, command } = Cli::parse();
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    tracing_subscriber::fmt()
        .with_env_filter(log)
        .with_writer(io::stderr)
        .with_ansi(colours)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| {
        // Spawned, so that the runtime's own threads do all the work.
        let outcome = runtime.block_on(async { tokio::spawn(command.run()).await });
        // A name lookup that was given up may still block a thread; nobody waits for it.
        runtime.shutdown_background();
        outcome?
    });
    outcome.unwrap_or_else(|error| {
        if is_broken_pipe(error.as_ref()) {
            return ExitCode::SUCCESS;
        }
        anstream::eprintln!("{BAD}error:{PLAIN} {error}");
        ExitCode::FAILURE
    })
}

/// Whether whoever read our output has gone, as `head` does, which is no failure.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let io_error = error.downcast_ref::<io::Error>();
    io_error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
