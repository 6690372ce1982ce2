//! The standard input of a process that is told what to do.

use std::io::{self, BufRead};
use std::thread;

use tokio::sync::mpsc;

/// The lines of the standard input. They are read by a thread, so that the task that takes them can
/// wait for other things too; it is not waited for when the process ends.
pub fn lines() -> mpsc::Receiver<io::Result<String>> {
    let (sender, lines) = mpsc::channel(1);
    thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
