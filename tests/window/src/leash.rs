//! Programs that end with the test, however it ends.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Kills the group of processes at the end of the input, which the test holds open. The program
/// takes the place of the shell, and has no input.
const KEEPER: &str = r#"
    exec 3<&0
    { read -r _; kill -KILL 0; } <&3 >/dev/null 2>&1 &
    exec "$@" </dev/null 3<&-
"#;

/// A program and all that it starts. They end when this is dropped, and also when the test is
/// killed: `tauri-driver` and `WebKitWebDriver` would outlive both.
#[derive(Debug)]
pub(crate) struct Leash {
    program: Child,
    hold: Option<ChildStdin>,
}

impl Leash {
    /// A command for [`start`](Self::start).
    pub(crate) fn command(program: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "sh"]).arg(program);
        command.stdin(Stdio::piped()).process_group(0);
        command
    }

    pub(crate) fn start(command: &mut Command) -> Self {
        let mut program = command.spawn().unwrap();
        let hold = program.stdin.take();
        Self { program, hold }
    }

    pub(crate) fn program(&mut self) -> &mut Child {
        &mut self.program
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.hold.take());
        // Fails only if somebody else waited for it.
        let _ = self.program.wait();
    }
}
