//! What commands print. `println!` and `eprintln!` panic where nobody takes the words (a full disk, a closed pipe), so they are
//! not used: answers go out by [`say!`](crate::say!), which is an error of the command, and remarks by
//! [`remark!`](crate::remark!), which may be lost.

use std::{
    fmt::Arguments,
    io::{ErrorKind, Write, stderr, stdout},
};

use anyhow::Context;

/// Prints one line to standard output; gives an error where it can't be written.
#[macro_export]
macro_rules! say {
    ($($words:tt)*) => { $crate::say::answer(format_args!("{}\n", format_args!($($words)*))) };
}

/// Prints one line to standard error; a failure is nobody's.
#[macro_export]
macro_rules! remark {
    ($($words:tt)*) => { $crate::say::remark(format_args!("{}\n", format_args!($($words)*))) };
}

/// Use [`say!`](crate::say!); this one adds no end of line.
pub fn answer(words: Arguments<'_>) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    match out.write_fmt(words).and_then(|()| out.flush()) {
        // A reader that has seen enough (`| head`) is no failure.
        Err(e) if e.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("standard output takes no more"),
    }
}

/// Use [`remark!`](crate::remark!).
pub fn remark(words: Arguments<'_>) {
    // One write: words of several processes on one terminal stay apart.
    _ = stderr().lock().write_all(words.to_string().as_bytes());
}
