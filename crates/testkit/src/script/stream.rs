use std::{fmt, io};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

trait Io: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Io for T {}

/// The byte stream of a connection, with what was read and not consumed yet.
pub(super) struct Stream {
    io: Box<dyn Io>,
    unread: BytesMut,
}

impl Stream {
    pub(super) fn new(io: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { io: Box::new(io), unread: BytesMut::new() }
    }

    pub(super) fn unread(&self) -> &[u8] {
        &self.unread
    }

    pub(super) fn consume(&mut self, bytes: usize) {
        self.unread.advance(bytes);
    }

    pub(super) fn take(&mut self, bytes: usize) -> BytesMut {
        self.unread.split_to(bytes)
    }

    /// Reads more. `false` at the end of the stream. Nothing is lost if it is cancelled.
    pub(super) async fn read_more(&mut self) -> io::Result<bool> {
        Ok(self.io.read_buf(&mut self.unread).await? != 0)
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.io.write_all(bytes).await?;
        self.io.flush().await
    }

    /// Ends this side, and waits for the client to end its own. Closing at once would reset a
    /// socket that has unread bytes.
    pub(super) async fn end(mut self) {
        // A stream that fails has ended as well.
        if self.io.shutdown().await.is_ok() {
            self.read_to_end().await;
        }
    }

    pub(super) async fn read_to_end(&mut self) {
        while let Ok(true) = self.read_more().await {
            self.unread.clear();
        }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("unread", &self.unread.len()).finish_non_exhaustive()
    }
}
