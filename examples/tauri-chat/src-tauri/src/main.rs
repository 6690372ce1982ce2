//! The desktop program.

// Without it a console opens beside the window on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    aldis_tauri_chat_lib::run()
}
