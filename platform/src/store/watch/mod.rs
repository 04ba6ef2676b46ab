//! Router and notifier watch each other: their beats, and whom was rung when one of them stood still.

mod beat;
mod ring;

pub use beat::{Beat, Service, Watched};
pub use ring::{Episode, WatchAbout};
