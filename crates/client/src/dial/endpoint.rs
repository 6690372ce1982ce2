//! Where a client connects to.

use std::fmt;
use std::net::IpAddr;

use http::{HeaderName, HeaderValue};
use url::{Host, Url};

use crate::error::ConfigError;

/// The checked address of a server.
#[derive(Clone)]
pub struct Endpoint {
    url: Url,
    host: String,
    port: u16,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Endpoint {
    pub(crate) fn parse(
        url: &str,
        allow_insecure: bool,
        headers: Vec<(HeaderName, HeaderValue)>,
    ) -> Result<Self, ConfigError> {
        let error = |rule: &str| ConfigError::new("url", rule);
        let url = Url::parse(url)
            .map_err(|cause| error(&format!("not a URL: {cause}; `wss://HOST/PATH` is needed")))?;
        if !matches!(url.scheme(), "ws" | "wss") {
            let rule =
                format!("scheme `{}`; `wss` and, on loopback, `ws` are allowed", url.scheme());
            return Err(error(&rule));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(error("user name or password in the URL; use the token or `headers`"));
        }
        if url.fragment().is_some() {
            return Err(error("a fragment (`#…`); a WebSocket URL has none"));
        }
        let host = url.host().ok_or_else(|| error("no host"))?;
        if url.scheme() == "ws" && !allow_insecure && !is_loopback(&host) {
            let rule = "`ws://` beyond loopback would show the token on the way; use `wss://`, or \
                        allow insecure connections";
            return Err(error(rule));
        }
        // Without the brackets that a URL puts around an IPv6 address.
        let host = match host {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        };
        let port = url.port_or_known_default().ok_or_else(|| error("no port"))?;
        if port == 0 {
            return Err(error("port 0; 1 to 65535 are allowed"));
        }
        Ok(Self { url, host, port, headers })
    }

    /// The whole URL. Its query may be a secret of the host: do not log it.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The host name or address, an IPv6 address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, the scheme's own where the URL names none.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether the stream must be TLS.
    pub fn is_tls(&self) -> bool {
        self.url.scheme() == "wss"
    }

    /// Extra headers of the upgrade.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }
}

/// Without query and headers, which may hold secrets.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, path) = (self.url.scheme(), self.url.path());
        match self.host.parse() {
            Ok(IpAddr::V6(ip)) => write!(f, "{scheme}://[{ip}]:{}{path}", self.port),
            _ => write!(f, "{scheme}://{}:{}{path}", self.host, self.port),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => {
            ip.is_loopback() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_loopback())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Endpoint, ConfigError> {
        Endpoint::parse(url, false, Vec::new())
    }

    #[test]
    fn plain_websocket_needs_loopback() {
        for url in
            ["ws://localhost/ws", "ws://127.3.2.1:8/ws", "ws://[::1]/", "wss://example.org/ws"]
        {
            assert!(parse(url).is_ok(), "{url}");
        }
        for url in ["ws://example.org/ws", "ws://10.0.0.1", "ws://localhost.example.org"] {
            assert_eq!(parse(url).unwrap_err().field(), "url", "{url}");
            assert!(Endpoint::parse(url, true, Vec::new()).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_websocket_url_is_refused() {
        for url in [
            "",
            "example.org",
            "https://example.org",
            "wss://u:p@example.org",
            "wss://a/#x",
            "wss://",
            "wss://a:0/",
        ] {
            assert_eq!(parse(url).unwrap_err().field(), "url", "{url}");
        }
    }

    #[test]
    fn shown_without_its_query() {
        let endpoint = parse("wss://example.org/ws?key=secret").unwrap();
        assert_eq!(endpoint.to_string(), "wss://example.org:443/ws");
        assert_eq!(format!("{endpoint:?}"), "Endpoint(wss://example.org:443/ws)");
        let endpoint = parse("ws://[::1]:9/ws").unwrap();
        assert_eq!((endpoint.host(), endpoint.to_string().as_str()), ("::1", "ws://[::1]:9/ws"));
    }
}
