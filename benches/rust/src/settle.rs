//! The end of a piece of work.

use std::time::Duration;

use tokio::time::sleep;

use crate::process::cpu_time;

/// How long a process has to do nothing to count as quiet, and how often to look.
const QUIET: Duration = Duration::from_millis(50);
const MAX_LOOKS: u32 = 60;

/// CPU time that does not count: looking takes some itself.
const NOTHING: Duration = Duration::from_millis(1);

/// Waits until nothing goes on any more: neither the next order nor another contestant shall pay for
/// it.
pub(crate) async fn settle() {
    for _ in 0..MAX_LOOKS {
        let before = cpu_time();
        sleep(QUIET).await;
        if cpu_time().saturating_sub(before) < NOTHING {
            return;
        }
    }
}
