//! Does what the lines of the input say, one after the other.

use std::io;
use std::net::SocketAddr;

use aldis_testkit::{Counts, FaultProxy};
use tokio::net::lookup_host;
use tokio::time;

use super::answer::Answer;
use super::command::{Command, Request, Wait};
use crate::lines::input::{self, Lines};
use crate::lines::json::ErrorLine;
use crate::lines::output::Output;
use crate::lines::request::BadLine;

/// A name that stands for no address.
#[derive(Debug, thiserror::Error)]
#[error("{addr}: HOST:PORT of a server is needed: {cause}")]
pub(super) struct UnknownHost {
    addr: String,
    cause: io::Error,
}

/// Why a command has no effect.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error(transparent)]
    UnknownHost(#[from] UnknownHost),
    #[error("the port cannot be bound again: {0}")]
    Listen(#[source] io::Error),
    #[error(
        "not so in time: {} connections accepted, {} open, {} unreachable; \
         {} bytes received from clients, {} from the server",
        counts.accepted, counts.open, counts.unreachable,
        counts.to_server.received, counts.to_client.received
    )]
    WaitTimedOut { counts: Counts },
    #[error("the input ended meanwhile")]
    WaitEnded,
}

impl Refused {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownHost(_) => "unknown_host",
            Self::Listen(_) => "listen_failed",
            Self::WaitTimedOut { .. } => "wait_timed_out",
            Self::WaitEnded => "wait_ended",
        }
    }
}

/// What a command that took effect has to tell.
enum Effect {
    Done,
    Counts(Counts),
}

/// The address that a name stands for. Of several, the first of IPv4 is taken: most servers
/// that are under test listen there, whatever the system prefers.
pub(super) async fn resolve(addr: &str) -> Result<SocketAddr, UnknownHost> {
    let unknown = |cause| UnknownHost { addr: addr.to_owned(), cause };
    let found: Vec<_> = lookup_host(addr).await.map_err(unknown)?.collect();
    let first = found.iter().find(|addr| addr.is_ipv4()).or(found.first());
    first.copied().ok_or_else(|| unknown(io::ErrorKind::NotFound.into()))
}

/// Answers each line in its turn, until there are no more.
pub(super) async fn run(proxy: &FaultProxy, lines: &mut Lines, output: &Output) {
    while let Some(line) = lines.next().await {
        answer(proxy, lines, output, line).await;
    }
}

async fn answer(proxy: &FaultProxy, lines: &Lines, output: &Output, line: input::Line) {
    let bad_line = |error: &dyn std::fmt::Display, tag| {
        output.answer(&Answer::Error(ErrorLine::new(BadLine::CODE, &error, tag)));
    };
    let line = match line {
        Ok(line) => line,
        Err(error) => return bad_line(&error, None),
    };
    let Request { command, name, tag } = match Request::parse(&line) {
        Ok(request) => request,
        Err(error) => return bad_line(&error, error.tag),
    };
    output.answer(&match execute(proxy, lines, command).await {
        Ok(Effect::Done) => Answer::Ok { cmd: &name, tag },
        Ok(Effect::Counts(counts)) => Answer::Counts { counts: counts.into(), tag },
        Err(refused) => Answer::Error(ErrorLine::new(refused.code(), &refused, tag)),
    });
}

async fn execute(proxy: &FaultProxy, lines: &Lines, command: Command) -> Result<Effect, Refused> {
    let faults = proxy.faults();
    match command {
        Command::Cut { how } => faults.cut(how.into()),
        Command::Stall { direction } => faults.stall(direction.into()),
        Command::Swallow { direction } => faults.swallow(direction.into()),
        Command::Resume { direction } => faults.resume(direction.into()),
        Command::Delay { ms, direction } => faults.delay(direction.into(), ms.duration()),
        Command::Throttle { bytes_per_second, direction } => {
            faults.throttle(direction.into(), bytes_per_second);
        }
        Command::Split { bytes, direction } => faults.split(direction.into(), bytes),
        Command::Corrupt { skip, direction } => faults.corrupt(direction.into(), skip),
        Command::Clear {} => faults.clear(),
        Command::Refuse {} => proxy.refuse(true).await.map_err(Refused::Listen)?,
        Command::Accept {} => proxy.refuse(false).await.map_err(Refused::Listen)?,
        Command::Upstream { addr } => proxy.set_upstream(resolve(&addr).await?),
        Command::Counts {} => return Ok(Effect::Counts(faults.counts())),
        Command::Wait(wait) => return Ok(Effect::Counts(reached(proxy, lines, &wait).await?)),
    }
    Ok(Effect::Done)
}

/// Who waits must not outlive whoever asked for it, and the end of the input tells of that.
async fn reached(proxy: &FaultProxy, lines: &Lines, wait: &Wait) -> Result<Counts, Refused> {
    let faults = proxy.faults();
    tokio::select! {
        biased;
        counts = faults.wait_until(|counts| wait.holds(counts)) => Ok(counts),
        () = lines.ended() => Err(Refused::WaitEnded),
        () = time::sleep(wait.timeout_ms.duration()) => {
            Err(Refused::WaitTimedOut { counts: faults.counts() })
        }
    }
}
