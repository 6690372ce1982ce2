//! TLS by rustls, with the verifier of the platform.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, ServerName};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, crypto};

use super::{BoxIo, DialError, Secured};
use crate::error::ConfigError;

pub(super) struct Connector(TlsConnector);

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connector")
    }
}

impl Connector {
    pub(super) fn new(roots: &[CertificateDer<'static>]) -> Result<Self, ConfigError> {
        let error = |cause: tokio_rustls::rustls::Error| {
            ConfigError::new("tls.extra_roots", cause.to_string())
        };
        let provider = Arc::new(crypto::ring::default_provider());
        let verifier = Verifier::new_with_extra_roots(roots.iter().cloned(), Arc::clone(&provider));
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(error)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier.map_err(error)?))
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
