use std::fmt;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::stream::Stream;
use super::{Peer, ScriptError};

const MAX_HEAD_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// A connection before its upgrade to a WebSocket, for servers that misbehave in HTTP.
///
/// Dropping it closes the connection.
#[derive(Debug)]
pub struct Incoming {
    index: usize,
    stream: Stream,
    request: Option<Request>,
}

impl Incoming {
    /// Takes any stream as a client's connection, where no [`ScriptedServer`] accepts it.
    ///
    /// [`ScriptedServer`]: crate::ScriptedServer
    pub fn new(index: usize, stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { index, stream: Stream::new(stream), request: None }
    }

    /// Which connection of the server this is, from zero.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// Reads the client's request, or returns it if it was read before.
    ///
    /// # Errors
    /// If the client ends the connection, or sends something else than a request.
    pub async fn request(&mut self) -> Result<&Request, ScriptError> {
        let request = match self.request.take() {
            Some(request) => request,
            None => self.read_request().await?,
        };
        Ok(self.request.insert(request))
    }

    /// Reads the request and upgrades as an honest server does.
    ///
    /// # Errors
    /// If the request is none for a WebSocket, or the stream fails.
    pub async fn upgrade(mut self) -> Result<Peer, ScriptError> {
        let request = self.request().await?;
        let upgrade = request.header("upgrade").ok_or(ScriptError::Request("no Upgrade header"))?;
        if !upgrade.eq_ignore_ascii_case("websocket") {
            return Err(ScriptError::Request("an upgrade to something else"));
        }
        if request.header("sec-websocket-version") != Some("13") {
            return Err(ScriptError::Request("not version 13"));
        }
        let key = request
            .header("sec-websocket-key")
            .ok_or(ScriptError::Request("no Sec-WebSocket-Key header"))?;
        let response = format!(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Accept: {}\r\n\r\n",
            derive_accept_key(key.as_bytes())
        );
        self.stream.write(response.as_bytes()).await?;
        Ok(self.into_peer())
    }

    /// Goes on with WebSocket frames without answering the request, for a script that has
    /// answered it by [`send_bytes`](Self::send_bytes), or that does not care.
    #[must_use]
    pub fn into_peer(self) -> Peer {
        Peer::new(self.index, self.stream, self.request)
    }

    /// Reads the request, answers it with an HTTP status instead of the upgrade, and ends the
    /// connection.
    ///
    /// # Errors
    /// If no request comes, or the stream fails.
    pub async fn answer(mut self, status: u16, body: &str) -> Result<(), ScriptError> {
        self.request().await?;
        let length = body.len();
        let response = format!(
            "HTTP/1.1 {status} Scripted\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        self.stream.write(response.as_bytes()).await?;
        self.stream.end().await;
        Ok(())
    }

    /// Sends bytes as they are: garbage, or half of an answer.
    ///
    /// # Errors
    /// If the stream fails.
    pub async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), ScriptError> {
        Ok(self.stream.write(bytes).await?)
    }

    /// Never answers: reads until the client ends the connection.
    pub async fn hold(mut self) {
        self.stream.read_to_end().await;
    }

    /// Ends the connection without an answer, and waits for the client to end its side.
    pub async fn cut(self) {
        self.stream.end().await;
    }

    async fn read_request(&mut self) -> Result<Request, ScriptError> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
            let mut parsed = httparse::Request::new(&mut headers);
            let status = parsed
                .parse(self.stream.unread())
                .map_err(|_| ScriptError::Request("not HTTP/1.1"))?;
            if let httparse::Status::Complete(length) = status {
                let request = Request::new(&parsed);
                self.stream.consume(length);
                return Ok(request);
            }
            if self.stream.unread().len() > MAX_HEAD_BYTES {
                return Err(ScriptError::Request("a head above 16 KiB"));
            }
            if !self.stream.read_more().await? {
                return Err(ScriptError::Ended("the request"));
            }
        }
    }
}

/// The head of the request with which a client asks for the upgrade.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
}

impl Request {
    fn new(parsed: &httparse::Request<'_, '_>) -> Self {
        let headers = parsed.headers.iter().map(|header| {
            (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned())
        });
        Self {
            method: parsed.method.unwrap_or_default().to_owned(),
            path: parsed.path.unwrap_or_default().to_owned(),
            headers: headers.collect(),
        }
    }

    /// The method, `GET` where the client is right.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path, with its query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The first header of that name, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Path without query and names of headers only: the rest may be secret.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path.split('?').next())
            .field("headers", &headers)
            .finish()
    }
}
