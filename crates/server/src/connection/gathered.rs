//! A stream that gathers what is written into few writes, and counts its bytes.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are gathered before they have to leave; a frame may go over it.
const GATHERED_BYTES: usize = 16 << 10;

/// Memory that a thread keeps for the next burst; more is given back.
const MAX_SPARE_BYTES: usize = 64 << 10;

thread_local! {
    /// An empty buffer for the next who writes. Of the thread and not of the connection, because a
    /// burst is written where it is made, and most connections are idle.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Gathers what is written until it is much or is flushed. Has no memory of its own unless something
/// waits for the network. Counts what has come from the network and what has left for it.
#[derive(Debug)]
pub(super) struct Gathered<S> {
    inner: S,
    waiting: Vec<u8>,
    /// How much of that has left.
    sent: usize,
    pub(super) bytes_read: u64,
    pub(super) bytes_written: u64,
}

impl<S> Gathered<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, waiting: Vec::new(), sent: 0, bytes_read: 0, bytes_written: 0 }
    }

    /// Whether what waits has to leave before more is put to it.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= GATHERED_BYTES
    }

    /// Where to put what is to be written next.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        if self.waiting.capacity() == 0 {
            self.waiting = SPARE.take();
        }
        &mut self.waiting
    }
}

impl<S: AsyncWrite + Unpin> Gathered<S> {
    /// Hands all that waits to the network.
    pub(super) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest @ [_, ..]) = self.waiting.get(self.sent..) {
            let sent = ready!(Pin::new(&mut self.inner).poll_write(cx, rest))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += sent;
            self.bytes_written += sent as u64;
        }
        self.sent = 0;
        let mut buffer = std::mem::take(&mut self.waiting);
        if (1..=MAX_SPARE_BYTES).contains(&buffer.capacity()) {
            buffer.clear();
            SPARE.set(buffer);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gathered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_full() {
            ready!(self.poll_send(cx))?;
        }
        self.buffer().extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gathered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        self.bytes_read += (buffer.filled().len() - before) as u64;
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test]
    async fn small_writes_leave_together_and_keep_no_memory() {
        let (near, mut far) = duplex(1 << 20);
        let mut near = Gathered::new(near);
        for text in ["one ", "two ", "three"] {
            near.write_all(text.as_bytes()).await.unwrap();
        }
        assert_eq!(near.waiting, b"one two three");
        near.flush().await.unwrap();
        assert_eq!(near.waiting.capacity(), 0);
        // The thread has the memory now.
        assert!(SPARE.take().capacity() > 0);
        let mut read = vec![0; 13];
        far.read_exact(&mut read).await.unwrap();
        assert_eq!(read, b"one two three");
        far.write_all(b"four").await.unwrap();
        near.read_exact(&mut [0; 4]).await.unwrap();
        assert_eq!((near.bytes_read, near.bytes_written), (4, 13));
    }

    #[tokio::test]
    async fn nothing_is_lost_or_swapped_through_a_narrow_pipe() {
        let (near, mut far) = duplex(1_000);
        let mut near = Gathered::new(near);
        let sizes = [1, 100, GATHERED_BYTES, 7, GATHERED_BYTES + 1, 3 * GATHERED_BYTES, 5];
        let pieces = sizes.iter().zip(b'a'..).map(|(size, letter)| vec![letter; *size]);
        let pieces: Vec<_> = pieces.collect();
        let writing = async {
            for piece in &pieces {
                near.write_all(piece).await.unwrap();
            }
            near.shutdown().await.unwrap();
        };
        let mut read = Vec::new();
        let (read_to_end, ()) = tokio::join!(far.read_to_end(&mut read), writing);
        read_to_end.unwrap();
        assert!(read == pieces.concat());
    }

    #[tokio::test]
    async fn a_large_buffer_is_not_kept() {
        let (near, mut far) = duplex(1 << 20);
        let mut near = Gathered::new(near);
        near.write_all(&vec![b'x'; MAX_SPARE_BYTES + 1]).await.unwrap();
        near.flush().await.unwrap();
        assert_eq!((near.waiting.capacity(), SPARE.take().capacity()), (0, 0));
        drop(near);
        assert_eq!(far.read_to_end(&mut Vec::new()).await.unwrap(), MAX_SPARE_BYTES + 1);
    }

    #[tokio::test]
    async fn a_stream_that_is_gone_fails_the_flush() {
        let (near, far) = duplex(8);
        drop(far);
        let mut near = Gathered::new(near);
        near.write_all(b"nobody reads this").await.unwrap();
        assert!(near.flush().await.is_err());
    }
}
