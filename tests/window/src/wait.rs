//! The guard against hanging.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};

/// Far above anything that happens on a busy machine.
const LIMIT: Duration = Duration::from_mins(1);
/// Nobody tells when a page changes, so we look again.
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// Waits for something that has to happen. Panics, naming it, when it does not.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let outcome = timeout(LIMIT, future).await;
    outcome.unwrap_or_else(|_| panic!("{what}: nothing in {LIMIT:?}"))
}

/// Looks until something is there, or for so long that it never will be. Then it tells what there
/// was instead.
pub(crate) async fn until<T>(
    mut look: impl AsyncFnMut() -> Result<T, String>,
) -> Result<T, String> {
    let begun = Instant::now();
    loop {
        match within("a look", look()).await {
            Err(_) if begun.elapsed() < LIMIT => sleep(BETWEEN_LOOKS).await,
            found => return found,
        }
    }
}
