//! Why a connection could not be made.

use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Why a connection could not be made. Safe to log.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum DialError {
    /// The host's name could not be resolved.
    #[error("cannot resolve `{host}`: {cause}")]
    Dns {
        /// The name.
        host: String,
        /// What the resolver said.
        cause: Arc<io::Error>,
    },
    /// No address of the host took the connection.
    #[error("cannot connect to {target}: {cause}")]
    Tcp {
        /// Host and port.
        target: String,
        /// What the last address said.
        cause: Arc<io::Error>,
    },
    /// The proxy did not open the way.
    #[error("the proxy refused: {0}")]
    Proxy(String),
    /// The TLS handshake failed: certificate, name or version.
    #[error("TLS failed: {0}")]
    Tls(String),
    /// The server's certificate has none of the pinned keys.
    #[error("the server's key is not among the pinned ones; it is {found}")]
    PinMismatch {
        /// The pin of the key that the server has.
        found: String,
    },
    /// The server answered the upgrade with something else.
    #[error("the server refused the WebSocket upgrade: HTTP {status}")]
    UpgradeRefused {
        /// The HTTP status.
        status: u16,
    },
    /// The server's answer to the upgrade is not WebSocket.
    #[error("the WebSocket upgrade failed: {0}")]
    Upgrade(String),
    /// It took longer than [`dial_timeout`](crate::SignalConfig::dial_timeout).
    #[error("no connection within {timeout:?}")]
    Timeout {
        /// The time that was allowed.
        timeout: Duration,
    },
}

impl DialError {
    /// A stable name of the error for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Dns { .. } => "dns_failed",
            Self::Tcp { .. } => "connect_failed",
            Self::Proxy(_) => "proxy_failed",
            Self::Tls(_) => "tls_failed",
            Self::PinMismatch { .. } => "pin_mismatch",
            Self::UpgradeRefused { .. } => "upgrade_refused",
            Self::Upgrade(_) => "upgrade_failed",
            Self::Timeout { .. } => "dial_timeout",
        }
    }

    /// What a person can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Dns { .. } => "Check the host's name and the network.",
            Self::Tcp { .. } => "Check that the server runs, the port, and firewalls in between.",
            Self::Proxy(_) => "Check the proxy's address and password.",
            Self::Tls(_) => {
                "Check the certificate's name, dates and issuer; add a private CA to the extra roots."
            }
            Self::PinMismatch { .. } => {
                "Add the new key's pin if the server changed it; otherwise somebody is in between."
            }
            Self::UpgradeRefused { .. } => "Check the URL's path, and what a gateway demands.",
            Self::Upgrade(_) => "Check that the URL leads to a WebSocket server.",
            Self::Timeout { .. } => "Check the network; a firewall may swallow the packets.",
        }
    }
}
