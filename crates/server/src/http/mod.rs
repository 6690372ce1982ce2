//! The routes: the WebSocket upgrade, and the small HTTP API beside it.

mod error;
mod publish;
mod upgrade;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::json;

use crate::server::Shared;

const HEALTH: &str = "/healthz";
const METRICS: &str = "/metrics";
const PUBLISH: &str = "/api/publish";

/// The paths beside the WebSocket's.
pub(crate) const API_PATHS: [&str; 3] = [HEALTH, METRICS, PUBLISH];

/// Longest body of a publication, in bytes.
const MAX_BODY_BYTES: usize = 1 << 20;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(&shared.config.path, get(upgrade::upgrade))
        .route(HEALTH, get(health))
        .route(METRICS, get(metrics))
        .route(PUBLISH, post(publish::publish))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(shared)
}

/// 200 while the server takes connections, 503 when it shuts down.
async fn health(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let (code, status) = if shared.shutdown.is_cancelled() {
        (StatusCode::SERVICE_UNAVAILABLE, "shutting_down")
    } else {
        (StatusCode::OK, "ok")
    };
    let clients = shared.registry.client_count();
    (code, Json(json!({ "status": status, "clients": clients })))
}

async fn metrics(State(shared): State<Arc<Shared>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(CONTENT_TYPE, kind)], shared.metrics.text(&shared.registry))
}
