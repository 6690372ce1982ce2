//! Standard input, line by line, on a thread of its own: a read that waits holds up nothing.

use std::io::{self, BufRead, BufReader, Read};
use std::thread;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Longest line in bytes. The largest message that a server takes is far below.
const MAX_LINE_BYTES: usize = 64 << 20;

/// Lines that may wait to be handled.
const QUEUE: usize = 16;

/// A line, or why there is none to read.
pub(crate) type Line = Result<String, UnreadableLine>;

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnreadableLine {
    #[error("longer than {MAX_LINE_BYTES} bytes")]
    TooLong,
    #[error("not UTF-8")]
    NotUtf8,
}

/// The lines, in their order.
pub(crate) struct Lines {
    queue: mpsc::Receiver<Line>,
    ended: CancellationToken,
}

impl Lines {
    /// The next line, or `None` at the end of the input.
    pub(crate) async fn next(&mut self) -> Option<Line> {
        self.queue.recv().await
    }

    /// Waits until the end of the input is near: no more than a queue of lines is before it.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }
}

/// Reads lines until the end of the input.
pub(crate) fn start(input: impl Read + Send + 'static) -> io::Result<Lines> {
    let (lines, queue) = mpsc::channel(QUEUE);
    let ended = CancellationToken::new();
    let at_end = ended.clone().drop_guard();
    thread::Builder::new().name("stdin".to_owned()).spawn(move || {
        let _at_end = at_end;
        let mut reader = BufReader::with_capacity(64 << 10, input);
        // An error of the input is its end, and so is a reader that wants no more.
        while let Ok(Some(line)) = read_line(&mut reader, MAX_LINE_BYTES) {
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
    })?;
    Ok(Lines { queue, ended })
}

/// The next line without its end, or `None` at the end of the input.
fn read_line(reader: &mut impl BufRead, max: usize) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    let limit = max as u64 + 1;
    reader.by_ref().take(limit).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() > max {
        reader.skip_until(b'\n')?;
        return Ok(Some(Err(UnreadableLine::TooLong)));
    }
    Ok(Some(String::from_utf8(line).map_err(|_| UnreadableLine::NotUtf8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_bounded_and_checked() {
        let mut input: &[u8] = b"one\n\n\xff\n12345\n123456\nlast";
        let mut next = || read_line(&mut input, 5).unwrap();
        assert_eq!(next(), Some(Ok("one".to_owned())));
        assert_eq!(next(), Some(Ok(String::new())));
        assert_eq!(next(), Some(Err(UnreadableLine::NotUtf8)));
        assert_eq!(next(), Some(Ok("12345".to_owned())));
        assert_eq!(next(), Some(Err(UnreadableLine::TooLong)));
        assert_eq!(next(), Some(Ok("last".to_owned())));
        assert_eq!(next(), None);
    }
}
