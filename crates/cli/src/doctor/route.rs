//! The way to the server, one step at a time: DNS, TCP, TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aldis_client::DialError;
use aldis_client::dial::{BoxIo, Dial, DialFuture, Endpoint};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_native_tls::native_tls::{Certificate, TlsConnector};
use x509_cert::der::{Decode, Encode};

use super::report::Report;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Addresses of a host that are shown.
const SHOWN: usize = 4;

const DAY: u64 = 24 * 60 * 60;

/// Looks the host up, and says what it found; `None` if that failed.
pub(super) async fn resolve(
    report: &mut Report,
    host: &str,
    port: u16,
) -> io::Result<Option<Vec<SocketAddr>>> {
    report.begin("DNS");
    let start = Instant::now();
    let found = match timeout(PATIENCE, lookup_host((host, port))).await {
        Ok(Ok(found)) => Ok(found.collect::<Vec<_>>()),
        Ok(Err(cause)) => Err(DialError::Dns { host: host.to_owned(), cause: Arc::new(cause) }),
        Err(_) => Err(DialError::Timeout { timeout: PATIENCE }),
    };
    match found {
        Ok(addresses) => {
            let shown = addresses.iter().take(SHOWN).map(|address| address.ip().to_string());
            let list = shown.collect::<Vec<_>>().join(", ");
            report.good("DNS", Some(start.elapsed()), format_args!("{host} is {list}"))?;
            Ok(Some(addresses))
        }
        Err(error) => report.bad("DNS", &error, error.advice()).map(|()| None),
    }
}

/// Connects to the first address that takes it; `None` if none does.
pub(super) async fn connect(
    report: &mut Report,
    addresses: &[SocketAddr],
) -> io::Result<Option<TcpStream>> {
    for address in addresses {
        report.begin("TCP");
        let start = Instant::now();
        let error = match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Only latency is at stake.
                let _ = stream.set_nodelay(true);
                report.good(
                    "TCP",
                    Some(start.elapsed()),
                    format_args!("connected to {address}"),
                )?;
                return Ok(Some(stream));
            }
            Ok(Err(cause)) => {
                DialError::Tcp { target: address.to_string(), cause: Arc::new(cause) }
            }
            Err(_) => DialError::Timeout { timeout: PATIENCE },
        };
        report.bad("TCP", format_args!("{address}: {error}"), error.advice())?;
    }
    Ok(None)
}

/// Does the TLS handshake, and says what the certificate is like; `None` if that failed.
pub(super) async fn secure(
    report: &mut Report,
    host: &str,
    stream: TcpStream,
    extra_root: Option<&str>,
) -> io::Result<Option<BoxIo>> {
    report.begin("TLS");
    let start = Instant::now();
    let handshake = async {
        let connector = tokio_native_tls::TlsConnector::from(connector(extra_root)?);
        connector.connect(host, stream).await
    };
    let error = match timeout(PATIENCE, handshake).await {
        Ok(Ok(stream)) => {
            let certificate = stream.get_ref().peer_certificate().ok().flatten();
            let der = certificate.and_then(|certificate| certificate.to_der().ok());
            let detail = der.and_then(|der| describe(&der));
            let detail = detail.unwrap_or_else(|| "the certificate cannot be read".to_owned());
            report.good("TLS", Some(start.elapsed()), detail)?;
            return Ok(Some(Box::new(stream)));
        }
        Ok(Err(cause)) => DialError::Tls(cause.to_string()),
        Err(_) => DialError::Timeout { timeout: PATIENCE },
    };
    report.bad("TLS", &error, error.advice()).map(|()| None)
}

fn connector(
    extra_root: Option<&str>,
) -> Result<TlsConnector, tokio_native_tls::native_tls::Error> {
    let mut builder = TlsConnector::builder();
    for root in Certificate::stack_from_pem(extra_root.unwrap_or_default().as_bytes())? {
        builder.add_root_certificate(root);
    }
    builder.build()
}

/// Whose certificate it is, how long it lasts, and the pin of its key.
fn describe(der: &[u8]) -> Option<String> {
    let certificate = x509_cert::Certificate::from_der(der).ok()?;
    let certificate = certificate.tbs_certificate();
    let key = certificate.subject_public_key_info().to_der().ok()?;
    let pin = BASE64.encode(Sha256::digest(key));
    let ends = certificate.validity().not_after.to_system_time();
    let left = ends.duration_since(SystemTime::now()).unwrap_or_default();
    let (issuer, days) = (certificate.issuer(), left.as_secs() / DAY);
    Some(format!("issued by {issuer}, {days} days left, --pin sha256/{pin}"))
}

/// Gives the client the one stream that was made step by step.
#[derive(Clone, Default)]
pub(super) struct HandOver {
    stream: Arc<Mutex<Option<BoxIo>>>,
}

impl HandOver {
    pub(super) async fn put(&self, stream: BoxIo) {
        *self.stream.lock().await = Some(stream);
    }
}

impl Dial for HandOver {
    fn dial<'a>(&'a self, _: &'a Endpoint) -> DialFuture<'a> {
        Box::pin(async {
            let stream = self.stream.lock().await.take();
            stream.ok_or_else(|| DialError::Upgrade("the connection was used up".to_owned()))
        })
    }
}
