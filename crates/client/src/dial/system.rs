//! The dialer of everyday use: DNS, TCP, a proxy where there is one, TLS.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::lookup_host;

use super::{BoxIo, Dial, DialError, DialFuture, Endpoint, ProxyUrl, TlsSettings, happy_eyeballs};

/// Connects over the network of the system.
#[derive(Debug)]
pub(crate) struct SystemDialer {
    /// Absent where neither server nor proxy needs it: trust stores are large.
    tls: Option<TlsSettings>,
    proxy: Option<ProxyUrl>,
}

impl SystemDialer {
    pub(crate) fn new(tls: Option<TlsSettings>, proxy: Option<ProxyUrl>) -> Self {
        Self { tls, proxy }
    }

    async fn connect(&self, endpoint: &Endpoint) -> Result<BoxIo, DialError> {
        let (host, port) = (endpoint.host(), endpoint.port());
        let stream = match &self.proxy {
            None => connect_tcp(host, port).await?,
            Some(proxy) => {
                let mut stream = connect_tcp(&proxy.host, proxy.port).await?;
                if proxy.tls {
                    stream = self.tls()?.connect_unpinned(&proxy.host, stream).await?;
                }
                proxy.open_tunnel(stream, host, port).await?
            }
        };
        if endpoint.is_tls() { self.tls()?.connect(host, stream).await } else { Ok(stream) }
    }

    fn tls(&self) -> Result<&TlsSettings, DialError> {
        self.tls.as_ref().ok_or_else(|| DialError::Tls("no trust store was loaded".to_owned()))
    }
}

impl Dial for SystemDialer {
    fn dial<'a>(&'a self, endpoint: &'a Endpoint) -> DialFuture<'a> {
        Box::pin(self.connect(endpoint))
    }
}

async fn connect_tcp(host: &str, port: u16) -> Result<BoxIo, DialError> {
    let addresses: Vec<SocketAddr> = lookup_host((host, port))
        .await
        .map_err(|cause| DialError::Dns { host: host.to_owned(), cause: Arc::new(cause) })?
        .collect();
    let failed =
        |cause| DialError::Tcp { target: format!("{host}:{port}"), cause: Arc::new(cause) };
    let stream = happy_eyeballs::connect(addresses).await.map_err(failed)?;
    // Messages are small and wait for nobody.
    stream.set_nodelay(true).map_err(failed)?;
    Ok(Box::new(stream))
}
