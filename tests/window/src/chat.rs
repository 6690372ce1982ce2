//! What people do in the chat, by the names that its screen has for things.

use crate::App;
use crate::wait::within;

/// All that a line shows, and what was said.
const LINES: &str = "
    const lines = document.querySelectorAll('[aria-label=Messages] li');
    return [...lines].map((line) => [line.textContent, line.querySelector('p').textContent]);
";

impl App {
    /// Fills in the form and connects.
    pub async fn connect_as(&self, name: &str) {
        self.fill("Your name", name).await;
        self.click("Connect").await;
        self.banner_says(&format!("Connected as {name}")).await;
    }

    /// Goes through the themes until it is this one.
    pub async fn choose_theme(&self, theme: &str) {
        let button = |theme| format!("Theme: {theme}");
        self.until(&button(theme), async || {
            for other in ["system", "light", "dark"].into_iter().filter(|other| *other != theme) {
                if let Ok(button) = self.look("button", &button(other)).await {
                    within("a click", button.click()).await.map_err(|error| error.to_string())?;
                }
            }
            self.look("button", &button(theme)).await.map(|_| ())
        })
        .await;
    }

    /// Enters a room and opens it.
    pub async fn join_room(&self, room: &str) {
        self.fill("Room name", room).await;
        self.click("Join").await;
        self.go_to(room).await;
    }

    /// Opens a room in which there is nothing new.
    pub async fn go_to(&self, room: &str) {
        self.click(&format!("#{room}")).await;
        self.is_in(room).await;
    }

    /// Waits until a room is the open one.
    pub async fn is_in(&self, room: &str) {
        self.field(&format!("Message #{room}")).await;
    }

    /// Says something in the open room, which is this one.
    pub async fn say(&self, room: &str, text: &str) {
        self.fill(&format!("Message #{room}"), text).await;
        self.click("Send").await;
    }

    /// Waits for a line in the open room.
    pub async fn reads(&self, from: &str, text: &str) {
        self.until(&format!("{from}: {text}"), async || {
            let lines = self.lines().await?;
            let is_it = |(shown, said): &(String, String)| said == text && shown.contains(from);
            if lines.iter().any(is_it) { Ok(()) } else { Err(format!("{lines:?}")) }
        })
        .await;
    }

    /// All that was said in the open room.
    pub async fn said(&self) -> Vec<String> {
        self.lines().await.unwrap().into_iter().map(|(_, said)| said).collect()
    }

    async fn lines(&self) -> Result<Vec<(String, String)>, String> {
        let lines = self.try_run(LINES, &[]).await?;
        serde_json::from_value(lines).map_err(|error| error.to_string())
    }
}
