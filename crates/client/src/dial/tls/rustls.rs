//! TLS by rustls, with the verifier of the platform, or with webpki where the host gives the anchors.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, ServerName};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::crypto::{self, CryptoProvider};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::anchors::no_anchors;
use super::{BoxIo, DialError, Secured};
use crate::error::ConfigError;

pub(super) struct Connector(TlsConnector);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl Connector {
    /// Trusts `anchors`, the system's own without them, and `roots` besides.
    pub(super) fn new(
        anchors: Option<Vec<CertificateDer<'static>>>,
        roots: Vec<CertificateDer<'static>>,
    ) -> Result<Self, ConfigError> {
        let provider = Arc::new(crypto::ring::default_provider());
        let verifier = match anchors {
            Some(anchors) => verifier_of(anchors, roots, &provider)?,
            None => verifier_of_the_system(roots, &provider)?,
        };
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(unusable_roots)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(Self(Arc::new(config).into()))
    }

    pub(super) async fn secure(&self, host: &str, stream: BoxIo) -> Result<Secured, DialError> {
        let name = ServerName::try_from(host.to_owned());
        let name = name.map_err(|cause| DialError::Tls(cause.to_string()))?;
        let stream = self.0.connect(name, stream).await;
        let stream = stream.map_err(|cause| DialError::Tls(cause.to_string()))?;
        let certificates = stream.get_ref().1.peer_certificates();
        let certificate = certificates.and_then(|chain| chain.first()).map(|leaf| leaf.to_vec());
        Ok(Secured { certificate, stream: Box::new(stream) })
    }
}

fn unusable_roots(cause: impl std::fmt::Display) -> ConfigError {
    ConfigError::new("tls.extra_roots", cause.to_string())
}

fn verifier_of(
    anchors: Vec<CertificateDer<'static>>,
    roots: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    let mut store = RootCertStore::empty();
    // One that cannot be read is none of the host's making, and the others serve.
    let (usable, ignored) = store.add_parsable_certificates(anchors);
    tracing::debug!(usable, ignored, "trust anchors of the host");
    if usable == 0 {
        return Err(no_anchors("none of the host's certificates can be read"));
    }
    for root in roots {
        store.add(root).map_err(unusable_roots)?;
    }
    let verifier =
        WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider));
    Ok(verifier.build().map_err(no_anchors)?)
}

#[cfg(not(target_os = "android"))]
fn verifier_of_the_system(
    roots: Vec<CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(roots, Arc::clone(provider));
    Ok(Arc::new(verifier.map_err(unusable_roots)?))
}

/// Android's store is behind Java, which only a face for it can reach.
#[cfg(target_os = "android")]
fn verifier_of_the_system(
    _: Vec<CertificateDer<'static>>,
    _: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, ConfigError> {
    Err(no_anchors("on Android the host has to give them, by Builder::trust_anchors"))
}
