//! `POST /api/publish`: publishing from another program.

use std::net::SocketAddr;
use std::sync::Arc;

use aldis_protocol::Outgoing;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use axum::http::header::{AUTHORIZATION, FORWARDED, HeaderName, ORIGIN};
use axum::http::{Extensions, HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::error::ApiError;
use crate::handle::{ServerHandle, Target};
use crate::server::Shared;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publication {
    target: TargetKind,
    to: Option<String>,
    event: String,
    data: Box<RawValue>,
    #[serde(default)]
    exclude: Vec<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TargetKind {
    Room,
    User,
    Client,
    All,
}

/// The answer: how many clients the message was queued for, and how many not.
#[derive(Serialize)]
pub(super) struct Published {
    queued: usize,
    dropped: usize,
}

pub(super) async fn publish(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Json<Published>, ApiError> {
    // Before the body is read: who may not publish does not make us parse.
    authorize(&shared, request.headers(), request.extensions())?;
    let body: Result<Json<Publication>, JsonRejection> = Json::from_request(request, &()).await;
    let Json(publication) =
        body.map_err(|error| ApiError::Body(error.body_text(), error.status()))?;
    let to = publication.to.as_deref();
    let target = match publication.target {
        TargetKind::All => Target::Everyone,
        TargetKind::Room => Target::Room(to.ok_or(ApiError::TargetMissing)?),
        TargetKind::User => Target::User(to.ok_or(ApiError::TargetMissing)?),
        TargetKind::Client => Target::Client(to.ok_or(ApiError::TargetMissing)?),
    };
    let message = Outgoing::new(&publication.event, &publication.data, None)?;
    let exclude: Vec<&str> = publication.exclude.iter().map(String::as_str).collect();
    let receipt = ServerHandle::new(shared).publish(target, message, &exclude);
    Ok(Json(Published { queued: receipt.queued, dropped: receipt.dropped }))
}

fn authorize(
    shared: &Shared,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<(), ApiError> {
    match &shared.config.api_key {
        Some(key) => {
            let presented = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
            let presented = presented.and_then(|value| value.strip_prefix(b"Bearer "));
            match presented {
                Some(presented) if key.matches(presented) => Ok(()),
                _ => Err(ApiError::Unauthorized),
            }
        }
        None if is_local_program(headers, extensions) => Ok(()),
        None => Err(ApiError::LoopbackOnly),
    }
}

/// Whether the caller is a program on this machine: neither a proxy that passes on what others
/// send, nor a browser that a web page makes send it.
fn is_local_program(headers: &HeaderMap, extensions: &Extensions) -> bool {
    let caller = extensions.get::<ConnectInfo<SocketAddr>>();
    let is_loopback =
        caller.is_some_and(|ConnectInfo(addr)| addr.ip().to_canonical().is_loopback());
    let foreign = [FORWARDED, X_FORWARDED_FOR, ORIGIN];
    is_loopback && !foreign.iter().any(|name| headers.contains_key(name))
}
