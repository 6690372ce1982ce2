//! The WebSocket upgrade on a stream.

use http::Request;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::config::Settings;
use crate::dial::{BoxIo, DialError};

/// tungstenite's own default of 128 KiB suits servers; a phone holds one connection of small
/// messages, and larger ones grow the buffer when they come.
const READ_BUFFER_BYTES: usize = 16 << 10;

/// Written at once when full, and at every flush.
const WRITE_BUFFER_BYTES: usize = 16 << 10;

/// Makes a WebSocket of a fresh stream.
pub(crate) async fn upgrade(
    stream: BoxIo,
    settings: &Settings,
) -> Result<WebSocketStream<BoxIo>, DialError> {
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_message_size(Some(settings.max_inbound_bytes))
        .max_frame_size(Some(settings.max_inbound_bytes));
    let request = request(settings).map_err(failed)?;
    let upgraded = client_async_with_config(request, stream, Some(config)).await;
    upgraded.map(|(socket, _response)| socket).map_err(failed)
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
