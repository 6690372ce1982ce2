//! Connections that end, and come back with all their rooms.

use aldis_client::{CloseCode, CloseReason};
use aldis_testkit::{Cut, FaultProxy};
use aldis_tests::{Kind, Server, TestClient};
use serde_json::json;

/// A client that went through a proxy, so that a server can be replaced under its URL.
struct Line {
    proxy: FaultProxy,
    client: TestClient,
}

impl Line {
    /// Connects with one room from the configuration and one that is joined later.
    async fn to(server: &Server) -> Self {
        let proxy = FaultProxy::start(server.addr()).unwrap();
        let url = format!("ws://{}/ws", proxy.addr());
        let config = TestClient::config(url, "good-ann").room("configured");
        let client = TestClient::connect_with(config).await;
        client.is_let_into("configured").await;
        client.enter("joined").await;
        Self { proxy, client }
    }

    /// Replaces the server. Meanwhile nobody listens, as while a process restarts.
    async fn restart(&mut self, kind: Kind) -> Server {
        let server = Server::start(kind).await;
        self.proxy.set_upstream(server.addr());
        self.proxy.refuse(false).await.unwrap();
        server
    }

    /// Waits for the session after the first, and checks that it is as good as the first.
    async fn is_restored(&mut self) {
        self.client.session().await;
        for room in ["configured", "joined"] {
            self.client.is_let_into(room).await;
        }
        let hello = json!({ "room": "joined", "event": "said", "data": "back" });
        self.client.request("room", &hello).await;
        assert_eq!(self.client.message().await.data(), r#""back""#);
        assert_eq!(self.client.handle.stats().sessions, 2);
    }
}

pub(crate) async fn shutdown(kind: Kind) {
    let server = Server::start(kind).await;
    let mut line = Line::to(&server).await;
    line.proxy.refuse(true).await.unwrap();
    server.shut_down(&line.client).await;
    is_closed_with(&mut line.client, CloseCode::GOING_AWAY, "Server shutting down").await;
    drop(server);
    let _server = line.restart(kind).await;
    line.is_restored().await;
}

async fn is_closed_with(client: &mut TestClient, expected: CloseCode, words: &str) {
    match client.ended().await {
        CloseReason::Closed { code, reason } => {
            assert_eq!((code, &*reason), (expected, words));
        }
        other => panic!("{other}"),
    }
}

/// `kill -9`.
pub(crate) async fn crash(kind: Kind) {
    let server = Server::start(kind).await;
    let mut line = Line::to(&server).await;
    line.proxy.refuse(true).await.unwrap();
    server.crash(&line.proxy).await;
    is_lost(&mut line.client).await;
    let _server = line.restart(kind).await;
    line.is_restored().await;
}

async fn is_lost(client: &mut TestClient) {
    let reason = client.ended().await;
    assert!(matches!(reason, CloseReason::Lost(_)), "{reason}");
}

pub(crate) async fn close_by_the_app(kind: Kind) {
    let server = Server::start(kind).await;
    let mut line = Line::to(&server).await;
    let close = json!({ "code": 4321, "reason": "enough for today" });
    line.client.handle.send("close", &close).unwrap();
    is_closed_with(&mut line.client, CloseCode(4321), "enough for today").await;
    line.is_restored().await;
}

pub(crate) async fn cut_by_the_server(kind: Kind) {
    let server = Server::start(kind).await;
    let mut line = Line::to(&server).await;
    line.client.handle.send("cut", &()).unwrap();
    is_lost(&mut line.client).await;
    line.is_restored().await;
}

pub(crate) async fn cut_on_the_way(kind: Kind) {
    let server = Server::start(kind).await;
    let mut line = Line::to(&server).await;
    line.proxy.faults().cut(Cut::Fin);
    is_lost(&mut line.client).await;
    line.is_restored().await;
}
