//! What a keyboard does.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

use crate::App;
use crate::wait::within;

impl App {
    /// Presses a key.
    pub async fn press(&self, key: impl Into<char>) {
        self.strike(&[key.into()]).await;
    }

    /// Presses a key while another one is held.
    pub async fn chord(&self, held: Key, key: impl Into<char>) {
        self.strike(&[held.into(), key.into()]).await;
    }

    /// Waits until a field has the focus.
    pub async fn has_focus(&self, label: &str) {
        self.until(&format!("the focus in {label:?}"), async || self.is_focused(label).await).await;
    }

    /// Presses Tab until a field has the focus.
    pub async fn tab_to(&self, label: &str) {
        self.until(&format!("the focus in {label:?}, by Tab"), async || {
            self.press(Key::Tab).await;
            self.is_focused(label).await
        })
        .await;
    }

    /// Types into whatever has the focus.
    pub async fn type_text(&self, text: &str) {
        let strokes =
            text.chars().flat_map(|value| [KeyAction::Down { value }, KeyAction::Up { value }]);
        self.perform(strokes).await;
    }

    async fn is_focused(&self, label: &str) -> Result<(), String> {
        let focused = within("the focus", self.client.active_element()).await;
        let focused = focused.map_err(|error| error.to_string())?.element_id();
        let field = self.look_for_field(label).await?.element_id();
        if field == focused { Ok(()) } else { Err("the focus is elsewhere".to_owned()) }
    }

    /// Presses keys one after the other, and lets them go in the opposite order.
    async fn strike(&self, keys: &[char]) {
        let down = keys.iter().map(|key| KeyAction::Down { value: *key });
        let up = keys.iter().rev().map(|key| KeyAction::Up { value: *key });
        self.perform(down.chain(up)).await;
    }

    async fn perform(&self, strokes: impl Iterator<Item = KeyAction>) {
        let keyboard = KeyActions::new("keyboard".to_owned());
        let actions = strokes.fold(keyboard, KeyActions::then);
        within("keys", self.client.perform_actions(actions)).await.unwrap();
    }
}
