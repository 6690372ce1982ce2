//! An Aldis server in this process, with the tokens, rooms and events of `interop/ignis`.

use std::net::SocketAddr;
use std::time::Duration;

use aldis_server::handlers::Relay;
use aldis_server::{
    Authenticator, Client, CloseCode, Handler, Message, Refusal, Rejection, RoomName, RoomPolicy,
    RunningServer, Server, User,
};
use serde::Deserialize;
use tokio::time::sleep;

use crate::Settings;

/// A running server.
#[derive(Debug)]
pub struct Aldis {
    running: RunningServer,
}

impl Aldis {
    pub(crate) async fn start(settings: &Settings) -> Self {
        let check = Duration::from_millis(settings.room_check_ms);
        let server = Server::builder()
            .config(settings.for_aldis())
            .authenticator(Tokens)
            .room_policy(Rooms { check })
            .handler(App)
            .build()
            .unwrap();
        Self { running: server.bind("127.0.0.1:0").await.unwrap() }
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.running.local_addr()
    }

    pub(crate) async fn shut_down(&self) {
        self.running.handle().shutdown().await;
    }
}

/// The rules of `interop/ignis/tokens.ts`. Nothing is ever early here.
struct Tokens;

impl Authenticator for Tokens {
    async fn authenticate(&self, token: &str) -> Result<User, Rejection> {
        let user = match token.split_once('-') {
            // Without the hook's message, which would look like a failed test.
            _ if token.starts_with("throw") => std::panic::resume_unwind(Box::new("asked to")),
            Some(("good", user)) => user,
            Some(("slow", rest)) => {
                let (ms, user) = rest.split_once('-').unwrap();
                sleep(Duration::from_millis(ms.parse().unwrap())).await;
                user
            }
            Some(("hang", _)) => std::future::pending().await,
            _ => return Err(Rejection::refused("no rule lets this token in")),
        };
        Ok(User::new(user))
    }
}

struct Rooms {
    check: Duration,
}

impl RoomPolicy for Rooms {
    async fn may_join(&self, _: &Client, room: &RoomName) -> bool {
        sleep(self.check).await;
        !room.as_str().starts_with("private-")
    }
}

struct App;

#[derive(Deserialize)]
struct Close {
    code: u16,
    reason: String,
}

impl Handler for App {
    async fn on_message(&self, client: &Client, message: &Message) -> Result<(), Refusal> {
        if message.event() != "close" {
            return Relay.on_message(client, message).await;
        }
        let Close { code, reason } = message.decode()?;
        client.disconnect(CloseCode(code), reason.leak());
        Ok(())
    }
}
