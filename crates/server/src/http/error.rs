//! What the HTTP API answers when it does not do what it was asked to.

use aldis_protocol::OutgoingError;
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{SEC_WEBSOCKET_VERSION, UPGRADE, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request was refused. On the wire: `{"error":{"code","message"}}`.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error("this path speaks WebSocket, version 13: send an upgrade request")]
    UpgradeRequired,
    #[error("the request says that it upgrades to WebSocket, and lacks `sec-websocket-key`")]
    KeyMissing,
    #[error("the server is shutting down")]
    ShuttingDown,
    #[error("a valid API key is needed, as `authorization: Bearer KEY`")]
    Unauthorized,
    #[error("without an API key only programs on the server's machine may publish")]
    LoopbackOnly,
    #[error("`to` is needed: the name of the room, or the id of the user or client")]
    TargetMissing,
    #[error(transparent)]
    Message(#[from] OutgoingError),
    #[error("{0}")]
    Body(String, StatusCode),
}

impl ApiError {
    fn code(&self) -> &'static str {
        match self {
            Self::UpgradeRequired => "upgrade_required",
            Self::KeyMissing => "websocket_key_missing",
            Self::ShuttingDown => "shutting_down",
            Self::Unauthorized => "unauthorized",
            Self::LoopbackOnly => "loopback_only",
            Self::TargetMissing => "target_missing",
            Self::Message(error) => error.code(),
            Self::Body(..) => "body_invalid",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::UpgradeRequired => StatusCode::UPGRADE_REQUIRED,
            Self::KeyMissing | Self::TargetMissing | Self::Message(_) => StatusCode::BAD_REQUEST,
            Self::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::LoopbackOnly => StatusCode::FORBIDDEN,
            Self::Body(_, status) => *status,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({ "error": { "code": self.code(), "message": self.to_string() } });
        let answer = (self.status(), Json(body));
        match self {
            Self::UpgradeRequired => {
                let headers = [(UPGRADE, "websocket"), (SEC_WEBSOCKET_VERSION, "13")];
                (headers, answer).into_response()
            }
            Self::Unauthorized => ([(WWW_AUTHENTICATE, "Bearer")], answer).into_response(),
            _ => answer.into_response(),
        }
    }
}
