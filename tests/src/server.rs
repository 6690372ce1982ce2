//! The two servers behind one face.

use std::net::SocketAddr;

use aldis_testkit::{Cut, FaultProxy};

use crate::aldis::Aldis;
use crate::ignis::Ignis;
use crate::{Settings, TestClient, within};

/// Which server a case runs against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `@venizia/ignis-helpers` on Bun, in a process of its own.
    Ignis,
    /// `aldis-server`, in this process.
    Aldis,
}

/// A running server on a port of its own. It ends when it is dropped.
#[derive(Debug)]
pub enum Server {
    /// See [`Kind::Ignis`].
    Ignis(Ignis),
    /// See [`Kind::Aldis`].
    Aldis(Aldis),
}

impl Server {
    /// Starts a server with the default settings.
    pub async fn start(kind: Kind) -> Self {
        Self::with(kind, Settings::default()).await
    }

    /// Starts a server.
    pub async fn with(kind: Kind, settings: Settings) -> Self {
        match kind {
            Kind::Ignis => Self::Ignis(Ignis::start(&settings).await),
            Kind::Aldis => Self::Aldis(Aldis::start(&settings).await),
        }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        match self {
            Self::Ignis(ignis) => ignis.addr(),
            Self::Aldis(aldis) => aldis.addr(),
        }
    }

    /// The URL of its WebSocket.
    pub fn url(&self) -> String {
        format!("ws://{}/ws", self.addr())
    }

    /// Sends everybody away with 1001. A client has to ask IGNIS for it, and its process goes on.
    pub async fn shut_down(&self, client: &TestClient) {
        match self {
            Self::Ignis(_) => client.handle.send("shutdown", &()).unwrap(),
            Self::Aldis(aldis) => within("the shutdown", aldis.shut_down()).await,
        }
    }

    /// Ends as a crashed process does, for the clients behind `proxy`: without a word. A server in
    /// this process cannot crash, so the proxy cuts its connections before it may speak.
    pub async fn crash(self, proxy: &FaultProxy) {
        match self {
            Self::Ignis(ignis) => ignis.kill().await,
            Self::Aldis(aldis) => {
                proxy.faults().cut(Cut::Reset);
                within("the cut", proxy.faults().wait_until(|counts| counts.open == 0)).await;
                drop(aldis);
            }
        }
    }
}
