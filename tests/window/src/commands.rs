//! What a page may ask the app's Rust for.

use serde_json::Value;

use crate::App;

const INVOKE: &str = "
    const [command, payload, done] = arguments;
    __TAURI_INTERNALS__.invoke(command, payload).then(
        (value) => done({ Ok: value ?? null }),
        (error) => done({ Err: error }),
    );
";

impl App {
    /// Invokes a command as a script of the page would, past the guest API.
    pub async fn invoke(&self, command: &str, payload: Value) -> Result<Value, Value> {
        let outcome = self.run_async(INVOKE, &[command.into(), payload]).await;
        serde_json::from_value(outcome).unwrap()
    }
}
