//! A stream whose other side has to take what is written. Without this, whoever reads a byte a second holds an answer, its
//! connection and its file for as long as they like: HTTP libraries bound how slowly one may ask, not how slowly one may
//! take.
//!
//! Waiting for the other side uses up patience, and every byte that it takes gives some back.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, Sleep, sleep_until},
};

/// A stream of which nobody waits for the rest.
pub(super) trait Abandon {
    /// What was written and not taken is thrown away when the stream is closed.
    fn abandon(&self);
}

impl Abandon for TcpStream {
    fn abandon(&self) {
        drop(self.set_zero_linger());
    }
}

/// A stream with a lowest rate for writing.
pub(super) struct PacedStream<S> {
    stream: S,
    patience: Patience,
}

impl<S> PacedStream<S> {
    /// Whoever takes less than `rate` bytes a second for `longest` in all is given up.
    pub(super) fn new(stream: S, longest: Duration, rate: u32) -> Self {
        Self { stream, patience: Patience { longest, rate, left: longest, waiting: None } }
    }
}

/// Whether a stream was given up for being too slow.
pub(super) fn is_too_slow(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::TimedOut && error.get_ref().is_some_and(|cause| cause.is::<TooSlow>())
}

#[derive(Debug, thiserror::Error)]
#[error("the other side takes too slowly")]
struct TooSlow;

struct Patience {
    longest: Duration,
    rate: u32,
    left: Duration,
    /// Since when the other side takes nothing, and until when that may last.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Patience {
    /// Some bytes were taken.
    fn taken(&mut self, bytes: usize) {
        let waited = self.waiting.take().map_or(Duration::ZERO, |(since, _)| since.elapsed());
        let earned = Duration::from_secs(u64::try_from(bytes).unwrap_or(u64::MAX)) / self.rate;
        self.left = (self.left.saturating_sub(waited) + earned).min(self.longest);
    }

    /// Nothing is taken now; ready when that lasted for too long.
    fn poll_lost(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let left = self.left;
        let (_, until) = self.waiting.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + left)))
        });
        until.as_mut().poll(context)
    }
}

impl<S: Abandon> PacedStream<S> {
    fn judge(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.patience.taken(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Pending => {
                ready!(self.patience.poll_lost(context));
                self.stream.abandon();
                Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, TooSlow)))
            }
            failed => failed,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for PacedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Abandon + Unpin> AsyncWrite for PacedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judge(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.judge(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    impl Abandon for DuplexStream {
        fn abandon(&self) {}
    }

    /// Writes to somebody who takes `each` bytes twenty times a second; how long that was borne, if not to the end.
    async fn borne(each: usize) -> Option<Duration> {
        let (near, mut far) = duplex(64);
        let mut paced = PacedStream::new(near, Duration::from_secs(1), 256);
        tokio::spawn(async move {
            let mut taken = vec![0; each];
            loop {
                tokio::time::sleep(Duration::from_millis(50)).await;
                if far.read_exact(&mut taken).await.is_err() {
                    break;
                }
            }
        });
        let began = Instant::now();
        match paced.write_all(&[0; 2_048]).await {
            Ok(()) => None,
            Err(error) => {
                assert!(is_too_slow(&error), "{error}");
                Some(began.elapsed())
            }
        }
    }

    #[tokio::test]
    async fn whoever_takes_a_byte_a_second_is_given_up_and_whoever_takes_enough_is_not() {
        let given_up = borne(1).await.expect("a byte now and then is too slow");
        assert!(given_up < Duration::from_secs(10), "{given_up:?}");
        assert!(borne(3).await.is_some(), "a quarter of the lowest rate is too slow");
        assert_eq!(borne(64).await, None);
    }
}
