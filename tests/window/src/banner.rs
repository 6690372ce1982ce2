//! What the banner says about the connection.

use crate::App;

/// Every change counts: a second that was shown and is over is not to be missed.
const RECORD: &str = "
    const read = () => document.querySelector('[role=status][aria-label=Connection]')?.textContent ?? '';
    const said = (globalThis.said = [read()]);
    const options = { subtree: true, childList: true, characterData: true };
    new MutationObserver(() => {
        if (said.at(-1) !== read()) said.push(read());
    }).observe(document.body, options);
";

/// A wait that was announced: `Reconnecting: attempt 3 in 4 s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Which attempt it is for.
    pub attempt: u32,
    /// How long it is still.
    pub seconds: u32,
}

impl Wait {
    /// Reads what a banner says, if it is of a wait.
    pub fn read(banner: &str) -> Option<Self> {
        let (attempt, seconds) = banner
            .strip_prefix("Reconnecting: attempt ")?
            .strip_suffix(" s")?
            .split_once(" in ")?;
        Some(Self { attempt: attempt.parse().ok()?, seconds: seconds.parse().ok()? })
    }
}

impl App {
    /// Waits for the banner to say something.
    pub async fn banner_says(&self, text: &str) {
        self.banner(|banner| (banner == text).then_some(())).await;
    }

    /// Waits for the banner to say what `pick` wants, and returns what it made of it.
    pub async fn banner<T>(&self, pick: impl Fn(&str) -> Option<T>) -> T {
        self.until("the banner", async || {
            let banner = self.look_for_text("status", "Connection").await?;
            pick(&banner).ok_or(banner)
        })
        .await
    }

    /// Keeps all that the banner says from now on.
    pub async fn record_banner(&self) {
        self.run(RECORD, &[]).await;
    }

    /// All that the banner said since [`record_banner`](Self::record_banner), once it is enough.
    pub async fn banners(&self, is_enough: impl Fn(&[String]) -> bool) -> Vec<String> {
        self.until("what the banner is to say", async || {
            let said = self.try_run("return said", &[]).await?;
            let said: Vec<String> = serde_json::from_value(said).unwrap();
            if is_enough(&said) { Ok(said) } else { Err(format!("{said:?}")) }
        })
        .await
    }
}
