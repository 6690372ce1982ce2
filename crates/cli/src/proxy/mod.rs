//! `aldis proxy`: a line that fails on command.

mod answer;
mod command;
mod control;

use std::io;
use std::process::ExitCode;

use aldis_testkit::{FaultProxy, PkiError, TestPki, TlsFront};

use crate::Outcome;
use crate::lines::{input, output};
use crate::signals;
use answer::Answer;

const HELP: &str = r#"The first line of output tells where to connect to:
  {"type":"listening","addr":"127.0.0.1:PORT","upstream":"IP:PORT","ca":PEM}   ca: only with --tls

Commands, one JSON object a line on standard input:
  {"cmd":"cut","how":"close"|"reset"}        end all open connections: FIN, or RST
  {"cmd":"stall","direction":D}              hold all bytes: half-open, with back pressure
  {"cmd":"swallow","direction":D}            throw all bytes away: half-open, without
  {"cmd":"resume","direction":D}             end both; what was stalled goes on
  {"cmd":"delay","ms":N,"direction":D}       latency, up to an hour; 0 ends it
  {"cmd":"throttle","bytes_per_second":N,"direction":D}   on each connection; 0 ends it
  {"cmd":"split","bytes":N,"direction":D}    at most N bytes a write; 0 ends it
  {"cmd":"corrupt","skip":N,"direction":D}   flip a bit of one byte, once, after N bytes
  {"cmd":"clear"}                            end all of the above
  {"cmd":"refuse"}   {"cmd":"accept"}        stop listening, and listen again on the same port
  {"cmd":"upstream","addr":"HOST:PORT"}      for connections from now on
  {"cmd":"counts"}
  {"cmd":"wait","accepted":N,"open":N,"unreachable":N,"to_server":B,"to_client":B,"timeout_ms":N}
      until N connections were accepted since the start, at least; are open, exactly; found no
      upstream, at least. B: {"received":N,"forwarded":N,"swallowed":N,"corrupted":N}, bytes since
      the start, at least. Any of them will do; all that are given have to hold.

`direction` is to_server, to_client or both, which it is if it is left out, as `skip` is 0.
Faults apply to open connections and to those that follow, and combine. Commands take effect in
their order, and each has one answer. `tag` is any JSON value; every command may have one, and
its answer has it too.

Answers, one JSON object a line on standard output, each written at once:
  {"type":"ok","cmd":C,"tag":T}              from here on it is so
  {"type":"counts","accepted":N,"open":N,"unreachable":N,"acceptFailed":N,
   "toServer":{"received":N,"forwarded":N,"swallowed":N,"corrupted":N,"writes":N},
   "toClient":{…},"tag":T}                   to counts, and to wait: those it waited for
  {"type":"error","code":C,"message":M,"tag":T}
      bad_line, and nothing was done; unknown_host; listen_failed; wait_timed_out; wait_ended

The end of the input, Ctrl-C and SIGTERM end it, with exit code 0: it does not outlive the test
that started it. Only programs on this machine can connect. Of a name's addresses the first of
IPv4 is taken. TLS goes through as it is; with --tls it ends here, in front of the line that fails.

Example:
  (echo '{"cmd":"delay","ms":200}'; sleep 60; echo '{"cmd":"cut","how":"reset"}'; sleep 60) |
      aldis proxy --upstream 127.0.0.1:8787"#;

/// A TCP proxy whose line fails on command, in JSON lines: for tests of apps in any language.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The server to pass connections on to.
    #[arg(long, value_name = "HOST:PORT")]
    upstream: String,
    /// Speak TLS to clients, with a certificate for these names and addresses that a new
    /// authority has issued: for apps that are to be tried with `wss://` or a trust store.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    tls: Vec<String>,
}

/// What clients talk TLS to, and whom they have to trust for it.
struct Secure {
    front: TlsFront,
    ca: String,
}

impl Secure {
    async fn start(proxy: &FaultProxy, names: &[String]) -> io::Result<Self> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let pki = TestPki::new().map_err(bad_names)?;
        let certificate = pki.issue(&names).map_err(bad_names)?;
        let front = TlsFront::start(proxy.addr(), &certificate).await?;
        Ok(Self { front, ca: pki.ca_pem() })
    }
}

fn bad_names(error: PkiError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

/// Runs until the end of the input, or a signal.
pub(crate) async fn run(args: Args) -> Outcome {
    let stopped = signals::stopped()?;
    let upstream = control::resolve(&args.upstream).await?;
    let proxy = FaultProxy::start(upstream)?;
    let secure = match args.tls.as_slice() {
        [] => None,
        names => Some(Secure::start(&proxy, names).await?),
    };
    let (output, mut writer) = output::start(io::stdout())?;
    let addr = secure.as_ref().map_or(proxy.addr(), |secure| secure.front.addr());
    let ca = secure.as_ref().map(|secure| secure.ca.as_str());
    output.answer(&Answer::Listening { addr, upstream, ca });
    let mut lines = input::start(io::stdin())?;
    tokio::select! {
        () = stopped => {}
        () = output.closed() => {}
        () = control::run(&proxy, &mut lines, &output) => {}
    }
    drop((secure, proxy, output));
    let all_written = writer.finished().await;
    Ok(if all_written { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
