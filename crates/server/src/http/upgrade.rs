//! From HTTP to WebSocket.
//!
//! By hand, because axum's own `ws` brings a second, older tungstenite.

use std::sync::Arc;

use aldis_protocol::upgrade::has_token;
use axum::extract::{Request, State};
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::error::ApiError;
use crate::connection;
use crate::server::Shared;

/// Answers an upgrade with 101 and serves the connection in a task of its own.
pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
) -> Result<impl IntoResponse, ApiError> {
    let headers = request.headers();
    if !asks_for_websocket(headers) {
        return Err(ApiError::UpgradeRequired);
    }
    if shared.shutdown.is_cancelled() {
        return Err(ApiError::ShuttingDown);
    }
    let key = headers.get(SEC_WEBSOCKET_KEY).ok_or(ApiError::KeyMissing)?;
    let accept = derive_accept_key(key.as_bytes());
    let Some(on_upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return Err(ApiError::UpgradeRequired);
    };
    let tasks = shared.tasks.clone();
    tasks.spawn(async move {
        match on_upgrade.await {
            Ok(upgraded) => connection::run(shared, upgraded).await,
            Err(error) => tracing::debug!(%error, "a client left during its upgrade"),
        }
    });
    Ok((
        StatusCode::SWITCHING_PROTOCOLS,
        [
            (CONNECTION, "upgrade".to_owned()),
            (UPGRADE, "websocket".to_owned()),
            (SEC_WEBSOCKET_ACCEPT, accept),
        ],
    ))
}

/// Whether the request is an upgrade as RFC 6455, 4.2.1 describes it, its key apart.
fn asks_for_websocket(headers: &HeaderMap) -> bool {
    has_token(headers, &CONNECTION, "upgrade")
        && has_token(headers, &UPGRADE, "websocket")
        && has_token(headers, &SEC_WEBSOCKET_VERSION, "13")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_cases_are_understood() {
        let mut headers = HeaderMap::new();
        headers.append(CONNECTION, "keep-alive, Upgrade".parse().unwrap());
        headers.append(UPGRADE, "WebSocket".parse().unwrap());
        assert!(!asks_for_websocket(&headers));
        headers.append(SEC_WEBSOCKET_VERSION, "13".parse().unwrap());
        assert!(asks_for_websocket(&headers));
        headers.insert(UPGRADE, "h2c".parse().unwrap());
        assert!(!asks_for_websocket(&headers));
    }
}
