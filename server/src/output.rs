//! What commands say: results to standard output, progress and refusals to standard error.
//!
//! Whoever listens may stop listening (`techo org list | head -1`), and the disk behind a redirection may be full. Neither stops
//! work that is under way, and neither is a reason to panic. What was lost is remembered: a pipe that was closed was closed on
//! purpose, but an output that could not be written is told at the end, and the command has not done what it was asked to.

use std::{
    fmt::Arguments,
    io::{self, ErrorKind, Write},
    process::ExitCode,
    sync::OnceLock,
};

/// Why something could not be said on standard output, the first time.
static LOST: OnceLock<ErrorKind> = OnceLock::new();

/// A line on standard output.
macro_rules! say {
    ($($words:tt)*) => { $crate::output::line(format_args!($($words)*)) };
}

/// A line on standard error.
macro_rules! tell {
    () => { $crate::output::aside(format_args!("\n")) };
    ($($words:tt)*) => { $crate::output::aside(format_args!("{}\n", format_args!($($words)*))) };
}

/// Part of a line on standard error.
macro_rules! tell_part {
    ($($words:tt)*) => { $crate::output::aside(format_args!($($words)*)) };
}

/// Says a line on standard output.
pub(crate) fn line(words: Arguments<'_>) {
    let mut out = io::stdout().lock();
    let said = out.write_fmt(words).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
    if let Err(error) = said {
        LOST.get_or_init(|| error.kind());
    }
}

/// Says something on standard error. There is nowhere to tell that nobody heard it.
pub(crate) fn aside(words: Arguments<'_>) {
    let mut err = io::stderr().lock();
    let _ = err.write_fmt(words).and_then(|()| err.flush());
}

/// How a command ends, given how its work ended: lost output is a failure, unless nobody wanted it any more.
pub(crate) fn end(status: ExitCode) -> ExitCode {
    match LOST.get() {
        None | Some(ErrorKind::BrokenPipe) => status,
        Some(kind) => {
            tell!("techo: 標準出力に書けませんでした（{kind}）。出力は途中で切れています。");
            ExitCode::from(2)
        }
    }
}

/// Standard error for the log: a log that cannot be written must not stop what it is about.
#[derive(Debug)]
pub struct LogOutput;

impl Write for LogOutput {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
