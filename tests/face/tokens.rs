//! Token providers of the host: asked, failing, panicking, silent.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};

use aldis::{
    ConnectError, ConnectionState, SignalConfig, TokenFailure, TokenProvider, TokenRequest,
};
use tokio::sync::mpsc;

use crate::host::{Host, config, config_of_one_try, until, within};
use crate::server::TestServer;

/// What the provider does when it is asked.
#[derive(Clone, Copy)]
enum Deed {
    Give(&'static str),
    Fail,
    Panic,
    Hang,
}

struct Provider {
    /// One for each time, the last one for all times after.
    deeds: Vec<Deed>,
    asked: Mutex<Vec<TokenRequest>>,
    /// Told when a call begins, and when one that hangs is dropped.
    begun: mpsc::UnboundedSender<()>,
    dropped: mpsc::UnboundedSender<()>,
}

struct TellDrop(mpsc::UnboundedSender<()>);

impl Drop for TellDrop {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[async_trait::async_trait]
impl TokenProvider for Provider {
    async fn token(&self, request: TokenRequest) -> Result<String, TokenFailure> {
        let deed = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(request);
            self.deeds[(asked.len() - 1).min(self.deeds.len() - 1)]
        };
        let _ = self.begun.send(());
        match deed {
            Deed::Give(token) => Ok(token.to_owned()),
            Deed::Fail => Err(TokenFailure::Failed { detail: "the API is down".to_owned() }),
            // Without the hook's message, which would look like a failed test.
            Deed::Panic => resume_unwind(Box::new("as asked")),
            Deed::Hang => {
                let _told = TellDrop(self.dropped.clone());
                std::future::pending().await
            }
        }
    }
}

/// A provider, and what it tells: that it is asked, and that a call that hung was dropped.
struct Asked {
    provider: Arc<Provider>,
    begun: mpsc::UnboundedReceiver<()>,
    dropped: mpsc::UnboundedReceiver<()>,
}

impl Asked {
    fn new(deeds: &[Deed]) -> Self {
        let (begins, begun) = mpsc::unbounded_channel();
        let (drop, dropped) = mpsc::unbounded_channel();
        let (deeds, asked) = (deeds.to_vec(), Mutex::default());
        Self {
            provider: Arc::new(Provider { deeds, asked, begun: begins, dropped: drop }),
            begun,
            dropped,
        }
    }

    fn host(&self, config: SignalConfig) -> Host {
        Host::asking(config, Arc::clone(&self.provider) as _)
    }

    fn times(&self) -> Vec<TokenRequest> {
        self.provider.asked.lock().unwrap().clone()
    }
}

fn without_token(config: SignalConfig) -> SignalConfig {
    SignalConfig { token: None, ..config }
}

#[tokio::test]
async fn it_is_asked_at_first_and_when_the_token_is_refused() {
    let server = TestServer::start().await;
    let asked = Asked::new(&[Deed::Give("stale"), Deed::Give("good-ann")]);
    let mut host = asked.host(without_token(config(server.url(), "")));
    assert_eq!(host.connect().await.user_id.as_deref(), Some("ann"));
    assert_eq!(asked.times(), [TokenRequest::Initial, TokenRequest::Refused]);

    // A token that works is not asked for again.
    host.client.disconnect().await;
    host.connect().await;
    assert_eq!(asked.times().len(), 2);
}

#[tokio::test]
async fn a_token_at_hand_is_tried_before_it_is_asked() {
    let server = TestServer::start().await;
    let asked = Asked::new(&[Deed::Give("good-ann")]);
    let mut host = asked.host(config(server.url(), "stale"));
    host.connect().await;
    assert_eq!(asked.times(), [TokenRequest::Refused]);
}

#[tokio::test]
async fn a_server_that_refuses_its_tokens_too_is_the_end() {
    let server = TestServer::start().await;
    let asked = Asked::new(&[Deed::Give("bad")]);
    let host = asked.host(without_token(config(server.url(), "")));
    let error = within("the end of connect", host.client.connect()).await.unwrap_err();
    let ConnectError::Failed { reason } = error else { panic!("{error:?}") };
    assert_eq!((reason.code.as_str(), reason.close_code), ("auth_rejected", Some(4003)));
    assert_eq!(asked.times(), [TokenRequest::Initial, TokenRequest::Refused]);
}

#[tokio::test]
async fn one_that_fails_panics_or_is_late_is_told_of() {
    let server = TestServer::start().await;
    for (deed, code, words) in [
        (Deed::Fail, "token_provider_failed", "the API is down"),
        (Deed::Panic, "token_provider_panicked", "panicked"),
        (Deed::Hang, "token_provider_timeout", "in time"),
    ] {
        let asked = Asked::new(&[deed]);
        let mut host = asked.host(without_token(SignalConfig {
            token_timeout_ms: Some(10),
            ..config_of_one_try(server.url(), "")
        }));
        let error = within("the end of connect", host.client.connect()).await.unwrap_err();
        let ConnectError::Failed { reason } = &error else { panic!("{error:?}") };
        assert_eq!(reason.code, "retries_exhausted");
        assert!(reason.message.contains(words), "{}", reason.message);
        assert!(reason.advice.contains("token provider"), "{}", reason.advice);

        // With retries it is asked again; the reason of each is told.
        let asked = Asked::new(&[deed, Deed::Give("good-ann")]);
        host = asked.host(without_token(SignalConfig {
            token_timeout_ms: Some(10),
            ..config(server.url(), "")
        }));
        within("a session", host.client.connect()).await.unwrap();
        let change = host.calls.passed(ConnectionState::Reconnecting).await;
        assert_eq!(change.reason.unwrap().code, code);
    }
}

#[tokio::test]
async fn without_a_token_and_without_it_there_is_no_connection() {
    let server = TestServer::start().await;
    let mut host = Host::new(without_token(config(server.url(), "")));
    let error = within("the end of connect", host.client.connect()).await.unwrap_err();
    let ConnectError::Failed { reason } = error else { panic!("{error:?}") };
    assert_eq!(reason.code, "token_missing");
    // And one that was given later is used.
    host.client.update_token("good-ann".to_owned()).unwrap();
    host.connect().await;
}

#[tokio::test]
async fn one_that_never_answers_does_not_keep_the_client() {
    let server = TestServer::start().await;
    let mut asked = Asked::new(&[Deed::Hang]);
    let host = asked.host(without_token(SignalConfig {
        token_timeout_ms: Some(600_000),
        ..config(server.url(), "")
    }));
    let shut_down = async {
        within("the question", asked.begun.recv()).await.unwrap();
        host.client.shutdown();
    };
    let (connected, ()) =
        within("both", async { tokio::join!(host.client.connect(), shut_down) }).await;
    assert!(matches!(connected, Err(ConnectError::Closed { .. })), "{connected:?}");
    within("the end of the question", asked.dropped.recv()).await.unwrap();
    drop(host.client);
    let calls = host.calls.until_the_end().await;
    assert!(calls.last().unwrap().tells(ConnectionState::Disconnected), "{calls:?}");
    until("it to be let go of", || Arc::strong_count(&asked.provider) == 1).await;
}
