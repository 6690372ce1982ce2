//! The end of a piece of work.

use std::time::Duration;

use tokio::time::sleep;

use crate::outside::cpu_nanos;

/// How long a process has to do nothing to count as quiet, and how often to look.
const QUIET: Duration = Duration::from_millis(50);
const MAX_LOOKS: u32 = 60;

/// CPU time that does not count, in nanoseconds: looking takes some itself.
const NOTHING: u64 = 1_000_000;

/// Waits until nothing goes on any more: neither the next order nor another contestant shall pay for
/// it.
pub(crate) async fn settle() {
    let cpu = || cpu_nanos(std::process::id()).unwrap_or_default();
    for _ in 0..MAX_LOOKS {
        let before = cpu();
        sleep(QUIET).await;
        if cpu().saturating_sub(before) < NOTHING {
            return;
        }
    }
}
