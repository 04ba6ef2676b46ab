//! When a request must have its answer.

use std::time::Duration;

use tokio::time::Instant;

/// Left of a request's time for the answer that says what is not known.
const TO_ANSWER: Duration = Duration::from_millis(200);

/// When a request's time is over, counted from when its body is there: a slow line takes nothing from it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    pub(super) fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// The moment itself.
    pub(super) fn end(self) -> Instant {
        self.0
    }

    /// The last moment to wait for something.
    pub(super) fn to_answer(self) -> Instant {
        self.0.checked_sub(TO_ANSWER).unwrap_or(self.0)
    }
}
