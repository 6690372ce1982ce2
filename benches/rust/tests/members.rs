//! Members of a room, at both servers.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use aldis_bench::members::{Crowd, Kind, Options, Order, Server};
use aldis_server::OpenRooms;
use aldis_server::auth::InsecureTokenIsUserId;
use aldis_server::handlers::Relay;
use clap::Parser;

/// Messages of two sizes reach all members.
async fn publish_at(url: &str, order: Order) {
    let mut crowd = Crowd::connect(url, 20, Some("room"), order).await.unwrap();
    for (window, bytes) in [(1, 100), (1, 1_024), (16, 100)] {
        crowd.publish(25, window, bytes).await.unwrap();
    }
    crowd.check().unwrap();
}

#[tokio::test]
async fn our_server_delivers_to_all_members() {
    let server = aldis_server::Server::builder()
        .authenticator(InsecureTokenIsUserId)
        .room_policy(OpenRooms)
        .handler(Relay)
        .build()
        .unwrap();
    let running = server.bind("127.0.0.1:0").await.unwrap();
    publish_at(&running.url(), Order::Kept).await;
    running.shutdown().await;
}

#[tokio::test]
async fn ignis_delivers_to_all_members() {
    let options = Options::parse_from(["bench-members"]);
    let server = Server::start(Kind::Ignis, &options, None).await.unwrap();
    publish_at(server.url(), Order::Counted).await;
    server.stop().await.unwrap();
}

#[tokio::test]
async fn members_that_lose_their_server_fail() {
    let options = Options::parse_from(["bench-members"]);
    let server = Server::start(Kind::Ignis, &options, None).await.unwrap();
    let mut crowd = Crowd::connect(server.url(), 2, Some("room"), Order::Kept).await.unwrap();
    server.stop().await.unwrap();
    assert!(crowd.publish(1, 1, 100).await.is_err());
    assert!(crowd.check().is_err());
}
