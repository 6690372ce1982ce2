//! TLS by one of two implementations, with extra roots and pinned keys.

#[cfg(not(any(feature = "native-tls", feature = "rustls")))]
compile_error!("aldis-client needs TLS: enable the feature `native-tls` or `rustls`");

mod anchors;
#[cfg(feature = "native-tls")]
mod native;
mod pin;
#[cfg(feature = "rustls")]
mod rustls;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

pub(crate) use anchors::TrustAnchors;
pub(crate) use pin::{InvalidPin, Pin};

use super::{BoxIo, DialError};
use crate::error::ConfigError;

/// Which implementation of TLS to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsBackend {
    /// The system's own: Secure Transport, which has no TLS 1.3, Schannel, elsewhere OpenSSL. Needs
    /// the feature `native-tls`, which is on by default.
    Native,
    /// rustls, with the system's verifier and trust store; with its own verifier where the host
    /// gives the [trust anchors](crate::Builder::trust_anchors). Needs the feature `rustls`.
    Rustls,
}

impl Default for TlsBackend {
    /// The one that is compiled in. Of both it is `Rustls` on Apple's systems, where `Native` fails
    /// with servers that speak TLS 1.3 alone, and `Native` elsewhere.
    fn default() -> Self {
        let rustls = cfg!(feature = "rustls");
        if rustls && (cfg!(target_vendor = "apple") || !cfg!(feature = "native-tls")) {
            Self::Rustls
        } else {
            Self::Native
        }
    }
}

/// Checked settings of TLS, before the trust store is loaded.
#[derive(Debug)]
pub(crate) struct TlsParts {
    backend: TlsBackend,
    roots: Vec<CertificateDer<'static>>,
    pins: Vec<Pin>,
}

impl TlsParts {
    pub(crate) fn new(
        backend: TlsBackend,
        extra_roots: &[String],
        pins: Vec<Pin>,
    ) -> Result<Self, ConfigError> {
        let compiled_in = match backend {
            TlsBackend::Native => cfg!(feature = "native-tls"),
            TlsBackend::Rustls => cfg!(feature = "rustls"),
        };
        if !compiled_in {
            let rule = format!("{backend:?} is not compiled in; enable the feature of its name");
            return Err(ConfigError::new("tls.backend", rule));
        }
        Ok(Self { backend, roots: parse_roots(extra_roots)?, pins })
    }
}

/// Settings of TLS with the trust store loaded.
#[derive(Debug)]
pub(crate) struct TlsSettings {
    connector: Connector,
    pins: Vec<Pin>,
}

#[derive(Debug)]
enum Connector {
    #[cfg(feature = "native-tls")]
    Native(native::Connector),
    #[cfg(feature = "rustls")]
    Rustls(rustls::Connector),
}

/// A TLS stream, and the certificate that the server showed, in DER.
struct Secured {
    stream: BoxIo,
    certificate: Option<Vec<u8>>,
}

impl TlsSettings {
    pub(crate) fn new(parts: TlsParts, anchors: TrustAnchors) -> Result<Self, ConfigError> {
        let TlsParts { backend, roots, pins } = parts;
        let anchors = anchors.load()?;
        let connector = match backend {
            #[cfg(feature = "native-tls")]
            TlsBackend::Native => {
                Connector::Native(native::Connector::new(anchors.as_deref(), &roots)?)
            }
            #[cfg(feature = "rustls")]
            TlsBackend::Rustls => Connector::Rustls(rustls::Connector::new(anchors, roots)?),
            #[cfg(not(all(feature = "native-tls", feature = "rustls")))]
            missing => {
                return Err(ConfigError::new("tls.backend", format!("no {missing:?} here")));
            }
        };
        Ok(Self { connector, pins })
    }

    /// Secures a stream to `host`, and demands a pinned key if there are pins.
    pub(crate) async fn connect(&self, host: &str, stream: BoxIo) -> Result<BoxIo, DialError> {
        let secured = self.secure(host, stream).await?;
        if !self.pins.is_empty() {
            let certificate = secured.certificate.unwrap_or_default();
            let found = Pin::of_certificate(&certificate)
                .ok_or_else(|| DialError::Tls("the certificate's key cannot be read".to_owned()))?;
            if !self.pins.contains(&found) {
                return Err(DialError::PinMismatch { found: found.to_string() });
            }
        }
        Ok(secured.stream)
    }

    /// Secures a stream to a proxy, which the pins are not meant for.
    pub(crate) async fn connect_unpinned(
        &self,
        host: &str,
        stream: BoxIo,
    ) -> Result<BoxIo, DialError> {
        Ok(self.secure(host, stream).await?.stream)
    }

    async fn secure(&self, host: &str, stream: BoxIo) -> Result<Secured, DialError> {
        match &self.connector {
            #[cfg(feature = "native-tls")]
            Connector::Native(connector) => connector.secure(host, stream).await,
            #[cfg(feature = "rustls")]
            Connector::Rustls(connector) => connector.secure(host, stream).await,
        }
    }
}

fn parse_roots(pems: &[String]) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let mut roots = Vec::new();
    for (index, pem) in pems.iter().enumerate() {
        let error = |rule: &str| ConfigError::new("tls.extra_roots", format!("[{index}]: {rule}"));
        let before = roots.len();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            roots.push(certificate.map_err(|cause| error(&format!("not PEM: {cause}")))?);
        }
        if roots.len() == before {
            return Err(error("no certificate in it; PEM with one or more is needed"));
        }
    }
    Ok(roots)
}
