//! How far a replay is, on stderr: a line that overwrites itself on a terminal, every tenth part anywhere else.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};

const BAR: u64 = 30;

pub(super) struct Progress {
    terminal: bool,
    /// Tenths that were told.
    told: AtomicU64,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            told: AtomicU64::new(0),
        }
    }

    /// So many are done, of so many.
    pub(super) fn told(&self, done: u64, of: u64) {
        let mut err = std::io::stderr().lock();
        // Nobody looking is no reason to stop.
        if self.terminal {
            let full = usize::try_from(done * BAR / of.max(1)).unwrap_or(0);
            let empty = usize::try_from(BAR).unwrap_or(0).saturating_sub(full);
            let end = if done == of { "\n" } else { "" };
            let _ = write!(err, "\r[{}{}] {done}/{of} {end}", "#".repeat(full), ".".repeat(empty));
            let _ = err.flush();
        } else {
            let tenth = done * 10 / of.max(1);
            if tenth > self.told.fetch_max(tenth, Ordering::Relaxed) {
                let _ = writeln!(err, "{done} of {of} reports");
            }
        }
    }
}
