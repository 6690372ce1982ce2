//! Lines that fail, and what the host knows of the network.

use aldis::{ConnectionState, SignalConfig};
use aldis_testkit::{Cut, FaultProxy};

use crate::host::{Host, config, until};
use crate::server::TestServer;

/// A client behind a proxy that would wait for an hour before it tries again.
async fn patient_host(server: &TestServer) -> (FaultProxy, Host) {
    let proxy = FaultProxy::start(server.addr()).unwrap();
    let url = format!("ws://{}/ws", proxy.addr());
    let mut host = Host::new(SignalConfig {
        base_interval_ms: Some(3_600_000),
        max_interval_ms: Some(3_600_000),
        jitter: Some(false),
        ..config(url, "good-ann")
    });
    host.connect().await;
    proxy.refuse(true).await.unwrap();
    proxy.faults().cut(Cut::Reset);
    (proxy, host)
}

#[tokio::test]
async fn a_lost_connection_is_told_with_its_reason_and_comes_back() {
    let server = TestServer::start().await;
    let proxy = FaultProxy::start(server.addr()).unwrap();
    let mut host = Host::connected(format!("ws://{}/ws", proxy.addr()), "good-ann").await;
    let before = host.client.session().unwrap();
    proxy.faults().cut(Cut::Reset);
    let change = host.calls.passed(ConnectionState::Reconnecting).await;
    let reason = change.reason.expect("a lost connection has a reason");
    assert_eq!((reason.code.as_str(), reason.close_code), ("connection_lost", Some(1006)));
    assert!(!reason.message.is_empty() && !reason.advice.is_empty());
    assert_eq!(change.attempt, 1);
    until("a session", || host.client.session().is_some()).await;
    assert_ne!(host.client.session().unwrap().client_id, before.client_id);
    host.assert_works().await;
    let stats = host.client.stats().unwrap();
    assert_eq!(stats.sessions, 2);
    assert_eq!(stats.last_close, Some(reason));
}

#[tokio::test]
async fn hints_of_the_host_hold_attempts_back_and_start_them() {
    let server = TestServer::start().await;
    let (proxy, mut host) = patient_host(&server).await;
    let change = host.calls.state(ConnectionState::Reconnecting).await;
    assert_eq!(change.retry_in_ms, Some(3_600_000));

    host.client.network_lost();
    let change = host.calls.state(ConnectionState::Reconnecting).await;
    assert_eq!(change.retry_in_ms, None);
    assert_eq!(host.client.state(), change);

    proxy.refuse(false).await.unwrap();
    host.client.network_available();
    host.calls.state(ConnectionState::Authenticated).await;
    host.assert_works().await;
}

#[tokio::test]
async fn a_host_that_slept_is_connected_at_once() {
    let server = TestServer::start().await;
    let (proxy, mut host) = patient_host(&server).await;
    host.calls.state(ConnectionState::Reconnecting).await;
    proxy.refuse(false).await.unwrap();
    host.client.resumed();
    host.calls.state(ConnectionState::Authenticated).await;
    host.assert_works().await;
}

#[tokio::test]
async fn a_host_that_sleeps_is_disconnected_until_it_resumes() {
    let server = TestServer::start().await;
    let mut host = Host::connected(server.url(), "good-ann").await;
    host.client.suspended();
    let change = host.calls.state(ConnectionState::Disconnected).await;
    assert_eq!(change.reason.unwrap().code, "suspended");
    host.client.resumed();
    host.calls.state(ConnectionState::Authenticated).await;
    host.assert_works().await;
}
