//! `aldis doctor`: what stands between here and a server.

mod cpu;
mod report;
mod route;
mod session;

use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::time::Instant;

use aldis_client::dial::BoxIo;
use aldis_client::{SignalClient, SignalEvents};
use url::{Host, Url};

use crate::Outcome;
use crate::connect::{ConnectArgs, Tls};
use report::Report;
use route::HandOver;

const HELP: &str = "\
It says which instructions encrypt, which certificates are trusted, and then goes the way to the
server one step at a time: DNS, TCP, TLS, the WebSocket upgrade, the handshake, a ping. A step
that fails says what to do, and the exit code is 1. Without a token it stops behind the upgrade.

Examples:
  aldis doctor wss://example.org/ws
  ALDIS_TOKEN=… aldis doctor wss://example.org/ws --ca company.pem";

/// Find out why a connection works, or does not.
#[derive(clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The server: `wss://host[:port]/path`, or `ws://` on this machine.
    #[arg(env = "ALDIS_URL")]
    url: String,
    #[command(flatten)]
    options: ConnectArgs,
}

type Checked<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Examines machine and way.
pub(crate) async fn run(args: Args) -> Outcome {
    let mut report = Report::new();
    report.heading("This machine")?;
    examine_machine(&mut report)?;
    report.heading("The way to the server")?;
    examine_way(&mut report, &args).await?;
    Ok(if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn examine_machine(report: &mut Report) -> io::Result<()> {
    for cpu::Path { job, instructions } in cpu::paths() {
        match instructions {
            Some(instructions) => report.good(job, None, instructions)?,
            None => report.odd(job, "without the processor's help: many times slower")?,
        }
    }
    let start = Instant::now();
    let store = rustls_native_certs::load_native_certs();
    let problem = store.errors.first().map(ToString::to_string).unwrap_or_default();
    match store.certs.len() {
        0 => report.bad(
            "TLS store",
            format_args!("no certificates are trusted; {problem}"),
            "Install the system's certificates (Debian: ca-certificates), or give --ca.",
        ),
        trusted => {
            let detail = format_args!("the system trusts {trusted} certificates");
            report.good("TLS store", Some(start.elapsed()), detail)
        }
    }
}

async fn examine_way(report: &mut Report, args: &Args) -> Checked {
    let hand_over = HandOver::default();
    let made = args.options.to_config(&args.url).and_then(|mut config| {
        config.max_retries = 0;
        let builder = SignalClient::builder(config);
        let builder = if steps_are_known(&args.options) {
            builder.dialer(hand_over.clone())
        } else {
            builder
        };
        Ok(builder.build()?)
    });
    let (client, events) = match made {
        Ok(made) => made,
        Err(error) => return Ok(report.bad("options", error, "See aldis doctor --help.")?),
    };
    if !steps_are_known(&args.options) {
        report
            .skipped("DNS, TCP, TLS", "in one step, because of --proxy, --pin or --tls rustls")?;
        if args.options.token.is_none() {
            return Ok(report.skipped("connection", "needs --token")?);
        }
        return converse(report, "connection", &client, events).await;
    }
    let Some(stream) = go(report, args).await? else { return Ok(()) };
    if args.options.token.is_none() {
        return Ok(session::upgrade(report, &args.url, stream).await?);
    }
    hand_over.put(stream).await;
    converse(report, "upgrade", &client, events).await
}

/// Whether the way is one that can be gone step by step here.
fn steps_are_known(options: &ConnectArgs) -> bool {
    options.proxy.is_none() && options.pins.is_empty() && options.tls == Tls::Native
}

/// Goes from the name to a stream; `None` where a step failed.
async fn go(report: &mut Report, args: &Args) -> Checked<Option<BoxIo>> {
    // The client has checked the URL.
    let url = Url::parse(&args.url)?;
    let host = match url.host() {
        Some(Host::Ipv6(ip)) => ip.to_string(),
        Some(host) => host.to_string(),
        None => return Err("the URL has no host".into()),
    };
    let port = url.port_or_known_default().unwrap_or_default();
    let Some(addresses) = route::resolve(report, &host, port).await? else { return Ok(None) };
    let Some(stream) = route::connect(report, &addresses).await? else { return Ok(None) };
    if url.scheme() == "wss" {
        let extra_root = args.options.extra_root()?;
        Ok(route::secure(report, &host, stream, extra_root.as_deref()).await?)
    } else {
        report.odd("TLS", "none: only right on this machine")?;
        Ok(Some(Box::new(stream)))
    }
}

/// What only a client can find out.
async fn converse(
    report: &mut Report,
    first_step: &str,
    client: &SignalClient,
    mut events: SignalEvents,
) -> Checked {
    session::open(report, first_step, client, &mut events).await?;
    if !report.failed() {
        session::round_trip(report, client).await?;
        report_clock(report, client)?;
    }
    client.disconnect().await;
    Ok(())
}

/// A token may be refused because of a clock that is wrong; the server tells its own.
fn report_clock(report: &mut Report, client: &SignalClient) -> io::Result<()> {
    match client.session().and_then(|session| session.server_time) {
        Some(time) => report.good("server's clock", None, time),
        None => Ok(()),
    }
}
