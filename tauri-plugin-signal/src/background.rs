//! For how long a connection lives on a phone while nobody looks at the app.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

const LONGEST_GRACE: Duration = Duration::from_hours(24);

/// For how long the connection lives on a phone while nobody looks at the app. Desktops do not look
/// at it. No policy keeps the device awake.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum BackgroundPolicy {
    /// Connected in the foreground, and for a while behind it: `backgroundGraceMs`. Then the
    /// connection is closed cleanly, and comes back with the foreground. What the app asks for by
    /// `connect` in the background is done, and lasts until the background begins the next time.
    #[default]
    Foreground,
    /// Connected for as long as the system lets the app run and use the network: on Android minutes,
    /// unless the app has a foreground service; on iOS half a minute. When the app or the device
    /// wakes up, the connection is probed before it is trusted.
    KeepWhileAllowed,
    /// Nothing happens by itself: the app calls `suspended` and `resumed` of the client where it finds
    /// them right.
    AppManaged,
}

/// A policy with its grace.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(any(mobile, test)), expect(dead_code, reason = "only phones look at it"))]
pub(crate) struct Background {
    pub(crate) policy: BackgroundPolicy,
    pub(crate) grace: Duration,
}

impl Background {
    pub(crate) fn new(policy: BackgroundPolicy, grace: Duration) -> Result<Self> {
        if grace > LONGEST_GRACE {
            return Err(Error::Config {
                field: "backgroundGraceMs".to_owned(),
                rule: format!(
                    "{}; 0 to {} are allowed, and keepWhileAllowed has no end",
                    grace.as_millis(),
                    LONGEST_GRACE.as_millis()
                ),
            });
        }
        Ok(Self { policy, grace })
    }
}
