//! The app in the background and back.

use tokio::time::Instant;

use super::Hint;
use crate::background::{Background, BackgroundPolicy};

/// Closes the connection behind the foreground, as the policy says, and has it back with it.
#[derive(Debug)]
pub(super) struct Life {
    background: Background,
    in_background: bool,
    suspended: bool,
    suspend_at: Option<Instant>,
}

impl Life {
    pub(super) fn new(background: Background) -> Self {
        Self { background, in_background: false, suspended: false, suspend_at: None }
    }

    pub(super) fn foreground(&mut self) -> Option<Hint> {
        self.suspend_at = None;
        self.suspended = false;
        // In the foreground from the beginning is no return to it.
        let returns = std::mem::take(&mut self.in_background);
        (returns && self.is_followed()).then_some(Hint::Resumed)
    }

    pub(super) fn background(&mut self, now: Instant) {
        self.in_background = true;
        if self.background.policy == BackgroundPolicy::Foreground && !self.suspended {
            self.suspend_at.get_or_insert(now + self.background.grace);
        }
    }

    /// What was suspended waits for the foreground all the same.
    pub(super) fn woke(&self) -> Option<Hint> {
        (!self.suspended && self.is_followed()).then_some(Hint::Resumed)
    }

    /// Frozen, the connection would be lost without a word to the server.
    pub(super) fn expiring(&mut self) -> Option<Hint> {
        // The foreground may have come meanwhile.
        if self.in_background && !self.suspended && self.is_followed() {
            return Some(self.suspend());
        }
        None
    }

    pub(super) fn due_at(&self) -> Option<Instant> {
        self.suspend_at
    }

    pub(super) fn due(&mut self, now: Instant) -> Option<Hint> {
        self.suspend_at.is_some_and(|at| at <= now).then(|| self.suspend())
    }

    fn suspend(&mut self) -> Hint {
        self.suspend_at = None;
        self.suspended = true;
        Hint::Suspended
    }

    fn is_followed(&self) -> bool {
        self.background.policy != BackgroundPolicy::AppManaged
    }
}
