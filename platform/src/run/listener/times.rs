//! How long a connection may take for what.

use std::time::Duration;

/// The times of a connection. They are those of a phone at the edge of a network, which has some 2 kB/s and loses packets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// A whole head must have come by then, and an idle connection brings its next one by then.
    pub(super) head: Duration,
    /// A body may take this long to begin with …
    pub(super) body_begin: Duration,
    /// … and then comes at this rate on the average, in bytes a second.
    pub(super) body_rate: u64,
    /// No body takes longer.
    pub(super) body_longest: Duration,
    /// A peer that reads nothing of its answer for so long is gone.
    pub(super) write_stall: Duration,
}

impl Times {
    pub(super) const USUAL: Self = Self {
        // At 2 kB/s a head takes under a second, a lost packet up to three; browsers open an idle connection again.
        head: Duration::from_secs(20),
        body_begin: Duration::from_secs(20),
        body_rate: 500,
        // The largest form at 1 kB/s.
        body_longest: Duration::from_secs(300),
        write_stall: Duration::from_secs(30),
    };
}
