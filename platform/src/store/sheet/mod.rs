//! Monday's sheet (周一报表): what came in a span, how units kept their clocks, and what is overdue. Figures are read when they are
//! asked for, from the clocks themselves: nothing is counted ahead that could drift from them.

mod judged;
mod overdue;
mod received;

pub use judged::Judged;
pub use overdue::{OverdueLine, WhoseDelay};
pub use received::{Received, ReceivedBy};
