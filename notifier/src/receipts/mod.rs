//! What comes back of a call: that it arrived or was picked up, a digit, a reply. Brought by the provider through a door of its own
//! ([`door`]), or asked for ([`mod@watch`]); both end in [`Receiver::take`], which hears everything any number of times.

mod answer;
pub(crate) mod door;
mod receiver;
mod take;
mod watch;

pub(crate) use self::{receiver::Receiver, watch::watch};
