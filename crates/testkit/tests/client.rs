//! The parts together, with the real client.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

use std::time::Duration;

use aldis_client::{ConnectionState, SignalClient, SignalConfig, SignalEvent};
use aldis_testkit::{
    Acceptance, Dialling, Direction, FaultProxy, MemoryNetwork, Peer, ScriptedServer, TestPki,
    TlsFront,
};
use tokio::time;

#[tokio::test(start_paused = true)]
async fn the_client_talks_to_a_script_in_memory_and_survives_a_half_open_line() {
    let network = MemoryNetwork::new();
    let server = ScriptedServer::start_in(&network, |mut peer: Peer| async move {
        let authenticate = peer.expect_authenticate().await?;
        let id = format!("session-{}", peer.index());
        peer.accept(&authenticate, &Acceptance::new().client_id(id)).await?;
        peer.send_event("news", peer.index()).await?;
        while let Some(event) = peer.next_event().await? {
            peer.reply(&event, "echo").await?;
        }
        Ok(())
    });
    let config = SignalConfig::new(server.url()).token("secret");
    let (client, mut events) =
        SignalClient::builder(config).dialer(network.clone()).build().unwrap();
    let session = client.connect().await.unwrap();
    assert_eq!(session.client_id, "session-0");

    network.faults().stall(Direction::Both);
    let again = async {
        let mut state = client.watch_state();
        state.wait_for(|state| state.state != ConnectionState::Authenticated).await.unwrap();
        network.faults().clear();
        state.wait_for(|state| state.state == ConnectionState::Authenticated).await.unwrap();
    };
    time::timeout(Duration::from_hours(1), again).await.expect("noticed within virtual time");
    assert_eq!(client.client_id().as_deref(), Some("session-1"));

    let mut news = Vec::new();
    while news.len() < 2 {
        if let SignalEvent::Message(message) = events.next().await.unwrap() {
            news.push(message.data().to_owned());
        }
    }
    assert_eq!(news, ["0", "1"]);
    client.disconnect().await;
    server.finish().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_dial_names_host_and_port() {
    let network = MemoryNetwork::new();
    network.set_dialling(Dialling::Refuse);
    let mut config = SignalConfig::new("ws://localhost/ws").token("secret");
    config.max_retries = 0;
    let (client, _events) = SignalClient::builder(config).dialer(network).build().unwrap();
    let error = client.connect().await.unwrap_err();
    assert!(error.to_string().contains("cannot connect to localhost:80"), "{error}");
}

#[tokio::test]
async fn wss_through_proxy_and_front_with_right_and_wrong_certificates() {
    let server = ScriptedServer::start(|mut peer: Peer| async move {
        let authenticate = peer.expect_authenticate().await?;
        peer.accept(&authenticate, &Acceptance::new()).await?;
        peer.hold().await;
        Ok(())
    });
    let server = server.await.unwrap();
    let pki = TestPki::new().unwrap();
    let good = pki.issue(&["localhost", "127.0.0.1"]).unwrap();
    let spare = pki.issue(&["localhost"]).unwrap();
    let wrong_name = pki.issue(&["elsewhere.test"]).unwrap();
    let expired = pki.issue_expired(&["localhost"]).unwrap();
    for (certificate, pin, says) in [
        (&good, None, None),
        (&good, Some(good.pin()), None),
        (&good, Some(spare.pin()), Some("not among the pinned ones")),
        (&wrong_name, None, Some("TLS failed")),
        (&expired, None, Some("TLS failed")),
    ] {
        let front = TlsFront::start(server.addr(), certificate).await.unwrap();
        let proxy = FaultProxy::start(front.addr()).unwrap();
        proxy.faults().split(Direction::Both, 100);
        let url = format!("wss://localhost:{}/ws", proxy.addr().port());
        let mut config = SignalConfig::new(url).token("secret");
        config.max_retries = 0;
        config.tls.extra_roots = vec![pki.ca_pem()];
        config.tls.pins = pin.into_iter().map(ToOwned::to_owned).collect();
        let (client, _events) = SignalClient::new(config).unwrap();
        let connected = time::timeout(Duration::from_secs(20), client.connect()).await.unwrap();
        let error = connected.err().map(|error| error.to_string());
        match (&error, says) {
            (None, None) => assert_eq!(client.state(), ConnectionState::Authenticated),
            (Some(error), Some(says)) => assert!(error.contains(says), "{error}"),
            _ => panic!("{error:?} where {says:?} was due"),
        }
        client.disconnect().await;
    }
    server.finish().await.unwrap();
}
