//! Standard output, line by line, on a thread of its own: a reader that is slow holds up nothing
//! but what may wait.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use super::json;

/// How long a reader of the output may take nothing once everything else is over.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of events that may wait to be written. What is beyond waits in the client, whose own
/// queue is bounded too, and then in the network.
const MAX_WAITING_BYTES: u32 = 256 << 10;

/// A line that waits to be written, and the room that it takes.
struct Waiting {
    text: Vec<u8>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Where lines are written to. Clones write to the same output, in the order of their calls.
#[derive(Clone)]
pub(crate) struct Output {
    lines: mpsc::UnboundedSender<Waiting>,
    room: Arc<Semaphore>,
}

/// The thread that writes.
pub(crate) struct Writer {
    /// Bytes written so far. Closes when the thread ends.
    written: watch::Receiver<u64>,
}

/// Starts the thread. It ends when all [`Output`]s are dropped and everything is written, or
/// when the output is closed at its other end.
pub(crate) fn start(output: impl Write + Send + 'static) -> io::Result<(Output, Writer)> {
    let (lines, waiting) = mpsc::unbounded_channel();
    let (progress, written) = watch::channel(0);
    thread::Builder::new()
        .name("stdout".to_owned())
        .spawn(move || write_lines(output, waiting, &progress))?;
    let room = Arc::new(Semaphore::new(MAX_WAITING_BYTES as usize));
    Ok((Output { lines, room }, Writer { written }))
}

impl Output {
    /// Queues the answer to a command without waiting. Commands come from whoever should read
    /// their answers, so the two of them bound the queue.
    pub(crate) fn answer(&self, line: &impl Serialize) {
        self.push(json::to_text(line), None);
    }

    /// Queues what the network brings, as soon as there is room.
    pub(crate) async fn tell(&self, line: &impl Serialize) {
        let text = json::to_text(line);
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.room).acquire_many_owned(bytes.clamp(1, MAX_WAITING_BYTES));
        self.push(text, room.await.ok());
    }

    fn push(&self, text: Vec<u8>, room: Option<OwnedSemaphorePermit>) {
        // Fails when the output is closed, which ends the program.
        let _ = self.lines.send(Waiting { text, _room: room });
    }

    /// Waits until nobody reads the output any more.
    pub(crate) async fn closed(&self) {
        self.lines.closed().await;
    }
}

impl Writer {
    /// Waits until the thread has ended. False if its reader took nothing for 5 seconds.
    pub(crate) async fn finished(&mut self) -> bool {
        loop {
            match tokio::time::timeout(PATIENCE, self.written.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return true,
                Err(_) => return false,
            }
        }
    }
}

fn write_lines(
    mut output: impl Write,
    mut waiting: mpsc::UnboundedReceiver<Waiting>,
    progress: &watch::Sender<u64>,
) {
    while let Some(line) = waiting.blocking_recv() {
        if write_line(&mut output, &line.text, progress).is_err() {
            return;
        }
    }
}

fn write_line(
    output: &mut impl Write,
    mut text: &[u8],
    progress: &watch::Sender<u64>,
) -> io::Result<()> {
    while !text.is_empty() {
        match output.write(text) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                text = &text[written..];
                progress.send_modify(|total| *total += written as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    output.flush()
}
