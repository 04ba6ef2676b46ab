//! The way in: from a report that was read to its row, and from its row to the queue.

pub(crate) mod accept;
pub(crate) mod relay;
pub(crate) mod writer;
