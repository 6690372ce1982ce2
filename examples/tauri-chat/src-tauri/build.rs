//! Makes the permission of the app's own command, and what Tauri needs.

use std::error::Error;

use tauri_build::{AppManifest, Attributes};

fn main() -> Result<(), Box<dyn Error>> {
    let commands = AppManifest::new().commands(&["server_url"]);
    Ok(tauri_build::try_build(Attributes::new().app_manifest(commands))?)
}
