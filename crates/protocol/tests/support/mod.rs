//! Two sessions that have shaken hands, without a network between them.

use std::sync::Arc;
use std::time::Instant;

use aldis_protocol::client::{ClientConfig, Event as ClientEvent};
use aldis_protocol::handshake::KeyPair;
use aldis_protocol::server::{Acceptance, Event as ServerEvent, ServerConfig};
use aldis_protocol::{ClientSession, Inbound, ServerSession, Transmit};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// A client and a server, connected. The keys are the same every time.
pub(crate) fn connected_pair(now: Instant) -> (ClientSession, ServerSession) {
    let mut rng = StdRng::seed_from_u64(1);
    let config = Arc::new(ClientConfig::default());
    let mut client = ClientSession::new(config, "token", Vec::new(), &mut rng, now).unwrap();
    let mut server = ServerSession::new(Arc::new(ServerConfig::default()), now);
    server.handle_frame(Inbound::Text(&client_text(&mut client)), now);
    assert!(matches!(server.poll_event(), Some(ServerEvent::Authenticate { .. })));
    let acceptance = Acceptance {
        client_id: "client",
        user_id: None,
        time: "2026-01-01T00:00:00.000Z",
        keys: &KeyPair::generate(&mut rng),
        salt: [7; 32],
        iv_prefix: *b"a server",
    };
    assert!(server.accept(&acceptance, now));
    client.handle_frame(Inbound::Text(&server_text(&mut server)), now);
    assert!(matches!(client.poll_event(), Some(ClientEvent::Authenticated(_))));
    (client, server)
}

/// The text that the client wants to send.
pub(crate) fn client_text(client: &mut ClientSession) -> String {
    text(client.poll_transmit())
}

/// The text that the server wants to send.
pub(crate) fn server_text(server: &mut ServerSession) -> String {
    text(server.poll_transmit())
}

fn text(transmit: Option<Transmit>) -> String {
    match transmit {
        Some(Transmit::Text(text)) => text,
        other => panic!("a text was due, not {other:?}"),
    }
}
