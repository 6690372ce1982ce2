//! The last steps, on a connection that stands: upgrade, handshake, round trip.

use std::error::Error;
use std::io;
use std::time::{Duration, Instant};

use aldis_client::dial::BoxIo;
use aldis_client::{
    CloseReason, ConnectError, ConnectionState, Session, SignalClient, SignalEvent, SignalEvents,
};
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite;

use super::report::Report;

/// How long the server may take for its part.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often to look whether the pong has come.
const LOOK: Duration = Duration::from_millis(5);

/// Upgrades, and goes: what can be tried without a token.
pub(super) async fn upgrade(report: &mut Report, url: &str, stream: BoxIo) -> io::Result<()> {
    report.begin("upgrade");
    let start = Instant::now();
    match timeout(PATIENCE, client_async(url, stream)).await {
        Ok(Ok((mut socket, response))) => {
            let status = response.status();
            report.good("upgrade", Some(start.elapsed()), format_args!("HTTP {status}"))?;
            // The server sees a client that goes; there is no more to learn from it.
            let _ = timeout(PATIENCE, socket.close(None)).await;
            report.skipped("handshake", "needs --token")
        }
        Ok(Err(tungstenite::Error::Http(response))) => {
            let problem = format!("the server refused: HTTP {}", response.status());
            report.bad("upgrade", problem, "Check the URL's path, and what a gateway demands.")
        }
        Ok(Err(error)) => {
            let advice = "Check that the URL leads to a WebSocket server.";
            report.bad("upgrade", error, advice)
        }
        Err(_) => {
            let problem = format!("no answer within {PATIENCE:?}");
            report.bad("upgrade", problem, "Check that the URL leads to a WebSocket server.")
        }
    }
}

/// Connects the client, and says how far it came.
pub(super) async fn open(
    report: &mut Report,
    first_step: &str,
    client: &SignalClient,
    events: &mut SignalEvents,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut connecting = std::pin::pin!(client.connect());
    let mut step = (first_step, Instant::now());
    report.begin(step.0);
    let outcome = loop {
        let event = tokio::select! {
            biased;
            event = events.next() => event,
            outcome = &mut connecting => break outcome,
        };
        match event {
            Some(SignalEvent::State(change)) if change.state == ConnectionState::Connected => {
                report.good(step.0, Some(step.1.elapsed()), "the WebSocket is open")?;
                step = ("handshake", Instant::now());
                report.begin(step.0);
            }
            Some(SignalEvent::Connected(session)) => {
                report.good("handshake", Some(step.1.elapsed()), described(&session))?;
            }
            Some(SignalEvent::Error(error)) => report.odd(step.0, error)?,
            Some(_) => {}
            None => return Err("the client ended".into()),
        }
    };
    match outcome {
        Ok(session) if !session.encrypted => {
            report.odd("encryption", "messages are readable for the server's network")?;
        }
        Ok(_) => {}
        Err(ConnectError::Failed(reason)) => {
            let cause = match &reason {
                CloseReason::RetriesExhausted { last, .. } => last,
                reason => reason,
            };
            report.bad(step.0, cause, cause.advice())?;
        }
        Err(error) => report.bad(step.0, &error, CloseReason::Disconnected.advice())?,
    }
    Ok(())
}

/// Measures the round trip of a ping.
pub(super) async fn round_trip(report: &mut Report, client: &SignalClient) -> io::Result<()> {
    // A hint makes the client probe the connection at once.
    client.network_available();
    report.begin("round trip");
    let measured = async {
        loop {
            if let Some(rtt) = client.stats().rtt {
                return rtt;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    match timeout(PATIENCE, measured).await {
        Ok(rtt) => report.good("round trip", Some(rtt), "of a ping"),
        Err(_) => report.bad(
            "round trip",
            format_args!("no pong within {PATIENCE:?}"),
            "Check what stands between: the connection is open, and nothing comes through.",
        ),
    }
}

fn described(session: &Session) -> String {
    let user = session.user_id.as_deref().unwrap_or("nobody in particular");
    let cipher = if session.encrypted { "encrypted" } else { "NOT ENCRYPTED" };
    format!("{user}, client {}, {cipher}", session.client_id)
}
