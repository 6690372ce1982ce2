//! `aldis serve`: the embedded server as a program.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use aldis_server::auth::{InsecureTokenIsUserId, Jwt, StaticTokens};
use aldis_server::handlers::Relay;
use aldis_server::{ApiKey, Config, OpenRooms, RunningServer, Server, SlowConsumer, User};
use clap::ArgGroup;
use serde::Serialize;
use tokio::net::lookup_host;

use crate::Outcome;
use crate::console::{ACCENT, Console, FAINT, NOTE, PLAIN, STRONG};
use crate::lines::input::{self, Lines};
use crate::lines::json;
use crate::signals;

const HELP: &str = r#"Clients speak to each other by these events, and get a reply with their `id`:
  echo       anything                     the same comes back
  who        nothing                      {"id", "userId", "rooms"} of the client itself
  room       {"room","event","data"}      to the members of a room that the client is in
  broadcast  {"event","data"}             to everyone
  to-user    {"userId","event","data"}    to all connections of a user
  to-client  {"clientId","event","data"}  to one connection
For an application of your own, build on the library `aldis-server`.

HTTP, on the same port: GET /healthz, GET /metrics (Prometheus), and
  POST /api/publish {"target":"room"|"user"|"client"|"all","to":T,"event":E,"data":D}
with `authorization: Bearer KEY` if there is an --api-key, or else from this machine only.

Examples:
  aldis serve                                        for trying things out
  aldis serve --user ann=secret-1 --user ben=secret-2
  ALDIS_JWT_SECRET=… aldis serve --listen 0.0.0.0:8787
  aldis serve --listen 127.0.0.1:0 --until-eof --json    as a child of a test

The line of --json: {"type":"listening","url":"ws://…","http":"http://…"}, as programs on this
machine reach them; the paths above follow `http`.

There is no TLS: beyond this machine put a proxy in front that does it."#;

/// Run a server: encrypted sessions, rooms, publishing over HTTP.
///
/// Without --user and --jwt-… it is for development: every token is taken, as the id of the user
/// who presents it, and only programs on this machine can connect.
#[derive(clap::Args)]
#[command(after_help = HELP, group = ArgGroup::new("who"))]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Args {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, env = "ALDIS_LISTEN", default_value = "127.0.0.1:8787", value_name = "HOST:PORT")]
    listen: String,
    /// A user and the token that stands for them. Can be given more than once.
    #[arg(long = "user", value_name = "NAME=TOKEN", value_parser = user_and_token, group = "who")]
    users: Vec<(String, String)>,
    /// Secret of HS256 JSON Web Tokens, of 32 bytes or more. The user is their `sub`.
    #[arg(
        long,
        env = "ALDIS_JWT_SECRET",
        hide_env_values = true,
        value_name = "SECRET",
        group = "who"
    )]
    jwt_secret: Option<String>,
    /// Public key of RS256 JSON Web Tokens, as PEM.
    #[arg(long, value_name = "FILE", group = "who")]
    jwt_public_key: Option<PathBuf>,
    /// `iss` that JSON Web Tokens must have.
    #[arg(long, value_name = "ISSUER")]
    jwt_issuer: Option<String>,
    /// `aud` that JSON Web Tokens must have.
    #[arg(long, value_name = "AUDIENCE")]
    jwt_audience: Option<String>,
    /// Key that guards the HTTP API, of 16 characters or more.
    #[arg(long, env = "ALDIS_API_KEY", hide_env_values = true, value_name = "KEY")]
    api_key: Option<String>,
    /// Path of the WebSocket.
    #[arg(long, default_value = "/ws", value_name = "PATH")]
    path: String,
    /// HKDF `info`, the same at both ends. Default: nx-signal-e2e.
    #[arg(long, value_name = "INFO")]
    info: Option<String>,
    /// Field of `authenticate` that carries the client's key. Default: clientPublicKey.
    #[arg(long, value_name = "NAME")]
    key_field: Option<String>,
    /// Take clients without encryption too.
    #[arg(long)]
    allow_plaintext: bool,
    /// Most rooms that a client may be in.
    #[arg(long, default_value_t = 1_024, value_name = "N")]
    max_rooms: usize,
    /// Drop messages for a client that does not keep up, instead of closing its connection.
    #[arg(long)]
    drop_for_slow: bool,
    /// Stop at the end of standard input too: a server that a program starts ends with it.
    #[arg(long)]
    until_eof: bool,
    /// Print one JSON line that says where it listens, instead of text for people.
    #[arg(long)]
    json: bool,
}

fn user_and_token(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, token)) if !name.is_empty() && !token.is_empty() => {
            Ok((name.to_owned(), token.to_owned()))
        }
        _ => Err("NAME=TOKEN is needed, neither of them empty".to_owned()),
    }
}

/// Who may come in.
enum Gate {
    Anybody,
    Users(StaticTokens),
    Jwt(Box<Jwt>),
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error("--jwt-public-key: {0}")]
    UnreadableKey(io::Error),
    #[error(
        "without --user or --jwt-… every token is taken, so only this machine may connect: {addr} \
         is not of this machine"
    )]
    OpenToAll { addr: SocketAddr },
}

impl Args {
    fn gate(&self) -> Result<Gate, Box<dyn std::error::Error + Send + Sync>> {
        let jwt = match (&self.jwt_secret, &self.jwt_public_key) {
            (Some(secret), _) => Jwt::hs256(secret.as_bytes())?,
            (None, Some(file)) => {
                Jwt::rs256_pem(&std::fs::read(file).map_err(ServeError::UnreadableKey)?)?
            }
            (None, None) if self.users.is_empty() => return Ok(Gate::Anybody),
            (None, None) => {
                let users = self.users.iter().fold(StaticTokens::new(), |users, (name, token)| {
                    users.with(token, User::new(name.as_str()))
                });
                return Ok(Gate::Users(users));
            }
        };
        let jwt = match &self.jwt_issuer {
            Some(issuer) => jwt.issuer(issuer),
            None => jwt,
        };
        Ok(Gate::Jwt(Box::new(match &self.jwt_audience {
            Some(audience) => jwt.audience(audience),
            None => jwt,
        })))
    }

    fn config(&self) -> Config {
        let mut config = Config {
            path: self.path.clone(),
            require_encryption: !self.allow_plaintext,
            max_rooms_per_client: self.max_rooms,
            api_key: self.api_key.as_ref().map(ApiKey::new),
            ..Config::default()
        };
        if let Some(info) = &self.info {
            config.info.clone_from(info);
        }
        if let Some(key_field) = &self.key_field {
            config.key_field.clone_from(key_field);
        }
        if self.drop_for_slow {
            config.slow_consumer = SlowConsumer::Drop;
        }
        config
    }
}

/// Serves until it is told to stop.
pub(crate) async fn run(args: Args) -> Outcome {
    let builder = Server::builder().config(args.config()).room_policy(OpenRooms).handler(Relay);
    let gate = args.gate()?;
    let builder = match &gate {
        Gate::Anybody => builder.authenticator(InsecureTokenIsUserId),
        Gate::Users(users) => builder.authenticator(users.clone()),
        Gate::Jwt(jwt) => builder.authenticator(jwt.as_ref().clone()),
    };
    let server = builder.build()?;
    if matches!(gate, Gate::Anybody) {
        check_loopback(&args.listen).await?;
    }
    let stopped = signals::stopped()?;
    let input = args.until_eof.then(|| input::start(io::stdin())).transpose()?;
    let running = server.bind(args.listen.as_str()).await?;
    let mut console = Console::new();
    if args.json {
        json::print(&Listening::new(&running))?;
    } else {
        greet(&mut console, &running, &gate)?;
    }
    tokio::select! {
        () = stopped => {}
        () = ended(input) => {}
    }
    let told = if args.json { Ok(()) } else { part(&mut console, &running) };
    running.shutdown().await;
    // Only now: whoever started this may be gone, which is no reason to leave without a word.
    told?;
    Ok(ExitCode::SUCCESS)
}

/// Waits for the end of the input, whatever it says until then. Without one it never comes.
async fn ended(input: Option<Lines>) {
    match input {
        Some(mut lines) => while lines.next().await.is_some() {},
        None => std::future::pending().await,
    }
}

/// Where a server is, for programs.
#[derive(Serialize)]
#[serde(tag = "type", rename = "listening")]
struct Listening {
    url: String,
    http: String,
}

impl Listening {
    fn new(running: &RunningServer) -> Self {
        Self { url: url_from_here(running), http: format!("http://{}", addr_from_here(running)) }
    }
}

fn url_from_here(running: &RunningServer) -> String {
    let (addr, from_here) = (running.local_addr(), addr_from_here(running));
    running.url().replacen(&addr.to_string(), &from_here.to_string(), 1)
}

/// Who listens everywhere is reached from here by loopback.
fn addr_from_here(running: &RunningServer) -> SocketAddr {
    let mut addr = running.local_addr();
    match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => addr.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => addr.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    addr
}

/// The server refuses too; this says what to do about it.
async fn check_loopback(listen: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    match lookup_host(listen).await?.find(|addr| !addr.ip().is_loopback()) {
        Some(addr) => Err(ServeError::OpenToAll { addr }.into()),
        None => Ok(()),
    }
}

fn greet(console: &mut Console, running: &RunningServer, gate: &Gate) -> io::Result<()> {
    let (url, addr, here) = (running.url(), running.local_addr(), url_from_here(running));
    console.line(format!("{STRONG}Listening on {ACCENT}{url}{PLAIN}"))?;
    let (who, token) = match gate {
        Gate::Anybody => {
            (format!("{NOTE}anybody on this machine: the token is the user's id{PLAIN}"), "ann")
        }
        Gate::Users(users) => (format!("{} users with a token each", users.len()), "TOKEN"),
        Gate::Jwt(_) => ("users with a JSON Web Token".to_owned(), "JWT"),
    };
    console.line(format!("  who may come in   {who}"))?;
    console.line(format!(
        "  listen to a room  {}",
        Hint::Listen { url: &here, token, room: "lobby" }
    ))?;
    console
        .line(format!("  speak to it       {}", Hint::Send { url: &here, token, room: "lobby" }))?;
    console.line(format!("  health, metrics   http://{addr}/healthz, http://{addr}/metrics"))?;
    console.line(format!("{FAINT}Ctrl-C stops it.{PLAIN}"))
}

fn part(console: &mut Console, running: &RunningServer) -> io::Result<()> {
    let clients = running.handle().client_count();
    console.line(format!("{FAINT}Closing {clients} connections with 1001 …{PLAIN}"))
}

/// A command line that talks to a server.
pub(crate) enum Hint<'a> {
    /// Shows what is said in a room.
    Listen { url: &'a str, token: &'a str, room: &'a str },
    /// Says something in a room.
    Send { url: &'a str, token: &'a str, room: &'a str },
}

impl std::fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // As the program was called, so that the line can be copied.
        let program = std::env::args().next().unwrap_or_else(|| "aldis".to_owned());
        match self {
            Self::Listen { url, token, room } => write!(
                f,
                "{ACCENT}{program} listen --url {url} --token {token} --room {room}{PLAIN}"
            ),
            Self::Send { url, token, room } => write!(
                f,
                "{ACCENT}{program} send --url {url} --token {token} --room {room} \
                 room '{{\"room\":\"{room}\",\"event\":\"chat\",\"data\":\"hello\"}}'{PLAIN}"
            ),
        }
    }
}
