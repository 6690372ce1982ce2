//! A stream that is read by the burst, and holds no memory while it is silent.

use std::cell::Cell;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};

/// Bytes that one call of the system may bring: many small messages, or a large one.
const BURST_BYTES: usize = 64 << 10;

thread_local! {
    /// Where the next burst goes: the one buffer of all silent connections.
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Reads much at once, and hands it on in pieces of any size.
///
/// Who reads in small pieces needs only a small buffer for as long as a connection lives. The large
/// one is here, and only until it has been handed on and nothing more is there. tokio's `BufReader`
/// would keep one for each connection.
#[derive(Debug)]
pub(crate) struct Bursts<S> {
    stream: S,
    /// What was read.
    burst: Vec<u8>,
    /// Bytes of it that were handed on.
    taken: usize,
}

impl<S> Bursts<S> {
    pub(crate) fn of(stream: S) -> Self {
        Self { stream, burst: Vec::new(), taken: 0 }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Bursts<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, burst, taken } = &mut *self;
        if *taken == burst.len() {
            if burst.capacity() == 0 {
                *burst = SPARE.take();
            }
            *taken = 0;
            burst.clear();
            burst.reserve(BURST_BYTES);
            let read = pin!(stream.read_buf(burst)).poll(cx);
            if burst.is_empty() {
                SPARE.set(std::mem::take(burst));
            }
            ready!(read)?;
        }
        let rest = &burst[*taken..];
        let bytes = rest.len().min(buf.remaining());
        buf.put_slice(&rest[..bytes]);
        *taken += bytes;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Bursts<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;
    use tokio::io::AsyncWriteExt;

    #[tokio::test]
    async fn a_burst_is_handed_on_in_pieces_and_then_forgotten() {
        let (near, mut far) = tokio::io::duplex(1 << 10);
        let mut bursts = Bursts::of(near);
        far.write_all(b"one two").await.unwrap();
        let mut piece = [0; 4];
        assert_eq!(bursts.read(&mut piece).await.unwrap(), 4);
        assert_eq!(&piece, b"one ");
        assert!(bursts.burst.capacity() > 0);
        assert_eq!(bursts.read(&mut piece).await.unwrap(), 3);
        assert_eq!(&piece[..3], b"two");
        assert!(bursts.read(&mut piece).now_or_never().is_none());
        assert_eq!(bursts.burst.capacity(), 0);
        drop(far);
        assert_eq!(bursts.read(&mut piece).await.unwrap(), 0);
        assert_eq!(bursts.burst.capacity(), 0);
    }
}
