//! The programs that a window needs, and what to do where one is lacking.

use std::path::{Path, PathBuf};

/// Finds a program that `scripts/setup window` installs.
pub(crate) fn installed(name: &str) -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|at| at.is_file());
    found.unwrap_or_else(|| {
        panic!("{name} is not installed: run scripts/setup window, then scripts/test-window")
    })
}

/// The app under test, which is built into the same folder as this test.
pub(crate) fn chat_app() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let app = test.ancestors().nth(2).unwrap().join("aldis-tauri-chat");
    assert!(app.is_file(), "{} is not built: run scripts/test-window", app.display());
    app
}

/// The text of a script that `npm ci` installs.
pub(crate) fn script(path: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules").join(path);
    std::fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!("{}: {error}: run npm ci --prefix tests/window", file.display())
    })
}
