//! A chat whose connection is kept in Rust: the page is TypeScript, and sees no key.

mod server;

use std::process::ExitCode;

use tauri::{State, generate_context, generate_handler};

use crate::server::Server;

/// Runs the app until its window is closed. An error is printed.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("aldis-tauri-chat: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::from_env()?;
    tauri::Builder::default()
        .plugin(tauri_plugin_window_state::Builder::new().build())
        .plugin(tauri_plugin_signal::init(server.config()))
        .manage(server)
        .invoke_handler(generate_handler![server_url])
        .run(generate_context!())?;
    Ok(())
}

/// Where the page says it connects to.
#[tauri::command]
#[expect(clippy::needless_pass_by_value, reason = "commands are given their state so")]
fn server_url(server: State<'_, Server>) -> String {
    server.url.clone()
}
