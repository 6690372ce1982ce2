//! A display that nobody sees.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use tokio::task::spawn_blocking;

use crate::leash::Leash;
use crate::programs::installed;

/// An X server of its own, so that no other window takes the focus.
#[derive(Debug)]
pub(crate) struct Display {
    name: String,
    _server: Leash,
}

impl Display {
    pub(crate) async fn start() -> Self {
        spawn_blocking(|| {
            // It looks for a free number itself, and tells which when it is ready.
            let mut command = Leash::command(&installed("Xvfb"));
            command.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
            let mut server = Leash::start(command.stdout(Stdio::piped()).stderr(Stdio::null()));
            let mut number = String::new();
            let output = server.program().stdout.take().unwrap();
            BufReader::new(output).read_line(&mut number).unwrap();
            assert!(!number.is_empty(), "Xvfb did not start");
            Self { name: format!(":{}", number.trim()), _server: server }
        })
        .await
        .unwrap()
    }

    /// What `DISPLAY` has to be.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}
