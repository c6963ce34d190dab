//! A fixed window over an input: always at least one whole record ahead, never more than a few.

use std::io::{ErrorKind, Read, Result};

/// The part of the input that is in memory. `start..end` is not yet consumed.
pub(super) struct Window<R> {
    input: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    at_end: bool,
    lookahead: usize,
    line: u64,
}

impl<R: Read> Window<R> {
    /// A window of `size` bytes that keeps `lookahead` bytes ahead until the input ends.
    pub(super) fn new(input: R, size: usize, lookahead: usize) -> Self {
        let size = size.max(lookahead + 1);
        Self { input, buffer: vec![0; size], start: 0, end: 0, at_end: false, lookahead, line: 1 }
    }

    /// Reads on until the lookahead is there or the input ends. Bytes consumed before are gone afterwards.
    pub(super) fn fill(&mut self) -> Result<()> {
        if self.at_end || self.end - self.start >= self.lookahead {
            return Ok(());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while !self.at_end && self.end < self.lookahead {
            match self.input.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.at_end = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What lies ahead.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Steps over bytes that hold this many line breaks.
    pub(super) fn consume(&mut self, bytes: usize, lines: u64) {
        self.start += bytes;
        self.line += lines;
    }

    /// Steps over everything up to and including the next line break, however far it is.
    pub(super) fn skip_line(&mut self) -> Result<()> {
        loop {
            self.fill()?;
            let ahead = self.ahead();
            match memchr::memchr(b'\n', ahead) {
                Some(at) => {
                    self.consume(at + 1, 1);
                    return Ok(());
                }
                None if ahead.is_empty() => return Ok(()),
                None => self.consume(ahead.len(), 0),
            }
        }
    }

    /// Number of the physical line that lies ahead, from 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }
}
