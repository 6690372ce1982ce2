//! The lines that a proxy answers with.

use std::net::SocketAddr;

use aldis_testkit::{Counts, Traffic};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::lines::json::ErrorLine;

/// A line of output.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Answer<'a> {
    /// The first line, which answers no command.
    Listening {
        addr: SocketAddr,
        upstream: SocketAddr,
        /// The authority of the certificate that is shown, where TLS is spoken.
        #[serde(skip_serializing_if = "Option::is_none")]
        ca: Option<&'a str>,
    },
    Ok {
        cmd: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        tag: Option<&'a RawValue>,
    },
    Counts {
        #[serde(flatten)]
        counts: CountsFields,
        #[serde(skip_serializing_if = "Option::is_none")]
        tag: Option<&'a RawValue>,
    },
    Error(ErrorLine<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CountsFields {
    accepted: u64,
    open: u64,
    unreachable: u64,
    accept_failed: u64,
    to_server: TrafficFields,
    to_client: TrafficFields,
}

#[derive(Serialize)]
struct TrafficFields {
    received: u64,
    forwarded: u64,
    swallowed: u64,
    corrupted: u64,
    writes: u64,
}

impl From<Counts> for CountsFields {
    fn from(counts: Counts) -> Self {
        Self {
            accepted: counts.accepted,
            open: counts.open,
            unreachable: counts.unreachable,
            accept_failed: counts.accept_failed,
            to_server: counts.to_server.into(),
            to_client: counts.to_client.into(),
        }
    }
}

impl From<Traffic> for TrafficFields {
    fn from(traffic: Traffic) -> Self {
        Self {
            received: traffic.received,
            forwarded: traffic.forwarded,
            swallowed: traffic.swallowed,
            corrupted: traffic.corrupted,
            writes: traffic.writes,
        }
    }
}
