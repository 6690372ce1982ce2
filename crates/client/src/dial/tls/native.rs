//! TLS of the system.

use rustls_pki_types::CertificateDer;
use tokio_native_tls::native_tls::{Certificate, Protocol, TlsConnector};

use super::anchors::no_anchors;
use super::{BoxIo, DialError, Secured};
use crate::error::ConfigError;

#[derive(Debug)]
pub(super) struct Connector(tokio_native_tls::TlsConnector);

impl Connector {
    /// Trusts `anchors`, the system's own without them, and `roots` besides.
    pub(super) fn new(
        anchors: Option<&[CertificateDer<'_>]>,
        roots: &[CertificateDer<'_>],
    ) -> Result<Self, ConfigError> {
        let error = |cause: tokio_native_tls::native_tls::Error| {
            ConfigError::new("tls.extra_roots", cause.to_string())
        };
        let mut builder = TlsConnector::builder();
        builder.min_protocol_version(Some(Protocol::Tlsv12));
        if let Some(anchors) = anchors {
            builder.disable_built_in_roots(true);
            let mut usable = 0;
            // One that cannot be read is none of the host's making, and the others serve.
            for anchor in anchors.iter().filter_map(|der| Certificate::from_der(der).ok()) {
                builder.add_root_certificate(anchor);
                usable += 1;
            }
            tracing::debug!(usable, given = anchors.len(), "trust anchors of the host");
            if usable == 0 {
                return Err(no_anchors("none of the host's certificates can be read"));
            }
        }
        for root in roots {
            builder.add_root_certificate(Certificate::from_der(root).map_err(error)?);
        }
        Ok(Self(builder.build().map_err(error)?.into()))
    }

    pub(super) async fn secure(&self, host: &str, stream: BoxIo) -> Result<Secured, DialError> {
        let failed = |cause: tokio_native_tls::native_tls::Error| DialError::Tls(cause.to_string());
        let stream = self.0.connect(host, stream).await.map_err(failed)?;
        let certificate = stream.get_ref().peer_certificate().map_err(failed)?;
        let certificate = certificate.map(|certificate| certificate.to_der()).transpose();
        Ok(Secured { certificate: certificate.map_err(failed)?, stream: Box::new(stream) })
    }
}
