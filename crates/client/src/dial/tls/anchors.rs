//! Where trust anchors come from, besides the configured roots.

use std::fmt;

use rustls_pki_types::CertificateDer;

use crate::error::ConfigError;

/// Where a client's trust anchors come from.
#[derive(Default)]
pub(crate) enum TrustAnchors {
    /// The trust store that the TLS implementation knows by itself.
    #[default]
    System,
    /// What the host loads, once the client turns out to need it.
    Host(Box<LoadAnchors>),
}

/// Certificates in DER, or in words why there are none.
pub(crate) type LoadAnchors = dyn FnOnce() -> Result<Vec<Vec<u8>>, String> + Send + Sync;

impl fmt::Debug for TrustAnchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Host(_) => "Host",
        })
    }
}

impl TrustAnchors {
    /// The host's certificates; `None` if the system's store is to be used.
    pub(super) fn load(self) -> Result<Option<Vec<CertificateDer<'static>>>, ConfigError> {
        let Self::Host(load) = self else { return Ok(None) };
        let anchors = load().map_err(no_anchors)?;
        Ok(Some(anchors.into_iter().map(CertificateDer::from).collect()))
    }
}

/// Nothing can be trusted, so nothing can be reached: the host learns it before it connects.
pub(super) fn no_anchors(why: impl fmt::Display) -> ConfigError {
    ConfigError::new("tls.trust", format!("no trust anchors: {why}"))
}
