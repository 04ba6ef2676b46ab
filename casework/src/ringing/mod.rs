//! Ringing: whom a ticket rings, when, and how often again, until a named person answers or acts.
//!
//! A *bell* is one thing to answer: a ticket was dispatched, or a level of the escalation was sent. It rings by the rows of the
//! county's table ([`table`]), at moments that are computed from its own start and never from now ([`beats`]), so that neither
//! an outage nor a slow turn moves them. What it covered is all that is remembered of it, as one number; its *rings* are
//! numbered from 0, and a ring's id is bell and number.
//!
//! - What an outage missed is said in one ring, by all channels and to all people of the missed steps together; nothing is rung
//!   for a time that is past.
//! - An answer by a named person stops a bell. The next level has a bell of its own ([`bells`]).
//! - After the last level the stage repeats it, and each repetition is a bell too, until somebody performs the stage's act.
//! - Whom a ring reaches is asked of the roster in the moment of the ring ([`calls`]); several that reach one person at once are
//!   one call for each report, and one call with their number where they are many.
//! - A call that failed for good falls at once to the next channel of the person, then to the next seat (`fall`).
//! - The rings of a flood's reports are gathered, so that thousands of reports are a few calls (`gather`).

pub mod beats;
pub mod bells;
pub mod callee;
pub mod calls;
mod fall;
mod gather;
pub mod table;
#[cfg(test)]
mod tests;
mod whom;
