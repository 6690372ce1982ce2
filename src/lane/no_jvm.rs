//! In the place of `jvm` where there is no Java virtual machine: nobody has that lane.

use std::convert::Infallible;

use super::Batch;
use crate::error::RequestError;
use crate::listener::Demand;

/// Nothing is delivered, so nothing goes wrong.
pub(crate) type Undelivered = Infallible;

pub(super) fn is_there() -> bool {
    false
}

pub(super) fn deliver(_lane: i64, _batch: &Batch) -> Result<Demand, Undelivered> {
    Ok(Demand::More)
}

/// Requests come by `UniFFI` alone.
#[derive(Debug, Default)]
pub(crate) struct Requests;

impl Requests {
    pub(crate) fn take_failure(&self, _ticket: i64) -> Option<RequestError> {
        None
    }
}
