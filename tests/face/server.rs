//! A server in this process that tells who has gone, and scripted ones that misbehave.

use std::net::SocketAddr;

use aldis_server::handlers::Relay;
use aldis_server::{
    Authenticator, Client, CloseCode, Handler, Message, OpenRooms, Outgoing, Refusal, Rejection,
    RunningServer, Server, ServerHandle, Target, User,
};
use aldis_testkit::{Acceptance, Incoming, Peer, ScriptError, ScriptedServer};
use tokio::sync::mpsc;

use crate::host::within;

/// A running server. The token `good-ann` is that of the user ann; others are refused.
pub(crate) struct TestServer {
    running: RunningServer,
    gone: mpsc::UnboundedReceiver<CloseCode>,
}

impl TestServer {
    pub(crate) async fn start() -> Self {
        let (sender, gone) = mpsc::unbounded_channel();
        let server = Server::builder()
            .authenticator(Tokens)
            .room_policy(OpenRooms)
            .handler(App { gone: sender })
            .build()
            .unwrap();
        Self { running: server.bind("127.0.0.1:0").await.unwrap(), gone }
    }

    pub(crate) fn url(&self) -> String {
        self.running.url()
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.running.local_addr()
    }

    pub(crate) fn handle(&self) -> ServerHandle {
        self.running.handle()
    }

    /// Sends a number to all clients.
    pub(crate) fn publish(&self, event: &str, number: usize) {
        self.publish_to(Target::Everyone, event, number);
    }

    /// Sends a number to all connections of a user.
    pub(crate) fn publish_to(&self, target: Target<'_>, event: &str, number: usize) {
        let message = Outgoing::new(event, &number, None).unwrap();
        assert_eq!(self.handle().publish(target, message, &[]).dropped, 0);
    }

    /// How the next client went.
    pub(crate) async fn gone(&mut self) -> CloseCode {
        within("a client to go", self.gone.recv()).await.unwrap()
    }
}

struct Tokens;

impl Authenticator for Tokens {
    async fn authenticate(&self, token: &str) -> Result<User, Rejection> {
        let user = token.strip_prefix("good-").ok_or(Rejection::refused("not a good one"))?;
        Ok(User::new(user))
    }
}

struct App {
    gone: mpsc::UnboundedSender<CloseCode>,
}

impl Handler for App {
    async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
        Relay.on_message(client, message).await
    }

    async fn on_disconnected(&self, _: &Client, code: CloseCode) {
        // A test that does not ask has dropped the receiver.
        let _ = self.gone.send(code);
    }
}

/// A server that lets connections in and never says a word, not even in HTTP.
pub(crate) async fn silent_server() -> ScriptedServer {
    let never_answer = |incoming: Incoming| async move {
        incoming.hold().await;
        Ok(())
    };
    ScriptedServer::start_raw(never_answer).await.unwrap()
}

/// A server that lets everybody in, goes on by the script, and answers nothing after it.
pub(crate) async fn scripted_server<F, R>(script: F) -> ScriptedServer
where
    F: Fn(Peer) -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Result<Peer, ScriptError>> + Send + 'static,
{
    let whole = move |mut peer: Peer| {
        let script = script.clone();
        async move {
            let authenticate = peer.expect_authenticate().await?;
            peer.accept(&authenticate, &Acceptance::new()).await?;
            script(peer).await?.hold().await;
            Ok(())
        }
    };
    ScriptedServer::start(whole).await.unwrap()
}
