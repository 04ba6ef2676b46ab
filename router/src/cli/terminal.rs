//! How a command answers: one line at a time on stdout, and an exit code.

use std::io::{IsTerminal, Write};

/// Input that can't be read.
pub(super) const UNREADABLE: u8 = 2;
/// A finding of `check`.
pub(super) const FINDING: u8 = 1;

/// JSON goes out when asked for, or when nobody is looking.
pub(super) fn wants_json(asked: bool) -> bool {
    asked || !std::io::stdout().is_terminal()
}

/// Writes one line to stdout. A reader that went away (`| head`) is not a failure of ours.
pub(super) fn say(line: &str) -> bool {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}
