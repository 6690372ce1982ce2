//! The way through an HTTP proxy, by CONNECT (RFC 9110, 9.3.6).

use std::fmt;

use percent_encoding::percent_decode_str;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;
use zeroize::Zeroizing;

use super::{BoxIo, DialError};
use crate::error::ConfigError;

/// The longest answer to CONNECT that is read.
const MAX_ANSWER_BYTES: usize = 16 << 10;

/// The checked address of a proxy.
#[derive(Clone)]
pub(crate) struct ProxyUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(crate) tls: bool,
    authorization: Option<Zeroizing<String>>,
}

impl ProxyUrl {
    pub(crate) fn parse(url: &str) -> Result<Self, ConfigError> {
        let error = |rule: String| ConfigError::new("proxy", rule);
        let url = Url::parse(url).map_err(|cause| error(format!("not a URL: {cause}")))?;
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            other => {
                return Err(error(format!("scheme `{other}`; `http` and `https` are allowed")));
            }
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(error("no host".to_owned()));
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        Ok(Self { host, port, tls, authorization: basic_authorization(&url) })
    }

    /// Asks the proxy on `stream` for a way to `host:port`.
    pub(super) async fn open_tunnel(
        &self,
        mut stream: BoxIo,
        host: &str,
        port: u16,
    ) -> Result<BoxIo, DialError> {
        let target =
            if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let mut request =
            Zeroizing::new(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"));
        if let Some(authorization) = &self.authorization {
            request.push_str("Proxy-Authorization: ");
            request.push_str(authorization);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        let lost = |cause: std::io::Error| DialError::Proxy(cause.to_string());
        stream.write_all(request.as_bytes()).await.map_err(lost)?;
        stream.flush().await.map_err(lost)?;
        read_answer(&mut stream).await?;
        Ok(stream)
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyUrl({}:{})", self.host, self.port)
    }
}

fn basic_authorization(url: &Url) -> Option<Zeroizing<String>> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let mut credentials = Zeroizing::new(Vec::new());
    credentials.extend(percent_decode_str(url.username()));
    credentials.push(b':');
    credentials.extend(percent_decode_str(url.password().unwrap_or_default()));
    let encoded = Zeroizing::new(base64_simd::STANDARD.encode_to_string(&*credentials));
    Some(Zeroizing::new(format!("Basic {}", *encoded)))
}

/// Reads up to the end of the headers and not a byte further: what follows is the tunnel's.
async fn read_answer(stream: &mut BoxIo) -> Result<(), DialError> {
    let mut answer = Vec::with_capacity(256);
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() == MAX_ANSWER_BYTES {
            let text = format!("its answer is longer than {MAX_ANSWER_BYTES} bytes");
            return Err(DialError::Proxy(text));
        }
        match stream.read_u8().await {
            Ok(byte) => answer.push(byte),
            Err(cause) => return Err(DialError::Proxy(cause.to_string())),
        }
    }
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(&answer).map(|_| response.code) {
        Ok(Some(200..=299)) => Ok(()),
        Ok(Some(code)) => {
            let reason = response.reason.unwrap_or_default();
            Err(DialError::Proxy(format!("HTTP {code} {reason}")))
        }
        Ok(None) => Err(DialError::Proxy("its answer has no status".to_owned())),
        Err(cause) => Err(DialError::Proxy(format!("its answer is not HTTP: {cause}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn tunnel(proxy: &str, host: &str, answer: &[u8]) -> (Result<BoxIo, DialError>, String) {
        let (near, mut far) = tokio::io::duplex(64 << 10);
        far.write_all(answer).await.unwrap();
        let tunnel = ProxyUrl::parse(proxy).unwrap().open_tunnel(Box::new(near), host, 443).await;
        let mut asked = vec![0; 1024];
        let len = far.read(&mut asked).await.unwrap();
        asked.truncate(len);
        (tunnel, String::from_utf8(asked).unwrap())
    }

    #[tokio::test]
    async fn asks_and_leaves_the_rest_of_the_stream_alone() {
        let answer = b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\nfirst bytes";
        let (stream, asked) = tunnel("http://us%40er:pw@proxy:3128", "example.org", answer).await;
        let expected = "CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\
                        Proxy-Authorization: Basic dXNAZXI6cHc=\r\n\r\n";
        assert_eq!(asked, expected);
        let mut rest = [0; 11];
        stream.unwrap().read_exact(&mut rest).await.unwrap();
        assert_eq!(&rest, b"first bytes");
    }

    #[tokio::test]
    async fn refusals_are_told() {
        let answers: [(&[u8], &str); 3] = [
            (b"HTTP/1.1 407 Auth Needed\r\n\r\n", "HTTP 407 Auth Needed"),
            (b"SSH-2.0-x\r\n\r\n", "not HTTP"),
            (&[b'x'; MAX_ANSWER_BYTES], "longer than"),
        ];
        for (answer, text) in answers {
            let (stream, asked) = tunnel("https://proxy", "::1", answer).await;
            let error = stream.err().unwrap();
            assert!(error.to_string().contains(text), "{error}");
            assert!(asked.starts_with("CONNECT [::1]:443 "), "{asked}");
        }
    }

    #[test]
    fn the_password_is_not_shown() {
        let proxy = ProxyUrl::parse("http://user:secret@proxy:3128").unwrap();
        assert_eq!(format!("{proxy:?}"), "ProxyUrl(proxy:3128)");
        assert_eq!(ProxyUrl::parse("socks5://proxy").unwrap_err().field(), "proxy");
    }
}
