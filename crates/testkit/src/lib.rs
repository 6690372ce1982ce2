//! Faults, certificates and scripted servers for testing apps that are built on Aldis.
//!
//! What a client has to survive is hard to bring about with a real server and a real network.
//! Here it takes one line, happens at a chosen moment, and is counted, so that a test waits for
//! it instead of sleeping.
//!
//! | to test | use |
//! |---|---|
//! | lost, half-open, slow, corrupting lines to any server | [`FaultProxy`] and its [`Faults`] |
//! | the same, and hours of heartbeats, in virtual time | [`MemoryNetwork`] |
//! | certificates with wrong names, expired ones, pins | [`TestPki`] and [`TlsFront`] |
//! | a server that refuses, replays, tampers, says nonsense, or nothing | [`ScriptedServer`] |
//!
//! They combine: a proxy before a TLS front before a scripted server is a hostile server behind
//! a bad encrypted line. Each of them lives as long as its value, and on the tokio runtime on
//! which it was started.
//!
//! # Time
//! All waiting is tokio's: under a paused clock (`#[tokio::test(start_paused = true)]`)
//! delays pass at once. With sockets the clock may also run ahead of bytes that are on their way
//! through the kernel, so a test that asserts on time should use [`MemoryNetwork`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use aldis_client::{ConnectionState, SignalClient, SignalConfig};
//! use aldis_testkit::{Acceptance, MemoryNetwork, Peer, ScriptedServer};
//!
//! let network = MemoryNetwork::new();
//! let server = ScriptedServer::start_in(&network, |mut peer: Peer| async move {
//!     let authenticate = peer.expect_authenticate().await?;
//!     peer.accept(&authenticate, &Acceptance::new()).await?;
//!     peer.hold().await; // as an app that is frozen: not even pings are answered
//!     Ok(())
//! });
//!
//! let config = SignalConfig::new(server.url()).token("any");
//! let (client, _events) = SignalClient::builder(config).dialer(network.clone()).build()?;
//! client.connect().await?;
//! let mut state = client.watch_state();
//! state.wait_for(|now| now.state == ConnectionState::Reconnecting).await?; // half a minute later
//!
//! client.disconnect().await;
//! server.finish().await?;
//! # Ok(()) }
//! ```

mod faults;
mod memory;
mod proxy;
mod script;
mod tls;

pub use self::faults::{Counts, Cut, Direction, Faults, Traffic};
pub use self::memory::{Dialling, MemoryListener, MemoryNetwork};
pub use self::proxy::FaultProxy;
pub use self::script::{
    Acceptance, Authenticate, Frame, Incoming, Peer, Request, ScriptError, ScriptFailure,
    ScriptedServer, tampered,
};
pub use self::tls::{PkiError, TestCertificate, TestPki, TlsCounts, TlsFront, TlsVersion};
