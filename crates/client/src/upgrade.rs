//! The WebSocket upgrade on a stream.
//!
//! tungstenite knows how a request is written and an answer read. It does both in a buffer that
//! takes a slow line, which may bring the head byte by byte, for an attack; so the reading is done
//! here.

use aldis_protocol::upgrade::has_token;
use http::{Request, StatusCode, header};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{ProtocolError, SubProtocolError};
use tokio_tungstenite::tungstenite::handshake::client::{Response, generate_request};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::handshake::machine::TryParse;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::bursts::Bursts;
use crate::config::Settings;
use crate::dial::{BoxIo, DialError};

/// tungstenite holds a buffer of this size for each connection, and takes as much from
/// [`Bursts`] at once. Larger messages get one of their own.
const READ_BUFFER_BYTES: usize = 2 << 10;

/// Written at once when full, and at every flush.
const WRITE_BUFFER_BYTES: usize = 16 << 10;

/// Room in the write buffer beyond the largest message: the answers to pings, which pile up when
/// the server does not read them.
const SPARE_WRITE_BYTES: usize = 64 << 10;

/// No honest server has more to say.
const MAX_HEAD_BYTES: usize = 16 << 10;

/// Most answers have less to say, and are read at once.
const USUAL_HEAD_BYTES: usize = 1 << 10;

/// Where the head of an answer ends.
const END_OF_HEAD: &[u8] = b"\r\n\r\n";

/// A WebSocket on any stream.
pub(crate) type Socket = WebSocketStream<Bursts<BoxIo>>;

/// Makes a WebSocket of a fresh stream.
pub(crate) async fn upgrade(stream: BoxIo, settings: &Settings) -> Result<Socket, DialError> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(settings.session.max_frame_bytes + SPARE_WRITE_BYTES)
        .max_message_size(Some(settings.max_inbound_bytes))
        .max_frame_size(Some(settings.max_inbound_bytes));
    let request = request(settings).map_err(failed)?;
    let (stream, rest) = shake_hands(stream, request).await.map_err(failed)?;
    let stream = Bursts::of(stream);
    Ok(WebSocketStream::from_partially_read(stream, rest, Role::Client, Some(config)).await)
}

fn request(settings: &Settings) -> Result<Request<()>, Error> {
    let mut request = settings.endpoint.url().as_str().into_client_request()?;
    for (name, value) in settings.endpoint.headers() {
        request.headers_mut().append(name, value.clone());
    }
    Ok(request)
}

fn failed(error: Error) -> DialError {
    match error {
        Error::Http(response) => DialError::UpgradeRefused { status: response.status().as_u16() },
        error => DialError::Upgrade(error.to_string()),
    }
}

/// Asks for the upgrade and checks the answer. Returns the stream, and what came behind the answer.
async fn shake_hands(mut stream: BoxIo, request: Request<()>) -> Result<(BoxIo, Vec<u8>), Error> {
    let (request, key) = generate_request(request)?;
    stream.write_all(&request).await?;
    stream.flush().await?;
    let mut answer = read_head(&mut stream).await?;
    let parsed = Response::try_parse(&answer)?;
    let (length, response) = parsed.ok_or(Error::Protocol(ProtocolError::HandshakeIncomplete))?;
    check(response, &derive_accept_key(key.as_bytes()))?;
    answer.drain(..length);
    Ok((stream, answer))
}

/// Reads to the end of the head, or of the stream, and perhaps beyond.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<u8>, Error> {
    let mut answer = Vec::with_capacity(USUAL_HEAD_BYTES);
    loop {
        // The end may be split between two pieces.
        let seen = answer.len().saturating_sub(END_OF_HEAD.len() - 1);
        let is_last = stream.read_buf(&mut answer).await? == 0;
        if is_last || answer[seen..].windows(END_OF_HEAD.len()).any(|end| end == END_OF_HEAD) {
            return Ok(answer);
        }
        if answer.len() > MAX_HEAD_BYTES {
            return Err(Error::AttackAttempt);
        }
    }
}

/// What RFC 6455 demands of an answer (section 4.1), to a request that asks for neither extensions
/// nor subprotocols.
fn check(response: Response, accept_key: &str) -> Result<(), Error> {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(Error::Http(Box::new(response)));
    }
    let headers = response.headers();
    let error = if !has_token(headers, &header::UPGRADE, "websocket") {
        ProtocolError::MissingUpgradeWebSocketHeader
    } else if !has_token(headers, &header::CONNECTION, "upgrade") {
        ProtocolError::MissingConnectionUpgradeHeader
    } else if headers.get(header::SEC_WEBSOCKET_ACCEPT).is_none_or(|key| key != accept_key) {
        ProtocolError::SecWebSocketAcceptKeyMismatch
    } else if headers.contains_key(header::SEC_WEBSOCKET_EXTENSIONS) {
        ProtocolError::InvalidHeader(Box::new(header::SEC_WEBSOCKET_EXTENSIONS))
    } else if headers.contains_key(header::SEC_WEBSOCKET_PROTOCOL) {
        let unasked = SubProtocolError::ServerSentSubProtocolNoneRequested;
        ProtocolError::SecWebSocketSubProtocolError(unasked)
    } else {
        return Ok(());
    };
    Err(Error::Protocol(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HONEST: [(&str, &str); 3] =
        [("Upgrade", "WebSocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", "key")];

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        response.body(None).unwrap()
    }

    fn verdict(headers: &[(&str, &str)]) -> String {
        check(answer(101, headers), "key").map_or_else(|error| error.to_string(), |()| "ok".into())
    }

    #[test]
    fn an_honest_answer_is_taken() {
        assert_eq!(verdict(&HONEST), "ok");
        let [upgrade, _, accept] = HONEST;
        assert_eq!(verdict(&[upgrade, ("Connection", "keep-alive, upgrade"), accept]), "ok");
        let lines = [("Connection", "keep-alive"), ("Connection", "Upgrade")];
        assert_eq!(verdict(&[upgrade, lines[0], lines[1], accept]), "ok");
    }

    #[test]
    fn a_refusal_has_a_status() {
        let refused = check(answer(403, &HONEST), "key").map_err(failed).unwrap_err();
        assert!(matches!(refused, DialError::UpgradeRefused { status: 403 }), "{refused:?}");
    }

    #[test]
    fn what_the_answer_lacks_is_told() {
        let [upgrade, connection, accept] = HONEST;
        let verdicts = [
            verdict(&[connection, accept]),
            verdict(&[("Upgrade", "h2c"), connection, accept]),
            verdict(&[upgrade, accept]),
            verdict(&[upgrade, ("Connection", "close"), accept]),
            verdict(&[upgrade, connection]),
            verdict(&[upgrade, connection, ("Sec-WebSocket-Accept", "another key")]),
        ];
        let told = ["Upgrade", "Upgrade", "Connection", "Connection", "Accept", "Accept"];
        for (verdict, told) in verdicts.iter().zip(told) {
            assert!(verdict.contains(told), "{verdict}");
        }
    }

    #[test]
    fn what_was_not_asked_for_is_refused() {
        for name in ["Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"] {
            let verdict = verdict(&[&HONEST[..], &[(name, "x")]].concat());
            assert_ne!(verdict, "ok", "{name}");
        }
    }

    #[tokio::test]
    async fn the_head_may_come_byte_by_byte_and_messages_right_behind_it() {
        let head = b"HTTP/1.1 101 Switching Protocols\r\n\r";
        let (mut near, mut far) = tokio::io::duplex(1);
        let whole = [&head[..], b"\n"].concat();
        let (read, written) = tokio::join!(read_head(&mut near), far.write_all(&whole));
        written.unwrap();
        assert_eq!(read.unwrap(), whole);

        let together = [&head[..], b"\n\x81\x02hi"].concat();
        assert_eq!(read_head(&mut &together[..]).await.unwrap(), together);
    }

    #[tokio::test]
    async fn an_endless_head_is_not_read_on() {
        let mut endless = tokio::io::repeat(b'x');
        assert!(matches!(read_head(&mut endless).await, Err(Error::AttackAttempt)));
    }
}
