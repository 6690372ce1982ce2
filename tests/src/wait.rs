//! The guard against hanging.

use std::future::Future;
use std::time::Duration;

/// Far above anything that happens on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

/// Waits for something that has to happen. Panics, naming it, when it does not.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let outcome = tokio::time::timeout(LIMIT, future).await;
    outcome.unwrap_or_else(|_| panic!("{what}: nothing in {LIMIT:?}"))
}
