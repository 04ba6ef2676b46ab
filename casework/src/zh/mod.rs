//! The one voice: what words, facts, cells, times, bases and laws are called for people, and the sentences made of them.
//!
//! Nothing Chinese stands in another room; `tests/tests/system/voice.rs` holds it. A file here imports the data that it
//! speaks of and decides nothing.

mod basis;
pub mod cells;
pub mod check;
pub(crate) mod doubts;
pub(crate) mod due;
pub(crate) mod explain;
pub mod facts;
mod law;
pub mod laws;
pub(crate) mod liveness;
pub mod parse;
mod replay;
pub(crate) mod tables;
mod words;

pub use basis::basis_zh;
pub use due::date;
pub use law::cited;
